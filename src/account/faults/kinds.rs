//! The kinds of faults: faults of answers and faults of webhooks.

use std::time::Duration;

use chrono::TimeDelta;
use rand::RngExt;
use schemars::JsonSchema;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

use crate::account::base::ids::DeliveryId;
use crate::account::webhooks::injection::{MOST_COPIES, WebhookInjection};
use crate::error::Error;
use crate::model::duration;
use crate::scenario::ErrorStatus;
use crate::seed::Seed;

/// The longest duration of a fault. It limits how long a client waits.
const LONGEST_SPAN: TimeDelta = TimeDelta::minutes(10);

/// The largest number of characters of the code and of the message of a fault.
pub(crate) const LONGEST_TEXT: usize = 1000;

/// A fault of the answer to a call. The names are those of Toxiproxy and WireMock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum AnswerFault {
    /// The answer is delayed by this time, plus or minus the jitter.
    Latency {
        delay: Span,
        #[serde(default)]
        jitter: Span,
    },
    /// No answer is sent, and the connection is closed after this time.
    Timeout {
        #[serde(default = "thirty_seconds")]
        after: Span,
    },
    /// No answer is sent, and the connection is reset.
    ResetPeer,
    /// No answer is sent, and the connection is closed at once.
    EmptyResponse,
    /// Half of the body is sent, then the connection is closed.
    TruncatedBody,
    /// The body is cut in half, and `Content-Length` is the length of that half.
    MalformedBody,
    /// The body is sent in pieces over this time.
    SlowBody { over: Span },
    /// The request is refused before it has an effect.
    Status {
        status: ErrorStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "String")]
        code: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "String")]
        message: Option<String>,
    },
}

/// A fault of a webhook on its way to its endpoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) enum WebhookFault {
    /// The webhook is sent this many more times.
    #[serde(rename = "webhook_duplicate")]
    Duplicate {
        #[serde(default)]
        copies: Copies,
    },
    /// The webhook is held back until the next webhook to its endpoint has arrived, at most for one
    /// minute.
    #[serde(rename = "webhook_reorder")]
    Reorder,
    /// The webhook is not sent.
    #[serde(rename = "webhook_drop")]
    Drop,
    /// The webhook is delayed by this time of the account's clock.
    #[serde(rename = "webhook_late")]
    Late {
        #[serde(with = "duration")]
        #[schemars(with = "String")]
        by: TimeDelta,
    },
    /// The load runs within the call, and its webhook arrives before the call's answer.
    #[serde(rename = "webhook_before_answer")]
    BeforeAnswer,
    /// The body of the webhook is cut in half.
    #[serde(rename = "webhook_malformed_body")]
    MalformedBody,
    /// The webhook is sent with a wrong `Authorization` header.
    #[serde(rename = "webhook_wrong_authorization")]
    WrongAuthorization,
}

/// A duration of at most ten minutes, on the clock of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(with = "String")]
pub struct Span(Duration);

/// A number of further copies of a webhook, from 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
#[schemars(extend("minimum" = 1, "maximum" = MOST_COPIES))]
pub(crate) struct Copies(u32);

/// The probability of an injection, from 0 (never) to 1 (always).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(extend("minimum" = 0, "maximum" = 1))]
pub(crate) struct Probability(f64);

/// The faults that are injected into the answer to one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnswerInjection {
    /// The webhooks that must arrive before the answer is sent.
    pub webhooks: Vec<DeliveryId>,
    pub latency: Duration,
    pub broken: Option<BrokenAnswer>,
    /// The names of the injected faults.
    pub faults: Vec<&'static str>,
}

/// The way in which an answer breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BrokenAnswer {
    Timeout(Duration),
    ResetPeer,
    EmptyResponse,
    TruncatedBody,
    MalformedBody,
    SlowBody(Duration),
}

