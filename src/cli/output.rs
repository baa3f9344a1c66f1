//! Prints the output of commands that end by themselves: listings, help and complaints.

use std::io::{self, Write};

use crate::cli::exit_error::ExitError;
use crate::cli::look::has_colors;
use crate::cli::stream::STDERR;
use crate::model::plain_words;

/// Prints a listing. It is no error when the reader leaves early, as `head` does.
///
/// # Errors
/// The text cannot be written for another reason, such as a full disk.
pub(super) fn print(listing: &str) -> Result<(), ExitError> {
    let mut stdout = io::stdout().lock();
    printed(stdout.write_all(listing.as_bytes()).and_then(|()| stdout.flush()))
}

/// Prints what clap has to say, and returns the exit code: help on stdout, a wrong argument on
/// stderr.
///
/// # Errors
/// The help cannot be written.
pub(super) fn print_of_clap(told: &clap::Error) -> Result<u8, ExitError> {
    if told.use_stderr() {
        let text = told.render();
        let text =
            if has_colors(&io::stderr()) { text.ansi().to_string() } else { text.to_string() };
        STDERR.say(plain_words::of_flag(&text).trim_end());
    } else {
        printed(told.print().and_then(|()| io::stdout().flush()))?;
    }
    Ok(u8::try_from(told.exit_code()).unwrap_or(2))
}

fn printed(outcome: io::Result<()>) -> Result<(), ExitError> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(ExitError::Runtime(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}
