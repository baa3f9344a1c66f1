//! `/_emulator/clock`: shows, sets and advances the time of the account.

use actix_web::HttpResponse;
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::accounts::{ClockMode, ClockSetting, Until};
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::model::duration;
use crate::model::quote::quoted;

/// A setting of the clock. A key that is absent changes nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    #[serde(default)]
    mode: Option<ClockMode>,
    /// The account's new time, which is not before its present.
    #[serde(default, deserialize_with = "timestamp")]
    #[schemars(with = "Option<DateTime<Utc>>")]
    now: Option<DateTime<Utc>>,
}

/// The time to advance to. The body has exactly one of the two keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    /// A duration such as `15s`, counted from the account's present.
    #[serde(default, deserialize_with = "duration::deserialize_some")]
    #[schemars(with = "Option<String>")]
    by: Option<TimeDelta>,
    /// A timestamp, `next` for the time at which the next task is due, or `webhook` for the time at
    /// which the next webhook is attempted, a year ahead at most.
    #[serde(default)]
    to: Option<To>,
}

#[derive(JsonSchema)]
#[schemars(with = "String")]
pub(crate) enum To {
    Next,
    Webhook,
    Time(DateTime<Utc>),
}

pub(crate) async fn show(caller: Caller) -> HttpResponse {
    caller.reply(caller.accounts().clock(caller.slot()).await.map(ok))
}

pub(crate) async fn set(
    caller: Caller,
    Typed(Setting { mode, now }): Typed<Setting>,
) -> HttpResponse {
    let setting = ClockSetting { mode, now };
    caller.reply(caller.accounts().set_clock(caller.slot(), setting).await.map(ok))
}

pub(crate) async fn advance(caller: Caller, Typed(advance): Typed<Advance>) -> HttpResponse {
    let until = match advance {
        Advance { by: Some(time), to: None } => Until::After(time),
        Advance { by: None, to: Some(To::Time(time)) } => Until::At(time),
        Advance { by: None, to: Some(To::Next) } => Until::Next,
        Advance { by: None, to: Some(To::Webhook) } => Until::Webhook,
        _ => {
            let sentence = "Give either by, a duration such as \"15s\", or to, a timestamp, \
                            \"next\" or \"webhook\".";
            return caller.reply(Err(Error::invalid(sentence)));
        }
    };
    caller.reply(caller.accounts().advance_clock(caller.slot(), until).await.map(ok))
}

impl<'de> Deserialize<'de> for To {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<To, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "next" => Ok(To::Next),
            "webhook" => Ok(To::Webhook),
            _ => read(&text, "\"next\", \"webhook\" or a timestamp").map(To::Time),
        }
    }
}

/// Deserializes a timestamp whose key may be absent.
pub(super) fn timestamp<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    read(&String::deserialize(deserializer)?, "a timestamp").map(Some)
}

fn read<E: de::Error>(text: &str, expected: &str) -> Result<DateTime<Utc>, E> {
    text.parse().map_err(|_| {
        let text = quoted(text);
        E::custom(format_args!("{text}: expected {expected} such as 2026-03-01T12:00:00Z"))
    })
}
