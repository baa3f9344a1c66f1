//! Webhooks on their way, and what became of them.
//!
//! An event becomes one [`Delivery`] for each endpoint; a delivery waits in its endpoint's queue
//! until the courier takes it, and a failed attempt is just another row of the schedule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::copy_on_write::CopyOnWrite;
use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;
use crate::account::schedule::{Schedule, Task};
use crate::account::webhooks::delivery::{Attempt, Delivery, DeliveryState, Outcome, Verdict};
use crate::account::webhooks::history::History;
use crate::account::webhooks::injection::WebhookInjection;
use crate::account::webhooks::queues::{Endpoint, Queues};
use crate::model::{Timestamp, later};

/// How often a delivery can be retried at most.
pub const MOST_RETRIES: u32 = 1000;

/// An event, before it is known where it goes to.
#[derive(Clone, Debug)]
pub struct WebhookEvent {
    pub link: LinkNumber,
    pub link_id: Uuid,
    pub webhook_id: Uuid,
    /// Type, process and code.
    pub names: [&'static str; 3],
    /// The request that brought it about.
    pub caused_by: Option<Uuid>,
    pub body: Arc<[u8]>,
}

/// An attempt for the courier to make.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub delivery: DeliveryId,
    endpoint: u64,
    link: LinkNumber,
    pub url: Arc<str>,
    /// The value of the header.
    pub authorization: Option<Secret>,
    pub body: Arc<[u8]>,
    pub link_id: Uuid,
    /// Counted from 1.
    pub number: u32,
    /// How many there can be, retries included.
    pub at_most: u32,
}

/// How deliveries are retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    pub count: u32,
    /// The n-th retry waits n times this.
    pub delay: TimeDelta,
}

/// A delivery that is not finished, and the number of its endpoint.
#[derive(Clone, Debug)]
struct PendingDelivery {
    endpoint: u64,
    delivery: Delivery,
}

#[derive(Clone, Debug)]
pub struct Outbox {
    pub schedule: Schedule,
    pub endpoints: Queues,
    pub retries: Retries,
    live: CopyOnWrite<BTreeMap<DeliveryId, PendingDelivery>>,
    live_of_links: CopyOnWrite<BTreeSet<(LinkNumber, DeliveryId)>>,
    history: History,
    deliveries: u64,
    changes: u64,
}

impl Outbox {
    /// Whose next delivery has the id after `deliveries`.
    pub fn new(
        targets: &[Endpoint],
        sends_per_receiver: usize,
        retries: Retries,
        deliveries: u64,
    ) -> Outbox {
        Outbox {
            schedule: Schedule::default(),
            endpoints: Queues::new(targets, sends_per_receiver),
            retries,
            live: CopyOnWrite::default(),
            live_of_links: CopyOnWrite::default(),
            history: History::default(),
            deliveries,
            changes: 0,
        }
    }

    /// The delivery that came last; 0 before the first.
    pub fn last_delivery(&self) -> DeliveryId {
        DeliveryId(self.deliveries)
    }

    /// Sends a webhook to every endpoint, but not yet.
    pub fn announce_later(&mut self, created_at: Timestamp, due: Timestamp, event: &WebhookEvent) {
        for id in self.announce(created_at, event, &WebhookInjection::default()) {
            let Some(live) = self.live.get_mut(&id) else { continue };
            self.endpoints.known(live.endpoint).remove(event.link, id);
            live.delivery.next_attempt_at = Some(due);
            self.schedule.add(due, Task::Send(event.link, id));
        }
    }

    /// Sends a webhook to every endpoint, as far as nothing befalls it. The deliveries are those that
    /// are returned.
    pub fn announce(
        &mut self,
        now: Timestamp,
        event: &WebhookEvent,
        injection: &WebhookInjection,
    ) -> Vec<DeliveryId> {
        let numbers = self.endpoints.subscribed_numbers();
        if numbers.is_empty() {
            let mut delivery = self.delivery(now, event, None, None);
            delivery.faults.clone_from(&injection.faults);
            let id = delivery.id;
            self.remember(delivery, DeliveryState::Undeliverable);
            return vec![id];
        }
        let mut ids = Vec::new();
        for number in numbers {
            let target = self.endpoints.known(number).target.clone();
            for _ in 0..injection.deliveries() {
                let delivery = self.delivery(now, event, Some(&target), None);
                ids.push(delivery.id);
                self.send_struck(number, delivery, injection);
            }
        }
        ids
    }

    fn send_struck(&mut self, endpoint: u64, mut delivery: Delivery, injection: &WebhookInjection) {
        let link = delivery.link_number;
        let (id, due) = (delivery.id, later(delivery.created_at, injection.delay()));
        let is_later = due > delivery.created_at;
        delivery.faults.clone_from(&injection.faults);
        delivery.body = injection.body(&delivery.body).into();
        delivery.authorization =
            injection.authorization().map(Secret::from).or(delivery.authorization);
        delivery.next_attempt_at = Some(due);
        if injection.dropped {
            self.remember(delivery, DeliveryState::Dropped);
            return;
        }
        self.enlist(endpoint, delivery);
        if injection.reordered {
            self.endpoints.known(endpoint).held.push(id);
        }
        match is_later {
            true => self.schedule.add(due, Task::Send(link, id)),
            false => self.make_ready(id),
        }
    }

