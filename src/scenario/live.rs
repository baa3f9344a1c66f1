//! The catalogue in force. It can be swapped while the emulator runs.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use crate::scenario::Catalogue;

/// The catalogue in force, and the mistakes of the files that would have replaced it. The locks are
/// held for a moment only: nothing is loaded under them.
#[derive(Debug)]
pub(crate) struct LiveCatalogue {
    current: RwLock<Arc<Catalogue>>,
    mistakes: RwLock<Arc<[String]>>,
    /// Wakes those who wait for a change of either.
    changed: watch::Sender<()>,
}

impl LiveCatalogue {
    pub(crate) fn current(&self) -> Arc<Catalogue> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another catalogue in force. It is used from the next call of each account on.
    pub(crate) fn replace(&self, catalogue: Catalogue) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
        self.note_mistakes(Vec::new());
    }

    /// Keeps the catalogue, because the files that would replace it have these mistakes.
    pub(crate) fn note_mistakes(&self, mistakes: Vec<String>) {
        *self.mistakes.write().unwrap_or_else(PoisonError::into_inner) = mistakes.into();
        self.changed.send_replace(());
    }

    /// Returns a receiver that wakes when another catalogue is in force, or when files have mistakes.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The mistakes of the files, a line each. There are none while the files are in force.
    pub(crate) fn mistakes(&self) -> Arc<[String]> {
        self.mistakes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl From<Catalogue> for LiveCatalogue {
    fn from(catalogue: Catalogue) -> LiveCatalogue {
        LiveCatalogue {
            current: RwLock::new(Arc::new(catalogue)),
            mistakes: RwLock::new(Arc::default()),
            changed: watch::Sender::new(()),
        }
    }
}
