//! The traits that a profile asks for and a person cannot have.

use chrono::{Days, NaiveDate};

use crate::generate::Subject;
use crate::generate::career::Career;
use crate::generate::course::{FIRST_JOB_DAYS, void_at_issste};
use crate::generate::pensions::{OLDEST_AT_WORK, birthday, first_working_day};
use crate::generate::person::{FALLBACK_BIRTH_YEAR, Person};
use crate::model::curp;
use crate::model::profile::{DataSource, EmploymentStatus, Profile};
use crate::seed::Seed;

/// Returns what `profile` asks for and a person with this CURP cannot have, in sentences.
pub(crate) fn shortfalls(profile: &Profile, subject: Subject<'_>, seed: &Seed) -> Vec<String> {
    match surely_has_none(profile, &subject) {
        true => Vec::new(),
        false => drawn(profile, subject, seed),
    }
}

/// Draws the working life, and returns what it lacks.
fn drawn(profile: &Profile, subject: Subject<'_>, seed: &Seed) -> Vec<String> {
    let source = profile.source.unwrap_or(subject.source);
    let person = Person::new(subject.curp, subject.people);
    let career_seed = seed.child("career");
    Career::new(profile, &person, source, [subject.people, &career_seed], subject.registered_on)
        .shortfalls
}

/// Tells, without drawing the working life, that it lacks nothing: anybody of working age can have
/// what the profile asks for. Each new link asks this.
fn surely_has_none(profile: &Profile, subject: &Subject<'_>) -> bool {
    let source = profile.source.unwrap_or(subject.source);
    let asks_for_little = profile.status != EmploymentStatus::Retired
        && profile.employers.is_none()
        && profile.age_at_first_job.is_none()
        && profile.salary.is_none()
        && (source == DataSource::Imss || void_at_issste(profile).is_empty());
    asks_for_little && is_of_working_age(subject, source)
}

/// Tells that the person is of working age, on whichever day of the CURP's year the birthday is.
fn is_of_working_age(subject: &Subject<'_>, source: DataSource) -> bool {
    let year = curp::birth_year(subject.curp).unwrap_or(FALLBACK_BIRTH_YEAR);
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let (Some(first), Some(last)) = (day(1, 1), day(12, 31)) else { return false };
    let from = first_working_day(last, source) + Days::new(FIRST_JOB_DAYS);
    (from..birthday(first, OLDEST_AT_WORK)).contains(&subject.registered_on)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use crate::generate::Subject;
    use crate::generate::shortfalls::{drawn, surely_has_none};
    use crate::model::profile::{DataSource, EmploymentStatus, Profile};
    use crate::model::sector::Sector;
    use crate::seed::Seed;

    #[test]
    fn nobody_lacks_anything_who_surely_does_not() {
        let people = Seed::new(7);
        let mut sure = 0;
        for number in 0..600 {
            let year = 20 + number % 100;
            let homonym = if number % 3 == 0 { 'A' } else { '0' };
            let (month, day) = (1 + number % 13, 1 + number % 28);
            let born = format!("{:02}{month:02}{day:02}", year % 100);
            let curp = format!("GARC{born}HDFRRL{homonym}{}", number % 10);
            let statuses = [EmploymentStatus::Employed, EmploymentStatus::Unemployed];
            let profile = Profile {
                concurrent_jobs: [None, Some(3)][number / 7 % 2],
                sector: [None, Some(Sector::Commerce)][number / 5 % 2],
                ..Profile::of(statuses[number / 2 % 2])
            };
            let subject = Subject {
                curp: &curp,
                people: &people,
                email: None,
                source: [DataSource::Imss, DataSource::Issste][number / 3 % 2],
                registered_on: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
                changes: &[],
            };
            let lacks = drawn(&profile, subject, &people);
            let is_sure = surely_has_none(&profile, &subject);
            assert!(!is_sure || lacks.is_empty(), "{curp} {profile:?}: {lacks:?}");
            sure += usize::from(is_sure);
        }
        assert!((100..500).contains(&sure), "{sure} of 600");
    }

    #[test]
    fn a_profile_that_asks_for_more_is_drawn() {
        let people = Seed::new(7);
        let subject = Subject {
            curp: "GARC850101HDFRRL09",
            people: &people,
            email: None,
            source: DataSource::Imss,
            registered_on: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
            changes: &[],
        };
        let employed = || Profile::of(EmploymentStatus::Employed);
        assert!(surely_has_none(&employed(), &subject));
        for profile in [
            Profile::of(EmploymentStatus::Retired),
            Profile { age_at_first_job: Some(40), ..employed() },
            Profile { employers: serde_json::from_str("[3, 3]").unwrap(), ..employed() },
        ] {
            assert!(!surely_has_none(&profile, &subject), "{profile:?}");
        }
    }
}
