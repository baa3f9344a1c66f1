//! Numbers that name a thing of an account for ever.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The place of a link in the order of creation; never used twice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub(crate) struct LinkNumber(pub u64);

/// The place of a delivery in its account, in the order of events; counted from 1, never used twice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct DeliveryId(pub u64);
