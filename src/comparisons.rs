//! Counts comparisons in tests. They are the work that a test can hold without looking at the time,
//! so that the speed of the machine does not matter. This is compiled for tests only.

use std::cell::Cell;

thread_local!(static COMPARED: Cell<u64> = const { Cell::new(0) });

/// Returns the number of comparisons that some work takes.
pub(crate) fn comparisons(work: impl FnOnce()) -> u64 {
    COMPARED.set(0);
    work();
    COMPARED.get()
}

/// Counts a comparison.
pub(crate) fn note_comparison() {
    COMPARED.set(COMPARED.get() + 1);
}
