//! The accounts in the order in which they give way to new ones at `--accounts`.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

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

/// The accounts by what they hold, each in the order of their last use. A use and the search for
/// the account that gives way take a time that grows with the logarithm of the number of accounts.
#[derive(Default)]
pub(super) struct Idle {
    uses: u64,
    known: HashMap<usize, LastUse>,
    nothing: BTreeMap<u64, usize>,
    settings: BTreeMap<u64, usize>,
    links: BTreeMap<u64, usize>,
}

struct LastUse {
    /// The number of the use among the uses of all accounts.
    number: u64,
    /// The time of the use by the process's clock.
    at: Timestamp,
    holds: Holds,
}

impl Idle {
    /// Notes that an account, which may be new, is used.
    pub(super) fn note_use(&mut self, account: usize, at: Timestamp) {
        let holds = self.forget(account).unwrap_or_default();
        self.uses += 1;
        self.put(account, LastUse { number: self.uses, at, holds });
    }

    /// Notes what a known account holds now.
    pub(super) fn note_holds(&mut self, account: usize, holds: Holds) {
        let Some(known) = self.known.get(&account) else { return };
        let moved = LastUse { number: known.number, at: known.at, holds };
        self.forget(account);
        self.put(account, moved);
    }

    /// Returns the time of the last use of an account.
    pub(super) fn last_use(&self, account: usize) -> Option<Timestamp> {
        self.known.get(&account).map(|known| known.at)
    }

    /// Forgets an account, and returns what it held.
    pub(super) fn forget(&mut self, account: usize) -> Option<Holds> {
        let known = self.known.remove(&account)?;
        self.order_of(known.holds).remove(&known.number);
        Some(known.holds)
    }

    /// Returns the account that gives way, if one does: the idlest of those that hold nothing,
    /// else the idlest of those that hold settings or that were not used within the hour. An
    /// account that `is_in_use` never gives way.
    pub(super) fn gives_way(
        &self,
        now: Timestamp,
        is_in_use: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let idlest = |order: &BTreeMap<u64, usize>| {
            let mut idle = order.iter().filter(|(_, account)| !is_in_use(**account));
            idle.next().map(|(number, account)| (*number, *account))
        };
        let is_old = |account: usize| {
            self.known.get(&account).is_some_and(|known| now - known.at >= STAYS_FOR)
        };
        let nothing = idlest(&self.nothing);
        let others = || {
            let old = idlest(&self.links).filter(|(_, account)| is_old(*account));
            idlest(&self.settings).into_iter().chain(old).min()
        };
        nothing.or_else(others).map(|(_, account)| account)
    }

    fn put(&mut self, account: usize, last: LastUse) {
        self.order_of(last.holds).insert(last.number, account);
        self.known.insert(account, last);
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
    use chrono::TimeDelta;

    use crate::accounts::idle::{Holds, Idle};
    use crate::model::Timestamp;

    const BEGIN: Timestamp = Timestamp::UNIX_EPOCH;

    /// Accounts 0, 1, 2 and so on, used in this order, a minute apart.
    fn used(holds: &[Holds]) -> Idle {
        let mut idle = Idle::default();
        for (account, holds) in holds.iter().enumerate() {
            idle.note_use(account, BEGIN + TimeDelta::minutes(account as i64));
            idle.note_holds(account, *holds);
        }
        idle
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
            let idle = used(holds);
            assert_eq!(idle.gives_way(BEGIN + later, |_| false), expected, "{holds:?} {later}");
        }
    }

    #[test]
    fn an_account_that_is_used_again_or_is_in_use_does_not_give_way() {
        let mut idle = used(&[Holds::Nothing; 3]);
        idle.note_use(0, BEGIN);
        assert_eq!(idle.gives_way(BEGIN, |_| false), Some(1));
        assert_eq!(idle.gives_way(BEGIN, |account| account == 1), Some(2));
        assert_eq!(idle.forget(1), Some(Holds::Nothing));
        assert_eq!(idle.gives_way(BEGIN, |_| false), Some(2));
        assert_eq!(idle.gives_way(BEGIN, |_| true), None);
    }
}
