//! Companies: their names and their registration at IMSS.

use fake::Fake;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::generate::draw::{pick, weighted};
use crate::generate::employers::kinds::{Form, Kind, kinds};
use crate::generate::names::{AnySurname, GivenNames, Hints, NamesOf};
use crate::model::curp::{Sex, capitals};
use crate::model::sector::Sector;
use crate::model::state::{STATES, State};

/// The beginnings and the ends of the invented words.
#[rustfmt::skip]
const BEGINNINGS: [&str; 24] = [
    "NOR", "VAL", "MAR", "LUM", "TER", "COR", "BEN", "ZAR", "TEX", "MOL", "CAL", "RIO", "ALT",
    "GRA", "FER", "DEL", "SIN", "OLM", "TOR", "PAL", "QUIR", "HER", "JUN", "TAM",
];
#[rustfmt::skip]
const ENDS: [&str; 24] = [
    "VANTA", "DORSA", "ELIA", "OMEX", "ILVA", "ORIA", "ANZA", "UVIA", "ISTRA", "ERNA", "OBAL",
    "ETRA", "AMSA", "ODIA", "INTEX", "ELPA", "USTRA", "IMBRA", "ONDRA", "EVIA", "ULSA", "ARDI",
    "ENTO", "IGRA",
];
#[rustfmt::skip]
const SAINTS: [&str; 16] = [
    "SAN ANSELMO", "SAN BRAULIO", "SAN DAMASO", "SAN EULOGIO", "SAN HIGINIO", "SAN LEOBARDO",
    "SAN NORBERTO", "SAN PLACIDO", "SAN TEODULO", "SAN ZENON", "SANTA BENILDE", "SANTA ELVIRA",
    "SANTA FLORENTINA", "SANTA JULITA", "SANTA OLIMPIA", "SANTA QUITERIA",
];
#[rustfmt::skip]
const PLACES: [&str; 10] = [
    "DEL LAGO", "DEL MONTE", "DE LA SIERRA", "DEL ROBLE", "DE LA LOMA", "DEL ARROYO", "DE LA VEGA",
    "DEL PEDREGAL", "DE LAS FUENTES", "DEL BOSQUE",
];

/// Draws the name of a company of a sector, as IMSS writes it: in capitals, without accents and
/// points.
pub(super) fn company(
    generator: &mut ChaCha8Rng,
    sector: Sector,
    state: &State,
    year: i32,
) -> String {
    let kinds = kinds(sector);
    let weight = |kind: &Kind| if kind.is_there(state, year) { kind.weight } else { 0 };
    let kind = &kinds[weighted(generator, kinds.iter().map(weight))];
    if kind.form == Form::Person {
        return natural_person(generator);
    }
    let mut name = String::with_capacity(64);
    for word in kind.pattern.split(' ') {
        match word {
            "STEM" => name.extend([pick(generator, &BEGINNINGS), pick(generator, &ENDS)]),
            "SAINT" => name.extend([pick(generator, &SAINTS), " ", pick(generator, &PLACES)]),
            "SURNAME" => name.push_str(&founder(generator)),
            "REGION" => name.push_str(region(state.code)),
            word => name.push_str(word),
        }
        name.push(' ');
    }
    name.push_str(kind.form.suffix(generator.random_range(0..100), year).unwrap_or_default());
    name
}

impl Kind {
    fn is_there(&self, state: &State, year: i32) -> bool {
        let (first, last) = self.years;
        (first..=last).contains(&year)
            && (self.states.is_empty() || self.states.contains(state.code))
    }
}

/// Draws the surname of somebody who gives a company its name. It is one word.
fn founder(generator: &mut ChaCha8Rng) -> String {
    let mut surnames = std::iter::repeat_with(|| -> &str { AnySurname.fake_with_rng(generator) });
    capitals(surnames.find(|name| !name.contains(' ')).unwrap_or_default())
}

/// Draws the name of a natural person who employs people. IMSS puts the surnames first.
fn natural_person(generator: &mut ChaCha8Rng) -> String {
    let sex = if generator.random_range(0..3) == 0 { Sex::Female } else { Sex::Male };
    let birth_year = generator.random_range(1935..1985);
    let (first, second) = (founder(generator), founder(generator));
    let names = NamesOf { sex, year: birth_year, hints: Hints::default() };
    let given_names: GivenNames = names.fake_with_rng(generator);
    format!("{first} {second} {}", capitals(&given_names.to_string()))
}

/// Returns how companies name the region of a state.
fn region(state: &str) -> &'static str {
    match state {
        "BC" | "BS" => "DE BAJA CALIFORNIA",
        "CH" | "CL" | "DG" | "NL" => "DEL NORTE",
        "SR" | "SL" | "NT" => "DEL PACIFICO",
        "TS" | "VZ" | "TC" => "DEL GOLFO",
        "JC" | "CM" | "MN" => "DE OCCIDENTE",
        "GT" | "QT" | "AS" | "SP" | "ZS" => "DEL BAJIO",
        "CC" | "YN" | "QR" => "DE LA PENINSULA",
        "OC" | "CS" | "GR" => "DEL SUR",
        _ => "DEL CENTRO",
    }
}

/// The letters with which registration numbers begin, outside of Mexico City.
const LETTERS: &[u8; 16] = b"ABCDEFGHJKLMNPRZ";

/// Draws the registration number of an employer at IMSS, eleven characters: three for the
/// municipality, a serial number of five digits, two for the kind of insurance (10 for those who work
/// all year, 13 for fields), a check digit.
///
/// IMSS explains this form on the card that it gives to employers. Public documents show that numbers
/// of Mexico City begin with Y; no list of the other municipalities and no rule of the check digit is
/// public, so each state has characters of its own here, and the digit is Luhn's, with letters
/// counted by their place in the alphabet.
pub(in crate::generate) fn registration(
    generator: &mut ChaCha8Rng,
    sector: Sector,
    state: &State,
) -> String {
    let (letter, from) = municipalities(state);
    let municipality = from + generator.random_range(0..20);
    let insurance = if sector == Sector::Agriculture { 13 } else { 10 };
    let serial = generator.random_range(10_000..100_000);
    let number = format!("{letter}{municipality:02}{serial}{insurance}");
    let check = check_digit(&number);
    format!("{number}{check}")
}

/// Returns the letter of a state's municipalities, and the number of the first one.
fn municipalities(state: &State) -> (char, usize) {
    match STATES.iter().position(|other| other.code == state.code) {
        Some(place) if state.code != "DF" => (char::from(LETTERS[place / 2]), 10 + place % 2 * 50),
        _ => ('Y', 50),
    }
}

fn check_digit(number: &str) -> u32 {
    let values = number.chars().map(|it| it.to_digit(36).unwrap_or(0) % 10);
    let sum: u32 = values
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(value, weight)| value * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    (10 - sum % 10) % 10
}
