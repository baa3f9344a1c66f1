//! The settings that an emulator is started with.

use std::sync::Arc;

use crate::account::Settings;
use crate::accounts::{Credentials, Policy};

/// The keys for a client where any are accepted.
const ANY_ID: &str = "my-id";
const ANY_PASSWORD: &str = "my-password";

/// The finished configuration of an [`Emulator`](crate::Emulator).
#[derive(Clone)]
pub struct Config {
    pub(crate) settings: Arc<Settings>,
    pub(crate) policy: Policy,
    pub(crate) public_url: Option<String>,
    pub(crate) trust_forwarded: bool,
}

impl Config {
    /// The keys to give to a client.
    pub(crate) fn first_keys(&self) -> Credentials {
        let any = || Credentials { id: ANY_ID.to_owned(), password: ANY_PASSWORD.to_owned() };
        self.policy.accepted.first().cloned().unwrap_or_else(any)
    }
}
