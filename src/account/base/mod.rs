//! Types that all other rooms of the core may use. They know nothing of an account.

pub(super) mod check;
pub(super) mod chunks;
pub(super) mod delay;
pub(super) mod ids;
pub(super) mod number_index;
pub(super) mod number_set;
pub(super) mod rising_times;
pub(super) mod secret;
