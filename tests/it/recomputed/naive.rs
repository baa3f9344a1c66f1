//! The metrics, computed by looking at each day.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde_json::Value;

struct Job {
    employer: String,
    start: NaiveDate,
    end: Option<NaiveDate>,
    updates: Vec<(NaiveDate, f64)>,
    /// The salary of a job without updates.
    salary: f64,
}

/// The figures that follow from records.
pub struct Recomputed {
    jobs: Vec<Job>,
    record: Value,
    are_to_come: bool,
    until: NaiveDate,
}

fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str().map(|day| day.parse().unwrap())
}

/// The days from one to another, without the last.
fn days(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day < to)
}

impl Job {
    fn of(spell: &Value) -> Option<Job> {
        let updates = spell["employment_status_updates"].as_array();
        let updates = updates.into_iter().flatten();
        if updates.clone().next().is_some_and(|first| first["event"] == "VOLUNTARY_CONTRIBUTION") {
            return None;
        }
        let salary = |update: &Value| update["base_salary"].as_f64().unwrap();
        let mut updates: Vec<(NaiveDate, f64)> =
            updates.map(|update| (day(&update["update_date"]).unwrap(), salary(update))).collect();
        updates.sort_by_key(|(day, _)| *day);
        Some(Job {
            employer: spell["employer"].as_str().unwrap().to_owned(),
            start: day(&spell["start_date"]).unwrap(),
            end: day(&spell["end_date"]),
            updates,
            salary: spell["most_recent_base_salary"].as_f64().unwrap(),
        })
    }

    fn is_held_on(&self, day: NaiveDate) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// The salary as of a day. After the end it stays.
    fn salary_on(&self, day: NaiveDate) -> f64 {
        let day = self.end.map_or(day, |end| day.min(end)).max(self.start);
        let mut salary = self.updates.first().map_or(self.salary, |(_, salary)| *salary);
        for (from, later) in &self.updates {
            if *from <= day {
                salary = *later;
            }
        }
        salary
    }

    /// The days on which the salary changes within the job, with the salaries before and after.
    fn changes(&self, until: NaiveDate) -> Vec<(NaiveDate, f64, f64)> {
        let mut changes = Vec::new();
        let mut before = None;
        for (from, after) in &self.updates {
            if *from < self.start || *from > until || self.end.is_some_and(|end| *from > end) {
                continue;
            }
            let at_start = || self.salary_on(self.start);
            let known = before.or_else(|| (*from > self.start).then(at_start));
            if let Some(before) = known {
                changes.push((*from, before, *after));
            }
            before = Some(*after);
        }
        changes
    }
}

impl Recomputed {
    pub fn of(records: &Value, until: NaiveDate) -> Recomputed {
        let records = records.as_array().unwrap();
        // Lists show the newest record first; the figures are about the first one's person.
        let record = records.last().cloned().unwrap_or_default();
        let spells = records.iter().rev().flat_map(|record| {
            record["employment_records"].as_array().unwrap().iter().filter_map(Job::of)
        });
        let (mut jobs, to_come): (Vec<Job>, Vec<Job>) = spells.partition(|job| job.start <= until);
        for job in &mut jobs {
            job.end = job.end.filter(|end| *end <= until);
        }
        jobs.sort_by_key(|job| (job.start, job.end.unwrap_or(NaiveDate::MAX)));
        Recomputed { jobs, record, are_to_come: !to_come.is_empty(), until }
    }

    /// Checks each figure that is shown.
    pub fn check(&self, shown: &Value, curp: &str) {
        let expected = self.figures();
        let about = ["id", "link", "collected_at", "created_at", "updated_at", "reference_date"];
        let others = ["current_status"];
        assert_eq!(shown.as_object().unwrap().len(), expected.len() + about.len() + others.len());
        assert_eq!(shown["current_status"], self.status(), "{curp} on {}", self.until);
        for (key, expected) in expected {
            let tolerance = if key.contains("salary") { 0.005 } else { 0.000_05 };
            let is_near = match (shown[&key].as_f64(), expected) {
                (Some(shown), Some(expected)) => {
                    (shown - expected).abs() <= tolerance + expected.abs() * 1e-12 + 1e-9
                }
                (shown, expected) => shown.is_none() && expected.is_none(),
            };
            assert!(
                is_near,
                "{key} of {curp} on {}: {} is shown, {expected:?} follows from\n{:#}",
                self.until, shown[&key], self.record["employment_records"]
            );
        }
    }

