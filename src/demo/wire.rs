//! The answers about a demo.

use schemars::JsonSchema;
use serde::Serialize;

use crate::accounts::{Credentials, Slot};
use crate::demo::{Demo, Guest};
use crate::model::{Timestamp, duration, six_digits_or_null, six_digits_or_null_schema};

/// The answer to the question whether this emulator is a demo.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DemoReading {
    /// True with `--demo`.
    enabled: bool,
    /// The duration of `--demo-reset`. It is null where the demo account is never reset.
    reset_every: Option<String>,
    /// The time of the next reset of the demo account, by the clock of the machine.
    #[serde(serialize_with = "six_digits_or_null")]
    #[schemars(schema_with = "six_digits_or_null_schema")]
    next_reset_at: Option<Timestamp>,
}

/// The API keys of a visitor's account.
#[derive(Serialize, JsonSchema)]
pub(crate) struct VisitorKeys {
    id: String,
    password: String,
}

/// The part that an account has in the demo.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DemoAccount {
    /// The owner of the account.
    whose: Whose,
    /// True where the keys of this call read the account and change nothing.
    is_read_only: bool,
    /// The keys with which others look at the account and change nothing, as `ID:PASSWORD`. It is
    /// null for an account that is not part of the demo.
    view: Option<String>,
    /// The time at which the account begins anew, by the clock of the machine. It is null where it
    /// is never reset by itself.
    #[serde(serialize_with = "six_digits_or_null")]
    #[schemars(schema_with = "six_digits_or_null_schema")]
    next_reset_at: Option<Timestamp>,
}

/// The owner of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Whose {
    /// The account that `--demo` fills when the emulator starts.
    Demo,
    /// The account of a visitor of the page.
    Visitor,
    /// An account of other keys.
    Other,
}

impl DemoReading {
    /// Returns the answer of an emulator that is a demo, or of one that is none.
    pub(crate) fn of(demo: Option<&Demo>) -> DemoReading {
        DemoReading {
            enabled: demo.is_some(),
            reset_every: demo.and_then(Demo::reset_every).map(duration::show),
            next_reset_at: demo.and_then(Demo::next_reset_at),
        }
    }
}

impl From<Credentials> for VisitorKeys {
    fn from(Credentials { id, password }: Credentials) -> VisitorKeys {
        VisitorKeys { id, password }
    }
}

impl DemoAccount {
    pub(crate) fn of(demo: &Demo, slot: &Slot, guest: Option<Guest>) -> DemoAccount {
        let view = demo.view(slot);
        let whose = match &view {
            None => Whose::Other,
            Some(_) if slot.has_keys(demo.owner()) => Whose::Demo,
            Some(_) => Whose::Visitor,
        };
        DemoAccount {
            whose,
            is_read_only: guest == Some(Guest::Viewer),
            view: view.map(|Credentials { id, password }| format!("{id}:{password}")),
            next_reset_at: demo.next_reset_at().filter(|_| whose == Whose::Demo),
        }
    }
}
