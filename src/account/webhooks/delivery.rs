//! A webhook on its way to one endpoint, and what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;
use crate::model::{
    Timestamp, hex, hex_or_null, six_digits, six_digits_or_null, six_digits_or_null_schema,
    six_digits_schema,
};

/// One webhook for one endpoint.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    /// The place among the finished ones, from 1; null while it is pending.
    pub cursor: Option<u64>,
    pub state: DeliveryState,
    pub link: Uuid,
    #[serde(skip)]
    pub(in crate::account) link_number: LinkNumber,
    /// As in the payload: 32 hex digits.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub webhook_id: Uuid,
    pub webhook_type: &'static str,
    pub process_type: &'static str,
    pub webhook_code: &'static str,
    /// The endpoint, without what may be secret in its address; null when there was none.
    #[serde(serialize_with = "public_url")]
    #[schemars(with = "Option<String>")]
    pub url: Option<Arc<str>>,
    /// When the event happened.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    /// The request that brought it about, by the id that its answer carries.
    #[serde(serialize_with = "hex_or_null")]
    #[schemars(with = "Option<String>")]
    pub caused_by: Option<Uuid>,
    /// The delivery that it repeats, on request.
    pub replay_of: Option<DeliveryId>,
    /// The faults that were injected into it, such as `webhook_late`.
    pub faults: Vec<&'static str>,
    /// When it is sent, or sent again; null when nothing more is planned.
    #[serde(serialize_with = "six_digits_or_null")]
    #[schemars(schema_with = "six_digits_or_null_schema")]
    pub next_attempt_at: Option<Timestamp>,
    pub attempts: Vec<Attempt>,
    /// What is sent, the same bytes at every attempt; a text where it is no JSON.
    #[serde(rename = "payload", serialize_with = "payload")]
    #[schemars(with = "Value")]
    pub body: Arc<[u8]>,
    #[serde(skip)]
    pub authorization: Option<Secret>,
    /// When it last changed, in the count of all changes of the account.
    #[serde(skip)]
    pub changed: u64,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
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

/// One attempt, under way or answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub started_at: Timestamp,
    /// Null while the receiver has not answered.
    pub answer: Option<Outcome>,
}

/// What came of an attempt.
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

impl Delivery {
    pub fn is_finished(&self) -> bool {
        self.cursor.is_some()
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
}

fn payload<S: Serializer>(body: &Arc<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_slice::<&RawValue>(body) {
        Ok(value) => value.serialize(serializer),
        Err(_) => serializer.collect_str(&String::from_utf8_lossy(body)),
    }
}

fn public_url<S: Serializer>(url: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    url.as_deref().map(crate::model::address::without_secrets).serialize(serializer)
}
