//! Which accounts the courier has to visit, and when.

use std::collections::BTreeSet;

use crate::model::Timestamp;

/// Times are those of the process's clock.
#[derive(Default)]
pub(super) struct Agenda {
    due: BTreeSet<(Timestamp, usize)>,
    /// Accounts with an attempt to make.
    ready: BTreeSet<usize>,
}

impl Agenda {
    pub fn move_due(&mut self, account: usize, from: Option<Timestamp>, to: Option<Timestamp>) {
        if let Some(from) = from {
            self.due.remove(&(from, account));
        }
        if let Some(to) = to {
            self.due.insert((to, account));
        }
    }

    pub fn note_ready(&mut self, account: usize) {
        self.ready.insert(account);
    }

    pub fn first_due(&self) -> Option<(Timestamp, usize)> {
        self.due.first().copied()
    }

    pub fn pop_ready(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    pub fn forget(&mut self, account: usize, due: Option<Timestamp>) {
        self.move_due(account, due, None);
        self.ready.remove(&account);
    }
}
