//! Parses the queries of the emulator's own API.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use form_urlencoded::Serializer;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::account::RefusedRequest;
use crate::error::Error;
use crate::http::authentication::refuse;
use crate::model::json;
use crate::model::plain_words::in_plain_words;

/// A query with exactly the parameters of its type, each at most once. An empty parameter counts as
/// absent.
pub(crate) struct TypedQuery<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for TypedQuery<T> {
    type Error = RefusedRequest;
    type Future = Pin<Box<dyn Future<Output = Result<TypedQuery<T>, RefusedRequest>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match parse(request.query_string()) {
                Ok(query) => Ok(TypedQuery(query)),
                Err(error) => Err(refuse(&request, error).await),
            }
        })
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let query = Serializer::new(String::new())
        .extend_pairs(pairs.filter(|(_, value)| !value.is_empty()))
        .finish();
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|refused| mistake(&query, refused))
}

/// Returns the error for a parameter that its type refuses.
fn mistake(query: &str, refused: serde_path_to_error::Error<serde_urlencoded::de::Error>) -> Error {
    let path = json::dotted(refused.path());
    let sentence = refused.into_inner().to_string();
    let parameter = json::place(path, &sentence);
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let value = pairs.find(|(name, _)| *name == parameter);
    let value = value.map(|(_, value)| Value::String(value.into_owned()));
    let sentence = in_plain_words(&sentence, value.as_ref());
    let error = Error::invalid(json::without_secret(&sentence, &parameter));
    if parameter.is_empty() { error } else { error.on(parameter) }
}
