//! A webhook on its way to one endpoint, and what became of it, as it is shown.

use std::sync::Arc;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::account::base::ids::DeliveryId;
use crate::account::log::Log;
use crate::account::log::delivery::{Attempts, DeliveryContent, DeliveryState, Outcome};
use crate::model::webhook::EventNames;
use crate::model::{
    Timestamp, hex, hex_or_null, six_digits, six_digits_or_null, six_digits_or_null_schema,
    six_digits_schema,
};

/// One webhook for one endpoint.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    /// The place of its last change in the log of the account: it was announced, an attempt ended,
    /// or it was finished. Lists are in this order, and `after` counts in it.
    pub cursor: u64,
    pub state: DeliveryState,
    pub link: Uuid,
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
    /// Those that the log still has, the oldest first.
    pub attempts: Vec<Attempt>,
    /// How many attempts were made before these: the log no longer has them.
    pub attempts_evicted: u32,
    /// The bytes that every attempt sends; a text where they are no JSON.
    #[serde(rename = "payload", serialize_with = "payload")]
    #[schemars(with = "Value")]
    pub body: Arc<[u8]>,
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
    #[serde(serialize_with = "shared")]
    #[schemars(with = "Option<Outcome>")]
    pub answer: Option<Arc<Outcome>>,
}

/// The consequence of an attempt's outcome.
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
    /// Puts together what never changes and what has become of it.
    pub(crate) fn new(
        log: &Log,
        cursor: u64,
        content: &DeliveryContent,
        state: DeliveryState,
        attempts: Attempts,
        next_attempt_at: Option<Timestamp>,
    ) -> Delivery {
        let answered = answered(log, attempts.last);
        let attempts_evicted = attempts.made - answered.len() as u32;
        let under_way = attempts.under_way_since.map(|started_at| Attempt {
            number: attempts.made + 1,
            started_at,
            answer: None,
        });
        let EventNames { webhook_type, process_type, webhook_code } = content.kind.names();
        Delivery {
            id: content.id,
            cursor,
            state,
            link: content.link,
            webhook_id: content.webhook_id,
            webhook_type,
            process_type,
            webhook_code,
            url: content.url.clone(),
            created_at: content.created_at,
            caused_by: content.caused_by,
            replay_of: content.replay_of,
            faults: content.faults.clone(),
            next_attempt_at,
            attempts: answered.into_iter().chain(under_way).collect(),
            attempts_evicted,
            body: content.body.clone(),
        }
    }

    pub fn is_finished(&self) -> bool {
        self.state != DeliveryState::Pending
    }

    /// The bytes that showing it takes, roughly.
    pub fn bytes(&self) -> usize {
        let answers = self.attempts.iter().filter_map(|attempt| attempt.answer.as_ref());
        let answers: usize = answers.map(|answer| answer.bytes()).sum();
        size_of::<Delivery>() + self.body.len() + answers
    }
}

/// The attempts that the log has, the oldest first: each names the one before it.
fn answered(log: &Log, last: u64) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    let mut cursor = last;
    while let Some(made) = log.attempt(cursor) {
        attempts.push(Attempt {
            number: made.number,
            started_at: made.started_at,
            answer: Some(made.outcome.clone()),
        });
        cursor = made.previous;
    }
    attempts.reverse();
    attempts
}

fn shared<S: Serializer>(answer: &Option<Arc<Outcome>>, serializer: S) -> Result<S::Ok, S::Error> {
    answer.as_deref().serialize(serializer)
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
