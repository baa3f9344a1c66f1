//! Flags that say where webhooks are sent, when, and how often.

use chrono::TimeDelta;
use clap::Args;

use crate::account::{Delay, Endpoint, MOST_RETRIES, Retries};
use crate::cli::flags::environment::repeated;
use crate::model::{address, duration};

#[derive(Args)]
pub(super) struct WebhookFlags {
    /// Where to send webhooks (repeatable: each URL gets every event) [env:
    /// BELVO_EMULATOR_WEBHOOK_URL]
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

    /// How many webhooks may be under way at the same time. A quarter of them is kept for accounts
    /// that have none under way. Each takes an open file
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
        let target = |url: &String| {
            let url =
                address::receiver(url).map_err(|problem| format!("--webhook-url: {problem}"))?;
            let url = url.as_str().into();
            Ok(Endpoint { url, authorization: authorization.map(Into::into) })
        };
        repeated("webhook-url", &self.webhook_url, environment)?.iter().map(target).collect()
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
