//! The outbox: the webhooks on their way.
//!
//! An event becomes one delivery for each endpoint. A delivery waits in its endpoint's queue until
//! the courier takes it, and a retry is a task of the schedule. The log stores what happens to a
//! delivery; a pending delivery only has the cursors of its entries.

mod announcing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;
use crate::account::log::delivery::{
    AttemptMade, Attempts, DeliveryContent, DeliveryState, Finished, Outcome,
};
use crate::account::log::{EntryKind, Log};
use crate::account::schedule::{Schedule, Task};
use crate::account::webhooks::delivery::Verdict;
use crate::account::webhooks::injection::Spoilt;
use crate::account::webhooks::queues::{Endpoint, Queues};
use crate::model::webhook::EventKind;
use crate::model::{Timestamp, later};

/// The largest number of retries of a delivery.
pub(crate) const MOST_RETRIES: u32 = 1000;

/// An event whose endpoints are not determined yet.
#[derive(Clone, Debug)]
pub(crate) struct WebhookEvent {
    pub link: LinkNumber,
    pub link_id: Uuid,
    pub external_id: Option<Arc<str>>,
    pub webhook_id: Uuid,
    pub kind: EventKind,
    /// The request that caused the event.
    pub caused_by: Option<Uuid>,
    pub body: Arc<[u8]>,
}

/// An attempt for the courier to make.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    pub delivery: DeliveryId,
    endpoint: u64,
    link: LinkNumber,
    pub url: Arc<str>,
    /// The value of the header `Authorization`.
    pub authorization: Option<Secret>,
    pub body: Arc<[u8]>,
    pub link_id: Uuid,
    pub kind: EventKind,
    /// The request that caused the event.
    pub caused_by: Option<Uuid>,
    /// The number of the attempt, counted from 1.
    pub number: u32,
    /// The largest number of attempts, retries included.
    pub at_most: u32,
}

/// The number and the delay of retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retries {
    pub count: u32,
    /// The delay. The n-th retry waits n times this time.
    pub delay: TimeDelta,
}

/// A delivery that is not finished.
#[derive(Clone, Debug)]
pub(crate) struct PendingDelivery {
    /// The number of its endpoint.
    endpoint: u64,
    pub content: Arc<DeliveryContent>,
    pub attempts: Attempts,
    /// The time of the next attempt. It is None while an attempt is under way.
    pub next_attempt_at: Option<Timestamp>,
    /// The cursor of its last entry in the log.
    pub changed: u64,
    /// The first attempts that a fault spoils.
    pub spoilt: Spoilt,
}

#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    pub schedule: Schedule,
    pub endpoints: Queues,
    pub retries: Retries,
    /// The endpoints and the retries that come back when the temporary endpoint is removed. It is
    /// None where the endpoint is not temporary.
    pub lent_from: Option<(Vec<Endpoint>, Retries)>,
    live: OrdMap<DeliveryId, PendingDelivery>,
    live_of_links: OrdSet<(LinkNumber, DeliveryId)>,
    /// The pending deliveries by the cursor of their last entry in the log.
    live_by_change: OrdMap<u64, DeliveryId>,
    /// The memory that the contents of the pending deliveries take.
    live_bytes: usize,
    deliveries: u64,
    /// The cursor of the last entry about any delivery.
    changed: u64,
    /// True when the webhook that was finished last had no endpoint.
    undeliverable: bool,
}

impl Outbox {
    /// Returns an empty outbox whose next delivery has the id after `deliveries`.
    pub(crate) fn new(
        targets: &[Endpoint],
        sends_per_receiver: usize,
        retries: Retries,
        deliveries: u64,
    ) -> Outbox {
        Outbox {
            schedule: Schedule::default(),
            endpoints: Queues::new(targets, sends_per_receiver),
            retries,
            lent_from: None,
            live: OrdMap::new(),
            live_of_links: OrdSet::new(),
            live_by_change: OrdMap::new(),
            live_bytes: 0,
            deliveries,
            changed: 0,
            undeliverable: false,
        }
    }

    /// Returns the id of the last delivery. It is 0 before the first.
    pub(crate) fn last_delivery(&self) -> DeliveryId {
        DeliveryId(self.deliveries)
    }

    /// Tells that there was never a delivery, and that the endpoint is that of the flags.
    pub(crate) fn is_as_begun(&self, targets: &[Endpoint], retries: Retries) -> bool {
        self.deliveries == 0
            && self.schedule.len() == 0
            && self.retries == retries
            && self.endpoints.subscribed().eq(targets)
    }

    /// Makes deliveries ready that were held back until this one was finished.
    fn release(&mut self, now: Timestamp, endpoint: u64, finished: DeliveryId) {
        let held = self.endpoints.get(endpoint).map(|endpoint| endpoint.held.clone());
        for id in held.unwrap_or_default().into_iter().rev().filter(|held| *held < finished) {
            let Some(live) = self.live.get_mut(&id) else { continue };
            live.next_attempt_at = Some(now);
            let link = live.content.link_number;
            self.schedule.cancel_send(link, id);
            let queue = self.endpoints.known(endpoint);
            queue.held.retain(|held| *held != id);
            queue.push_first(link, id);
        }
    }

