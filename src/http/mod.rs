//! What all faces of the emulator share: who calls, what a body is, how an answer is written, how a
//! request becomes the arguments of its handler.

pub mod answer;
pub mod authentication;
pub mod body;
pub mod faults;
pub mod query;
pub mod routing;
