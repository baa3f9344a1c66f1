//! `/api/employment-records/`.

use actix_web::HttpResponse;

use crate::account::{Query, RequestMode};
use crate::http::answer::{no_content, ok, retrieved};
use crate::http::authentication::Caller;
use crate::http::body::JsonBody;
use crate::http::routing::PathId;

pub(super) async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller
        .answer_list(query, |account, _, query| account.list_employment_records(query).map(ok))
        .await
}

pub(super) async fn retrieve(
    caller: Caller,
    body: JsonBody,
    mode: RequestMode,
    query: Query,
) -> HttpResponse {
    caller
        .answer(|account, context| {
            account.retrieve_employment_records(context, &body, mode, &query).map(retrieved)
        })
        .await
}

pub(super) async fn detail(caller: Caller, id: PathId, query: Query) -> HttpResponse {
    caller.answer(|account, _| account.employment_record(&id, &query).map(ok)).await
}

pub(super) async fn delete(caller: Caller, id: PathId) -> HttpResponse {
    caller.answer(|account, _| account.delete_employment_record(&id).map(no_content)).await
}
