//! The page for people: its files, which `ui/` builds and the binary embeds, and how browsers get there.
//!
//! The files hold nothing of any account. The page asks for the keys and sends them by `fetch`; a
//! browser never sends them by itself.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::account::Answer;
use crate::accounts::Accounts;

const PAGE: &str = "/_emulator/";
/// The page runs its own script and calls its own origin, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page: its path, its media type and its content.
type File = (&'static str, &'static str, &'static [u8]);

const FILES: &[File] = &[
    (PAGE, "text/html; charset=utf-8", include_bytes!("../../ui/dist/index.html")),
    (
        "/_emulator/page/page.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../ui/dist/page.js"),
    ),
    (
        "/_emulator/page/page.css",
        "text/css; charset=utf-8",
        include_bytes!("../../ui/dist/page.css"),
    ),
    (
        "/_emulator/page/licences.txt",
        "text/plain; charset=utf-8",
        include_bytes!("../../ui/dist/licences.txt"),
    ),
];

/// Answers a request for a file of the page, or for an address that leads to it.
pub(crate) fn web_page(request: &HttpRequest) -> Option<HttpResponse> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let path = request.path();
    if leads_to_page(request) {
        return Some(answer(request, 302, &[], &[(LOCATION, PAGE)]));
    }
    let (_, media_type, content) = FILES.iter().find(|(of_file, ..)| *of_file == path)?;
    Some(answer(request, 200, content, &[(CONTENT_TYPE, media_type)]))
}

/// Tells that somebody is on the way to the page: a browser at the root, or anybody who left out the
/// last slash, without which the addresses in the page would be wrong.
fn leads_to_page(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let is_browser = accepts.is_some_and(|accepts| accepts.contains("text/html"));
    match request.path() {
        "/" => is_browser,
        path => is_browser && PAGE.strip_suffix('/') == Some(path),
    }
}

fn answer(
    request: &HttpRequest,
    status: u16,
    body: &[u8],
    headers: &[(HeaderName, &'static str)],
) -> HttpResponse {
    let accounts = request.app_data::<Data<Accounts>>().expect("the application has its accounts");
    let answer = Answer { status, body: body.to_vec() };
    let mut response = accounts.anonymous_answer(answer).into_response();
    let fixed = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // No page of another origin loads the files, or holds on to the window.
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        // A browser that has the files of an earlier emulator asks for those of this one.
        (CACHE_CONTROL, "no-cache"),
    ];
    let all: &mut HeaderMap = response.headers_mut();
    for (name, value) in fixed.iter().chain(headers) {
        all.insert(name.clone(), HeaderValue::from_static(value));
    }
    response
}
