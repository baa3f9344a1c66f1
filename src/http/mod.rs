//! What both faces of the emulator have in common: who calls, what a body is, how an answer is
//! written, how a table of paths becomes routes.

pub mod answer;
pub mod authentication;
pub mod body;
pub mod faults;
pub mod query;
pub mod routing;
