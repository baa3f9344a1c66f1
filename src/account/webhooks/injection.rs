//! The faults that are injected into one webhook on its way to its endpoints.

use std::sync::Arc;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::base::secret::Secret;

/// The largest number of further copies of a webhook.
pub(crate) const MOST_COPIES: u32 = 100;
/// The longest time, on the account's clock, that a reordered webhook waits for the next one.
const HELD_FOR: TimeDelta = TimeDelta::minutes(1);
const WRONG_AUTHORIZATION: &str = "Bearer wrong";

/// All faults that are injected into one webhook.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebhookInjection {
    /// The names of the injected faults.
    pub faults: Vec<&'static str>,
    pub dropped: bool,
    /// True for a webhook that waits for the next one.
    pub reordered: bool,
    /// The number of further copies, at most [`MOST_COPIES`].
    pub copies: u32,
    pub late: TimeDelta,
    pub spoilt: Spoilt,
}

/// The numbers of first attempts that are spoilt, each in its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spoilt {
    /// The number of attempts whose body is cut in half.
    pub bodies: u32,
    /// The number of attempts with a wrong authorization.
    pub authorizations: u32,
}

impl WebhookInjection {
    /// Returns the number of deliveries that an endpoint gets. A dropped webhook has one delivery.
    pub(crate) fn deliveries(&self) -> u32 {
        if self.dropped { 1 } else { 1 + self.copies }
    }

    /// Returns the longest time by which the webhook is delayed.
    pub(crate) fn delay(&self) -> TimeDelta {
        if self.reordered { self.late + HELD_FOR } else { self.late }
    }
}

impl Spoilt {
    /// Returns those that strike only some attempts.
    pub(crate) fn limited(self) -> Spoilt {
        let limit = |attempts| if attempts == u32::MAX { 0 } else { attempts };
        Spoilt { bodies: limit(self.bodies), authorizations: limit(self.authorizations) }
    }

    /// Returns this together with those that strike the attempts after the first `made` ones.
    pub(crate) fn and_next(self, made: u32, next: Spoilt) -> Spoilt {
        let next = next.limited();
        let from = |attempts: u32| if attempts == 0 { 0 } else { made.saturating_add(attempts) };
        Spoilt {
            bodies: self.bodies.max(from(next.bodies)),
            authorizations: self.authorizations.max(from(next.authorizations)),
        }
    }

    /// Returns what is left after this number of attempts.
    pub(crate) fn after(self, attempts: u32) -> Spoilt {
        Spoilt {
            bodies: self.bodies.saturating_sub(attempts),
            authorizations: self.authorizations.saturating_sub(attempts),
        }
    }

    /// Returns the body of an attempt, whose number is counted from 1.
    pub(crate) fn body(self, attempt: u32, body: &Arc<[u8]>) -> Arc<[u8]> {
        match attempt <= self.bodies {
            true => body[..body.len() / 2].into(),
            false => body.clone(),
        }
    }

    /// Returns the authorization of an attempt, whose number is counted from 1.
    pub(crate) fn authorization(self, attempt: u32, right: Option<&Secret>) -> Option<Secret> {
        match attempt <= self.authorizations {
            true => Some(Secret::from(WRONG_AUTHORIZATION)),
            false => right.cloned(),
        }
    }
}
