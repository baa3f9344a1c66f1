//! Employers: companies and people for IMSS, government bodies for ISSSTE. All companies are
//! invented.

mod agencies;
mod company;
mod company_rfc;
mod kinds;

use rand::rngs::ChaCha8Rng;

use crate::generate::employers::agencies::agency;
use crate::generate::employers::company::company;
pub(super) use crate::generate::employers::company::registration;
pub(super) use crate::generate::employers::company_rfc::employer_rfc;
use crate::model::profile::DataSource;
use crate::model::sector::Sector;
use crate::model::state::State;

/// An employer in a state. Whoever returns to it finds the same name and registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Employer {
    /// The name as the institution writes it. For ISSSTE it is two names, joined by `;`.
    pub name: String,
    /// The registration number at IMSS. ISSSTE has none.
    pub registration: Option<String>,
}

impl Employer {
    /// Draws an employer that hires in this year. ISSSTE's employers have no sector.
    pub(super) fn draw(
        generator: &mut ChaCha8Rng,
        sector: Sector,
        state: &State,
        year: i32,
        source: DataSource,
    ) -> Employer {
        match source {
            DataSource::Imss => Employer {
                name: company(generator, sector, state, year),
                registration: Some(registration(generator, sector, state)),
            },
            DataSource::Issste => {
                Employer { name: agency(generator, state, year), registration: None }
            }
        }
    }
}

#[cfg(test)]
mod tests;
