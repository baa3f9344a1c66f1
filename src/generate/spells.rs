//! The jobs of a working life as an institution reports them.

use chrono::NaiveDate;

use crate::generate::career::{Career, Job, last_change};
use crate::generate::employers::Employer;
use crate::generate::pay::Salary;
use crate::generate::pensions::LAW_OF_2007;
use crate::model::Timestamp;
use crate::model::employment_record::{Spell, StatusUpdate, UpdateEvent};
use crate::model::money::Money;
use crate::model::profile::DataSource;

/// The name that stands where an employer would, for voluntary contributions.
const OWN_PAYMENTS: &str = "CONTINUACION VOLUNTARIA EN EL REGIMEN OBLIGATORIO";

/// Returns the spells as reported on `today`, in the order of their first days. A spell that begins
/// later is left out.
pub(super) fn spells(career: &Career<'_>, today: NaiveDate) -> Vec<Spell> {
    let known = career.jobs.iter().enumerate().filter(|(_, job)| job.start <= today);
    known.map(|(number, job)| spell(career, job, number, today)).collect()
}

fn spell(career: &Career<'_>, job: &Job, number: usize, today: NaiveDate) -> Spell {
    let source = career.source;
    let end_date = job.end.filter(|end| *end <= today);
    let last_day = end_date.unwrap_or(today);
    let salaries = job.salaries(last_change(job.end, today));
    let base_salary = Money::from_cents(salaries.last().map_or(0, |salary| salary.cents));
    let Employer { name, registration } = career.employer(number);
    let employer = if job.is_voluntary { OWN_PAYMENTS.to_owned() } else { name };
    let (state, monthly_salary) = match source {
        DataSource::Imss => (Some(job.place.state.name.to_owned()), base_salary.times(365, 12)),
        DataSource::Issste => (None, base_salary.times(30, 1)),
    };
    Spell {
        collected_at: Timestamp::default(),
        employer,
        employer_id: registration,
        start_date: job.start,
        end_date,
        weeks_employed: (last_day - job.start).num_weeks(),
        state,
        most_recent_base_salary: base_salary,
        monthly_salary,
        currency: "MXN".to_owned(),
        employment_status_updates: Some(match source {
            DataSource::Imss => imss_updates(job, &salaries, end_date, today),
            DataSource::Issste => issste_updates(&salaries, end_date),
        }),
    }
}

/// Returns the events at IMSS: hired, the changes of the salary, times without work, dismissed.
fn imss_updates(
    job: &Job,
    salaries: &[Salary],
    end_date: Option<NaiveDate>,
    today: NaiveDate,
) -> Vec<StatusUpdate> {
    let first = match job.is_voluntary {
        true => UpdateEvent::VoluntaryContribution,
        false => UpdateEvent::Hired,
    };
    let events = std::iter::once(first).chain(std::iter::repeat(UpdateEvent::SalaryModification));
    let mut updates: Vec<StatusUpdate> =
        events.zip(salaries).map(|(event, salary)| update(event, salary.since, salary)).collect();
    let leaves = job.leaves(last_change(job.end, today)).filter(|_| !job.is_voluntary);
    for (day, leave) in leaves {
        let event = if leave.is_sick { UpdateEvent::SickLeave } else { UpdateEvent::Absence };
        let place = updates.partition_point(|update| update.update_date <= day);
        let base_salary = updates[place - 1].base_salary;
        updates.insert(place, StatusUpdate { event: Some(event), base_salary, update_date: day });
    }
    if let (Some(end), Some(last)) = (end_date, salaries.last()) {
        updates.push(update(UpdateEvent::DismissedResigned, end, last));
    }
    updates
}

/// Returns the salaries at ISSSTE and the end. In place of an event, ISSSTE names the source of the
/// data: older jobs are known from certificates. Belvo names the three sources and does not say when
/// each is used: here certificates stand for the jobs that ended before the law of 2007.
fn issste_updates(salaries: &[Salary], end_date: Option<NaiveDate>) -> Vec<StatusUpdate> {
    let source = match (end_date, salaries.first()) {
        (Some(end), Some(first)) if end < LAW_OF_2007 => match first.cents % 3 {
            0 => UpdateEvent::DyeCertificate,
            _ => UpdateEvent::BdutaCertificate,
        },
        _ => UpdateEvent::Normal,
    };
    let end = end_date.into_iter().zip(salaries.last());
    let changes = salaries.iter().map(|salary| (salary.since, salary)).chain(end);
    changes.map(|(day, salary)| update(source, day, salary)).collect()
}

fn update(event: UpdateEvent, day: NaiveDate, salary: &Salary) -> StatusUpdate {
    let base_salary = Money::from_cents(salary.cents);
    StatusUpdate { event: Some(event), base_salary, update_date: day }
}
