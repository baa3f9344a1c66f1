//! `/_emulator/webhooks/deliveries` and `/_emulator/webhooks/trigger`: shows the deliveries of
//! webhooks, repeats one, and sends a webhook on command.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::account::{DeliveryContent, DeliveryState, PageLimit, Replay, Trigger};
use crate::http::answer::{created, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::query::TypedQuery;
use crate::http::routing::PathId;
use crate::model::webhook::{WebhookCode, WebhookType};

/// The parameters of the list of deliveries. A delivery is listed if it fits all of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryFilter {
    #[schemars(with = "Uuid")]
    #[serde(default)]
    link: Option<Uuid>,
    #[schemars(with = "WebhookType")]
    #[serde(default)]
    webhook_type: Option<WebhookType>,
    #[schemars(with = "WebhookCode")]
    #[serde(default)]
    webhook_code: Option<WebhookCode>,
    #[schemars(with = "DeliveryState")]
    #[serde(default)]
    state: Option<DeliveryState>,
    /// A cursor. The list shows only deliveries that changed after it.
    #[serde(default)]
    after: u64,
    /// The largest number of deliveries on the page. A page that holds fewer, even none, need not
    /// be the last one.
    #[serde(default)]
    limit: PageLimit,
}

/// The changes for a repeated delivery. A key that is absent keeps the value of the original.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayBody {
    #[serde(default)]
    #[schemars(extend("format" = "uri"))]
    url: Option<String>,
    /// The value of the `Authorization` header. An empty value sends no header. The default is the
    /// value of the delivery, or of the account's endpoint if that has this URL.
    #[serde(default)]
    authorization: Option<String>,
    /// The body to send: any JSON value but null.
    #[serde(default)]
    #[schemars(with = "Value")]
    body: Option<Box<RawValue>>,
}

pub(crate) async fn list(
    caller: Caller,
    TypedQuery(filter): TypedQuery<DeliveryFilter>,
) -> HttpResponse {
    let page = caller.accounts().control(caller.slot(), |account| {
        account.deliveries(filter.after, filter.limit.get(), |content, state| {
            filter.selects(content, state)
        })
    });
    let page = page.await.and_then(|page| {
        if page.deliveries.is_empty() && page.reach.next_after.is_none() {
            caller.accounts().refuse_stranger(caller.slot(), filter.link)?;
        }
        Ok(page)
    });
    caller.reply(page.map(ok))
}

pub(crate) async fn show(caller: Caller, id: PathId) -> HttpResponse {
    let shown = caller.accounts().control(caller.slot(), |account| account.delivery(&id));
    caller.reply(shown.await.map(ok))
}

pub(crate) async fn replay(
    caller: Caller,
    id: PathId,
    Typed(body): Typed<ReplayBody>,
) -> HttpResponse {
    if body.url.is_some()
        && let Err(error) = caller.check_receiver()
    {
        return caller.reply(Err(error));
    }
    let replay = Replay {
        url: body.url,
        authorization: body.authorization,
        body: body.body.map(|body| body.get().as_bytes().into()),
    };
    caller.control(|account| account.replay(&id, replay).map(created)).await
}

pub(crate) async fn trigger(caller: Caller, Typed(trigger): Typed<Trigger>) -> HttpResponse {
    caller.control(|account| account.trigger(trigger).map(created)).await
}

impl DeliveryFilter {
    fn selects(&self, content: &DeliveryContent, state: DeliveryState) -> bool {
        self.link.is_none_or(|link| link == content.link)
            && self.webhook_type.is_none_or(|name| name.is_of(content.kind))
            && self.webhook_code.is_none_or(|name| name.is_of(content.kind))
            && self.state.is_none_or(|wanted| wanted == state)
    }
}
