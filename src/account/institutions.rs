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

/// The sandbox's institution, with the resources that were seen there, and the two of production.
/// Current employments are for IMSS only.
static INSTITUTIONS: [Institution; 3] = [
    Institution {
        name: "planet_mx_employment",
        source: Source::Imss,
        resources: &[Resource::EmploymentRecords, Resource::Owners],
    },
    Institution {
        name: "imss_mx_employment",
        source: Source::Imss,
        resources: &[Resource::EmploymentRecords, Resource::Owners, Resource::CurrentEmployments],
    },
    Institution {
        name: "issste_mx_employment",
        source: Source::Issste,
        resources: &[Resource::EmploymentRecords, Resource::Owners],
    },
];

impl Institution {
    /// Whether current employments can be retrieved; in the sandbox too, though its list of
    /// resources does not name them.
    pub fn has_current_employments(&self) -> bool {
        self.source == Source::Imss
    }

    pub fn find(name: &str) -> Option<&'static Institution> {
        INSTITUTIONS.iter().find(|institution| institution.name == name)
    }
}
