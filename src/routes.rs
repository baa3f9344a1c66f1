//! From a request to the handler of its operation: the path is looked up, the caller is
//! authenticated, the handler answers, and faults are injected into its answer.

use std::panic::AssertUnwindSafe;

use actix_web::dev::{ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use futures_util::FutureExt;

use crate::api;
use crate::control;
use crate::http::arrivals;
use crate::http::authentication::{
    authenticate, broken_off, give_notice, keep_webhooks_back, refuse,
};
use crate::http::connection::on_connection;
use crate::http::connection_count::close_if_beyond;
use crate::http::cors;
use crate::http::faults::inject_faults;
use crate::http::request_line::RequestLine;
use crate::http::routing::{Incoming, no_such_path, other_method};
use crate::operations::{AnyOperation, ControlOperation, Face, Route};
use crate::pages;

/// All routes are one service: actix would match each request against a set of regular expressions.
pub(crate) fn routes(app: &mut ServiceConfig) {
    app.default_service(fn_service(serve));
}

async fn serve(request: ServiceRequest) -> Result<ServiceResponse, actix_web::Error> {
    let (request, payload) = request.into_parts();
    let route = Route::of(request.method().as_str(), request.match_info().as_str());
    arrivals::note(&request, &route);
    request.extensions_mut().insert(route.clone());
    let line = RequestLine::begin(&request);
    let answering = respond(&route, Incoming { request: request.clone(), payload });
    // A panic would close the connection without a word. Nothing is locked outside of the core, which
    // catches its own.
    let response = AssertUnwindSafe(answering)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| broken_off(&request).error_response());
    let mut response = match route.face {
        Face::Api => inject_faults(&request, response).await,
        Face::Control | Face::Open => response,
    };
    give_notice(&request, &mut response);
    cors::open_to_page(&request, &route, &mut response);
    close_if_beyond(&request, &mut response);
    line.answered(&response);
    let response = on_connection(&request, response);
    Ok(ServiceResponse::new(request, response))
}

async fn respond(route: &Route, incoming: Incoming) -> HttpResponse {
    if let Err(error) = cors::check(&incoming.request, route) {
        return refuse(&incoming.request, error).await.error_response();
    }
    if let Some(preflight) = cors::preflight(&incoming.request, route) {
        return preflight;
    }
    if let Some(page) = pages::web_page(&incoming.request) {
        return page;
    }
    if route.needs_keys()
        && let Err(refused) = authenticate(&incoming.request, route).await
    {
        return refused.error_response();
    }
    match route.operation {
        Some(AnyOperation::Api(operation)) => api::answer(operation, incoming).await,
        Some(AnyOperation::Control(operation)) => answer_control(operation, incoming).await,
        Some(AnyOperation::Open(operation)) => pages::answer(operation, incoming).await,
        None => no_operation(route, &incoming.request).await,
    }
}

/// Answers a call of the control API. The webhooks of the call are sent after the answer, unless the
/// call waits for webhooks itself.
async fn answer_control(operation: ControlOperation, incoming: Incoming) -> HttpResponse {
    let waits = [ControlOperation::AdvanceClock, ControlOperation::AwaitWebhook];
    let changes = incoming.request.method() != Method::GET && !waits.contains(&operation);
    let unwritten = if changes { keep_webhooks_back(&incoming.request) } else { None };
    let mut response = control::answer(operation, incoming).await;
    if let Some(unwritten) = unwritten {
        response.extensions_mut().insert(unwritten);
    }
    response
}

async fn no_operation(route: &Route, request: &HttpRequest) -> HttpResponse {
    match route.face {
        _ if !route.of_path.is_empty() => other_method(request, route).await,
        Face::Control => control::no_such_call(request).await,
        Face::Api | Face::Open => no_such_path(request).await,
    }
}
