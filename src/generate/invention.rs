//! Invents CURPs. Their holders do not exist; that a living person has such a CURP is a coincidence.

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate};
use fake::Fake;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::generate::draw::weighted;
use crate::generate::names::{AnySurname, GivenNames, Hints, NamesOf};
use crate::model::curp::{self, Facts, Sex};
use crate::model::state::STATES;
use crate::seed::Seed;

/// The state of birth of those who were born abroad, as a CURP has it.
pub(crate) const ABROAD: &str = "NE";
/// The share of those who were born abroad, in thousandths. INEGI's census of 2020 counts 1 %.
const ABROAD_PER_THOUSAND: u32 = 10;
/// The years of birth of people who are invented without a date: those of most who work. They do not
/// move on with the time, so that a seed always gives the same CURP.
const BORN: RangeInclusive<i32> = 1958..=2006;
/// The share of women in the jobs that IMSS insures, in per cent: 40 in 2023, by its monthly figures.
const WOMEN_PERCENT: u32 = 40;

/// Facts about a person who is to be invented. Those that are not given are drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wishes<'a> {
    pub sex: Option<Sex>,
    pub born: Option<NaiveDate>,
    /// The two letters of the state of birth.
    pub state: Option<&'a str>,
}

/// Invents a CURP.
pub(crate) fn invent_curp(seed: &Seed, wishes: Wishes<'_>) -> String {
    let mut generator = seed.child("invention").generator();
    let drawn_sex = match generator.random_range(0..100) < WOMEN_PERCENT {
        true => Sex::Female,
        false => Sex::Male,
    };
    let drawn_date = birth_date(&mut generator);
    let drawn_state = state_of_birth(&mut generator);
    let sex = wishes.sex.unwrap_or(drawn_sex);
    let birth_date = wishes.born.unwrap_or(drawn_date);
    let [first, second] = [(); 2].map(|()| -> &str { AnySurname.fake_with_rng(&mut generator) });
    let names = NamesOf { sex, year: birth_date.year(), hints: Hints::default() };
    let given_names: GivenNames = names.fake_with_rng(&mut generator);
    curp::compose(&Facts {
        surnames: (first, Some(second)),
        given_name: given_names.of_curp(),
        birth_date,
        sex,
        state: wishes.state.unwrap_or(drawn_state),
        homonym: homonym(&mut generator),
    })
}

/// Draws a day of birth. Among those who work more are young than old.
fn birth_date(generator: &mut ChaCha8Rng) -> NaiveDate {
    let [one, other] = [(); 2].map(|()| generator.random_range(BORN));
    let year = if generator.random_range(0..3) == 0 { one.min(other) } else { one.max(other) };
    let new_year = NaiveDate::from_ymd_opt(year, 1, 1).expect("1 January exists in every year");
    new_year + Days::new(generator.random_range(0..365))
}

fn state_of_birth(generator: &mut ChaCha8Rng) -> &'static str {
    if generator.random_range(0..1000) < ABROAD_PER_THOUSAND {
        return ABROAD;
    }
    STATES[weighted(generator, STATES.iter().map(|state| state.population_thousands))].code
}

/// Draws the number that tells people of equal letters and date apart. Nearly all have the first.
fn homonym(generator: &mut ChaCha8Rng) -> u8 {
    generator.random_range(0_u8..40).saturating_sub(36)
}
