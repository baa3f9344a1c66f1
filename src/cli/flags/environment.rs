//! Reads the environment variables of flags. A variable that is empty is absent.

use std::env;
use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::{Arg, Command};

use crate::model::suggestion::did_you_mean;

const PREFIX: &str = "BELVO_EMULATOR_";

/// Names that Kubernetes gives to the variables of a Service, and Docker to those of a link. If the
/// Service is named belvo-emulator, they begin with [`PREFIX`].
const INJECTED: &str =
    r"(^|_)(SERVICE_(HOST|PORT)(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$|^ENV_|^NAME$";

/// The names after the prefix that are no flag's and are known all the same.
const OTHERS: &[&str] = &["BIN"]; // Suites name the emulator's binary in it.

/// Returns the values of a flag that can be repeated. Without any, the values come from its
/// environment variable.
pub(super) fn repeated(
    flag: &str,
    given: &[String],
    environment: bool,
) -> Result<Vec<String>, String> {
    if !given.is_empty() || !environment {
        return Ok(given.to_vec());
    }
    let variable = format!("{PREFIX}{}", suffix(flag));
    match env::var(&variable) {
        Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
        Err(env::VarError::NotPresent) => Ok(Vec::new()),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{variable} is not UTF-8")),
    }
}

/// Returns the command without the variables that must not be read: empty ones, and the port of a
/// Kubernetes Service. The help names them still.
pub(super) fn without_void_variables(command: Command) -> Command {
    command.mut_args(|flag| {
        let is_void = flag.get_env().is_some_and(|name| {
            env::var_os(name).is_some_and(|value| is_empty(&value) || is_of_a_service(name, &value))
        });
        if is_void { without_variable(flag) } else { flag }
    })
}

/// Returns the flag without its variable, which its help goes on to name.
fn without_variable(flag: Arg) -> Arg {
    let (name, help) = (flag.get_env().map(OsStr::to_owned), flag.get_help().cloned());
    let help = flag.get_long_help().cloned().or(help);
    let flag = flag.env(Resettable::Reset);
    match (name, help) {
        (Some(name), Some(help)) => flag.long_help(format!("{help}\n\n[env: {}=]", name.display())),
        _ => flag,
    }
}

/// Compose sets a variable to the empty text when the one that it copies is absent. In a list of
/// values, blanks are no value either.
fn is_empty(value: &OsStr) -> bool {
    value.to_str().is_some_and(|text| text.trim().is_empty())
}

/// Tells that a variable was set by Kubernetes, for a Service named belvo-emulator: such as
/// `BELVO_EMULATOR_PORT=tcp://10.96.0.5:23586`.
fn is_of_a_service(name: &OsStr, value: &OsStr) -> bool {
    let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
    name.ends_with("_PORT")
        && ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme))
}

/// Logs a warning for each variable that looks like a flag's and sets none.
pub(super) fn warn_of_unread_variables(flags: &Command) {
    for warning in warnings(flags, env::vars_os()) {
        tracing::warn!("{warning}");
    }
}

fn warnings(flags: &Command, variables: impl Iterator<Item = (OsString, OsString)>) -> Vec<String> {
    let known: Vec<String> =
        flags.get_arguments().filter_map(|flag| flag.get_long().map(suffix)).collect();
    let injected = regex_lite::Regex::new(INJECTED).expect("the pattern is a constant");
    let mut warnings: Vec<String> = variables
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let suffix = name.strip_prefix(PREFIX)?;
            let is_known = known.iter().any(|known| known == suffix) || OTHERS.contains(&suffix);
            if is_of_a_service(name.as_ref(), &value) {
                return is_known.then(|| of_a_service(&name, &value));
            }
            (!is_known && !injected.is_match(suffix)).then(|| unknown(&name, &known))
        })
        .collect();
    warnings.sort();
    warnings
}

fn of_a_service(name: &str, value: &OsStr) -> String {
    format!(
        "{name}={} is ignored: Kubernetes sets it for the Service named belvo-emulator; set the \
         port with --port, rename the Service, or set enableServiceLinks: false in the Pod",
        value.display()
    )
}

/// The value stays out of the log: it may be a password.
fn unknown(name: &str, known: &[String]) -> String {
    let known: Vec<String> = known.iter().map(|suffix| format!("{PREFIX}{suffix}")).collect();
    // All names begin alike, so only their ends are compared.
    let end = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    let ends: Vec<String> = known.iter().map(|name| end(name)).collect();
    let hint = did_you_mean(&end(name), ends.iter().map(String::as_str));
    let hint = hint.replacen('"', &format!("\"{PREFIX}"), 1);
    format!("{name} is ignored: no flag has this variable.{hint}")
}

/// Returns the name of a flag's variable without the prefix.
fn suffix(flag: &str) -> String {
    flag.to_uppercase().replace('-', "_")
}
