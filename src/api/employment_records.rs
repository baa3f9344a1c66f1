//! `/api/employment-records/`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::account::Query;
use crate::api::answer::{json, nothing};
use crate::api::authentication::Caller;

pub async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller.answer(StatusCode::OK, |account| account.list_employment_records(&query).map(json))
}

pub async fn detail(caller: Caller, id: Path<String>) -> HttpResponse {
    caller.answer(StatusCode::OK, |account| account.employment_record(&id).map(json))
}

pub async fn delete(caller: Caller, id: Path<String>) -> HttpResponse {
    caller.answer(StatusCode::NO_CONTENT, |account| {
        account.delete_employment_record(&id).map(nothing)
    })
}
