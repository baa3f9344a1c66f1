//! What can go wrong between the account, its client and its receivers.

use std::time::Duration;

use chrono::TimeDelta;
use rand::RngExt;
use schemars::JsonSchema;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

use crate::account::webhooks::delivery::DeliveryId;
use crate::error::Error;
use crate::model::duration;
use crate::scenario::ErrorStatus;
use crate::seed::Seed;

/// A client is not kept waiting for longer.
const LONGEST_SPAN: TimeDelta = TimeDelta::minutes(10);
/// How often a webhook is repeated at most.
const MOST_COPIES: u32 = 100;
/// A webhook that no other overtakes is not held back for longer, by the account's time.
const HELD_FOR: TimeDelta = TimeDelta::minutes(1);
const WRONG_AUTHORIZATION: &str = "Bearer wrong";

/// What goes wrong, in the words of Toxiproxy and WireMock. The first eight are injected into answers, the
/// others webhooks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The answer comes so much later, give or take the jitter.
    Latency {
        delay: Span,
        #[serde(default)]
        jitter: Span,
    },
    /// Nothing is answered; the connection is closed after this time.
    Timeout {
        #[serde(default = "thirty_seconds")]
        after: Span,
    },
    /// Nothing is answered; the connection is reset.
    ResetPeer,
    /// Nothing is answered; the connection is closed.
    EmptyResponse,
    /// Half of the body comes, then the connection is closed.
    TruncatedBody,
    /// The body is cut in half, and its length is that of the half.
    MalformedBody,
    /// The body comes in pieces over this time.
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
    /// The webhook is sent so many times more.
    WebhookDuplicate {
        #[serde(default)]
        copies: Copies,
    },
    /// The webhook waits until the next one to its endpoint has arrived, or for a minute.
    WebhookReorder,
    /// The webhook is not sent.
    WebhookDrop,
    /// The webhook is sent so much later, by the account's time.
    WebhookLate {
        #[serde(with = "duration")]
        #[schemars(with = "String")]
        by: TimeDelta,
    },
    /// A load happens at once, and its webhook arrives before the answer to the call behind it.
    WebhookBeforeAnswer,
    /// The body of the webhook is cut in half.
    WebhookMalformedBody,
    /// The webhook comes with another `Authorization`.
    WebhookWrongAuthorization,
}

/// A duration of ten minutes at most, on the clock of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(with = "String")]
pub struct Span(Duration);

/// From 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
#[schemars(extend("minimum" = 1, "maximum" = MOST_COPIES))]
pub struct Copies(u32);

/// From 0, never, to 1, always.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(extend("minimum" = 0, "maximum" = 1))]
pub struct Probability(f64);

/// What strikes the answer to a call, on its way to the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerInjection {
    /// The webhooks that arrive first.
    pub webhooks: Vec<DeliveryId>,
    pub latency: Duration,
    pub broken: Option<BrokenAnswer>,
    /// The names of the faults.
    pub faults: Vec<&'static str>,
}

/// How an answer breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenAnswer {
    Timeout(Duration),
    ResetPeer,
    EmptyResponse,
    TruncatedBody,
    MalformedBody,
    SlowBody(Duration),
}

/// What strikes a webhook.
#[derive(Clone, Debug, Default)]
pub struct WebhookInjection {
    /// The names of the faults.
    pub faults: Vec<&'static str>,
    pub dropped: bool,
    /// Whether it waits for the next one.
    pub reordered: bool,
    copies: u32,
    late: TimeDelta,
    malformed: bool,
    wrong_authorization: bool,
}

impl Fault {
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Latency { .. } => "latency",
            Fault::Timeout { .. } => "timeout",
            Fault::ResetPeer => "reset_peer",
            Fault::EmptyResponse => "empty_response",
            Fault::TruncatedBody => "truncated_body",
            Fault::MalformedBody => "malformed_body",
            Fault::SlowBody { .. } => "slow_body",
            Fault::Status { .. } => "status",
            Fault::WebhookDuplicate { .. } => "webhook_duplicate",
            Fault::WebhookReorder => "webhook_reorder",
            Fault::WebhookDrop => "webhook_drop",
            Fault::WebhookLate { .. } => "webhook_late",
            Fault::WebhookBeforeAnswer => "webhook_before_answer",
            Fault::WebhookMalformedBody => "webhook_malformed_body",
            Fault::WebhookWrongAuthorization => "webhook_wrong_authorization",
        }
    }

    /// Tells a fault of webhooks from a fault of answers.
    pub fn is_of_webhooks(&self) -> bool {
        self.name().starts_with("webhook_")
    }

    /// How much later than usual the answer comes; `seed` is of this injection alone.
    pub fn latency(&self, seed: &Seed) -> Option<Duration> {
        let Fault::Latency { delay: Span(delay), jitter: Span(jitter) } = self else { return None };
        let shortest = delay.saturating_sub(*jitter);
        Some(seed.child("jitter").generator().random_range(shortest..=*delay + *jitter))
    }

    /// How the answer breaks.
    pub fn broken(&self) -> Option<BrokenAnswer> {
        Some(match self {
            Fault::Timeout { after: Span(after) } => BrokenAnswer::Timeout(*after),
            Fault::ResetPeer => BrokenAnswer::ResetPeer,
            Fault::EmptyResponse => BrokenAnswer::EmptyResponse,
            Fault::TruncatedBody => BrokenAnswer::TruncatedBody,
            Fault::MalformedBody => BrokenAnswer::MalformedBody,
            Fault::SlowBody { over: Span(over) } => BrokenAnswer::SlowBody(*over),
            _ => return None,
        })
    }

    /// What the request is refused with.
    pub fn refusal(&self) -> Option<Error> {
        let Fault::Status { status, code, message } = self else { return None };
        Some(Error::of_status(status.number(), code.clone(), message.clone()))
    }
}

impl WebhookInjection {
    /// One more fault strikes. Those of answers do nothing to a webhook.
    pub fn add(&mut self, fault: &Fault) {
        match fault {
            Fault::WebhookDuplicate { copies: Copies(copies) } => {
                self.copies = (self.copies + copies).min(MOST_COPIES);
            }
            Fault::WebhookReorder => self.reordered = true,
            Fault::WebhookDrop => self.dropped = true,
            Fault::WebhookLate { by } => self.late += *by,
            Fault::WebhookMalformedBody => self.malformed = true,
            Fault::WebhookWrongAuthorization => self.wrong_authorization = true,
            _ => {}
        }
        self.faults.push(fault.name());
    }

    /// How many deliveries an endpoint gets. One that is dropped is remembered once.
    pub fn deliveries(&self) -> u32 {
        if self.dropped { 1 } else { 1 + self.copies }
    }

    /// How much later it is sent, at the latest.
    pub fn delay(&self) -> TimeDelta {
        if self.reordered { self.late + HELD_FOR } else { self.late }
    }

    pub fn body<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        if self.malformed { &body[..body.len() / 2] } else { body }
    }

    /// What stands in place of the right authorization.
    pub fn authorization(&self) -> Option<&'static str> {
        self.wrong_authorization.then_some(WRONG_AUTHORIZATION)
    }
}

impl Probability {
    pub const ALWAYS: Probability = Probability(1.0);

    /// Whether it happens this time.
    pub fn draw(self, seed: &Seed) -> bool {
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
