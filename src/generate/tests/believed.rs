//! Nothing in a career is impossible, whoever it is.

use chrono::{Datelike, NaiveDate, Weekday};

use super::{DAY, Reading, SOURCES, STATUSES, curp_of_any_age, current, updates};
use crate::generate::calendar::is_working_day;
use crate::generate::current_jobs;
use crate::generate::pensions::{age_on, birthday, weeks_for_pension};
use crate::generate::wages::{Wages, Zone, minimum_wage};
use crate::model::employment_record::{Employment, Spell, UpdateEvent};
use crate::model::profile::{DataSource, EmploymentStatus, Profile};
use crate::seed::Seed;

/// The days of the readings. People are registered on the first of each pair.
const DAYS: [(&str, &str); 4] = [
    ("2026-03-01", "2026-03-01"),
    ("2026-03-01", "2029-07-15"),
    ("2019-06-30", "2026-03-01"),
    ("2031-12-31", "2032-01-01"),
];

#[test]
fn no_career_of_ten_thousand_people_is_impossible() {
    for number in 0..10_000 {
        let curp = curp_of_any_age(number);
        let profile = Profile::of(STATUSES[number % 3]);
        let (registered_on, today) = DAYS[number / 6 % 4];
        let reading = Reading {
            curp: &curp,
            profile: &profile,
            source: SOURCES[usize::from(number / 3 % 5 == 0)],
            registered_on: registered_on.parse().unwrap(),
            today: today.parse().unwrap(),
        };
        check(&reading, &reading.record());
    }
}

/// Checks all that must hold in any record.
pub(super) fn check(reading: &Reading<'_>, record: &Employment) {
    let born = record.personal_data.birth_date.unwrap();
    let is_imss = reading.source == DataSource::Imss;
    let spells = &record.employment_records;
    assert!(spells.is_sorted_by_key(|spell| spell.start_date), "{reading:?}");
    for spell in spells {
        check_days(reading, spell, born);
        check_updates(reading, spell);
        check_salaries(reading, spell);
    }
    check_overlaps(reading, spells);
    check_status(reading, record, born);
    if is_imss {
        check_what_only_imss_has(reading, record);
    }
    let jobs = current_jobs(record, &Seed::new(7), reading.today);
    assert_eq!(jobs.len(), current(record).len(), "{reading:?}");
}

fn last_day(reading: &Reading<'_>, spell: &Spell) -> NaiveDate {
    spell.end_date.unwrap_or(reading.today)
}

fn check_days(reading: &Reading<'_>, spell: &Spell, born: NaiveDate) {
    let (start, end) = (spell.start_date, last_day(reading, spell));
    assert!(start < end && end <= reading.today, "{reading:?} {spell:?}");
    assert!(age_on(born, start) >= 15, "{reading:?} works as a child: {spell:?}");
    assert!(start.year() >= 1944, "{reading:?} {spell:?}");
    assert!(end <= birthday(born, 75), "{reading:?} works at an old age: {spell:?}");
    assert_eq!(spell.weeks_employed, (end - start).num_weeks());
    let is_hiring = updates(spell)[0].event == Some(UpdateEvent::Hired);
    match reading.source {
        DataSource::Imss if is_hiring => {
            assert_ne!(start.weekday(), Weekday::Sun, "{reading:?} {spell:?}");
            assert!(is_working_day(start), "{reading:?} {spell:?}");
        }
        DataSource::Imss => {}
        DataSource::Issste => assert!([1, 16].contains(&start.day()), "{reading:?} {spell:?}"),
    }
}

fn check_updates(reading: &Reading<'_>, spell: &Spell) {
    let updates = updates(spell);
    assert!(updates.is_sorted_by_key(|update| update.update_date), "{reading:?} {spell:?}");
    assert_eq!(updates[0].update_date, spell.start_date);
    assert!(updates.iter().all(|update| update.update_date <= last_day(reading, spell)));
    let events: Vec<UpdateEvent> = updates.iter().filter_map(|update| update.event).collect();
    let has_ended = spell.end_date.is_some();
    if reading.source == DataSource::Issste {
        use UpdateEvent::{BdutaCertificate, DyeCertificate, Normal};
        assert!([Normal, BdutaCertificate, DyeCertificate].contains(&events[0]));
        assert!(events.iter().all(|event| *event == events[0]), "{reading:?} {spell:?}");
        return;
    }
    assert!([UpdateEvent::Hired, UpdateEvent::VoluntaryContribution].contains(&events[0]));
    let is_end = |event: &UpdateEvent| *event == UpdateEvent::DismissedResigned;
    assert_eq!(events.last().is_some_and(is_end), has_ended, "{reading:?} {spell:?}");
    let inner = &events[1..events.len() - usize::from(has_ended)];
    let allowed = [UpdateEvent::SalaryModification, UpdateEvent::Absence, UpdateEvent::SickLeave];
    assert!(inner.iter().all(|event| allowed.contains(event)), "{reading:?} {spell:?}");
}

