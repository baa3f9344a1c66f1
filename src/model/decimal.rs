//! Numbers with four decimal places, so that they are the same on every platform.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::model::money::rounded;

/// A number as in Belvo's samples of metrics: `327.1429`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "f64", inline, extend("examples" = [327.1429]))]
pub(crate) struct Decimal {
    ten_thousandths: i64,
}

impl Decimal {
    /// Returns `numerator / denominator`, rounded to four places.
    pub(crate) fn ratio(numerator: i128, denominator: i128) -> Decimal {
        Decimal { ten_thousandths: rounded(numerator.saturating_mul(10_000), denominator) }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.ten_thousandths as f64 / 10_000.0)
    }
}
