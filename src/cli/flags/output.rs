//! Flags that say what the program prints.

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum LogFormat {
    Text,
    Json,
}

/// The flags of a program. An emulator inside another program refuses them.
#[derive(Args, Clone)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct OutputFlags {
    /// How log lines are written to stderr
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text
    )]
    pub(in crate::cli) log_format: LogFormat,

    /// Write a line on stderr for each request
    ///
    /// Answers that are not 2xx have theirs without this flag.
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_LOG_REQUESTS",
        value_parser = BoolishValueParser::new()
    )]
    pub(in crate::cli) log_requests: bool,

    /// Show nothing but the line that says the emulator is ready, and errors
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_QUIET",
        value_parser = BoolishValueParser::new()
    )]
    pub(in crate::cli) quiet: bool,
}
