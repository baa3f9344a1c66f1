//! Guards all faces against pages of other sites, and opens Belvo's API to the pages of `--cors`.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, HeaderValue, ORIGIN, VARY,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::error::Error;
use crate::guard::{Guard, Provenance};
use crate::http::routing::BaseUrl;
use crate::operations::{Face, Route};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The headers with which Chromium asks whether a page of the internet may call a private network.
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");
/// The time for which a browser keeps the answer to a preflight. It is short, so that a browser
/// notices a restart with other flags.
const MAX_AGE_SECONDS: &str = "60";
/// A page may send each method to each path, so that it can read the answer 405.
const EVERY_METHOD: &str = "GET, POST, PUT, PATCH, DELETE";

/// Checks where a request comes from, before anything of it is read.
///
/// # Errors
/// 421 for a host name that may have been rebound, 403 for a page of another site.
pub(crate) fn check(request: &HttpRequest, route: &Route) -> Result<(), Error> {
    let guard = guard(request);
    for host in hosts(request) {
        guard.check_host(host.ok_or_else(|| Error::host_not_allowed("that"))?)?;
    }
    let from = provenance(request);
    // Clients send neither header. The addresses below are put together for browsers alone.
    let is_of_browser = from.origin.is_some() || from.fetch_site.is_some();
    if !is_of_browser || allowed_origin(request, route).is_some() || is_harmless(request, route) {
        return Ok(());
    }
    guard.check_site(from, &[&BaseUrl::of(request).0, &BaseUrl::called(request).0])
}

/// Answers a preflight, with which a browser asks whether a page may make a request. It has no keys.
pub(crate) fn preflight(request: &HttpRequest, route: &Route) -> Option<HttpResponse> {
    allowed_origin(request, route)?;
    let headers = request.headers();
    if request.method() != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut response = HttpResponse::NoContent();
    response.insert_header((ACCESS_CONTROL_ALLOW_METHODS, EVERY_METHOD));
    if let Some(asked) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        response.insert_header((ACCESS_CONTROL_ALLOW_HEADERS, asked.clone()));
    }
    if headers.contains_key(REQUEST_PRIVATE_NETWORK) {
        response.insert_header((ALLOW_PRIVATE_NETWORK, "true"));
    }
    response.insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS));
    Some(response.finish())
}

/// Adds the headers to an answer of Belvo's API that let a page of `--cors` read it.
pub(crate) fn open_to_page(request: &HttpRequest, route: &Route, response: &mut HttpResponse) {
    if route.face != Face::Api || guard(request).origins.is_empty() {
        return;
    }
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let origin =
        allowed_origin(request, route).and_then(|origin| HeaderValue::from_str(origin).ok());
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("X-Request-Id, Retry-After");
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// Returns the origin of a request if `--cors` opens the request's face to it.
fn allowed_origin<'a>(request: &'a HttpRequest, route: &Route) -> Option<&'a str> {
    let is_open = route.face == Face::Api;
    Some(provenance(request))
        .filter(|_| is_open)
        .and_then(|from| guard(request).allowed_origin(from))
}

/// Tells that a request reads what anybody may read. A link on another site may lead there.
fn is_harmless(request: &HttpRequest, route: &Route) -> bool {
    route.face == Face::Open && [Method::GET, Method::HEAD].contains(request.method())
}

/// Returns the names under which a client called, None for one that is no text.
fn hosts(request: &HttpRequest) -> impl Iterator<Item = Option<&str>> {
    let named = request.headers().get_all(HOST).map(|host| host.to_str().ok());
    named.chain(request.uri().host().map(Some))
}

fn provenance(request: &HttpRequest) -> Provenance<'_> {
    // An origin that is no text is the origin of no page of ours.
    let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    Provenance { origin: text(ORIGIN), fetch_site: text(SEC_FETCH_SITE) }
}

fn guard(request: &HttpRequest) -> &Guard {
    request.app_data::<Data<Guard>>().expect("the application has its guard")
}
