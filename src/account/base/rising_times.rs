//! Remembers that the objects of a store are as old as their numbers say.

use crate::model::Timestamp;

/// Tells whether no object has an earlier time than one with a smaller number. An account makes its
/// objects so. A snapshot that somebody has written can have them otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct RisingTimes {
    last: Option<(u64, Timestamp)>,
    is_broken: bool,
}

impl RisingTimes {
    /// Notes an object that is put into the store.
    pub(crate) fn note(&mut self, number: u64, at: Timestamp) {
        self.is_broken |= self.last.is_some_and(|last| number < last.0 || at < last.1);
        self.last = Some((number, at));
    }

    pub(crate) fn hold(&self) -> bool {
        !self.is_broken
    }
}