fn check_salaries(reading: &Reading<'_>, spell: &Spell) {
    for update in updates(spell) {
        let (day, cents) = (update.update_date, update.base_salary.cents());
        let least = minimum_wage(day, Zone::General);
        // A job that ends on the day of a new minimum wage has the salary of the day before.
        let is_end = Some(day) == spell.end_date;
        assert!(cents >= least || is_end, "{reading:?} below the minimum: {update:?}");
        assert!(
            cents <= Wages::of(day, Zone::General).highest || is_end,
            "{reading:?} above the highest: {update:?}"
        );
    }
    let (last, day) = (spell.most_recent_base_salary, last_day(reading, spell));
    assert_eq!(updates(spell).last().unwrap().base_salary, last);
    if spell.end_date.is_none() {
        assert!(last.cents() >= minimum_wage(day, Zone::General), "{reading:?} {spell:?}");
    }
    let monthly = match reading.source {
        DataSource::Imss => last.times(365, 12),
        DataSource::Issste => last.times(30, 1),
    };
    assert_eq!(spell.monthly_salary, monthly);
}

/// Two jobs at once are possible, and three are not, unless the profile asks for more.
fn check_overlaps(reading: &Reading<'_>, spells: &[Spell]) {
    let most = usize::from(reading.profile.concurrent_jobs.unwrap_or(2));
    for spell in spells {
        let day = spell.start_date;
        let at_once =
            spells.iter().filter(|other| other.start_date <= day && day < last_day(reading, other));
        assert!(at_once.count() <= most, "{reading:?}: {spells:#?}");
    }
}

fn check_status(reading: &Reading<'_>, record: &Employment, born: NaiveDate) {
    let entitlements = &record.personal_data.entitlements;
    let has_job = !current(record).is_empty();
    let ends = record.employment_records.iter().filter_map(|spell| spell.end_date);
    let last_end = ends.max();
    assert_eq!(entitlements.status == Some(EmploymentStatus::Employed), has_job, "{reading:?}");
    assert_eq!(entitlements.entitled_to_company_benefits, has_job, "{reading:?}");
    match entitlements.status {
        None => assert!(record.employment_records.is_empty(), "{reading:?}"),
        Some(EmploymentStatus::Employed) => assert_eq!(entitlements.valid_until, None),
        Some(EmploymentStatus::Unemployed) => {
            let until = entitlements.valid_until.unwrap();
            assert_eq!((until - last_end.unwrap()).num_days(), 56, "{reading:?}");
            assert_eq!(entitlements.entitled_to_health_insurance, reading.today <= until);
        }
        Some(EmploymentStatus::Retired) => {
            let end = last_end.unwrap();
            assert!(end > birthday(born, 60) - chrono::Days::new(2), "{reading:?}");
            let first = record.employment_records[0].start_date;
            let weeks: i64 =
                record.employment_records.iter().map(|spell| spell.weeks_employed).sum();
            assert!(weeks >= weeks_for_pension(reading.source, first, end), "{reading:?}");
        }
    }
}

fn check_what_only_imss_has(reading: &Reading<'_>, record: &Employment) {
    let summary = record.social_security_summary.as_ref().unwrap();
    let all: i64 = record.employment_records.iter().map(|spell| spell.weeks_employed).sum();
    let overlap = record.employment_records.iter().scan(NaiveDate::MIN, |covered, spell| {
        let twice = (*covered - spell.start_date).num_days();
        *covered = last_day(reading, spell).max(*covered);
        Some(twice.clamp(0, (last_day(reading, spell) - spell.start_date).num_days()))
    });
    let (overlap, count): (i64, i64) = (overlap.sum(), record.employment_records.len() as i64);
    let counted_twice = all - summary.weeks_contributed;
    assert!((overlap / 7 - count..=overlap / 7 + count).contains(&counted_twice), "{reading:?}");
    assert!((0..=summary.weeks_contributed).contains(&summary.weeks_redeemed), "{reading:?}");
    assert!((0..=summary.weeks_redeemed).contains(&summary.weeks_reinstated), "{reading:?}");
    let scores = record.employment_scores.as_ref().unwrap();
    assert_eq!(scores.iter().map(|score| score.period).collect::<Vec<_>>(), [3, 6, 12]);
    for score in scores {
        assert_eq!(score.score.is_none(), record.employment_records.is_empty(), "{reading:?}");
        assert!(score.score.is_none_or(|score| (300..=900).contains(&score)), "{reading:?}");
    }
    let paid: i64 = current(record).iter().map(|spell| spell.most_recent_base_salary.cents()).sum();
    let estimate = record.salary_estimation.as_ref().unwrap().base_salary_estimate.unwrap();
    assert!((estimate.cents() - paid).abs() <= paid * 31 / 1000, "{reading:?}");
}

#[test]
fn children_have_no_jobs_and_the_very_old_have_stopped() {
    let profile = Profile::of(EmploymentStatus::Employed);
    for (born, status) in [("2011-04-01", None), ("2026-01-01", None), ("2031-01-01", None)] {
        let curp = super::curp(3, born.parse().unwrap());
        let reading = Reading::of(&profile, &curp);
        let record = reading.record();
        assert_eq!(record.personal_data.entitlements.status, status, "{curp}");
        assert!(record.employment_records.is_empty(), "{curp}");
        assert_eq!(record.personal_data.document_ids.len(), 1, "{curp} has no NSS");
        assert_eq!(reading.shortfalls().len(), 1);
    }
    for born in ["1930-01-01", "1950-01-01"] {
        let curp = super::curp(3, born.parse().unwrap());
        let record = Reading::of(&profile, &curp).record();
        assert!(current(&record).is_empty(), "{curp}");
    }
    assert_eq!(DAY.year(), 2026, "the births above are meant for this year");
}
