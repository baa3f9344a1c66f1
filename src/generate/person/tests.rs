//! Properties of ten thousand people of all ages, states and both sexes.

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};

use crate::generate::invention::{ABROAD, Wishes, invent_curp};
use crate::generate::nss::is_nss_of;
use crate::generate::person::Person;
use crate::generate::rfc::is_rfc;
use crate::model::curp::{self, Facts, Sex};
use crate::model::state::{STATES, State};
use crate::seed::Seed;

const PEOPLE: u64 = 10_000;
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
const OLDEST: NaiveDate = NaiveDate::from_ymd_opt(1922, 1, 1).unwrap();

/// The CURPs of the tests: of people from a child to somebody of 104, of all states and from abroad.
fn curps() -> impl Iterator<Item = String> {
    let days = (TODAY - OLDEST).num_days().unsigned_abs();
    (0..PEOPLE).map(move |number| {
        let states = STATES.iter().map(|state| state.code).chain([ABROAD]);
        let wishes = Wishes {
            sex: Some(if number % 2 == 0 { Sex::Female } else { Sex::Male }),
            born: Some(OLDEST + Days::new(number * days / PEOPLE)),
            state: states.cycle().nth(number as usize % 330),
        };
        invent_curp(&Seed::new(1).numbered("curp", number), wishes)
    })
}

/// The people of these CURPs.
fn people() -> impl Iterator<Item = &'static (String, Person)> {
    static PEOPLE: LazyLock<Vec<(String, Person)>> = LazyLock::new(|| {
        let person = |curp: String| {
            let person = Person::new(&curp, &Seed::new(2));
            (curp, person)
        };
        curps().map(person).collect()
    });
    PEOPLE.iter()
}

#[test]
fn the_name_birth_date_sex_and_state_of_a_person_give_the_curp() {
    for (curp, person) in people() {
        let of_person = curp::compose(&Facts {
            surnames: person.surnames,
            given_name: person.given_names.of_curp(),
            birth_date: person.birth_date,
            sex: person.sex,
            state: person.birthplace.map_or(ABROAD, |state| state.code),
            homonym: 0,
        });
        assert_eq!(of_person[..16], curp[..16], "{person:?}");
        assert_eq!(curp::check_digit(&curp[..17]), curp.chars().last().unwrap(), "{curp}");
        let is_of_the_last_century = curp.as_bytes()[16].is_ascii_digit();
        assert_eq!(is_of_the_last_century, person.birth_date.year() < 2000, "{curp}");
    }
}

#[test]
fn the_nss_agrees_with_the_person() {
    for (curp, person) in people() {
        let (born, affiliated) = (person.birth_date.year(), person.affiliation_year);
        assert!(is_nss_of(&person.nss, person.home, affiliated, born), "{curp}: {person:?}");
        let age = affiliated - born;
        assert!((16..=25).contains(&age), "{curp}: registered at {age}");
        assert!(affiliated >= 1938, "{curp}: registered in {affiliated}");
    }
}

#[test]
fn nobody_was_registered_before_imss_began() {
    for born in 1900..1940 {
        let wishes = Wishes { born: NaiveDate::from_ymd_opt(born, 5, 5), ..Wishes::default() };
        let curp = invent_curp(&Seed::new(1), wishes);
        let person = Person::new(&curp, &Seed::new(2));
        assert!(person.affiliation_year >= 1944, "{curp}");
    }
}

#[test]
fn the_rfc_agrees_with_the_person() {
    let mut of_the_curp = 0;
    for (curp, person) in people() {
        assert!(is_rfc(&person.rfc), "{curp}: {}", person.rfc);
        assert_eq!(person.rfc.len(), 13);
        assert_eq!(person.rfc[4..10], person.birth_date.format("%y%m%d").to_string());
        // The two differ for short surnames, a single one, and words that only one of them forbids.
        of_the_curp += u64::from(person.rfc[..10] == curp[..10]);
    }
    assert!(of_the_curp > PEOPLE * 95 / 100, "{of_the_curp}");
}

#[test]
fn people_are_as_different_as_mexicans_are() {
    let (mut two_names, mut stayed, mut born_here, mut surnames) = (0, 0, 0, 0);
    for (_, person) in people() {
        two_names += u64::from(person.first_name().contains(' '));
        born_here += u64::from(person.birthplace.is_some());
        stayed += u64::from(person.birthplace.is_some_and(|state| state == person.home));
        surnames += u64::from(person.surnames.0 == "Hernández");
    }
    assert!((PEOPLE * 45 / 100..PEOPLE * 55 / 100).contains(&two_names), "{two_names}");
    assert!(stayed > born_here * 75 / 100 && stayed < born_here * 95 / 100, "{stayed}");
    assert!(surnames > PEOPLE / 100 && surnames < PEOPLE / 10, "{surnames}");
}

#[test]
fn a_made_up_curp_has_a_person_too() {
    // The first is that of Belvo's guides, whose month is 13.
    for curp in [
        "BLPM951331IONVGR54",
        "FAIL400002MXXXXX00",
        "QZXW991399ZZZZZZZZ",
        "123456789012345678",
        "",
        "ñ",
        "A€B",
    ] {
        let person = Person::new(curp, &Seed::new(2));
        assert!(is_rfc(&person.rfc), "{curp}: {}", person.rfc);
        assert!(State::by_code(person.home.code).is_some());
        assert_eq!(Person::new(curp, &Seed::new(2)).nss, person.nss);
    }
    let tester = Person::new("BLPM951331IONVGR54", &Seed::new(0));
    assert_eq!(tester.birth_date.year(), 1995);
    assert!(tester.rfc.starts_with("BLPM95"), "{}", tester.rfc);
}

#[test]
fn another_seed_gives_another_person() {
    let name = |seed| Person::new("GOGG900512MJCNRD07", &Seed::new(seed)).official_name();
    let names: std::collections::BTreeSet<String> = (0..20).map(name).collect();
    assert!(names.len() > 5, "{names:?}");
}
