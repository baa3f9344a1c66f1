//! `belvo-emulator scenarios show`: prints the file of a scenario.

use std::path::Path;
use std::sync::Arc;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::stream::STDERR;
use crate::scenario::{Catalogue, Scenario, built_in, read_file, unknown_name};

pub(super) fn run(flags: &Flags, name: &str) -> Result<(), ExitError> {
    let catalogue = flags.catalogue().map_err(ExitError::Usage)?;
    let (scenario, text) = text_of(&catalogue, name)?;
    // Beside the text, so that it can be written to a file.
    STDERR.say(&scenario.origin.file);
    print(&text)
}

/// Returns a scenario by its name, and the text of its file.
pub(super) fn text_of(
    catalogue: &Catalogue,
    name: &str,
) -> Result<(Arc<Scenario>, String), ExitError> {
    let unknown = || ExitError::Usage(unknown_name(name, catalogue.scenarios(), None));
    let scenario = catalogue.find(name).cloned().ok_or_else(unknown)?;
    let path = &scenario.origin.file;
    let text = match built_in().into_iter().find(|source| source.path == *path) {
        Some(source) => source.text,
        None => read_file(Path::new(path)).map_err(ExitError::Usage)?,
    };
    Ok((scenario, text))
}
