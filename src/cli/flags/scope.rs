//! The flags that each command uses. Its help shows no other, it refuses any other on the command
//! line, and it reads the variable of no other.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command};

use crate::cli::flags::Flags;
use crate::cli::flags::environment::without_void_variables;

/// Commands that use some flags of the emulator, or none. The others use all.
const USED: &[(&str, &[&str])] = &[
    ("scenarios", &["scenarios", "scenario", "rate_limits"]),
    ("scenarios check", &["scenarios"]),
    ("scenarios new", &["scenarios"]),
    ("scenarios schema", &[]),
    ("scenarios show", &["scenarios", "seed", "careers_as_of"]),
    ("errors", &["scenarios", "scenario", "rate_limits"]),
    ("people", &["seed", "careers_as_of", "scenarios", "scenario"]),
    ("drift", &[]),
    ("man", &[]),
    ("completions", &[]),
    ("healthcheck", &["host", "port", "port_file"]),
    ("listen", &["host", "port", "credentials"]),
];

/// Commands for which some flags of the emulator mean something of their own. They do not read the
/// variables of these flags, which are for the emulator.
const REDEFINED: &[(&str, &[&str])] = &[("listen", &["host", "port"])];

/// Returns the command line that parses `arguments`: each command with the flags that it uses, and
/// with the variables that count.
pub(in crate::cli) fn scoped(command: Command, arguments: &[OsString]) -> Command {
    let named = named_command(command.clone(), arguments);
    // The short help is a line for each flag. `-h` shows it, and what is hidden matters to no other.
    let is_short = arguments.iter().any(|argument| argument == "-h");
    let command = tidied(command.mut_args(|flag| flag.hide_env(is_short)));
    let of_named = |(name, _): &&(&str, _)| named.as_deref() == Some(*name);
    let used = USED.iter().find(of_named);
    let redefined = REDEFINED.iter().find(of_named);
    let is_redefined = |id: &str| redefined.is_some_and(|(_, ids)| ids.contains(&id));
    let command = without_void_variables(command);
    match used {
        None => command,
        Some((_, used)) => command.mut_args(|flag| {
            let id = flag.get_id().as_str();
            let is_read = used.contains(&id) && !is_redefined(id);
            if is_read { flag } else { flag.env(Resettable::Reset) }
        }),
    }
}

/// Returns the command line that has the flags of the emulator alone.
pub(in crate::cli) fn without_commands() -> Command {
    without_void_variables(Flags::augment_args(Command::new("")))
}

/// Returns the command line, of which each command shows the flags that it uses.
pub(in crate::cli) fn tidied(command: Command) -> Command {
    USED.iter().fold(command, |command, (name, used)| hidden(command, name, used))
}

/// Refuses a flag that the named command would ignore.
///
/// # Errors
/// A sentence that names the flag and the command.
pub(in crate::cli) fn refuse_unused(matches: &ArgMatches) -> Result<(), String> {
    let (command, levels) = path_of(matches);
    let Some((_, used)) = USED.iter().find(|(name, _)| *name == command) else { return Ok(()) };
    let is_given = |id: &str| levels.iter().any(|matches| is_given(matches, id));
    let emulator = Flags::augment_args(Command::new(""));
    let is_flag_of_emulator = |id: &str| emulator.get_arguments().any(|flag| flag.get_id() == id);
    let mut ids = levels.iter().rev().flat_map(|matches| matches.ids()).map(|id| id.as_str());
    let Some(unused) = ids.find(|id| !used.contains(id) && is_flag_of_emulator(id) && is_given(id))
    else {
        return Ok(());
    };
    let flag = |id: &str| format!("--{}", id.replace('_', "-"));
    let uses = match used {
        [] => "none of the emulator's flags".to_owned(),
        used => format!("only {}", used.iter().map(|id| flag(id)).collect::<Vec<_>>().join(", ")),
    };
    Err(format!("{} has no effect on {command}, which uses {uses}: leave it out", flag(unused)))
}

/// Returns the first of these flags that the command line has.
pub(in crate::cli) fn first_given(
    matches: &ArgMatches,
    ids: &[&'static str],
) -> Option<&'static str> {
    let (_, levels) = path_of(matches);
    ids.iter().copied().find(|id| levels.iter().any(|matches| is_given(matches, id)))
}

/// Tells that the command line has a flag. The matches of some levels do not know it.
fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches.ids().any(|one| one == id) && matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Returns the names of the command and of its own command, and the matches of all levels.
fn path_of(matches: &ArgMatches) -> (String, Vec<&ArgMatches>) {
    let (mut names, mut levels) = (Vec::new(), vec![matches]);
    while let Some((name, inner)) = levels.last().and_then(|matches| matches.subcommand()) {
        names.push(name);
        levels.push(inner);
    }
    (names.join(" "), levels)
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
    let (outer, inner) = name.split_once(' ').unwrap_or((name, ""));
    command.mut_subcommand(outer, |command| match inner {
        "" => command.args(unused),
        inner => command.mut_subcommand(inner, |command| command.args(unused)),
    })
}

/// Returns the command that the arguments name. Their errors are found later.
fn named_command(command: Command, arguments: &[OsString]) -> Option<String> {
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .ignore_errors(true)
        .mut_args(|flag| flag.env(Resettable::Reset));
    let matches = command.try_get_matches_from(arguments).ok()?;
    Some(path_of(&matches).0)
}
