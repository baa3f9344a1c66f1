//! Parses the flags and their environment variables into a [`Config`], once.

mod demo;
mod environment;
mod guard;
mod process;
mod scope;
mod seeds;
mod webhooks;

pub(super) use scope::{first_given, refuse_unused, scoped, tidied};

pub(super) use process::{LogFormat, ProcessFlags};

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use clap::builder::{BoolishValueParser, Resettable};
use clap::parser::ValueSource;
use clap::{Args, FromArgMatches, ValueEnum};

use crate::account::{LogBudget, Settings};
use crate::accounts::{ClockMode, Credentials, Policy};
use crate::cli::flags::demo::DemoFlags;
use crate::cli::flags::environment::repeated;
use crate::cli::flags::guard::GuardFlags;
use crate::cli::flags::seeds::Seeds;
use crate::cli::flags::webhooks::WebhookFlags;
use crate::clock::Clock;
use crate::config::Config;
use crate::descriptors::shares;
use crate::model::{address, plain_words, size};
use crate::scenario::{self, Catalogue, LoadError};

/// The smallest budget of the log. It has room for one request with long bodies.
const SMALLEST_LOG_BUDGET_BYTES: usize = 64 * 1024;
/// The smallest memory of an account. It has room for some hundred links.
const SMALLEST_ACCOUNT_MEMORY_BYTES: usize = 1024 * 1024;

/// The days as of which people can have a working life.
const DAYS: RangeInclusive<NaiveDate> =
    NaiveDate::from_ymd_opt(1944, 1, 1).unwrap()..=NaiveDate::from_ymd_opt(2200, 12, 31).unwrap();

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RateLimits {
    None,
    Documented,
}

#[derive(Args, Clone)]
pub(super) struct Flags {
    #[command(flatten)]
    pub process: ProcessFlags,

    /// A pair of API keys to accept (repeatable); without any, every pair is accepted [env:
    /// BELVO_EMULATOR_CREDENTIALS]
    #[arg(long, global = true, value_name = "ID:PASSWORD")]
    credentials: Vec<String>,

    #[command(flatten)]
    webhooks: WebhookFlags,

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
        default_value = "0",
        allow_negative_numbers = true
    )]
    pub seed: Seeds,

    /// Day as of which generated people are what their scenarios say, such as 2026-03-01; by default
    /// the day of the link's registration by the account's clock
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_CAREERS_AS_OF",
        value_name = "DATE",
        value_parser = parse_day
    )]
    pub careers_as_of: Option<NaiveDate>,

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

    /// How many accounts there can be; beyond that, one that holds nothing or was idle for an hour
    /// gives way, or the new one is refused
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

    /// The memory that one account may take, besides its log: 1MiB at least; beyond that, calls that
    /// add something are refused
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_ACCOUNT_MEMORY",
        value_name = "SIZE",
        default_value = "512MiB",
        value_parser = parse_account_memory
    )]
    account_memory: usize,

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

    #[command(flatten)]
    guard: GuardFlags,

    #[command(flatten)]
    demo: DemoFlags,

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
        let of_the_program = ProcessFlags::augment_args(clap::Command::default());
        let mut of_the_program = of_the_program.get_arguments().map(|flag| flag.get_id().as_str());
        if let Some(id) = of_the_program.find(is_given) {
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
    plain_words::of_flag(paragraph.trim_start_matches("error: "))
}

impl Flags {
    /// Logs a warning for each variable that looks like a flag's and sets none.
    pub(super) fn warn_of_unread_variables() {
        environment::warn_of_unread_variables(&Flags::augment_args(clap::Command::default()));
    }

    pub(super) fn config(&self) -> Result<Config, String> {
        self.config_with(self.catalogue()?)
    }

    /// Returns the configuration with these scenarios and with nothing from the environment.
    pub(super) fn config_of_files(&self, scenarios: Catalogue) -> Result<Config, String> {
        Flags { environment: false, ..self.clone() }.config_with(scenarios)
    }

