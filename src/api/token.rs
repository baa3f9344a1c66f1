//! `/api/token/`, whose requests have the keys in the body.

use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::account::TokenRequest;
use crate::http::answer::ok;
use crate::http::authentication::{Caller, refuse};
use crate::http::body::JsonBody;
use crate::http::routing::BaseUrl;

pub(super) async fn create(request: HttpRequest, base: BaseUrl, body: JsonBody) -> HttpResponse {
    let asked = match TokenRequest::parse(&body) {
        Ok(asked) => asked,
        Err(error) => return refuse(&request, error).await.error_response(),
    };
    match Caller::with_keys(request.clone(), &asked.id, &asked.password) {
        Ok(caller) => {
            caller.answer(|account, _| account.create_token(&asked, &base.0).map(ok)).await
        }
        Err(error) => refuse(&request, error).await.error_response(),
    }
}
