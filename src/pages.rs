//! HTTP in, what needs no keys: whether the emulator is well, the description of all it serves, and
//! the page for people and the way into its demo.
//!
//! `/livez` and `/readyz` answer 200 as soon as the socket is bound, which is after the scenarios
//! are loaded. `/readyz` answers 503 once the emulator was told to stop, so that nobody who waits for
//! the next emulator takes this one for it. It also shows the mistakes of scenario files that were
//! changed and are not in force.

mod demo;
mod web;

pub(crate) use web::web_page;

use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::accounts::Accounts;
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::readiness::Readiness;
use crate::http::routing::{Answering, Incoming};
use crate::openapi;
use crate::operations::OpenOperation;

/// Answers a request to an operation that needs no keys.
pub(crate) fn answer(operation: OpenOperation, incoming: Incoming) -> Answering {
    match operation {
        OpenOperation::Live => incoming.to(well),
        OpenOperation::Ready => incoming.to(ready),
        OpenOperation::Description => incoming.to(description),
        OpenOperation::ShowDemo => incoming.to(demo::show),
        OpenOperation::Visit => incoming.to(demo::visit),
        OpenOperation::ReceiveDemoWebhook => incoming.to(demo::receive),
    }
}

async fn well(accounts: Data<Accounts>) -> HttpResponse {
    accounts.anonymous_answer(ok(json!({"status": "ok"}))).into_response()
}

async fn ready(accounts: Data<Accounts>, readiness: Data<Readiness>) -> HttpResponse {
    if readiness.is_over() {
        return accounts.anonymous(Error::stopping()).error_response();
    }
    let mistakes = accounts.mistakes_of_scenarios();
    if mistakes.is_empty() {
        return well(accounts).await;
    }
    let body = json!({"status": "ok", "scenario_mistakes": &*mistakes});
    accounts.anonymous_answer(ok(body)).into_response()
}

async fn description(accounts: Data<Accounts>) -> HttpResponse {
    accounts.anonymous_answer(ok(openapi::description())).into_response()
}
