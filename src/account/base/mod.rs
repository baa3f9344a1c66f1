//! The foundations that every other room may use, and that know nothing of an account.

pub mod check;
pub mod copy_on_write;
pub mod ids;
pub mod secret;
