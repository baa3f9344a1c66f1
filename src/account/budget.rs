//! The budget of work that an account may do before other accounts get their turn.

use crate::account::schedule::Task;

/// The units that a load takes. Every other task takes one unit.
const UNITS_TO_READ_DATA: u32 = 16;

/// The units of work that an account may still do in one go.
#[derive(Debug)]
pub(crate) struct Budget(u32);

/// The result of [`Account::advance`](crate::account::Account::advance).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what is left over has to be done later"]
pub(crate) enum Progress {
    Done,
    /// The budget is spent, and more tasks are due.
    More,
}

impl Budget {
    /// Returns the budget of one slice, which lasts for less than a tenth of a millisecond. The
    /// shortest answers take as long, so the calls of other accounts wait for no more than a slice.
    pub(crate) fn slice() -> Budget {
        Budget(UNITS_TO_READ_DATA)
    }

    /// Returns a budget for tests that advance in one go.
    #[cfg(test)]
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
