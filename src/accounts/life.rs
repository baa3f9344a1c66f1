//! How accounts begin, begin anew, and end.

use std::sync::{Arc, PoisonError, RwLockWriteGuard};
use std::thread;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Snapshot};
use crate::accounts::slot::{SlotState, Slots};
use crate::accounts::timeline::Timeline;
use crate::accounts::{Accounts, ClockMode, Credentials, Slot};
use crate::error::Error;
use crate::seed::Seed;

/// The courier lets go of a send at once; this is for the case that it does not run.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);

/// To free an account with more links than these takes a thread of its own, so that nobody waits.
const MOST_FREED_AT_ONCE: usize = 1000;

/// An account in a file.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountFile {
    pub clock: ClockMode,
    pub account: Snapshot,
}

/// What a reset took away.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Cancelled {
    pub links: usize,
    /// What was to happen: loads, refreshes, retries.
    pub scheduled: usize,
    /// Webhooks that were not finished, those under way among them.
    pub deliveries: usize,
    /// Webhooks that were being sent. The receiver may have them; its answer counts for nothing.
    pub in_flight: usize,
}

impl Accounts {
    /// The account of a pair of keys that has none yet. Beyond the limit the one goes that was idle
    /// the longest.
    pub(super) fn begin(&self, credentials: Credentials) -> Arc<Slot> {
        let slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&credentials) {
            return slot;
        }
        let seed = self.seed_of(&credentials);
        let state = self.new_state(&seed);
        self.insert(slots, credentials, seed, state)
    }

    fn insert(
        &self,
        mut slots: RwLockWriteGuard<'_, Slots>,
        credentials: Credentials,
        seed: Seed,
        state: SlotState,
    ) -> Arc<Slot> {
        let dropped = match slots.len() < self.policy.most_accounts {
            true => None,
            false => slots.remove_idlest(),
        };
        let slot = slots.insert(credentials, seed, state);
        drop(slots);
        if let Some(dropped) = dropped {
            self.forget(&dropped);
            let links = dropped.lock().account.links();
            free(links, dropped);
        }
        slot
    }

    /// Another account with the state of this one, its own keys and its own ids from now on; what
    /// it remembers of the past is empty.
    ///
    /// # Errors
    /// The keys are not accepted, or in use.
    pub(crate) async fn fork(&self, slot: &Slot, credentials: Credentials) -> Result<(), Error> {
        if !self.accepts(&credentials) {
            let sentence = "The emulator does not accept these keys: name them with --credentials \
                            when it starts.";
            return Err(Error::invalid(sentence).on("credentials"));
        }
        let seed = self.seed_of(&credentials);
        let copy = self.visit_state(slot, |state, _| {
            SlotState::new(state.account.fork(seed.clone()), state.timeline)
        });
        let copy = copy.await.ok_or_else(Error::unexpected)?;
        let slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.get(&credentials).is_some() {
            return Err(Error::account_exists().on("credentials"));
        }
        let fork = self.insert(slots, credentials, seed, copy);
        // The courier is told what it is to do for the fork.
        self.locked(&fork, |_, _| ()).ok_or_else(Error::unexpected)
    }

    /// Begins anew, as if the keys had never been used. When this returns, nothing from before can
    /// be sent any more.
    pub(crate) async fn reset(&self, slot: &Slot) -> Cancelled {
        let state = self.new_state(&slot.seed);
        self.replace(slot, state).await
    }

    pub(crate) async fn snapshot(&self, slot: &Slot) -> Result<AccountFile, Error> {
        let file = self.visit_state(slot, |state, _| AccountFile {
            clock: state.timeline.mode(),
            account: state.account.snapshot(),
        });
        file.await.ok_or_else(Error::unexpected)
    }

    /// Puts the account into the state of a file, its time included. When this returns, nothing
    /// from before can be sent any more.
    pub(crate) async fn restore(&self, slot: &Slot, file: AccountFile) -> Result<Cancelled, Error> {
        let turn = slot.turn.lock().await;
        let restored = self.locked(slot, |state, process_now| {
            let account =
                state.account.restored(file.account).map_err(|error| error.under("account"))?;
            let mut timeline = Timeline::new(file.clock, process_now);
            timeline.set(file.clock, process_now, account.now());
            Ok(SlotState::new(account, timeline))
        });
        drop(turn);
        let state = restored.unwrap_or_else(|| Err(Error::unexpected()))?;
        Ok(self.replace(slot, state).await)
    }

    /// Puts another state in the place of an account's.
    async fn replace(&self, slot: &Slot, new: SlotState) -> Cancelled {
        let mut changed = slot.changed.subscribe();
        let turn = slot.turn.lock().await;
        let cancelled = self.swap(slot, new);
        drop(turn);
        let let_go = changed.wait_for(|()| slot.lock().abandoned == 0);
        // The courier ends with the server, and takes its sends with it.
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
        let (noted_due, abandoned) = (state.noted_due, state.abandoned + state.sending);
        let old = std::mem::replace(&mut *state, SlotState { noted_due, abandoned, ..new });
        self.note(slot.number, &mut state);
        drop(state);
        slot.changed.send_replace(());
        free(cancelled.links, old);
        cancelled
    }

    fn seed_of(&self, credentials: &Credentials) -> Seed {
        let Credentials { id, password } = credentials;
        let account = self.settings.seed.named("account", id.as_bytes());
        account.named("password", password.as_bytes())
    }

    fn new_state(&self, seed: &Seed) -> SlotState {
        let account = Account::new(self.settings.clone(), seed.clone());
        SlotState::new(account, Timeline::new(self.policy.clock_mode, self.clock.now()))
    }

    /// An account was dropped: nothing of it goes on.
    fn forget(&self, dropped: &Slot) {
        tracing::warn!(
            account = %dropped.lock().account.created_by(),
            "account dropped: there are more than --accounts {}, and it was idle the longest",
            self.policy.most_accounts,
        );
        let mut state = dropped.lock();
        state.dropped = true;
        dropped.generation.send_modify(|generation| *generation += 1);
        state.abandoned += std::mem::take(&mut state.sending);
        self.agenda().forget(dropped.number, state.noted_due.take());
        self.sends().forget(dropped.number);
    }
}

/// Frees an account with so many links. Where there is no thread to be had, it is freed here.
fn free(links: usize, account: impl Send + 'static) {
    if links > MOST_FREED_AT_ONCE {
        let _ = thread::Builder::new().spawn(move || drop(account));
    }
}
