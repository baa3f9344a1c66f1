//! A delivery as clients see it: a webhook on its way to one endpoint, and its attempts.

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
use crate::model::address::without_secrets;
use crate::model::webhook::EventNames;
use crate::model::{
    Timestamp, hex, hex_or_null, six_digits, six_digits_or_null, six_digits_or_null_schema,
    six_digits_schema,
};

/// The number of characters of a receiver's answer that an error repeats.
const MOST_REPEATED: usize = 200;
/// The bytes up to which the attempts of a delivery are shown. A delivery has up to 1,001 of them,
/// each with an answer of 16 KiB.
const MOST_ATTEMPT_BYTES: usize = 1024 * 1024;

/// One webhook for one endpoint.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    /// The cursor of the delivery's last change in the log of the account: it was announced, an
    /// attempt ended, or it was finished. Lists are in this order, and `after` refers to it.
    pub cursor: u64,
    pub state: DeliveryState,
    pub link: Uuid,
    /// The `external_id` of the link when the event happened.
    #[serde(serialize_with = "text_or_null")]
    #[schemars(with = "Option<String>")]
    pub external_id: Option<Arc<str>>,
    /// The id of the event, 32 hex digits as in the payload.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub webhook_id: Uuid,
    pub webhook_type: &'static str,
    pub process_type: &'static str,
    pub webhook_code: &'static str,
    /// The URL of the endpoint, without the parts that may be secret. It is null when there was
    /// none.
    #[serde(serialize_with = "public_url")]
    #[schemars(with = "Option<String>")]
    pub url: Option<Arc<str>>,
    /// The time at which the event happened.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    /// The id of the request that caused the event, as that request's answer shows it.
    #[serde(serialize_with = "hex_or_null")]
    #[schemars(with = "Option<String>")]
    pub caused_by: Option<Uuid>,
    /// The delivery that this one repeats on a client's request.
    pub replay_of: Option<DeliveryId>,
    /// The names of the injected faults, such as `webhook_late`.
    pub faults: Vec<&'static str>,
    /// The time of the next attempt. It is null when none is scheduled.
    #[serde(serialize_with = "six_digits_or_null")]
    #[schemars(schema_with = "six_digits_or_null_schema")]
    pub next_attempt_at: Option<Timestamp>,
    /// The last attempts, the oldest of them first: those that are still in the log, as far as they
    /// take 1 MiB together.
    pub attempts: Vec<Attempt>,
    /// The number of earlier attempts, which are not shown.
    pub attempts_evicted: u32,
    /// The body that every attempt sends. It is a text when it is not JSON.
    #[serde(rename = "payload", serialize_with = "payload")]
    #[schemars(with = "Value")]
    pub body: Arc<[u8]>,
}

/// An attempt, under way or ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Attempt {
    /// The number of the attempt, counted from 1.
    pub number: u32,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub started_at: Timestamp,
    /// The outcome. It is null while the attempt is under way.
    #[serde(serialize_with = "shared")]
    #[schemars(with = "Option<Outcome>")]
    pub answer: Option<Arc<Outcome>>,
}

/// The consequence of an attempt's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// The attempt failed. The delivery is tried again after this time.
    RetryIn(TimeDelta),
    /// The last attempt failed.
    GivenUp,
    /// The delivery was cancelled while the attempt was under way.
    Cancelled,
}

impl Delivery {
    /// Combines the content of a delivery with its state.
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
            external_id: content.external_id.clone(),
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

    /// Names the delivery in a sentence.
    pub(crate) fn brief(&self) -> String {
        let Delivery { id: DeliveryId(id), webhook_type, webhook_code, link, cursor, .. } = self;
        format!("{webhook_type} {webhook_code} of link {link} (delivery {id}, cursor {cursor})")
    }

    /// Repeats the beginning of the receiver's last answer in a sentence.
    pub(crate) fn last_answer(&self) -> String {
        let ended = self
            .attempts
            .iter()
            .rev()
            .find_map(|attempt| Some((attempt.number, attempt.answer.as_ref()?)));
        let Some((number, outcome)) = ended else { return "no attempt has ended".to_owned() };
        let url = self.url.as_deref().map(without_secrets).unwrap_or_default();
        let answer = match (outcome.status, &outcome.error) {
            (Some(status), _) if outcome.body.is_empty() => format!("{status} without a body"),
            (Some(status), _) => {
                let beginning: String = outcome.body.chars().take(MOST_REPEATED).collect();
                format!("{status} {beginning:?}")
            }
            (None, error) => error.clone().unwrap_or_default(),
        };
        format!("attempt {number} at {url} ended with {answer}")
    }

    /// Returns the approximate number of bytes of the delivery as JSON.
    pub fn bytes(&self) -> usize {
        let answers = self.attempts.iter().filter_map(|attempt| attempt.answer.as_ref());
        let answers: usize = answers.map(|answer| answer.bytes()).sum();
        size_of::<Delivery>() + self.body.len() + answers
    }
}

/// Returns the last attempts, the oldest of them first. Each one names the one before it.
fn answered(log: &Log, last: u64) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    let mut cursor = last;
    let mut bytes = 0;
    while let Some(made) = log.attempt(cursor) {
        bytes += made.outcome.bytes();
        if bytes > MOST_ATTEMPT_BYTES {
            break;
        }
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

fn text_or_null<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

fn payload<S: Serializer>(body: &Arc<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_slice::<&RawValue>(body) {
        Ok(value) => value.serialize(serializer),
        Err(_) => serializer.collect_str(&String::from_utf8_lossy(body)),
    }
}

fn public_url<S: Serializer>(url: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    url.as_deref().map(without_secrets).serialize(serializer)
}
