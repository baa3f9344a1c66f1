//! Numbers that identify the links and the deliveries of an account for ever.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of a link, in the order of creation. No number is used twice.
#[derive(Clone, Copy, Debug, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(not(test), derive(PartialEq, PartialOrd, Ord))]
pub(crate) struct LinkNumber(pub u64);

/// The number of a delivery in its account, in the order of events. Numbers are counted from 1, and
/// none is used twice.
#[derive(Clone, Copy, Debug, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(not(test), derive(PartialEq, PartialOrd, Ord))]
#[serde(transparent)]
pub struct DeliveryId(pub u64);

/// Counts how often numbers are compared, which is the work that a test can hold: it does not depend
/// on the speed of the machine.
#[cfg(test)]
pub(crate) mod work {
    use std::cell::Cell;
    use std::cmp::Ordering;

    use crate::account::base::ids::{DeliveryId, LinkNumber};

    thread_local!(static COMPARED: Cell<u64> = const { Cell::new(0) });

    /// Returns the number of comparisons that some work takes.
    pub(crate) fn comparisons(work: impl FnOnce()) -> u64 {
        COMPARED.set(0);
        work();
        COMPARED.get()
    }

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
                    COMPARED.set(COMPARED.get() + 1);
                    self.0.cmp(&other.0)
                }
            }
        };
    }

    counted!(DeliveryId);
    counted!(LinkNumber);
}
