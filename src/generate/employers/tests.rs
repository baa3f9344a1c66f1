//! Properties of the employers of all sectors, states and years.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rand::rngs::ChaCha8Rng;

use crate::generate::employers::agencies::AGENCIES;
use crate::generate::employers::{Employer, employer_rfc};
use crate::generate::regions::{any_sector, any_state};
use crate::generate::rfc::is_rfc;
use crate::model::profile::DataSource;
use crate::model::sector::Sector;
use crate::model::state::{STATES, State};
use crate::seed::Seed;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();

fn generator(number: u64) -> ChaCha8Rng {
    Seed::new(3).numbered("employer", number).generator()
}

/// Ten thousand employers of people with IMSS, and where they are.
fn companies() -> impl Iterator<Item = (Sector, &'static State, i32, Employer)> {
    (0..10_000).map(|number| {
        let mut generator = generator(number);
        let state = any_state(&mut generator);
        let sector = any_sector(&mut generator, state);
        let year = 1944 + number as i32 % 83;
        (sector, state, year, Employer::draw(&mut generator, sector, state, year, DataSource::Imss))
    })
}

fn government_bodies() -> impl Iterator<Item = (&'static State, i32, Employer)> {
    (0..10_000).map(|number| {
        let is_capital = number % 2 == 0;
        let state = if is_capital { "DF" } else { STATES[number as usize / 2 % 32].code };
        let state = State::by_code(state).unwrap();
        let (sector, year) = (Sector::Education, 1960 + number as i32 / 64 % 67);
        (
            state,
            year,
            Employer::draw(&mut generator(number), sector, state, year, DataSource::Issste),
        )
    })
}

#[test]
fn imss_writes_employers_in_capitals_without_accents_and_points() {
    let is_imss = |letter: char| letter.is_ascii_uppercase() || "Ñ ".contains(letter);
    for (_, _, _, Employer { name, .. }) in companies() {
        assert!(name.chars().all(is_imss), "{name}");
        assert!(!name.contains("  ") && name.trim() == name && name.len() > 10, "{name:?}");
        let is_left_over = |word: &str| ["STEM", "SURNAME", "REGION", "SAINT"].contains(&word);
        assert!(!name.split(' ').any(is_left_over), "{name}");
    }
}

#[test]
fn only_professionals_and_schools_are_civil_societies() {
    let may_be_one = [Sector::ProfessionalServices, Sector::Education, Sector::Health]
        .map(|it| format!("{it:?}"));
    for (sector, _, year, Employer { name, .. }) in companies() {
        let is_civil = name.ends_with(" SC") || name.ends_with(" AC") || name.ends_with(" IAP");
        assert!(!is_civil || may_be_one.contains(&format!("{sector:?}")), "{name}: {sector:?}");
        assert!(!name.ends_with("SAPI DE CV") || year >= 2006, "{name} in {year}");
        let hires_out = name.starts_with("RECURSOS HUMANOS") || name.starts_with("SERVICIOS ADMIN");
        assert!(!hires_out || year < 2021, "{name} in {year}");
    }
}

#[test]
fn employers_are_of_many_kinds() {
    let first_words: BTreeSet<String> = companies()
        .filter_map(|(.., employer)| Some(employer.name.split(' ').next()?.to_owned()))
        .collect();
    assert!(first_words.len() > 150, "{}", first_words.len());
    let names: Vec<String> = companies().map(|(.., employer)| employer.name).collect();
    let different: BTreeSet<&String> = names.iter().collect();
    // Chains and banks have many people; most employers have one of these.
    assert!(different.len() * 10 > names.len() * 6, "{} of {}", different.len(), names.len());
    let forms = ["CV", "SA", "SC", "AC", "IAP", "ENR", "MULTIPLE"];
    let has_form =
        |name: &&String| name.split(' ').next_back().is_some_and(|it| forms.contains(&it));
    let people = names.len() - names.iter().filter(has_form).count();
    assert!((300..2000).contains(&people), "{people}");
}

/// The municipality's characters begin the number, in an order that only the state decides.
#[test]
fn a_registration_number_has_its_official_form_and_follows_the_state() {
    let mut of_states: Vec<(String, &str)> = Vec::new();
    for (sector, state, _, employer) in companies() {
        let number = employer.registration.unwrap();
        assert_eq!(number.len(), 11, "{number}");
        assert!(number.starts_with(|letter: char| letter.is_ascii_uppercase()), "{number}");
        assert!(number[1..].bytes().all(|digit| digit.is_ascii_digit()), "{number}");
        let insurance = if sector == Sector::Agriculture { "13" } else { "10" };
        assert_eq!(&number[8..10], insurance, "{number}");
        assert_eq!(number.starts_with('Y'), state.code == "DF", "{number}");
        of_states.push((number[..3].to_owned(), state.code));
    }
    of_states.sort();
    of_states.dedup();
    let shared = of_states.windows(2).find(|pair| pair[0].0 == pair[1].0);
    assert_eq!(shared, None);
}