    /// Puts a delivery into its endpoint's queue.
    pub(crate) fn make_ready(&mut self, id: DeliveryId) {
        let Some(live) = self.live.get(&id) else { return };
        let link = live.content.link_number;
        let queue = self.endpoints.known(live.endpoint);
        queue.held.retain(|held| *held != id);
        queue.push_last(link, id);
    }

    /// Returns the next attempt to make. It must be [reported](Outbox::report).
    pub(crate) fn poll_attempt(&mut self, now: Timestamp) -> Option<Dispatch> {
        let (number, id) = self.endpoints.begin_next()?;
        let live = self.live.get_mut(&id).expect("a finished delivery is in no queue");
        live.next_attempt_at = None;
        live.attempts.under_way_since = Some(now);
        let attempt = live.attempts.made + 1;
        Some(Dispatch {
            delivery: id,
            endpoint: number,
            link: live.content.link_number,
            url: self.endpoints.known(number).target.url.clone(),
            authorization: live.spoilt.authorization(attempt, live.content.authorization.as_ref()),
            body: live.spoilt.body(attempt, &live.content.body),
            link_id: live.content.link,
            kind: live.content.kind,
            caused_by: live.content.caused_by,
            number: attempt,
            at_most: self.retries.count + 1,
        })
    }

    /// Takes the outcome of an attempt.
    pub(crate) fn report(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        attempt: &Dispatch,
        outcome: Outcome,
    ) -> Verdict {
        self.endpoints.known(attempt.endpoint).end(attempt.link);
        let accepted = outcome.is_accepted();
        if !self.attempt_made(log, now, attempt, outcome) {
            self.endpoints.forget_unneeded(attempt.endpoint);
            return Verdict::Cancelled;
        }
        let retry_in = self.retries.delay * attempt.number as i32;
        if accepted {
            self.finish(log, now, attempt.delivery, DeliveryState::Delivered);
            self.release(now, attempt.endpoint, attempt.delivery);
            Verdict::Delivered
        } else if attempt.number < attempt.at_most {
            let due = later(now, retry_in);
            if let Some(live) = self.live.get_mut(&attempt.delivery) {
                live.next_attempt_at = Some(due);
                self.schedule.add(due, Task::Send(live.content.link_number, attempt.delivery));
            }
            Verdict::RetryIn(retry_in)
        } else {
            self.finish(log, now, attempt.delivery, DeliveryState::Failed);
            self.release(now, attempt.endpoint, attempt.delivery);
            Verdict::GivenUp
        }
    }

    /// Appends an attempt to the log, unless the delivery was cancelled meanwhile.
    fn attempt_made(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        attempt: &Dispatch,
        outcome: Outcome,
    ) -> bool {
        let Some(live) = self.live.get_mut(&attempt.delivery) else { return false };
        let made = AttemptMade {
            delivery: attempt.delivery,
            link: attempt.link_id,
            number: attempt.number,
            started_at: live.attempts.under_way_since.unwrap_or(now),
            outcome: outcome.without_secrets().into(),
            previous: live.attempts.last,
        };
        let cursor = log.append(now, EntryKind::AttemptMade(made));
        live.attempts = Attempts { made: attempt.number, last: cursor, under_way_since: None };
        self.live_by_change.remove(&live.changed);
        self.live_by_change.insert(cursor, attempt.delivery);
        live.changed = cursor;
        self.changed = cursor;
        true
    }

    /// Removes all tasks of a link. An attempt that is under way can only be reported.
    pub(crate) fn cancel(&mut self, log: &mut Log, now: Timestamp, link: LinkNumber) {
        self.schedule.cancel_all(link);
        let from = (link, DeliveryId(0));
        let to = (link, DeliveryId(u64::MAX));
        let ids: Vec<_> = self.live_of_links.range(from..=to).map(|(_, id)| *id).collect();
        for id in ids {
            self.finish(log, now, id, DeliveryState::Cancelled);
        }
    }

    fn finish(&mut self, log: &mut Log, now: Timestamp, id: DeliveryId, state: DeliveryState) {
        let Some(live) = self.live.remove(&id) else { return };
        self.live_of_links.remove(&(live.content.link_number, id));
        self.live_by_change.remove(&live.changed);
        self.live_bytes -= live.content.bytes();
        let queue = self.endpoints.known(live.endpoint);
        queue.live -= 1;
        queue.remove(live.content.link_number, id);
        self.endpoints.forget_unneeded(live.endpoint);
        self.write_finished(log, now, live.content, state, live.attempts);
    }

    fn write_finished(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        content: Arc<DeliveryContent>,
        state: DeliveryState,
        attempts: Attempts,
    ) {
        let finished = Finished { content, state, attempts };
        self.changed = log.append(now, EntryKind::DeliveryFinished(finished.into()));
        self.undeliverable = state == DeliveryState::Undeliverable;
    }

