//! The bytes that the logs of all accounts of a process may hold together.
//!
//! The budget is shared fairly: while the total is over it, a log that holds more than its share
//! gives up its oldest entries when it appends. A log that is over its share and appends nothing
//! is trimmed by whoever finds the budget exceeded; see `accounts::log_budget`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The limit, and how much of it is used.
#[derive(Debug)]
pub(crate) struct LogBudget {
    limit_bytes: usize,
    held_bytes: AtomicUsize,
    /// How many logs hold something.
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

    /// The bytes that each log may keep while the budget is exceeded.
    fn share_bytes(&self) -> usize {
        self.limit_bytes / self.holders.load(Ordering::Relaxed).max(1)
    }
}

impl Holding {
    pub(crate) fn new(budget: Arc<LogBudget>) -> Holding {
        Holding { budget, bytes: 0 }
    }

    /// The holding of a log that is empty, from the same budget.
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

    /// Whether the budget is exceeded, and this log holds more than its share.
    pub(crate) fn is_too_much(&self) -> bool {
        self.budget.is_exceeded() && self.bytes > self.budget.share_bytes()
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.give_back(self.bytes);
    }
}
