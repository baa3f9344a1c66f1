//! Many people together look like those whom IMSS insures. The bounds are wide.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::{DAY, Reading, curp_of_working_age, current, updates};
use crate::generate::pensions::age_on;
use crate::generate::wages::{Wages, Zone};
use crate::model::employment_record::{Employment, UpdateEvent};
use crate::model::profile::{EmploymentStatus, Profile};

/// Three thousand people of working age, who have a job.
fn people() -> &'static [Employment] {
    static PEOPLE: OnceLock<Vec<Employment>> = OnceLock::new();
    PEOPLE.get_or_init(|| {
        let profile = Profile::of(EmploymentStatus::Employed);
        let record = |number| Reading::of(&profile, &curp_of_working_age(number)).record();
        (0..3_000).map(record).collect()
    })
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values[values.len() / 2]
}

fn percent(part: usize, whole: usize) -> usize {
    part * 100 / whole
}

#[test]
fn pay_is_skewed_as_the_figures_of_imss_are() {
    let people = people();
    let jobs: Vec<_> = people.iter().flat_map(current).collect();
    let pay: Vec<i64> = jobs.iter().map(|job| job.most_recent_base_salary.cents()).collect();
    let mean = pay.iter().sum::<i64>() / pay.len() as i64;
    let Wages { average: usual, highest, .. } = Wages::of(DAY, Zone::General);
    assert!((usual * 85 / 100..usual * 120 / 100).contains(&mean), "mean {mean} of {usual}");
    let middle = median(pay.clone());
    assert!((mean * 60 / 100..mean * 95 / 100).contains(&middle), "median {middle} of {mean}");
    let lowest = |zone| Wages::of(DAY, zone).lowest;
    let near = |cents: &i64| {
        [Zone::General, Zone::Border]
            .iter()
            .any(|zone| (lowest(*zone)..=lowest(*zone) * 102 / 100).contains(cents))
    };
    let lowest = percent(pay.iter().filter(|cents| near(cents)).count(), pay.len());
    assert!((8..40).contains(&lowest), "{lowest} % near the minimum");
    let capped = pay.iter().filter(|cents| **cents == highest).count();
    assert!(percent(capped, pay.len()) < 3, "{capped} at the highest salary");
    assert!(pay.iter().any(|cents| *cents > highest / 2), "nobody earns well");
}

#[test]
fn pay_grows_with_age() {
    let people = people();
    let of_ages = |from: i32, until: i32| {
        let fits = |record: &&Employment| {
            let born = record.personal_data.birth_date.unwrap();
            (from..until).contains(&age_on(born, DAY))
        };
        let jobs = people.iter().filter(fits).flat_map(current);
        median(jobs.map(|job| job.most_recent_base_salary.cents()).collect())
    };
    let (young, middle) = (of_ages(16, 23), of_ages(35, 55));
    assert!(young * 110 / 100 < middle, "{young} at 16 to 22, {middle} at 35 to 54");
}

#[test]
fn jobs_last_as_they_do() {
    let people = people();
    let spells = || people.iter().flat_map(|record| &record.employment_records);
    let days = spells().filter_map(|spell| Some((spell.end_date? - spell.start_date).num_days()));
    let length = median(days.collect());
    assert!((120..600).contains(&length), "median of {length} days");
    let long = spells().filter(|spell| spell.weeks_employed > 10 * 52).count();
    assert!((1..15).contains(&percent(long, spells().count())), "{long} jobs over ten years");
    let two = people.iter().filter(|record| current(record).len() > 1).count();
    assert!((1..12).contains(&percent(two, people.len())), "{two} have two jobs");
    let returns = people.iter().filter(|record| {
        let employers: HashSet<&str> =
            record.employment_records.iter().map(|spell| &*spell.employer).collect();
        employers.len() < record.employment_records.len()
    });
    let returns = percent(returns.count(), people.len());
    assert!((5..70).contains(&returns), "{returns} % went back to an employer");
    let recent = people
        .iter()
        .filter(|record| current(record).iter().any(|job| (DAY - job.start_date).num_days() < 365));
    let recent = percent(recent.count(), people.len());
    assert!((10..60).contains(&recent), "{recent} % were hired in the last year");
}

#[test]
fn most_people_get_a_raise_in_two_years() {
    let long = || {
        let spells = people().iter().flat_map(|record| &record.employment_records);
        spells.filter(|spell| spell.weeks_employed > 2 * 52)
    };
    let without = long().filter(|spell| {
        !updates(spell).iter().any(|it| it.event == Some(UpdateEvent::SalaryModification))
    });
    assert!(percent(without.count(), long().count()) < 5, "jobs without any raise");
}

#[test]
fn few_people_move_to_another_state() {
    let people = people();
    let (mut moves, mut changes) = (0, 0);
    for record in people {
        for pair in record.employment_records.windows(2) {
            changes += 1;
            moves += usize::from(pair[0].state != pair[1].state);
        }
    }
    assert!((1..15).contains(&percent(moves, changes)), "{moves} of {changes} changes");
}

#[test]
fn all_events_of_imss_happen() {
    let profile = Profile::of(EmploymentStatus::Retired);
    let retired = (0..600).map(|number| {
        let born = chrono::NaiveDate::from_ymd_opt(1953, 1, 1).unwrap();
        let curp = super::curp(number, born + chrono::Days::new(number as u64 * 4));
        Reading::of(&profile, &curp).record()
    });
    let retired: Vec<Employment> = retired.collect();
    let people = || people().iter().chain(&retired);
    let spells = || people().flat_map(|record| &record.employment_records);
    let share = |event: UpdateEvent| {
        let has = |spell: &&_| updates(spell).iter().any(|update| update.event == Some(event));
        spells().filter(has).count() * 10_000 / spells().count()
    };
    for (event, least, most) in [
        (UpdateEvent::Absence, 100, 1_500),
        (UpdateEvent::SickLeave, 300, 3_000),
        (UpdateEvent::VoluntaryContribution, 2, 500),
    ] {
        let found = share(event);
        assert!((least..most).contains(&found), "{event:?} in {found} of 10,000 jobs");
    }
    let summaries = || people().filter_map(|record| record.social_security_summary.as_ref());
    let redeemed = summaries().filter(|summary| summary.weeks_redeemed > 0).count();
    assert!((2..50).contains(&percent(redeemed, people().count())), "{redeemed} redeemed weeks");
    assert!(summaries().any(|summary| summary.weeks_reinstated > 0));
}
