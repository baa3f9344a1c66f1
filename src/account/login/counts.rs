//! Counts the logins of each CURP for the scenarios that limit them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use imbl::{OrdMap, OrdSet};

use crate::account::base::check::check;
use crate::model::{Timestamp, later};

/// The number of expired logins that noting a login removes. It is more than one, so that the
/// number of expired logins falls; it is small, so that a login takes the same time after a year
/// without logins.
const MOST_FORGOTTEN: usize = 4;

/// A counted login: the CURP, the time, and the number of the login among all logins.
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
        let login: Login = (curp.into(), at, self.noted);
        self.by_end.insert((later(at, within), self.noted), login.clone());
        self.logins.insert(login);
        self.noted += 1;
    }

    /// Returns the number of logins in the time `within` before `now`.
    pub(crate) fn count(&self, curp: &str, now: Timestamp, within: TimeDelta) -> usize {
        self.of(curp).filter(|login| now - *login < within).count()
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
        check(logins == self.logins, || "each login that counts has its end".to_owned())
    }

    fn of(&self, curp: &str) -> impl Iterator<Item = Timestamp> {
        let from: Login = (curp.into(), Timestamp::MIN_UTC, 0);
        let to: Login = (from.0.clone(), Timestamp::MAX_UTC, u64::MAX);
        self.logins.range(from..=to).map(|(_, at, _)| *at)
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
