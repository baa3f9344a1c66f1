//! The time from a link's creation to its webhook.

use chrono::TimeDelta;
use rand::RngExt;

use crate::seed::Seed;

/// A time between two bounds. Both bounds are included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delay {
    pub shortest: TimeDelta,
    pub longest: TimeDelta,
}

impl Delay {
    /// Draws the delay of a link from its seed, which only a delay between two bounds asks for.
    pub(in crate::account) fn draw(self, seed: impl FnOnce() -> Seed) -> TimeDelta {
        if self.shortest == self.longest {
            return self.shortest;
        }
        let bounds = [self.shortest, self.longest]
            .map(|bound| bound.num_microseconds().expect("delays are some years at most"));
        let mut generator = seed().child("webhook_delay").generator();
        TimeDelta::microseconds(generator.random_range(bounds[0]..=bounds[1]))
    }
}
