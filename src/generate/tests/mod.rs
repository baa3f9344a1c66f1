//! Would a person believe the careers? Checked over many CURPs.

mod anchors;
mod believed;
mod statistics;
mod traits;

use chrono::{Datelike, Days, NaiveDate};

use crate::generate::{Subject, employment, shortfalls};
use crate::model::employment_record::{Employment, Spell, StatusUpdate};
use crate::model::profile::{DataSource, EmploymentStatus, Profile};
use crate::model::state::STATES;
use crate::seed::Seed;

/// The day of most registrations.
const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
/// The profiles of the three statuses, for both institutions.
const STATUSES: [EmploymentStatus; 3] =
    [EmploymentStatus::Employed, EmploymentStatus::Unemployed, EmploymentStatus::Retired];
const SOURCES: [DataSource; 2] = [DataSource::Imss, DataSource::Issste];

/// Returns a CURP of somebody who was born on a day: of all initials and states, and of both sexes.
fn curp(number: usize, born: NaiveDate) -> String {
    let letter = |number: usize| char::from(b'A' + (number % 26) as u8);
    let state = STATES[number / 2 % STATES.len()].code;
    let homonym = if born.year() < 2000 { '0' } else { 'A' };
    let inner = |number: usize| ['R', 'L', 'N', 'S'][number % 4];
    format!(
        "{}{}{}{}{}{}{state}{}{}{}{homonym}{}",
        letter(number),
        ['A', 'E', 'I', 'O', 'U'][number % 5],
        letter(number / 3),
        letter(number / 7),
        born.format("%y%m%d"),
        ['H', 'M'][number % 2],
        inner(number),
        inner(number / 4),
        inner(number / 16),
        number % 10,
    )
}

/// Returns the CURP of somebody who is 18 to 72 on [`DAY`].
fn curp_of_working_age(number: usize) -> String {
    let oldest = NaiveDate::from_ymd_opt(1953, 6, 1).unwrap();
    curp(number, oldest + Days::new(number as u64 * 7919 % (54 * 365)))
}

/// Returns the CURP of somebody who was born from 1900 to 2030.
fn curp_of_any_age(number: usize) -> String {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    curp(number, first + Days::new(number as u64 * 7919 % (130 * 365)))
}

/// A reading of a person's record.
#[derive(Clone, Copy, Debug)]
struct Reading<'a> {
    curp: &'a str,
    profile: &'a Profile,
    source: DataSource,
    registered_on: NaiveDate,
    today: NaiveDate,
}

impl<'a> Reading<'a> {
    /// A reading on the day of the registration, [`DAY`].
    fn of(profile: &'a Profile, curp: &'a str) -> Reading<'a> {
        Reading { curp, profile, source: DataSource::Imss, registered_on: DAY, today: DAY }
    }

    fn subject<'b>(&'b self, people: &'b Seed) -> Subject<'b> {
        Subject {
            curp: self.curp,
            people,
            email: None,
            source: self.source,
            registered_on: self.registered_on,
            changes: &[],
        }
    }

    fn record(&self) -> Employment {
        let people = Seed::new(7);
        employment(self.profile, self.subject(&people), &self.seed(&people), self.today)
    }

    fn shortfalls(&self) -> Vec<String> {
        let people = Seed::new(7);
        shortfalls(self.profile, self.subject(&people), &self.seed(&people))
    }

    fn seed(&self, people: &Seed) -> Seed {
        people.named("employment", self.curp.as_bytes())
    }
}

fn updates(spell: &Spell) -> &[StatusUpdate] {
    spell.employment_status_updates.as_deref().unwrap_or_default()
}

/// Returns the jobs that go on.
fn current(record: &Employment) -> Vec<&Spell> {
    record.employment_records.iter().filter(|spell| spell.end_date.is_none()).collect()
}
