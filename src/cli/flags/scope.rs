//! The flags that each command uses. Its help shows no other, it refuses any other on the command
//! line, and it reads the variable of no other.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::cli::flags::environment::without_void_variables;

/// Commands that use some flags of the emulator, or none. The others use all.
const USED: &[(&str, &[&str])] = &[
    ("scenarios", &["scenarios", "scenario", "rate_limits"]),
    ("errors", &["scenarios", "scenario", "rate_limits"]),
    ("drift", &[]),
    ("healthcheck", &["host", "port", "port_file"]),
];

/// Returns the command line that parses `arguments`: each command with the flags that it uses, and
/// with the variables that count.
pub(in crate::cli) fn scoped(command: Command, arguments: &[OsString]) -> Command {
    let named = named_command(command.clone(), arguments);
    let command = USED.iter().fold(command, |command, (name, used)| hidden(command, name, used));
    let used = USED.iter().find(|(name, _)| named.as_deref() == Some(*name));
    let command = without_void_variables(command);
    match used {
        None => command,
        Some((_, used)) => command.mut_args(|flag| {
            let is_used = used.contains(&flag.get_id().as_str());
            if is_used { flag } else { flag.env(Resettable::Reset) }
        }),
    }
}

/// Refuses a flag that the named command would ignore.
///
/// # Errors
/// A sentence that names the flag and the command.
pub(in crate::cli) fn refuse_unused(matches: &ArgMatches) -> Result<(), String> {
    let Some((command, of_command)) = matches.subcommand() else { return Ok(()) };
    let Some((_, used)) = USED.iter().find(|(name, _)| *name == command) else { return Ok(()) };
    let is_given = |id: &str| {
        [matches, of_command].iter().any(|matches| {
            matches.try_contains_id(id).is_ok()
                && matches.value_source(id) == Some(ValueSource::CommandLine)
        })
    };
    let is_own = |id: &str| matches.try_contains_id(id).is_err();
    let mut ids = of_command.ids().chain(matches.ids()).map(|id| id.as_str());
    let Some(unused) = ids.find(|id| !used.contains(id) && !is_own(id) && is_given(id)) else {
        return Ok(());
    };
    let flag = |id: &str| format!("--{}", id.replace('_', "-"));
    let uses = match used {
        [] => "none of the emulator's flags".to_owned(),
        used => format!("only {}", used.iter().map(|id| flag(id)).collect::<Vec<_>>().join(", ")),
    };
    Err(format!("{} has no effect on {command}, which uses {uses}: leave it out", flag(unused)))
}

/// Hides the flags that a command does not use. It still parses them, so that the error can say
/// why they are refused.
fn hidden(command: Command, name: &str, used: &[&str]) -> Command {
    let is_unused = |id: &str| !used.contains(&id);
    let unused: Vec<_> = command
        .get_arguments()
        .filter(|flag| flag.is_global_set() && is_unused(flag.get_id().as_str()))
        .map(|flag| flag.clone().hide(true).env(Resettable::Reset))
        .collect();
    command.mut_subcommand(name, |command| command.args(unused))
}

/// Returns the command that the arguments name. Their errors are found later.
fn named_command(command: Command, arguments: &[OsString]) -> Option<String> {
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .ignore_errors(true)
        .mut_args(|flag| flag.env(Resettable::Reset));
    let matches = command.try_get_matches_from(arguments).ok()?;
    matches.subcommand_name().map(str::to_owned)
}
