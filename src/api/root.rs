//! `GET /api/`: are my keys right? Belvo documents no body; clients look at the status.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::api::authentication::Caller;

pub async fn show(caller: Caller) -> HttpResponse {
    caller.answer(StatusCode::OK, |_| Ok(b"{}".to_vec()))
}
