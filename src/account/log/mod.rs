//! The log of an account: everything that happened to it, in order.
//!
//! Each entry has the account's next cursor, from 1. The journal, the deliveries, waiting and
//! advancing read the log. The oldest entries are evicted when the logs of all accounts hold more
//! bytes than the [`LogBudget`] allows.

pub(super) mod budget;
pub(super) mod delivery;
pub(super) mod entries;
pub(super) mod exchange;
pub(super) mod injected;
mod kind;
pub(super) mod page;
pub(super) mod task_run;

pub(super) use kind::{EntryKind, Setting, TasksAdded};

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::DeliveryId;
use crate::account::log::budget::{Holding, LogBudget};
use crate::account::log::delivery::{AttemptMade, DeliveryState, Finished};
use crate::account::log::exchange::Exchange;
use crate::account::log::page::Reach;
use crate::error::Error;
use crate::model::Timestamp;

/// The memory of an entry besides its content: its place in the queue, with the room that the queue
/// keeps free, and its places in the indexes.
const ENTRY_BYTES: usize = 2 * size_of::<Entry>() + 96;
/// The largest number of entries that trimming from outside evicts at once.
const MOST_TRIMMED: usize = 1000;

#[derive(Debug)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    holding: Holding,
    /// The cursor of the last entry that was evicted.
    evicted: u64,
    /// The cursor before the first entry of this log. The log of a fork continues the original's
    /// count.
    begun_after: u64,
    by_request: HashMap<Uuid, u64>,
    by_delivery: BTreeMap<DeliveryId, u64>,
    caused: BTreeSet<(Uuid, DeliveryId)>,
    finished: u64,
    dropped: u64,
    last_finished: u64,
    attempts: u64,
    tasks: u64,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The account's time when it happened.
    pub at: Timestamp,
    pub kind: EntryKind,
}

impl Log {
    pub(crate) fn new(budget: Arc<LogBudget>) -> Log {
        Log::with(Holding::new(budget), 0)
    }

    /// Appends an entry, and returns its cursor. If the budget is exceeded, the oldest entries are
    /// evicted, and at last this one.
    pub(crate) fn append(&mut self, at: Timestamp, kind: EntryKind) -> u64 {
        let cursor = self.last_cursor() + 1;
        self.index(cursor, &kind);
        self.holding.take(ENTRY_BYTES + kind.bytes());
        self.entries.push_back(Entry { at, kind });
        while self.holding.is_too_much() {
            self.evict_oldest();
        }
        cursor
    }

    /// Evicts some of the oldest entries if the budget is exceeded and this log holds more than its
    /// share.
    pub(crate) fn trim(&mut self) {
        for _ in 0..MOST_TRIMMED {
            if !self.holding.is_too_much() {
                return;
            }
            self.evict_oldest();
        }
    }

    /// Returns the cursor of the last entry. It is 0 before the first.
    pub(crate) fn last_cursor(&self) -> u64 {
        self.evicted + self.entries.len() as u64
    }

    /// Returns the cursor of the last entry that was evicted. It is 0 when none was.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Returns the reach of a page whose next page begins after `next_after`.
    pub(crate) fn reach(&self, next_after: Option<u64>) -> Reach {
        Reach { last_cursor: self.last_cursor(), next_after, evicted: self.evicted }
    }

    /// Tells that entries after a cursor were evicted.
    pub(crate) fn has_lost_some_after(&self, cursor: u64) -> bool {
        self.evicted > cursor.max(self.begun_after)
    }

    /// Refuses a cursor that no entry has had, such as one from before a reset.
    pub(crate) fn check_cursor(&self, cursor: u64) -> Result<(), Error> {
        let last = self.last_cursor();
        if cursor <= last {
            return Ok(());
        }
        let sentence = format_args!(
            "{cursor} is past the last cursor, which is {last}. Was the account reset since?"
        );
        Err(Error::invalid(sentence).on("after"))
    }

    /// Returns the entry at a cursor, unless it was evicted.
    pub(crate) fn get(&self, cursor: u64) -> Option<&Entry> {
        let place = cursor.checked_sub(self.evicted + 1)?;
        self.entries.get(place as usize)
    }

