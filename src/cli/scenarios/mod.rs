//! `belvo-emulator scenarios`: lists the scenarios, and helps to write files of one's own.

mod check;
mod expand;
mod list;
mod new;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Subcommand, ValueEnum};

use crate::cli::TableFormat;
use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::scenarios::show::ShowArguments;
use crate::scenario::schema;

#[derive(Subcommand)]
pub(super) enum ScenarioCommand {
    /// Show all that is wrong in scenario files; exit code 1 if there is a mistake
    #[command(after_help = AFTER_CHECK_HELP)]
    Check {
        /// Files and folders, or - for stdin; without any, the folders of --scenarios, or else the
        /// built-in files
        #[arg(value_name = "FILE|DIR|-")]
        paths: Vec<PathBuf>,
        #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
        format: CheckFormat,
        /// The findings that the exit code takes for errors, besides errors
        #[arg(long, value_enum, value_name = "warnings")]
        deny: Option<Denied>,
    },
    /// Write a file NAME.belvo.json to begin with, a copy of another scenario, into the folder of
    /// scenario files or the present one
    New {
        /// The name of the new scenario: lower-case letters, digits and underscores
        name: String,
        /// The scenario to copy
        #[arg(long, value_name = "NAME")]
        from: String,
        /// The CURP that the new scenario answers; by default one that nobody has
        #[arg(long)]
        curp: Option<String>,
    },
    /// Print the file of a scenario, or all that it serves; the path of the file goes to stderr
    #[command(after_help = show::AFTER_HELP)]
    Show(ShowArguments),
    /// Print the JSON Schema of scenario files, with which editors complete and check them
    Schema,
}

const AFTER_CHECK_HELP: &str = "Errors stop a start of the emulator; warnings are lines in its log.

Exit codes: 0 no errors, or with --deny warnings no findings; 1 there are some; 2 a file cannot be read.";

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum CheckFormat {
    /// For people: the line and a caret below what is wrong
    Text,
    /// For programs: one object
    Json,
    /// For GitHub Actions: commands that mark the lines of a pull request
    Github,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Denied {
    Warnings,
}

/// Runs `scenarios` with or without a command of its own.
pub(super) fn run(
    flags: &Flags,
    format: TableFormat,
    command: Option<ScenarioCommand>,
    matches: &ArgMatches,
) -> Result<ExitCode, ExitError> {
    match command {
        None => list::run(flags, format).map(|()| ExitCode::SUCCESS),
        Some(ScenarioCommand::Check { paths, format, deny }) => {
            check::run(flags, &paths, format, deny.is_some())
        }
        Some(ScenarioCommand::New { name, from, curp }) => {
            new::run(flags, name, &from, curp).map(|()| ExitCode::SUCCESS)
        }
        Some(ScenarioCommand::Show(arguments)) => {
            show::refuse_idle(&arguments, matches)?;
            show::run(flags, &arguments).map(|()| ExitCode::SUCCESS)
        }
        Some(ScenarioCommand::Schema) => {
            let schema = serde_json::to_string_pretty(schema::document()).expect("it is JSON");
            print(&(schema + "\n")).map(|()| ExitCode::SUCCESS)
        }
    }
}
