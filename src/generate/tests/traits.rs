//! A person has the traits that a profile asks for, or the shortfalls say so.

use super::believed::check;
use super::{DAY, Reading, STATUSES, curp_of_any_age, current};
use crate::generate::pensions::age_on;
use crate::model::employment_record::{Employment, Spell, UpdateEvent};
use crate::model::profile::Profile;

/// The traits, as a scenario file writes them.
const TRAITS: [&str; 13] = [
    r#""employers": [1, 1]"#,
    r#""employers": [3, 5]"#,
    r#""employers": [12, 12]"#,
    r#""employer": "MINERA DEL VALLE SA DE CV""#,
    r#""salary": [400, 450]"#,
    r#""salary": [1200.50, 1300]"#,
    r#""state": "OAXACA""#,
    r#""state": "NL", "sector": "MINING""#,
    r#""concurrent_jobs": 3"#,
    r#""concurrent_jobs": 1, "employers": [2, 4]"#,
    r#""concurrent_jobs": 2, "employers": [4, 4]"#,
    r#""age_at_first_job": 18"#,
    r#""age_at_first_job": 33, "salary": [700, 700], "state": "JALISCO""#,
];

fn profile(status: usize, traits: &str) -> Option<Profile> {
    let status = serde_json::to_string(&STATUSES[status]).unwrap();
    serde_json::from_str(&format!(r#"{{"status": {status}, {traits}}}"#)).ok()
}

#[test]
fn a_person_has_the_traits_or_the_shortfalls_say_so() {
    let (mut readings, mut with_shortfalls) = (0, 0);
    for number in 0..3_000 {
        let traits = TRAITS[number % TRAITS.len()];
        let Some(profile) = profile(number / TRAITS.len() % 3, traits) else { continue };
        let curp = curp_of_any_age(number);
        let reading = Reading::of(&profile, &curp);
        let (record, shortfalls) = (reading.record(), reading.shortfalls());
        check(&reading, &record);
        readings += 1;
        if shortfalls.is_empty() {
            check_traits(&reading, &record);
        } else {
            with_shortfalls += 1;
        }
        let born = record.personal_data.birth_date.unwrap();
        let is_usual = (62..=72).contains(&age_on(born, DAY));
        // The minimum wage of the border zone lies above one of the salaries.
        let is_of_the_border = shortfalls.iter().any(|it| it.contains("lay between 462.60"));
        let has_all = shortfalls.is_empty() || is_of_the_border;
        assert!(!is_usual || has_all, "{reading:?} {shortfalls:?}");
    }
    assert!(
        readings > 2_000 && with_shortfalls * 3 < readings * 2,
        "{with_shortfalls} of {readings}"
    );
}

fn check_traits(reading: &Reading<'_>, record: &Employment) {
    let profile = reading.profile;
    let jobs: Vec<&Spell> = record
        .employment_records
        .iter()
        .filter(|spell| super::updates(spell)[0].event == Some(UpdateEvent::Hired))
        .collect();
    let last = jobs.last().unwrap();
    assert_eq!(record.personal_data.entitlements.status, Some(profile.status), "{reading:?}");
    if let Some(employers) = profile.employers {
        let bounds = usize::from(employers.fewest)..=usize::from(employers.most);
        assert!(bounds.contains(&jobs.len()), "{reading:?} {}", jobs.len());
    }
    if let Some(employer) = &profile.employer {
        assert_eq!(last.employer, *employer, "{reading:?}");
    }
    if let Some(range) = profile.salary {
        let paid = last.most_recent_base_salary;
        assert!((range.lowest..=range.highest).contains(&paid), "{reading:?} {paid}");
    }
    if let Some(state) = profile.state {
        assert!(jobs.iter().all(|job| job.state.as_deref() == Some(state.name)), "{reading:?}");
    }
    if let Some(count) = profile.concurrent_jobs {
        assert_eq!(current(record).len(), usize::from(count), "{reading:?}");
    }
    if let Some(age) = profile.age_at_first_job {
        let born = record.personal_data.birth_date.unwrap();
        assert_eq!(age_on(born, jobs[0].start_date), i32::from(age), "{reading:?}");
    }
}
