//! Generated working lives of which a scenario file changes some values.

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use crate::generate::INSURED_AFTER_JOB_DAYS;
use crate::generate::written::monthly;
use crate::model::employment_record::{Employment, Spell, StatusUpdate, UpdateEvent};
use crate::model::money::Money;
use crate::model::overrides::{Override, Selector, put};
use crate::model::profile::EmploymentStatus;

/// Returns a working life with the values of a scenario file in the place of the generated ones.
/// The values that follow from changed ones change too, unless the file has them.
pub(crate) fn overridden(life: &Employment, overrides: &Override, today: NaiveDate) -> Employment {
    let mut changed = life.clone();
    for (selector, keys) in &overrides.spells {
        let spells = &mut changed.employment_records;
        let Some(place) = place_of(*selector, spells) else { continue };
        let spell = with_keys(&spells[place], keys);
        let before = std::mem::replace(&mut spells[place], spell);
        follow(&mut spells[place], &before, keys, today);
        estimate(&mut changed, &before, place);
    }
    count_weeks(&mut changed, life);
    if overrides.spells.iter().any(|(_, keys)| has_date(keys)) {
        entitle(&mut changed, today);
    }
    changed.employment_records.sort_by_key(|spell| spell.start_date);
    let personal_data = overrides.record.get("personal_data").and_then(Value::as_object);
    let mut changed = with_keys(&changed, &overrides.record);
    if let Some(keys) = personal_data.filter(|keys| !keys.contains_key("official_name")) {
        rename(&mut changed, life, keys);
    }
    changed
}

fn place_of(selector: Selector, spells: &[Spell]) -> Option<usize> {
    match selector {
        Selector::Current => spells.iter().rposition(|spell| spell.end_date.is_none()),
        Selector::First => (!spells.is_empty()).then_some(0),
        Selector::Last => spells.len().checked_sub(1),
    }
}

/// Puts values of a file into a part of a record. The file was checked when it was loaded.
fn with_keys<T>(part: &T, keys: &Map<String, Value>) -> T
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let mut value = json!(part);
    without_collection(&mut value);
    put(&mut value, keys);
    serde_json::from_value(value).expect("the loader has checked these values")
}

/// Takes off the time of the reading, which scenario files do not have.
fn without_collection(value: &mut Value) {
    if let Some(object) = value.as_object_mut() {
        object.remove("collected_at");
    }
    let spells = value.get_mut("employment_records").and_then(Value::as_array_mut);
    for spell in spells.into_iter().flatten() {
        without_collection(spell);
    }
}

fn has_date(keys: &Map<String, Value>) -> bool {
    keys.contains_key("start_date") || keys.contains_key("end_date")
}

/// Changes what follows from the changed keys of a spell.
fn follow(spell: &mut Spell, before: &Spell, keys: &Map<String, Value>, today: NaiveDate) {
    let is_imss = spell.employer_id.is_some();
    let has = |key: &str| keys.contains_key(key);
    if has("most_recent_base_salary") && !has("monthly_salary") {
        spell.monthly_salary = monthly(spell.most_recent_base_salary, is_imss);
    }
    if has("monthly_salary") && !has("most_recent_base_salary") {
        spell.most_recent_base_salary = daily(spell.monthly_salary, is_imss);
    }
    if has_date(keys) && !has("weeks_employed") {
        let end = spell.end_date.unwrap_or(today);
        spell.weeks_employed = (end - spell.start_date).num_days().max(0) / 7;
    }
    if !has("employment_status_updates") {
        note(spell, before, is_imss);
    }
}

