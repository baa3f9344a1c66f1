//! The faults that are injected into one webhook on its way to its endpoints.

use chrono::TimeDelta;

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
    pub malformed: bool,
    pub wrong_authorization: bool,
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

    pub(crate) fn body<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        if self.malformed { &body[..body.len() / 2] } else { body }
    }

    /// Returns the wrong authorization that replaces the right one.
    pub(crate) fn authorization(&self) -> Option<&'static str> {
        self.wrong_authorization.then_some(WRONG_AUTHORIZATION)
    }
}
