//! How the time of an account follows that of the process.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{END, Timestamp, later};

/// What moves the time of an account. Whatever it is, the time can be advanced on command.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockMode {
    /// It passes as it does for everybody.
    Real,
    /// It stands still.
    Manual,
    /// It stands still, but waiting for a webhook moves it on to what is due next.
    Skip,
    /// It passes so many times as fast.
    Scale(Factor),
}

/// How many times as fast: more than 0, at most 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1_000_000))]
pub struct Factor(f64);

/// A line through two points in time that belong together, with the slope of the mode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    mode: ClockMode,
    process: Timestamp,
    account: Timestamp,
}

impl Timeline {
    /// Begins with the time of the process.
    pub(super) fn new(mode: ClockMode, process: Timestamp) -> Timeline {
        Timeline { mode, process, account: process }
    }

    pub(super) fn mode(&self) -> ClockMode {
        self.mode
    }

    /// Whether only commands move it. Then much is due at the same moment.
    pub(super) fn stands_still(&self) -> bool {
        matches!(self.mode, ClockMode::Manual | ClockMode::Skip)
    }

    /// The account's time when it is `process` for the process.
    pub(super) fn now(&self, process: Timestamp) -> Timestamp {
        let passed = process - self.process;
        let passed = match self.mode {
            ClockMode::Real => passed,
            ClockMode::Manual | ClockMode::Skip => TimeDelta::zero(),
            ClockMode::Scale(factor) => scaled(passed, factor.0),
        };
        later(self.account, passed).min(END)
    }

    /// When the clock of the process reads what the account's does at `due`, if it ever will.
    pub(super) fn process_time_of(&self, due: Timestamp) -> Option<Timestamp> {
        let left = due - self.account;
        let left = match self.mode {
            _ if due > END => return None,
            // A jump of the clock that is not worked off yet.
            _ if due <= self.account => TimeDelta::zero(),
            ClockMode::Real => left,
            ClockMode::Manual | ClockMode::Skip => return None,
            // One more, so that rounding does not bring it too early, again and again.
            ClockMode::Scale(factor) => {
                scaled(left, 1.0 / factor.0).checked_add(&TimeDelta::microseconds(1))?
            }
        };
        self.process.checked_add_signed(left)
    }

    /// From `process` on the time is `account` and passes by `mode`.
    pub(super) fn set(&mut self, mode: ClockMode, process: Timestamp, account: Timestamp) {
        *self = Timeline { mode, process, account };
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

/// As `--clock` has it: `real`, `manual`, `skip`, or a factor such as `60x`.
impl FromStr for ClockMode {
    type Err = String;

    fn from_str(text: &str) -> Result<ClockMode, String> {
        match text {
            "real" => Ok(ClockMode::Real),
            "manual" => Ok(ClockMode::Manual),
            "skip" => Ok(ClockMode::Skip),
            _ => {
                let factor = text.strip_suffix('x').and_then(|factor| factor.parse::<f64>().ok());
                let factor =
                    factor.ok_or("expected real, manual, skip, or a factor such as 60x")?;
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
