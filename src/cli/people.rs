//! `belvo-emulator people`: who the holder of a CURP is, as a table, as JSON, or as a scenario file.

mod file;
mod wishes;

use clap::{ArgMatches, Args};
use serde::Serialize;

use crate::cli::TableFormat;
use crate::cli::exit_error::ExitError;
use crate::cli::flags::{Flags, first_given};
use crate::cli::output::print;
use crate::cli::people::wishes::WishFlags;
use crate::cli::stream::STDERR;
use crate::cli::table::{as_json, table};
use crate::clock::Clock;
use crate::generate::{Person, invent_curp};
use crate::model::curp::Sex;
use crate::seed::Seed;

pub(super) const AFTER_HELP: &str = "Who has a CURP follows from the CURP and the seed: \
`belvo-emulator --seed 7` shows the person that `people --seed 7` tells. The holders of invented CURPs \
do not exist.

Examples:
  belvo-emulator people --seed 1..20
  belvo-emulator people --new --sex F --born 1990-05-12 --state DF
  belvo-emulator people ZACC900512MDFPRM06 > my-scenarios/camila.json";

/// The arguments of `people`.
#[derive(Args)]
pub(super) struct PeopleArguments {
    /// Write the working life of this CURP out, as a scenario file to edit
    #[arg(value_name = "CURP", conflicts_with_all = ["new", "format"])]
    curp: Option<String>,
    /// Make a CURP for somebody of whom something is known; another seed gives another one
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    wishes: WishFlags,
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    format: TableFormat,
}

/// A person as JSON.
#[derive(Serialize)]
struct PersonRow {
    seed: u64,
    curp: String,
    first_name: String,
    last_name: String,
    sex: &'static str,
    birth_date: String,
    /// The state of birth. It is null for those who were born abroad.
    state_of_birth: Option<&'static str>,
    nss: String,
    rfc: String,
    invented: bool,
}

/// The flags that only the working life of a CURP uses.
const OF_A_LIFE: [&str; 3] = ["careers_as_of", "scenarios", "scenario"];

/// Refuses a flag that would change nothing because there is no CURP.
pub(super) fn refuse_idle(matches: &ArgMatches) -> Result<(), ExitError> {
    let of_command = matches.subcommand().map(|(_, of_command)| of_command);
    if of_command.is_some_and(|of_command| of_command.contains_id("curp")) {
        return Ok(());
    }
    let Some(idle) = first_given(matches, &OF_A_LIFE) else { return Ok(()) };
    let flag = idle.replace('_', "-");
    Err(ExitError::Usage(format!("--{flag} has no effect on people without a CURP: leave it out")))
}

pub(super) fn run(flags: &Flags, arguments: &PeopleArguments) -> Result<(), ExitError> {
    let today = Clock::system().now().date_naive();
    if let Some(curp) = &arguments.curp {
        let life = file::scenario_file(flags, curp, today).map_err(ExitError::Usage)?;
        // Beside the file, so that it can be saved.
        life.shortfalls.iter().for_each(|shortfall| STDERR.say(shortfall));
        return print(&life.file);
    }
    let wishes = arguments.wishes.wishes(today).map_err(ExitError::Usage)?;
    let rows = flags.seed.numbers().map(|number| {
        let seed = Seed::new(number);
        let curp = invent_curp(&seed, wishes);
        row(number, Person::new(&curp, &seed), curp)
    });
    match arguments.format {
        TableFormat::Table => print(&as_table(rows)),
        TableFormat::Json => print(&as_json(&rows.collect::<Vec<PersonRow>>())),
    }
}

fn row(seed: u64, person: Person, curp: String) -> PersonRow {
    PersonRow {
        seed,
        curp,
        first_name: person.first_name(),
        last_name: person.last_name(),
        sex: match person.sex {
            Sex::Female => "F",
            Sex::Male => "M",
        },
        birth_date: person.birth_date.to_string(),
        state_of_birth: person.birthplace.map(|state| state.name),
        nss: person.nss,
        rfc: person.rfc,
        invented: true,
    }
}

fn as_table(rows: impl Iterator<Item = PersonRow>) -> String {
    let header = ["SEED", "CURP", "NAME", "SEX", "BORN", "STATE OF BIRTH", "NSS", "RFC"];
    let cells = rows.map(|row| {
        [
            row.seed.to_string(),
            row.curp,
            format!("{} {}", row.first_name, row.last_name),
            row.sex.to_owned(),
            row.birth_date,
            row.state_of_birth.unwrap_or("(abroad)").to_owned(),
            row.nss,
            row.rfc,
        ]
    });
    format!("{}\nThese people are invented.\n", table(header, cells))
}
