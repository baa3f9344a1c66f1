//! `GET /api/`, which tells a client that its keys are right. Belvo documents no body, and clients
//! look at the status.

use actix_web::HttpResponse;
use serde_json::json;

use crate::http::answer::ok;
use crate::http::authentication::Caller;

pub(super) async fn show(caller: Caller) -> HttpResponse {
    caller.answer(|_, _| Ok(ok(json!({})))).await
}