/// Lets the events of a spell follow its dates and its salary: the salaries in proportion.
fn note(spell: &mut Spell, before: &Spell, is_imss: bool) {
    let (start, end, salary) = (spell.start_date, spell.end_date, spell.most_recent_base_salary);
    let Some(updates) = &mut spell.employment_status_updates else { return };
    let old = before.most_recent_base_salary.cents();
    for update in updates.iter_mut().filter(|_| old > 0) {
        update.base_salary = update.base_salary.times(salary.cents(), old);
    }
    if let Some(hired) = updates.first_mut() {
        hired.update_date = start;
    }
    let left = |event| event == Some(UpdateEvent::DismissedResigned);
    if end != before.end_date {
        updates.retain(|update| !left(update.event));
    }
    updates.retain(|update| {
        update.update_date >= start && end.is_none_or(|end| update.update_date <= end)
    });
    if let (Some(end), true) = (end, end != before.end_date) {
        let event = if is_imss { UpdateEvent::DismissedResigned } else { UpdateEvent::Normal };
        updates.push(StatusUpdate { event: Some(event), base_salary: salary, update_date: end });
    }
}

/// Lets the estimate of the salary follow that of the current job, in proportion.
fn estimate(life: &mut Employment, before: &Spell, place: usize) {
    let spell = &life.employment_records[place];
    let (new, old) =
        (spell.most_recent_base_salary.cents(), before.most_recent_base_salary.cents());
    let is_current = spell.end_date.is_none() && old > 0;
    if let Some(estimation) = life.salary_estimation.as_mut().filter(|_| is_current) {
        let salary = estimation.base_salary_estimate;
        estimation.base_salary_estimate = salary.map(|salary| salary.times(new, old));
    }
}

/// Adds the difference in the weeks of the spells to those that were contributed.
fn count_weeks(changed: &mut Employment, life: &Employment) {
    let weeks = |life: &Employment| -> i64 {
        life.employment_records.iter().map(|spell| spell.weeks_employed).sum()
    };
    let difference = weeks(changed) - weeks(life);
    if let Some(summary) = &mut changed.social_security_summary {
        summary.weeks_contributed = (summary.weeks_contributed + difference).max(0);
    }
}

/// Lets the entitlements follow the dates of the spells.
fn entitle(life: &mut Employment, today: NaiveDate) {
    let last_end = life.employment_records.iter().filter_map(|spell| spell.end_date).max();
    let has_job = life.employment_records.iter().any(|spell| spell.end_date.is_none());
    let entitlements = &mut life.personal_data.entitlements;
    entitlements.entitled_to_company_benefits = has_job;
    if has_job {
        entitlements.status = Some(EmploymentStatus::Employed);
        entitlements.valid_until = None;
        entitlements.entitled_to_health_insurance = true;
    } else if entitlements.status != Some(EmploymentStatus::Retired) {
        entitlements.status = Some(EmploymentStatus::Unemployed);
        let last_day =
            last_end.and_then(|end| end.checked_add_days(Days::new(INSURED_AFTER_JOB_DAYS)));
        entitlements.valid_until = last_day;
        entitlements.entitled_to_health_insurance = last_day.is_some_and(|last| today <= last);
    }
    if let Some(estimation) = &mut life.salary_estimation {
        let status =
            if has_job { EmploymentStatus::Employed } else { EmploymentStatus::Unemployed };
        if estimation.employment_status_estimate != Some(status) {
            estimation.employment_status_estimate = Some(status);
            let current = life.employment_records.iter().rfind(|spell| spell.end_date.is_none());
            let salary =
                current.map_or(Money::from_cents(0), |spell| spell.most_recent_base_salary);
            estimation.base_salary_estimate = Some(salary);
        }
    }
}

/// Lets the whole name follow its parts.
fn rename(changed: &mut Employment, life: &Employment, keys: &Map<String, Value>) {
    let (new, old) = (&mut changed.personal_data, &life.personal_data);
    if !(keys.contains_key("first_name") || keys.contains_key("last_name")) {
        return;
    }
    let parts = |first: &Option<String>, last: &Option<String>| {
        [first.as_deref(), last.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let is_first_name_first = old.official_name == Some(parts(&old.first_name, &old.last_name));
    let name = match is_first_name_first {
        true => parts(&new.first_name, &new.last_name),
        false => parts(&new.last_name, &new.first_name),
    };
    new.official_name = Some(name).filter(|name| !name.is_empty());
}

fn daily(monthly: Money, is_imss: bool) -> Money {
    if is_imss { monthly.times(12, 365) } else { monthly.times(1, 30) }
}
