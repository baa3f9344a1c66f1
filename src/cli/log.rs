//! The process's log: lines on stderr, for people or for programs.

use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::flags::{Flags, LogFormat};

/// Shows lines up to `level`, unless the flags ask for quiet. Lines of libraries are left out,
/// because they help no user of the emulator.
pub(super) fn start(flags: &Flags, level: LevelFilter) {
    let level = if flags.process.quiet { LevelFilter::ERROR } else { level };
    let ours = Targets::new().with_target("belvo_emulator", level);
    let lines = fmt::layer().with_writer(io::stderr).with_target(false);
    let log = tracing_subscriber::registry().with(ours);
    match flags.process.log_format {
        LogFormat::Text => log.with(lines.with_ansi(io::stderr().is_terminal())).init(),
        LogFormat::Json => log.with(lines.json().flatten_event(true)).init(),
    }
}
