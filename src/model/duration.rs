//! Durations as flags and scenario files write them: `500ms`, `15s`, `2m`, `24h`, `7d`.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, de::Error};

/// Longer durations are refused: nothing here is planned further ahead.
const LONGEST_DAYS: i64 = 3650;

/// Reads a duration.
pub fn parse(text: &str) -> Result<TimeDelta, String> {
    let expected = "write it as 500ms, 15s, 2m, 24h or 7d";
    let duration = humantime::parse_duration(text)
        .map_err(|problem| format!("{text:?} is not a duration ({problem}); {expected}"))?;
    TimeDelta::from_std(duration)
        .ok()
        .filter(|delta| *delta <= TimeDelta::days(LONGEST_DAYS))
        .ok_or_else(|| format!("{text:?} is longer than {LONGEST_DAYS} days"))
}

/// For `#[serde(with)]`-style use in scenario files.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeDelta, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

/// The same for a key that may be absent.
pub fn deserialize_some<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<TimeDelta>, D::Error> {
    deserialize(deserializer).map(Some)
}

/// Shows a duration as it would be written: `2m`, `1h 30m`.
pub fn show(delta: TimeDelta) -> String {
    humantime::format_duration(delta.to_std().unwrap_or_default()).to_string()
}