    /// Returns the entries after a cursor, the oldest first, without those that were evicted.
    pub(crate) fn after(&self, cursor: u64) -> impl Iterator<Item = (u64, &Entry)> {
        let first = cursor.max(self.evicted);
        let skipped = (first - self.evicted).min(self.entries.len() as u64) as usize;
        let entries = self.entries.range(skipped..).enumerate();
        entries.map(move |(place, entry)| (first + 1 + place as u64, entry))
    }

    /// Returns the entries, the newest first, without those that were evicted.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = (u64, &Entry)> {
        let cursors = (self.evicted + 1..=self.last_cursor()).rev();
        cursors.zip(self.entries.iter().rev())
    }

    /// Returns a request by its id, with its cursor and its time.
    pub(crate) fn request(&self, request_id: Uuid) -> Option<(u64, Timestamp, &Arc<Exchange>)> {
        let cursor = *self.by_request.get(&request_id)?;
        let entry = self.get(cursor)?;
        match &entry.kind {
            EntryKind::RequestAnswered(exchange) => Some((cursor, entry.at, exchange)),
            _ => None,
        }
    }

    /// Returns a finished delivery, with its cursor.
    pub(crate) fn finished_delivery(&self, id: DeliveryId) -> Option<(u64, &Arc<Finished>)> {
        self.finished_at(*self.by_delivery.get(&id)?)
    }

    /// Returns the finished deliveries that are still in the log, in the order of their ids.
    pub(crate) fn finished_ids(&self) -> impl DoubleEndedIterator<Item = DeliveryId> {
        self.by_delivery.keys().copied()
    }

    /// Returns the deliveries that a request caused, without finished ones that were evicted.
    pub(crate) fn caused_by(&self, request_id: Uuid) -> impl Iterator<Item = DeliveryId> {
        let all = (request_id, DeliveryId(0))..=(request_id, DeliveryId(u64::MAX));
        self.caused.range(all).map(|(_, delivery)| *delivery)
    }

    /// Returns the attempt at a cursor, unless it was evicted.
    pub(crate) fn attempt(&self, cursor: u64) -> Option<&AttemptMade> {
        match &self.get(cursor)?.kind {
            EntryKind::AttemptMade(attempt) => Some(attempt),
            _ => None,
        }
    }

    /// Returns the number of deliveries that were ever finished.
    pub(crate) fn finished(&self) -> u64 {
        self.finished
    }

    /// Returns the number of attempts that have ended, and of webhooks that ended without one.
    pub(crate) fn arrivals(&self) -> u64 {
        self.attempts + self.finished - self.dropped
    }

    /// Returns the number of tasks that have run.
    pub(crate) fn tasks(&self) -> u64 {
        self.tasks
    }

    /// Returns the number of deliveries that a fault dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns the delivery that was finished last and not dropped, with its cursor.
    pub(crate) fn last_finished(&self) -> Option<(u64, &Arc<Finished>)> {
        self.finished_at(self.last_finished)
    }

    /// Checks that cursors, indexes and bytes agree with the entries.
    pub(crate) fn invariants(&self) -> Result<(), String> {
        let bytes: usize = self.entries.iter().map(|entry| ENTRY_BYTES + entry.kind.bytes()).sum();
        check(bytes == self.holding.bytes(), || {
            format!("the log holds {bytes} bytes and has counted {}", self.holding.bytes())
        })?;
        check(self.begun_after <= self.evicted, || "a log begins after another's".to_owned())?;
        let mut requests = 0;
        let mut deliveries = 0;
        for (cursor, entry) in self.after(0) {
            let is_found = match &entry.kind {
                EntryKind::RequestAnswered(exchange) => {
                    requests += 1;
                    self.by_request.get(&exchange.request_id) == Some(&cursor)
                }
                EntryKind::DeliveryFinished(finished) => {
                    deliveries += 1;
                    self.by_delivery.get(&finished.content.id) == Some(&cursor)
                }
                EntryKind::AttemptMade(attempt) => attempt.previous < cursor,
                _ => true,
            };
            check(is_found, || format!("entry {cursor} is found again: {entry:?}"))?;
        }
        check(requests == self.by_request.len() && deliveries == self.by_delivery.len(), || {
            "the indexes of the log name nothing that is gone".to_owned()
        })
    }

    fn with(holding: Holding, begun_after: u64) -> Log {
        Log {
            entries: VecDeque::new(),
            holding,
            evicted: begun_after,
            begun_after,
            by_request: HashMap::new(),
            by_delivery: BTreeMap::new(),
            caused: BTreeSet::new(),
            finished: 0,
            dropped: 0,
            last_finished: 0,
            attempts: 0,
            tasks: 0,
        }
    }

    fn finished_at(&self, cursor: u64) -> Option<(u64, &Arc<Finished>)> {
        match &self.get(cursor)?.kind {
            EntryKind::DeliveryFinished(finished) => Some((cursor, finished)),
            _ => None,
        }
    }

    fn index(&mut self, cursor: u64, kind: &EntryKind) {
        match kind {
            EntryKind::RequestAnswered(exchange) => {
                self.by_request.insert(exchange.request_id, cursor);
            }
            EntryKind::DeliveryAnnounced { delivery, caused_by, .. } => {
                self.caused.extend(caused_by.map(|request| (request, *delivery)));
            }
            EntryKind::AttemptMade(_) => self.attempts += 1,
            EntryKind::TaskRun(_) => self.tasks += 1,
            EntryKind::DeliveryFinished(finished) => {
                self.by_delivery.insert(finished.content.id, cursor);
                self.finished += 1;
                match finished.state == DeliveryState::Dropped {
                    true => self.dropped += 1,
                    false => self.last_finished = cursor,
                }
            }
            EntryKind::LinkChanged { .. }
            | EntryKind::TasksScheduled(_)
            | EntryKind::TaskChanged(..)
            | EntryKind::FaultInjected { .. }
            | EntryKind::ClockChanged { .. }
            | EntryKind::SettingChanged(_) => {}
        }
    }

    fn evict_oldest(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        self.evicted += 1;
        self.holding.give_back(ENTRY_BYTES + entry.kind.bytes());
        match &entry.kind {
            EntryKind::RequestAnswered(exchange) => {
                self.by_request.remove(&exchange.request_id);
            }
            EntryKind::DeliveryFinished(finished) => {
                let content = &finished.content;
                self.by_delivery.remove(&content.id);
                if let Some(request) = content.caused_by {
                    self.caused.remove(&(request, content.id));
                }
            }
            _ => {}
        }
    }
}

