//! The faults that go with one webhook on its way to its endpoints.

use chrono::TimeDelta;

/// A webhook is repeated so often at most.
pub(crate) const MOST_COPIES: u32 = 100;
/// A webhook that no other overtakes is held back for so long at most, by the account's time.
const HELD_FOR: TimeDelta = TimeDelta::minutes(1);
const WRONG_AUTHORIZATION: &str = "Bearer wrong";

/// All faults that are injected into one webhook.
#[derive(Clone, Debug, Default)]
pub(crate) struct WebhookInjection {
    /// The names of the faults.
    pub faults: Vec<&'static str>,
    pub dropped: bool,
    /// Set for a webhook that waits for the next one.
    pub reordered: bool,
    /// At most [`MOST_COPIES`].
    pub copies: u32,
    pub late: TimeDelta,
    pub malformed: bool,
    pub wrong_authorization: bool,
}

impl WebhookInjection {
    /// The number of deliveries that an endpoint gets. A webhook that is dropped is remembered once.
    pub(crate) fn deliveries(&self) -> u32 {
        if self.dropped { 1 } else { 1 + self.copies }
    }

    /// The longest time by which the webhook is sent later.
    pub(crate) fn delay(&self) -> TimeDelta {
        if self.reordered { self.late + HELD_FOR } else { self.late }
    }

    pub(crate) fn body<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        if self.malformed { &body[..body.len() / 2] } else { body }
    }

    /// The value that stands in place of the right authorization.
    pub(crate) fn authorization(&self) -> Option<&'static str> {
        self.wrong_authorization.then_some(WRONG_AUTHORIZATION)
    }
}
