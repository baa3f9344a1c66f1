//! The times at which accounts have something due.

use std::collections::{BTreeSet, HashMap};

use crate::model::Timestamp;

/// The accounts by the time, on the process's clock, at which they have something due.
#[derive(Default)]
pub(super) struct Agenda {
    due: BTreeSet<(Timestamp, usize)>,
    /// The accounts that the timer moves on at present, each with the time of its next task.
    at_work: HashMap<usize, Option<Timestamp>>,
}

impl Agenda {
    /// Notes the time at which an account has something due. Returns true when nothing else is due
    /// as early, so that the timer must be woken.
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

    /// Returns the time at which the timer has something to do.
    pub(super) fn first_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Gives the timer an account that has something due. The account is not given again until the
    /// timer [gives it back](Agenda::give_back).
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<usize> {
        self.first_due().filter(|due| *due <= now)?;
        let (due, account) = self.due.pop_first()?;
        self.at_work.insert(account, Some(due));
        Some(account)
    }

    /// Takes an account back that the timer has moved on.
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
