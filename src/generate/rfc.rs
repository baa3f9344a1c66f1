//! The RFC, the number of a taxpayer. SAT's instructions on its letters, its homonym key and its
//! check digit are public ("Instructivo para la formación de la clave del RFC").

use chrono::NaiveDate;

use crate::generate::names::GivenNames;
use crate::model::curp::{self, NameLetters, capitals, name_letters};

/// The words that an RFC may not begin with. Its fourth letter becomes an X.
#[rustfmt::skip]
const FORBIDDEN: &[&str] = &[
    "BUEI", "BUEY", "CACA", "CACO", "CAGA", "CAGO", "CAKA", "CAKO", "COGE", "COJA", "COJE", "COJI",
    "COJO", "CULO", "FETO", "GUEY", "JOTO", "KACA", "KACO", "KAGA", "KAGO", "KAKA", "KOGE", "KOJO",
    "KULO", "MAME", "MAMO", "MEAR", "MEAS", "MEON", "MION", "MOCO", "MULA", "PEDA", "PEDO", "PENE",
    "PUTA", "PUTO", "QULO", "RATA", "RUIN",
];

/// The characters of the homonym key, in the order of their values.
const KEY_ALPHABET: &[u8; 34] = b"123456789ABCDEFGHIJKLMNPQRSTUVWXYZ";

/// Returns the RFC of a person. If the name does not fit the CURP, because that is made up, the letters
/// are those of the CURP.
pub(super) fn rfc_of_person(
    curp: &str,
    surnames: (&str, Option<&str>),
    given_names: GivenNames,
    birth_date: NaiveDate,
) -> String {
    let given_name = given_names.of_curp();
    let of_name = curp::initials_of(surnames, given_name);
    let or_x = |letter: Option<char>| letter.filter(char::is_ascii_uppercase).unwrap_or('X');
    let letters = match curp::initials(curp).map(or_x) {
        of_curp if of_curp == of_name => letters_of_person(surnames, given_name),
        of_curp => of_curp.iter().collect(),
    };
    let (first, second) = surnames;
    let name = format!("{first} {} {given_names}", second.unwrap_or_default());
    rfc(&letters, birth_date, &capitals(&name))
}

/// Returns the first four letters of the RFC of a person.
fn letters_of_person((first, second): (&str, Option<&str>), given_name: &str) -> String {
    let initial = |name| name_letters(name).initial;
    let word = capitals(curp::first_word(first));
    let given: String = capitals(curp::first_word(given_name)).chars().take(2).collect();
    let mut letters = match second {
        None => format!("{}{given}", word.chars().take(2).collect::<String>()),
        Some(second) if word.chars().count() < 3 => {
            format!("{}{}{given}", initial(first), initial(second))
        }
        Some(second) => {
            let NameLetters { initial: letter, vowel, .. } = name_letters(first);
            [letter, vowel, initial(second), initial(given_name)].iter().collect()
        }
    };
    if FORBIDDEN.contains(&letters.as_str()) {
        letters.replace_range(3.., "X");
    }
    letters
}

/// Returns an RFC: three or four letters of the name, the date of birth or of foundation, the homonym
/// key that follows from the whole name, and the check digit. `name` is in capitals without accents;
/// that of a person begins with the surnames.
pub(super) fn rfc(letters: &str, date: NaiveDate, name: &str) -> String {
    let [quotient, remainder] = homonym_key(name);
    let mut rfc = format!("{letters}{}{quotient}{remainder}", date.format("%y%m%d"));
    rfc.push(check_digit(&rfc));
    rfc
}

/// Returns the two characters that tell people of the same letters and date apart.
fn homonym_key(name: &str) -> [char; 2] {
    let digits: Vec<u32> = std::iter::once(0).chain(name.chars().flat_map(key_digits)).collect();
    let sum: u32 = digits.windows(2).map(|pair| (pair[0] * 10 + pair[1]) * pair[1]).sum();
    let last_three = sum as usize % 1000;
    [last_three / 34, last_three % 34].map(|value| char::from(KEY_ALPHABET[value]))
}

/// Returns the two digits of a letter, by SAT's first table. What is no letter counts as a blank.
fn key_digits(letter: char) -> [u32; 2] {
    match letter {
        '0'..='9' => [0, letter as u32 - '0' as u32],
        '&' => [1, 0],
        'A'..='I' => [1, letter as u32 - 'A' as u32 + 1],
        'J'..='R' => [2, letter as u32 - 'J' as u32 + 1],
        'S'..='Z' => [3, letter as u32 - 'S' as u32 + 2],
        'Ñ' => [4, 0],
        _ => [0, 0],
    }
}

/// Returns the check digit of an RFC that lacks it. One of eleven characters is that of a company: it
/// counts as if it began with a blank.
fn check_digit(rfc: &str) -> char {
    let length = rfc.chars().count();
    let blank = if length == 11 { 37 * 13 } else { 0 };
    let weights = (2..=length as u32 + 1).rev();
    let sum: u32 = rfc.chars().zip(weights).map(|(letter, weight)| value(letter) * weight).sum();
    match (11 - (sum + blank) % 11) % 11 {
        10 => 'A',
        digit => char::from_digit(digit, 10).expect("the rest of a division by 11 is 10 at most"),
    }
}

/// Returns the value of a letter, by SAT's third table.
fn value(letter: char) -> u32 {
    match letter {
        '0'..='9' => letter as u32 - '0' as u32,
        'A'..='N' => letter as u32 - 'A' as u32 + 10,
        '&' => 24,
        'O'..='Z' => letter as u32 - 'O' as u32 + 25,
        'Ñ' => 38,
        _ => 37,
    }
}

/// Tells whether an RFC has the form and the check digit of one.
#[cfg(test)]
pub(super) fn is_rfc(rfc: &str) -> bool {
    let Some(letters) = rfc.len().checked_sub(9) else { return false };
    let (name, rest) = rfc.split_at(letters);
    [3, 4].contains(&letters)
        && name.chars().all(|letter| letter.is_ascii_uppercase())
        && NaiveDate::parse_from_str(&format!("20{}", &rest[..6]), "%Y%m%d").is_ok()
        && rest[6..8].bytes().all(|letter| KEY_ALPHABET.contains(&letter))
        && rest.ends_with(check_digit(&rfc[..rfc.len() - 1]))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{check_digit, rfc};

    /// The examples of SAT's instructions.
    #[test]
    fn an_rfc_is_that_of_the_instructions() {
        for (letters, date, name, expected) in [
            ("GODE", (1956, 12, 31), "GOMEZ DIAZ EMMA", "GODE561231GR8"),
            ("BAFJ", (1970, 12, 13), "BARRIOS FERNANDEZ JUAN", "BAFJ701213SBA"),
        ] {
            let (year, month, day) = date;
            let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            assert_eq!(rfc(letters, date, name), expected);
        }
    }

    /// RFCs of public bodies and of a large company, which stand on each of their invoices.
    #[test]
    fn the_check_digit_of_a_company_is_right() {
        for rfc in ["IMS421231I45", "SAT970701NN3", "CFE370814QI0", "ISS6001015A3"] {
            assert_eq!(check_digit(&rfc[..11]), rfc.chars().last().unwrap(), "{rfc}");
        }
    }
}