    /// A delivery has been finished: what waited for it is sent next.
    fn release(&mut self, now: Timestamp, endpoint: u64, finished: DeliveryId) {
        let held = self.endpoints.get(endpoint).map(|endpoint| endpoint.held.clone());
        for id in held.unwrap_or_default().into_iter().rev().filter(|held| *held < finished) {
            let Some(live) = self.live.get_mut(&id) else { continue };
            live.delivery.next_attempt_at = Some(now);
            let link = live.delivery.link_number;
            self.schedule.cancel_send(link, id);
            let queue = self.endpoints.known(endpoint);
            queue.held.retain(|held| *held != id);
            queue.push_first(link, id);
        }
    }

    /// Sends a webhook to one target, as a repeat of an earlier delivery.
    pub fn replay(
        &mut self,
        now: Timestamp,
        event: &WebhookEvent,
        target: &Endpoint,
        of: DeliveryId,
    ) -> DeliveryId {
        let number = self.endpoints.number_of(target);
        let delivery = self.delivery(now, event, Some(target), Some(of));
        let id = delivery.id;
        self.enlist(number, delivery);
        self.make_ready(id);
        id
    }

    fn delivery(
        &mut self,
        now: Timestamp,
        event: &WebhookEvent,
        target: Option<&Endpoint>,
        replay_of: Option<DeliveryId>,
    ) -> Delivery {
        self.deliveries += 1;
        let [webhook_type, process_type, webhook_code] = event.names;
        Delivery {
            id: DeliveryId(self.deliveries),
            cursor: None,
            state: DeliveryState::Pending,
            link: event.link_id,
            link_number: event.link,
            webhook_id: event.webhook_id,
            webhook_type,
            process_type,
            webhook_code,
            url: target.map(|target| target.url.clone()),
            created_at: now,
            caused_by: event.caused_by,
            replay_of,
            faults: Vec::new(),
            next_attempt_at: Some(now),
            attempts: Vec::new(),
            body: event.body.clone(),
            authorization: target.and_then(|target| target.authorization.clone()),
            changed: self.changes,
        }
    }

    fn enlist(&mut self, endpoint: u64, delivery: Delivery) {
        let (id, link) = (delivery.id, delivery.link_number);
        self.endpoints.known(endpoint).live += 1;
        self.live.insert(id, PendingDelivery { endpoint, delivery });
        self.live_of_links.insert((link, id));
    }

    /// Puts a delivery into its endpoint's queue.
    pub fn make_ready(&mut self, id: DeliveryId) {
        let Some(live) = self.live.get(&id) else { return };
        let link = live.delivery.link_number;
        let queue = self.endpoints.known(live.endpoint);
        queue.held.retain(|held| *held != id);
        queue.push_last(link, id);
    }

    /// The next attempt to make, which must be [reported](Outbox::report).
    pub fn poll_attempt(&mut self, now: Timestamp) -> Option<Dispatch> {
        let (number, id) = self.endpoints.begin_next()?;
        let live = self.live.get_mut(&id).expect("a finished delivery is in no queue");
        let delivery = &mut live.delivery;
        let made =
            Attempt { number: delivery.attempts.len() as u32 + 1, started_at: now, answer: None };
        let attempt = Dispatch {
            delivery: id,
            endpoint: number,
            link: delivery.link_number,
            url: self.endpoints.known(number).target.url.clone(),
            authorization: delivery.authorization.clone(),
            body: delivery.body.clone(),
            link_id: delivery.link,
            number: made.number,
            at_most: self.retries.count + 1,
        };
        delivery.next_attempt_at = None;
        delivery.attempts.push(made);
        Some(attempt)
    }

    /// The receiver answered, or did not.
    pub fn report(&mut self, now: Timestamp, attempt: &Dispatch, outcome: Outcome) -> Verdict {
        self.endpoints.known(attempt.endpoint).end(attempt.link);
        let accepted = outcome.is_accepted();
        let Some(live) = self.live.get_mut(&attempt.delivery) else {
            self.endpoints.forget_unneeded(attempt.endpoint);
            return Verdict::Cancelled;
        };
        if let Some(made) = live.delivery.attempts.last_mut() {
            made.answer = Some(outcome);
        }
        self.changes += 1;
        live.delivery.changed = self.changes;
        let retry_in = self.retries.delay * attempt.number as i32;
        if accepted {
            self.finish(attempt.delivery, DeliveryState::Delivered);
            self.release(now, attempt.endpoint, attempt.delivery);
            Verdict::Delivered
        } else if attempt.number < attempt.at_most {
            let due = later(now, retry_in);
            live.delivery.next_attempt_at = Some(due);
            let link = live.delivery.link_number;
            self.schedule.add(due, Task::Send(link, attempt.delivery));
            Verdict::RetryIn(retry_in)
        } else {
            self.finish(attempt.delivery, DeliveryState::Failed);
            self.release(now, attempt.endpoint, attempt.delivery);
            Verdict::GivenUp
        }
    }

