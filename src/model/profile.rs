//! The outline that a scenario gives for a generated person.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::model::words::words;

/// The largest number of employers of a generated person.
const MOST_EMPLOYERS: u8 = 40;

/// The value of `entitlements.status` of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EmploymentStatus {
    Employed,
    Unemployed,
    Retired,
}

words! {
    /// The institution that the data comes from. The shape of a record depends on it.
    DataSource { Imss = "IMSS", Issste = "ISSSTE" }
}

/// The outline of a working life.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(with = "[EmployerCount; 2]", extend("examples" = [[1, 3]]))]
pub(crate) struct Employers {
    pub fewest: u8,
    pub most: u8,
}

/// A number of employers, for the schema.
#[derive(JsonSchema)]
#[schemars(inline, extend("minimum" = 1, "maximum" = MOST_EMPLOYERS))]
struct EmployerCount(#[allow(dead_code, reason = "the schema alone needs it")] u8);

impl<'de> Deserialize<'de> for Employers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Employers, D::Error> {
        deserializer.deserialize_seq(Bounds)
    }
}

struct Bounds;

impl<'de> Visitor<'de> for Bounds {
    type Value = Employers;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the fewest and the most, such as [1, 3]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Employers, A::Error> {
        let mut bounds: Vec<u8> = Vec::new();
        while let Some(bound) = list.next_element()? {
            bounds.push(bound);
        }
        match bounds.as_slice() {
            [fewest, most]
                if (1..=MOST_EMPLOYERS).contains(most) && (1..=*most).contains(fewest) =>
            {
                Ok(Employers { fewest: *fewest, most: *most })
            }
            _ => Err(A::Error::custom(format_args!(
                "Expected the fewest and the most, such as [1, 3], from 1 to {MOST_EMPLOYERS}, not \
                 {bounds:?}."
            ))),
        }
    }
}
