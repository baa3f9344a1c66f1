//! The accounts in the order in which they give way to new ones at `--accounts`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta};

use crate::model::Timestamp;

/// The time after its last use for which an account with links stays, whoever wants its place.
const STAYS_FOR: TimeDelta = TimeDelta::hours(1);

/// The things that an account would lose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing that a client made: the account was read at most.
    #[default]
    Nothing,
    /// Settings, such as an armed scenario, an endpoint or a time.
    Settings,
    /// Links or pending webhooks.
    Links,
}

/// Counts the uses of all accounts.
#[derive(Debug, Default)]
pub(super) struct Uses(AtomicU64);

/// The last use of an account. Each call writes it, so no lock guards it.
#[derive(Debug, Default)]
pub(super) struct LastUse {
    /// The number of the use among the uses of all accounts.
    number: AtomicU64,
    /// The time of the use by the process's clock, in microseconds.
    at_micros: AtomicI64,
}

/// The accounts by what they hold, each in the order of their last use. The search for the account
/// that gives way brings the order up to date: each account that was used since moves once, however
/// often it was used. So a use and the search take a time that grows with the logarithm of the number
/// of accounts.
#[derive(Default)]
pub(super) struct Idle {
    known: HashMap<usize, Known>,
    nothing: BTreeMap<u64, usize>,
    settings: BTreeMap<u64, usize>,
    links: BTreeMap<u64, usize>,
}

/// An account, and its place in the order of what it holds.
#[derive(Clone)]
struct Known {
    last_use: Arc<LastUse>,
    /// The number of the use at which the account stands in the order.
    place: u64,
    holds: Holds,
}

impl LastUse {
    pub(super) fn note(&self, uses: &Uses, at: Timestamp) {
        self.number.store(uses.0.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.at_micros.store(at.timestamp_micros(), Ordering::Relaxed);
    }

    pub(super) fn at(&self) -> Timestamp {
        let at = DateTime::from_timestamp_micros(self.at_micros.load(Ordering::Relaxed));
        at.expect("it is a time of the clock")
    }

    fn number(&self) -> u64 {
        self.number.load(Ordering::Relaxed)
    }
}

impl Idle {
    /// Adds an account that holds nothing yet.
    pub(super) fn add(&mut self, account: usize, last_use: Arc<LastUse>) {
        let place = last_use.number();
        self.put(account, Known { last_use, place, holds: Holds::Nothing });
    }

    /// Notes what a known account holds now.
    pub(super) fn note_holds(&mut self, account: usize, holds: Holds) {
        let Some(known) = self.take(account) else { return };
        self.put(account, Known { holds, ..known });
    }

    /// Forgets an account, and returns what it held.
    pub(super) fn forget(&mut self, account: usize) -> Option<Holds> {
        self.take(account).map(|known| known.holds)
    }

    /// Returns the account that gives way, if one does: the idlest of those that hold nothing,
    /// else the idlest of those that hold settings or that were not used within the hour. An
    /// account that `is_in_use` never gives way.
    pub(super) fn gives_way(
        &mut self,
        now: Timestamp,
        is_in_use: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut idlest = |holds| self.idlest(holds, &is_in_use);
        if let Some((_, account)) = idlest(Holds::Nothing) {
            return Some(account);
        }
        let (settings, links) = (idlest(Holds::Settings), idlest(Holds::Links));
        let is_old = |(_, account): &(u64, usize)| {
            self.known.get(account).is_some_and(|known| now - known.last_use.at() >= STAYS_FOR)
        };
        settings.into_iter().chain(links.filter(is_old)).min().map(|(_, account)| account)
    }

    /// Returns the idlest account that holds this and is not in use, with its place.
    fn idlest(&mut self, holds: Holds, is_in_use: &impl Fn(usize) -> bool) -> Option<(u64, usize)> {
        let mut from = 0;
        loop {
            let (place, account) = self.order_of(holds).range(from..).next()?;
            let (place, account) = (*place, *account);
            let known = self.known.get(&account)?.clone();
            let number = known.last_use.number();
            if number != place {
                self.order_of(holds).remove(&place);
                self.put(account, Known { place: number, ..known });
            } else if is_in_use(account) {
                from = place + 1;
            } else {
                return Some((place, account));
            }
        }
    }

