//! Writes to the log that a call has moved the time of an account.

use crate::accounts::{Accounts, Slot};
use crate::model::Timestamp;

/// A call that moves the time. The log gets its entry when this is dropped, so also when the caller
/// has stopped waiting halfway.
pub(super) struct Moving<'a> {
    accounts: &'a Accounts,
    slot: &'a Slot,
    generation: u64,
    from: Timestamp,
}

impl<'a> Moving<'a> {
    pub(super) fn begin(accounts: &'a Accounts, slot: &'a Slot, from: Timestamp) -> Moving<'a> {
        Moving { accounts, slot, generation: slot.generation(), from }
    }
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        let Moving { accounts, slot, generation, from } = self;
        let _ = accounts.locked(slot, |state, _| {
            let to = state.account.now();
            if slot.generation() == *generation && to > *from {
                state.account.log_clock(*from, to);
            }
        });
    }
}
