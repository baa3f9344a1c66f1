//! The logins of a CURP, counted only where a scenario asks for it, and only as long as it does.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use imbl::{OrdMap, OrdSet};

use crate::account::base::check::check;
use crate::model::{Timestamp, later};

/// How many logins that count no more are forgotten when one is noted. More than one, so that fewer
/// are left each time; few, so that a login costs the same after a year of silence.
const MOST_FORGOTTEN: usize = 4;

/// A login that counts: the CURP, when it was, and its place among all logins.
type Login = (Arc<str>, Timestamp, u64);

/// The logins that count, and when each of them ceases to.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoginCounts {
    logins: OrdSet<Login>,
    by_end: OrdMap<(Timestamp, u64), Login>,
    noted: u64,
}

impl LoginCounts {
    /// Notes a login, which counts for the time `within`.
    pub(crate) fn note(&mut self, curp: &str, at: Timestamp, within: TimeDelta) {
        self.forget(at);
        let login: Login = (curp.into(), at, self.noted);
        self.by_end.insert((later(at, within), self.noted), login.clone());
        self.logins.insert(login);
        self.noted += 1;
    }

    /// How many logins there were in the time `within` before `now`.
    pub(crate) fn count(&self, curp: &str, now: Timestamp, within: TimeDelta) -> usize {
        self.of(curp).filter(|login| now - *login < within).count()
    }

    /// The logins of each CURP that still count at `now`, in order.
    pub(crate) fn at(&self, now: Timestamp) -> HashMap<&str, Vec<Timestamp>> {
        let mut logins: HashMap<&str, Vec<Timestamp>> = HashMap::new();
        let counting = self.by_end.iter().filter(|((end, _), _)| *end > now);
        for (_, (curp, at, _)) in counting {
            logins.entry(curp).or_default().push(*at);
        }
        logins.values_mut().for_each(|times| times.sort_unstable());
        logins
    }

    /// Checks that each login has its end.
    ///
    /// # Errors
    /// The sentence of the rule that does not hold.
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
