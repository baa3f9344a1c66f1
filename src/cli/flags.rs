//! Parses the flags and their environment variables into a [`Config`], once.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use clap::builder::{BoolishValueParser, Resettable};
use clap::parser::ValueSource;
use clap::{Args, FromArgMatches, ValueEnum};

use crate::account::{Delay, Endpoint, LogBudget, MOST_RETRIES, Retries, Settings};
use crate::accounts::{ClockMode, Credentials, Policy};
use crate::config::Config;
use crate::model::{address, duration, size};
use crate::scenario::{self, Catalogue};
use crate::seed::Seed;

/// The flags that say where a program listens and what it prints. An emulator inside another
/// program refuses them.
const OF_THE_PROGRAM: &[&str] = &["host", "port", "port_file", "log_format", "quiet"];

/// The smallest budget of the log. It has room for one request with long bodies.
const SMALLEST_LOG_BUDGET_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RateLimits {
    None,
    Documented,
}

#[derive(Args)]
pub(super) struct Flags {
    /// Address to listen on
    #[arg(long, global = true, env = "BELVO_EMULATOR_HOST", default_value = "127.0.0.1")]
    pub host: String,

    /// Port to listen on; 0 takes any free one
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_PORT",
        default_value_t = 23586,
        allow_negative_numbers = true
    )]
    pub port: u16,

    /// Write the port to this file once the emulator is ready
    #[arg(long, global = true, env = "BELVO_EMULATOR_PORT_FILE", value_name = "PATH")]
    pub port_file: Option<PathBuf>,

    /// A pair of API keys to accept (repeatable); without any, every pair is accepted [env:
    /// BELVO_EMULATOR_CREDENTIALS]
    #[arg(long, global = true, value_name = "ID:PASSWORD")]
    credentials: Vec<String>,

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
    webhook_delay: Delay,

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
    webhook_sends: u16,

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
    webhook_sends_per_receiver: u16,

    /// Directory of scenario files that add to the built-in ones or replace them by name
    /// (repeatable)
    /// [env: BELVO_EMULATOR_SCENARIOS]
    #[arg(long, global = true, value_name = "DIR")]
    scenarios: Vec<PathBuf>,

    /// The scenario of every CURP that no scenario claims
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_SCENARIO",
        value_name = "NAME",
        default_value = "employed"
    )]
    scenario: String,

    /// Seed of everything that is drawn at random: one seed gives one set of answers, ids included
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_SEED",
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    seed: u64,

    /// Objects on a page when the client does not say
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_PAGE_SIZE",
        value_name = "N",
        default_value_t = 10,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..=1000)
    )]
    page_size: u16,

    /// Turn Belvo's limits on: three logins of a CURP a day, five deletions a minute, 80 requests in
    /// 30 s
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_RATE_LIMITS",
        value_enum,
        default_value_t = RateLimits::None
    )]
    rate_limits: RateLimits,

    /// Mode of the accounts' clocks: real, manual, skip, or a factor such as 60x
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_CLOCK",
        value_name = "MODE",
        default_value = "real"
    )]
    clock: ClockMode,

    /// How many accounts there can be; beyond that, the one that was idle the longest is dropped
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_ACCOUNTS",
        value_name = "N",
        default_value_t = 1000,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    accounts: u16,

    /// The memory for what happened to the accounts, requests and webhooks, of all accounts together:
    /// 64KiB at least; beyond that, the oldest is forgotten
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_LOG_BUDGET",
        value_name = "SIZE",
        default_value = "64MiB",
        value_parser = parse_log_budget
    )]
    log_budget: usize,

    /// Base of the URLs in answers; by default the host that the client called
    #[arg(long, global = true, env = "BELVO_EMULATOR_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Take the base of the URLs in answers from the headers Forwarded or X-Forwarded-Host and
    /// X-Forwarded-Proto of a proxy
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_TRUST_FORWARDED",
        value_parser = BoolishValueParser::new()
    )]
    trust_forwarded: bool,

    /// How log lines are written to stderr
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text
    )]
    pub log_format: LogFormat,

    /// Show nothing but the line that says the emulator is ready, and errors
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_QUIET",
        value_parser = BoolishValueParser::new()
    )]
    pub quiet: bool,

    /// True when flags that the command line leaves out are read from the environment.
    #[arg(skip = true)]
    environment: bool,
}

