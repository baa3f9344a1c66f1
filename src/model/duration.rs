//! Durations as flags and scenario files write them: `500ms`, `15s`, `2m`, `24h`, `7d`.

use chrono::TimeDelta;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

use crate::model::quote::quoted;

/// The longest duration that is accepted. No task is scheduled further ahead.
const LONGEST_DAYS: i64 = 3650;
pub(crate) const LONGEST: TimeDelta = TimeDelta::days(LONGEST_DAYS);

/// Parses a duration.
pub(crate) fn parse(text: &str) -> Result<TimeDelta, String> {
    let expected = "write it as 500ms, 15s, 2m, 24h or 7d";
    let duration = humantime::parse_duration(text)
        .map_err(|problem| format!("{} is not a duration ({problem}); {expected}", quoted(text)))?;
    TimeDelta::from_std(duration)
        .ok()
        .filter(|delta| *delta <= LONGEST)
        .ok_or_else(|| format!("{} is longer than {LONGEST_DAYS} days", quoted(text)))
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

/// The pattern of a duration. [`parse`] accepts no other text, and refuses some of these, such as a
/// duration that is too long.
const PATTERN: &str = "^(0|\\s*([0-9]+(\\.[0-9]+)?\\s*(nanos|nsec|ns|usec|us|µs|millis|msec|ms|\
seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|M|years?|yrs?|y)\\s*)+)$";

/// The schema of a duration.
pub(crate) fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": PATTERN,
        "patternErrorMessage": "a duration such as 500ms, 15s, 2m, 24h or 7d",
        "examples": ["15s", "2m", "24h", "7d"],
    })
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

/// Shows a duration as a person writes it, such as `2m` or `364d 23h 59m 41s`. [`parse`] accepts
/// it. Fractions of a millisecond are dropped, and a negative duration is shown as none.
pub(crate) fn show(delta: TimeDelta) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    let mut left = delta.num_milliseconds().max(0);
    let mut parts = Vec::new();
    for (unit, length) in units {
        if left >= length {
            parts.push(format!("{}{unit}", left / length));
        }
        left %= length;
    }
    match parts.is_empty() {
        true => "0s".to_owned(),
        false => parts.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::model::duration::{LONGEST, parse, show};

    #[test]
    fn durations_are_shown_as_a_person_writes_them() {
        for (milliseconds, shown) in [
            (0, "0s"),
            (-5, "0s"),
            (500, "500ms"),
            (15_000, "15s"),
            (90_000, "1m 30s"),
            (4_320_015_000, "50d 15s"),
            (31_535_981_849, "364d 23h 59m 41s 849ms"),
        ] {
            assert_eq!(show(TimeDelta::milliseconds(milliseconds)), shown);
        }
    }

    #[test]
    fn every_duration_that_is_shown_is_accepted_and_means_the_same() {
        let longest = LONGEST.num_milliseconds();
        // The steps grow, so that each unit is met with and without the others.
        let mut milliseconds = 0;
        while milliseconds <= longest {
            let duration = TimeDelta::milliseconds(milliseconds);
            assert_eq!(parse(&show(duration)), Ok(duration));
            milliseconds += 1 + milliseconds / 997;
        }
        assert_eq!(parse(&show(LONGEST)), Ok(LONGEST));
    }
}