    fn status(&self) -> Value {
        let reported = &self.record["personal_data"]["entitlements"]["status"];
        match reported.as_str() {
            _ if self.jobs.iter().any(|job| job.end.is_none()) => "EMPLOYED".into(),
            Some("EMPLOYED") => "UNEMPLOYED".into(),
            _ if self.are_to_come => "UNEMPLOYED".into(),
            _ => reported.clone(),
        }
    }

    fn age(&self) -> f64 {
        let born = day(&self.record["personal_data"]["birth_date"]).unwrap();
        let birthday = |year| {
            let of_leap_years = NaiveDate::from_ymd_opt(year, 3, 1).unwrap();
            born.with_year(year).unwrap_or(of_leap_years)
        };
        let years = born.year() + 1..=self.until.year();
        years.filter(|year| birthday(*year) <= self.until).count() as f64
    }

    fn years_ago(&self, years: u32) -> NaiveDate {
        self.until - Months::new(12 * years)
    }

    fn employers_on(&self, day: NaiveDate) -> usize {
        let held = self.jobs.iter().filter(|job| job.is_held_on(day));
        held.map(|job| &job.employer).collect::<BTreeSet<_>>().len()
    }

    /// The job that is the last one on a day.
    fn last_on(&self, day: NaiveDate) -> Option<usize> {
        let begun: Vec<usize> =
            (0..self.jobs.len()).filter(|place| self.jobs[*place].start <= day).collect();
        let held = begun.iter().rfind(|place| self.jobs[**place].is_held_on(day));
        held.copied().or_else(|| begun.into_iter().max_by_key(|place| self.jobs[*place].end))
    }

    fn salary_on(&self, day: NaiveDate) -> Option<f64> {
        self.last_on(day).map(|place| self.jobs[place].salary_on(day))
    }

    /// The change to a job from the one that began before it.
    fn change_to(&self, place: usize) -> Option<(NaiveDate, f64, f64)> {
        let job = &self.jobs[place];
        let before = self.jobs[place.checked_sub(1)?].salary_on(job.start);
        // The first of several salaries that begin on one day.
        let first = job.updates.iter().find(|(from, _)| *from == job.start);
        Some((job.start, before, first.map_or(job.salary_on(job.start), |(_, salary)| *salary)))
    }

    fn figures(&self) -> Vec<(String, Option<f64>)> {
        let mut figures = self.of_jobs();
        figures.extend(self.of_changes());
        for years in [1, 3, 5] {
            let pay = self.pay(years);
            for (name, value) in ["min", "average", "max"].into_iter().zip(pay) {
                figures.push((format!("{name}_monthly_salary_{years}y"), value));
            }
        }
        figures
    }

