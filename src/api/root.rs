//! `GET /api/`: are my keys right? Belvo documents no body; clients look at the status.

use actix_web::HttpResponse;
use serde_json::json;

use crate::api::answer::ok;
use crate::api::authentication::Caller;

pub async fn show(caller: Caller) -> HttpResponse {
    caller.answer(|_| Ok(ok(json!({}))))
}
