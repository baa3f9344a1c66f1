//! Finds the account that sends next, within the limit on the sends of the process.

use std::collections::{BTreeSet, HashMap};

/// The part of the limit that is kept for accounts without a send under way. It is a quarter of the
/// limit, so that these accounts need not wait for the slow receivers of others.
const RESERVE: usize = 4;

/// The accounts that have a webhook to send, and the number of sends that each has under way. The
/// account with the fewest sends is next; of several such accounts, the one that has waited the
/// longest.
#[derive(Debug)]
pub(super) struct Sends {
    limit: usize,
    total: usize,
    under_way: HashMap<usize, usize>,
    /// The accounts that can send, ordered by their number of sends under way, then by turn.
    ready: BTreeSet<(usize, u64, usize)>,
    turns: HashMap<usize, u64>,
    last_turn: u64,
}

impl Sends {
    pub(super) fn new(limit: usize) -> Sends {
        Sends {
            limit,
            total: 0,
            under_way: HashMap::new(),
            ready: BTreeSet::new(),
            turns: HashMap::new(),
            last_turn: 0,
        }
    }

    /// Notes that an account has a webhook to send.
    pub(super) fn note_ready(&mut self, account: usize) {
        if self.turns.contains_key(&account) {
            return;
        }
        self.last_turn += 1;
        self.turns.insert(account, self.last_turn);
        self.ready.insert((self.under_way_of(account), self.last_turn, account));
    }

    /// Removes and returns the account that sends next, if the limit has room.
    pub(super) fn pop(&mut self) -> Option<usize> {
        let (under_way, _, account) = *self.ready.first()?;
        let reserve = if under_way == 0 { 0 } else { self.limit / RESERVE };
        if self.total + reserve >= self.limit {
            return None;
        }
        self.forget(account);
        Some(account)
    }

    /// Begins another send of an account that has just ended one, if the limit has room and no
    /// account with fewer sends waits. So the account need not be asked again.
    pub(super) fn goes_on(&mut self, account: usize) -> bool {
        let under_way = self.under_way_of(account);
        let reserve = if under_way == 0 { 0 } else { self.limit / RESERVE };
        let others = self.ready.iter().find(|(_, _, other)| *other != account);
        let is_next = others.is_none_or(|(others, _, _)| *others > under_way);
        let goes_on = is_next && self.total + reserve < self.limit;
        if goes_on {
            self.began(account);
        }
        goes_on
    }

    pub(super) fn began(&mut self, account: usize) {
        self.total += 1;
        self.count(account, self.under_way_of(account) + 1);
    }

    pub(super) fn ended(&mut self, account: usize) {
        self.total -= 1;
        self.count(account, self.under_way_of(account) - 1);
    }

    /// Notes that an account has nothing to send any more.
    pub(super) fn forget(&mut self, account: usize) {
        if let Some(turn) = self.turns.remove(&account) {
            self.ready.remove(&(self.under_way_of(account), turn, account));
        }
    }

    fn under_way_of(&self, account: usize) -> usize {
        self.under_way.get(&account).copied().unwrap_or_default()
    }

    fn count(&mut self, account: usize, under_way: usize) {
        if let Some(turn) = self.turns.get(&account) {
            self.ready.remove(&(self.under_way_of(account), *turn, account));
            self.ready.insert((under_way, *turn, account));
        }
        match under_way {
            0 => self.under_way.remove(&account),
            _ => self.under_way.insert(account, under_way),
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::accounts::sends::Sends;

    /// Lets the accounts send again and again while there is room.
    fn fill(sends: &mut Sends, accounts: &[usize]) -> Vec<usize> {
        let mut order = Vec::new();
        loop {
            accounts.iter().for_each(|account| sends.note_ready(*account));
            let Some(account) = sends.pop() else { return order };
            sends.began(account);
            order.push(account);
        }
    }

    #[test]
    fn accounts_take_turns() {
        let mut sends = Sends::new(8);
        assert_eq!(fill(&mut sends, &[1, 2, 3]), [1, 2, 3, 1, 2, 3]);
    }

    #[test]
    fn an_account_with_nothing_under_way_does_not_wait_for_one_with_much() {
        let mut sends = Sends::new(8);
        assert_eq!(fill(&mut sends, &[1]), [1; 6]);
        sends.note_ready(2);
        assert_eq!(sends.pop(), Some(2));
        sends.began(2);
        assert_eq!(fill(&mut sends, &[1, 2, 3]), [3]);
    }

    #[test]
    fn an_account_goes_on_unless_another_waits_that_has_fewer_under_way() {
        let mut sends = Sends::new(8);
        assert_eq!(fill(&mut sends, &[1]), [1; 6]);
        assert!(!sends.goes_on(1), "a quarter is kept for others");
        sends.ended(1);
        sends.note_ready(1);
        assert!(sends.goes_on(1), "only it waits itself");
        sends.ended(1);
        sends.note_ready(2);
        assert!(!sends.goes_on(1));
        sends.forget(2);
        assert!(sends.goes_on(1));
    }

    #[test]
    fn the_limit_is_one_for_all() {
        let mut sends = Sends::new(1);
        assert_eq!(fill(&mut sends, &[1, 2]), [1]);
        sends.ended(1);
        assert_eq!(fill(&mut sends, &[1, 2]), [2]);
        sends.ended(2);
        sends.note_ready(3);
        sends.forget(1);
        assert_eq!(sends.pop(), Some(2));
        sends.forget(3);
        assert_eq!(sends.pop(), None, "there is room, but nobody who is ready");
    }
}
