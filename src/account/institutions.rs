//! The institutions for employment in Mexico.

use crate::model::link::Resource;
use crate::model::profile::Source;

/// An institution that a link can connect to.
#[derive(Debug)]
pub struct Institution {
    pub name: &'static str,
    pub source: Source,
    pub resources: &'static [Resource],
}

/// The sandbox's institution and the two of production. Only the sandbox's list of resources is
/// known; the others are taken to be the same.
static INSTITUTIONS: [Institution; 3] = [
    institution("planet_mx_employment", Source::Imss),
    institution("imss_mx_employment", Source::Imss),
    institution("issste_mx_employment", Source::Issste),
];

const fn institution(name: &'static str, source: Source) -> Institution {
    Institution { name, source, resources: &[Resource::EmploymentRecords, Resource::Owners] }
}

impl Institution {
    pub fn find(name: &str) -> Option<&'static Institution> {
        INSTITUTIONS.iter().find(|institution| institution.name == name)
    }
}
