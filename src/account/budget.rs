//! How much an account may do before others get their turn.

use crate::account::schedule::Task;

/// Reading the data of a link takes so many times as long as any other task.
const UNITS_TO_READ_DATA: u32 = 16;

/// The work that an account may still do in one go, in units: an expiry takes one.
#[derive(Debug)]
pub(crate) struct Budget(u32);

/// Whether all that is due has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what is left over has to be done later"]
pub(crate) enum Progress {
    Done,
    /// The budget is spent, and more is due.
    More,
}

impl Budget {
    /// For less than a tenth of a millisecond: the shortest answers take as long, and those of other
    /// accounts wait for a slice at most.
    pub(crate) fn slice() -> Budget {
        Budget(UNITS_TO_READ_DATA)
    }

    /// For what has to be done in one go; its amount is limited otherwise.
    pub(crate) fn unlimited() -> Budget {
        Budget(u32::MAX)
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    pub(crate) fn spend_on(&mut self, task: &Task) {
        let units = match task {
            Task::Step(..) | Task::Load(..) | Task::Refresh(_) => UNITS_TO_READ_DATA,
            _ => 1,
        };
        self.0 = self.0.saturating_sub(units);
    }
}