impl Config {
    /// Parses the flags of `belvo-emulator serve`, such as `["--seed", "7"]`. A flag that is left
    /// out has its default. Unlike the program, this function ignores the environment, so that a
    /// test is the same on every machine. If a flag is given several times, the last one counts,
    /// unless the flag can be repeated.
    ///
    /// # Errors
    /// A sentence that names the flag or the scenario file that is wrong. Flags that say
    /// where the program listens and what it prints, such as `--port`, are refused.
    pub fn from_flags<I>(flags: I) -> Result<Config, String>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let command = Flags::augment_args(clap::Command::new("belvo-emulator"))
            .args_override_self(true)
            .disable_help_flag(true)
            .no_binary_name(true)
            .mut_args(|flag| flag.env(Resettable::Reset));
        let matches = command
            .try_get_matches_from(flags.into_iter().map(Into::into))
            .map_err(|error| first_sentence(&error))?;
        let is_given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        if let Some(id) = OF_THE_PROGRAM.iter().copied().find(is_given) {
            let flag = id.replace('_', "-");
            return Err(format!("--{flag} is for the program belvo-emulator; leave it out here"));
        }
        let flags = Flags::from_arg_matches(&matches).map_err(|error| first_sentence(&error))?;
        Flags { environment: false, ..flags }.config()
    }
}

/// Returns the message of an error without clap's hints, which are for a command line.
fn first_sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph.trim_start_matches("error: ").to_owned()
}

impl Flags {
    pub(super) fn config(&self) -> Result<Config, String> {
        let settings = Settings {
            scenarios: self.catalogue()?,
            seed: Seed::new(self.seed),
            webhook_delay: self.webhook_delay,
            webhook_targets: self.webhook_targets()?,
            webhook_retries: Retries {
                count: self.webhook_retries,
                delay: self.webhook_retry_delay,
            },
            webhook_sends_per_receiver: self.webhook_sends_per_receiver.into(),
            page_size: self.page_size.into(),
            rate_limits: self.rate_limits == RateLimits::Documented,
            log_budget: Arc::new(LogBudget::new(self.log_budget)),
        };
        Ok(Config {
            settings: Arc::new(settings),
            policy: Policy {
                accepted: self.credentials()?,
                clock_mode: self.clock,
                most_accounts: self.accounts.into(),
                webhook_sends: self.webhook_sends.into(),
            },
            public_url: self.public_url()?,
            trust_forwarded: self.trust_forwarded,
        })
    }

    pub(super) fn catalogue(&self) -> Result<Catalogue, String> {
        let directories: Vec<PathBuf> = if self.scenarios.is_empty() {
            self.repeated("scenarios", &[])?.into_iter().map(PathBuf::from).collect()
        } else {
            self.scenarios.clone()
        };
        let rate_limits = self.rate_limits == RateLimits::Documented;
        scenario::load(&directories, &self.scenario, rate_limits).map_err(|error| error.to_string())
    }

    /// Parses the accepted keys. An error names the flag only, because the value may contain a
    /// password.
    fn credentials(&self) -> Result<Vec<Credentials>, String> {
        let expected = "--credentials: expected ID:PASSWORD, with a colon and both parts not empty";
        let parse = |pair: &String| Credentials::parse(pair).ok_or_else(|| expected.to_owned());
        self.repeated("credentials", &self.credentials)?.iter().map(parse).collect()
    }

    fn webhook_targets(&self) -> Result<Vec<Endpoint>, String> {
        let authorization = self.webhook_authorization.as_deref().unwrap_or_default();
        let authorization = address::authorization(authorization)
            .map_err(|problem| format!("--webhook-authorization: {problem}"))?;
        let target = |url: &String| {
            let url =
                address::receiver(url).map_err(|problem| format!("--webhook-url: {problem}"))?;
            let url = url.as_str().into();
            Ok(Endpoint { url, authorization: authorization.map(Into::into) })
        };
        self.repeated("webhook-url", &self.webhook_url)?.iter().map(target).collect()
    }

    fn public_url(&self) -> Result<Option<String>, String> {
        let Some(text) = self.public_url.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let url = address::http_url(text).map_err(|problem| format!("--public-url: {problem}"))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("--public-url: {text:?} has a query or a fragment; leave it out"));
        }
        Ok(Some(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Returns the values of a flag that can be repeated. Without any, the values come from its
    /// environment variable.
    fn repeated(&self, flag: &str, values: &[String]) -> Result<Vec<String>, String> {
        if !values.is_empty() || !self.environment {
            return Ok(values.to_vec());
        }
        let variable = format!("BELVO_EMULATOR_{}", flag.to_uppercase().replace('-', "_"));
        match env::var(&variable) {
            Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
            Err(env::VarError::NotPresent) => Ok(Vec::new()),
            Err(env::VarError::NotUnicode(_)) => Err(format!("{variable} is not UTF-8")),
        }
    }
}

fn parse_log_budget(text: &str) -> Result<usize, String> {
    let bytes = size::parse(text)?;
    match bytes < SMALLEST_LOG_BUDGET_BYTES {
        true => Err(format!("{} is the least", size::show(SMALLEST_LOG_BUDGET_BYTES))),
        false => Ok(bytes),
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
