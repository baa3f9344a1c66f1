//! An attempt of a webhook, as a test sees it that plays the courier.

use crate::accounts::Sending;

/// An attempt to deliver a webhook, for whoever plays the courier in a test.
pub struct PendingAttempt(pub(super) Sending);

impl PendingAttempt {
    /// Returns the URL that the webhook is sent to.
    pub fn url(&self) -> &str {
        &self.0.attempt.url
    }

    /// The value of the header `Authorization`.
    pub fn authorization(&self) -> Option<&str> {
        self.0.attempt.authorization.as_deref()
    }

    /// The JSON that is sent.
    pub fn body(&self) -> &[u8] {
        &self.0.attempt.body
    }

    /// Counted from 1.
    pub fn number(&self) -> u32 {
        self.0.attempt.number
    }
}
