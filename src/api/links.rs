//! `/api/links/`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::account::Query;
use crate::api::answer::{json, nothing};
use crate::api::authentication::Caller;
use crate::api::body::JsonBody;

pub async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller.answer(StatusCode::OK, |account| account.list_links(&query).map(json))
}

pub async fn create(caller: Caller, body: JsonBody) -> HttpResponse {
    caller.answer(StatusCode::CREATED, |account| account.create_link(&body).map(json))
}

pub async fn detail(caller: Caller, id: Path<String>) -> HttpResponse {
    caller.answer(StatusCode::OK, |account| account.link(&id).map(json))
}

pub async fn delete(caller: Caller, id: Path<String>) -> HttpResponse {
    caller.answer(StatusCode::NO_CONTENT, |account| account.delete_link(&id).map(nothing))
}
