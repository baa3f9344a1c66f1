//! `/_emulator/webhooks/endpoint`: shows, sets and removes the endpoint of the account's webhooks.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::account::{Account, EndpointSetting, MOST_RETRIES};
use crate::error::Error;
use crate::http::answer::{no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::query::TypedQuery;
use crate::model::duration;

/// The endpoint of the account. Retries and delay keep their values if their keys are absent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointBody {
    /// The URL of the receiver.
    #[schemars(extend("format" = "uri"))]
    url: String,
    /// The value of the `Authorization` header. Without this key, webhooks have no such header.
    #[serde(default)]
    authorization: String,
    /// The number of retries after the first attempt.
    #[serde(default)]
    #[schemars(range(max = 1000))]
    retries: Option<u32>,
    /// A duration such as `10s`. The n-th retry waits n times this duration.
    #[serde(default, deserialize_with = "duration::deserialize_some")]
    #[schemars(with = "String")]
    retry_delay: Option<TimeDelta>,
    /// True makes the endpoint temporary: `DELETE` brings the endpoints and retries before it back.
    /// Of several temporary endpoints in a row, the ones before the first come back.
    #[serde(default)]
    temporary: bool,
}

/// The condition on which an endpoint is removed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointRemoval {
    /// The URL as it was set. Where the endpoint has another one, nothing is removed.
    #[schemars(with = "String", extend("format" = "uri"))]
    #[serde(default)]
    url: Option<String>,
}

pub(crate) async fn show(caller: Caller) -> HttpResponse {
    caller.control(|account| Ok(ok(account.endpoint()))).await
}

pub(crate) async fn set(caller: Caller, Typed(endpoint): Typed<EndpointBody>) -> HttpResponse {
    caller
        .control(|account| {
            let setting = endpoint.setting(account)?;
            account.set_endpoint(setting).map(ok)
        })
        .await
}

pub(crate) async fn remove(
    caller: Caller,
    TypedQuery(removal): TypedQuery<EndpointRemoval>,
) -> HttpResponse {
    caller.control(|account| account.remove_endpoint(removal.url.as_deref()).map(no_content)).await
}

impl EndpointBody {
    fn setting(self, account: &Account) -> Result<EndpointSetting, Error> {
        let EndpointBody { url, authorization, retries, retry_delay, temporary } = self;
        if retries.is_some_and(|count| count > MOST_RETRIES) {
            let sentence = format_args!("There can be {MOST_RETRIES} retries at most.");
            return Err(Error::invalid(sentence).on("retries"));
        }
        let target = account.receiver(&url, &authorization)?;
        Ok(EndpointSetting { target, retries, retry_delay, temporary })
    }
}
