//! HTTP in, what needs no keys: whether the emulator is well, and the description of all it serves.
//!
//! `/livez` and `/readyz` answer 200 as soon as the socket is bound, which is after the scenarios
//! are loaded.

use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource, ResponseError, Route, guard};
use serde_json::json;

use crate::accounts::Accounts;
use crate::error::Error;
use crate::http::answer::ok;
use crate::openapi;

pub fn routes(app: &mut ServiceConfig) {
    app.service(page("/livez", web::to(well)))
        .service(page("/readyz", web::to(well)))
        .service(page("/_emulator/openapi.json", web::to(description)));
}

/// A path that can only be read.
fn page(path: &str, route: Route) -> Resource {
    let get = route.guard(guard::Any(guard::Get()).or(guard::Head()));
    web::resource(path).route(get).default_service(web::to(only_get))
}

async fn only_get(accounts: Data<Accounts>, request: HttpRequest) -> HttpResponse {
    let error = Error::method_not_allowed(request.method().as_str());
    let mut response = accounts.anonymous(error).error_response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
    response
}

async fn well(accounts: Data<Accounts>) -> HttpResponse {
    accounts.anonymous_answer(ok(json!({"status": "ok"}))).into_response()
}

async fn description(accounts: Data<Accounts>) -> HttpResponse {
    accounts.anonymous_answer(ok(openapi::description())).into_response()
}
