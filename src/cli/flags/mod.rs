//! Parses the flags and their environment variables into a [`Config`], once.

mod demo;
mod environment;
mod guard;
mod output;
mod process;
mod scope;
mod seeds;
mod values;
mod webhooks;

pub(super) use scope::{first_given, refuse_unused, scoped, tidied, without_commands};

pub(super) use output::{LogFormat, OutputFlags};
pub(super) use process::ProcessFlags;

use std::ffi::OsString;
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
use crate::cli::flags::values::{parse_account_memory, parse_day, parse_log_budget};
use crate::cli::flags::webhooks::WebhookFlags;
use crate::clock::Clock;
use crate::config::{Config, any_keys};
use crate::descriptors::{shares, usual_threads};
use crate::model::{address, plain_words};
use crate::scenario::{self, Catalogue, LoadError};

/// The groups of flags in the help, besides those that have a file of their own.
const SERVING: &str = "Serving";
const SCENARIOS: &str = "Scenarios";
const TIME: &str = "Time";
const LIMITS: &str = "Limits";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RateLimits {
    None,
    Documented,
}

#[derive(Args, Clone)]
pub(super) struct Flags {
    #[command(flatten)]
    pub process: ProcessFlags,

    /// A pair of API keys to accept (repeatable); without any, every pair is accepted
    ///
    /// [env: BELVO_EMULATOR_CREDENTIALS]
    #[arg(long, global = true, value_name = "ID:PASSWORD", help_heading = SERVING)]
    credentials: Vec<String>,

    /// Base of the URLs in answers; by default the host that the client called
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_PUBLIC_URL",
        value_name = "URL",
        help_heading = SERVING
    )]
    public_url: Option<String>,

    /// Take the base of the URLs in answers from the headers of a proxy
    ///
    /// The headers are Forwarded, or X-Forwarded-Host and X-Forwarded-Proto.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_TRUST_FORWARDED",
        value_parser = BoolishValueParser::new(),
        help_heading = SERVING
    )]
    trust_forwarded: bool,

    /// Objects on a page when the client does not say
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_PAGE_SIZE",
        value_name = "N",
        default_value_t = 10,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..=1000),
        help_heading = SERVING
    )]
    page_size: u16,

    #[command(flatten)]
    guard: GuardFlags,

    #[command(flatten)]
    webhooks: WebhookFlags,

    /// Directory of scenario files that add to the built-in ones or replace them by name
    /// (repeatable)
    ///
    /// [env: BELVO_EMULATOR_SCENARIOS]
    #[arg(long, global = true, value_name = "DIR", help_heading = SCENARIOS)]
    scenarios: Vec<PathBuf>,

    /// Put the files of --scenarios in force when they change
    ///
    /// The last good ones stay when they have mistakes.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WATCH",
        value_parser = BoolishValueParser::new(),
        help_heading = SCENARIOS
    )]
    pub watch: bool,

    /// The scenario of every CURP that no scenario claims
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_SCENARIO",
        value_name = "NAME",
        default_value = "employed",
        help_heading = SCENARIOS
    )]
    scenario: String,

    /// Seed of everything that is drawn at random: one seed gives one set of answers, ids included
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_SEED",
        value_name = "N",
        default_value = "0",
        allow_negative_numbers = true,
        help_heading = SCENARIOS
    )]
    pub seed: Seeds,

    /// Day as of which generated people are what their scenarios say, such as 2026-03-01
    ///
    /// By default it is the day of the link's registration by the account's clock.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_CAREERS_AS_OF",
        value_name = "DATE",
        value_parser = parse_day,
        help_heading = TIME
    )]
    pub careers_as_of: Option<NaiveDate>,

    /// Mode of the accounts' clocks: real, manual, skip, or a factor such as 60x
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_CLOCK",
        value_name = "MODE",
        default_value = "real",
        help_heading = TIME
    )]
    clock: ClockMode,

    /// Turn Belvo's limits on the number of requests on
    ///
    /// They are three logins of a CURP a day, five deletions a minute, and 80 requests in 30 s.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_RATE_LIMITS",
        value_enum,
        default_value_t = RateLimits::None,
        help_heading = LIMITS
    )]
    rate_limits: RateLimits,

    /// How many accounts there can be
    ///
    /// Beyond that, one that holds nothing or was idle for an hour gives way, or the new one is
    /// refused.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_ACCOUNTS",
        value_name = "N",
        default_value_t = 1000,
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..),
        help_heading = LIMITS
    )]
    accounts: u16,

    /// The memory that one account may take, besides its log: 1MiB at least
    ///
    /// Beyond that, calls that add something are refused.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_ACCOUNT_MEMORY",
        value_name = "SIZE",
        default_value = "512MiB",
        value_parser = parse_account_memory,
        help_heading = LIMITS
    )]
    account_memory: usize,

    /// The memory for what happened to all accounts together: 64KiB at least
    ///
    /// It holds requests and webhooks. Beyond that, the oldest is forgotten.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_LOG_BUDGET",
        value_name = "SIZE",
        default_value = "64MiB",
        value_parser = parse_log_budget,
        help_heading = LIMITS
    )]
    log_budget: usize,

    /// Threads that answer requests, 256 at most; by default one for each core
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WORKERS",
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(1..=256),
        help_heading = LIMITS
    )]
    workers: Option<u16>,

    #[command(flatten)]
    pub output: OutputFlags,

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
        let of_the_program = OutputFlags::augment_args(of_the_program);
        let of_the_program = of_the_program.get_arguments().map(|flag| flag.get_id().as_str());
        if let Some(id) = of_the_program.chain(["watch"]).find(is_given) {
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
        let workers = self.workers.map_or_else(usual_threads, usize::from);
        let trust = self.webhooks.trust(&settings.webhook_targets, self.environment)?;
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
                event_streams: shares(workers, self.webhooks.webhook_sends.into()).streams,
            },
            trust,
            public_url,
            trust_forwarded: self.trust_forwarded,
            workers,
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

    /// Returns the first pair of keys, or that which is suggested where there is none.
    pub(super) fn first_keys(&self) -> Result<Credentials, String> {
        Ok(self.credentials()?.into_iter().next().unwrap_or_else(any_keys))
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
