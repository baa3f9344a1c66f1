//! Computes the figures of employment metrics from employment records.
//!
//! [`figures`] is a function of the records and a reference date. What happens after that date is
//! left out: jobs that begin later, salaries that change later, and the ends of jobs that end later.
//! The page `docs/employment-metrics.md` says the same in words for users.

mod changes;
mod jobs;
mod timeline;

#[cfg(test)]
mod tests;

use chrono::{Datelike, Months, NaiveDate};

use crate::metrics::changes::{Changes, percent};
use crate::metrics::jobs::Jobs;
use crate::metrics::timeline::{Pay, Timeline};
use crate::model::decimal::Decimal;
use crate::model::employment_metrics::Figures;
use crate::model::employment_record::Employment;
use crate::model::profile::EmploymentStatus;

/// The hundredths of a day of a year: 365.25 days.
const YEAR_DAY_HUNDREDTHS: i128 = 36_525;
const WEEK_DAYS: i128 = 7;

/// Returns the figures about the person of these records as of a date. `born` is the date of birth
/// for records that have none.
pub(crate) fn figures(
    records: &[Employment],
    born: Option<NaiveDate>,
    reference_date: NaiveDate,
) -> Figures {
    let jobs = Jobs::until(records, reference_date);
    let timeline = Timeline::of(&jobs);
    let last = jobs.last();
    let has_jobs = last.is_some();
    let overall = jobs.changes();
    let within = |years| Changes::of(&overall, years_before(reference_date, years));
    let whole = |years| jobs.began_by(years_before(reference_date, years)).then(|| within(years));
    let one_year = has_jobs.then(|| within(1));
    let (three_years, five_years) = (whole(3), whole(5));
    let all = has_jobs.then(|| Changes::of(&overall, NaiveDate::MIN));
    let last_job = last.map(|place| Changes::of(&jobs.changes_within(place), NaiveDate::MIN));
    let after_change = last.and_then(|place| jobs.change_to(place)).map(Changes::one);
    let [pay_1y, pay_3y, pay_5y] =
        [1, 3, 5].map(|years| timeline.pay_since(years_before(reference_date, years)));
    Figures {
        age: age(birth_date(records).or(born), reference_date),
        current_status: status(records, &jobs),
        current_employer_count: jobs.present_employers(),
        base_salary_last: last.map(|place| jobs.salary(place, reference_date)),
        weeks_employed_last_job: last.map(|place| weeks(jobs.days(place))),
        weeks_since_last_job: last.map(|place| weeks(jobs.days_since(place))),
        weeks_employed_total: weeks(timeline.days_with_employers(1)),
        weeks_with_multiple_employers: weeks(timeline.days_with_employers(2)),
        employer_count: jobs.len(),
        unique_employer_count: jobs.employers(),
        employers_per_year: jobs.career_days().filter(|days| *days > 0).map(|days| {
            let employers = i128::from(jobs.employers());
            Decimal::ratio(employers * YEAR_DAY_HUNDREDTHS, i128::from(days) * 100)
        }),
        weeks_between_jobs: has_jobs.then(|| weeks(timeline.idle_days())),
        max_weeks_between_jobs: has_jobs.then(|| weeks(timeline.most_idle_days())),
        increases_last_job: last_job.map(|changes| changes.increases),
        decreases_last_job: last_job.map(|changes| changes.decreases),
        increases_after_change: after_change.map(|changes| changes.increases),
        decreases_after_change: after_change.map(|changes| changes.decreases),
        increases_overall: all.map(|changes| changes.increases),
        decreases_overall: all.map(|changes| changes.decreases),
        increases_1y: one_year.map(|changes| changes.increases),
        decreases_1y: one_year.map(|changes| changes.decreases),
        increases_3y: three_years.map(|changes| changes.increases),
        decreases_3y: three_years.map(|changes| changes.decreases),
        increases_5y: five_years.map(|changes| changes.increases),
        decreases_5y: five_years.map(|changes| changes.decreases),
        yearly_change_1y: change(&jobs, 1).filter(|_| has_jobs),
        yearly_change_3y: change(&jobs, 3).filter(|_| three_years.is_some()),
        yearly_change_5y: change(&jobs, 5).filter(|_| five_years.is_some()),
        min_monthly_salary_1y: pay_1y.map(Pay::least),
        min_monthly_salary_3y: pay_3y.map(Pay::least),
        min_monthly_salary_5y: pay_5y.map(Pay::least),
        average_monthly_salary_1y: pay_1y.map(Pay::average),
        average_monthly_salary_3y: pay_3y.map(Pay::average),
        average_monthly_salary_5y: pay_5y.map(Pay::average),
        max_monthly_salary_1y: pay_1y.map(Pay::most),
        max_monthly_salary_3y: pay_3y.map(Pay::most),
        max_monthly_salary_5y: pay_5y.map(Pay::most),
    }
}

/// Returns the change of the person's salary over some years, in per cent. A career that is shorter
/// counts from its first day.
fn change(jobs: &Jobs<'_>, years: u32) -> Option<Decimal> {
    let reference_date = jobs.reference_date();
    let from = years_before(reference_date, years).max(jobs.first_day()?);
    percent(jobs.salary_on(from)?, jobs.salary_on(reference_date)?)
}

fn weeks(days: i64) -> Decimal {
    Decimal::ratio(days.into(), WEEK_DAYS)
}

fn years_before(day: NaiveDate, years: u32) -> NaiveDate {
    day.checked_sub_months(Months::new(12 * years)).unwrap_or(NaiveDate::MIN)
}

fn birth_date(records: &[Employment]) -> Option<NaiveDate> {
    records.iter().find_map(|record| record.personal_data.birth_date)
}

/// Returns the whole years since a birth. A person who is not born yet, or of whom no date of birth
/// is known, is 0.
fn age(born: Option<NaiveDate>, reference_date: NaiveDate) -> u32 {
    let Some(born) = born else { return 0 };
    let had_birthday = (reference_date.month(), reference_date.day()) >= (born.month(), born.day());
    let years = reference_date.year() - born.year() - i32::from(!had_birthday);
    years.try_into().unwrap_or(0)
}

/// Returns the status as of the reference date. Without a job then, it is the one of the record,
/// unless that one is about a later job.
fn status(records: &[Employment], jobs: &Jobs<'_>) -> Option<EmploymentStatus> {
    let reported = records.first()?.personal_data.entitlements.status;
    if jobs.present_employers() > 0 {
        Some(EmploymentStatus::Employed)
    } else if reported == Some(EmploymentStatus::Employed) || jobs.are_to_come() {
        Some(EmploymentStatus::Unemployed)
    } else {
        reported
    }
}