    /// Drops all that was to happen to a link. An attempt under way can only be reported.
    pub fn cancel(&mut self, link: LinkNumber) {
        self.schedule.cancel_all(link);
        let from = (link, DeliveryId(0));
        let to = (link, DeliveryId(u64::MAX));
        let ids: Vec<_> = self.live_of_links.range(from..=to).map(|(_, id)| *id).collect();
        for id in ids {
            self.finish(id, DeliveryState::Cancelled);
        }
    }

    fn finish(&mut self, id: DeliveryId, state: DeliveryState) {
        let Some(PendingDelivery { endpoint, delivery }) = self.live.remove(&id) else { return };
        self.live_of_links.remove(&(delivery.link_number, id));
        let queue = self.endpoints.known(endpoint);
        queue.live -= 1;
        queue.remove(delivery.link_number, id);
        self.endpoints.forget_unneeded(endpoint);
        self.remember(delivery, state);
    }

    fn remember(&mut self, delivery: Delivery, state: DeliveryState) {
        self.changes += 1;
        self.history.remember(delivery, state, self.changes);
    }

    /// Finished deliveries, as far as remembered, the oldest first, then the pending ones.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.history.deliveries().chain(self.live.values().map(|live| &live.delivery))
    }

    /// The same in the order of events.
    pub fn deliveries_by_id(&self) -> Vec<&Delivery> {
        let mut deliveries: Vec<&Delivery> = self.deliveries().collect();
        deliveries.sort_by_key(|delivery| delivery.id);
        deliveries
    }

    /// A delivery that is pending or remembered.
    pub fn find(&self, id: DeliveryId) -> Option<&Delivery> {
        let live = self.live.get(&id).map(|live| &live.delivery);
        live.or_else(|| self.deliveries().find(|delivery| delivery.id == id))
    }

    /// Whether a delivery has an answer, or is not to be sent now.
    pub fn was_attempted(&self, id: DeliveryId, now: Timestamp) -> bool {
        self.live.get(&id).is_none_or(|PendingDelivery { delivery, .. }| {
            delivery.attempts.iter().any(|attempt| attempt.answer.is_some())
                || delivery.next_attempt_at.is_some_and(|due| due > now)
        })
    }

    /// How many deliveries are not finished.
    pub fn pending(&self) -> usize {
        self.live.len()
    }

    /// Whether the last webhook had nowhere to go.
    pub fn has_undeliverable(&self) -> bool {
        self.history.last().is_some_and(|last| last.state == DeliveryState::Undeliverable)
    }

    /// How many changes deliveries have seen, for [`Delivery::changed`].
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The cursor of the delivery that was finished last; 0 before the first.
    pub fn last_cursor(&self) -> u64 {
        self.history.last_cursor()
    }

    /// The same outbox without what is finished. Nothing is under way: what was is ready again.
    pub fn fork(&self) -> Outbox {
        let mut fork = Outbox { history: self.history.forgotten(), ..self.clone() };
        let under_way = fork.live.iter().filter(|(_, live)| live.is_under_way());
        let again: Vec<DeliveryId> = under_way.map(|(id, _)| *id).collect();
        for id in again.into_iter().rev() {
            let Some(live) = fork.live.get_mut(&id) else { continue };
            live.delivery.attempts.pop();
            fork.endpoints.known(live.endpoint).put_back(live.delivery.link_number, id);
        }
        fork.endpoints.let_go();
        fork
    }

    /// Whether rows, queues and deliveries agree with one another.
    pub fn invariants(&self) -> Result<(), String> {
        self.schedule.invariants()?;
        self.history.invariants()?;
        let of_links: BTreeSet<_> =
            self.live.iter().map(|(id, live)| (live.delivery.link_number, *id)).collect();
        check(of_links == *self.live_of_links, || "deliveries are found by their link".to_owned())?;
        let due: BTreeSet<DeliveryId> =
            self.schedule.all().filter_map(|(_, row)| row.delivery()).collect();
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

    /// A delivery that is not finished is in one place: ready, under way, or to be sent later.
    fn check_place(
        &self,
        id: DeliveryId,
        live: &PendingDelivery,
        is_due: bool,
    ) -> Result<(), String> {
        let Some(endpoint) = self.endpoints.get(live.endpoint) else {
            return Err(format!("{id:?} has its endpoint: {live:?}"));
        };
        let ready = endpoint.places_of(live.delivery.link_number, id);
        let is_held = endpoint.held.contains(&id);
        let places = ready + usize::from(live.is_under_way()) + usize::from(is_due);
        check(places == 1 && (!is_held || is_due), || {
            format!("{id:?} is in one place: {live:?}, {endpoint:?}")
        })
    }
}

impl PendingDelivery {
    fn is_under_way(&self) -> bool {
        self.delivery.attempts.last().is_some_and(|attempt| attempt.answer.is_none())
    }
}
