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

use crate::account::{Account, Grant, Scope};
use crate::accounts::{Accounts, Answered, Credentials, Failure, Tenant};
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::faults::struck;
use crate::model::operation::Operation;

/// Who calls: an account, behind its lock.
#[derive(Clone)]
pub struct Caller {
    accounts: Data<Accounts>,
    tenant: Arc<Tenant>,
    /// The token, if it was one instead of the keys.
    grant: Option<Grant>,
    /// What it calls, below `/api/`.
    operation: Option<Operation>,
}

/// Lets a request through with its [`Caller`], or answers 401.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match Caller::of(request.request()) {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.call(request).await
        }
        None => Err(refuse(request.request(), Error::authentication_failed()).into()),
    }
}

/// Refuses a request before it reaches the core.
pub fn refuse(request: &HttpRequest, error: Error) -> Failure {
    let is_control = request.path().starts_with("/_emulator/");
    match request.extensions().get::<Caller>().filter(|_| !is_control) {
        Some(caller) => caller.refuse(error),
        None => accounts(request).anonymous(error),
    }
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

impl Caller {
    /// Whom the `Authorization` header names, if it is there and right.
    fn of(request: &HttpRequest) -> Option<Caller> {
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, rest) = header.split_once(' ')?;
        let accounts = accounts(request);
        if scheme.eq_ignore_ascii_case("basic") {
            let tenant = accounts.authenticate(keys(rest.trim())?)?;
            Some(Caller { accounts, tenant, grant: None, operation: operation(request) })
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let (tenant, grant) = accounts.authenticate_token(rest.trim(), scope(request)?)?;
            let grant = Some(grant);
            Some(Caller { accounts, tenant, grant, operation: operation(request) })
        } else {
            None
        }
    }

    /// The account of a pair of keys that did not come in a header.
    pub fn with_keys(request: &HttpRequest, id: &str, password: &str) -> Option<Caller> {
        let accounts = accounts(request);
        let keys = Credentials { id: id.to_owned(), password: password.to_owned() };
        let tenant = accounts.authenticate(keys)?;
        Some(Caller { accounts, tenant, grant: None, operation: operation(request) })
    }

    /// Answers a request by one call of the core.
    pub fn answer(
        &self,
        request: impl FnOnce(&mut Account) -> Result<Answer, Error>,
    ) -> HttpResponse {
        let answer = self.accounts.run(&self.tenant, self.operation, |account| match &self.grant {
            None => request(account),
            Some(grant) => account.answer_granted(grant, request),
        });
        match answer {
            Ok(Answered { answer, request_id, strike }) => {
                struck(answer.into_response(request_id), strike.as_deref())
            }
            Err(failure) => failure.error_response(),
        }
    }

    /// Answers a call of the emulator's own API, which leaves the account's request ids alone.
    pub fn reply(&self, answer: Result<Answer, Error>) -> HttpResponse {
        match answer {
            Ok(answer) => answer.into_response(self.accounts.anonymous_request_id()),
            Err(error) => self.accounts.anonymous(error).error_response(),
        }
    }

    /// The same with one visit of the account.
    pub fn control(
        &self,
        request: impl FnOnce(&mut Account) -> Result<Answer, Error>,
    ) -> HttpResponse {
        self.reply(self.accounts.control(&self.tenant, request))
    }

    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    fn refuse(&self, error: Error) -> Failure {
        match self.accounts.run(&self.tenant, self.operation, |_| Err::<(), Error>(error)) {
            Ok(_) => unreachable!("the request was an error"),
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
