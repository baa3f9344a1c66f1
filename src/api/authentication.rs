//! Basic authentication, before anything else.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::account::Account;
use crate::accounts::{Accounts, Credentials, Failure, Tenant};
use crate::api::answer::Answer;
use crate::error::Error;

/// Who calls: an account, behind its lock.
#[derive(Clone)]
pub struct Caller {
    accounts: Data<Accounts>,
    tenant: Arc<Tenant>,
}

/// Lets a request through with its [`Caller`], or answers 401.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let accounts = accounts(request.request());
    match credentials(request.request()).and_then(|pair| accounts.authenticate(pair)) {
        Some(tenant) => {
            request.extensions_mut().insert(Caller { accounts, tenant });
            next.call(request).await
        }
        None => Err(accounts.anonymous(Error::authentication_failed()).into()),
    }
}

/// The accounts of the application.
pub fn accounts(request: &HttpRequest) -> Data<Accounts> {
    request.app_data::<Data<Accounts>>().expect("the application has its accounts").clone()
}

/// The pair of keys in the `Authorization` header, if it is there and well formed.
fn credentials(request: &HttpRequest) -> Option<Credentials> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    // Clients encode other letters than ASCII as UTF-8 or, such as Python's, as Latin-1.
    let pair = String::from_utf8(decoded)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    let (id, password) = pair.split_once(':')?;
    Some(Credentials { id: id.to_owned(), password: password.to_owned() })
}

impl Caller {
    /// Answers a request by one call of the core.
    pub fn answer(
        &self,
        request: impl FnOnce(&mut Account) -> Result<Answer, Error>,
    ) -> HttpResponse {
        match self.accounts.run(&self.tenant, request) {
            Ok(answer) => answer.into_response(),
            Err(failure) => failure.error_response(),
        }
    }

    /// Refuses a request before it reaches the core.
    pub fn refuse(&self, error: Error) -> Failure {
        match self.accounts.run(&self.tenant, |_| Err::<(), Error>(error)) {
            Ok(()) => unreachable!("the request was an error"),
            Err(failure) => failure,
        }
    }
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Caller, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(Ok(caller.expect("every route of the API is behind the authentication")))
    }
}
