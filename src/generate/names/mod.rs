//! Names that fit the letters of a CURP, as values of the `fake` crate, which has no Mexican ones.

mod era;
mod given;
mod pool;
mod surnames;

use fake::{Dummy, RngExt};

pub(super) use crate::generate::names::pool::{Hints, surnames};
use crate::generate::names::pool::{given_names, second_names};
use crate::model::curp::Sex;

/// The share of people with two given names. About half of Mexicans have two.
const TWO_NAMES_PERCENT: u32 = 50;
/// The year of birth for surnames, which are those of all years.
const ANY_YEAR: i32 = 2000;

/// Any surname, as frequent as it is.
pub(super) struct AnySurname;

/// A surname with these letters.
pub(super) struct SurnameWith(pub Hints);

/// The given names of somebody of a sex who was born in a year, with these letters.
pub(super) struct NamesOf {
    pub sex: Sex,
    pub year: i32,
    pub hints: Hints,
}

impl Dummy<AnySurname> for &'static str {
    fn dummy_with_rng<R: RngExt + ?Sized>(_: &AnySurname, generator: &mut R) -> Self {
        surnames().draw_any(generator)
    }
}

impl Dummy<SurnameWith> for &'static str {
    fn dummy_with_rng<R: RngExt + ?Sized>(surname: &SurnameWith, generator: &mut R) -> Self {
        surnames().draw(generator, surname.0, ANY_YEAR, |_| true)
    }
}

/// The given names of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GivenNames {
    first: &'static str,
    second: Option<&'static str>,
}

impl Dummy<NamesOf> for GivenNames {
    fn dummy_with_rng<R: RngExt + ?Sized>(names: &NamesOf, generator: &mut R) -> GivenNames {
        let NamesOf { sex, year, hints } = *names;
        let leading = match sex {
            Sex::Female => "María",
            Sex::Male => "José",
        };
        let has_two = generator.random_range(0..100) < TWO_NAMES_PERCENT;
        let is_led = has_two && generator.random_range(0..100) < led_percent(sex, year);
        // Of two names the CURP skips María and José; so they stand alone, or before the name that
        // gives the letters.
        let may_be = |name: &str| !has_two || name != leading;
        let name = given_names(sex).draw(generator, hints, year, may_be);
        match (has_two, is_led) {
            (true, true) => GivenNames { first: leading, second: Some(after(leading, name)) },
            (true, false) => {
                let is_other = |second: &str| second != name;
                let second = second_names(sex).draw(generator, Hints::default(), year, is_other);
                GivenNames { first: name, second: Some(second) }
            }
            (false, _) => GivenNames { first: name, second: None },
        }
    }
}

impl GivenNames {
    /// Returns the name that gives a CURP its letters.
    pub(super) fn of_curp(self) -> &'static str {
        match self.second {
            Some(second) if ["María", "José"].contains(&self.first) => second,
            _ => self.first,
        }
    }
}

impl std::fmt::Display for GivenNames {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.second {
            Some(second) => write!(formatter, "{} {second}", self.first),
            None => formatter.write_str(self.first),
        }
    }
}

/// Returns the share of María and José among the first ones of two names, in per cent.
fn led_percent(sex: Sex, year: i32) -> u32 {
    match (sex, year) {
        (Sex::Female, ..1970) => 50,
        (Sex::Female, ..1990) => 30,
        (Sex::Male, ..1970) => 30,
        _ => 15,
    }
}

/// Returns a name as it is written after María or José.
fn after(leading: &str, name: &'static str) -> &'static str {
    match (leading, name) {
        ("María", "Carmen") => "del Carmen",
        ("María", "Rosario") => "del Rosario",
        ("María", "Pilar") => "del Pilar",
        ("María", "Refugio") => "del Refugio",
        ("María", "Socorro") => "del Socorro",
        ("María", "Rocío") => "del Rocío",
        ("María", "Consuelo") => "del Consuelo",
        ("María", "Luz") => "de la Luz",
        ("María", "Lourdes") => "de Lourdes",
        _ => name,
    }
}
