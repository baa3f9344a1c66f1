//! Maps the time of the process to the time of an account.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use schemars::{JsonSchema, Schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::model::{END, Timestamp, later};

const EXPECTED_MODE: &str = "real, manual, skip, or a factor such as 60x";

/// The clock mode of an account. In every mode, a client can advance the time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(transform = accept_factors)]
pub enum ClockMode {
    /// The time passes as the system's time does.
    Real,
    /// The time stands still.
    Manual,
    /// The time stands still, but waiting for a webhook moves it to the next task that is due.
    Skip,
    /// The time passes this many times as fast.
    Scale(Factor),
}

/// A factor of time: more than 0, at most 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1_000_000))]
pub struct Factor(f64);

/// A time of the process and the account's time at that moment. From there on the mode gives the
/// slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    mode: ClockMode,
    process: Timestamp,
    account: Timestamp,
}

impl Timeline {
    /// Begins at the process's time `process` with the account's time `account`.
    pub(super) fn new(mode: ClockMode, process: Timestamp, account: Timestamp) -> Timeline {
        Timeline { mode, process, account }
    }

    pub(super) fn mode(&self) -> ClockMode {
        self.mode
    }

    /// Tells that nobody has set the mode, which was `usual`, or the time.
    pub(super) fn is_as_begun(&self, usual: ClockMode) -> bool {
        self.mode == usual && self.account == self.process
    }

    /// Tells that only commands move the time. Many tasks are then due at the same moment.
    pub(super) fn stands_still(&self) -> bool {
        matches!(self.mode, ClockMode::Manual | ClockMode::Skip)
    }

    /// Returns the account's time when the process's clock reads `process`.
    pub(super) fn now(&self, process: Timestamp) -> Timestamp {
        let passed = process - self.process;
        let passed = match self.mode {
            ClockMode::Real => passed,
            ClockMode::Manual | ClockMode::Skip => TimeDelta::zero(),
            ClockMode::Scale(factor) => scaled(passed, factor.0),
        };
        later(self.account, passed).min(END)
    }

    /// Returns the process's time at which the account's clock reads `due`, if it ever does.
    pub(super) fn process_time_of(&self, due: Timestamp) -> Option<Timestamp> {
        let left = due - self.account;
        let left = match self.mode {
            _ if due > END => return None,
            // The clock has jumped past `due`, and the task has not run yet.
            _ if due <= self.account => TimeDelta::zero(),
            ClockMode::Real => left,
            ClockMode::Manual | ClockMode::Skip => return None,
            // One microsecond is added, because a rounded time that is too early would wake the
            // timer again and again.
            ClockMode::Scale(factor) => {
                scaled(left, 1.0 / factor.0).checked_add(&TimeDelta::microseconds(1))?
            }
        };
        self.process.checked_add_signed(left)
    }

    /// Sets the account's time to `account` at the process's time `process`. From then on it passes
    /// by `mode`.
    pub(super) fn set(&mut self, mode: ClockMode, process: Timestamp, account: Timestamp) {
        *self = Timeline { mode, process, account };
    }
}

/// Adds the form of the flag, such as `60x`, to the forms of a mode.
fn accept_factors(schema: &mut Schema) {
    if let Some(Value::Array(forms)) = schema.get_mut("oneOf") {
        forms.push(json!({
            "description": "The time passes this many times as fast, as the flag writes it. \
                            Answers have the object.",
            "type": "string",
            "pattern": r"^[0-9]*\.?[0-9]+x$",
            "examples": ["60x"],
        }));
    }
}

/// Deserializes a mode from the value of `--clock` or from the object `{"scale": 60}`.
impl<'de> Deserialize<'de> for ClockMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ClockMode, D::Error> {
        deserializer.deserialize_any(AnyMode)
    }
}

struct AnyMode;

/// The object of a mode.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scale {
    scale: Factor,
}

impl<'de> Visitor<'de> for AnyMode {
    type Value = ClockMode;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(EXPECTED_MODE)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ClockMode, E> {
        text.parse().map_err(|sentence| E::custom(format_args!("{text:?}: {sentence}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ClockMode, A::Error> {
        let Scale { scale } = Scale::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ClockMode::Scale(scale))
    }
}

fn scaled(time: TimeDelta, factor: f64) -> TimeDelta {
    let microseconds = time.num_microseconds().unwrap_or(i64::MAX) as f64 * factor;
    TimeDelta::microseconds(microseconds as i64)
}

impl TryFrom<f64> for Factor {
    type Error = String;

    fn try_from(factor: f64) -> Result<Factor, String> {
        match factor > 0.0 && factor <= 1_000_000.0 {
            true => Ok(Factor(factor)),
            false => Err(format!("scale {factor}: expected more than 0, at most 1000000")),
        }
    }
}

/// Parses the value of `--clock`: `real`, `manual`, `skip`, or a factor such as `60x`.
impl FromStr for ClockMode {
    type Err = String;

    fn from_str(text: &str) -> Result<ClockMode, String> {
        match text {
            "real" => Ok(ClockMode::Real),
            "manual" => Ok(ClockMode::Manual),
            "skip" => Ok(ClockMode::Skip),
            _ => {
                let factor = text.strip_suffix('x').and_then(|factor| factor.parse::<f64>().ok());
                let factor = factor.ok_or_else(|| format!("expected {EXPECTED_MODE}"))?;
                Ok(ClockMode::Scale(Factor::try_from(factor)?))
            }
        }
    }
}

impl fmt::Display for ClockMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClockMode::Real => formatter.write_str("real"),
            ClockMode::Manual => formatter.write_str("manual"),
            ClockMode::Skip => formatter.write_str("skip"),
            ClockMode::Scale(Factor(factor)) => write!(formatter, "{factor}x"),
        }
    }
}
