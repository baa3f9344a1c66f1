//! What will happen later, and the webhooks on their way.
//!
//! Everything that will happen is a row, keyed by when. A webhook becomes one [`Delivery`] for each
//! endpoint; a delivery waits in its endpoint's queue until the courier takes it, and a failed
//! attempt is just another row. Endpoints do not wait for each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::links::LinkNumber;
use crate::model::Timestamp;

/// How many attempts one endpoint may have under way, so that a slow receiver cannot use up the
/// sockets.
const MOST_IN_FLIGHT: usize = 32;
/// How many finished deliveries an account remembers.
const HISTORY_LENGTH: usize = 1000;

/// When a row is due, and its place among those of the same moment.
type RowKey = (Timestamp, u64);

/// Something that will happen.
#[derive(Clone, Copy, Debug)]
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
    Retry(DeliveryId),
}

/// A load that a request asked for.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// What the client was told, and what the webhook repeats.
    pub request_id: Uuid,
    pub employment_records: bool,
    pub current_employments: bool,
    pub with_pdf: bool,
}

/// Identifies a delivery in its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveryId {
    link: LinkNumber,
    number: u64,
}

/// One webhook for one endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub link_id: Uuid,
    pub webhook_id: Uuid,
    /// The endpoint; none when no webhook URL is configured.
    pub url: Option<Arc<str>>,
    /// The same bytes at every attempt.
    pub body: Arc<[u8]>,
    /// How many attempts were begun.
    pub attempts: u32,
    pub state: DeliveryState,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent, being sent, or waiting for a retry.
    Pending,
    /// The receiver answered 2xx.
    Delivered,
    /// The last retry failed.
    Failed,
    /// The link was deleted first.
    Cancelled,
    /// There is nowhere to send it to.
    Undeliverable,
}

/// An attempt for the courier to make.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub delivery: DeliveryId,
    endpoint: usize,
    pub url: Arc<str>,
    pub body: Arc<[u8]>,
    pub link_id: Uuid,
    /// Counted from 1.
    pub number: u32,
    /// How many there can be, retries included.
    pub at_most: u32,
}

/// What follows from the outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// Failed; tried again after this time.
    RetryIn(TimeDelta),
    /// Failed for the last time.
    GivenUp,
    /// The delivery was cancelled while it was sent.
    Cancelled,
}

#[derive(Debug)]
struct Endpoint {
    url: Arc<str>,
    ready: VecDeque<DeliveryId>,
    in_flight: usize,
}

/// How deliveries are retried.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    pub count: u32,
    /// The n-th retry waits n times this.
    pub delay: TimeDelta,
}

#[derive(Debug)]
pub struct Outbox {
    rows: BTreeMap<RowKey, Row>,
    rows_of_links: BTreeSet<(LinkNumber, RowKey)>,
    next_row: u64,
    live: BTreeMap<DeliveryId, (usize, Delivery)>,
    next_delivery: u64,
    endpoints: Vec<Endpoint>,
    retries: Retries,
    history: VecDeque<Delivery>,
}

impl Outbox {
    pub fn new(urls: &[Arc<str>], retries: Retries) -> Outbox {
        let endpoint =
            |url: &Arc<str>| Endpoint { url: url.clone(), ready: VecDeque::new(), in_flight: 0 };
        Outbox {
            rows: BTreeMap::new(),
            rows_of_links: BTreeSet::new(),
            next_row: 0,
            live: BTreeMap::new(),
            next_delivery: 0,
            endpoints: urls.iter().map(endpoint).collect(),
            retries,
            history: VecDeque::new(),
        }
    }

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

    /// Sends a webhook to every endpoint.
    pub fn announce(&mut self, link: LinkNumber, link_id: Uuid, webhook_id: Uuid, body: Arc<[u8]>) {
        let delivery = Delivery {
            link_id,
            webhook_id,
            url: None,
            body,
            attempts: 0,
            state: DeliveryState::Pending,
        };
        if self.endpoints.is_empty() {
            self.remember(delivery, DeliveryState::Undeliverable);
            return;
        }
        for (index, endpoint) in self.endpoints.iter_mut().enumerate() {
            let id = DeliveryId { link, number: self.next_delivery };
            self.next_delivery += 1;
            let delivery = Delivery { url: Some(endpoint.url.clone()), ..delivery.clone() };
            self.live.insert(id, (index, delivery));
            endpoint.ready.push_back(id);
        }
    }

