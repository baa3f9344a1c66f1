//! Draws from distributions that are skewed right. They are tables of whole numbers, so that the draws
//! are the same on every platform.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// The values, in thousandths of the median, below which 0, 1, 2 ... 16 sixteenths of the draws lie.
pub(super) type Spread = [i64; 17];

/// Log-normal with a deviation of 0.5, without the outermost hundredths.
pub(super) const NARROW: Spread =
    [313, 464, 563, 642, 714, 783, 853, 924, 1000, 1082, 1173, 1277, 1401, 1558, 1777, 2154, 3200];

/// Log-normal with a deviation of 1, without the outermost hundredths.
pub(super) const WIDE: Spread =
    [98, 216, 316, 412, 509, 613, 727, 854, 1000, 1170, 1375, 1631, 1963, 2427, 3159, 4638, 10240];

/// Draws a value in thousandths of the median.
pub(super) fn skewed(generator: &mut ChaCha8Rng, spread: &Spread) -> i64 {
    let draw: u32 = generator.random_range(0..1 << 20);
    let (place, rest) = ((draw >> 16) as usize, i64::from(draw & 0xFFFF));
    spread[place] + (spread[place + 1] - spread[place]) * rest / 0x1_0000
}

/// Draws true in a number of hundredths of the cases.
pub(super) fn happens(generator: &mut ChaCha8Rng, percent: u32) -> bool {
    generator.random_range(0..100) < percent
}

/// Returns the value at `place` of a line through known points, in order. Before the first and after
/// the last one it is theirs.
pub(super) fn between(points: &[(i64, i64)], place: i64) -> i64 {
    let after = points.partition_point(|(known, _)| *known <= place);
    match (points.get(after.wrapping_sub(1)), points.get(after)) {
        (Some((from, low)), Some((to, high))) => low + (high - low) * (place - from) / (to - from),
        (Some((_, value)), None) | (None, Some((_, value))) => *value,
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{NARROW, WIDE, between, skewed};
    use crate::seed::Seed;

    #[test]
    fn half_of_the_draws_lie_below_the_median() {
        let mut generator = Seed::new(7).generator();
        for spread in [NARROW, WIDE] {
            let draws: Vec<i64> = (0..10_000).map(|_| skewed(&mut generator, &spread)).collect();
            let below = draws.iter().filter(|draw| **draw < 1000).count();
            assert!((4800..5200).contains(&below), "{below}");
            assert!(draws.iter().all(|draw| (spread[0]..=spread[16]).contains(draw)));
        }
    }

    #[test]
    fn a_line_goes_through_its_points() {
        let line = [(10, 100), (20, 300)];
        let found = [0, 10, 15, 20, 99].map(|place| between(&line, place));
        assert_eq!(found, [100, 100, 200, 300, 300]);
    }
}
