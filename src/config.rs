//! The settings that an emulator starts with.

use std::sync::Arc;

use crate::account::Settings;
use crate::accounts::{Credentials, Policy};
use crate::courier::Trust;
use crate::demo::DemoSettings;
use crate::descriptors::{self, Shares};
use crate::guard::{ControlToken, Guard};

/// The keys that are suggested to a client if any are accepted.
const ANY_ID: &str = "my-id";
const ANY_PASSWORD: &str = "my-password";

/// The complete configuration of an [`Emulator`](crate::Emulator).
#[derive(Clone)]
pub struct Config {
    pub(crate) settings: Arc<Settings>,
    pub(crate) policy: Policy,
    pub(crate) trust: Trust,
    pub(crate) public_url: Option<String>,
    pub(crate) trust_forwarded: bool,
    pub(crate) guard: Guard,
    pub(crate) control_token: Option<ControlToken>,
    pub(crate) demo: Option<DemoSettings>,
    /// The number of threads that answer requests.
    pub(crate) workers: usize,
}

impl Config {
    /// Lowers the number of webhooks that may be under way, and of event streams, to what the limit of
    /// file descriptors leaves, so that they take none from the clients.
    pub(crate) fn fit_the_descriptors(&mut self) {
        let wanted = self.policy.webhook_sends;
        let Shares { limit, sends, streams, .. } = descriptors::shares(self.workers, wanted);
        if sends < wanted {
            tracing::warn!(
                hint = "raise the limit (ulimit -n)",
                "{sends} webhooks may be under way at the same time, not {wanted}: the limit is \
                 {limit} file descriptors"
            );
        }
        self.policy.webhook_sends = sends;
        self.policy.event_streams = streams;
    }

    /// Returns the keys to suggest to a client.
    pub(crate) fn first_keys(&self) -> Credentials {
        self.policy.accepted.first().cloned().unwrap_or_else(any_keys)
    }
}

/// Returns the keys that are suggested where any are accepted.
pub(crate) fn any_keys() -> Credentials {
    Credentials { id: ANY_ID.to_owned(), password: ANY_PASSWORD.to_owned() }
}
