//! Code that all faces of the emulator share. It authenticates callers, reads bodies, writes
//! answers, injects faults and extracts the arguments of handlers.

pub mod answer;
pub mod authentication;
pub mod body;
pub mod faults;
pub mod query;
pub mod routing;