/// A fork's log is empty and continues the count, so that no cursor is used twice.
impl Clone for Log {
    fn clone(&self) -> Log {
        Log::with(self.holding.empty(), self.last_cursor())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use crate::account::base::ids::DeliveryId;
    use crate::account::log::budget::LogBudget;
    use crate::account::log::{ENTRY_BYTES, EntryKind, Log};
    use crate::model::Timestamp;

    fn append(log: &mut Log, entries: u64) {
        for number in 0..entries {
            let delivery = DeliveryId(number);
            let announced =
                EntryKind::DeliveryAnnounced { delivery, link: Uuid::nil(), caused_by: None };
            log.append(Timestamp::UNIX_EPOCH, announced);
        }
    }

    /// The visit of another account trims a log, so that visit must not wait for a whole log.
    #[test]
    fn a_log_gives_up_what_is_not_its_share_a_thousand_entries_at_a_time() {
        let budget = Arc::new(LogBudget::new(5000 * ENTRY_BYTES));
        let (mut large, mut other) = (Log::new(budget.clone()), Log::new(budget));
        append(&mut large, 5000);
        append(&mut other, 3000);
        let evicted = [(); 4].map(|()| {
            large.trim();
            large.evicted()
        });
        assert_eq!(evicted, [1000, 2000, 2500, 2500]);
        assert_eq!(other.evicted(), 500, "the other one has its share");
    }
}
