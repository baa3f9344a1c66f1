//! The pairs of keys whose account was dropped, so that each can be told once.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

/// The number of pairs that are remembered. The oldest are forgotten first. A pair takes some 100
/// bytes.
const MOST_REMEMBERED: usize = 10_000;

/// The pairs of keys that lost an account, as the hashes from which their accounts draw ids.
#[derive(Default)]
pub(super) struct DroppedPairs {
    places: HashMap<Uuid, u64>,
    in_order: BTreeMap<u64, Uuid>,
    noted: u64,
}

impl DroppedPairs {
    pub(super) fn note(&mut self, pair: Uuid) {
        self.take(pair);
        self.noted += 1;
        self.places.insert(pair, self.noted);
        self.in_order.insert(self.noted, pair);
        if self.in_order.len() > MOST_REMEMBERED
            && let Some((_, oldest)) = self.in_order.pop_first()
        {
            self.places.remove(&oldest);
        }
    }

    /// Forgets a pair. Returns true when its account was dropped.
    pub(super) fn take(&mut self, pair: Uuid) -> bool {
        let place = self.places.remove(&pair);
        place.is_some_and(|place| self.in_order.remove(&place).is_some())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::accounts::dropped::{DroppedPairs, MOST_REMEMBERED};

    #[test]
    fn each_pair_is_told_once_and_the_oldest_are_forgotten() {
        let mut dropped = DroppedPairs::default();
        for pair in 0..=MOST_REMEMBERED as u128 {
            dropped.note(Uuid::from_u128(pair));
        }
        assert_eq!(dropped.in_order.len(), MOST_REMEMBERED);
        assert_eq!(dropped.places.len(), MOST_REMEMBERED);
        let mut take = |pair| dropped.take(Uuid::from_u128(pair));
        assert_eq!([take(0), take(1), take(1)], [false, true, false]);
    }
}
