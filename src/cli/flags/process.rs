//! Flags that say where the program listens and what it prints.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum LogFormat {
    Text,
    Json,
}

/// The flags of a program. An emulator inside another program refuses them.
#[derive(Args, Clone)]
pub(in crate::cli) struct ProcessFlags {
    /// Address to listen on, or a name that is listened to at all its addresses
    #[arg(long, global = true, env = "BELVO_EMULATOR_HOST", default_value = "127.0.0.1")]
    pub(in crate::cli) host: String,

    /// Port to listen on; 0 takes any free one
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_PORT",
        default_value_t = 23586,
        allow_negative_numbers = true
    )]
    pub(in crate::cli) port: u16,

    /// Write the port to this file once the emulator is ready, and remove the file at the stop
    #[arg(long, global = true, env = "BELVO_EMULATOR_PORT_FILE", value_name = "PATH")]
    pub(in crate::cli) port_file: Option<PathBuf>,

    /// Stop when the process that started the emulator has ended, or when stdin ends if it is a pipe
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_EXIT_WITH_PARENT",
        value_parser = BoolishValueParser::new()
    )]
    pub(in crate::cli) exit_with_parent: bool,

    /// Put the files of --scenarios in force when they change, and keep the last good ones when they
    /// have mistakes
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_WATCH",
        value_parser = BoolishValueParser::new()
    )]
    pub(in crate::cli) watch: bool,

    /// How log lines are written to stderr
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text
    )]
    pub(in crate::cli) log_format: LogFormat,

    /// Write a line on stderr for each request. Answers that are not 2xx have theirs without this
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
