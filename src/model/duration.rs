//! Durations as flags and scenario files write them: `500ms`, `15s`, `2m`, `24h`, `7d`.

use chrono::TimeDelta;
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

/// The longest duration that is accepted. No task is scheduled further ahead.
const LONGEST_DAYS: i64 = 3650;
pub(crate) const LONGEST: TimeDelta = TimeDelta::days(LONGEST_DAYS);

/// Parses a duration.
pub(crate) fn parse(text: &str) -> Result<TimeDelta, String> {
    let expected = "write it as 500ms, 15s, 2m, 24h or 7d";
    let duration = humantime::parse_duration(text)
        .map_err(|problem| format!("{text:?} is not a duration ({problem}); {expected}"))?;
    TimeDelta::from_std(duration)
        .ok()
        .filter(|delta| *delta <= LONGEST)
        .ok_or_else(|| format!("{text:?} is longer than {LONGEST_DAYS} days"))
}

/// Converts a duration that a program gives, cut to [`LONGEST`].
pub(crate) fn saturating(duration: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(duration).map_or(LONGEST, |delta| delta.min(LONGEST))
}

/// Deserializes a duration of a body or a scenario file.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<TimeDelta, D::Error> {
    deserializer.deserialize_str(Text)
}

struct Text;

impl Visitor<'_> for Text {
    type Value = TimeDelta;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a duration such as \"15s\" or \"500ms\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TimeDelta, E> {
        parse(text).map_err(E::custom)
    }
}

/// Deserializes a duration whose key may be absent.
pub(crate) fn deserialize_some<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<TimeDelta>, D::Error> {
    deserialize(deserializer).map(Some)
}

/// Writes a duration as [`show`] does.
pub(crate) fn serialize<S: Serializer>(
    delta: &TimeDelta,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&show(*delta))
}

/// Shows a duration in the largest unit that divides it, such as `2m` or `90s`. Fractions of a
/// millisecond are dropped.
pub(crate) fn show(delta: TimeDelta) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    let milliseconds = delta.num_milliseconds();
    let (unit, length) = units
        .into_iter()
        .find(|(_, length)| milliseconds != 0 && milliseconds % length == 0)
        .unwrap_or(("s", 1000));
    format!("{}{unit}", milliseconds / length)
}

#[cfg(test)]
mod tests {
    use super::{parse, show};

    #[test]
    fn durations_are_shown_as_they_are_written() {
        for text in ["500ms", "15s", "90s", "2m", "23h", "7d", "0s"] {
            assert_eq!(show(parse(text).unwrap()), text);
        }
        assert_eq!(show(parse("24h").unwrap()), "1d");
    }
}
