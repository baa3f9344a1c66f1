//! The sectors of the economy in which people work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sector of the economy. IMSS counts nine divisions; its two divisions of services are taken
/// apart here, because pay and employers differ most among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Sector {
    Agriculture,
    Mining,
    Manufacturing,
    Construction,
    Commerce,
    Transport,
    /// Hotels and restaurants.
    Hospitality,
    Finance,
    /// Security, cleaning, staffing and call centres.
    BusinessServices,
    /// Law, accounting, architecture and engineering offices.
    ProfessionalServices,
    Technology,
    Education,
    Health,
}
