//! `belvo-emulator scenarios show`: prints the file of a scenario, or all that it serves.

use std::path::Path;
use std::sync::Arc;

use clap::{ArgMatches, Args};

use crate::cli::exit_error::ExitError;
use crate::cli::flags::{Flags, first_given};
use crate::cli::output::print;
use crate::cli::scenarios::expand;
use crate::cli::stream::STDERR;
use crate::scenario::{Catalogue, Scenario, built_in, read_file, unknown_name};

pub(super) const AFTER_HELP: &str = "With --expand, the output has the answer to the login, the \
records as GET /api/employment-records/ lists them, and each later step with what it changes. The \
account is that of the keys my-id and my-password, and the time is now, or noon of --careers-as-of.

Examples:
  belvo-emulator scenarios show job_changes
  belvo-emulator scenarios show job_changes --expand --careers-as-of 2026-03-01
  belvo-emulator scenarios show my-scenarios/ana.belvo.json --expand";

/// The flags that only `--expand` uses.
const OF_EXPAND: [&str; 2] = ["seed", "careers_as_of"];

/// The arguments of `scenarios show`.
#[derive(Args)]
pub(in crate::cli) struct ShowArguments {
    /// The name of a scenario, or a scenario file
    #[arg(value_name = "NAME|FILE")]
    name: String,
    /// Show what is served in place of the file: the records with all that follows from the file,
    /// and what happens later
    #[arg(long)]
    expand: bool,
    /// The CURP to register; by default the one that the scenario claims, or else Belvo's test CURP
    #[arg(long, requires = "expand")]
    curp: Option<String>,
}

/// Refuses a flag that would change nothing without `--expand`.
pub(super) fn refuse_idle(
    arguments: &ShowArguments,
    matches: &ArgMatches,
) -> Result<(), ExitError> {
    let Some(idle) = first_given(matches, &OF_EXPAND).filter(|_| !arguments.expand) else {
        return Ok(());
    };
    let flag = idle.replace('_', "-");
    Err(ExitError::Usage(format!("--{flag} has no effect without --expand: leave it out")))
}

pub(super) fn run(flags: &Flags, arguments: &ShowArguments) -> Result<(), ExitError> {
    let catalogue = match file(&arguments.name) {
        None => flags.catalogue().map_err(ExitError::Usage)?,
        Some(path) => flags
            .load_scenarios_and(path)
            .map_err(|problem| ExitError::Usage(problem.to_string()))?,
    };
    let (scenario, text) = match file(&arguments.name) {
        None => text_of(&catalogue, &arguments.name)?,
        Some(path) => of_file(&catalogue, path)?,
    };
    // Beside the text, so that it can be written to a file.
    STDERR.say(&scenario.origin.file);
    match arguments.expand {
        true => expand::run(flags, catalogue, &scenario, arguments.curp.as_deref()),
        false => print(&text),
    }
}

/// Returns the path if the argument is one. Names of scenarios have neither slashes nor dots.
fn file(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    (name.contains(['/', '\\']) || name.contains('.') && path.exists()).then_some(path)
}

fn of_file(catalogue: &Catalogue, path: &Path) -> Result<(Arc<Scenario>, String), ExitError> {
    let shown = path.display().to_string();
    let mut scenarios = catalogue.scenarios().iter();
    let scenario = scenarios.find(|scenario| scenario.origin.file == shown).cloned();
    let gone = || ExitError::Usage(format!("{shown} changed while it was read"));
    Ok((scenario.ok_or_else(gone)?, read_file(path).map_err(ExitError::Usage)?))
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
