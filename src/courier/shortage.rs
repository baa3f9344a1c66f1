//! A shortage of file descriptors: how long an attempt waits for one, and who is told.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;

/// The pause before an attempt without a free descriptor is made again. Such an attempt does not
/// count.
pub(super) const UNTIL_NEXT_TRY: Duration = Duration::from_millis(100);
/// The longest time that an attempt waits for a descriptor. A receiver that hangs keeps its own for
/// five seconds, so a wait of five seconds would often be too short.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The shortest time between two warnings.
const BETWEEN_WARNINGS_MS: u64 = 60_000;
const REMEDY: &str = "raise the limit (ulimit -n) or lower --webhook-sends";

/// Warns of a shortage.
#[derive(Default)]
pub(super) struct Shortage {
    last_warning: Mutex<Option<Stopwatch>>,
}

impl Shortage {
    /// An attempt waits for a descriptor.
    pub(super) fn note(&self) {
        let mut last = self.last_warning.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|last| last.elapsed_ms() >= BETWEEN_WARNINGS_MS) {
            *last = Some(Stopwatch::start());
            tracing::warn!(hint = REMEDY, "webhooks wait because no file descriptor is free");
        }
    }
}

/// The outcome of an attempt that has waited in vain.
pub(super) fn sentence() -> String {
    format!("no file descriptor was free for {} s: {REMEDY}", LONGEST_WAIT.as_secs())
}
