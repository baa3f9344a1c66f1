//! `GET /api/`: are my keys right? Belvo documents no body; clients look at the status.

use actix_web::HttpResponse;
use serde_json::json;

use crate::http::answer::ok;
use crate::http::authentication::Caller;

pub(super) async fn show(caller: Caller) -> HttpResponse {
    caller.answer(|_, _| Ok(ok(json!({})))).await
}
