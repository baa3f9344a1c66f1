//! Counts the logins of each CURP for the scenarios that limit them.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use chrono::TimeDelta;
use imbl::{OrdMap, OrdSet};

use crate::account::base::check::check;
use crate::model::{Timestamp, later};

/// The number of expired logins that noting a login removes. It is more than one, so that the
/// number of expired logins falls; it is small, so that a login takes the same time after a year
/// without logins.
const MOST_FORGOTTEN: usize = 4;

/// A counted login: the CURP, the time, and the number of the login among those of the CURP. The
/// numbers rise by one with the times, so that logins are counted without a walk.
type Login = (Arc<str>, Timestamp, u64);

/// The logins that count, each with the time at which it expires.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoginCounts {
    logins: OrdSet<Login>,
    by_end: OrdMap<(Timestamp, u64), Login>,
    noted: u64,
}

impl LoginCounts {
    /// Counts a login, which expires after the time `within`.
    pub(crate) fn note(&mut self, curp: &str, at: Timestamp, within: TimeDelta) {
        self.forget(at);
        let (from, to) = all_of(curp);
        let last = self.logins.range(from..=to).next_back();
        let login: Login = (curp.into(), at, last.map_or(0, |(_, _, number)| number + 1));
        self.by_end.insert((later(at, within), self.noted), login.clone());
        self.logins.insert(login);
        self.noted += 1;
    }

    /// Returns the number of logins in the time `within` before `now`.
    pub(crate) fn count(&self, curp: &str, now: Timestamp, within: TimeDelta) -> usize {
        let (mut from, to) = all_of(curp);
        from.1 = now.checked_sub_signed(within).unwrap_or(Timestamp::MIN_UTC);
        from.2 = u64::MAX;
        let mut counting = self.logins.range((Bound::Excluded(from), Bound::Included(to)));
        let first = counting.next().map(|(_, _, number)| *number);
        let last = counting.next_back().map(|(_, _, number)| *number).or(first);
        first.zip(last).map_or(0, |(first, last)| (last - first + 1) as usize)
    }

    /// Returns the number of logins that are kept.
    pub(crate) fn len(&self) -> usize {
        self.logins.len()
    }

    /// Returns the logins of each CURP that count at `now`, in order.
    pub(crate) fn at(&self, now: Timestamp) -> HashMap<&str, Vec<Timestamp>> {
        let mut logins: HashMap<&str, Vec<Timestamp>> = HashMap::new();
        let counting = self.by_end.iter().filter(|((end, _), _)| *end > now);
        for (_, (curp, at, _)) in counting {
            logins.entry(curp).or_default().push(*at);
        }
        logins.values_mut().for_each(|times| times.sort_unstable());
        logins
    }

    /// Checks that each login has an expiry.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(crate) fn invariants(&self) -> Result<(), String> {
        let logins: OrdSet<Login> = self.by_end.values().cloned().collect();
        check(logins == self.logins, || "each login that counts has its end".to_owned())?;
        let next = self.logins.iter().skip(1);
        let mut neighbours = self.logins.iter().zip(next);
        let in_order = neighbours.all(|(one, next)| one.0 != next.0 || one.2 + 1 == next.2);
        check(in_order, || "the logins of a CURP are numbered in order".to_owned())
    }

    fn forget(&mut self, now: Timestamp) {
        for _ in 0..MOST_FORGOTTEN {
            let Some((key, login)) = self.by_end.get_min().cloned() else { return };
            if key.0 > now {
                return;
            }
            self.by_end.remove(&key);
            self.logins.remove(&login);
        }
    }
}

/// Returns the first and the last login that a CURP can have.
fn all_of(curp: &str) -> (Login, Login) {
    let curp: Arc<str> = curp.into();
    ((curp.clone(), Timestamp::MIN_UTC, 0), (curp, Timestamp::MAX_UTC, u64::MAX))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::account::login::counts::LoginCounts;
    use crate::model::Timestamp;

    #[test]
    fn logins_that_count_no_more_are_not_shown_and_are_forgotten_a_few_at_a_time() {
        let hour = TimeDelta::hours(1);
        let begin = Timestamp::UNIX_EPOCH;
        let mut counts = LoginCounts::default();
        for number in 0..10 {
            counts.note(&format!("curp {number}"), begin, hour);
        }
        let later = begin + hour;
        for (noted, kept) in [(1, 7), (2, 4), (3, 3), (4, 4)] {
            counts.note("another", later, hour);
            assert_eq!(counts.logins.len(), kept);
            assert_eq!(counts.at(later)["another"].len(), noted);
            assert_eq!(counts.at(later).len(), 1);
        }
        assert_eq!(counts.invariants(), Ok(()));
    }
}
