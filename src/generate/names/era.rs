//! When a given name was chosen.

/// The years in which parents chose a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Always,
    /// Up to the 1960s, seldom since.
    Old,
    /// The 1970s to the 1990s.
    Middle,
    /// Since the 1990s.
    New,
}

impl Era {
    /// Returns how usual its names are for somebody born in a year, from 1 to 100.
    pub(super) fn percent(self, year: i32) -> u32 {
        let rises_until = |from: i32, to: i32| (100 * (year - from) / (to - from)).clamp(1, 100);
        let falls_until = |from: i32, to: i32| (100 * (to - year) / (to - from)).clamp(1, 100);
        let percent = match self {
            Era::Always => 100,
            Era::Old => falls_until(1955, 1985),
            Era::Middle => rises_until(1962, 1978).min(falls_until(1998, 2015)),
            Era::New => rises_until(1985, 2000),
        };
        percent.unsigned_abs()
    }
}
