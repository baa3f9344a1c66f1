//! What will happen later, and the webhooks on their way.
//!
//! Everything that will happen is a row, keyed by when. A webhook becomes one [`Delivery`] for each
//! endpoint; a delivery waits in its endpoint's queue until the courier takes it, and a failed
//! attempt is just another row. Endpoints do not wait for each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::delivery::{
    AttemptMade, Delivery, DeliveryId, DeliveryState, Outcome, Verdict,
};
use crate::account::fault::Mishap;
use crate::account::invariants::check;
use crate::account::links::LinkNumber;
use crate::account::shared::Shared;
use crate::model::{Timestamp, later};

/// How many attempts one endpoint may have under way, so that a slow receiver cannot use up the
/// sockets.
const MOST_IN_FLIGHT: usize = 32;
/// How many finished deliveries an account remembers.
pub const HISTORY_LENGTH: usize = 1000;
/// How often a delivery can be retried at most.
pub const MOST_RETRIES: u32 = 1000;

/// When a row is due, and its place among those of the same moment.
type RowKey = (Timestamp, u64);

/// Something that will happen.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// A step of the link's scenario, by its place there.
    Step(LinkNumber, usize),
    /// A load that a request asked for, and the webhooks that announce it.
    Load(LinkNumber, Load),
    /// The regular update of a recurrent link.
    Refresh(LinkNumber),
    /// The end of the storage period of the credentials.
    ExpireCredentials(LinkNumber),
    /// The end of the life of the data.
    ExpireData(LinkNumber),
    /// A deletion that does not make the client wait.
    Delete(LinkNumber, Uuid),
    /// The next attempt of a delivery.
    Send(LinkNumber, DeliveryId),
}

/// A load that a request asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// What the client was told, and what the webhook repeats.
    pub request_id: Uuid,
    pub employment_records: bool,
    pub current_employments: bool,
    pub with_pdf: bool,
}

/// An event, before it is known where it goes to.
#[derive(Clone, Debug)]
pub struct Event {
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
pub struct Attempt {
    pub delivery: DeliveryId,
    endpoint: u64,
    pub url: Arc<str>,
    /// The value of the header; a secret.
    pub authorization: Option<Arc<str>>,
    pub body: Arc<[u8]>,
    pub link_id: Uuid,
    /// Counted from 1.
    pub number: u32,
    /// How many there can be, retries included.
    pub at_most: u32,
}

/// Where webhooks go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub url: Arc<str>,
    /// The value of the `Authorization` header.
    pub authorization: Option<Arc<str>>,
}

/// How deliveries are retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    pub count: u32,
    /// The n-th retry waits n times this.
    pub delay: TimeDelta,
}

/// The queue of a target.
#[derive(Clone, Debug)]
struct Endpoint {
    target: Target,
    /// Whether it gets every event; otherwise it is kept until its last delivery is finished.
    subscribed: bool,
    ready: VecDeque<DeliveryId>,
    /// What waits for a later one to be finished.
    held: Vec<DeliveryId>,
    in_flight: usize,
    /// How many of the live deliveries are its own.
    live: usize,
}

/// A delivery that is not finished, and the number of its endpoint.
#[derive(Clone, Debug)]
struct Live {
    endpoint: u64,
    delivery: Delivery,
}

#[derive(Clone, Debug)]
pub struct Outbox {
    rows: Shared<BTreeMap<RowKey, Row>>,
    rows_of_links: Shared<BTreeSet<(LinkNumber, RowKey)>>,
    next_row: u64,
    live: Shared<BTreeMap<DeliveryId, Live>>,
    live_of_links: Shared<BTreeSet<(LinkNumber, DeliveryId)>>,
    deliveries: u64,
    finished: u64,
    changes: u64,
    endpoints: BTreeMap<u64, Endpoint>,
    next_endpoint: u64,
    retries: Retries,
    history: Shared<VecDeque<Arc<Delivery>>>,
    most_in_flight: usize,
}

impl Outbox {
    pub fn new(targets: &[Target], retries: Retries) -> Outbox {
        let mut outbox = Outbox {
            rows: Shared::default(),
            rows_of_links: Shared::default(),
            next_row: 0,
            live: Shared::default(),
            live_of_links: Shared::default(),
            deliveries: 0,
            finished: 0,
            changes: 0,
            endpoints: BTreeMap::new(),
            next_endpoint: 0,
            retries,
            history: Shared::default(),
            most_in_flight: MOST_IN_FLIGHT,
        };
        outbox.subscribe(targets);
        outbox
    }

