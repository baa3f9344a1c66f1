//! The foundations that every other room may use, and that know nothing of an account.

pub(super) mod check;
pub(super) mod copy_on_write;
pub(super) mod ids;
pub(super) mod secret;
