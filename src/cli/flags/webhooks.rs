//! Flags that say where webhooks are sent, when, and how often.

use std::env;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clap::Args;
use clap::builder::BoolishValueParser;

use crate::account::{Delay, Endpoint, MOST_RETRIES, Retries};
use crate::cli::flags::environment::repeated;
use crate::courier::Trust;
use crate::model::allowed_addresses::{AllowedAddresses, parse_range};
use crate::model::{address, duration};

#[derive(Args, Clone)]
#[command(next_help_heading = "Webhooks")]
pub(super) struct WebhookFlags {
    /// Where to send webhooks (repeatable: each URL gets every event)
    ///
    /// [env: BELVO_EMULATOR_WEBHOOK_URL]
    #[arg(long, global = true, value_name = "URL")]
    webhook_url: Vec<String>,

    /// Value of the Authorization header of webhooks, such as "Bearer …"
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_AUTHORIZATION",
        value_name = "VALUE",
        hide_env_values = true
    )]
    webhook_authorization: Option<String>,

    /// A link-local address, or a range of them, that webhooks may be sent to (repeatable)
    ///
    /// [env: BELVO_EMULATOR_WEBHOOK_ALLOW_ADDRESS]
    #[arg(long, global = true, value_name = "IP or CIDR")]
    webhook_allow_address: Vec<String>,

    /// A file of certificates, as PEM, that receivers may have (repeatable)
    ///
    /// They are of an authority or of a receiver itself, and count beside those of known
    /// authorities. SSL_CERT_FILE and SSL_CERT_DIR add theirs too.
    ///
    /// [env: BELVO_EMULATOR_WEBHOOK_CA]
    #[arg(long, global = true, value_name = "FILE")]
    webhook_ca: Vec<PathBuf>,

    /// Accept every certificate of a receiver
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_INSECURE",
        value_parser = BoolishValueParser::new()
    )]
    webhook_insecure: bool,

    /// From creating a link to its webhook: a duration, or a range such as 10s..20s
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_DELAY",
        value_name = "DURATION",
        default_value = "15s",
        value_parser = parse_delay
    )]
    pub(super) webhook_delay: Delay,

    /// How often a webhook that was not answered with 2xx within 5 s is sent again
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_RETRIES",
        value_name = "N",
        default_value_t = 5,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_RETRIES))
    )]
    webhook_retries: u32,

    /// The n-th retry waits n times this
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_RETRY_DELAY",
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration::parse
    )]
    webhook_retry_delay: TimeDelta,

    /// How many webhooks may be under way at the same time
    ///
    /// A quarter of them is kept for accounts that have none under way. Each takes an open file.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_SENDS",
        value_name = "N",
        default_value_t = 256,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub(super) webhook_sends: u16,

    /// How many webhooks of one account may be under way to the same URL
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WEBHOOK_SENDS_PER_RECEIVER",
        value_name = "N",
        default_value_t = 32,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub(super) webhook_sends_per_receiver: u16,
}

impl WebhookFlags {
    pub(super) fn targets(&self, environment: bool) -> Result<Vec<Endpoint>, String> {
        let authorization = self.webhook_authorization.as_deref().unwrap_or_default();
        let authorization = address::authorization(authorization)
            .map_err(|problem| format!("--webhook-authorization: {problem}"))?;
        let allowed = self.allowed_addresses(environment)?;
        let mut targets = Vec::new();
        for url in repeated("webhook-url", &self.webhook_url, environment)? {
            let receiver = address::receiver(&url, &allowed)
                .map_err(|problem| format!("--webhook-url: {problem}"))?;
            let authorization = receiver.authorization.as_deref().or(authorization);
            let target =
                Endpoint { url: receiver.url.into(), authorization: authorization.map(Into::into) };
            if targets.contains(&target) {
                let url = address::without_secrets(&target.url);
                tracing::warn!("--webhook-url: {url} is given twice; each webhook is sent once");
            } else {
                targets.push(target);
            }
        }
        Ok(targets)
    }

    pub(super) fn allowed_addresses(&self, environment: bool) -> Result<AllowedAddresses, String> {
        let ranges = repeated("webhook-allow-address", &self.webhook_allow_address, environment)?;
        let ranges: Result<_, _> = ranges.iter().map(|range| parse_range(range)).collect();
        let ranges = ranges.map_err(|problem| format!("--webhook-allow-address: {problem}"))?;
        Ok(AllowedAddresses::new(ranges))
    }

    /// Returns the certificates that receivers may have. Those of the environment are read at once if one
    /// of the `targets` needs them, so that a mistake is said at the start.
    pub(super) fn trust(&self, targets: &[Endpoint], environment: bool) -> Result<Trust, String> {
        let mut trust = Trust::new(self.webhook_insecure);
        let files = match self.webhook_ca.is_empty() {
            true => repeated("webhook-ca", &[], environment)?.into_iter().map(From::from).collect(),
            false => self.webhook_ca.clone(),
        };
        for file in files {
            trust.add_file(&file).map_err(|problem| format!("--webhook-ca: {problem}"))?;
        }
        if environment && targets.iter().any(|target| target.url.starts_with("https:")) {
            add_system(&mut trust);
        } else if environment {
            trust.defer(add_system);
        }
        Ok(trust)
    }

    pub(super) fn retries(&self) -> Retries {
        Retries { count: self.webhook_retries, delay: self.webhook_retry_delay }
    }
}

fn parse_delay(text: &str) -> Result<Delay, String> {
    let (shortest, longest) = text.split_once("..").unwrap_or((text, text));
    let (shortest, longest) = (duration::parse(shortest)?, duration::parse(longest)?);
    if shortest > longest {
        return Err(format!("{text:?} is an empty range; write the shorter time first"));
    }
    Ok(Delay { shortest, longest })
}

/// Adds the certificates of the variables of OpenSSL. They are often set for other programs, so a
/// problem with them stops nothing.
fn add_system(trust: &mut Trust) {
    let given = |variable| env::var_os(variable).filter(|value| !value.is_empty());
    if let Some(file) = given("SSL_CERT_FILE")
        && let Err(problem) = trust.add_file(Path::new(&file))
    {
        tracing::warn!("SSL_CERT_FILE is ignored: {problem}");
    }
    for directory in given("SSL_CERT_DIR").iter().flat_map(env::split_paths) {
        if let Err(problem) = trust.add_directory(&directory) {
            tracing::warn!("SSL_CERT_DIR: {problem}");
        }
    }
}
