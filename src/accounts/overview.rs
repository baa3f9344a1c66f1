//! Looks over all accounts, for the operator of the emulator.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::accounts::{Accounts, ClockReading, Slot};
use crate::model::{Timestamp, six_digits, six_digits_schema};

/// The number of accounts that are looked at before other calls have their turn.
const LOOKED_AT_ONCE: usize = 50;

/// An account, as the operator sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AccountEntry {
    /// The number of the account, in the order in which the accounts began, counted from 1. No
    /// number is used twice.
    number: u64,
    /// The id of the account's keys. Keys with one id and several passwords have several accounts.
    id: String,
    links: usize,
    /// The number of webhooks that are not finished.
    pending: usize,
    /// The number of tasks that will run.
    scheduled: usize,
    /// The time of the last call with the keys, by the clock of the machine.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    last_used_at: Timestamp,
    /// The account's clock. What is due by now may be about to happen.
    clock: ClockReading,
}

/// A page of the accounts, in the order in which they began.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AllAccounts {
    accounts: Vec<AccountEntry>,
    /// The number of accounts on all pages.
    count: usize,
    /// The value of `after` for the next page. It is null on the last page.
    next_after: Option<u64>,
}

impl Accounts {
    /// Returns a page of the accounts that began after the one with a number.
    pub(crate) async fn list(&self, after: u64, limit: usize) -> AllAccounts {
        let (mut slots, count) = {
            let slots = self.slots();
            let first = usize::try_from(after).unwrap_or(usize::MAX);
            let later = slots.numbered_from(first).take(limit + 1);
            (later.cloned().collect::<Vec<Arc<Slot>>>(), slots.len())
        };
        let is_last = slots.len() <= limit;
        slots.truncate(limit);
        let mut accounts = Vec::new();
        for looked_at_once in slots.chunks(LOOKED_AT_ONCE) {
            accounts.extend(looked_at_once.iter().map(|slot| self.entry_of(slot)));
            tokio::task::yield_now().await;
        }
        let last = accounts.last().map(|entry| entry.number);
        AllAccounts { accounts, count, next_after: last.filter(|_| !is_last) }
    }

    fn entry_of(&self, slot: &Slot) -> AccountEntry {
        let process_now = self.clock.now();
        let state = slot.lock();
        // No visit moves the time of an account on that nobody calls.
        let now = state.timeline.now(process_now).max(state.account.now());
        AccountEntry {
            number: number_of(slot),
            id: slot.id().to_owned(),
            links: state.account.links(),
            pending: state.account.pending_deliveries(),
            scheduled: state.account.scheduled(),
            last_used_at: slot.last_use.at(),
            clock: ClockReading { now, ..state.reading() },
        }
    }
}

fn number_of(slot: &Slot) -> u64 {
    slot.number as u64 + 1
}
