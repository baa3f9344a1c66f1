//! A working life: spells of employment in order, and the raises within each.

use chrono::{Datelike, Days, NaiveDate};
use fake::Fake;
use fake::faker::company::raw::CompanyName;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use crate::generate::Change;
use crate::generate::government::BODIES;
use crate::generate::locale::{EsMx, STATES, state_name};
use crate::generate::person::Person;
use crate::model::Timestamp;
use crate::model::employment_record::{Spell, StatusUpdate, UpdateEvent};
use crate::model::money::Money;
use crate::model::profile::{DataSource, EmploymentStatus, Profile};
use crate::seed::Seed;

/// The last day on which a job begins. A job that lasts beyond it lasts to the day of the report.
const LAST_HIRING: NaiveDate = NaiveDate::from_ymd_opt(2025, 6, 30).unwrap();
/// The shortest spell of employment.
const SHORTEST_SPELL_DAYS: i64 = 28;
/// The share by which salaries rise in a year.
const YEARLY_RISE_PERCENT: i64 = 6;
/// The share of the first salary by which a new job or a raise increases the salary.
pub(super) const RAISE_PERCENT: i64 = 8;
/// The highest daily salary that IMSS counts.
const HIGHEST_DAILY_SALARY: Money = Money::from_cents(282_850);
const LOWEST_DAILY_SALARY: Money = Money::from_cents(2_500);

/// The jobs of a person. Salaries and raises follow from them.
pub(super) struct History {
    jobs: Vec<Job>,
    /// The daily salary that the person would have on [`LAST_HIRING`].
    salary: Money,
    home: &'static str,
    seed: Seed,
}

struct Job {
    start: NaiveDate,
    end: Option<NaiveDate>,
    /// The salary of the job, as a share of the person's.
    salary_percent: i64,
    state: &'static str,
    /// The raises besides those of each year.
    raises: Vec<NaiveDate>,
    seed: Seed,
}

impl History {
    pub(super) fn new(profile: &Profile, person: &Person, seed: &Seed) -> History {
        let mut generator = seed.child("outline").generator();
        let jobs = generator.random_range(profile.employers.fewest..=profile.employers.most);
        let (begin, end) = career(profile.status, person, jobs, &mut generator);
        let home = person.state.as_deref().and_then(state_name);
        let home = home.unwrap_or_else(|| any_state(&mut generator));
        let mut jobs: Vec<Job> = spans(begin, end, jobs, &mut generator)
            .into_iter()
            .zip(0..)
            .map(|((start, end), number)| Job::new(start, end, home, seed.numbered("job", number)))
            .collect();
        if profile.status == EmploymentStatus::Employed
            && let Some(current) = jobs.last_mut()
        {
            current.end = None;
        }
        let salary = Money::from_cents(generator.random_range(38_000..=135_000));
        History { jobs, salary, home, seed: seed.clone() }
    }

    /// Applies a change to the working life.
    pub(super) fn change(&mut self, day: NaiveDate, change: Change) {
        let number = self.jobs.len() as u64;
        let last = self.jobs.last_mut().filter(|job| job.start < day);
        let Some(last) = last else { return };
        let salary_percent = last.salary_percent;
        match change {
            Change::Raise if last.end.is_none() => last.raises.push(day),
            Change::Raise => {}
            Change::JobLoss => last.end = last.end.or(Some(day)),
            Change::NewJob => {
                last.end = last.end.or(day.pred_opt());
                let seed = self.seed.numbered("job", number);
                let job = Job::new(day, day, self.home, seed);
                let salary_percent = salary_percent.max(job.salary_percent) + RAISE_PERCENT;
                self.jobs.push(Job { end: None, salary_percent, ..job });
            }
        }
    }

    /// Returns the day on which the first job began.
    pub(super) fn first_day(&self) -> NaiveDate {
        self.jobs.first().map_or(LAST_HIRING, |job| job.start)
    }

    /// Returns the spells as reported on `today`. A spell that begins later is left out.
    pub(super) fn spells(&self, source: DataSource, today: NaiveDate) -> Vec<Spell> {
        self.jobs
            .iter()
            .filter(|job| job.start <= today)
            .map(|job| self.spell(job, source, today))
            .collect()
    }

    fn spell(&self, job: &Job, source: DataSource, today: NaiveDate) -> Spell {
        let end_date = job.end.filter(|end| *end <= today);
        let last_day = end_date.unwrap_or(today);
        let updates = self.updates(job, source, last_day, end_date.is_some());
        let base_salary = updates.last().map_or(self.salary, |update| update.base_salary);
        let (employer, employer_id, state, monthly_salary) = match source {
            DataSource::Imss => (
                company(&job.seed),
                Some(registration(&job.seed)),
                Some(job.state.to_owned()),
                base_salary.times(365, 12),
            ),
            DataSource::Issste => (job.government_body(), None, None, base_salary.times(30, 1)),
        };
        Spell {
            collected_at: Timestamp::default(),
            employer,
            employer_id,
            start_date: job.start,
            end_date,
            weeks_employed: (last_day - job.start).num_weeks(),
            state,
            most_recent_base_salary: base_salary,
            monthly_salary,
            currency: "MXN".to_owned(),
            employment_status_updates: Some(updates),
        }
    }

