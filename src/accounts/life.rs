//! How accounts begin, begin anew, and end.

use std::sync::{Arc, PoisonError, RwLockWriteGuard};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Snapshot};
use crate::accounts::slot::{SlotState, Slots};
use crate::accounts::timeline::Timeline;
use crate::accounts::{Accounts, ClockMode, Credentials, Sending, Slot};
use crate::error::Error;
use crate::seed::Seed;

/// The courier lets go of a send at once; this is for the case that it does not run.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);

/// An account in a file.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountFile {
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
        }
        slot
    }

    /// Another account with the state of this one, its own keys and its own ids from now on; what
    /// it remembers of the past is empty.
    pub fn fork(&self, slot: &Slot, credentials: Credentials) -> Result<(), Error> {
        let seed = self.seed_of(&credentials);
        let copy = self.visit_state(slot, |state, _| {
            SlotState::new(state.account.fork(seed.clone()), state.timeline)
        });
        let copy = copy.ok_or_else(Error::unexpected)?;
        let slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.get(&credentials).is_some() {
            return Err(Error::account_exists().on("credentials"));
        }
        let fork = self.insert(slots, credentials, seed, copy);
        self.visit(&fork, |_| ());
        Ok(())
    }

    /// Begins anew, as if the keys had never been used. When this returns, nothing from before can
    /// be sent any more.
    pub async fn reset(&self, slot: &Slot) -> Cancelled {
        let state = self.new_state(&slot.seed);
        self.replace(slot, state).await
    }

    pub fn snapshot(&self, slot: &Slot) -> Result<AccountFile, Error> {
        let file = self.visit_state(slot, |state, _| AccountFile {
            clock: state.timeline.mode(),
            account: state.account.snapshot(),
        });
        file.ok_or_else(Error::unexpected)
    }

    /// Puts the account into the state of a file, its time included. When this returns, nothing
    /// from before can be sent any more.
    pub async fn restore(&self, slot: &Slot, file: AccountFile) -> Result<Cancelled, Error> {
        let restored = self.visit_state(slot, |state, process_now| {
            let account =
                state.account.restored(file.account).map_err(|error| error.under("account"))?;
            let mut timeline = Timeline::new(file.clock, process_now);
            timeline.set(file.clock, process_now, account.now());
            Ok(SlotState::new(account, timeline))
        });
        let state = restored.unwrap_or_else(|| Err(Error::unexpected()))?;
        Ok(self.replace(slot, state).await)
    }

    /// Puts another state in the place of an account's.
    async fn replace(&self, slot: &Slot, new: SlotState) -> Cancelled {
        let mut changed = slot.changed.subscribe();
        let cancelled = self.swap(slot, new);
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
        *state = SlotState { noted_due, abandoned, ..new };
        self.note(slot.number, &mut state);
        drop(state);
        slot.changed.send_replace(());
        cancelled
    }

    /// A send begins; see [`Accounts::ended`].
    pub fn began(&self, sending: &Sending) {
        let mut state = sending.slot.lock();
        match sending.is_current() {
            true => state.sending += 1,
            false => state.abandoned += 1,
        }
    }

    /// A send has ended, one way or the other, and cannot reach its receiver any more.
    pub fn ended(&self, sending: &Sending) {
        let mut state = sending.slot.lock();
        match sending.is_current() {
            true => state.sending -= 1,
            false => state.abandoned -= 1,
        }
        drop(state);
        sending.slot.changed.send_replace(());
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
    }
}

impl Sending {
    fn is_current(&self) -> bool {
        self.slot.generation() == self.generation
    }

    /// Returns when the account was reset or dropped.
    pub async fn outdated(&self) {
        let mut generation = self.slot.generation.subscribe();
        let is_newer = |newest: &u64| *newest != self.generation;
        if generation.wait_for(is_newer).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
