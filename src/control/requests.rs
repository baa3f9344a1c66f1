//! `/_emulator/requests`: lists, explains and verifies the requests that the account has answered.

use actix_web::HttpResponse;

use crate::accounts::{RequestFilter, Verification};
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::query::TypedQuery;
use crate::http::routing::PathId;

pub(crate) async fn list(
    caller: Caller,
    TypedQuery(asked): TypedQuery<RequestFilter>,
) -> HttpResponse {
    let page = caller.accounts().requests(caller.slot(), &asked).await;
    caller.reply(page.map(ok))
}

pub(crate) async fn explain(caller: Caller, request_id: PathId) -> HttpResponse {
    caller.control(|account| account.explain(&request_id).map(ok)).await
}

pub(crate) async fn verification(
    caller: Caller,
    Typed(asked): Typed<Verification>,
) -> HttpResponse {
    let verified = caller.accounts().verify_requests(caller.slot(), &asked).await;
    caller.reply(verified.map(ok))
}