    fn of_jobs(&self) -> Vec<(String, Option<f64>)> {
        let first = self.jobs.first().map_or(self.until, |job| job.start);
        let life = || days(first, self.until);
        let weeks = |count: usize| count as f64 / 7.0;
        let last = self.last_on(self.until).map(|place| &self.jobs[place]);
        let some = |value: f64| last.map(|_| value);
        let names: BTreeSet<&String> = self.jobs.iter().map(|job| &job.employer).collect();
        let present: BTreeSet<&String> =
            self.jobs.iter().filter(|job| job.end.is_none()).map(|job| &job.employer).collect();
        let employers: Vec<usize> = life().map(|day| self.employers_on(day)).collect();
        let begins_last = self.jobs.last().map_or(self.until, |job| job.start);
        let (mut idle, mut longest, mut run) = (0, 0, 0);
        for (day, employers) in life().zip(&employers) {
            let is_idle = *employers == 0 && day < begins_last;
            run = if is_idle { run + 1 } else { 0 };
            idle += usize::from(is_idle);
            longest = longest.max(run);
        }
        let with_employers = |least| employers.iter().filter(|count| **count >= least).count();
        let career = life().count() as f64 / 365.25;
        let figures = [
            ("age", Some(self.age())),
            ("current_employer_count", Some(present.len() as f64)),
            ("base_salary_last", self.salary_on(self.until)),
            (
                "weeks_employed_last_job",
                last.map(|job| weeks(life().filter(|day| job.is_held_on(*day)).count())),
            ),
            (
                "weeks_since_last_job",
                last.map(|job| weeks(job.end.map_or(0, |end| days(end, self.until).count()))),
            ),
            ("weeks_employed_total", Some(weeks(with_employers(1)))),
            ("weeks_with_multiple_employers", Some(weeks(with_employers(2)))),
            ("employer_count", Some(self.jobs.len() as f64)),
            ("unique_employer_count", Some(names.len() as f64)),
            ("employers_per_year", (career > 0.0).then(|| names.len() as f64 / career)),
            ("weeks_between_jobs", some(weeks(idle))),
            ("max_weeks_between_jobs", some(weeks(longest))),
        ];
        figures.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    fn of_changes(&self) -> Vec<(String, Option<f64>)> {
        let places = 0..self.jobs.len();
        let within = |place: usize| self.jobs[place].changes(self.until);
        let all: Vec<_> = places
            .flat_map(|place| self.change_to(place).into_iter().chain(within(place)))
            .collect();
        let last = self.last_on(self.until);
        let after_change = last.and_then(|place| self.change_to(place)).map(|change| vec![change]);
        let has_jobs = last.is_some();
        let first = self.jobs.first().map_or(self.until, |job| job.start);
        let mut sets = vec![
            ("last_job".to_owned(), last.map(within)),
            ("after_change".to_owned(), after_change),
            ("overall".to_owned(), has_jobs.then(|| all.clone())),
        ];
        let mut figures = Vec::new();
        for years in [1, 3, 5] {
            let from = self.years_ago(years);
            let is_there = has_jobs && (years == 1 || first <= from);
            let late = all.iter().copied().filter(|(day, ..)| *day > from).collect();
            sets.push((format!("{years}y"), is_there.then_some(late)));
            let before = self.salary_on(from.max(first)).filter(|salary| *salary > 0.0);
            let change = before.zip(self.salary_on(self.until));
            let change = change.map(|(before, after)| (after - before) / before * 100.0);
            figures.push((format!("yearly_change_{years}y"), change.filter(|_| is_there)));
        }
        for (name, changes) in sets {
            // In whole cents, so that 2 % is 2 %.
            let cents = |salary: f64| (salary * 100.0).round();
            let share = |before: f64, after: f64| (cents(after) - cents(before)) * 100.0;
            let count = |is_meant: &dyn Fn(f64, f64) -> bool| {
                let changes = changes.as_ref()?;
                Some(changes.iter().filter(|(_, before, after)| is_meant(*before, *after)).count()
                    as f64)
            };
            let up = |before: f64, after: f64| share(before, after) > 2.0 * cents(before);
            let down = |before: f64, after: f64| share(before, after) < -2.0 * cents(before);
            figures.push((format!("increases_{name}"), count(&up)));
            figures.push((format!("decreases_{name}"), count(&down)));
        }
        figures
    }

    /// The least, the average and the most monthly pay of the days with a job.
    fn pay(&self, years: u32) -> [Option<f64>; 3] {
        let after = self.until + Days::new(1);
        let pay: Vec<f64> = days(self.years_ago(years) + Days::new(1), after)
            .filter_map(|day| {
                let held = self.jobs.iter().filter(|job| job.is_held_on(day));
                let daily = held.map(|job| job.salary_on(day)).reduce(|sum, salary| sum + salary);
                daily.map(|daily| daily * 365.0 / 12.0)
            })
            .collect();
        let sum: f64 = pay.iter().sum();
        let average = (!pay.is_empty()).then(|| sum / pay.len() as f64);
        [pay.iter().copied().reduce(f64::min), average, pay.iter().copied().reduce(f64::max)]
    }
}
