//! What an emulator is started with.

use std::ffi::OsString;
use std::sync::Arc;

use crate::account::Settings;
use crate::accounts::Policy;
use crate::cli;

/// The finished configuration of an [`Emulator`](crate::Emulator).
#[derive(Clone)]
pub struct Config {
    pub(crate) settings: Arc<Settings>,
    pub(crate) policy: Policy,
    pub(crate) public_url: Option<String>,
    pub(crate) trust_forwarded: bool,
}

impl Config {
    /// Reads the flags of `belvo-emulator serve`, such as `["--seed", "7"]`. What they leave open
    /// comes from the environment, then from the defaults.
    ///
    /// # Errors
    /// A sentence that names the flag or the scenario file that is wrong.
    pub fn from_flags<I>(flags: I) -> Result<Config, String>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        cli::config(flags)
    }
}
