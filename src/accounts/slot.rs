//! One account behind its lock, and all of them.

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
    /// The account's own, a child of the process's.
    pub(super) seed: Seed,
    /// Whoever has it is the one whose turn it is. The others wait, in order, and hold no thread.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// Locked for a slice of work at most, so that waiting for the lock is no wait to speak of.
    pub(super) state: Mutex<SlotState>,
    /// Tells that what somebody may wait for has changed.
    pub(crate) changed: watch::Sender<()>,
    /// Tells that what belongs to an older generation must not go on.
    pub(super) generation: watch::Sender<u64>,
    /// When it was used last, in the count of all uses.
    used: AtomicU64,
}

pub(super) struct SlotState {
    pub account: Account,
    pub timeline: Timeline,
    /// Whether the budget did not last, so that less has happened than is due.
    pub is_behind: bool,
    /// What the agenda holds for this account, by the process's clock.
    pub noted_due: Option<Timestamp>,
    /// Sends of this generation, and of earlier ones, that the courier has not let go yet.
    pub sending: usize,
    pub abandoned: usize,
    /// Whether the account was dropped: the courier has nothing to do with it any more.
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

    /// What those who wait look at. A visit that leaves it as it was wakes nobody, so that waiting
    /// does not wake itself.
    pub(super) fn pulse(&self) -> (u64, bool, Option<Timestamp>, ClockMode) {
        (
            self.account.last_delivery_change(),
            self.account.is_settled(),
            self.account.next_due(),
            self.timeline.mode(),
        )
    }

    /// Lets happen what is due by the account's clock when that of the process reads `process_now`.
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

/// All accounts, by what they are looked up by.
#[derive(Default)]
pub(super) struct Slots {
    by_credentials: HashMap<Credentials, Arc<Slot>>,
    /// By the `created_by` of their links.
    by_creator: HashMap<Uuid, Arc<Slot>>,
    by_number: BTreeMap<usize, Arc<Slot>>,
    made: usize,
    uses: AtomicU64,
}

impl Slots {
    /// The account of a pair of keys; it has been used now.
    pub(super) fn get(&self, credentials: &Credentials) -> Option<Arc<Slot>> {
        let slot = self.by_credentials.get(credentials)?;
        self.note_use(slot);
        Some(slot.clone())
    }

    /// The account that issued a token. It counts as used when the token proves to be good.
    pub(super) fn created_by(&self, creator: Uuid) -> Option<Arc<Slot>> {
        self.by_creator.get(&creator).cloned()
    }

    pub(super) fn numbered(&self, number: usize) -> Option<Arc<Slot>> {
        self.by_number.get(&number).cloned()
    }

    /// The account after a number; after the last one, the first.
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

    /// Takes out the account that has not been used for the longest time.
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
