//! Draws the state and the sector in which somebody works.

use rand::rngs::ChaCha8Rng;

use crate::generate::draw::weighted;
use crate::model::sector::Sector;
use crate::model::state::{STATES, State};

/// Draws a state by the number of its jobs.
pub(super) fn any_state(generator: &mut ChaCha8Rng) -> &'static State {
    let weights = STATES.iter().map(|state| state.insured_thousands);
    &STATES[weighted(generator, weights)]
}

/// Draws a sector by the jobs that it has in a state.
pub(super) fn any_sector(generator: &mut ChaCha8Rng, state: &State) -> Sector {
    let weights = SHARES.iter().map(|(sector, share)| share * emphasis(*sector, state.code));
    SHARES[weighted(generator, weights)].0
}

/// The share of each sector in the jobs that IMSS insures, in thousandths. IMSS publishes shares of
/// its divisions each month (2023: manufacturing 27 %, commerce 21 %, construction 8 %, agriculture
/// 3 %, mining below 1 %, transport 7 %, the two divisions of services 33 %). How the services divide
/// is an estimate.
const SHARES: [(Sector, u32); 13] = [
    (Sector::Agriculture, 34),
    (Sector::Mining, 7),
    (Sector::Manufacturing, 273),
    (Sector::Construction, 80),
    (Sector::Commerce, 208),
    (Sector::Transport, 68),
    (Sector::Hospitality, 72),
    (Sector::Finance, 28),
    (Sector::BusinessServices, 92),
    (Sector::ProfessionalServices, 42),
    (Sector::Technology, 22),
    (Sector::Education, 44),
    (Sector::Health, 30),
];

/// Returns how much more than elsewhere a sector counts in a state, in tenths: the maquiladoras of
/// the north, the hotels of the coasts, the fields of the north-west, the mines, the oil, the offices
/// of the capital. The figures are estimates.
fn emphasis(sector: Sector, state: &str) -> u32 {
    match (sector, state) {
        (Sector::Manufacturing, "BC" | "CH" | "CL" | "TS" | "AS" | "QT" | "SP" | "GT" | "TL") => 18,
        (Sector::Manufacturing, "NL" | "PL" | "SR" | "MC") => 13,
        (Sector::Manufacturing, "DF" | "QR" | "BS" | "CS" | "GR" | "CC" | "TC" | "NT") => 4,
        (Sector::Hospitality, "QR") => 55,
        (Sector::Hospitality, "BS") => 40,
        (Sector::Hospitality, "NT" | "GR") => 25,
        (Sector::Agriculture, "SL") => 60,
        (Sector::Agriculture, "MN" | "BC" | "SR" | "JC" | "NT" | "CM") => 25,
        (Sector::Agriculture, "DF" | "QR") => 1,
        (Sector::Mining, "ZS") => 90,
        (Sector::Mining, "CC" | "TC" | "SR" | "DG") => 50,
        (Sector::Mining, "DF") => 3,
        (Sector::Construction, "TC" | "CC" | "NL" | "BS" | "OC") => 14,
        (Sector::Finance | Sector::Technology, "DF") => 25,
        (Sector::Technology, "JC" | "NL" | "QT") => 15,
        (Sector::BusinessServices | Sector::ProfessionalServices, "DF") => 18,
        (Sector::Transport, "VZ" | "CM" | "TS" | "NL") => 13,
        _ => 10,
    }
}
