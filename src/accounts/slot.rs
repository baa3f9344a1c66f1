//! The slot of an account, which wraps its lock, its clock and its courier's counters, and the
//! store of all slots.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use crate::account::{Account, Budget, Progress};
use crate::accounts::Credentials;
use crate::accounts::timeline::{ClockMode, Timeline};
use crate::model::Timestamp;
use crate::seed::Seed;

pub(crate) struct Slot {
    pub(super) number: usize,
    pub(super) credentials: Credentials,
    /// The seed of the account, a child of the process's seed.
    pub(super) seed: Seed,
    /// The holder of this lock has the turn. The other callers wait in order, and block no thread.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// The state. It is locked for a slice of work at most, so that a caller waits for the lock
    /// only briefly.
    pub(super) state: Mutex<SlotState>,
    /// Wakes callers that wait for a change of the account.
    pub(crate) changed: watch::Sender<()>,
    /// The generation of the account. A send or a wait that belongs to an older one must end.
    pub(super) generation: watch::Sender<u64>,
    /// The number of the account's latest use, counted over the uses of all accounts.
    used: AtomicU64,
}

pub(super) struct SlotState {
    pub account: Account,
    pub timeline: Timeline,
    /// True when the budget was spent before all tasks that are due had run.
    pub is_behind: bool,
    /// The time at which the agenda has this account, by the process's clock.
    pub noted_due: Option<Timestamp>,
    /// The number of sends, of this generation and of earlier ones, that the courier has not ended.
    pub sending: usize,
    pub abandoned: usize,
    /// True when the account was dropped. The courier ignores it then.
    pub dropped: bool,
}

impl Slot {
    pub(super) fn lock(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn generation(&self) -> u64 {
        *self.generation.borrow()
    }
}

impl SlotState {
    pub(super) fn new(account: Account, timeline: Timeline) -> SlotState {
        SlotState {
            account,
            timeline,
            is_behind: false,
            noted_due: None,
            sending: 0,
            abandoned: 0,
            dropped: false,
        }
    }

    /// Returns the values that waiting callers look at. A visit that leaves them as they were wakes
    /// no caller, so that a wait does not wake itself.
    pub(super) fn pulse(&self) -> (u64, bool, Option<Timestamp>, ClockMode) {
        (
            self.account.last_delivery_change(),
            self.account.is_settled(),
            self.account.next_due(),
            self.timeline.mode(),
        )
    }

    /// Runs the tasks that are due by the account's clock when the process's clock reads
    /// `process_now`.
    pub(super) fn catch_up(&mut self, process_now: Timestamp, budget: &mut Budget) -> Progress {
        let progress = self.account.advance(self.timeline.now(process_now), budget);
        self.is_behind = progress == Progress::More;
        progress
    }

    /// Moves the account's time on by command, never back.
    pub(super) fn move_to(
        &mut self,
        process_now: Timestamp,
        time: Timestamp,
        budget: &mut Budget,
    ) -> Progress {
        self.timeline.set(self.timeline.mode(), process_now, time.max(self.account.now()));
        self.catch_up(process_now, budget)
    }
}

/// All slots, and the indexes that find them.
#[derive(Default)]
pub(super) struct Slots {
    by_credentials: HashMap<Credentials, Arc<Slot>>,
    /// The slots by the `created_by` of their links.
    by_creator: HashMap<Uuid, Arc<Slot>>,
    by_number: BTreeMap<usize, Arc<Slot>>,
    made: usize,
    uses: AtomicU64,
}

impl Slots {
    /// Returns the account of a pair of keys, and notes the use.
    pub(super) fn get(&self, credentials: &Credentials) -> Option<Arc<Slot>> {
        let slot = self.by_credentials.get(credentials)?;
        self.note_use(slot);
        Some(slot.clone())
    }

    /// Returns the account that issued a token. A use is noted only when the token proves to be
    /// valid.
    pub(super) fn created_by(&self, creator: Uuid) -> Option<Arc<Slot>> {
        self.by_creator.get(&creator).cloned()
    }

    pub(super) fn numbered(&self, number: usize) -> Option<Arc<Slot>> {
        self.by_number.get(&number).cloned()
    }

    /// Returns the slot with the next number. After the last one comes the first.
    pub(super) fn following(&self, number: usize) -> Option<Arc<Slot>> {
        let next = self.by_number.range(number + 1..).next();
        next.or_else(|| self.by_number.first_key_value()).map(|(_, slot)| slot.clone())
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn insert(
        &mut self,
        credentials: Credentials,
        seed: Seed,
        state: SlotState,
    ) -> Arc<Slot> {
        let creator = state.account.created_by();
        let slot = Arc::new(Slot {
            number: self.made,
            credentials: credentials.clone(),
            seed,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
            generation: watch::Sender::new(0),
            used: AtomicU64::new(0),
        });
        self.made += 1;
        self.note_use(&slot);
        self.by_number.insert(slot.number, slot.clone());
        self.by_creator.insert(creator, slot.clone());
        self.by_credentials.insert(credentials, slot.clone());
        slot
    }

    /// Removes the slot that has been idle the longest.
    pub(super) fn remove_idlest(&mut self) -> Option<Arc<Slot>> {
        let used = |slot: &&Arc<Slot>| slot.used.load(Ordering::Relaxed);
        let slot = self.by_number.values().min_by_key(used)?.clone();
        self.by_number.remove(&slot.number);
        self.by_credentials.remove(&slot.credentials);
        self.by_creator.retain(|_, other| other.number != slot.number);
        Some(slot)
    }

    pub(super) fn note_use(&self, slot: &Slot) {
        slot.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }
}
