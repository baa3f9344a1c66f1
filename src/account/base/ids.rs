//! Numbers that identify the links and the deliveries of an account for ever.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of a link, in the order of creation. No number is used twice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub(crate) struct LinkNumber(pub u64);

/// The number of a delivery in its account, in the order of events. Numbers are counted from 1, and
/// none is used twice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct DeliveryId(pub u64);
