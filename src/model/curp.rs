//! Reads the facts about its holder that a CURP contains. The pattern of a CURP is data, in
//! `scenarios/`.

use chrono::NaiveDate;

/// The sex that a CURP names in its eleventh character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Female,
    Male,
}

/// Returns the character at `index` if the text is long enough.
fn at(curp: &str, index: usize) -> Option<char> {
    curp.chars().nth(index)
}

/// Returns the initials: the first letter and the first inner vowel of the first surname, then the
/// first letters of the second surname and of the given name.
pub(crate) fn initials(curp: &str) -> [Option<char>; 4] {
    [0, 1, 2, 3].map(|index| at(curp, index))
}

/// Returns the first inner consonants of the first surname, the second surname and the given name.
pub(crate) fn inner_consonants(curp: &str) -> [Option<char>; 3] {
    [13, 14, 15].map(|index| at(curp, index))
}

/// Returns the sex: `H` is male and `M` female. Other letters give none.
pub(crate) fn sex(curp: &str) -> Option<Sex> {
    match at(curp, 10) {
        Some('H') => Some(Sex::Male),
        Some('M') => Some(Sex::Female),
        _ => None,
    }
}

/// Returns the two letters of the state of birth.
pub(crate) fn state(curp: &str) -> Option<&str> {
    curp.get(11..13)
}

/// Returns the year of birth. The seventeenth character is a digit for people born before 2000.
pub(crate) fn birth_year(curp: &str) -> Option<i32> {
    let two_digits: i32 = curp.get(4..6)?.parse().ok()?;
    let century = if at(curp, 16)?.is_ascii_digit() { 1900 } else { 2000 };
    Some(century + two_digits)
}

/// Returns the date of birth. It is None if the date does not exist: the month of Belvo's own test
/// CURP `BLPM951331IONVGR54` is 13.
pub(crate) fn birth_date(curp: &str) -> Option<NaiveDate> {
    let month = curp.get(6..8)?.parse().ok()?;
    let day = curp.get(8..10)?.parse().ok()?;
    NaiveDate::from_ymd_opt(birth_year(curp)?, month, day)
}
