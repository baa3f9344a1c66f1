//! Reads deliveries: pending ones from the outbox, finished ones from the log.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::account::base::ids::DeliveryId;
use crate::account::log::delivery::{DeliveryContent, DeliveryState, Finished};
use crate::account::log::page::{MOST_PAGE_BYTES, MOST_SCANNED, Reach};
use crate::account::log::{EntryKind, Log};
use crate::account::webhooks::delivery::Delivery;
use crate::account::webhooks::outbox::{Outbox, PendingDelivery};

/// A page of deliveries, in the order in which they last changed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deliveries {
    pub deliveries: Vec<Delivery>,
    #[serde(flatten)]
    pub reach: Reach,
}

/// A search for a finished delivery, with its progress.
#[derive(Debug)]
pub(crate) struct Search {
    /// The first delivery that matches.
    pub found: Option<Delivery>,
    /// The cursor after which the search continues.
    pub searched_to: u64,
    /// True when the search can continue at once.
    pub has_more: bool,
}

/// A page to which deliveries are added.
struct Page<'a> {
    log: &'a Log,
    limit: usize,
    deliveries: Vec<Delivery>,
    bytes: usize,
}

/// A delivery in the outbox or in the log.
enum Kept<'a> {
    Pending(&'a PendingDelivery),
    Finished(u64, &'a Finished),
}

impl Outbox {
    /// Returns a page of the deliveries that changed after a cursor and that `selects` accepts.
    pub(crate) fn page(
        &self,
        log: &Log,
        after: u64,
        limit: usize,
        selects: impl Fn(&DeliveryContent, DeliveryState) -> bool,
    ) -> Deliveries {
        let mut page = Page { log, limit, deliveries: Vec::new(), bytes: 0 };
        let next_after = self.fill(&mut page, after, selects).err();
        Deliveries { deliveries: page.deliveries, reach: log.reach(next_after) }
    }

    /// Returns a delivery that is pending or in the log.
    pub(crate) fn find(&self, log: &Log, id: DeliveryId) -> Option<Delivery> {
        self.kept(log, id).map(|kept| kept.read(log))
    }

    /// Returns the content of a delivery that is pending or in the log.
    pub(crate) fn content(&self, log: &Log, id: DeliveryId) -> Option<Arc<DeliveryContent>> {
        let pending = self.pending(id).map(|pending| pending.content.clone());
        pending.or_else(|| Some(log.finished_delivery(id)?.1.content.clone()))
    }

    /// Fills the page, and returns the cursor after which the next page begins, if there is one.
    fn fill(
        &self,
        page: &mut Page<'_>,
        after: u64,
        selects: impl Fn(&DeliveryContent, DeliveryState) -> bool,
    ) -> Result<(), u64> {
        let log = page.log;
        // The entries of these deliveries' last changes were evicted from the log.
        let stale = self.changed_after(after).take_while(|(cursor, _)| *cursor <= log.evicted());
        let stale =
            stale.filter_map(|(cursor, id)| Some((cursor, Kept::Pending(self.pending(id)?))));
        let mut last = after;
        for (cursor, kept) in stale {
            page.offer(&kept, last, &selects)?;
            last = cursor;
        }
        for (scanned, (cursor, entry)) in log.after(after).enumerate() {
            if scanned == MOST_SCANNED {
                return Err(last);
            }
            if let Some(kept) = self.changed_by(cursor, &entry.kind) {
                page.offer(&kept, last, &selects)?;
            }
            last = cursor;
        }
        Ok(())
    }

    /// Returns the delivery whose last change is this entry.
    fn changed_by<'a>(&'a self, cursor: u64, entry: &'a EntryKind) -> Option<Kept<'a>> {
        let id = match entry {
            EntryKind::DeliveryFinished(finished) => return Some(Kept::Finished(cursor, finished)),
            EntryKind::DeliveryAnnounced { delivery, .. } => *delivery,
            EntryKind::AttemptMade(attempt) => attempt.delivery,
            _ => return None,
        };
        self.pending(id).filter(|pending| pending.changed == cursor).map(Kept::Pending)
    }

    fn kept<'a>(&'a self, log: &'a Log, id: DeliveryId) -> Option<Kept<'a>> {
        let finished = || {
            let (cursor, finished) = log.finished_delivery(id)?;
            Some(Kept::Finished(cursor, finished))
        };
        self.pending(id).map(Kept::Pending).or_else(finished)
    }
}

impl Search {
    /// Looks for the first delivery that was finished after a cursor and that `selects` accepts.
    pub(crate) fn new(
        log: &Log,
        after: u64,
        selects: impl Fn(&DeliveryContent, DeliveryState) -> bool,
    ) -> Search {
        let mut searched_to = after;
        for (scanned, (cursor, entry)) in log.after(after).enumerate() {
            if scanned == MOST_SCANNED {
                return Search { found: None, searched_to, has_more: true };
            }
            if let EntryKind::DeliveryFinished(finished) = &entry.kind
                && selects(&finished.content, finished.state)
            {
                let found = Some(Kept::Finished(cursor, finished).read(log));
                return Search { found, searched_to, has_more: false };
            }
            searched_to = cursor;
        }
        Search { found: None, searched_to, has_more: false }
    }
}

impl Page<'_> {
    /// Adds a delivery if it is selected. Ends with `last` if the page is full.
    fn offer(
        &mut self,
        kept: &Kept<'_>,
        last: u64,
        selects: impl Fn(&DeliveryContent, DeliveryState) -> bool,
    ) -> Result<(), u64> {
        if !selects(kept.content(), kept.state()) {
            return Ok(());
        }
        if self.deliveries.len() == self.limit || self.bytes >= MOST_PAGE_BYTES {
            return Err(last);
        }
        let delivery = kept.read(self.log);
        self.bytes += delivery.bytes();
        self.deliveries.push(delivery);
        Ok(())
    }
}

