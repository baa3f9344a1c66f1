//! Authentication, before anything else: Basic, or a token of the widget where that will do.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::account::{Account, Answer, Call, CallContext, Grant, RefusedRequest, Scope};
use crate::accounts::{Accounts, Credentials, Slot};
use crate::error::Error;
use crate::http::body::Received;
use crate::model::operation::Operation;

/// Who calls: an account, behind its lock.
#[derive(Clone)]
pub struct Identity {
    pub accounts: Data<Accounts>,
    pub slot: Arc<Slot>,
    /// The token, if it was one instead of the keys.
    grant: Option<Grant>,
}

/// Who calls, and with what.
pub struct Caller {
    identity: Identity,
    request: HttpRequest,
}

/// Lets a request through with its [`Identity`], or answers 401.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match Identity::of(request.request()) {
        Some(identity) => {
            request.extensions_mut().insert(identity);
            next.call(request).await
        }
        None => Err(refuse(request.request(), Error::authentication_failed()).into()),
    }
}

/// Refuses a request before it reaches the core.
pub fn refuse(request: &HttpRequest, error: Error) -> RefusedRequest {
    let is_control = request.path().starts_with("/_emulator/");
    let identity = request.extensions().get::<Identity>().filter(|_| !is_control).cloned();
    match identity {
        Some(Identity { accounts, slot, .. }) => {
            with_call(request, |call| accounts.refuse(&slot, call, error))
        }
        None => accounts(request).anonymous(error),
    }
}

/// The request as the core sees it.
fn with_call<T>(request: &HttpRequest, work: impl FnOnce(&Call<'_>) -> T) -> T {
    let body = request.extensions().get::<Received>().map(|received| received.0.clone());
    let headers = request.headers().iter();
    work(&Call {
        operation: operation(request),
        method: request.method().as_str(),
        path: request.path(),
        query: request.query_string(),
        headers: headers
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
            .collect(),
        body: body.as_deref().unwrap_or_default(),
    })
}

/// The accounts of the application.
fn accounts(request: &HttpRequest) -> Data<Accounts> {
    request.app_data::<Data<Accounts>>().expect("the application has its accounts").clone()
}

/// The operation that a request calls, if its path and method are those of one.
fn operation(request: &HttpRequest) -> Option<Operation> {
    Operation::of(request.method().as_str(), &request.match_pattern()?)
}

/// What a token must allow to stand in for the keys; anything that the widget does not do needs
/// the keys.
fn scope(request: &HttpRequest) -> Option<Scope> {
    let is_at = |root: &str| {
        let rest = request.path().strip_prefix(root);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match *request.method() {
        Method::GET | Method::HEAD if is_at("/api/institutions") => Some(Scope::ReadInstitutions),
        Method::POST | Method::PATCH | Method::PUT | Method::DELETE if is_at("/api/links") => {
            Some(Scope::WriteLinks)
        }
        _ => None,
    }
}

/// A pair of keys in Basic's encoding.
fn keys(encoded: &str) -> Option<Credentials> {
    let decoded = STANDARD.decode(encoded).ok()?;
    // Clients encode other letters than ASCII as UTF-8 or, such as Python's, as Latin-1.
    let pair = String::from_utf8(decoded)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    let (id, password) = pair.split_once(':')?;
    Some(Credentials { id: id.to_owned(), password: password.to_owned() })
}

impl Identity {
    /// Whom the `Authorization` header names, if it is there and right.
    fn of(request: &HttpRequest) -> Option<Identity> {
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, rest) = header.split_once(' ')?;
        let accounts = accounts(request);
        if scheme.eq_ignore_ascii_case("basic") {
            let slot = accounts.authenticate(keys(rest.trim())?)?;
            Some(Identity { accounts, slot, grant: None })
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let (slot, grant) = accounts.authenticate_token(rest.trim(), scope(request)?)?;
            Some(Identity { accounts, slot, grant: Some(grant) })
        } else {
            None
        }
    }
}

impl Caller {
    /// The account of a pair of keys that did not come in a header.
    pub fn with_keys(request: HttpRequest, id: &str, password: &str) -> Option<Caller> {
        let accounts = accounts(&request);
        let keys = Credentials { id: id.to_owned(), password: password.to_owned() };
        let slot = accounts.authenticate(keys)?;
        Some(Caller { identity: Identity { accounts, slot, grant: None }, request })
    }

    /// Answers a request by one call of the core.
    pub fn answer(
        &self,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> HttpResponse {
        let Identity { accounts, slot, grant } = &self.identity;
        let answer = with_call(&self.request, |call| {
            accounts.run(slot, call, |account, context| match grant {
                None => work(account, context),
                Some(grant) => account.answer_granted(grant, |account| work(account, context)),
            })
        });
        match answer {
            Ok(answered) => answered.into_response(),
            Err(failure) => failure.error_response(),
        }
    }

    /// Answers a call of the emulator's own API, which leaves the account's request ids alone.
    pub fn reply(&self, answer: Result<Answer, Error>) -> HttpResponse {
        let accounts = self.accounts();
        match answer {
            Ok(answer) => accounts.anonymous_answer(answer).into_response(),
            Err(error) => accounts.anonymous(error).error_response(),
        }
    }

    /// The same with one visit of the account.
    pub fn control(
        &self,
        request: impl FnOnce(&mut Account) -> Result<Answer, Error>,
    ) -> HttpResponse {
        self.reply(self.accounts().control(self.slot(), request))
    }

    pub fn accounts(&self) -> &Accounts {
        &self.identity.accounts
    }

    pub fn slot(&self) -> &Slot {
        &self.identity.slot
    }
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Caller, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let identity = request.extensions().get::<Identity>().cloned();
        let identity = identity.expect("every route of the API is behind the authentication");
        ready(Ok(Caller { identity, request: request.clone() }))
    }
}
