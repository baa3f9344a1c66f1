//! The request of a client, read before any state of the account is asked.

pub mod call;
pub mod context;
pub mod fields;
pub mod filter;
pub mod mode;
pub mod names;
pub mod parse_error;
pub mod projection;
pub mod query;
