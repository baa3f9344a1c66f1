//! `belvo-emulator scenarios show NAME --expand`: shows what a scenario serves, from the login on.

mod differences;
mod rehearsal;

use chrono::{NaiveTime, TimeDelta};
use serde::Serialize;
use serde_json::Value;

use crate::account::{Query, ScheduledTask};
use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::scenarios::expand::differences::{Difference, differences};
use crate::cli::scenarios::expand::rehearsal::{Login, Rehearsal};
use crate::clock::Clock;
use crate::model::profile::DataSource;
use crate::model::{Timestamp, duration, six_digits};
use crate::scenario::{Catalogue, Scenario};

/// Belvo's test CURP, for a scenario that claims none.
const CURP_OF_BELVO: &str = "BLPM951331IONVGR54";
/// The time of the login on the day of `--careers-as-of`.
const NOON: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
/// The steps whose effect a reading shows.
const CHANGING: [&str; 5] = ["new_job", "job_loss", "raise", "refuse_logins", "ask_token"];

/// A login, and all that follows from it.
#[derive(Serialize)]
struct Expanded<'a, R> {
    scenario: &'a str,
    curp: &'a str,
    institution: &'a str,
    #[serde(serialize_with = "six_digits")]
    registered_at: Timestamp,
    /// The answer that refuses the login.
    refusal: Option<&'a Value>,
    /// The records, as `GET /api/employment-records/` lists them when they are loaded.
    records: Vec<R>,
    scheduled: Vec<Planned>,
    notes: &'a [String],
}

/// A task of the link.
#[derive(Serialize)]
struct Planned {
    /// The time from the login to the task.
    #[serde(serialize_with = "duration::serialize")]
    after: TimeDelta,
    what: &'static str,
    /// The values that are others in a reading at that time because of the task.
    changes: Vec<Difference>,
    /// The answer to a reading at that time that the task refuses.
    refusal: Option<Value>,
}

/// Registers a CURP in an account of its own, and prints the answer, the records and what happens
/// later.
pub(super) fn run(
    flags: &Flags,
    catalogue: Catalogue,
    scenario: &Scenario,
    curp: Option<&str>,
) -> Result<(), ExitError> {
    let config = flags.config_of_files(catalogue).map_err(ExitError::Usage)?;
    let login = Login {
        scenario,
        curp: curp.or(scenario.curp()).unwrap_or(CURP_OF_BELVO),
        institution: match scenario.source() {
            Some(DataSource::Issste) => "issste_mx_employment",
            Some(DataSource::Imss) | None => "planet_mx_employment",
        },
        at: match flags.careers_as_of {
            Some(day) => day.and_time(NOON).and_utc(),
            None => Clock::system().now(),
        },
    };
    let rehearsal = Rehearsal::of(&config, &login);
    let load = rehearsal.tasks.iter().find(|task| task.what == "load");
    let loaded = rehearsal.account_at(load.map_or(login.at, |load| load.due), &[]);
    let query = Query::new(String::new(), "");
    let page = loaded.list_employment_records(&query).map_err(|_| unlisted())?;
    let expanded = Expanded {
        scenario: scenario.name.as_str(),
        curp: login.curp,
        institution: login.institution,
        registered_at: login.at,
        refusal: rehearsal.refusal.as_ref(),
        records: page.results,
        scheduled: planned(&rehearsal, login.at),
        notes: &rehearsal.notes,
    };
    let text = serde_json::to_string_pretty(&expanded).expect("the records are plain data");
    print(&(text + "\n"))
}

fn planned(rehearsal: &Rehearsal, begin: Timestamp) -> Vec<Planned> {
    let tasks = &rehearsal.tasks;
    tasks.iter().enumerate().map(|(place, task)| effect(rehearsal, task, place, begin)).collect()
}

/// Compares a reading at the time of a task with one without the task.
fn effect(rehearsal: &Rehearsal, task: &ScheduledTask, place: usize, begin: Timestamp) -> Planned {
    let (after, what) = (task.due - begin, task.what);
    let mut planned = Planned { after, what, changes: Vec::new(), refusal: None };
    if CHANGING.contains(&what) {
        let (with, without) = (&rehearsal.tasks[place + 1..], &rehearsal.tasks[place..]);
        match [without, with].map(|skipped| rehearsal.reading(task.due, skipped)) {
            [Ok(before), Ok(after)] => planned.changes = differences(&before, &after),
            [_, Err(refusal)] => planned.refusal = Some(refusal),
            [Err(_), Ok(_)] => {}
        }
    }
    planned
}

fn unlisted() -> ExitError {
    ExitError::Runtime("the records cannot be listed".to_owned())
}