impl Kept<'_> {
    fn content(&self) -> &DeliveryContent {
        match self {
            Kept::Pending(pending) => &pending.content,
            Kept::Finished(_, finished) => &finished.content,
        }
    }

    fn state(&self) -> DeliveryState {
        match self {
            Kept::Pending(_) => DeliveryState::Pending,
            Kept::Finished(_, finished) => finished.state,
        }
    }

    fn read(&self, log: &Log) -> Delivery {
        let content = self.content();
        match self {
            Kept::Pending(PendingDelivery { changed, attempts, next_attempt_at, .. }) => {
                Delivery::new(log, *changed, content, self.state(), *attempts, *next_attempt_at)
            }
            Kept::Finished(cursor, Finished { attempts, .. }) => {
                Delivery::new(log, *cursor, content, self.state(), *attempts, None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use crate::account::base::ids::DeliveryId;
    use crate::account::log::budget::LogBudget;
    use crate::account::log::page::MOST_SCANNED;
    use crate::account::log::{EntryKind, Log};
    use crate::account::webhooks::reading::Search;
    use crate::model::Timestamp;

    #[test]
    fn a_search_stops_after_its_most_and_says_where_to_go_on() {
        let mut log = Log::new(Arc::new(LogBudget::new(usize::MAX)));
        for number in 0..=MOST_SCANNED as u64 {
            let delivery = DeliveryId(number);
            let announced =
                EntryKind::DeliveryAnnounced { delivery, link: Uuid::nil(), caused_by: None };
            log.append(Timestamp::UNIX_EPOCH, announced);
        }
        let first = Search::new(&log, 0, |_, _| true);
        assert_eq!((first.searched_to, first.has_more), (MOST_SCANNED as u64, true));
        let last = Search::new(&log, first.searched_to, |_, _| true);
        assert_eq!((last.searched_to, last.has_more), (MOST_SCANNED as u64 + 1, false));
    }
}
