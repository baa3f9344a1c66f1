//! A working life as a row of segments: times in which neither the employers nor the pay change.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::metrics::jobs::Jobs;
use crate::model::money::{Money, rounded};

/// The segments from the first job to the reference date, in order.
pub(super) struct Timeline {
    segments: Vec<Segment>,
    reference_date: NaiveDate,
}

struct Segment {
    from: NaiveDate,
    /// The day after the last one.
    to: NaiveDate,
    /// The number of employers.
    employers: usize,
    /// The daily salaries of all jobs together, in cents.
    cents: i128,
}

/// The pay of the days with a job in some time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pay {
    least: i128,
    most: i128,
    /// The sum over all days.
    total: i128,
    days: i64,
}

/// A day on which a job begins or ends, or its salary changes.
struct Step<'a> {
    day: NaiveDate,
    employer: &'a str,
    jobs: isize,
    cents: i128,
}

impl Timeline {
    pub(super) fn of(jobs: &Jobs<'_>) -> Timeline {
        let steps = steps(jobs);
        let mut segments = Vec::new();
        let mut at_employer: HashMap<&str, isize> = HashMap::new();
        let mut cents = 0;
        let next_days = steps.iter().skip(1).map(|step| step.day);
        for (step, to) in steps.iter().zip(next_days) {
            let count = at_employer.entry(step.employer).or_default();
            *count += step.jobs;
            if *count == 0 {
                at_employer.remove(step.employer);
            }
            cents += step.cents;
            if step.day < to {
                segments.push(Segment { from: step.day, to, employers: at_employer.len(), cents });
            }
        }
        Timeline { segments, reference_date: jobs.reference_date() }
    }

    /// Returns the number of days before the reference date with this many employers or more.
    pub(super) fn days_with_employers(&self, least: usize) -> i64 {
        let segments = self.segments.iter().filter(|segment| segment.employers >= least);
        segments.map(|segment| self.days(segment)).sum()
    }

    /// Returns the number of days without a job between two jobs.
    pub(super) fn idle_days(&self) -> i64 {
        self.idle_times().iter().sum()
    }

    /// Returns the number of days of the longest time without a job between two jobs.
    pub(super) fn most_idle_days(&self) -> i64 {
        self.idle_times().into_iter().max().unwrap_or(0)
    }

    /// Returns the pay of the days after `day`, the reference date included.
    pub(super) fn pay_since(&self, day: NaiveDate) -> Option<Pay> {
        let first = day.succ_opt()?;
        let paid = self.segments.iter().filter(|segment| segment.employers > 0);
        paid.filter(|segment| segment.to > first)
            .map(|segment| {
                let days = (segment.to - segment.from.max(first)).num_days();
                let cents = segment.cents;
                Pay { least: cents, most: cents, total: cents * i128::from(days), days }
            })
            .reduce(|sum, pay| Pay {
                least: sum.least.min(pay.least),
                most: sum.most.max(pay.most),
                total: sum.total + pay.total,
                days: sum.days + pay.days,
            })
    }

    /// Returns the days of each time without a job. Segments without one that follow each other are
    /// one time: a job of no day at all can stand between them.
    fn idle_times(&self) -> Vec<i64> {
        let runs =
            self.segments.chunk_by(|one, next| (one.employers == 0) == (next.employers == 0));
        let idle = runs.filter(|run| run[0].employers == 0);
        idle.map(|run| run.iter().map(|segment| self.days(segment)).sum()).collect()
    }

    /// Returns the days of a segment before the reference date. Only pay is counted for that day.
    fn days(&self, segment: &Segment) -> i64 {
        (segment.to.min(self.reference_date) - segment.from).num_days().max(0)
    }
}

impl Pay {
    pub(super) fn least(self) -> Money {
        monthly(self.least, 1)
    }

    pub(super) fn most(self) -> Money {
        monthly(self.most, 1)
    }

    pub(super) fn average(self) -> Money {
        monthly(self.total, self.days)
    }
}

/// Returns the steps of all jobs in order. A job that has not ended is paid on the reference date
/// too.
fn steps<'a>(jobs: &'a Jobs<'_>) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let after = jobs.reference_date().succ_opt().unwrap_or(NaiveDate::MAX);
    for job in jobs.iter() {
        let end = job.end.unwrap_or(after).max(job.start);
        let mut paid = 0;
        for (place, (day, salary)) in job.salaries.iter().enumerate() {
            let cents = i128::from(salary.cents());
            let begins = isize::from(place == 0);
            let step =
                Step { day: *day, employer: job.employer, jobs: begins, cents: cents - paid };
            steps.push(step);
            paid = cents;
        }
        steps.push(Step { day: end, employer: job.employer, jobs: -1, cents: -paid });
    }
    steps.sort_by_key(|step| step.day);
    steps
}

/// Returns the monthly salary of a sum of daily salaries over some days: a twelfth of 365 days.
fn monthly(cents: i128, days: i64) -> Money {
    Money::from_cents(rounded(cents * 365, i128::from(days) * 12))
}
