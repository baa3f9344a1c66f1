//! Code that Belvo's API, the control API and the pages share. It authenticates callers, reads
//! bodies, writes answers, injects faults and extracts the arguments of handlers.

pub(crate) mod answer;
pub(crate) mod arrivals;
pub(crate) mod authentication;
pub(crate) mod body;
pub(crate) mod connection;
pub(crate) mod connection_count;
pub(crate) mod cors;
pub(crate) mod faults;
pub(crate) mod guests;
pub(crate) mod overview;
pub(crate) mod query;
pub(crate) mod readiness;
pub(crate) mod received;
pub(crate) mod request_line;
pub(crate) mod routing;
