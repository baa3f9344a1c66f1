//! Parses the request of a client. Nothing here looks at the state of an account.

pub(super) mod body_keys;
pub(super) mod call;
pub(super) mod context;
pub(super) mod fields;
pub(super) mod filter;
pub(super) mod grant;
pub(super) mod mode;
pub(super) mod names;
pub(super) mod parse_error;
pub(super) mod projection;
pub(super) mod query;
