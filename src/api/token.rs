//! `/api/token/`, whose requests have the keys in the body or in the header.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::account::TokenRequest;
use crate::http::answer::ok;
use crate::http::authentication::{Caller, refuse};
use crate::http::body::JsonBody;
use crate::http::routing::BaseUrl;

pub(super) async fn create(request: HttpRequest, base: BaseUrl, body: JsonBody) -> HttpResponse {
    let has_header = request.headers().contains_key(AUTHORIZATION);
    let asked = match TokenRequest::parse(&body, has_header) {
        Ok(asked) => asked,
        Err(error) => return refuse(&request, error).await.error_response(),
    };
    let caller = match &asked.keys {
        Some(keys) => Caller::with_keys(&request, &keys.id, &keys.password),
        None => Caller::with_header(&request).await,
    };
    match caller {
        Ok(caller) => {
            let host = base.host();
            let create = caller
                .answer(|account, context| account.create_token(context, &asked, host).map(ok));
            create.await
        }
        Err(refused) => refused.error_response(),
    }
}