    /// Returns the events of a job: hired, a raise each year, dismissed. ISSSTE calls all of them
    /// normal.
    fn updates(
        &self,
        job: &Job,
        source: DataSource,
        last_day: NaiveDate,
        ended: bool,
    ) -> Vec<StatusUpdate> {
        let raises = (job.start.year() + 1..=last_day.year())
            .map(|year| job.raise_date(year))
            .chain(job.raises.iter().copied())
            .filter(|date| *date < last_day || !ended && *date == last_day)
            .map(|date| (UpdateEvent::SalaryModification, date));
        let mut events = vec![(UpdateEvent::Hired, job.start)];
        events.extend(raises);
        events.sort_by_key(|(_, date)| *date);
        let paid_since = events.last().map_or(job.start, |(_, date)| *date);
        if ended {
            events.push((UpdateEvent::DismissedResigned, last_day));
        }
        events
            .into_iter()
            .map(|(event, date)| StatusUpdate {
                event: Some(match source {
                    DataSource::Imss => event,
                    DataSource::Issste => UpdateEvent::Normal,
                }),
                base_salary: self.salary_on(job, date.min(paid_since)),
                update_date: date,
            })
            .collect()
    }

    /// Returns the daily salary in a job as of a day.
    fn salary_on(&self, job: &Job, day: NaiveDate) -> Money {
        let raises = job.raises.iter().filter(|raise| **raise <= day).count() as i64;
        let percent = job.salary_percent + RAISE_PERCENT * raises;
        let mut salary = self.salary.times(percent, 100);
        let years = day.year() - LAST_HIRING.year();
        for _ in 0..years.unsigned_abs() {
            salary = match years {
                ..0 => salary.times(100, 100 + YEARLY_RISE_PERCENT),
                _ => salary.times(100 + YEARLY_RISE_PERCENT, 100),
            };
        }
        let year = self.seed.numbered("year", day.year().unsigned_abs().into());
        let luck = year.generator().random_range(990..=1010);
        salary.times(luck, 1000).clamp(LOWEST_DAILY_SALARY, HIGHEST_DAILY_SALARY)
    }
}

impl Job {
    fn new(start: NaiveDate, end: NaiveDate, home: &'static str, seed: Seed) -> Job {
        let mut generator = seed.child("terms").generator();
        let elsewhere = generator.random_range(0..4) == 0;
        Job {
            start,
            end: Some(end),
            salary_percent: generator.random_range(90..=112),
            state: if elsewhere { any_state(&mut generator) } else { home },
            raises: Vec::new(),
            seed,
        }
    }

    /// Returns the day of the year's raise, which lies in the first quarter.
    fn raise_date(&self, year: i32) -> NaiveDate {
        let mut generator = self.seed.numbered("raise", year.unsigned_abs().into()).generator();
        let day = generator.random_range(1..=28);
        NaiveDate::from_ymd_opt(year, generator.random_range(1..=3), day)
            .expect("the first quarter has a 28th in each month")
    }

    fn government_body(&self) -> String {
        let mut generator = self.seed.child("employer").generator();
        (*BODIES.choose(&mut generator).expect("there are government bodies")).to_owned()
    }
}

/// Returns the name of the company of a job, from the seed of the job.
pub(super) fn company(job: &Seed) -> String {
    CompanyName(EsMx).fake_with_rng(&mut job.child("employer").generator())
}

/// Returns an employer's registration number at IMSS: a letter and ten digits.
pub(super) fn registration(job: &Seed) -> String {
    let mut generator = job.child("registration").generator();
    let letter = char::from(*b"ABCDEFGHJKLMNPRYZ".choose(&mut generator).unwrap());
    format!("{letter}{:010}", generator.random_range(1_000_000_000_u64..10_000_000_000))
}

fn any_state(generator: &mut ChaCha8Rng) -> &'static str {
    STATES.choose(generator).expect("there are 32 states").1
}

/// Returns the first and the last day of a working life.
fn career(
    status: EmploymentStatus,
    person: &Person,
    jobs: u8,
    generator: &mut ChaCha8Rng,
) -> (NaiveDate, NaiveDate) {
    let age = |years: u32| person.birth_date.checked_add_months(chrono::Months::new(12 * years));
    let end = match status {
        EmploymentStatus::Employed => LAST_HIRING,
        EmploymentStatus::Unemployed => LAST_HIRING - Days::new(generator.random_range(30..=200)),
        EmploymentStatus::Retired => {
            let pension = age(65).unwrap_or(LAST_HIRING).min(LAST_HIRING);
            pension - Days::new(generator.random_range(30..=700))
        }
    };
    let grown_up = age(18).unwrap_or(end) + Days::new(generator.random_range(0..=1500));
    // A person who is too young for this number of jobs has them too, because the CURP may be made
    // up.
    let latest_begin = end - Days::new(u64::from(jobs) * 200);
    (grown_up.min(latest_begin), end)
}

/// Cuts a working life into spells, with time between them.
fn spans(
    begin: NaiveDate,
    end: NaiveDate,
    jobs: u8,
    generator: &mut ChaCha8Rng,
) -> Vec<(NaiveDate, NaiveDate)> {
    let gaps: Vec<i64> = (1..jobs).map(|_| generator.random_range(2..=120)).collect();
    let weights: Vec<i64> = (0..jobs).map(|_| generator.random_range(2..=10)).collect();
    let spare_days =
        (end - begin).num_days() - gaps.iter().sum::<i64>() - i64::from(jobs) * SHORTEST_SPELL_DAYS;
    let total_weight: i64 = weights.iter().sum();
    let mut spans = Vec::new();
    let mut start = begin;
    for (weight, gap) in weights.iter().zip(gaps.iter().chain([&0])) {
        let days = SHORTEST_SPELL_DAYS + spare_days * weight / total_weight;
        let last_day = start + chrono::TimeDelta::days(days);
        spans.push((start, last_day));
        start = last_day + chrono::TimeDelta::days(*gap);
    }
    spans
}
