//! Keeping the logs of all accounts within their budget.
//!
//! An account that appends trims its own log. What is left to be done is the log of an account that
//! once took more than its share and appends nothing now. Whoever visits an account while the budget
//! is exceeded trims the logs of the next few accounts in turn, so all are reached, and none of
//! these visits takes long: with 1,000 accounts the budget is exceeded by what 125 visits append, at
//! most.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use crate::accounts::Accounts;

/// How many accounts a visit looks at.
const LOOKED_AT: usize = 8;

impl Accounts {
    /// Trims the logs of other accounts, if need be. To be called when no account is locked.
    pub(super) fn trim_logs(&self) {
        for _ in 0..LOOKED_AT {
            if !self.settings.log_budget.is_exceeded() {
                return;
            }
            let last = self.trimmed.load(Ordering::Relaxed);
            let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
            let Some(slot) = slots.following(last) else { return };
            drop(slots);
            self.trimmed.store(slot.number, Ordering::Relaxed);
            // An account that is busy trims its own log when it appends.
            if let Ok(mut state) = slot.state.try_lock() {
                state.account.trim_log();
            }
        }
    }
}
