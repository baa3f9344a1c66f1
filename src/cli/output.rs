//! Text on stdout and stderr whose reader may leave.

use std::io::{self, Write};

use crate::cli::exit_error::ExitError;

/// Prints a listing. A reader that leaves early, such as `head`, has what it wants.
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

/// Says a line that the emulator can do without: it serves also when nobody reads.
pub(super) fn say(mut to: impl Write, line: &str) {
    let _ = to.write_all(format!("{line}\n").as_bytes()).and_then(|()| to.flush());
}