    fn config_with(&self, scenarios: Catalogue) -> Result<Config, String> {
        let settings = Settings {
            scenarios: scenarios.into(),
            seed: self.seed.only()?,
            careers_as_of: self.careers_as_of,
            webhook_delay: self.webhooks.webhook_delay,
            webhook_targets: self.webhooks.targets(self.environment)?,
            allowed_addresses: self.webhooks.allowed_addresses(self.environment)?,
            webhook_retries: self.webhooks.retries(),
            webhook_sends_per_receiver: self.webhooks.webhook_sends_per_receiver.into(),
            page_size: self.page_size.into(),
            rate_limits: self.rate_limits == RateLimits::Documented,
            log_budget: Arc::new(LogBudget::new(self.log_budget)),
            account_memory: self.account_memory,
        };
        let public_url = self.public_url()?;
        Ok(Config {
            guard: self.guard.guard(public_url.as_deref(), self.environment)?,
            control_token: self.guard.control_token()?,
            demo: self.demo.settings()?,
            settings: Arc::new(settings),
            policy: Policy {
                accepted: self.credentials()?,
                clock_mode: self.clock,
                most_accounts: self.accounts.into(),
                webhook_sends: self.webhooks.webhook_sends.into(),
                event_streams: shares(self.webhooks.webhook_sends.into()).streams,
            },
            trust: self.webhooks.trust(self.environment)?,
            public_url,
            trust_forwarded: self.trust_forwarded,
        })
    }

    /// The folders of scenario files, from the flag or its variable.
    pub(super) fn scenario_folders(&self) -> Result<Vec<PathBuf>, String> {
        if !self.scenarios.is_empty() {
            return Ok(self.scenarios.clone());
        }
        let of_variable = repeated("scenarios", &[], self.environment)?;
        Ok(of_variable.into_iter().map(PathBuf::from).collect())
    }

    pub(super) fn catalogue(&self) -> Result<Catalogue, String> {
        self.load_scenarios().map_err(|error| error.to_string())
    }

    /// Loads the scenarios, from the files as they are now.
    pub(super) fn load_scenarios(&self) -> Result<Catalogue, LoadError> {
        self.load_scenarios_of(&self.scenario_folders().map_err(LoadError::Unreadable)?)
    }

    /// Loads the scenarios of these folders.
    pub(super) fn load_scenarios_of(&self, folders: &[PathBuf]) -> Result<Catalogue, LoadError> {
        let rate_limits = self.rate_limits == RateLimits::Documented;
        let today = Clock::system().now().date_naive();
        scenario::load(folders, &self.scenario, rate_limits, today)
    }

    /// Loads the scenarios of the folders, and a file that takes the place of its own among them.
    pub(super) fn load_scenarios_and(&self, file: &Path) -> Result<Catalogue, LoadError> {
        let folders = self.scenario_folders().map_err(LoadError::Unreadable)?;
        let today = Clock::system().now().date_naive();
        scenario::load_with_file(&folders, file, &self.scenario, today)
    }

    /// Parses the accepted keys. An error names the flag only, because the value may contain a
    /// password.
    fn credentials(&self) -> Result<Vec<Credentials>, String> {
        let expected = "--credentials: expected ID:PASSWORD, with a colon and both parts not empty";
        let parse = |pair: &String| Credentials::parse(pair).ok_or_else(|| expected.to_owned());
        repeated("credentials", &self.credentials, self.environment)?.iter().map(parse).collect()
    }

    fn public_url(&self) -> Result<Option<String>, String> {
        let Some(text) = self.public_url.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let url = address::http_url(text).map_err(|problem| format!("--public-url: {problem}"))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("--public-url: the URL has a query or a fragment; leave it out".to_owned());
        }
        Ok(Some(url.as_str().trim_end_matches('/').to_owned()))
    }
}

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let day = text.parse().ok().filter(|day: &NaiveDate| DAYS.contains(day));
    day.ok_or_else(|| {
        format!("expected a day from {} to {}, such as 2026-03-01", DAYS.start(), DAYS.end())
    })
}

fn parse_log_budget(text: &str) -> Result<usize, String> {
    parse_size(text, SMALLEST_LOG_BUDGET_BYTES)
}

fn parse_account_memory(text: &str) -> Result<usize, String> {
    parse_size(text, SMALLEST_ACCOUNT_MEMORY_BYTES)
}

fn parse_size(text: &str, least: usize) -> Result<usize, String> {
    let bytes = size::parse(text)?;
    match bytes < least {
        true => Err(format!("{} is the least", size::show(least))),
        false => Ok(bytes),
    }
}
