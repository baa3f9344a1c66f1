//! `/api/links/`.

use actix_web::HttpResponse;

use crate::account::{Query, RequestMode};
use crate::http::answer::{accepted, created, deleted, ok};
use crate::http::authentication::Caller;
use crate::http::body::JsonBody;
use crate::http::routing::PathId;

pub(super) async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller
        .answer_list(query, |account, context, query| account.list_links(context, query).map(ok))
        .await
}

pub(super) async fn create(caller: Caller, body: JsonBody) -> HttpResponse {
    caller.answer(|account, context| account.create_link(context, &body).map(created)).await
}

pub(super) async fn resume(caller: Caller, body: JsonBody) -> HttpResponse {
    caller.answer(|account, context| account.resume_link(context, &body).map(ok)).await
}

pub(super) async fn detail(caller: Caller, id: PathId, query: Query) -> HttpResponse {
    caller.answer(|account, context| account.link(context, &id, &query).map(ok)).await
}

pub(super) async fn update(caller: Caller, id: PathId, body: JsonBody) -> HttpResponse {
    caller.answer(|account, context| account.update_link(context, &id, &body).map(ok)).await
}

pub(super) async fn renew_credentials(caller: Caller, id: PathId, body: JsonBody) -> HttpResponse {
    caller.answer(|account, context| account.renew_credentials(context, &id, &body).map(ok)).await
}

pub(super) async fn delete(caller: Caller, id: PathId, mode: RequestMode) -> HttpResponse {
    caller.answer(|account, context| account.delete_link(context, &id, mode).map(deleted)).await
}

pub(super) async fn refresh(caller: Caller, id: PathId, body: JsonBody) -> HttpResponse {
    caller.answer(|account, context| account.refresh_link(context, &id, &body).map(accepted)).await
}
