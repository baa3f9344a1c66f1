//! Webhooks as the log stores them: what was sent, how each attempt ended and how the delivery
//! ended.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;
use crate::model::Timestamp;
use crate::model::redact;
use crate::model::webhook::EventKind;

/// The content of a delivery, which is one webhook for one endpoint. It never changes.
#[derive(Clone, Debug)]
pub(crate) struct DeliveryContent {
    pub id: DeliveryId,
    pub link_number: LinkNumber,
    pub link: Uuid,
    /// The `external_id` of the link when the event happened.
    pub external_id: Option<Arc<str>>,
    pub webhook_id: Uuid,
    pub kind: EventKind,
    /// The URL of the endpoint. It is None when there was no endpoint.
    pub url: Option<Arc<str>>,
    pub authorization: Option<Secret>,
    /// The time at which the event happened.
    pub created_at: Timestamp,
    /// The request that caused the event.
    pub caused_by: Option<Uuid>,
    /// The delivery that this one repeats.
    pub replay_of: Option<DeliveryId>,
    /// The names of the injected faults.
    pub faults: Vec<&'static str>,
    pub body: Arc<[u8]>,
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The delivery waits to be sent, is being sent, or waits for a retry.
    Pending,
    /// The receiver has answered with 2xx.
    Delivered,
    /// The last retry has failed.
    Failed,
    /// The link was deleted before the delivery was finished.
    Cancelled,
    /// The account had no endpoint.
    Undeliverable,
    /// A fault or a call has dropped the webhook.
    Dropped,
}

/// The outcome of an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcome {
    /// The HTTP status of the receiver's answer. It is null when no answer came.
    pub status: Option<u16>,
    /// The headers of the answer, with names in lower case and without secrets.
    pub headers: BTreeMap<String, String>,
    /// The body of the answer, at most 16 KiB, without secrets.
    pub body: String,
    /// True when the body was longer than what is shown.
    pub body_truncated: bool,
    /// The reason why there is no status, or why the body is not whole.
    pub error: Option<String>,
    /// The way to make the receiver accept the webhook, where it is known.
    pub hint: Option<String>,
    /// The milliseconds from the first byte sent to the end of the answer, on the clock of the
    /// machine.
    pub latency_ms: u64,
}

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub(crate) struct AttemptMade {
    pub delivery: DeliveryId,
    pub link: Uuid,
    /// The number of the attempt, counted from 1.
    pub number: u32,
    pub started_at: Timestamp,
    pub outcome: Arc<Outcome>,
    /// The cursor of the attempt before it. It is 0 for the first attempt.
    pub previous: u64,
}

/// The attempts of a delivery: their number, and the cursor that leads to them in the log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Attempts {
    /// The number of attempts that have ended.
    pub made: u32,
    /// The cursor of the attempt that ended last. It is 0 before the first.
    pub last: u64,
    /// The time at which the attempt that is under way began.
    pub under_way_since: Option<Timestamp>,
}

/// A delivery that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub content: Arc<DeliveryContent>,
    pub state: DeliveryState,
    pub attempts: Attempts,
}

impl Attempts {
    /// Tells that an attempt is being made.
    pub(crate) fn is_under_way(&self) -> bool {
        self.under_way_since.is_some()
    }
}

impl DeliveryContent {
    /// Returns the memory that the finished delivery takes.
    pub(crate) fn bytes(&self) -> usize {
        let url = self.url.as_ref().map_or(0, |url| url.len());
        let authorization = self.authorization.as_ref().map_or(0, |value| value.len());
        let faults = size_of_val(&*self.faults);
        let external_id = self.external_id.as_ref().map_or(0, |id| id.len());
        size_of::<DeliveryContent>() + external_id + url + authorization + faults + self.body.len()
    }
}

impl Outcome {
    /// Returns an outcome that has a status and nothing else.
    pub fn status(status: u16) -> Outcome {
        Outcome { status: Some(status), ..Outcome::default() }
    }

    /// Tells that the receiver accepted the webhook, which any 2xx means.
    pub fn is_accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Leaves out the secrets of the receiver.
    pub(crate) fn without_secrets(mut self) -> Outcome {
        for (name, value) in &mut self.headers {
            *value = redact::header(name, value).into_owned();
        }
        self.body = redact::answer(&self.body).into_owned();
        self
    }

    /// Returns the memory that the outcome takes.
    pub fn bytes(&self) -> usize {
        let header = |(name, value): (&String, &String)| {
            2 * size_of::<String>() + name.capacity() + value.capacity()
        };
        let headers: usize = self.headers.iter().map(header).sum();
        let error = self.error.as_ref().map_or(0, String::capacity);
        let hint = self.hint.as_ref().map_or(0, String::capacity);
        size_of::<Outcome>() + headers + self.body.capacity() + error + hint
    }
}
