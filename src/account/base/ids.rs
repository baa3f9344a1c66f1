//! Numbers that identify the links and the deliveries of an account for ever.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of a link, in the order of creation. No number is used twice.
#[derive(Clone, Copy, Debug, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(not(test), derive(PartialEq, PartialOrd, Ord))]
pub(crate) struct LinkNumber(pub u64);

/// The number of a chunk of neighbours, such as the links 0 to 31.
#[derive(Clone, Copy, Debug, Eq)]
#[cfg_attr(not(test), derive(PartialEq, PartialOrd, Ord))]
pub(crate) struct ChunkNumber(pub u64);

/// The number of a delivery in its account, in the order of events. Numbers are counted from 1, and
/// none is used twice.
#[derive(Clone, Copy, Debug, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(not(test), derive(PartialEq, PartialOrd, Ord))]
#[serde(transparent)]
pub struct DeliveryId(pub u64);

/// The number of a scheduled task in its account, counted from 1. No number is used twice, and a task
/// keeps its number when it is moved.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct TaskId(pub u64);

/// Counts the comparisons of numbers, for tests of the work that a call takes.
#[cfg(test)]
mod counted {
    use std::cmp::Ordering;

    use crate::account::base::ids::{ChunkNumber, DeliveryId, LinkNumber};
    use crate::comparisons::note_comparison;

    macro_rules! counted {
        ($number:ident) => {
            impl PartialEq for $number {
                fn eq(&self, other: &$number) -> bool {
                    self.cmp(other) == Ordering::Equal
                }
            }

            impl PartialOrd for $number {
                fn partial_cmp(&self, other: &$number) -> Option<Ordering> {
                    Some(self.cmp(other))
                }
            }

            impl Ord for $number {
                fn cmp(&self, other: &$number) -> Ordering {
                    note_comparison();
                    self.0.cmp(&other.0)
                }
            }
        };
    }

    counted!(ChunkNumber);
    counted!(DeliveryId);
    counted!(LinkNumber);
}
