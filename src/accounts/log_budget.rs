//! Keeps the logs of all accounts within their budget.
//!
//! An account that appends trims its own log. That leaves accounts that once took more than their
//! share and append nothing now. So each visit trims the logs of the next few accounts in turn
//! while the budget is exceeded. All accounts are reached, and no visit takes long: with 1,000
//! accounts, the budget is exceeded by at most the bytes that 125 visits append.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use crate::accounts::Accounts;

/// The number of accounts that one visit looks at.
const LOOKED_AT: usize = 8;

impl Accounts {
    /// Trims the logs of other accounts if the budget is exceeded. The caller must not hold the
    /// lock of an account.
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
            // A locked account trims its own log when it appends.
            if let Ok(mut state) = slot.state.try_lock() {
                state.account.trim_log();
            }
        }
    }
}