    /// Drops a delivery that waits for its next attempt. Its task is gone already.
    pub(crate) fn drop_delivery(&mut self, log: &mut Log, now: Timestamp, id: DeliveryId) {
        self.finish(log, now, id, DeliveryState::Dropped);
    }

    /// Notes the time to which the next attempt of a delivery was moved.
    pub(crate) fn note_next_attempt(&mut self, id: DeliveryId, due: Timestamp) {
        if let Some(live) = self.live.get_mut(&id) {
            live.next_attempt_at = Some(due);
        }
    }

    /// Returns a delivery that is not finished.
    pub(crate) fn pending(&self, id: DeliveryId) -> Option<&PendingDelivery> {
        self.live.get(&id)
    }

    /// Returns the deliveries that are not finished, in the order of events.
    pub(crate) fn all_pending(&self) -> impl DoubleEndedIterator<Item = &PendingDelivery> {
        self.live.values()
    }

    /// Returns the pending deliveries that changed after a cursor, in the order of their changes.
    pub(crate) fn changed_after(&self, cursor: u64) -> impl Iterator<Item = (u64, DeliveryId)> {
        self.live_by_change.range(cursor + 1..).map(|(cursor, id)| (*cursor, *id))
    }

    /// Tells that a delivery has an outcome or has no attempt that is due.
    pub(crate) fn was_attempted(&self, id: DeliveryId, now: Timestamp) -> bool {
        self.live.get(&id).is_none_or(|live| {
            live.attempts.made > 0 || live.next_attempt_at.is_some_and(|due| due > now)
        })
    }

    /// Returns the number of deliveries that are not finished.
    pub(crate) fn pending_count(&self) -> usize {
        self.live.len()
    }

    /// Returns the memory that the contents of the pending deliveries take.
    pub(crate) fn pending_bytes(&self) -> usize {
        self.live_bytes
    }

    /// Tells that the last webhook had no endpoint.
    pub(crate) fn has_undeliverable(&self) -> bool {
        self.undeliverable
    }

    /// Returns the cursor of the last entry about a delivery. It rises with every change of one.
    pub(crate) fn last_change(&self) -> u64 {
        self.changed
    }

    /// Returns a copy in which no attempt is under way: those that were are ready again.
    pub(crate) fn fork(&self) -> Outbox {
        let mut fork = Outbox { undeliverable: false, ..self.clone() };
        let mut again: Vec<DeliveryId> = fork.endpoints.under_way().collect();
        again.sort_unstable();
        for id in again.into_iter().rev() {
            let Some(live) = fork.live.get_mut(&id) else { continue };
            live.attempts.under_way_since = None;
            fork.endpoints.known(live.endpoint).put_back(live.content.link_number, id);
        }
        fork.endpoints.let_go();
        fork
    }

    /// Checks that tasks, queues and deliveries agree with one another.
    pub(crate) fn invariants(&self) -> Result<(), String> {
        self.schedule.invariants()?;
        let of_links: OrdSet<_> =
            self.live.iter().map(|(id, live)| (live.content.link_number, *id)).collect();
        check(of_links == self.live_of_links, || "deliveries are found by their link".to_owned())?;
        let by_change: OrdMap<_, _> =
            self.live.iter().map(|(id, live)| (live.changed, *id)).collect();
        check(by_change == self.live_by_change, || "deliveries are found by change".to_owned())?;
        let bytes: usize = self.live.values().map(|live| live.content.bytes()).sum();
        check(bytes == self.live_bytes, || format!("pending deliveries take {bytes} bytes"))?;
        let due: BTreeSet<DeliveryId> =
            self.schedule.all().filter_map(|(_, task)| task.delivery()).collect();
        for id in &due {
            check(self.live.contains_key(id), || {
                format!("{id:?} is sent later, and not finished")
            })?;
        }
        for (number, endpoint) in self.endpoints.all() {
            let live = self.live.values().filter(|live| live.endpoint == number).count();
            check(live == endpoint.live && endpoint.is_needed(), || {
                format!("endpoint {number} has {live} deliveries: {endpoint:?}")
            })?;
        }
        self.live.iter().try_for_each(|(id, live)| self.check_place(*id, live, due.contains(id)))
    }

    /// Checks that a pending delivery is in one place: ready, under way, or scheduled.
    fn check_place(
        &self,
        id: DeliveryId,
        live: &PendingDelivery,
        is_due: bool,
    ) -> Result<(), String> {
        let Some(endpoint) = self.endpoints.get(live.endpoint) else {
            return Err(format!("{id:?} has its endpoint: {live:?}"));
        };
        let ready = endpoint.places_of(live.content.link_number, id);
        let is_held = endpoint.held.contains(&id);
        let places = ready + usize::from(live.attempts.is_under_way()) + usize::from(is_due);
        check(places == 1 && (!is_held || is_due), || {
            format!("{id:?} is in one place: {live:?}, {endpoint:?}")
        })
    }
}
