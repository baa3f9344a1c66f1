//! The jobs of a person until a date.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::metrics::changes::Change;
use crate::model::employment_record::{Employment, Spell, UpdateEvent};
use crate::model::money::Money;

/// The jobs that began by the reference date, in the order in which they began.
pub(super) struct Jobs<'a> {
    jobs: Vec<Job<'a>>,
    reference_date: NaiveDate,
    /// True if a job begins after the reference date.
    are_to_come: bool,
}

/// A job as it is known on the reference date.
pub(super) struct Job<'a> {
    pub employer: &'a str,
    pub start: NaiveDate,
    /// The end, if the job has ended by the reference date.
    pub end: Option<NaiveDate>,
    /// The daily salaries in order, each with the day from which it is paid. The first is paid from
    /// the start. There is always one.
    pub salaries: Vec<(NaiveDate, Money)>,
}

impl<'a> Jobs<'a> {
    /// Returns the jobs of all these records. Voluntary contributions are no job.
    pub(super) fn until(records: &'a [Employment], reference_date: NaiveDate) -> Jobs<'a> {
        let spells = records.iter().flat_map(|record| &record.employment_records);
        let (past, to_come): (Vec<&Spell>, Vec<&Spell>) = spells
            .filter(|spell| !is_voluntary(spell))
            .partition(|spell| spell.start_date <= reference_date);
        let mut jobs: Vec<Job<'_>> =
            past.into_iter().map(|spell| Job::until(spell, reference_date)).collect();
        jobs.sort_by_key(|job| (job.start, job.end.unwrap_or(NaiveDate::MAX)));
        Jobs { jobs, reference_date, are_to_come: !to_come.is_empty() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Job<'a>> {
        self.jobs.iter()
    }

    pub(super) fn len(&self) -> u32 {
        self.jobs.len().try_into().unwrap_or(u32::MAX)
    }

    pub(super) fn reference_date(&self) -> NaiveDate {
        self.reference_date
    }

    pub(super) fn are_to_come(&self) -> bool {
        self.are_to_come
    }

    /// Returns the day on which the first job began.
    pub(super) fn first_day(&self) -> Option<NaiveDate> {
        self.jobs.first().map(|job| job.start)
    }

    /// Tells that the first job had begun on a day.
    pub(super) fn began_by(&self, day: NaiveDate) -> bool {
        self.first_day().is_some_and(|first| first <= day)
    }

    /// Returns the number of days from the first job to the reference date.
    pub(super) fn career_days(&self) -> Option<i64> {
        Some((self.reference_date - self.first_day()?).num_days())
    }

    /// Returns the number of employers. They are told apart by their names.
    pub(super) fn employers(&self) -> u32 {
        distinct(self.jobs.iter())
    }

    /// Returns the number of employers on the reference date.
    pub(super) fn present_employers(&self) -> u32 {
        distinct(self.jobs.iter().filter(|job| job.end.is_none()))
    }

    /// Returns the place of the last job.
    pub(super) fn last(&self) -> Option<usize> {
        self.last_on(self.reference_date)
    }

    /// Returns the place of the job that is the last one on a day: the one held on that day that
    /// began last, or the past one that ended last.
    fn last_on(&self, day: NaiveDate) -> Option<usize> {
        let begun = self.jobs.iter().take_while(|job| job.start <= day).enumerate();
        let rank = |job: &Job<'_>| job.end.filter(|end| *end <= day).unwrap_or(NaiveDate::MAX);
        begun.max_by_key(|(place, job)| (rank(job), *place)).map(|(place, _)| place)
    }

    /// Returns the daily salary of a job on a day.
    pub(super) fn salary(&self, place: usize, day: NaiveDate) -> Money {
        self.jobs[place].salary_on(day)
    }

    /// Returns the daily salary of the job that is the last one on a day.
    pub(super) fn salary_on(&self, day: NaiveDate) -> Option<Money> {
        self.last_on(day).map(|place| self.salary(place, day))
    }

    /// Returns the days of a job until the reference date.
    pub(super) fn days(&self, place: usize) -> i64 {
        let job = &self.jobs[place];
        (job.end.unwrap_or(self.reference_date) - job.start).num_days().max(0)
    }

    /// Returns the days from the end of a job to the reference date.
    pub(super) fn days_since(&self, place: usize) -> i64 {
        self.jobs[place].end.map_or(0, |end| (self.reference_date - end).num_days())
    }

    /// Returns the changes of the salary within a job.
    pub(super) fn changes_within(&self, place: usize) -> Vec<Change> {
        let pairs = self.jobs[place].salaries.windows(2);
        pairs.map(|pair| Change { day: pair[1].0, before: pair[0].1, after: pair[1].1 }).collect()
    }

    /// Returns the change of the salary from the job that began before this one.
    pub(super) fn change_to(&self, place: usize) -> Option<Change> {
        let day = self.jobs[place].start;
        let before = self.jobs[place.checked_sub(1)?].salary_on(day);
        Some(Change { day, before, after: self.jobs[place].salaries[0].1 })
    }

    /// Returns all changes of the salary, within jobs and from one job to the next.
    pub(super) fn changes(&self) -> Vec<Change> {
        let of_job = |place| self.change_to(place).into_iter().chain(self.changes_within(place));
        (0..self.jobs.len()).flat_map(of_job).collect()
    }
}

impl<'a> Job<'a> {
    fn until(spell: &'a Spell, reference_date: NaiveDate) -> Job<'a> {
        let end = spell.end_date.filter(|end| *end <= reference_date);
        let last_day = end.unwrap_or(reference_date);
        let updates = spell.employment_status_updates.iter().flatten();
        let mut salaries: Vec<(NaiveDate, Money)> =
            updates.map(|update| (update.update_date, update.base_salary)).collect();
        salaries.sort_by_key(|(day, _)| *day);
        let at_start = salaries.iter().rfind(|(day, _)| *day <= spell.start_date);
        let first = at_start.or(salaries.first()).map_or(spell.most_recent_base_salary, |it| it.1);
        salaries.retain(|(day, _)| (spell.start_date..=last_day).contains(day));
        if salaries.first().is_none_or(|(day, _)| *day > spell.start_date) {
            salaries.insert(0, (spell.start_date, first));
        }
        Job { employer: &spell.employer, start: spell.start_date, end, salaries }
    }

    fn salary_on(&self, day: NaiveDate) -> Money {
        let paid = self.salaries.partition_point(|(from, _)| *from <= day);
        self.salaries[paid.saturating_sub(1)].1
    }
}

fn is_voluntary(spell: &Spell) -> bool {
    let first = spell.employment_status_updates.iter().flatten().next();
    first.is_some_and(|update| update.event == Some(UpdateEvent::VoluntaryContribution))
}

fn distinct<'a: 'j, 'j>(jobs: impl Iterator<Item = &'j Job<'a>>) -> u32 {
    let names: BTreeSet<&str> = jobs.map(|job| job.employer).collect();
    names.len().try_into().unwrap_or(u32::MAX)
}
