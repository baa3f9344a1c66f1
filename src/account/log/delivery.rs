//! Webhooks as the log keeps them: what was sent, how each attempt ended, how the delivery ended.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;
use crate::model::Timestamp;
use crate::model::webhook::EventKind;

/// One webhook for one endpoint: all of it that never changes.
#[derive(Clone, Debug)]
pub(crate) struct DeliveryContent {
    pub id: DeliveryId,
    pub link_number: LinkNumber,
    pub link: Uuid,
    pub webhook_id: Uuid,
    pub kind: EventKind,
    /// None when there was no endpoint.
    pub url: Option<Arc<str>>,
    pub authorization: Option<Secret>,
    /// When the event happened.
    pub created_at: Timestamp,
    /// The request that brought it about.
    pub caused_by: Option<Uuid>,
    /// The delivery that it repeats.
    pub replay_of: Option<DeliveryId>,
    /// The names of the faults that were injected into it.
    pub faults: Vec<&'static str>,
    pub body: Arc<[u8]>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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
    /// A fault keeps it from being sent.
    Dropped,
}

/// How an attempt ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcome {
    /// The receiver's; null when it did not answer.
    pub status: Option<u16>,
    /// In lower case.
    pub headers: BTreeMap<String, String>,
    /// At most 16 KiB of it.
    pub body: String,
    /// Whether there was more of it.
    pub body_truncated: bool,
    /// The reason why there is no status.
    pub error: Option<String>,
    /// From the first byte sent to the end of the answer, on the clock of the machine.
    pub latency_ms: u64,
}

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub(crate) struct AttemptMade {
    pub delivery: DeliveryId,
    /// Counted from 1.
    pub number: u32,
    pub started_at: Timestamp,
    pub outcome: Arc<Outcome>,
    /// The cursor of the attempt before it; 0 for the first.
    pub previous: u64,
}

/// The attempts of a delivery, by what leads to them in the log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Attempts {
    /// How many have ended.
    pub made: u32,
    /// The cursor of the one that ended last; 0 before the first.
    pub last: u64,
    /// When the one began that has no outcome.
    pub under_way_since: Option<Timestamp>,
}

/// A delivery that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub content: Arc<DeliveryContent>,
    pub state: DeliveryState,
    pub attempts: Attempts,
}

impl DeliveryContent {
    /// The memory that it takes.
    pub(crate) fn bytes(&self) -> usize {
        let url = self.url.as_ref().map_or(0, |url| url.len());
        let authorization = self.authorization.as_ref().map_or(0, |value| value.len());
        let faults = size_of_val(&*self.faults);
        size_of::<DeliveryContent>() + url + authorization + faults + self.body.len()
    }
}

impl Outcome {
    /// An answer of which nothing but the status matters.
    pub fn status(status: u16) -> Outcome {
        Outcome { status: Some(status), ..Outcome::default() }
    }

    /// Any 2xx is an acceptance.
    pub fn is_accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// The memory that it takes.
    pub fn bytes(&self) -> usize {
        let header = |(name, value): (&String, &String)| {
            2 * size_of::<String>() + name.capacity() + value.capacity()
        };
        let headers: usize = self.headers.iter().map(header).sum();
        let error = self.error.as_ref().map_or(0, String::capacity);
        size_of::<Outcome>() + headers + self.body.capacity() + error
    }
}
