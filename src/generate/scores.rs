//! The scores and the estimate of the salary. Belvo does not say how it makes them: these follow the
//! situation of the person in a simple way.

use chrono::{Days, NaiveDate};
use rand::RngExt;

use crate::model::employment_record::{EmploymentScore, SalaryEstimation, Spell};
use crate::model::money::Money;
use crate::model::profile::EmploymentStatus;
use crate::seed::Seed;

/// The version that Belvo's samples name.
const VERSION: &str = "1.0.0";
/// The time before today in which each new job lowers the scores.
const RECENT_DAYS: u64 = 730;

/// Returns three scores for the chance to be employed in 3, 6 and 12 months. A long stable job raises
/// them, many new jobs lower them, and those of a person without a job are below those of anybody with
/// one who is otherwise alike. Without a work history there is none.
pub(super) fn scores(
    spells: &[Spell],
    weeks: i64,
    seed: &Seed,
    today: NaiveDate,
) -> Vec<EmploymentScore> {
    let mut generator = seed.child("scores").generator();
    let luck: i64 = generator.random_range(-40..=40);
    let middle = generator.random_range(12..=55);
    let late = middle + generator.random_range(12..=55);
    let score = situation(spells, weeks, today).map(|score| score + luck);
    [(3, 0), (6, middle), (12, late)]
        .map(|(period, less)| EmploymentScore {
            score: score.map(|score| (score - less).clamp(300, 900) as u16),
            period,
            version: VERSION.to_owned(),
        })
        .into()
}

/// Returns the score without luck: from 560 to 820 with a job, from 350 to 520 without one.
fn situation(spells: &[Spell], weeks: i64, today: NaiveDate) -> Option<i64> {
    let last_end = spells.iter().map(|spell| spell.end_date.unwrap_or(today)).max()?;
    let current = spells.iter().filter(|spell| spell.end_date.is_none());
    let Some(since) = current.map(|spell| spell.start_date).min() else {
        let months = (today - last_end).num_days() / 30;
        return Some(470 + (weeks / 30).min(50) - (6 * months).min(120));
    };
    let recent = today - Days::new(RECENT_DAYS);
    let new_jobs = spells.iter().filter(|spell| spell.start_date > recent).count() as i64;
    let years = (today - since).num_days() / 365;
    Some(600 + (12 * years).min(140) + (weeks / 20).min(80) - (10 * new_jobs).min(40))
}

/// Returns the sum of the present base salaries, plus or minus three per cent. Without a job it is 0.
pub(super) fn salary_estimation(spells: &[Spell], seed: &Seed) -> SalaryEstimation {
    let mut generator = seed.child("salary_estimation").generator();
    let current = spells.iter().filter(|spell| spell.end_date.is_none());
    let cents: i64 = current.map(|spell| spell.most_recent_base_salary.cents()).sum();
    let status = match cents {
        0 => EmploymentStatus::Unemployed,
        _ => EmploymentStatus::Employed,
    };
    let luck = generator.random_range(970..=1030);
    SalaryEstimation {
        employment_status_estimate: Some(status),
        base_salary_estimate: Some(Money::from_cents(cents).times(luck, 1000)),
        currency: "MXN".to_owned(),
    }
}
