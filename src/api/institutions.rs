//! `/api/institutions/`.

use actix_web::HttpResponse;

use crate::account::Query;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::routing::PathId;

pub(super) async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller.answer(|account, _| account.list_institutions(&query).map(ok)).await
}

pub(super) async fn detail(caller: Caller, id: PathId, query: Query) -> HttpResponse {
    caller.answer(|account, _| account.institution(&id, &query).map(ok)).await
}