impl AnswerFault {
    pub(crate) fn has_short_texts(&self) -> bool {
        let AnswerFault::Status { code, message, .. } = self else { return true };
        let texts = [code, message].into_iter().flatten();
        texts.into_iter().all(|text| text.chars().nth(LONGEST_TEXT).is_none())
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            AnswerFault::Latency { .. } => "latency",
            AnswerFault::Timeout { .. } => "timeout",
            AnswerFault::ResetPeer => "reset_peer",
            AnswerFault::EmptyResponse => "empty_response",
            AnswerFault::TruncatedBody => "truncated_body",
            AnswerFault::MalformedBody => "malformed_body",
            AnswerFault::SlowBody { .. } => "slow_body",
            AnswerFault::Status { .. } => "status",
        }
    }

    /// Returns the time by which the answer is delayed. `seed` belongs to this injection alone.
    pub(crate) fn latency(&self, seed: &Seed) -> Option<Duration> {
        let AnswerFault::Latency { delay: Span(delay), jitter: Span(jitter) } = self else {
            return None;
        };
        let shortest = delay.saturating_sub(*jitter);
        Some(seed.child("jitter").generator().random_range(shortest..=*delay + *jitter))
    }

    /// Returns the way in which the answer breaks.
    pub(crate) fn broken(&self) -> Option<BrokenAnswer> {
        Some(match self {
            AnswerFault::Timeout { after: Span(after) } => BrokenAnswer::Timeout(*after),
            AnswerFault::ResetPeer => BrokenAnswer::ResetPeer,
            AnswerFault::EmptyResponse => BrokenAnswer::EmptyResponse,
            AnswerFault::TruncatedBody => BrokenAnswer::TruncatedBody,
            AnswerFault::MalformedBody => BrokenAnswer::MalformedBody,
            AnswerFault::SlowBody { over: Span(over) } => BrokenAnswer::SlowBody(*over),
            AnswerFault::Latency { .. } | AnswerFault::Status { .. } => return None,
        })
    }

    /// Returns the error that refuses the call.
    pub(crate) fn refusal(&self) -> Option<Error> {
        let AnswerFault::Status { status, code, message } = self else { return None };
        Some(Error::of_status(status.number(), code.clone(), message.clone()))
    }
}

impl WebhookFault {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            WebhookFault::Duplicate { .. } => "webhook_duplicate",
            WebhookFault::Reorder => "webhook_reorder",
            WebhookFault::Drop => "webhook_drop",
            WebhookFault::Late { .. } => "webhook_late",
            WebhookFault::BeforeAnswer => "webhook_before_answer",
            WebhookFault::MalformedBody => "webhook_malformed_body",
            WebhookFault::WrongAuthorization => "webhook_wrong_authorization",
        }
    }

    /// Tells that the fault can strike some attempts and leave the others right.
    pub(crate) fn has_attempts(&self) -> bool {
        matches!(self, WebhookFault::MalformedBody | WebhookFault::WrongAuthorization)
    }

    /// Adds this fault to those of a webhook. Without a number it strikes all attempts.
    pub(crate) fn inject_into(&self, injection: &mut WebhookInjection, attempts: Option<u32>) {
        let attempts = attempts.unwrap_or(u32::MAX);
        match self {
            WebhookFault::Duplicate { copies: Copies(copies) } => {
                injection.copies = (injection.copies + copies).min(MOST_COPIES);
            }
            WebhookFault::Reorder => injection.reordered = true,
            WebhookFault::Drop => injection.dropped = true,
            WebhookFault::Late { by } => injection.late += *by,
            // The fault has run the load within its call already.
            WebhookFault::BeforeAnswer => {}
            WebhookFault::MalformedBody => {
                injection.spoilt.bodies = injection.spoilt.bodies.max(attempts)
            }
            WebhookFault::WrongAuthorization => {
                injection.spoilt.authorizations = injection.spoilt.authorizations.max(attempts);
            }
        }
        injection.faults.push(self.name());
    }
}

impl Probability {
    pub(crate) const ALWAYS: Probability = Probability(1.0);

    /// Draws whether the fault is injected this time.
    pub(crate) fn draw(self, seed: &Seed) -> bool {
        seed.generator().random::<f64>() < self.0
    }
}

impl Default for Copies {
    fn default() -> Copies {
        Copies(1)
    }
}

fn thirty_seconds() -> Span {
    Span(Duration::from_secs(30))
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let span = duration::deserialize(deserializer)?;
        match span.to_std() {
            Ok(duration) if span <= LONGEST_SPAN => Ok(Span(duration)),
            _ => Err(D::Error::custom(format_args!(
                "{} is longer than {}",
                duration::show(span),
                duration::show(LONGEST_SPAN)
            ))),
        }
    }
}

impl From<Span> for String {
    fn from(Span(span): Span) -> String {
        duration::show(TimeDelta::from_std(span).expect("a span is ten minutes at most"))
    }
}

impl TryFrom<u32> for Copies {
    type Error = String;

    fn try_from(copies: u32) -> Result<Copies, String> {
        match copies {
            1..=MOST_COPIES => Ok(Copies(copies)),
            _ => Err(format!("copies {copies}: expected 1 to {MOST_COPIES}")),
        }
    }
}

impl TryFrom<f64> for Probability {
    type Error = String;

    fn try_from(probability: f64) -> Result<Probability, String> {
        match (0.0..=1.0).contains(&probability) {
            true => Ok(Probability(probability)),
            false => Err(format!("probability {probability}: expected 0 to 1")),
        }
    }
}
