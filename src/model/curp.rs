//! The CURP: the facts about its holder that it contains, and how it is put together. The rules are
//! those of RENAPO's published instructions ("Instructivo normativo para la asignación de la CURP").
//! The pattern that a login must have is data, in `scenarios/`.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};

/// The sex that a CURP names in its eleventh character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sex {
    Female,
    Male,
}

/// The letters that a CURP takes from one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameLetters {
    pub initial: char,
    /// The first vowel after the initial, or X.
    pub vowel: char,
    /// The first consonant after the initial, or X.
    pub consonant: char,
}

/// The number of characters.
const LENGTH: usize = 18;
/// The characters of a CURP in the order of their values, for the check digit.
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";

/// The words of a name that a CURP passes over.
const PARTICLES: &[&str] = &[
    "DA", "DAS", "DE", "DEL", "DER", "DI", "DIE", "DD", "EL", "LA", "LOS", "LAS", "LE", "LES",
    "MAC", "MC", "VAN", "VON", "Y",
];

/// The words that a CURP may not begin with. Its second letter becomes an X.
#[rustfmt::skip]
const FORBIDDEN: &[&[u8; 4]] = &[
    b"BACA", b"BAKA", b"BUEI", b"BUEY", b"CACA", b"CACO", b"CAGA", b"CAGO", b"CAKA", b"CAKO",
    b"COGE", b"COGI", b"COJA", b"COJE", b"COJI", b"COJO", b"COLA", b"CULO", b"FALO", b"FETO",
    b"GETA", b"GUEI", b"GUEY", b"JETA", b"JOTO", b"KACA", b"KACO", b"KAGA", b"KAGO", b"KAKA",
    b"KAKO", b"KOGE", b"KOGI", b"KOJA", b"KOJE", b"KOJI", b"KOJO", b"KOLA", b"KULO", b"LILO",
    b"LOCA", b"LOCO", b"LOKA", b"LOKO", b"MAME", b"MAMO", b"MEAR", b"MEAS", b"MEON", b"MIAR",
    b"MION", b"MOCO", b"MOKO", b"MULA", b"MULO", b"NACA", b"NACO", b"PEDA", b"PEDO", b"PENE",
    b"PIPI", b"PITO", b"POPO", b"PUTA", b"PUTO", b"QULO", b"RATA", b"ROBA", b"ROBE", b"ROBO",
    b"RUIN", b"SENO", b"TETA", b"VACA", b"VAGA", b"VAGO", b"VAKA", b"VUEI", b"VUEY", b"WUEI",
    b"WUEY",
];

/// Returns a text with `[CURP]` in the place of each CURP.
pub(crate) fn without_curps(text: &str) -> Cow<'_, str> {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut without = String::new();
    let (mut place, mut copied) = (0, 0);
    while let Some(candidate) = letters.get(place..place + LENGTH) {
        if !has_form(candidate) {
            place += 1;
            continue;
        }
        without.push_str(&text[copied..candidate[0].0]);
        without.push_str("[CURP]");
        place += LENGTH;
        copied = letters.get(place).map_or(text.len(), |(start, _)| *start);
    }
    if copied == 0 { text.into() } else { (without + &text[copied..]).into() }
}

/// Tells that 18 characters have the form of a CURP, in any case: four letters, six digits, six
/// letters, and two more.
fn has_form(candidate: &[(usize, char)]) -> bool {
    candidate.iter().enumerate().all(|(place, (_, letter))| match place {
        0..=3 | 10..=15 => letter.is_alphabetic(),
        4..=9 | 17 => letter.is_ascii_digit(),
        _ => letter.is_alphanumeric(),
    })
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

/// Returns the letters that a CURP takes from a name. Of a name of several words it takes those of
/// the first word that is no particle: `De la Cruz` counts as `Cruz`.
pub(crate) fn name_letters(name: &str) -> NameLetters {
    let mut letters = first_word(name).chars().map(plain).filter(char::is_ascii_alphabetic);
    let initial = letters.next().unwrap_or('X');
    let is_vowel = |letter: &char| "AEIOU".contains(*letter);
    NameLetters {
        initial,
        vowel: letters.clone().find(is_vowel).unwrap_or('X'),
        consonant: letters.find(|letter| !is_vowel(letter)).unwrap_or('X'),
    }
}

/// Returns the first word of a name that is no particle.
pub(crate) fn first_word(name: &str) -> &str {
    let is_particle = |word: &&str| PARTICLES.iter().any(|it| it.eq_ignore_ascii_case(word));
    name.split(' ').find(|word| !is_particle(word)).unwrap_or(name)
}

/// Returns a name in capitals and without accents, as registers write it. Ñ stays.
pub(crate) fn capitals(name: &str) -> String {
    name.chars().map(capital).collect()
}

/// Returns a letter in upper case and without an accent. Ñ stays.
pub(crate) fn capital(letter: char) -> char {
    match letter {
        'ñ' | 'Ñ' => 'Ñ',
        letter => plain(letter),
    }
}

/// Returns a letter in upper case and without an accent, X for Ñ.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'Á' => 'A',
        'é' | 'É' => 'E',
        'í' | 'Í' => 'I',
        'ó' | 'Ó' => 'O',
        'ú' | 'ü' | 'Ú' | 'Ü' => 'U',
        'ñ' | 'Ñ' => 'X',
        other => other.to_ascii_uppercase(),
    }
}

/// Tells whether a CURP may not begin with these letters.
fn is_forbidden(letters: [char; 4]) -> bool {
    FORBIDDEN.iter().any(|word| letters.iter().copied().eq(word.iter().copied().map(char::from)))
}