/// Tells whether a company with this RFC may have been founded in the 1900s, up to a year. People who
/// employ others have longer RFCs.
fn founded_by(rfc: &str, year: i32) -> bool {
    rfc.len() == 13 || rfc[3..5].parse::<i32>().unwrap() <= year - 1900
}

#[test]
fn the_rfc_of_an_employer_is_one_and_belongs_to_its_name() {
    let seed = Seed::new(2);
    for (.., Employer { name, .. }) in companies().take(2000) {
        let rfc = employer_rfc(&name, &seed, TODAY);
        assert!(is_rfc(&rfc), "{name}: {rfc}");
        let since = NaiveDate::from_ymd_opt(2015, 6, 1).unwrap();
        assert_eq!(employer_rfc(&name, &seed, since), rfc, "{name}");
        let long_since = NaiveDate::from_ymd_opt(1949, 6, 1).unwrap();
        assert!(founded_by(&employer_rfc(&name, &seed, long_since), 1949), "{name}");
        assert_eq!(rfc[..1], name[..1], "{name}: {rfc}");
    }
    for (name, letters) in [
        ("TRANSPORTES NORVANTA DEL GOLFO SA DE CV", "TNG"),
        ("BANCO DEL CORELIA SA INSTITUCION DE BANCA MULTIPLE", "BCO"),
        ("Batman Enterprises CDMX", "BEC"),
        ("Soluciones", "SOL"),
        ("7-Once", "XXO"),
        ("GARCIA LOPEZ JOSE LUIS", "GALL"),
        ("PEÑA MUÑOZ MARIA DEL CARMEN", "PEMC"),
    ] {
        let rfc = employer_rfc(name, &seed, TODAY);
        assert!(rfc.starts_with(letters), "{name}: {rfc}");
        assert_eq!(rfc.len(), letters.len() + 9, "{name}: {rfc}");
        assert!(is_rfc(&rfc), "{name}: {rfc}");
    }
    assert!(is_rfc(&employer_rfc("", &seed, TODAY)));
}

#[test]
fn government_bodies_exist_in_the_year_in_which_they_hire() {
    let mut names = BTreeSet::new();
    for (state, year, Employer { name, registration }) in government_bodies() {
        let (body, unit) = name.split_once(';').unwrap();
        assert!(!body.is_empty() && !unit.is_empty() && !unit.contains(';'), "{name}");
        assert_eq!(registration, None);
        names.insert(body.to_owned());
        for (part, years) in [
            ("SECRETARIA DE CULTURA", 2015..3000),
            ("SECRETARIA DE BIENESTAR", 2018..3000),
            ("SECRETARIA DE DESARROLLO SOCIAL", 1992..2019),
            ("INSTITUTO NACIONAL ELECTORAL", 2014..3000),
            ("SERVICIO DE ADMINISTRACION TRIBUTARIA", 1997..3000),
            ("FISCALIA GENERAL DE LA REPUBLICA", 2019..3000),
            ("GOBIERNO DE LA CIUDAD DE MEXICO", 2016..3000),
            ("SECRETARIA DE SALUBRIDAD Y ASISTENCIA", 1943..1985),
            ("SECRETARIA DE INFRAESTRUCTURA COMUNICACIONES Y TRANSPORTES", 2021..3000),
            ("SECRETARIA ANTICORRUPCION Y BUEN GOBIERNO", 2025..3000),
            ("DEPARTAMENTO DEL DISTRITO FEDERAL", 1929..1998),
        ] {
            assert!(body != part || years.contains(&year), "{name} in {year}");
            assert!(AGENCIES.iter().any(|agency| agency.name == part), "{part}");
        }
        let is_of_the_capital = body.contains("CIUDAD DE MEXICO");
        assert!(!is_of_the_capital || state.code == "DF", "{name} in {}", state.name);
    }
    assert!(names.len() >= 60, "{}", names.len());
    let mut agencies: Vec<(&str, i32)> = AGENCIES.iter().map(|it| (it.name, it.years.0)).collect();
    agencies.sort_unstable();
    agencies.dedup();
    assert_eq!(agencies.len(), AGENCIES.len());
}
