//! The NSS, the number of an insured person at IMSS.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::model::nss::check_digit;
use crate::model::state::State;

/// Returns an NSS, eleven digits: the office of the registration, the year of the registration, the
/// year of birth, a serial number, a check digit.
pub(super) fn nss(
    generator: &mut ChaCha8Rng,
    home: &State,
    affiliation_year: i32,
    birth_year: i32,
) -> String {
    let offices = offices(home.code);
    let digits = format!(
        "{:02}{:02}{:02}{:04}",
        offices[generator.random_range(0..offices.len())],
        affiliation_year.rem_euclid(100),
        birth_year.rem_euclid(100),
        generator.random_range(1..=9999),
    );
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// Returns an NSS with another year of the registration.
pub(super) fn registered_in(nss: &str, year: i32) -> String {
    let digits = format!("{}{:02}{}", &nss[..2], year.rem_euclid(100), &nss[4..10]);
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// The offices of a state: the first two digits of the NSS of those who were registered there. They
/// stand in IMSS's manual on the assignment of the NSS (procedure 9210-003-201, catalogue of series),
/// parts of which are public. The parts that could be seen lack Oaxaca, Puebla, Querétaro, Quintana
/// Roo, San Luis Potosí, Tlaxcala, Veracruz, Yucatán and Zacatecas: theirs are chosen among the
/// numbers that no other state has, and are not verified.
fn offices(state: &str) -> &'static [u8] {
    match state {
        "AS" => &[51],
        "BC" => &[21, 25],
        "BS" => &[22],
        "CC" => &[81],
        "CL" => &[32],
        "CM" => &[52],
        "CS" => &[71],
        "CH" => &[33, 35],
        "DG" => &[31],
        "GT" => &[12],
        "GR" => &[72],
        "HG" => &[13],
        "JC" => &[4, 54, 56],
        "MC" => &[16, 90, 91, 92, 93, 94, 95, 96, 97],
        "MN" => &[53],
        "MS" => &[15],
        "NT" => &[55],
        "NL" => &[3, 43, 47],
        "OC" => &[73],
        "PL" => &[48, 61],
        "QT" => &[14],
        "QR" => &[82],
        "SP" => &[41],
        "SL" => &[23, 26],
        "SR" => &[24, 57],
        "TC" => &[83],
        "TS" => &[9, 49],
        "TL" => &[62],
        "VZ" => &[63, 65, 67],
        "YN" => &[84],
        "ZS" => &[34],
        _ => &[1, 6, 7, 10, 11, 17, 20, 27, 28, 29, 30, 36, 37, 38, 39, 40, 42, 44, 45, 46],
    }
}

/// Tells whether an NSS can be that of somebody with these years, registered in this state.
#[cfg(test)]
pub(super) fn is_nss_of(nss: &str, home: &State, affiliation_year: i32, birth_year: i32) -> bool {
    let year = |year: i32| format!("{:02}", year % 100);
    nss.len() == 11
        && nss[..2].parse().is_ok_and(|office: u8| offices(home.code).contains(&office))
        && nss[2..4] == year(affiliation_year)
        && nss[4..6] == year(birth_year)
        && nss[6..10].parse().is_ok_and(|serial: u16| serial > 0)
        && nss[10..].parse() == Ok(check_digit(&nss[..10]))
}

#[cfg(test)]
mod tests {
    use super::offices;
    use crate::model::state::STATES;

    #[test]
    fn no_office_belongs_to_two_states() {
        let mut all: Vec<u8> =
            STATES.iter().flat_map(|state| offices(state.code)).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|office| (1..=97).contains(office)));
    }
}
