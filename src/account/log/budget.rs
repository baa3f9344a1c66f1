//! The budget of bytes for the logs of all accounts of a process.
//!
//! The budget is shared fairly: while the total exceeds it, a log that holds more than its share
//! evicts its oldest entries when it appends. Other accounts' visits trim a log that is over its
//! share and appends nothing; see `accounts::log_budget`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The limit, and the number of bytes that are used.
#[derive(Debug)]
pub(crate) struct LogBudget {
    limit_bytes: usize,
    held_bytes: AtomicUsize,
    /// The number of logs that hold entries.
    holders: AtomicUsize,
}

/// The bytes that one log holds. They are given back when the log is dropped.
#[derive(Debug)]
pub(crate) struct Holding {
    budget: Arc<LogBudget>,
    bytes: usize,
}

impl LogBudget {
    pub(crate) fn new(limit_bytes: usize) -> LogBudget {
        LogBudget { limit_bytes, held_bytes: AtomicUsize::new(0), holders: AtomicUsize::new(0) }
    }

    pub(crate) fn is_exceeded(&self) -> bool {
        self.held_bytes.load(Ordering::Relaxed) > self.limit_bytes
    }

    /// Returns the bytes that each log may keep while the budget is exceeded.
    fn share_bytes(&self) -> usize {
        self.limit_bytes / self.holders.load(Ordering::Relaxed).max(1)
    }
}

impl Holding {
    pub(crate) fn new(budget: Arc<LogBudget>) -> Holding {
        Holding { budget, bytes: 0 }
    }

    /// Returns the holding of an empty log, from the same budget.
    pub(crate) fn empty(&self) -> Holding {
        Holding::new(self.budget.clone())
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn take(&mut self, bytes: usize) {
        if self.bytes == 0 && bytes > 0 {
            self.budget.holders.fetch_add(1, Ordering::Relaxed);
        }
        self.bytes += bytes;
        self.budget.held_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn give_back(&mut self, bytes: usize) {
        self.bytes -= bytes;
        self.budget.held_bytes.fetch_sub(bytes, Ordering::Relaxed);
        if self.bytes == 0 && bytes > 0 {
            self.budget.holders.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Tells that the budget is exceeded and that this log holds more than its share.
    pub(crate) fn is_too_much(&self) -> bool {
        self.budget.is_exceeded() && self.bytes > self.budget.share_bytes()
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.give_back(self.bytes);
    }
}
