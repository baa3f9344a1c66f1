//! A set of numbers that knows how many it has, and which is the n-th.
//!
//! The numbers are in blocks. A block takes one bit for a number where many are in it, and two bytes
//! where few are. Copies of a set share the blocks, and a change copies one block.

use std::ops::{BitAnd, BitOrAssign, Range, Sub};
use std::sync::Arc;

use imbl::OrdMap;
use roaring::RoaringBitmap;

/// The numbers of one block have the same bits above these.
const BLOCK_BITS: u32 = 16;
const BLOCK_SIZE: u32 = 1 << BLOCK_BITS;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NumberSet {
    /// The blocks that are not empty.
    blocks: OrdMap<u64, Arc<RoaringBitmap>>,
    len: usize,
}

impl NumberSet {
    pub(crate) fn of(numbers: impl IntoIterator<Item = u64>) -> NumberSet {
        let mut set = NumberSet::default();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn insert(&mut self, number: u64) {
        let (block, place) = split(number);
        let block = self.blocks.entry(block).or_default();
        self.len += usize::from(Arc::make_mut(block).insert(place));
    }

    pub(crate) fn remove(&mut self, number: u64) {
        let (at, place) = split(number);
        let Some(block) = self.blocks.get_mut(&at) else { return };
        self.len -= usize::from(Arc::make_mut(block).remove(place));
        if block.is_empty() {
            self.blocks.remove(&at);
        }
    }

    /// Returns the number of members below a number.
    pub(crate) fn rank(&self, number: u64) -> usize {
        let (at, place) = split(number);
        let before: u64 = self.blocks.range(..at).map(|(_, block)| block.len()).sum();
        let within = self.blocks.get(&at).map_or(0, |block| block.range_cardinality(..place));
        (before + within) as usize
    }

    /// Returns the member with this many members below it.
    pub(crate) fn nth(&self, rank: usize) -> Option<u64> {
        let mut left = rank as u64;
        for (at, block) in &self.blocks {
            if left < block.len() {
                return block.select(left as u32).map(|place| join(*at, place));
            }
            left -= block.len();
        }
        None
    }

    /// Returns the largest member.
    pub(crate) fn last(&self) -> Option<u64> {
        let (at, block) = self.blocks.get_max()?;
        Some(join(*at, block.max()?))
    }

    /// Returns the members, the smallest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> {
        let members = self.blocks.iter();
        members.flat_map(|(at, block)| block.iter().map(|place| join(*at, place)))
    }

    /// Returns the members with these ranks, the largest first.
    pub(crate) fn descending(&self, ranks: Range<usize>) -> impl Iterator<Item = u64> {
        let (last, end) = self.nth(ranks.end).map_or((u64::MAX, BLOCK_SIZE), split);
        let blocks = self.blocks.range(..=last).rev();
        let members = blocks.flat_map(move |(at, block)| {
            let end = if *at == last { end } else { BLOCK_SIZE };
            block.range(..end).rev().map(|place| join(*at, place))
        });
        members.take(ranks.len())
    }

    fn of_blocks(blocks: impl Iterator<Item = (u64, RoaringBitmap)>) -> NumberSet {
        let mut set = NumberSet::default();
        for (at, block) in blocks.filter(|(_, block)| !block.is_empty()) {
            set.len += block.len() as usize;
            set.blocks.insert(at, Arc::new(block));
        }
        set
    }
}

impl BitAnd for &NumberSet {
    type Output = NumberSet;

    fn bitand(self, other: &NumberSet) -> NumberSet {
        let (few, many) = if self.len < other.len { (self, other) } else { (other, self) };
        let both = few.blocks.iter().filter_map(|(at, block)| {
            let other = many.blocks.get(at)?;
            Some((*at, &**block & &**other))
        });
        NumberSet::of_blocks(both)
    }
}

impl BitOrAssign<&NumberSet> for NumberSet {
    fn bitor_assign(&mut self, other: &NumberSet) {
        for (at, block) in &other.blocks {
            let Some(into) = self.blocks.get_mut(at) else {
                self.len += block.len() as usize;
                self.blocks.insert(*at, block.clone());
                continue;
            };
            self.len -= into.len() as usize;
            *Arc::make_mut(into) |= &**block;
            self.len += into.len() as usize;
        }
    }
}

impl Sub for &NumberSet {
    type Output = NumberSet;

    fn sub(self, other: &NumberSet) -> NumberSet {
        let left = self.blocks.iter().map(|(at, block)| match other.blocks.get(at) {
            Some(other) => (*at, &**block - &**other),
            None => (*at, (**block).clone()),
        });
        NumberSet::of_blocks(left)
    }
}

fn split(number: u64) -> (u64, u32) {
    (number >> BLOCK_BITS, number as u32 % BLOCK_SIZE)
}

fn join(block: u64, place: u32) -> u64 {
    block << BLOCK_BITS | u64::from(place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::RngExt;

    use crate::account::base::number_set::NumberSet;
    use crate::seed::Seed;

    /// Draws numbers of which some are neighbours, some are far apart and some fill whole blocks.
    fn drawn(label: u64) -> (NumberSet, BTreeSet<u64>) {
        let mut random = Seed::new(label).generator();
        let mut plain = BTreeSet::new();
        for _ in 0..random.random_range(0..6) {
            let first = random.random_range(0..4_u64) << random.random_range(0..40_u32);
            plain.extend(first..first + random.random_range(0..6000));
        }
        let mut set = NumberSet::of(plain.iter().copied());
        for number in plain.clone().iter().filter(|_| random.random_bool(0.3)) {
            plain.remove(number);
            set.remove(*number);
            set.remove(number + (1 << 50));
        }
        (set, plain)
    }

    #[test]
    fn a_set_counts_and_finds_as_a_plain_one_does() {
        for label in 0..60 {
            let (set, plain) = drawn(label);
            let sorted: Vec<u64> = plain.iter().copied().collect();
            assert_eq!((set.len(), set.last()), (sorted.len(), sorted.last().copied()));
            assert!(set.iter().eq(sorted.iter().copied()), "{label}");
            assert_eq!(set.nth(sorted.len()), None);
            for (rank, number) in sorted.iter().enumerate().step_by(97) {
                assert_eq!((set.nth(rank), set.rank(*number)), (Some(*number), rank));
                assert_eq!(set.rank(number + 1), rank + 1, "{label}");
                let end = (rank + 150).min(sorted.len());
                let expected = sorted[rank..end].iter().rev().copied();
                assert!(set.descending(rank..end).eq(expected), "{label}");
            }
            assert_eq!(set, NumberSet::of(sorted.into_iter().rev()), "{label}");
        }
    }

    #[test]
    fn sets_combine_as_plain_ones_do() {
        for label in 0..60 {
            let ((one, plain_one), (two, plain_two)) = (drawn(label), drawn(label + 1));
            assert_eq!(&one & &two, NumberSet::of(&plain_one & &plain_two), "{label}");
            assert_eq!(&one - &two, NumberSet::of(&plain_one - &plain_two), "{label}");
            let mut either = one.clone();
            either |= &two;
            assert_eq!(either, NumberSet::of(&plain_one | &plain_two), "{label}");
            assert_eq!(one, NumberSet::of(plain_one), "{label}");
        }
    }

    #[test]
    fn a_copy_stays_as_it_was() {
        let before = NumberSet::of(0..100_000);
        let mut after = before.clone();
        after.remove(70_000);
        after.insert(200_000);
        assert_eq!(before, NumberSet::of(0..100_000));
        assert_eq!(after.len(), 100_000);
    }
}
