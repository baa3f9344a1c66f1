//! The demo, as the page finds it: whether there is one, the account of a visitor, and a receiver of
//! the demo's webhooks.
//!
//! A cookie names the visitor, and nothing else reads it. It opens no call: the page is told the keys
//! of the visitor's account once, and sends them by itself, as for any other account.

use actix_web::http::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::json;

use crate::accounts::Accounts;
use crate::demo::{DemoReading, VisitorKeys};
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::body::JsonBody;
use crate::http::guests;
use crate::http::routing::BaseUrl;

/// The name of the cookie, before the port. Browsers send the cookies of one port to all others.
const COOKIE_NAME: &str = "belvo-emulator-visitor";
/// The only path to which a browser sends the cookie.
const COOKIE_PATH: &str = "/_emulator/demo/";
const COOKIE_SECONDS: u32 = 24 * 60 * 60;

const NO_PAGE: &str = "Only a page of this emulator opens the account of a visitor: open \
                       /_emulator/ in a browser, or use API keys.";

/// Tells whether this emulator is a demo.
pub(super) async fn show(accounts: Data<Accounts>, request: HttpRequest) -> HttpResponse {
    let demo = guests::demo(&request);
    accounts.anonymous_answer(ok(DemoReading::of(demo.as_deref()))).into_response()
}

/// Opens the account of a visitor, or of a new one.
pub(super) async fn visit(accounts: Data<Accounts>, request: HttpRequest) -> HttpResponse {
    match visited(&accounts, &request).await {
        Ok(response) => response,
        Err(error) => accounts.anonymous(error).error_response(),
    }
}

async fn visited(accounts: &Data<Accounts>, request: &HttpRequest) -> Result<HttpResponse, Error> {
    let demo = guests::demo(request).ok_or_else(Error::not_found)?;
    // The guard has checked the origin. Only browsers name one, and theirs do for each POST.
    if !request.headers().contains_key(ORIGIN) {
        return Err(Error::demo_restricted(NO_PAGE));
    }
    let name = cookie_name(request);
    let mut cookie = cookie(request, &name).unwrap_or_default();
    let accounts_of_visit = || Data::clone(accounts).into_inner();
    let visit = demo.clone().visit(accounts_of_visit(), &cookie).await;
    let keys = match visit {
        Some(keys) => keys?,
        None => {
            cookie = demo.new_visitor();
            let visit = demo.visit(accounts_of_visit(), &cookie).await;
            visit.ok_or_else(Error::unexpected)??
        }
    };
    let mut response = accounts.anonymous_answer(ok(VisitorKeys::from(keys))).into_response();
    let set = format!(
        "{name}={cookie}; Path={COOKIE_PATH}; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict"
    );
    let set = HeaderValue::from_str(&set).map_err(|_| Error::unexpected())?;
    response.headers_mut().insert(SET_COOKIE, set);
    Ok(response)
}

fn cookie_name(request: &HttpRequest) -> String {
    let called = BaseUrl::called(request);
    let port = called.host().rsplit_once(':').map_or("", |(_, port)| port);
    let port: String = port.chars().filter(char::is_ascii_digit).collect();
    format!("{COOKIE_NAME}-{port}")
}

/// Returns the value of a cookie.
fn cookie(request: &HttpRequest, name: &str) -> Option<String> {
    let headers = request.headers().get_all(COOKIE).filter_map(|header| header.to_str().ok());
    let mut pairs =
        headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(other, _)| other.trim() == name);
    found.map(|(_, value)| value.trim().to_owned())
}

/// Accepts a webhook of the demo.
pub(super) async fn receive(
    accounts: Data<Accounts>,
    request: HttpRequest,
    _webhook: JsonBody,
) -> HttpResponse {
    match guests::demo(&request) {
        Some(_) => accounts.anonymous_answer(ok(json!({"received": true}))).into_response(),
        None => accounts.anonymous(Error::not_found()).error_response(),
    }
}
