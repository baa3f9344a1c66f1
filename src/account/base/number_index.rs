//! An index from values to the numbers of the objects that have them.

use std::borrow::{Borrow, Cow};
use std::sync::Arc;

use imbl::OrdMap;

use crate::account::base::number_set::NumberSet;

/// The values, each with the numbers of its objects. Copies share their nodes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NumberIndex<K: Ord + Clone>(OrdMap<K, Numbers>);

/// The numbers of one value. Most values have one, which takes no set.
#[derive(Clone, Debug, PartialEq)]
enum Numbers {
    One(u64),
    Many(Arc<NumberSet>),
}

impl<K: Ord + Clone> Default for NumberIndex<K> {
    fn default() -> NumberIndex<K> {
        NumberIndex(OrdMap::new())
    }
}

impl<K: Ord + Clone> NumberIndex<K> {
    pub(crate) fn insert(&mut self, key: K, number: u64) {
        match self.0.get_mut(&key) {
            None => drop(self.0.insert(key, Numbers::One(number))),
            Some(Numbers::Many(numbers)) => Arc::make_mut(numbers).insert(number),
            Some(numbers @ Numbers::One(_)) => {
                let Numbers::One(other) = *numbers else { return };
                *numbers = Numbers::Many(Arc::new(NumberSet::of([other, number])));
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q, number: u64)
    where
        K: Borrow<Q>,
    {
        let is_last = match self.0.get_mut(key) {
            None => return,
            Some(Numbers::One(one)) => *one == number,
            Some(numbers @ Numbers::Many(_)) => {
                let Numbers::Many(many) = numbers else { return };
                Arc::make_mut(many).remove(number);
                if let (1, Some(one)) = (many.len(), many.last()) {
                    *numbers = Numbers::One(one);
                }
                false
            }
        };
        if is_last {
            self.0.remove(key);
        }
    }

    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Returns the numbers of the objects that have a value.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Cow<'_, NumberSet>
    where
        K: Borrow<Q>,
    {
        match self.0.get(key) {
            None => Cow::Owned(NumberSet::default()),
            Some(Numbers::One(number)) => Cow::Owned(NumberSet::of([*number])),
            Some(Numbers::Many(numbers)) => Cow::Borrowed(numbers),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::account::base::number_index::NumberIndex;
    use crate::account::base::number_set::NumberSet;

    #[test]
    fn a_value_is_forgotten_with_its_last_number() {
        let mut index = NumberIndex::<&str>::default();
        for number in [7, 3, 90_000] {
            index.insert("value", number);
        }
        let fork = index.clone();
        for (removed, left) in [(3, vec![7, 90_000]), (4, vec![7, 90_000]), (90_000, vec![7])] {
            index.remove("value", removed);
            assert_eq!(*index.get("value"), NumberSet::of(left));
        }
        index.remove("value", 8);
        assert!(index.contains("value"));
        index.remove("value", 7);
        assert!(!index.contains("value") && index == NumberIndex::default());
        assert_eq!(fork.get("value").len(), 3);
    }
}
