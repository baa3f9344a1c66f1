//! HTTP in, what needs no keys: whether the emulator is well, and the description of all it serves.
//!
//! `/livez` and `/readyz` answer 200 as soon as the socket is bound, which is after the scenarios
//! are loaded.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::accounts::Accounts;
use crate::http::answer::ok;
use crate::http::routing::{Answering, Incoming};
use crate::openapi;
use crate::operations::OpenOperation;

/// Answers a request to an operation that needs no keys.
pub(crate) fn answer(operation: OpenOperation, incoming: Incoming) -> Answering {
    match operation {
        OpenOperation::Live | OpenOperation::Ready => incoming.to(well),
        OpenOperation::Description => incoming.to(description),
    }
}

async fn well(accounts: Data<Accounts>) -> HttpResponse {
    accounts.anonymous_answer(ok(json!({"status": "ok"}))).into_response()
}

async fn description(accounts: Data<Accounts>) -> HttpResponse {
    accounts.anonymous_answer(ok(openapi::description())).into_response()
}
