//! `/api/links/`.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::account::{Query, RequestMode};
use crate::http::answer::{accepted, created, deleted, ok};
use crate::http::authentication::Caller;
use crate::http::body::JsonBody;

pub async fn list(caller: Caller, query: Query) -> HttpResponse {
    caller.answer(|account| account.list_links(&query).map(ok))
}

pub async fn create(caller: Caller, body: JsonBody) -> HttpResponse {
    caller.answer(|account| account.create_link(&body).map(created))
}

pub async fn resume(caller: Caller, body: JsonBody) -> HttpResponse {
    caller.answer(|account| account.resume_link(&body).map(ok))
}

pub async fn detail(caller: Caller, id: Path<String>, query: Query) -> HttpResponse {
    caller.answer(|account| account.link(&id, &query).map(ok))
}

pub async fn update(caller: Caller, id: Path<String>, body: JsonBody) -> HttpResponse {
    caller.answer(|account| account.update_link(&id, &body).map(ok))
}

pub async fn renew_credentials(caller: Caller, id: Path<String>, body: JsonBody) -> HttpResponse {
    caller.answer(|account| account.renew_credentials(&id, &body).map(ok))
}

pub async fn delete(caller: Caller, id: Path<String>, mode: RequestMode) -> HttpResponse {
    caller.answer(|account| account.delete_link(&id, mode).map(deleted))
}

pub async fn refresh(caller: Caller, id: Path<String>, body: JsonBody) -> HttpResponse {
    caller.answer(|account| account.refresh_link(&id, &body).map(accepted))
}
