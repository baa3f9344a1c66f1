//! The life of accounts: begin, reset, fork, restore and drop.

use std::sync::{Arc, MutexGuard, PoisonError, RwLockWriteGuard};
use std::thread;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Snapshot};
use crate::accounts::dropped::DroppedPairs;
use crate::accounts::idle::Holds;
use crate::accounts::slot::{SlotState, Slots};
use crate::accounts::timeline::Timeline;
use crate::accounts::{Accounts, ClockMode, Credentials, Slot};
use crate::error::Error;
use crate::seed::Seed;

/// The longest time that a reset waits for the courier. The courier ends a send at once; this limit
/// holds when no courier runs.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);

/// The number of links up to which an account is freed at once. A larger account is freed on a
/// thread of its own, so that no caller waits.
const MOST_FREED_AT_ONCE: usize = 1000;

/// A snapshot of an account, as a file.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountFile {
    pub clock: ClockMode,
    pub account: Snapshot,
}

/// A copy of an account, from which its file is written.
pub(crate) struct SavedAccount {
    clock: ClockMode,
    account: Account,
}

impl SavedAccount {
    pub(crate) fn file(&self) -> AccountFile {
        AccountFile { clock: self.clock, account: self.account.snapshot() }
    }
}

/// The numbers of things that a reset, or putting a snapshot in place, took away.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Cancelled {
    pub links: usize,
    /// The number of scheduled tasks: loads, refreshes, retries and others.
    pub scheduled: usize,
    /// The number of webhooks that were not finished, including those that were being sent.
    pub deliveries: usize,
    /// The number of webhooks that were being sent. Their receivers may have them, but their
    /// answers are ignored.
    pub in_flight: usize,
}

