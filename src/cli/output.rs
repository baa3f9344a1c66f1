//! Prints text to stdout and stderr, whose readers may leave early.

use std::io::{self, Write};

use crate::cli::exit_error::ExitError;

/// Prints a listing. It is no error when the reader leaves early, as `head` does.
///
/// # Errors
/// The text cannot be written for another reason, such as a full disk.
pub(super) fn print(listing: &str) -> Result<(), ExitError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(listing.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(ExitError::Runtime(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line. The emulator goes on serving if the line cannot be written.
pub(super) fn say(mut to: impl Write, line: &str) {
    let _ = to.write_all(format!("{line}\n").as_bytes()).and_then(|()| to.flush());
}
