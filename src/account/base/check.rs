//! Checks the invariants of stores.

/// Returns the sentence of the invariant as an error, unless the invariant holds.
pub(crate) fn check(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(sentence()) }
}
