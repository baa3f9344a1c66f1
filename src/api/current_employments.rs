//! `/api/mx/current-employments/`.

use actix_web::HttpResponse;

use crate::account::Query;
use crate::http::answer::{no_content, ok, retrieved};
use crate::http::authentication::Caller;
use crate::http::body::JsonBody;
use crate::http::routing::PathId;

pub(super) async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller
        .answer_list(query, |account, _, query| account.list_current_employments(query).map(ok))
        .await
}

pub(super) async fn retrieve(caller: Caller, body: JsonBody) -> HttpResponse {
    caller
        .answer(|account, context| {
            account.retrieve_current_employments(context, &body).map(retrieved)
        })
        .await
}

pub(super) async fn detail(caller: Caller, id: PathId) -> HttpResponse {
    caller.answer(|account, _| account.current_employment(&id).map(ok)).await
}

pub(super) async fn delete(caller: Caller, id: PathId) -> HttpResponse {
    caller.answer(|account, _| account.delete_current_employment(&id).map(no_content)).await
}
