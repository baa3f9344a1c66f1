//! Draws from lists.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// Draws a place among weights. Their sum is above zero.
pub(super) fn weighted(
    generator: &mut (impl RngExt + ?Sized),
    weights: impl Iterator<Item = u32> + Clone,
) -> usize {
    let mut left = generator.random_range(0..weights.clone().sum());
    for (place, weight) in weights.enumerate() {
        match left.checked_sub(weight) {
            Some(rest) => left = rest,
            None => return place,
        }
    }
    unreachable!("the draw is below the sum of the weights")
}

/// Draws one of the words.
pub(super) fn pick(generator: &mut ChaCha8Rng, words: &[&'static str]) -> &'static str {
    words[generator.random_range(0..words.len())]
}
