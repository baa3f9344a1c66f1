//! The slot of an account, which wraps its lock, its clock and its courier's counters, and the
//! store of all slots.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use crate::account::{Account, Budget, Progress};
use crate::accounts::Credentials;
use crate::accounts::idle::{Holds, LastUse};
use crate::accounts::timeline::{ClockMode, Timeline};
use crate::accounts::unwritten::Unwritten;
use crate::model::Timestamp;
use crate::seed::Seed;

pub(crate) struct Slot {
    pub(super) number: usize,
    /// The `created_by` of the account's links.
    creator: Uuid,
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
    /// Wakes readers of events when the log has another entry.
    pub(super) appended: watch::Sender<()>,
    /// The generation of the account. A send or a wait that belongs to an older one must end.
    pub(super) generation: watch::Sender<u64>,
    pub(super) last_use: Arc<LastUse>,
    /// True until a client is told that the account of these keys before this one was dropped.
    notice: AtomicBool,
    /// True when the log has said that a client asked for what belongs to other keys.
    pub(super) said_stranger: AtomicBool,
    /// The answers that are not written yet.
    pub(super) unwritten: Arc<Unwritten>,
}

pub(super) struct SlotState {
    pub account: Account,
    pub timeline: Timeline,
    /// True when the budget was spent before all tasks that are due had run.
    pub is_behind: bool,
    /// The time at which the agenda has this account, by the process's clock.
    pub noted_due: Option<Timestamp>,
    /// The things that the account holds, as the order of idle accounts knows them.
    pub noted_holds: Holds,
    /// The number of sends, of this generation and of earlier ones, that the courier has not ended.
    pub sending: usize,
    pub abandoned: usize,
    /// True when the log has said that webhooks of this account are undeliverable.
    pub said_undeliverable: bool,
}

impl Slot {
    pub(super) fn lock(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the id of the account's keys.
    pub(crate) fn id(&self) -> &str {
        &self.credentials.id
    }

    /// Tells that the account is that of a pair of keys.
    pub(crate) fn has_keys(&self, credentials: &Credentials) -> bool {
        self.credentials.id == credentials.id && self.credentials.password == credentials.password
    }

    pub(crate) fn generation(&self) -> u64 {
        *self.generation.borrow()
    }

    /// Wakes readers of events. Without a reader this costs one atomic load.
    pub(super) fn wake_readers(&self) {
        if self.appended.receiver_count() > 0 {
            self.appended.send_replace(());
        }
    }

    /// Tells once that an earlier account of the keys was dropped.
    pub(crate) fn take_notice(&self) -> bool {
        self.notice.load(Ordering::Relaxed) && self.notice.swap(false, Ordering::Relaxed)
    }
}

impl SlotState {
    pub(super) fn new(account: Account, timeline: Timeline) -> SlotState {
        SlotState {
            account,
            timeline,
            is_behind: false,
            noted_due: None,
            noted_holds: Holds::Nothing,
            sending: 0,
            abandoned: 0,
            said_undeliverable: false,
        }
    }

    /// Returns the values that waiting callers look at. A visit that leaves them as they were wakes
    /// no caller, so that a wait does not wake itself. A task need not be the next one to be what
    /// somebody waits for, so all of them count.
    pub(super) fn pulse(&self) -> (u64, bool, (u64, usize), ClockMode) {
        (
            self.account.last_delivery_change(),
            self.account.is_settled(),
            self.account.task_counts(),
            self.timeline.mode(),
        )
    }

    /// Returns the things that the account would lose by being dropped.
    pub(super) fn holds(&self, usual: ClockMode) -> Holds {
        let account = &self.account;
        if account.links() > 0 || account.pending_deliveries() > 0 {
            Holds::Links
        } else if account.is_as_begun() && self.timeline.is_as_begun(usual) {
            Holds::Nothing
        } else {
            Holds::Settings
        }
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
    /// The slots by number. Nothing else holds a slot for longer than a call, a wait or a send.
    by_number: BTreeMap<usize, Arc<Slot>>,
    by_credentials: HashMap<Credentials, usize>,
    /// The slots by the `created_by` of their links. Pairs of keys with one id have one.
    by_creator: BTreeSet<(Uuid, usize)>,
    made: usize,
}

impl Slots {
    /// Returns the account of a pair of keys.
    pub(super) fn get(&self, credentials: &Credentials) -> Option<Arc<Slot>> {
        self.numbered(*self.by_credentials.get(credentials)?)
    }

    /// Returns the accounts whose tokens have this `created_by`.
    pub(super) fn created_by(&self, creator: Uuid) -> Vec<Arc<Slot>> {
        let all = self.by_creator.range((creator, 0)..=(creator, usize::MAX));
        all.filter_map(|(_, number)| self.numbered(*number)).collect()
    }

    pub(super) fn numbered(&self, number: usize) -> Option<Arc<Slot>> {
        self.by_number.get(&number).cloned()
    }

    /// Returns the slot with the next number. After the last one comes the first.
    pub(super) fn following(&self, number: usize) -> Option<Arc<Slot>> {
        let next = self.by_number.range(number + 1..).next();
        next.or_else(|| self.by_number.first_key_value()).map(|(_, slot)| slot.clone())
    }

    /// Returns the accounts with this number and those that began after it, in that order.
    pub(super) fn numbered_from(&self, number: usize) -> impl Iterator<Item = &Arc<Slot>> {
        self.by_number.range(number..).map(|(_, slot)| slot)
    }

    /// Returns all accounts, in the order in which they began.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Slot>> {
        self.by_number.values()
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Tells that a call, a wait or a send holds the slot. Nobody can begin to while the caller
    /// has the slots for itself.
    pub(super) fn is_in_use(&self, number: usize) -> bool {
        self.by_number.get(&number).is_some_and(|slot| Arc::strong_count(slot) > 1)
    }

    pub(super) fn insert(
        &mut self,
        credentials: Credentials,
        seed: Seed,
        state: SlotState,
        notice: bool,
    ) -> Arc<Slot> {
        let slot = Arc::new(Slot {
            number: self.made,
            creator: state.account.created_by(),
            credentials: credentials.clone(),
            seed,
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
            appended: watch::Sender::new(()),
            generation: watch::Sender::new(0),
            last_use: Arc::default(),
            notice: AtomicBool::new(notice),
            said_stranger: AtomicBool::new(false),
            unwritten: Arc::default(),
        });
        self.made += 1;
        self.by_creator.insert((slot.creator, slot.number));
        self.by_credentials.insert(credentials, slot.number);
        self.by_number.insert(slot.number, slot.clone());
        slot
    }

    pub(super) fn remove(&mut self, number: usize) -> Option<Arc<Slot>> {
        let slot = self.by_number.remove(&number)?;
        self.by_credentials.remove(&slot.credentials);
        self.by_creator.remove(&(slot.creator, number));
        Some(slot)
    }
}
