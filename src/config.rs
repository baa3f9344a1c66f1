//! What an emulator is started with.

use std::ffi::OsString;
use std::sync::Arc;

use crate::account::Settings;
use crate::accounts::{Credentials, Policy};
use crate::cli;

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
    /// Reads the flags of `belvo-emulator serve`, such as `["--seed", "7"]`. What they leave open has
    /// its default: unlike the program, this does not look into the environment, so that a test is
    /// the same on every machine.
    ///
    /// # Errors
    /// A sentence that names the flag or the scenario file that is wrong. Flags that say where the
    /// program listens and what it prints, such as `--port`, are wrong here.
    pub fn from_flags<I>(flags: I) -> Result<Config, String>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        cli::config(flags)
    }

    /// The keys to give to a client.
    pub(crate) fn first_keys(&self) -> Credentials {
        let any = || Credentials { id: ANY_ID.to_owned(), password: ANY_PASSWORD.to_owned() };
        self.policy.accepted.first().cloned().unwrap_or_else(any)
    }
}
