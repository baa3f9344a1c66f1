//! Tokens of the Connect Widget.

pub mod body;
pub mod calls;
mod jwt;
