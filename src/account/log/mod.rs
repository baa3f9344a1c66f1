//! The log of an account: everything that happened to it, once, in the order in which it happened.
//!
//! Each entry has the account's next cursor, from 1. The journal, the deliveries, waiting and
//! advancing are readers of the log. The oldest entries make room for new ones when the logs of all
//! accounts hold more bytes than the [`LogBudget`] allows.

pub(super) mod budget;
pub(super) mod delivery;
pub(super) mod exchange;
pub(super) mod page;

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

/// The memory of an entry beside its content: its place in the queue, with the room that the queue
/// keeps free, and its places in the indexes.
const ENTRY_BYTES: usize = 2 * size_of::<Entry>() + 96;
/// A log that is trimmed from outside gives up so many entries at once.
const MOST_TRIMMED: usize = 1000;

#[derive(Debug)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    holding: Holding,
    /// The cursor of the last entry that is gone.
    evicted: u64,
    /// The cursor before the first entry that is this log's own: a fork goes on counting.
    begun_after: u64,
    by_request: HashMap<Uuid, u64>,
    by_delivery: BTreeMap<DeliveryId, u64>,
    caused: BTreeSet<(Uuid, DeliveryId)>,
    finished: u64,
    dropped: u64,
    last_finished: u64,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The account's time.
    pub at: Timestamp,
    pub kind: EntryKind,
}

#[derive(Debug)]
pub(crate) enum EntryKind {
    RequestAnswered(Arc<Exchange>),
    /// A webhook was to be sent to an endpoint from now on.
    DeliveryAnnounced {
        delivery: DeliveryId,
        /// The request that brought it about.
        caused_by: Option<Uuid>,
    },
    AttemptMade(AttemptMade),
    DeliveryFinished(Arc<Finished>),
}

impl Log {
    pub(crate) fn new(budget: Arc<LogBudget>) -> Log {
        Log::with(Holding::new(budget), 0)
    }

    /// Writes down what happened, and returns its cursor. Where the budget is exceeded, the oldest
    /// entries go, at last this one.
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

    /// Gives up the oldest entries of a log that holds more than its share while the budget is
    /// exceeded; some at a time.
    pub(crate) fn trim(&mut self) {
        for _ in 0..MOST_TRIMMED {
            if !self.holding.is_too_much() {
                return;
            }
            self.evict_oldest();
        }
    }

    /// The cursor of the last entry; 0 before the first.
    pub(crate) fn last_cursor(&self) -> u64 {
        self.evicted + self.entries.len() as u64
    }

    /// The cursor of the last entry that is gone; 0 when none is.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Where a page stands that is followed by one after `next_after`.
    pub(crate) fn reach(&self, next_after: Option<u64>) -> Reach {
        Reach { last_cursor: self.last_cursor(), next_after, evicted: self.evicted }
    }

    /// Whether entries after a cursor are gone that a reader would have had to see.
    pub(crate) fn has_lost_some_after(&self, cursor: u64) -> bool {
        self.evicted > cursor.max(self.begun_after)
    }

    /// Refuses a cursor that no entry has had: it is from before a reset.
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

    /// An entry that the log has.
    pub(crate) fn get(&self, cursor: u64) -> Option<&Entry> {
        let place = cursor.checked_sub(self.evicted + 1)?;
        self.entries.get(place as usize)
    }

    /// The entries after a cursor that the log has, the oldest first.
    pub(crate) fn after(&self, cursor: u64) -> impl Iterator<Item = (u64, &Entry)> {
        let first = cursor.max(self.evicted);
        let skipped = (first - self.evicted).min(self.entries.len() as u64) as usize;
        let entries = self.entries.range(skipped..).enumerate();
        entries.map(move |(place, entry)| (first + 1 + place as u64, entry))
    }

    /// A request by its id, with its cursor and its time.
    pub(crate) fn request(&self, request_id: Uuid) -> Option<(u64, Timestamp, &Arc<Exchange>)> {
        let cursor = *self.by_request.get(&request_id)?;
        let entry = self.get(cursor)?;
        match &entry.kind {
            EntryKind::RequestAnswered(exchange) => Some((cursor, entry.at, exchange)),
            _ => None,
        }
    }

    /// A delivery that is finished, with its cursor.
    pub(crate) fn finished_delivery(&self, id: DeliveryId) -> Option<(u64, &Arc<Finished>)> {
        self.finished_at(*self.by_delivery.get(&id)?)
    }

    /// The finished deliveries that the log has, in the order of their ids.
    pub(crate) fn finished_ids(&self) -> impl DoubleEndedIterator<Item = DeliveryId> {
        self.by_delivery.keys().copied()
    }

    /// The deliveries that a request brought about, but those that are finished and gone.
    pub(crate) fn caused_by(&self, request_id: Uuid) -> impl Iterator<Item = DeliveryId> {
        let all = (request_id, DeliveryId(0))..=(request_id, DeliveryId(u64::MAX));
        self.caused.range(all).map(|(_, delivery)| *delivery)
    }

    /// An attempt that the log has.
    pub(crate) fn attempt(&self, cursor: u64) -> Option<&AttemptMade> {
        match &self.get(cursor)?.kind {
            EntryKind::AttemptMade(attempt) => Some(attempt),
            _ => None,
        }
    }

    /// How many deliveries were finished since the log began, those that are gone among them.
    pub(crate) fn finished(&self) -> u64 {
        self.finished
    }

    /// How many of them a fault dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The delivery that was finished last and not dropped, with its cursor.
    pub(crate) fn last_finished(&self) -> Option<(u64, &Arc<Finished>)> {
        self.finished_at(self.last_finished)
    }

    /// Whether cursors, indexes and bytes agree with the entries.
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
                EntryKind::DeliveryAnnounced { .. } => true,
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
            EntryKind::DeliveryAnnounced { delivery, caused_by } => {
                self.caused.extend(caused_by.map(|request| (request, *delivery)));
            }
            EntryKind::AttemptMade(_) => {}
            EntryKind::DeliveryFinished(finished) => {
                self.by_delivery.insert(finished.content.id, cursor);
                self.finished += 1;
                match finished.state == DeliveryState::Dropped {
                    true => self.dropped += 1,
                    false => self.last_finished = cursor,
                }
            }
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
            EntryKind::AttemptMade(_) | EntryKind::DeliveryAnnounced { .. } => {}
        }
    }
}

/// A copy of an account is another one: its log is empty, and goes on counting, so that no cursor is
/// given twice.
impl Clone for Log {
    fn clone(&self) -> Log {
        Log::with(self.holding.empty(), self.last_cursor())
    }
}

impl EntryKind {
    /// The memory that the content takes.
    fn bytes(&self) -> usize {
        match self {
            EntryKind::RequestAnswered(exchange) => exchange.bytes(),
            EntryKind::DeliveryAnnounced { .. } => 0,
            EntryKind::AttemptMade(attempt) => attempt.outcome.bytes(),
            EntryKind::DeliveryFinished(finished) => {
                size_of::<Finished>() + finished.content.bytes()
            }
        }
    }
}
