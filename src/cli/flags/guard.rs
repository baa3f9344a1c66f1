//! Flags that say under which names and from which web pages the emulator may be called.

use clap::Args;

use crate::cli::flags::environment::repeated;
use crate::guard::{AllowedHost, AllowedOrigin, ControlToken, Guard};

#[derive(Args, Clone)]
#[command(next_help_heading = "Serving")]
pub(super) struct GuardFlags {
    /// A host name with a dot under which clients call the emulator (repeatable)
    ///
    /// It is a name, all names below one (*.svc.cluster.local), or *. Addresses, localhost, names
    /// without a dot and the host of --public-url need no flag.
    ///
    /// [env: BELVO_EMULATOR_ALLOW_HOST]
    #[arg(long, global = true, value_name = "NAME")]
    allow_host: Vec<String>,

    /// The origin of a web page that may call /api/ (repeatable), such as http://localhost:4200
    ///
    /// [env: BELVO_EMULATOR_CORS]
    #[arg(long, global = true, value_name = "ORIGIN")]
    cors: Vec<String>,

    /// The token of the calls that look over all accounts
    ///
    /// Without it, only an emulator that other machines do not reach answers them.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_CONTROL_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    control_token: Option<String>,
}

impl GuardFlags {
    pub(super) fn control_token(&self) -> Result<Option<ControlToken>, String> {
        let token = self.control_token.as_deref().map(ControlToken::parse).transpose();
        token.map_err(|problem| format!("--control-token: {problem}"))
    }

    pub(super) fn guard(
        &self,
        public_url: Option<&str>,
        environment: bool,
    ) -> Result<Guard, String> {
        let host = |text: &String| {
            AllowedHost::parse(text).map_err(|problem| format!("--allow-host: {problem}"))
        };
        let origin = |text: &String| {
            AllowedOrigin::parse(text).map_err(|problem| format!("--cors: {problem}"))
        };
        let hosts = repeated("allow-host", &self.allow_host, environment)?;
        let hosts: Result<Vec<AllowedHost>, String> = hosts.iter().map(host).collect();
        let mut hosts = hosts?;
        hosts.extend(public_url.and_then(AllowedHost::of));
        let origins = repeated("cors", &self.cors, environment)?;
        let origins: Result<Vec<AllowedOrigin>, String> = origins.iter().map(origin).collect();
        Ok(Guard { hosts, origins: origins? })
    }
}
