//! `/_emulator/webhooks/await`: waits for a webhook of the account.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::account::WantedWebhook;
use crate::accounts::{Awaited, Expectation};
use crate::error::Error;
use crate::http::answer::{no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::model::duration;
use crate::model::webhook::{WebhookCode, WebhookType};

/// The longest timeout that a caller can ask for.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);

/// The webhook to wait for, and the limits of the wait.
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
    /// The longest time that the caller waits, by the clock of the machine: a duration of ten
    /// minutes at most.
    #[serde(default = "thirty_seconds", deserialize_with = "duration::deserialize")]
    #[schemars(with = "String", extend("default" = "30s"))]
    timeout: TimeDelta,
    /// The longest time that the wait moves the account on, in skip mode. The other modes refuse
    /// it, because there a wait moves nothing. The default is the time of the slowest scenario's
    /// first webhook with all its retries, but at most a day.
    #[serde(default, deserialize_with = "duration::deserialize_some")]
    #[schemars(with = "Option<String>")]
    within: Option<TimeDelta>,
    #[serde(default)]
    expect: Expect,
}

/// The end of a wait that the caller expects.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Expect {
    /// The receiver accepts the webhook, or there is no receiver.
    #[default]
    Delivered,
    /// The webhook is finished: delivered, failed, cancelled or undeliverable.
    Finished,
    /// No webhook comes: in skip mode until the time of `within` has passed, in the other modes
    /// until `timeout` has passed.
    None,
}

fn thirty_seconds() -> TimeDelta {
    TimeDelta::seconds(30)
}

pub(crate) async fn wait(caller: Caller, Typed(body): Typed<Await>) -> HttpResponse {
    if body.timeout > LONGEST_WAIT {
        let longest = duration::show(LONGEST_WAIT);
        let sentence = format_args!(
            "Wait for {longest} at most. To move the account's time on by more, use within."
        );
        return caller.reply(Err(Error::invalid(sentence).on("timeout")));
    }
    let expectation = match body.expect {
        Expect::Delivered => Expectation::Delivered,
        Expect::Finished => Expectation::Finished,
        Expect::None => Expectation::None,
    };
    let Await { link, webhook_type, webhook_code, after, timeout, within, .. } = body;
    let wanted = WantedWebhook { link, webhook_type, webhook_code };
    let awaited = Awaited { wanted, after, timeout, within };
    let came = caller.accounts().await_webhook(caller.slot(), &awaited, expectation).await;
    caller.reply(came.map(|delivery| match delivery {
        Some(delivery) => ok(delivery),
        None => no_content(()),
    }))
}