    // Rows

    pub fn schedule(&mut self, due: Timestamp, row: Row) {
        let key = (due, self.next_row);
        self.next_row += 1;
        self.rows.insert(key, row);
        self.rows_of_links.insert((row.link(), key));
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        self.rows.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes the first row that is due at `now`.
    pub fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, Row)> {
        let first = self.rows.first_entry().filter(|entry| entry.key().0 <= now)?;
        let (key, row) = first.remove_entry();
        self.rows_of_links.remove(&(row.link(), key));
        Some((key.0, row))
    }

    /// What will happen to a link, in order.
    pub fn rows_of(&self, link: LinkNumber) -> impl Iterator<Item = (Timestamp, Row)> {
        self.row_keys(link).filter_map(|key| Some((key.0, *self.rows.get(&key)?)))
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Drops the rows of a link that `drops` says.
    pub fn cancel_rows(&mut self, link: LinkNumber, drops: impl Fn(&Row) -> bool) {
        let keys: Vec<RowKey> = self.row_keys(link).collect();
        for key in keys {
            if self.rows.get(&key).is_some_and(&drops) {
                self.rows_of_links.remove(&(link, key));
                self.rows.remove(&key);
            }
        }
    }

    fn row_keys(&self, link: LinkNumber) -> impl Iterator<Item = RowKey> {
        let from = (link, (Timestamp::MIN_UTC, 0));
        let to = (link, (Timestamp::MAX_UTC, u64::MAX));
        self.rows_of_links.range(from..=to).map(|(_, key)| *key)
    }

    /// Drops all that was to happen to a link. An attempt under way can only be reported.
    pub fn cancel(&mut self, link: LinkNumber) {
        self.cancel_rows(link, |_| true);
        let from = (link, DeliveryId(0));
        let to = (link, DeliveryId(u64::MAX));
        let ids: Vec<_> = self.live_of_links.range(from..=to).map(|(_, id)| *id).collect();
        for id in ids {
            self.finish(id, DeliveryState::Cancelled);
        }
    }

    /// All that will happen, in order.
    pub fn all_rows(&self) -> impl Iterator<Item = (Timestamp, Row)> {
        self.rows.iter().map(|((due, _), row)| (*due, *row))
    }

    /// Whether rows, queues and deliveries agree with one another.
    pub fn invariants(&self) -> Result<(), String> {
        let of_links: BTreeSet<_> = self.rows.iter().map(|(key, row)| (row.link(), *key)).collect();
        check(of_links == *self.rows_of_links, || "rows are found by their link".to_owned())?;
        let of_links: BTreeSet<_> =
            self.live.iter().map(|(id, live)| (live.delivery.link_number, *id)).collect();
        check(of_links == *self.live_of_links, || "deliveries are found by their link".to_owned())?;
        let due: BTreeSet<DeliveryId> = self.rows.values().filter_map(Row::delivery).collect();
        for id in &due {
            check(self.live.contains_key(id), || {
                format!("{id:?} is sent later, and not finished")
            })?;
        }
        for (number, endpoint) in self.endpoints.iter() {
            let live = self.live.values().filter(|live| live.endpoint == *number).count();
            check(live == endpoint.live && endpoint.is_needed(), || {
                format!("endpoint {number} has {live} deliveries: {endpoint:?}")
            })?;
        }
        for (id, live) in self.live.iter() {
            self.check_place(*id, live, due.contains(id))?;
        }
        let cursors: Vec<u64> = self.history.iter().filter_map(|one| one.cursor).collect();
        let last = self.finished + 1 - cursors.len() as u64..=self.finished;
        check(cursors.into_iter().eq(last), || "cursors count what is finished".to_owned())
    }

    /// A delivery that is not finished is in one place: ready, under way, or to be sent later.
    fn check_place(&self, id: DeliveryId, live: &Live, is_due: bool) -> Result<(), String> {
        let Some(endpoint) = self.endpoints.get(&live.endpoint) else {
            return Err(format!("{id:?} has its endpoint: {live:?}"));
        };
        let ready = endpoint.ready.iter().filter(|other| **other == id).count();
        let last = live.delivery.attempts.last();
        let under_way = last.is_some_and(|attempt| attempt.answer.is_none());
        let is_held = endpoint.held.contains(&id);
        let places = ready + usize::from(under_way) + usize::from(is_due);
        check(places == 1 && (!is_held || is_due), || {
            format!("{id:?} is in one place: {live:?}, {endpoint:?}")
        })
    }

    // Endpoints

    /// From now on these get every event, and no others do. What is on its way stays on it.
    pub fn subscribe(&mut self, targets: &[Target]) {
        for endpoint in self.endpoints.values_mut() {
            endpoint.subscribed = false;
        }
        self.endpoints.retain(|_, endpoint| endpoint.is_needed());
        for target in targets {
            let number = self.endpoint(target);
            self.known_endpoint(number).subscribed = true;
        }
    }

    /// What gets every event.
    pub fn subscribed(&self) -> impl Iterator<Item = &Target> {
        self.endpoints
            .values()
            .filter(|endpoint| endpoint.subscribed)
            .map(|endpoint| &endpoint.target)
    }

    pub fn retries(&self) -> Retries {
        self.retries
    }

    pub fn set_retries(&mut self, retries: Retries) {
        self.retries = retries;
    }

    /// The endpoint of a target, which may be new.
    fn endpoint(&mut self, target: &Target) -> u64 {
        let known = self.endpoints.iter().find(|(_, endpoint)| endpoint.target == *target);
        if let Some((number, _)) = known {
            return *number;
        }
        let number = self.next_endpoint;
        self.next_endpoint += 1;
        let endpoint = Endpoint {
            target: target.clone(),
            subscribed: false,
            ready: VecDeque::new(),
            held: Vec::new(),
            in_flight: 0,
            live: 0,
        };
        self.endpoints.insert(number, endpoint);
        number
    }

    fn known_endpoint(&mut self, number: u64) -> &mut Endpoint {
        self.endpoints.get_mut(&number).expect("an endpoint stays as long as it is needed")
    }

    // Deliveries

    /// The id of the latest delivery.
    pub fn last_id(&self) -> u64 {
        self.deliveries
    }

    /// So many deliveries have been.
    pub fn count_from(&mut self, deliveries: u64) {
        self.deliveries = deliveries;
    }

    /// Sends a webhook to every endpoint, but not yet.
    pub fn announce_later(&mut self, created_at: Timestamp, due: Timestamp, event: &Event) {
        for id in self.announce(created_at, event, &Mishap::default()) {
            for endpoint in self.endpoints.values_mut() {
                endpoint.ready.retain(|ready| *ready != id);
            }
            if let Some(live) = self.live.get_mut(&id) {
                live.delivery.next_attempt_at = Some(due);
                self.schedule(due, Row::Send(event.link, id));
            }
        }
    }

    /// Sends a webhook to every endpoint, as far as nothing befalls it. The deliveries are those that
    /// are returned.
    pub fn announce(&mut self, now: Timestamp, event: &Event, mishap: &Mishap) -> Vec<DeliveryId> {
        let numbers: Vec<u64> = self
            .endpoints
            .iter()
            .filter(|(_, endpoint)| endpoint.subscribed)
            .map(|(number, _)| *number)
            .collect();
        if numbers.is_empty() {
            let mut delivery = self.delivery(now, event, None, None);
            delivery.faults.clone_from(&mishap.faults);
            let id = delivery.id;
            self.remember(delivery, DeliveryState::Undeliverable);
            return vec![id];
        }
        let mut ids = Vec::new();
        for number in numbers {
            let target = self.known_endpoint(number).target.clone();
            for _ in 0..mishap.deliveries() {
                let delivery = self.delivery(now, event, Some(&target), None);
                ids.push(delivery.id);
                self.send_struck(number, delivery, mishap);
            }
        }
        ids
    }

    fn send_struck(&mut self, endpoint: u64, mut delivery: Delivery, mishap: &Mishap) {
        let link = delivery.link_number;
        let (id, due) = (delivery.id, later(delivery.created_at, mishap.delay()));
        let is_later = due > delivery.created_at;
        delivery.faults.clone_from(&mishap.faults);
        delivery.body = mishap.body(&delivery.body).into();
        delivery.authorization = mishap.authorization().map(Arc::from).or(delivery.authorization);
        delivery.next_attempt_at = Some(due);
        if mishap.dropped {
            self.remember(delivery, DeliveryState::Dropped);
            return;
        }
        self.enlist(endpoint, delivery);
        if mishap.reordered {
            self.known_endpoint(endpoint).held.push(id);
        }
        match is_later {
            true => self.schedule(due, Row::Send(link, id)),
            false => self.make_ready(id),
        }
    }

    /// Whether a webhook waits for the next one.
    pub fn holds_one(&self) -> bool {
        self.endpoints.values().any(|endpoint| !endpoint.held.is_empty())
    }

    /// A delivery has been finished: what waited for it is sent next.
    fn release(&mut self, now: Timestamp, endpoint: u64, finished: DeliveryId) {
        let held = self.endpoints.get(&endpoint).map(|endpoint| endpoint.held.clone());
        for id in held.unwrap_or_default().into_iter().rev().filter(|held| *held < finished) {
            let Some(live) = self.live.get_mut(&id) else { continue };
            live.delivery.next_attempt_at = Some(now);
            let link = live.delivery.link_number;
            self.cancel_rows(link, |row| matches!(row, Row::Send(_, sent) if *sent == id));
            let queue = self.known_endpoint(endpoint);
            queue.held.retain(|held| *held != id);
            queue.ready.push_front(id);
        }
    }

    /// Sends a webhook to one target, as a repeat of an earlier delivery.
    pub fn replay(
        &mut self,
        now: Timestamp,
        event: &Event,
        target: &Target,
        of: DeliveryId,
    ) -> DeliveryId {
        let number = self.endpoint(target);
        let delivery = self.delivery(now, event, Some(target), Some(of));
        let id = delivery.id;
        self.send(number, delivery);
        id
    }

    fn delivery(
        &mut self,
        now: Timestamp,
        event: &Event,
        target: Option<&Target>,
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

    fn send(&mut self, endpoint: u64, delivery: Delivery) {
        let id = delivery.id;
        self.enlist(endpoint, delivery);
        self.make_ready(id);
    }

    fn enlist(&mut self, endpoint: u64, delivery: Delivery) {
        let (id, link) = (delivery.id, delivery.link_number);
        self.known_endpoint(endpoint).live += 1;
        self.live.insert(id, Live { endpoint, delivery });
        self.live_of_links.insert((link, id));
    }

    /// Whether a webhook had nowhere to go.
    pub fn has_undeliverable(&self) -> bool {
        self.history.back().is_some_and(|last| last.state == DeliveryState::Undeliverable)
    }

    /// Puts a delivery into its endpoint's queue.
    pub fn make_ready(&mut self, id: DeliveryId) {
        let Some(live) = self.live.get(&id) else { return };
        let number = live.endpoint;
        let queue = self.known_endpoint(number);
        queue.held.retain(|held| *held != id);
        queue.ready.push_back(id);
    }

    /// Whether an endpoint gets one webhook at a time, each when the one before it was answered.
    pub fn send_in_order(&mut self, in_order: bool) {
        self.most_in_flight = if in_order { 1 } else { MOST_IN_FLIGHT };
    }

    /// Whether [`Outbox::poll_attempt`] may have something.
    pub fn has_attempt(&self) -> bool {
        let most = self.most_in_flight;
        self.endpoints.values().any(|endpoint| endpoint.can_send(most))
    }

    /// Whether nothing is being sent and nothing could be sent now.
    pub fn is_settled(&self) -> bool {
        self.endpoints.values().all(Endpoint::is_idle)
    }

    /// The next attempt to make, which must be [reported](Outbox::report).
    pub fn poll_attempt(&mut self, now: Timestamp) -> Option<Attempt> {
        for (number, endpoint) in &mut self.endpoints {
            while endpoint.can_send(self.most_in_flight)
                && let Some(id) = endpoint.ready.pop_front()
            {
                let Some(Live { delivery, .. }) = self.live.get_mut(&id) else { continue };
                let made = AttemptMade {
                    number: delivery.attempts.len() as u32 + 1,
                    started_at: now,
                    answer: None,
                };
                endpoint.in_flight += 1;
                let attempt = Attempt {
                    delivery: id,
                    endpoint: *number,
                    url: endpoint.target.url.clone(),
                    authorization: delivery.authorization.clone(),
                    body: delivery.body.clone(),
                    link_id: delivery.link,
                    number: made.number,
                    at_most: self.retries.count + 1,
                };
                delivery.next_attempt_at = None;
                delivery.attempts.push(made);
                return Some(attempt);
            }
        }
        None
    }

    /// The receiver answered, or did not.
    pub fn report(&mut self, now: Timestamp, attempt: &Attempt, outcome: Outcome) -> Verdict {
        self.known_endpoint(attempt.endpoint).in_flight -= 1;
        let accepted = outcome.is_accepted();
        let Some(live) = self.live.get_mut(&attempt.delivery) else {
            self.forget_unneeded(attempt.endpoint);
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
            self.schedule(due, Row::Send(link, attempt.delivery));
            Verdict::RetryIn(retry_in)
        } else {
            self.finish(attempt.delivery, DeliveryState::Failed);
            self.release(now, attempt.endpoint, attempt.delivery);
            Verdict::GivenUp
        }
    }

    /// Finished deliveries, up to [`HISTORY_LENGTH`], the oldest first, then the pending ones.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        let finished = self.history.iter().map(|delivery| &**delivery);
        finished.chain(self.live.values().map(|live| &live.delivery))
    }

    /// The last delivery that there was; 0 before the first.
    pub fn last_delivery(&self) -> DeliveryId {
        DeliveryId(self.deliveries)
    }

    /// Whether a delivery has an answer, or is not to be sent now.
    pub fn was_attempted(&self, id: DeliveryId, now: Timestamp) -> bool {
        self.live.get(&id).is_none_or(|Live { delivery, .. }| {
            delivery.attempts.iter().any(|attempt| attempt.answer.is_some())
                || delivery.next_attempt_at.is_some_and(|due| due > now)
        })
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

    /// How many deliveries are not finished.
    pub fn pending(&self) -> usize {
        self.live.len()
    }

    /// The same outbox without what is finished. Nothing is under way: what was is ready again.
    pub fn fork(&self) -> Outbox {
        let mut fork = Outbox { history: Shared::default(), ..self.clone() };
        for endpoint in fork.endpoints.values_mut() {
            endpoint.in_flight = 0;
        }
        let under_way = |live: &Live| {
            let last = live.delivery.attempts.last();
            last.is_some_and(|attempt| attempt.answer.is_none())
        };
        let again: Vec<DeliveryId> =
            fork.live.iter().filter(|(_, live)| under_way(live)).map(|(id, _)| *id).collect();
        for id in again {
            fork.live.get_mut(&id).expect("it was found there").delivery.attempts.pop();
            fork.make_ready(id);
        }
        fork
    }

    /// How many changes deliveries have seen, for [`Delivery::changed`].
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The cursor of the delivery that was finished last; 0 before the first.
    pub fn last_cursor(&self) -> u64 {
        self.finished
    }

    fn finish(&mut self, id: DeliveryId, state: DeliveryState) {
        let Some(Live { endpoint, delivery }) = self.live.remove(&id) else { return };
        self.live_of_links.remove(&(delivery.link_number, id));
        let queue = self.known_endpoint(endpoint);
        queue.live -= 1;
        queue.held.retain(|held| *held != id);
        self.forget_unneeded(endpoint);
        self.remember(delivery, state);
    }

    fn forget_unneeded(&mut self, endpoint: u64) {
        if self.endpoints.get(&endpoint).is_some_and(|endpoint| !endpoint.is_needed()) {
            self.endpoints.remove(&endpoint);
        }
    }

    fn remember(&mut self, delivery: Delivery, state: DeliveryState) {
        if self.history.len() == HISTORY_LENGTH {
            self.history.pop_front();
        }
        self.finished += 1;
        self.changes += 1;
        self.history.push_back(Arc::new(Delivery {
            state,
            cursor: Some(self.finished),
            next_attempt_at: None,
            changed: self.changes,
            ..delivery
        }));
    }
}

impl Row {
    pub fn link(&self) -> LinkNumber {
        match self {
            Row::Step(link, _)
            | Row::Load(link, _)
            | Row::Refresh(link)
            | Row::ExpireCredentials(link)
            | Row::ExpireData(link)
            | Row::Delete(link, _)
            | Row::Send(link, _) => *link,
        }
    }
}

impl Row {
    fn delivery(&self) -> Option<DeliveryId> {
        match self {
            Row::Send(_, delivery) => Some(*delivery),
            _ => None,
        }
    }
}

impl Endpoint {
    fn can_send(&self, most_in_flight: usize) -> bool {
        self.in_flight < most_in_flight && !self.ready.is_empty()
    }

    fn is_idle(&self) -> bool {
        self.in_flight == 0 && self.ready.is_empty()
    }

    fn is_needed(&self) -> bool {
        self.subscribed || self.live > 0 || self.in_flight > 0
    }
}
