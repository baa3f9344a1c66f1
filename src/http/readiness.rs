//! The state that `/readyz` shows.

use std::sync::atomic::{AtomicBool, Ordering};

/// True once the emulator was told to stop.
#[derive(Default)]
pub(crate) struct Readiness(AtomicBool);

impl Readiness {
    /// Notes that the emulator stops.
    pub(crate) fn end(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
