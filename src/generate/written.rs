//! Changes of a working life that a scenario file writes out.

use chrono::{Datelike, Days, NaiveDate};

use crate::generate::employers::Employer;
use crate::generate::pay::raised;
use crate::generate::regions::{any_sector, any_state};
use crate::generate::wages::average;
use crate::generate::{Change, INSURED_AFTER_JOB_DAYS};
use crate::model::Timestamp;
use crate::model::employment_record::{
    Employment, SalaryEstimation, Spell, StatusUpdate, UpdateEvent,
};
use crate::model::money::Money;
use crate::model::profile::{DataSource, EmploymentStatus};
use crate::model::state::State;
use crate::seed::Seed;

/// The base salary in a new job of a person who had none, in hundredths of the average.
const FIRST_SALARY_PERCENT: i64 = 80;

/// Returns a written working life after these changes, in order. What the changes do not touch stays
/// as it is written. Of several records of a person only the first gets a new job.
pub(crate) fn changed(
    written: &Employment,
    is_first: bool,
    changes: &[(Timestamp, Change)],
    seed: &Seed,
) -> Employment {
    let mut life = written.clone();
    for ((at, change), number) in changes.iter().zip(0..) {
        let day = at.date_naive();
        let seed = seed.numbered("job", number);
        match change {
            Change::Raise => raise(&mut life, day),
            Change::JobLoss => lose_job(&mut life, day),
            Change::NewJob if is_first => begin_job(&mut life, day, &seed),
            Change::NewJob => {}
        }
    }
    life
}

fn raise(life: &mut Employment, day: NaiveDate) {
    let Some(spell) = current(life) else { return };
    let salary = Money::from_cents(raised(spell.most_recent_base_salary.cents()));
    spell.most_recent_base_salary = salary;
    spell.monthly_salary = monthly(salary, spell.employer_id.is_some());
    note(spell, UpdateEvent::SalaryModification, day);
    estimate(&mut life.salary_estimation, EmploymentStatus::Employed, salary);
}

/// Ends all jobs, as in a generated life, but one that begins on the day.
fn lose_job(life: &mut Employment, day: NaiveDate) {
    let goes_on = |spell: &Spell| spell.end_date.is_none_or(|end| end > day);
    let spells = life.employment_records.iter_mut();
    let lost: Vec<&mut Spell> =
        spells.filter(|spell| goes_on(spell) && spell.start_date < day).collect();
    if lost.is_empty() {
        return;
    }
    for spell in lost {
        spell.end_date = Some(day);
        note(spell, UpdateEvent::DismissedResigned, day);
    }
    if life.employment_records.iter().any(goes_on) {
        return;
    }
    let entitlements = &mut life.personal_data.entitlements;
    entitlements.status = Some(EmploymentStatus::Unemployed);
    entitlements.entitled_to_company_benefits = false;
    entitlements.valid_until = day.checked_add_days(Days::new(INSURED_AFTER_JOB_DAYS));
    let nothing = Money::from_cents(0);
    estimate(&mut life.salary_estimation, EmploymentStatus::Unemployed, nothing);
}

fn begin_job(life: &mut Employment, day: NaiveDate, seed: &Seed) {
    end_job(life, day.pred_opt().unwrap_or(day));
    let last = life.employment_records.last();
    let is_imss = last.is_none_or(|spell| spell.employer_id.is_some());
    let salary = match last {
        Some(last) => Money::from_cents(raised(last.most_recent_base_salary.cents())),
        None => Money::from_cents(average(day)).times(FIRST_SALARY_PERCENT, 100),
    };
    let state = last.and_then(|spell| spell.state.as_deref()).and_then(State::by_name);
    let state = state.unwrap_or_else(|| any_state(&mut seed.child("state").generator()));
    let source = if is_imss { DataSource::Imss } else { DataSource::Issste };
    let mut generator = seed.child("employer").generator();
    let sector = any_sector(&mut generator, state);
    let Employer { name, registration } =
        Employer::draw(&mut generator, sector, state, day.year(), source);
    let mut spell = Spell {
        collected_at: Timestamp::default(),
        employer: name,
        employer_id: registration,
        start_date: day,
        end_date: None,
        weeks_employed: 0,
        state: last.and_then(|spell| spell.state.clone()),
        most_recent_base_salary: salary,
        monthly_salary: monthly(salary, is_imss),
        currency: "MXN".to_owned(),
        employment_status_updates: Some(Vec::new()),
    };
    note(&mut spell, UpdateEvent::Hired, day);
    life.employment_records.push(spell);
    let entitlements = &mut life.personal_data.entitlements;
    entitlements.status = Some(EmploymentStatus::Employed);
    entitlements.entitled_to_health_insurance = true;
    entitlements.entitled_to_company_benefits = true;
    entitlements.valid_until = None;
    estimate(&mut life.salary_estimation, EmploymentStatus::Employed, salary);
}

/// Ends the current job, if there is one, but not before it began.
fn end_job(life: &mut Employment, day: NaiveDate) {
    if let Some(spell) = current(life) {
        spell.end_date = Some(day.max(spell.start_date));
        note(spell, UpdateEvent::DismissedResigned, day);
    }
}

/// Returns the job that began last of those that have not ended.
fn current(life: &mut Employment) -> Option<&mut Spell> {
    life.employment_records.iter_mut().rev().find(|spell| spell.end_date.is_none())
}

/// Appends an event to a spell whose events are written out. ISSSTE calls all of them normal.
fn note(spell: &mut Spell, event: UpdateEvent, day: NaiveDate) {
    let event = if spell.employer_id.is_some() { event } else { UpdateEvent::Normal };
    let base_salary = spell.most_recent_base_salary;
    let update = StatusUpdate { event: Some(event), base_salary, update_date: day };
    if let Some(updates) = &mut spell.employment_status_updates {
        updates.push(update);
    }
}

fn estimate(estimation: &mut Option<SalaryEstimation>, status: EmploymentStatus, salary: Money) {
    if let Some(estimation) = estimation {
        estimation.employment_status_estimate = Some(status);
        estimation.base_salary_estimate = Some(salary);
    }
}

pub(super) fn monthly(salary: Money, is_imss: bool) -> Money {
    if is_imss { salary.times(365, 12) } else { salary.times(30, 1) }
}
