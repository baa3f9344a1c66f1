//! A person whose name, birth date and sex fit a CURP.

use chrono::{Datelike, Days, NaiveDate};
use fake::Fake;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use crate::generate::locale::{GivenName, Hints, Surname};
use crate::model::curp::{self, Sex};
use crate::seed::Seed;

/// The year of birth of a person whose CURP does not contain one.
const FALLBACK_BIRTH_YEAR: i32 = 1985;

#[derive(Debug)]
pub(super) struct Person {
    pub first_name: &'static str,
    pub surnames: [&'static str; 2],
    pub birth_date: NaiveDate,
    /// The two letters of the state of birth. No state may have them.
    pub state: Option<String>,
    seed: Seed,
}

impl Person {
    pub(super) fn new(curp: &str, seed: &Seed) -> Person {
        let mut generator = seed.child("name").generator();
        let sex = curp::sex(curp)
            .unwrap_or_else(|| [Sex::Female, Sex::Male].choose(&mut generator).copied().unwrap());
        let [first, vowel, second, given] = curp::initials(curp);
        let [first_inner, second_inner, given_inner] = curp::inner_consonants(curp);
        let mut surname = |initial, vowel, consonant| -> &'static str {
            Surname(Hints { initial, vowel, consonant }).fake_with_rng(&mut generator)
        };
        let surnames = [surname(first, vowel, first_inner), surname(second, None, second_inner)];
        let hints = Hints { initial: given, vowel: None, consonant: given_inner };
        let first_name = GivenName(sex, hints).fake_with_rng(&mut generator);
        Person {
            first_name,
            surnames,
            birth_date: birth_date(curp, &mut seed.child("birth_date").generator()),
            state: curp::state(curp).map(str::to_owned),
            seed: seed.clone(),
        }
    }

    pub(super) fn last_name(&self) -> String {
        self.surnames.join(" ")
    }

    pub(super) fn official_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name())
    }

    /// Returns the NSS, eleven digits: office, year of registration, year of birth, serial number,
    /// check digit.
    pub(super) fn nss(&self, registered: NaiveDate) -> String {
        let mut generator = self.seed.child("nss").generator();
        let digits = format!(
            "{:02}{:02}{:02}{:04}",
            generator.random_range(1..=97),
            registered.year().rem_euclid(100),
            self.birth_date.year().rem_euclid(100),
            generator.random_range(1..=9999),
        );
        let check = luhn_check_digit(&digits);
        format!("{digits}{check}")
    }

    /// Returns the RFC: the first ten characters of the CURP and three more.
    pub(super) fn rfc(&self, curp: &str) -> String {
        let mut generator = self.seed.child("rfc").generator();
        let alphabet = b"ABCDEFGHIJKLMNPQRSTUVWXYZ123456789";
        let mut homoclave = || char::from(*alphabet.choose(&mut generator).unwrap());
        let (first, second) = (homoclave(), homoclave());
        let check = generator.random_range(0..=9);
        format!("{}{first}{second}{check}", curp.get(..10).unwrap_or(curp))
    }
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

/// Returns the digit with which the whole number passes Luhn's test.
fn luhn_check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 if digit > 4 => 2 * digit - 9,
            0 => 2 * digit,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::luhn_check_digit;

    #[test]
    fn luhn_check_digits_are_those_of_the_textbook() {
        for (digits, check) in [("7992739871", 3), ("1", 8), ("0000000000", 0)] {
            assert_eq!(luhn_check_digit(digits), check, "{digits}");
        }
    }
}
