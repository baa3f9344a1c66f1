//! The outline that a scenario gives for a generated person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of `entitlements.status` of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EmploymentStatus {
    Employed,
    Unemployed,
    Retired,
}

/// The institution that the data comes from. The shape of a record depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DataSource {
    Imss,
    Issste,
}

/// The outline of a working life.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The present status of the person.
    pub status: EmploymentStatus,
    /// The smallest and the largest number of employers, both at least 1.
    pub employers: Employers,
    /// The institution that the data comes from. The default is the institution of the link.
    #[serde(default)]
    pub source: Option<DataSource>,
}

/// The bounds between which the number of employers is drawn. Both are included.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "(u8, u8)")]
pub(crate) struct Employers {
    pub fewest: u8,
    pub most: u8,
}

impl TryFrom<(u8, u8)> for Employers {
    type Error = String;

    fn try_from((fewest, most): (u8, u8)) -> Result<Employers, String> {
        if 1 <= fewest && fewest <= most && most <= 40 {
            Ok(Employers { fewest, most })
        } else {
            Err(format!(
                "employers: expected [fewest, most] with 1 <= fewest <= most <= 40, found \
                 [{fewest}, {most}]"
            ))
        }
    }
}
