//! The command line: its subcommands, and the flags and environment variables that all of them
//! share.

mod command;
mod completions;
mod drift;
mod errors;
mod exec;
mod exit_error;
mod flags;
mod healthcheck;
mod listen;
mod listening;
mod log;
mod look;
mod man;
mod orphans;
mod output;
mod parent;
mod people;
mod port_file;
#[cfg(target_os = "linux")]
mod process_table;
mod scenarios;
mod serve;
mod signals;
mod stop;
mod stream;
mod table;
mod watch;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::TimeDelta;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::listen::ListenArguments;
use crate::cli::output::{print, print_of_clap};
use crate::cli::people::PeopleArguments;
use crate::cli::scenarios::ScenarioCommand;
use crate::cli::stream::{LastLines, STDERR};
use crate::model::duration;
use crate::openapi;

/// A local stand-in for Belvo's API: links and Mexican employment records.
#[derive(Parser)]
#[command(
    name = "belvo-emulator",
    version,
    after_help = format!("{EXAMPLES}\n\n{MORE_HELP}"),
    after_long_help = format!("{AFTER_HELP}\n\n{EXAMPLES}")
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

const EXAMPLES: &str = "\
Examples:
  belvo-emulator --webhook-url http://localhost:9000/webhooks
  belvo-emulator listen
  belvo-emulator exec --clock skip -- pytest";

const MORE_HELP: &str = "\
More on each flag, the variables and the exit codes: belvo-emulator --help";

const AFTER_HELP: &str = "Every flag has an environment variable, BELVO_EMULATOR_ and the flag's \
name in capitals: a flag wins over its variable, which wins over the default. A variable that is empty \
is absent. Variables of flags \
that can be repeated hold their values separated by blanks. Durations are written 500ms, 15s, 2m, \
24h or 7d.

Exit codes: 0 success, also after SIGTERM or SIGINT; 1 it could not be done (healthcheck: not ready; \
drift: there are differences that are not known); 2 a flag, a variable or a file is wrong; 3 the port is in use. exec \
passes the code of its command on.";

const AFTER_EXEC_HELP: &str = "Example: belvo-emulator exec --webhook-delay 0s -- pytest -x

The command finds the emulator in BELVO_BASE_URL and, for Belvo's SDKs, in BELVO_API_URL, and its keys \
in BELVO_SECRET_ID and BELVO_SECRET_PASSWORD: the first of --credentials, or my-id and my-password \
where any are accepted. The port is a free one unless --port or its variable names it.

The exit code is the command's: 128 and the signal's number if a signal killed it, 127 if it is not \
found, 126 if it cannot be executed. If the emulator fails, it is 1, 2 or 3, as for the other \
commands.";

const AFTER_COMPLETIONS_HELP: &str = "\
Examples:
  belvo-emulator completions bash > ~/.local/share/bash-completion/completions/belvo-emulator
  belvo-emulator completions zsh > ~/.zfunc/_belvo-emulator
  belvo-emulator completions fish > ~/.config/fish/completions/belvo-emulator.fish";

