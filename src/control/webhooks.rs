//! `/_emulator/webhooks/await`: waits for a webhook of the account.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::accounts::{Awaited, Expectation};
use crate::error::Error;
use crate::http::answer::{no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::model::duration;
use crate::model::webhook::{WebhookCode, WebhookType};

/// The longest timeout that a caller can ask for.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Await {
    #[serde(default)]
    link: Option<Uuid>,
    #[serde(default)]
    webhook_type: Option<WebhookType>,
    #[serde(default)]
    webhook_code: Option<WebhookCode>,
    /// The cursor of the last delivery that the caller has seen. Only deliveries after it count.
    #[serde(default)]
    after: u64,
    /// The longest time to wait, a duration of ten minutes at most.
    #[serde(default = "thirty_seconds", deserialize_with = "duration::deserialize")]
    #[schemars(with = "String", extend("default" = "30s"))]
    timeout: TimeDelta,
    #[serde(default)]
    expect: Expect,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Expect {
    #[default]
    One,
    None,
}

fn thirty_seconds() -> TimeDelta {
    TimeDelta::seconds(30)
}

pub(crate) async fn wait(caller: Caller, Typed(body): Typed<Await>) -> HttpResponse {
    if body.timeout > LONGEST_WAIT {
        let longest = duration::show(LONGEST_WAIT);
        let error = Error::invalid(format_args!("Wait for {longest} at most.")).on("timeout");
        return caller.reply(Err(error));
    }
    let expectation = match body.expect {
        Expect::One => Expectation::One,
        Expect::None => Expectation::None,
    };
    let awaited = Awaited {
        link: body.link,
        webhook_type: body.webhook_type,
        webhook_code: body.webhook_code,
        after: body.after,
        timeout: body.timeout,
    };
    let came = caller.accounts().await_webhook(caller.slot(), &awaited, expectation).await;
    caller.reply(came.map(|delivery| match delivery {
        Some(delivery) => ok(delivery),
        None => no_content(()),
    }))
}
