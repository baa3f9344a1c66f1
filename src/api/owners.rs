//! `/api/owners/`.

use actix_web::HttpResponse;

use crate::account::Query;
use crate::http::answer::{no_content, ok, retrieved};
use crate::http::authentication::Caller;
use crate::http::body::JsonBody;
use crate::http::routing::PathId;

pub(super) async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller.answer_list(query, |account, _, query| account.list_owners(query).map(ok)).await
}

pub(super) async fn retrieve(caller: Caller, body: JsonBody, query: Query) -> HttpResponse {
    caller
        .answer(|account, context| account.retrieve_owners(context, &body, &query).map(retrieved))
        .await
}

pub(super) async fn resume(caller: Caller, body: JsonBody, query: Query) -> HttpResponse {
    caller
        .answer(|account, context| account.resume_owners(context, &body, &query).map(retrieved))
        .await
}

pub(super) async fn detail(caller: Caller, id: PathId, query: Query) -> HttpResponse {
    caller.answer(|account, _| account.owner(&id, &query).map(ok)).await
}

pub(super) async fn delete(caller: Caller, id: PathId) -> HttpResponse {
    caller.answer(|account, _| account.delete_owner(&id).map(no_content)).await
}
