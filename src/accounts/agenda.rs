//! Which accounts have something due, and when.

use std::collections::{BTreeSet, HashMap};

use crate::model::Timestamp;

/// Times are those of the process's clock.
#[derive(Default)]
pub(super) struct Agenda {
    due: BTreeSet<(Timestamp, usize)>,
    /// Accounts that the timer moves on at present, and when they have something due next.
    at_work: HashMap<usize, Option<Timestamp>>,
}

impl Agenda {
    /// Notes when an account has something due. True when the timer has to be told, because nothing
    /// else is due as early.
    pub(super) fn note(
        &mut self,
        account: usize,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> bool {
        if let Some(noted) = self.at_work.get_mut(&account) {
            *noted = to;
            return false;
        }
        if let Some(from) = from {
            self.due.remove(&(from, account));
        }
        let first = self.first_due();
        if let Some(to) = to {
            self.due.insert((to, account));
        }
        self.first_due() != first
    }

    /// When the timer has something to do.
    pub(super) fn first_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Gives the timer an account that has something due, until it [gives it back](Agenda::give_back).
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<usize> {
        self.first_due().filter(|due| *due <= now)?;
        let (due, account) = self.due.pop_first()?;
        self.at_work.insert(account, Some(due));
        Some(account)
    }

    /// The timer has moved an account on.
    pub(super) fn give_back(&mut self, account: usize) {
        if let Some(Some(due)) = self.at_work.remove(&account) {
            self.due.insert((due, account));
        }
    }

    pub(super) fn forget(&mut self, account: usize, due: Option<Timestamp>) {
        self.at_work.remove(&account);
        if let Some(due) = due {
            self.due.remove(&(due, account));
        }
    }
}
