//! The seed of the emulator, or a range of seeds for the commands that take one.

use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::seed::Seed;

/// The largest number of seeds in a range.
const MOST_SEEDS: u64 = 10_000;

/// One seed, such as `7`, or several, such as `1..20`, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Seeds(RangeInclusive<u64>);

impl Seeds {
    /// Returns the seed, where there can be only one.
    ///
    /// # Errors
    /// A sentence, if there is a range.
    pub(in crate::cli) fn only(&self) -> Result<Seed, String> {
        let (first, last) = (self.0.start(), self.0.end());
        if first == last {
            return Ok(Seed::new(*first));
        }
        Err(format!(
            "--seed {first}..{last}: only `belvo-emulator people` without a CURP takes a range"
        ))
    }

    pub(in crate::cli) fn numbers(&self) -> RangeInclusive<u64> {
        self.0.clone()
    }
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Seeds, String> {
        let number = |text: &str| {
            let problem = |_| {
                format!(
                    "expected a whole number from 0 to {}, or for people a range such as 1..20",
                    u64::MAX
                )
            };
            text.parse::<u64>().map_err(problem)
        };
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(text)?, number(text)?),
        };
        if last < first {
            return Err(format!("the range ends before it begins: write {last}..{first}"));
        }
        if last - first >= MOST_SEEDS {
            return Err(format!("a range has at most {MOST_SEEDS} seeds"));
        }
        Ok(Seeds(first..=last))
    }
}

#[cfg(test)]
mod tests {
    use super::Seeds;

    #[test]
    fn a_seed_is_a_number_or_a_range() {
        let last = u64::MAX.to_string();
        for (text, numbers) in
            [("7", 7..=7), ("1..20", 1..=20), ("3..3", 3..=3), (&last, u64::MAX..=u64::MAX)]
        {
            assert_eq!(text.parse(), Ok(Seeds(numbers)), "{text}");
        }
        for (text, sentence) in [
            ("x", "expected a whole number"),
            ("", "expected a whole number"),
            ("1..", "expected a whole number"),
            ("..", "expected a whole number"),
            ("1...3", "expected a whole number"),
            ("-1", "expected a whole number"),
            ("20..1", "write 1..20"),
            ("0..10000", "at most 10000 seeds"),
        ] {
            let problem = text.parse::<Seeds>().unwrap_err();
            assert!(problem.contains(sentence), "{text}: {problem}");
        }
        assert_eq!("1..10000".parse::<Seeds>().unwrap().numbers().count(), 10_000);
        assert!("1..2".parse::<Seeds>().unwrap().only().unwrap_err().contains("--seed 1..2"));
    }
}