    /// Whether a webhook had nowhere to go.
    pub fn has_undeliverable(&self) -> bool {
        self.endpoints.is_empty() && !self.history.is_empty()
    }

    /// Puts a delivery back into its endpoint's queue.
    pub fn retry(&mut self, id: DeliveryId) {
        if let Some((endpoint, _)) = self.live.get(&id) {
            self.endpoints[*endpoint].ready.push_back(id);
        }
    }

    /// Whether [`Outbox::poll_attempt`] may have something.
    pub fn has_attempt(&self) -> bool {
        self.endpoints.iter().any(Endpoint::can_send)
    }

    /// The next attempt to make, which must be [reported](Outbox::report).
    pub fn poll_attempt(&mut self) -> Option<Attempt> {
        for (index, endpoint) in self.endpoints.iter_mut().enumerate() {
            while endpoint.can_send()
                && let Some(id) = endpoint.ready.pop_front()
            {
                let Some((_, delivery)) = self.live.get_mut(&id) else { continue };
                delivery.attempts += 1;
                endpoint.in_flight += 1;
                return Some(Attempt {
                    delivery: id,
                    endpoint: index,
                    url: endpoint.url.clone(),
                    body: delivery.body.clone(),
                    link_id: delivery.link_id,
                    number: delivery.attempts,
                    at_most: self.retries.count + 1,
                });
            }
        }
        None
    }

    /// The receiver answered, or did not: `accepted` is whether with 2xx.
    pub fn report(&mut self, now: Timestamp, attempt: &Attempt, accepted: bool) -> Verdict {
        self.endpoints[attempt.endpoint].in_flight -= 1;
        let retry_in = self.retries.delay * attempt.number as i32;
        if !self.live.contains_key(&attempt.delivery) {
            Verdict::Cancelled
        } else if accepted {
            self.finish(attempt.delivery, DeliveryState::Delivered);
            Verdict::Delivered
        } else if attempt.number < attempt.at_most {
            self.schedule(now + retry_in, Row::Retry(attempt.delivery));
            Verdict::RetryIn(retry_in)
        } else {
            self.finish(attempt.delivery, DeliveryState::Failed);
            Verdict::GivenUp
        }
    }

    /// Drops the rows of a link that `drops` says.
    pub fn cancel_rows(&mut self, link: LinkNumber, drops: impl Fn(&Row) -> bool) {
        let from = (link, (Timestamp::MIN_UTC, 0));
        let to = (link, (Timestamp::MAX_UTC, u64::MAX));
        let rows: Vec<_> = self.rows_of_links.range(from..=to).copied().collect();
        for row in rows {
            if self.rows.get(&row.1).is_some_and(&drops) {
                self.rows_of_links.remove(&row);
                self.rows.remove(&row.1);
            }
        }
    }

    /// Drops all that was to happen to a link. An attempt under way can only be reported.
    pub fn cancel(&mut self, link: LinkNumber) {
        self.cancel_rows(link, |_| true);
        let from = DeliveryId { link, number: 0 };
        let to = DeliveryId { link, number: u64::MAX };
        let deliveries: Vec<_> = self.live.range(from..=to).map(|(id, _)| *id).collect();
        for id in deliveries {
            self.finish(id, DeliveryState::Cancelled);
        }
    }

    /// The finished deliveries, up to [`HISTORY_LENGTH`], the oldest first, then the pending ones.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.history.iter().chain(self.live.values().map(|(_, delivery)| delivery))
    }

    fn finish(&mut self, id: DeliveryId, state: DeliveryState) {
        if let Some((_, delivery)) = self.live.remove(&id) {
            self.remember(delivery, state);
        }
    }

    fn remember(&mut self, delivery: Delivery, state: DeliveryState) {
        if self.history.len() == HISTORY_LENGTH {
            self.history.pop_front();
        }
        self.history.push_back(Delivery { state, ..delivery });
    }
}

impl Row {
    fn link(&self) -> LinkNumber {
        match self {
            Row::Step(link, _)
            | Row::Load(link, _)
            | Row::Refresh(link)
            | Row::ExpireCredentials(link)
            | Row::ExpireData(link)
            | Row::Delete(link, _) => *link,
            Row::Retry(delivery) => delivery.link,
        }
    }
}

impl Endpoint {
    fn can_send(&self) -> bool {
        self.in_flight < MOST_IN_FLIGHT && !self.ready.is_empty()
    }
}
