//! The RFC of an employer, from its name.

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, Months, NaiveDate};
use rand::RngExt;

use crate::generate::names::surnames;
use crate::generate::rfc::rfc;
use crate::model::curp::{capitals, first_word};
use crate::seed::Seed;

/// The words at the end of a name that say its legal form, the longest first.
const FORMS: &[&str] = &[
    "SA INSTITUCION DE BANCA MULTIPLE",
    "SC DE AP DE RL DE CV",
    "SPR DE RL DE CV",
    "SA DE CV SOFOM ENR",
    "S DE RL DE CV",
    "SAPI DE CV",
    "SAB DE CV",
    "SA DE CV",
    "SC",
    "AC",
    "IAP",
    "SA",
];
/// The words of a company's name that its RFC passes over.
const PARTICLES: &[&str] = &["DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "EN", "E"];
/// The years in which companies were founded, and in which people who employ others were born.
const FOUNDED: RangeInclusive<i32> = 1950..=2009;
const BORN: RangeInclusive<i32> = 1935..=1984;

/// Returns the RFC of the employer with this name, as of a day on which somebody works there. All
/// people have the same RFC of it.
pub(in crate::generate) fn employer_rfc(name: &str, people: &Seed, worked_on: NaiveDate) -> String {
    let name = capitals(name);
    let form = FORMS.iter().find_map(|form| name.strip_suffix(form)?.strip_suffix(' '));
    let seed = people.named("employer_rfc", name.as_bytes());
    match natural_person(&name) {
        Some(letters) if form.is_none() => rfc(&letters, day_in(&seed, BORN), &name),
        _ => {
            let founded = before(day_in(&seed, FOUNDED), worked_on);
            rfc(&letters_of_company(form.unwrap_or(&name)), founded, &name)
        }
    }
}

/// Draws a day of some years.
fn day_in(seed: &Seed, years: RangeInclusive<i32>) -> NaiveDate {
    let mut generator = seed.generator();
    let (year, day) = (generator.random_range(years), generator.random_range(0..365));
    NaiveDate::from_yo_opt(year, 1).expect("1 January exists in every year") + Days::new(day)
}

/// Returns the day of the foundation, or one some decades earlier if somebody worked there before.
fn before(founded: NaiveDate, worked_on: NaiveDate) -> NaiveDate {
    let decades = (founded.year() - worked_on.year()).div_euclid(10) + 1;
    let earlier = Months::new(120 * decades.max(0).unsigned_abs());
    founded.checked_sub_months(earlier).unwrap_or(founded)
}

/// Returns the letters of the RFC of a natural person, whose surnames IMSS puts first: `GARCIA LOPEZ
/// JUAN`. Other names have none.
fn natural_person(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(' ').collect();
    let [first, second, given @ ..] = words.as_slice() else { return None };
    let is_person = surnames().has(first) && surnames().has(second);
    let skipped = usize::from(given.len() > 1 && ["MARIA", "JOSE"].contains(given.first()?));
    let given_name = given[skipped..].join(" ");
    let letter = |word: &str| word.chars().next();
    let vowel = first.chars().skip(1).find(|letter| "AEIOU".contains(*letter)).unwrap_or('X');
    let letters = [letter(first)?, vowel, letter(second)?, letter(first_word(&given_name))?];
    is_person.then(|| letters.into_iter().map(ascii).collect())
}

/// Returns the three letters of a company's RFC: the initials of its first three words, or more
/// letters of the last of fewer words.
fn letters_of_company(name: &str) -> String {
    let words: Vec<&str> = name.split(' ').filter(|word| !PARTICLES.contains(word)).collect();
    let letters: String = match words.as_slice() {
        [first, second, third, ..] => {
            [first, second, third].iter().filter_map(|word| word.chars().next()).collect()
        }
        [first, second] => first.chars().take(1).chain(second.chars().take(2)).collect(),
        [only] => only.chars().take(3).collect(),
        [] => String::new(),
    };
    let letters: String = letters.chars().map(ascii).collect();
    format!("{letters:X<3}")
}

fn ascii(letter: char) -> char {
    if letter.is_ascii_uppercase() { letter } else { 'X' }
}
