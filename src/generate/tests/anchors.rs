//! The past does not depend on the day of the registration, and later readings only add to it.

use chrono::{Days, NaiveDate};

use super::{DAY, Reading, SOURCES, STATUSES, curp_of_working_age, current, updates};
use crate::generate::{Change, Subject, employment};
use crate::model::employment_record::{Employment, Spell};
use crate::model::profile::{EmploymentStatus, Profile};
use crate::seed::Seed;

/// The jobs that ended well before the registration: all but the last ones.
fn past(record: &Employment, before: NaiveDate) -> Vec<String> {
    let has_ended = |spell: &&Spell| spell.end_date.is_some_and(|end| end < before);
    record.employment_records.iter().filter(has_ended).map(|spell| format!("{spell:?}")).collect()
}

#[test]
fn a_later_registration_shows_the_same_past() {
    let profile = Profile::of(EmploymentStatus::Employed);
    let mut compared = 0;
    for number in 0..1_000 {
        let curp = curp_of_working_age(number);
        let first = Reading { source: SOURCES[number % 2], ..Reading::of(&profile, &curp) };
        let later = DAY + Days::new(200 + number as u64 * 3);
        let second = Reading { registered_on: later, today: later, ..first };
        let (first, second) = (first.record(), second.record());
        let ids = |record: &Employment| format!("{:?}", record.personal_data.document_ids);
        // The NSS of somebody whose first job is the last one follows from the day as well.
        assert!(ids(&first) == ids(&second) || first.employment_records.len() < 3, "{curp}");
        // The last job of the first registration may have been fitted to it.
        let mut known = past(&first, DAY);
        let last = first.employment_records.iter().map(|spell| spell.start_date).max();
        known.retain(|spell| {
            !last.is_some_and(|last| spell.contains(&format!("start_date: {last}")))
        });
        let shown: Vec<String> =
            second.employment_records.iter().map(|spell| format!("{spell:?}")).collect();
        let missing: Vec<&String> = known.iter().filter(|spell| !shown.contains(spell)).collect();
        assert!(missing.is_empty(), "{curp} {missing:#?}\n{shown:#?}");
        compared += known.len();
    }
    assert!(compared > 3_000, "only {compared} jobs were compared");
}

#[test]
fn a_later_reading_adds_to_the_same_past() {
    for number in 0..600 {
        let curp = curp_of_working_age(number);
        let profile = Profile::of(STATUSES[number % 3]);
        let first = Reading { source: SOURCES[number / 3 % 2], ..Reading::of(&profile, &curp) };
        let second = Reading { today: DAY + Days::new(900), ..first };
        let (first, second) = (first.record(), second.record());
        assert_eq!(first.employment_records.len(), second.employment_records.len(), "{curp}");
        for (old, new) in first.employment_records.iter().zip(&second.employment_records) {
            match old.end_date {
                Some(_) => assert_eq!(format!("{old:?}"), format!("{new:?}"), "{curp}"),
                None => assert!(
                    format!("{:?}", updates(new))
                        .starts_with(format!("{:?}", updates(old)).trim_end_matches(']')),
                    "{curp} {old:?}\n{new:?}"
                ),
            }
        }
    }
}

/// Returns the record after changes, each some days after [`DAY`].
fn after(curp: &str, changes: &[(u64, Change)], today: u64) -> Employment {
    let profile = Profile::of(EmploymentStatus::Employed);
    let people = Seed::new(7);
    let at = |days: u64| (DAY + Days::new(days)).and_hms_opt(12, 0, 0).unwrap().and_utc();
    let changes: Vec<_> = changes.iter().map(|(days, change)| (at(*days), *change)).collect();
    let reading = Reading::of(&profile, curp);
    let subject = Subject { changes: &changes, ..reading.subject(&people) };
    employment(&profile, subject, &reading.seed(&people), DAY + Days::new(today))
}

fn best_score(record: &Employment) -> u16 {
    record.employment_scores.as_ref().unwrap()[0].score.unwrap()
}

#[test]
fn changes_move_pay_status_and_scores_in_their_direction() {
    let mut fell = 0;
    for number in 0..500 {
        let curp = curp_of_working_age(number);
        let before = after(&curp, &[], 50);
        let pay = |record: &Employment| {
            current(record).last().map(|job| job.most_recent_base_salary.cents())
        };
        let raised = after(&curp, &[(50, Change::Raise)], 50);
        assert!(pay(&raised) > pay(&before) || pay(&before) > Some(280_000), "{curp}");
        let lost = after(&curp, &[(50, Change::Raise), (100, Change::JobLoss)], 100);
        assert_eq!(pay(&lost), None, "{curp}");
        let status = lost.personal_data.entitlements.status;
        assert_eq!(status, Some(EmploymentStatus::Unemployed), "{curp}");
        for (old, new) in
            before.employment_scores.iter().flatten().zip(lost.employment_scores.iter().flatten())
        {
            assert!(new.score < old.score, "{curp} {old:?} {new:?}");
            fell += 1;
        }
        let steps = [(50, Change::Raise), (100, Change::JobLoss), (150, Change::NewJob)];
        let again = after(&curp, &steps, 150 + 30);
        assert_eq!(again.personal_data.entitlements.status, Some(EmploymentStatus::Employed));
        let kept = after(&curp, &[(50, Change::Raise)], 99);
        let is_better = pay(&again) > pay(&kept) || pay(&again) > Some(280_000);
        assert!(is_better, "{curp}");
        assert!(best_score(&again) > best_score(&lost), "{curp}");
    }
    assert_eq!(fell, 1_500);
}
