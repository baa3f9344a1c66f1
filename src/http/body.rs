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
use crate::http::received::Received;
use crate::model::redact;
use crate::model::suggestion::did_you_mean;
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

impl<T: DeserializeOwned + 'static, const LARGEST: usize> FromRequest for Typed<T, LARGEST> {
    type Error = RefusedRequest;
    type Future = Pin<Box<dyn Future<Output = Result<Typed<T, LARGEST>, RefusedRequest>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload).into_inner();
        Box::pin(async move {
            let payload = payload.expect("a payload can always be extracted");
            let body = read(&request, payload, LARGEST).await;
            let body = body.map_err(|error| error.with_hint_for(415, JSON_HINT));
            match body.and_then(|body| parse(&body)) {
                Ok(body) => Ok(Typed(body)),
                Err(error) => Err(refuse(&request, error).await),
            }
        })
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let text =
        text::decode(body).map_err(|problem| Error::invalid(format!("the body: {problem}")))?;
    let body = if text.is_empty() { b"{}" } else { text.as_bytes() };
    // Serde would accept a list for a struct.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::invalid("expected an object, not a list"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(mistake)?;
    deserializer.end().map_err(Error::invalid)?;
    Ok(value)
}

/// Returns the error for a text that serde refuses, on the key that is wrong.
pub(crate) fn mistake(error: serde_path_to_error::Error<impl std::fmt::Display>) -> Error {
    let path = error.path().to_string();
    let sentence = without_secret(&in_words(&error.into_inner().to_string()), &path);
    // Serde reports these mistakes for the object, not for the key.
    let beginnings = ["missing field `", "duplicate field `"];
    let rest = beginnings.iter().find_map(|beginning| sentence.strip_prefix(beginning));
    let key = rest.and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let error = Error::invalid(match meant(&sentence).or_else(|| shape(&sentence, &path)) {
        None => sentence,
        Some(meant) => format!("{sentence}.{meant}"),
    });
    match (path.as_str(), key) {
        ("." | "?", Some(key)) => error.on(key),
        ("." | "?", None) => error,
        _ => error.on(path),
    }
}

/// Leaves the value out of serde's sentence where it may be a secret: "invalid type: string "abc",
/// expected a list".
fn without_secret(sentence: &str, path: &str) -> String {
    let is_of_secret = path.split(['.', '[']).any(redact::is_secret);
    match sentence.split_once(", expected ") {
        Some((_, expected)) if is_of_secret => format!("expected {expected}"),
        _ => redact::in_quotes(sentence).into_owned(),
    }
}

/// Suggests a key or a word in place of an unknown one, from serde's sentence: "unknown field
/// `mdoe`, expected `mode` or `now`".
fn meant(sentence: &str) -> Option<String> {
    if !sentence.starts_with("unknown field ") && !sentence.starts_with("unknown variant ") {
        return None;
    }
    let mut quoted = sentence.split('`').skip(1).step_by(2);
    let meant = quoted.next().map(|word| did_you_mean(word, quoted))?;
    Some(meant).filter(|meant| !meant.is_empty())
}

/// Replaces Rust's names of numbers by common ones.
fn in_words(sentence: &str) -> String {
    let names = [("f64", "a number"), ("u64", "a whole number"), ("u32", "a whole number")];
    names.into_iter().fold(sentence.to_owned(), |sentence, (name, words)| {
        sentence.replace(&format!(", expected {name}"), &format!(", expected {words}"))
    })
}

/// Shows the form of a variant of an enum, with or without its values, because serde names the form
/// in Rust's terms.
fn shape(sentence: &str, path: &str) -> Option<String> {
    let word = path.rsplit('.').next().unwrap_or(path);
    if sentence.contains("expected struct variant") {
        let values = "with its values inside, {} if all can be left out";
        Some(format!(" Write {{\"{word}\": {{...}}}} {values}."))
    } else if sentence.contains("expected newtype variant") {
        Some(format!(" Write {{\"{word}\": ...}} with its value."))
    } else if sentence.contains("expected unit") {
        Some(format!(" Write \"{word}\" alone: it has no values."))
    } else {
        None
    }
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
        .map_err(|_| Error::body_cut_short())?;
    request.extensions_mut().insert(Received(body.clone()));
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || essence.eq_ignore_ascii_case("application/json") {
        Ok(body)
    } else {
        Err(Error::unsupported_media_type(media_type))
    }
}
