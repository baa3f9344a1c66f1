//! A person whose name, birth date and sex fit a CURP.

use chrono::{Datelike, Days, NaiveDate};
use fake::Fake;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use crate::generate::names::{GivenNames, Hints, NamesOf, SurnameWith};
use crate::generate::nss::{nss, registered_in};
use crate::generate::regions::any_state;
use crate::generate::rfc::rfc_of_person;
use crate::model::curp::{self, Sex};
use crate::model::state::State;
use crate::seed::Seed;

/// The year of birth of a person whose CURP does not contain one.
pub(super) const FALLBACK_BIRTH_YEAR: i32 = 1985;
/// The first whole year of IMSS.
const FIRST_AFFILIATION_YEAR: i32 = 1944;

/// A person. All of it follows from the seed and the CURP, in whichever scenario the person appears.
#[derive(Debug)]
pub(crate) struct Person {
    pub sex: Sex,
    pub birth_date: NaiveDate,
    /// The state of birth. It is None for those who were born abroad.
    pub birthplace: Option<&'static State>,
    /// The state in which the person was registered with IMSS, and first worked.
    pub home: &'static State,
    /// The year of the registration with IMSS, which the NSS contains: that of the first job, at an
    /// age from 16 to 25. It may lie in the future of a child.
    pub affiliation_year: i32,
    pub nss: String,
    pub rfc: String,
    given_names: GivenNames,
    /// The surnames, or the only one.
    surnames: (&'static str, Option<&'static str>),
}

impl Person {
    /// Returns the person who has a CURP. `people` is the seed of all people.
    pub(crate) fn new(curp: &str, people: &Seed) -> Person {
        let mut generator = people.named("person", curp.as_bytes()).generator();
        let sex = curp::sex(curp)
            .unwrap_or_else(|| [Sex::Female, Sex::Male].choose(&mut generator).copied().unwrap());
        let birth_date = birth_date(curp, &mut generator);
        let surnames = surnames_for(curp, &mut generator);
        let given_names = given_names_for(curp, sex, birth_date.year(), &mut generator);
        let birthplace = curp::state(curp).and_then(State::by_code);
        let home = birthplace.filter(|_| generator.random_range(0..100) < STAY_PERCENT);
        let home = home.unwrap_or_else(|| any_state(&mut generator));
        let affiliation_year = affiliation_year(birth_date, &mut generator);
        Person {
            sex,
            birth_date,
            birthplace,
            home,
            affiliation_year,
            nss: nss(&mut generator, home, affiliation_year, birth_date.year()),
            rfc: rfc_of_person(curp, surnames, given_names, birth_date),
            given_names,
            surnames,
        }
    }

    /// Returns the NSS of somebody whose first job began in a year. That of a person who worked
    /// before the usual year has the earlier one.
    pub(super) fn nss_by(&self, first_year: i32) -> String {
        match first_year < self.affiliation_year {
            true => registered_in(&self.nss, first_year),
            false => self.nss.clone(),
        }
    }

    /// Returns the given names.
    pub(crate) fn first_name(&self) -> String {
        self.given_names.to_string()
    }

    /// Returns the surnames.
    pub(crate) fn last_name(&self) -> String {
        match self.surnames {
            (first, Some(second)) => format!("{first} {second}"),
            (only, None) => only.to_owned(),
        }
    }

    pub(crate) fn official_name(&self) -> String {
        format!("{} {}", self.first_name(), self.last_name())
    }
}

/// The share of people who first work in the state where they were born. INEGI's census of 2020
/// counts 17 % who live in another one.
const STAY_PERCENT: u32 = 83;

/// Draws the year of the first job. Most people are 17 to 20 then.
fn affiliation_year(birth_date: NaiveDate, generator: &mut ChaCha8Rng) -> i32 {
    let age = 16 + generator.random_range(0..=5) + generator.random_range(0..=4);
    (birth_date.year() + age).max(FIRST_AFFILIATION_YEAR)
}

/// Draws surnames for the letters of a CURP. Two X stand for a second surname that is missing.
fn surnames_for(curp: &str, generator: &mut ChaCha8Rng) -> (&'static str, Option<&'static str>) {
    let initials = curp::initials(curp);
    let [initial, vowel, second, _] = initials;
    let [consonant, second_consonant, _] = curp::inner_consonants(curp);
    let vowel = curp::hidden_vowel(initials).or(vowel);
    let mut draw = |initial, vowel, consonant| -> &'static str {
        SurnameWith(Hints { initial, vowel, consonant }).fake_with_rng(generator)
    };
    let first = draw(initial, vowel, consonant);
    let has_second = (second, second_consonant) != (Some('X'), Some('X'));
    (first, has_second.then(|| draw(second, None, second_consonant)))
}

fn given_names_for(
    curp: &str,
    sex: Sex,
    birth_year: i32,
    generator: &mut ChaCha8Rng,
) -> GivenNames {
    let [.., initial] = curp::initials(curp);
    let [.., consonant] = curp::inner_consonants(curp);
    let hints = Hints { initial, vowel: None, consonant };
    NamesOf { sex, year: birth_year, hints }.fake_with_rng(generator)
}

/// Returns the birth date in the CURP. If that date does not exist, it is a drawn day of the CURP's
/// year.
fn birth_date(curp: &str, generator: &mut ChaCha8Rng) -> NaiveDate {
    curp::birth_date(curp).unwrap_or_else(|| {
        let year = curp::birth_year(curp).unwrap_or(FALLBACK_BIRTH_YEAR);
        let new_year = NaiveDate::from_ymd_opt(year, 1, 1).expect("1 January exists in every year");
        new_year + Days::new(generator.random_range(0..365))
    })
}

#[cfg(test)]
mod tests;
