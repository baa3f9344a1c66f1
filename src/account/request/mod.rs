//! What a client wrote, before any state is asked.

pub mod call;
pub mod context;
pub mod fields;
pub mod filter;
pub mod names;
pub mod parse_error;
pub mod projection;
pub mod query;