#[derive(Subcommand)]
enum Command {
    /// Serve the API, as without a command
    Serve,
    /// Serve the API while a command runs, such as a test suite, and end with its exit code
    #[command(
        override_usage = "belvo-emulator exec [OPTIONS] -- COMMAND [ARGUMENTS]...",
        after_help = AFTER_EXEC_HELP
    )]
    Exec {
        /// Show the whole log of the emulator; otherwise only warnings and errors
        #[arg(long)]
        verbose: bool,
        /// The command to run, and its arguments
        #[arg(value_name = "COMMAND", trailing_var_arg = true)]
        command: Vec<OsString>,
    },
    /// List the scenarios, or check scenario files
    Scenarios {
        #[arg(long, value_enum, default_value_t = TableFormat::Table)]
        format: TableFormat,
        #[command(subcommand)]
        command: Option<ScenarioCommand>,
    },
    /// List every documented error and how to get it here
    Errors {
        #[arg(long, value_enum, default_value_t = TableFormat::Table)]
        format: TableFormat,
    },
    /// Tell who people with Mexican CURPs are here: invented ones, one for each seed; or write the
    /// working life of one out as a scenario file
    #[command(after_help = people::AFTER_HELP)]
    People(PeopleArguments),
    /// List where the emulator differs from Belvo's OpenAPI description in a way that matters to a
    /// client; exit code 1 if a difference is not known
    Drift {
        /// Belvo's description, downloaded as JSON
        #[arg(value_name = "SPEC.json")]
        spec: PathBuf,
        /// Show the known differences too, each with its reason
        #[arg(long)]
        all: bool,
    },
    /// Receive webhooks and show each, for want of a receiver of your own
    #[command(after_help = listen::AFTER_HELP)]
    Listen(ListenArguments),
    /// Print the script with which a shell completes the command line
    #[command(after_help = AFTER_COMPLETIONS_HELP)]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the man page of a command, or of the program
    Man {
        /// The command, such as exec
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
    /// Ask a running emulator whether it is ready; exit code 0 if it is
    Healthcheck {
        /// Ask again until it is ready, for 30s or for the time given
        #[arg(
            long,
            value_name = "DURATION",
            num_args = 0..=1,
            default_missing_value = "30s",
            value_parser = duration::parse
        )]
        wait: Option<TimeDelta>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum TableFormat {
    Table,
    Json,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    log::write_panics();
    let _last_lines = LastLines;
    let outcome = match parse() {
        Ok((cli, matches)) => run(cli, &matches),
        Err(told) => print_of_clap(&told).map(ExitCode::from),
    };
    outcome.unwrap_or_else(|failure| {
        STDERR.say(&format!("error: {failure}"));
        ExitCode::from(failure.exit_code())
    })
}

fn parse() -> Result<(Cli, ArgMatches), clap::Error> {
    let arguments: Vec<OsString> = env::args_os().collect();
    if let Some(serving) = parse_without_command(&arguments) {
        return Ok(serving);
    }
    let matches = flags::scoped(Cli::command(), &arguments).try_get_matches_from(&arguments)?;
    Ok((Cli::from_arg_matches(&matches)?, matches))
}

/// Parses a command line that has flags alone, as most have. To put all commands together would take
/// longer than the rest of the start. A mistake is left to [`parse`], which knows all commands.
fn parse_without_command(arguments: &[OsString]) -> Option<(Cli, ArgMatches)> {
    let matches = flags::without_commands().try_get_matches_from(arguments).ok()?;
    let flags = Flags::from_arg_matches(&matches).ok()?;
    Some((Cli { command: None, flags }, matches))
}

fn run(Cli { command, mut flags }: Cli, matches: &ArgMatches) -> Result<ExitCode, ExitError> {
    flags::refuse_unused(matches).map_err(ExitError::Usage)?;
    let success = |()| ExitCode::SUCCESS;
    match command {
        None | Some(Command::Serve) => serve::run(&flags).map(success),
        Some(Command::Exec { verbose, command }) => {
            if matches.value_source("port") == Some(ValueSource::DefaultValue) {
                flags.process.port = 0;
            }
            exec::run(&flags, verbose, &command)
        }
        Some(Command::Scenarios { format, command }) => {
            scenarios::run(&flags, format, command, matches)
        }
        Some(Command::Errors { format }) => errors::run(&flags, format).map(success),
        Some(Command::People(arguments)) => {
            people::refuse_idle(matches)?;
            people::run(&flags, &arguments).map(success)
        }
        Some(Command::Drift { spec, all }) => drift::run(openapi::description(), &spec, all),
        Some(Command::Listen(arguments)) => listen::run(&flags, &arguments).map(success),
        Some(Command::Completions { shell }) => {
            let script = completions::script(flags::tidied(Cli::command()), shell);
            print(&script).map(success)
        }
        Some(Command::Man { command }) => {
            let page = man::page(flags::tidied(Cli::command()), command.as_deref());
            print(&page.map_err(ExitError::Usage)?).map(success)
        }
        Some(Command::Healthcheck { wait }) => healthcheck::run(&flags, wait).map(success),
    }
}
