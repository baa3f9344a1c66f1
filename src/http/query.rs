//! Parses the queries of the emulator's own API.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use form_urlencoded::Serializer;
use serde::de::DeserializeOwned;

use crate::account::RefusedRequest;
use crate::error::Error;
use crate::http::authentication::refuse;
use crate::http::body::mistake;

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
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(mistake)
}