    fn take(&mut self, account: usize) -> Option<Known> {
        let known = self.known.remove(&account)?;
        self.order_of(known.holds).remove(&known.place);
        Some(known)
    }

    fn put(&mut self, account: usize, known: Known) {
        self.order_of(known.holds).insert(known.place, account);
        self.known.insert(account, known);
    }

    fn order_of(&mut self, holds: Holds) -> &mut BTreeMap<u64, usize> {
        match holds {
            Holds::Nothing => &mut self.nothing,
            Holds::Settings => &mut self.settings,
            Holds::Links => &mut self.links,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use crate::accounts::idle::{Holds, Idle, LastUse, Uses};
    use crate::model::Timestamp;

    const BEGIN: Timestamp = Timestamp::UNIX_EPOCH;

    /// The accounts, the uses of all of them and the last use of each.
    struct Used {
        idle: Idle,
        uses: Uses,
        last: Vec<Arc<LastUse>>,
    }

    /// Accounts 0, 1, 2 and so on, used in this order, a minute apart.
    fn used(holds: &[Holds]) -> Used {
        let mut used = Used { idle: Idle::default(), uses: Uses::default(), last: Vec::new() };
        for (account, holds) in holds.iter().enumerate() {
            used.last.push(Arc::default());
            used.again(account, account as i64);
            used.idle.add(account, used.last[account].clone());
            used.idle.note_holds(account, *holds);
        }
        used
    }

    impl Used {
        fn again(&self, account: usize, minute: i64) {
            self.last[account].note(&self.uses, BEGIN + TimeDelta::minutes(minute));
        }
    }

    #[test]
    fn the_order_in_which_accounts_give_way() {
        use Holds::{Links, Nothing, Settings};
        let soon = TimeDelta::minutes(10);
        let cases: [(&[Holds], TimeDelta, Option<usize>); 7] = [
            (&[Nothing, Nothing], soon, Some(0)),
            (&[Links, Settings, Nothing], soon, Some(2)),
            (&[Links, Settings, Settings], soon, Some(1)),
            (&[Links, Links], soon, None),
            (&[Links, Settings], TimeDelta::minutes(60), Some(0)),
            (&[Settings, Links], TimeDelta::minutes(62), Some(0)),
            (&[Links, Links], TimeDelta::minutes(61), Some(0)),
        ];
        for (holds, later, expected) in cases {
            let mut idle = used(holds).idle;
            assert_eq!(idle.gives_way(BEGIN + later, |_| false), expected, "{holds:?} {later}");
        }
    }

    #[test]
    fn an_account_that_is_used_again_or_is_in_use_does_not_give_way() {
        let mut used = used(&[Holds::Nothing; 3]);
        used.again(0, 3);
        used.again(0, 3);
        let idle = &mut used.idle;
        assert_eq!(idle.gives_way(BEGIN, |_| false), Some(1));
        assert_eq!(idle.gives_way(BEGIN, |account| account == 1), Some(2));
        assert_eq!(idle.forget(1), Some(Holds::Nothing));
        assert_eq!(idle.gives_way(BEGIN, |_| false), Some(2));
        assert_eq!(idle.gives_way(BEGIN, |account| account == 2), Some(0));
        assert_eq!(idle.gives_way(BEGIN, |_| true), None);
    }

    #[test]
    fn accounts_that_are_used_in_turn_give_way_in_the_order_of_their_last_use() {
        let mut used = used(&[Holds::Links; 5]);
        for (minute, account) in [3, 1, 4, 0, 2, 1, 3].into_iter().enumerate() {
            used.again(account, 10 + minute as i64);
        }
        let late = BEGIN + TimeDelta::hours(2);
        let order = [(); 5].map(|()| {
            let account = used.idle.gives_way(late, |_| false).unwrap();
            used.idle.forget(account);
            account
        });
        assert_eq!(order, [4, 0, 2, 1, 3]);
        assert_eq!(used.last[3].at(), BEGIN + TimeDelta::minutes(16));
    }
}