/// Returns the vowel of a CURP whose second letter is an X because the word was forbidden.
pub(crate) fn hidden_vowel(initials: [Option<char>; 4]) -> Option<char> {
    let [Some(first), Some('X'), Some(second), Some(given)] = initials else { return None };
    "AEIOU".chars().find(|vowel| is_forbidden([first, *vowel, second, given]))
}

/// Returns the four letters with which the CURP of a person begins. The given name is the one that
/// counts.
pub(crate) fn initials_of((first, second): (&str, Option<&str>), given_name: &str) -> [char; 4] {
    let NameLetters { initial, vowel, .. } = name_letters(first);
    let second = second.map_or('X', |second| name_letters(second).initial);
    let given = name_letters(given_name).initial;
    match [initial, vowel, second, given] {
        word if is_forbidden(word) => [initial, 'X', second, given],
        word => word,
    }
}

/// The facts of which a CURP is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// The first surname, and the second one if there is one.
    pub surnames: (&'a str, Option<&'a str>),
    /// The given name that counts: the second one of those who are called José or María first.
    pub given_name: &'a str,
    pub birth_date: NaiveDate,
    pub sex: Sex,
    /// The two letters of the state of birth, NE for those who were born abroad.
    pub state: &'a str,
    /// The number among the people whose first sixteen characters are equal: 0 for the first.
    pub homonym: u8,
}

/// Returns the CURP of a person.
pub(crate) fn compose(facts: &Facts<'_>) -> String {
    let (first, second) = facts.surnames;
    let consonant = |name| name_letters(name).consonant;
    let second_consonant = second.map_or('X', consonant);
    let sex = match facts.sex {
        Sex::Female => 'M',
        Sex::Male => 'H',
    };
    let homonym = match facts.birth_date.year() {
        ..2000 => char::from(b'0' + facts.homonym % 10),
        _ => char::from(b'A' + facts.homonym % 26),
    };
    let mut curp: String = initials_of(facts.surnames, facts.given_name).iter().collect();
    curp.push_str(&facts.birth_date.format("%y%m%d").to_string());
    curp.push(sex);
    curp.push_str(facts.state);
    curp.extend([consonant(first), second_consonant, consonant(facts.given_name), homonym]);
    let check = check_digit(&curp);
    curp.push(check);
    curp
}

/// Returns the check digit that follows from the first seventeen characters.
pub(crate) fn check_digit(curp: &str) -> char {
    let value = |letter| ALPHABET.chars().position(|other| other == letter).unwrap_or(0) as u32;
    let sum: u32 = curp.chars().zip((2..=18).rev()).map(|(it, weight)| value(it) * weight).sum();
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{FORBIDDEN, Facts, Sex, check_digit, compose, hidden_vowel, without_curps};

    fn curp(
        surnames: (&str, Option<&str>),
        given_name: &str,
        born: (i32, u32, u32),
        homonym: u8,
    ) -> String {
        let birth_date = NaiveDate::from_ymd_opt(born.0, born.1, born.2).unwrap();
        let sex = Sex::Female;
        compose(&Facts { surnames, given_name, birth_date, sex, state: "DF", homonym })
    }

    #[test]
    fn each_curp_of_a_text_is_hidden_and_nothing_else() {
        for (text, expected) in [
            ("", ""),
            ("my-user-1", "my-user-1"),
            ("BLPM951331IONVGR54", "[CURP]"),
            ("blpm951331ionvgr54!", "[CURP]!"),
            ("señor FAIL400001HXXXXX00 y FAIL400002HXXXXX00", "señor [CURP] y [CURP]"),
            ("xBLPM951331IONVGR54BLPM951331IONVGR54", "x[CURP][CURP]"),
            ("BLPM951331IONVGR5", "BLPM951331IONVGR5"),
            ("8dc0ca53-4682-481d-b3b5-98e928384938", "8dc0ca53-4682-481d-b3b5-98e928384938"),
        ] {
            assert_eq!(without_curps(text), expected);
        }
    }

    /// The example on the form of the CURP, as RENAPO publishes it.
    #[test]
    fn the_check_digit_is_that_of_the_published_example() {
        assert_eq!(check_digit("HEGG560427MVZRRL0"), '4');
    }

    #[test]
    fn a_curp_follows_the_rules_of_renapo() {
        for (surnames, given, born, homonym, expected) in [
            (("Hernández", Some("García")), "Gloria", (1956, 4, 27), 0, "HEGG560427MDFRRL0"),
            (("De la Cruz", Some("Muñoz")), "Íñigo", (1999, 12, 31), 3, "CUMI991231MDFRXX3"),
            // Without a second surname, and with a letter for those born since 2000.
            (("Ek", None), "Ana", (2000, 1, 1), 0, "EXXA000101MDFKXNA"),
            // BACA is forbidden.
            (("Barrera", Some("Cano")), "Alma", (1980, 2, 29), 1, "BXCA800229MDFRNL1"),
            (("Güemes", Some("Ñáñez")), "Óscar", (2001, 2, 3), 25, "GUXO010203MDFMXSZ"),
        ] {
            let curp = curp(surnames, given, born, homonym);
            assert_eq!(curp[..17], *expected);
            assert_eq!(curp.len(), 18);
        }
    }

    #[test]
    fn a_hidden_vowel_is_found() {
        for word in FORBIDDEN {
            let [first, _, second, given] = word.map(char::from);
            let initials = [first, 'X', second, given].map(Some);
            assert!(hidden_vowel(initials).is_some(), "{word:?}");
        }
        assert_eq!(hidden_vowel(['B', 'X', 'C', 'A'].map(Some)), Some('A'));
        assert_eq!(hidden_vowel(['B', 'X', 'C', 'B'].map(Some)), None);
        assert_eq!(hidden_vowel(['B', 'A', 'C', 'A'].map(Some)), None);
    }
}