impl Accounts {
    /// Returns the account of a pair of keys, and begins it if there is none.
    pub(super) fn begin(&self, credentials: Credentials) -> Result<Arc<Slot>, Error> {
        let slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&credentials) {
            return Ok(slot);
        }
        let seed = credentials.account_seed(&self.settings.seed);
        let state = self.new_state(&credentials, &seed);
        let others = slots.created_by(credentials.creator(&self.settings.seed)).len();
        self.warn_of_known_id(&credentials, others);
        self.insert(slots, credentials, seed, state)
    }

    /// Adds an account. At the limit, another one gives way to it.
    ///
    /// # Errors
    /// 429 when no account gives way.
    fn insert(
        &self,
        mut slots: RwLockWriteGuard<'_, Slots>,
        credentials: Credentials,
        seed: Seed,
        state: SlotState,
    ) -> Result<Arc<Slot>, Error> {
        let most = self.policy.most_accounts;
        let mut idle = self.idle();
        let dropped = match slots.len() < most {
            true => None,
            false => {
                let now = self.clock.now();
                let gives_way = idle.gives_way(now, |number| slots.is_in_use(number));
                let number = gives_way.ok_or_else(|| Error::too_many_accounts(most))?;
                idle.forget(number).zip(slots.remove(number))
            }
        };
        let had_one = self.dropped_pairs().take(seed.uuid());
        let slot = slots.insert(credentials, seed, state, had_one);
        self.note_use(&slot);
        idle.add(slot.number, slot.last_use.clone());
        drop((slots, idle));
        if let Some((holds, dropped)) = dropped {
            self.forget(&dropped, holds);
            let links = dropped.lock().account.links();
            free(links, dropped);
        }
        Ok(slot)
    }

    /// Begins another account in the state of this one, with its own keys and with ids of its own
    /// from now on. Its log is empty.
    ///
    /// # Errors
    /// The keys are not accepted, or in use, or there is no room for another account.
    pub(crate) async fn fork(&self, slot: &Slot, credentials: Credentials) -> Result<(), Error> {
        if !self.accepts(&credentials) {
            let sentence = "The emulator does not accept these keys: name them with --credentials \
                            when it starts.";
            return Err(Error::invalid(sentence).on("credentials"));
        }
        let seed = credentials.account_seed(&self.settings.seed);
        let creator = credentials.creator(&self.settings.seed);
        let copy = self.visit_state(slot, |state, _| {
            SlotState::new(state.account.fork(seed.clone(), creator), state.timeline)
        });
        let copy = copy.await.ok_or_else(Error::unexpected)?;
        let slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.get(&credentials).is_some() {
            return Err(Error::account_exists().on("credentials"));
        }
        let fork = self.insert(slots, credentials, seed, copy)?;
        // This visit tells the courier which tasks and webhooks the fork has.
        self.locked(&fork, |_, _| ()).ok_or_else(Error::unexpected)
    }

    /// Resets an account to the state of keys that were never used. When this returns, no webhook
    /// from before can be sent any more.
    pub(crate) async fn reset(&self, slot: &Slot) -> Cancelled {
        let turn = slot.turn.lock().await;
        let state = self.new_state(&slot.credentials, &slot.seed);
        self.replace(slot, turn, state).await
    }

    /// Returns a copy of an account, which shares the memory of the account. The caller writes its
    /// file where no request waits, because that takes seconds if there are many links.
    pub(crate) async fn saved(&self, slot: &Slot) -> Result<SavedAccount, Error> {
        let saved = self.visit_state(slot, |state, _| SavedAccount {
            clock: state.timeline.mode(),
            account: state.account.clone(),
        });
        saved.await.ok_or_else(Error::unexpected)
    }

    /// Puts the account into the state of a snapshot, its time included. When this returns, no
    /// webhook from before can be sent any more.
    pub(crate) async fn restore(&self, slot: &Slot, file: AccountFile) -> Result<Cancelled, Error> {
        let turn = slot.turn.lock().await;
        let origin = self.locked(slot, |state, _| state.account.clone());
        let origin = origin.ok_or_else(Error::unexpected)?;
        // The check of many links takes seconds. It runs on a thread that serves no requests; the
        // turn keeps the account as it is meanwhile.
        let restored = tokio::task::spawn_blocking(move || origin.restored(file.account)).await;
        let account = restored.map_err(|_| Error::unexpected())?;
        let account = account.map_err(|error| error.under("account"))?;
        let process_now = self.clock.now();
        let timeline = Timeline::new(file.clock, process_now, account.now());
        let is_behind = account.next_due().is_some_and(|due| due <= account.now());
        let state = SlotState { is_behind, ..SlotState::new(account, timeline) };
        Ok(self.replace(slot, turn, state).await)
    }

    /// Replaces the state of an account.
    async fn replace(
        &self,
        slot: &Slot,
        turn: tokio::sync::MutexGuard<'_, ()>,
        new: SlotState,
    ) -> Cancelled {
        let mut changed = slot.changed.subscribe();
        let cancelled = self.swap(slot, new);
        drop(turn);
        let let_go = changed.wait_for(|()| slot.lock().abandoned == 0);
        // If the server ends, the courier ends too, and its sends with it.
        let _ = tokio::time::timeout(LET_GO_WITHIN, let_go).await;
        cancelled
    }

    fn swap(&self, slot: &Slot, new: SlotState) -> Cancelled {
        let mut state = slot.lock();
        let cancelled = Cancelled {
            links: state.account.links(),
            scheduled: state.account.scheduled(),
            deliveries: state.account.pending_deliveries(),
            in_flight: state.sending,
        };
        slot.generation.send_modify(|generation| *generation += 1);
        let (noted_due, noted_holds) = (state.noted_due, state.noted_holds);
        let (abandoned, said_undeliverable) =
            (state.abandoned + state.sending, state.said_undeliverable);
        let new = SlotState { noted_due, noted_holds, abandoned, said_undeliverable, ..new };
        let old = std::mem::replace(&mut *state, new);
        self.note(slot, &mut state);
        drop(state);
        slot.changed.send_replace(());
        slot.wake_readers();
        free(cancelled.links, old);
        cancelled
    }

    fn new_state(&self, credentials: &Credentials, seed: &Seed) -> SlotState {
        let creator = credentials.creator(&self.settings.seed);
        let account = Account::new(self.settings.clone(), seed.clone(), creator);
        let (process, wall) = (self.clock.now(), self.clock.wall());
        SlotState::new(account, Timeline::new(self.policy.clock_mode, process, wall))
    }

    /// Removes a dropped account, which nobody uses, from the agenda and from the sends. Its keys
    /// are told the next time they are used, unless it held nothing.
    fn forget(&self, dropped: &Slot, holds: Holds) {
        let due = dropped.lock().noted_due.take();
        self.agenda().forget(dropped.number, due);
        self.sends().forget(dropped.number);
        if holds != Holds::Nothing {
            self.dropped_pairs().note(dropped.seed.uuid());
            tracing::warn!(
                account = dropped.id(),
                "account dropped: there are more than --accounts {}, and it was idle the longest",
                self.policy.most_accounts,
            );
        }
    }

    fn dropped_pairs(&self) -> MutexGuard<'_, DroppedPairs> {
        self.dropped_pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees an account with this number of links. If no thread can be started, the caller's thread
/// frees it.
fn free(links: usize, account: impl Send + 'static) {
    if links > MOST_FREED_AT_ONCE {
        let _ = thread::Builder::new().spawn(move || drop(account));
    }
}
