//! Reads request bodies: JSON, of a limited size, within a limited time.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;

use crate::account::RefusedRequest;
use crate::error::Error;
use crate::http::authentication::refuse;
use crate::http::connection::Connection;
use crate::http::received::Received;
use crate::model::json::{self, Mistake};
use crate::model::quote::cut;
use crate::model::text;

/// The largest body. The body of a link takes less than 1 KiB.
const LARGEST_BYTES: usize = 1024 * 1024;
/// The hint for a client such as curl that sends JSON without the header.
const JSON_HINT: &str = "Send it with the header Content-Type: application/json.";
const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

/// The bytes of a body that is declared as JSON. The core parses them.
pub(crate) struct JsonBody(Bytes);

impl Deref for JsonBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl FromRequest for JsonBody {
    type Error = RefusedRequest;
    type Future = Pin<Box<dyn Future<Output = Result<JsonBody, RefusedRequest>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload).into_inner();
        Box::pin(async move {
            let payload = payload.expect("a payload can always be extracted");
            let body = read(&request, payload, LARGEST_BYTES).await;
            match body {
                Ok(body) => Ok(JsonBody(body)),
                Err(error) => Err(refuse(&request, error).await),
            }
        })
    }
}

/// A body of the emulator's own API: JSON with exactly the keys of its type. An absent body counts
/// as an empty object.
pub(crate) struct Typed<T, const LARGEST: usize = LARGEST_BYTES>(pub T);

impl<T: DeserializeOwned + Send + 'static, const LARGEST: usize> FromRequest for Typed<T, LARGEST> {
    type Error = RefusedRequest;
    type Future = Pin<Box<dyn Future<Output = Result<Typed<T, LARGEST>, RefusedRequest>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload).into_inner();
        Box::pin(async move {
            let payload = payload.expect("a payload can always be extracted");
            let body = read(&request, payload, LARGEST).await;
            let body = body.map_err(|error| error.with_hint_for(415, JSON_HINT));
            let parsed = match body {
                Ok(body) if body.len() > LARGEST_BYTES => parse_aside(body).await,
                body => body.and_then(|body| parse(&body)),
            };
            match parsed {
                Ok(body) => Ok(Typed(body)),
                Err(error) => Err(refuse(&request, error).await),
            }
        })
    }
}

/// Parses a large body on a thread that serves no requests, because that can take seconds.
async fn parse_aside<T: DeserializeOwned + Send + 'static>(body: Bytes) -> Result<T, Error> {
    let parsed = web::block(move || parse(&body)).await;
    parsed.unwrap_or_else(|_| Err(Error::unexpected()))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let text =
        text::decode(body).map_err(|problem| Error::invalid(format!("the body: {problem}")))?;
    let body = if text.is_empty() { b"{}" } else { text.as_bytes() };
    // Serde would accept a list for a struct.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::invalid("Expected an object, not a list."));
    }
    json::parse(body).map_err(|mistake| {
        let Mistake { path, sentence, line, column, is_syntax } = mistake;
        let sentence = match is_syntax {
            true => format!("{sentence} (line {line}, column {column})"),
            false => sentence,
        };
        let error = Error::invalid(sentence);
        if path.is_empty() { error } else { error.on(cut(&path).into_owned()) }
    })
}

/// Returns the error for a body that breaks off. The next request cannot be found behind it.
fn cut_short(request: &HttpRequest) -> Error {
    if let Some(connection) = Connection::of(request) {
        connection.end_after_answer();
    }
    Error::body_cut_short()
}

async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    largest_bytes: usize,
) -> Result<Bytes, Error> {
    let body = tokio::time::timeout(ARRIVES_WITHIN, payload.to_bytes_limited(largest_bytes))
        .await
        .map_err(|_| Error::body_timeout(ARRIVES_WITHIN.as_secs()))?
        .map_err(|_| Error::body_too_large(largest_bytes))?
        .map_err(|_| cut_short(request))?;
    request.extensions_mut().insert(Received(body.clone()));
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_absent = body.is_empty() && media_type.is_empty();
    if is_absent || essence.eq_ignore_ascii_case("application/json") {
        Ok(body)
    } else {
        Err(Error::unsupported_media_type(media_type))
    }
}
