//! The changes between two readings of a working life.

use std::cmp::Ordering;

use crate::model::employment_record::Employment;
use crate::model::webhook::EmploymentChange;

/// Compares two readings of one working life, and returns the changes that a receiver is told of.
pub(super) fn changes_between(before: &Employment, after: &Employment) -> Vec<EmploymentChange> {
    let job = |employment: &Employment| {
        let last = employment.employment_records.last()?;
        last.end_date.is_none().then_some(last.start_date)
    };
    let salary = |employment: &Employment| {
        employment.employment_records.last().map(|spell| spell.most_recent_base_salary)
    };
    let mut changes = Vec::new();
    match (job(before), job(after)) {
        (Some(_), None) => return vec![EmploymentChange::Unemployed],
        (old, Some(new)) if old != Some(new) => changes.push(EmploymentChange::Employed),
        _ => {}
    }
    match salary(after).cmp(&salary(before)) {
        Ordering::Greater => changes.push(EmploymentChange::SalaryIncreased),
        Ordering::Less => changes.push(EmploymentChange::SalaryDecreased),
        Ordering::Equal => {}
    }
    changes
}
