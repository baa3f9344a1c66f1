//! Authentication by Basic, or by a token of the widget where the operation allows one.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::account::{Account, Answer, Call, CallContext, Grant, Query, RefusedRequest};
use crate::accounts::{Accounts, Credentials, List, RefusedKeys, Slot, UnwrittenAnswer};
use crate::demo::Guest;
use crate::error::Error;
use crate::http::connection::Connection;
use crate::http::guests;
use crate::http::received::Received;
use crate::operations::{AnyOperation, Face, Route, merge_slashes};

/// The header of the first answer after an account was dropped.
const NOTICE: HeaderName = HeaderName::from_static("x-emulator-notice");
const DROPPED: &str = "The account of these keys was dropped, because there were more than \
                       --accounts and it was idle the longest. It begins anew with this call.";

/// The account that a request's credentials identify.
#[derive(Clone)]
pub(crate) struct Identity {
    pub accounts: Data<Accounts>,
    pub slot: Arc<Slot>,
    /// The grant of the token, if the request has a token instead of the keys, or the reason why
    /// the token is not valid.
    grant: Option<Result<Grant, &'static str>>,
    /// The kind of guest of a demo who has the keys.
    guest: Option<Guest>,
}

/// The caller of a request: the account and the grant.
pub(crate) struct Caller {
    identity: Identity,
    request: HttpRequest,
}

/// Identifies the caller of a request, and stores it with the request.
///
/// # Errors
/// 401 where the keys or the token are missing or wrong; 403 where the token lacks the scope.
pub(crate) async fn authenticate(
    request: &HttpRequest,
    route: &Route,
) -> Result<(), RefusedRequest> {
    let accounts = accounts(request);
    let identity = Identity::of(request, route).await.map_err(|error| accounts.anonymous(error))?;
    if let Some(guest) = identity.guest {
        // A refusal leaves no trace in the log of the account, which the guest may not change.
        guests::check(guest, route).map_err(|error| accounts.anonymous(error))?;
    }
    let grant = identity.grant.clone();
    request.extensions_mut().insert(identity);
    match grant {
        None | Some(Ok(Grant { scope: Some(_), .. })) => Ok(()),
        Some(Ok(Grant { scope: None, .. })) => Err(deny(request, route).await),
        Some(Err(reason)) => {
            let error = accounts.refuse_keys(&RefusedKeys::Token);
            Err(refuse_with(request, error, vec![reason.to_owned()]).await)
        }
    }
}

/// Refuses a request whose token lacks the scope. The log and the explanation of the request say
/// which.
async fn deny(request: &HttpRequest, route: &Route) -> RefusedRequest {
    let note = match route.scope(request.method().as_str()) {
        Some(scope) => format!(
            "the token lacks the scope {}: name it in the scopes of POST /api/token/",
            scope.as_str()
        ),
        None => "no scope of a token opens this call: send the API keys".to_owned(),
    };
    refuse_with(request, Error::permission_denied(), vec![note]).await
}

/// Tells a client, once, that an earlier account of its keys was dropped.
pub(crate) fn give_notice(request: &HttpRequest, response: &mut HttpResponse) {
    let extensions = request.extensions();
    if let Some(Identity { slot, guest, .. }) = extensions.get::<Identity>()
        && *guest != Some(Guest::Viewer)
        && slot.take_notice()
    {
        response.headers_mut().insert(NOTICE, HeaderValue::from_static(DROPPED));
        tracing::warn!(account = slot.id(), "the keys of a dropped account are used again");
    }
}

/// Refuses a request before it reaches the core. If the request calls Belvo's API and its account
/// is known, the account's log gets an entry.
pub(crate) async fn refuse(request: &HttpRequest, error: Error) -> RefusedRequest {
    refuse_with(request, error, Vec::new()).await
}

/// Refuses a request with sentences for its explanation.
async fn refuse_with(request: &HttpRequest, error: Error, notes: Vec<String>) -> RefusedRequest {
    match caller_of_api(request) {
        Some(Identity { accounts, slot, .. }) => {
            let received = received(request);
            accounts.refuse(&slot, &call(request, &received), error, notes).await
        }
        None => accounts(request).anonymous(error),
    }
}

/// Answers a request that met a mistake of the emulator. The log has the id of the answer.
pub(crate) fn broken_off(request: &HttpRequest) -> RefusedRequest {
    accounts(request).broken_off(request.method().as_str(), request.path())
}

/// Keeps back the webhooks of a request's account, until the answer to the request is written.
pub(crate) fn keep_webhooks_back(request: &HttpRequest) -> Option<UnwrittenAnswer> {
    Connection::of(request)?;
    let extensions = request.extensions();
    let identity = extensions.get::<Identity>()?;
    Some(UnwrittenAnswer::of_control_call(&identity.slot))
}

/// Returns the account of a request to Belvo's API, if it is known.
fn caller_of_api(request: &HttpRequest) -> Option<Identity> {
    let extensions = request.extensions();
    let is_of_api = extensions.get::<Route>().is_some_and(|route| route.face == Face::Api);
    extensions.get::<Identity>().filter(|_| is_of_api).cloned()
}

/// Returns the part of a request's body that has arrived.
fn received(request: &HttpRequest) -> Bytes {
    request.extensions().get::<Received>().map(|received| received.0.clone()).unwrap_or_default()
}

/// Returns the request in the form that the core reads.
fn call<'a>(request: &'a HttpRequest, received: &'a Bytes) -> Call<'a> {
    let extensions = request.extensions();
    let operation = match extensions.get::<Route>().and_then(|route| route.operation) {
        Some(AnyOperation::Api(operation)) => Some(operation),
        _ => None,
    };
    drop(extensions);
    let headers = request.headers().iter();
    Call {
        operation,
        method: request.method().as_str(),
        path: merge_slashes(request.path()),
        query: request.query_string(),
        headers: headers.map(|(name, value)| (name.as_str(), value.as_bytes())).collect(),
        body: received,
    }
}

/// Returns the accounts of the application.
fn accounts(request: &HttpRequest) -> Data<Accounts> {
    request.app_data::<Data<Accounts>>().expect("the application has its accounts").clone()
}

/// Decodes a pair of keys from Basic's encoding.
fn keys(encoded: &str) -> Option<Credentials> {
    let decoded = STANDARD.decode(encoded).ok()?;
    // Clients encode letters beyond ASCII as UTF-8 or, such as Python's, as Latin-1.
    let pair = String::from_utf8(decoded)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    Credentials::parse(&pair)
}

impl Identity {
    /// Returns the account that the `Authorization` header identifies.
    ///
    /// # Errors
    /// 401 where the header is missing or wrong; 429 when there is no room for another account.
    async fn of(request: &HttpRequest, route: &Route) -> Result<Identity, Error> {
        let accounts = accounts(request);
        let refused = |keys| accounts.refuse_keys(&keys);
        let header = request.headers().get(AUTHORIZATION);
        let header = header.ok_or_else(|| refused(RefusedKeys::Absent))?.to_str();
        let parts = header.ok().and_then(|header| header.split_once(' '));
        let (scheme, rest) = parts.ok_or_else(|| refused(RefusedKeys::Unreadable))?;
        if scheme.eq_ignore_ascii_case("basic") {
            let keys = keys(rest.trim()).ok_or_else(|| refused(RefusedKeys::Unreadable))?;
            let (slot, guest) = guests::account_of(request, &accounts, keys)?;
            Ok(Identity { accounts, slot, grant: None, guest })
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let scope = route.scope(request.method().as_str());
            // The emulator's own API takes the keys alone.
            if route.face == Face::Api
                && let Some((slot, checked)) = accounts.authenticate_token(rest.trim(), scope).await
            {
                return Ok(Identity { accounts, slot, grant: Some(checked), guest: None });
            }
            Err(refused(RefusedKeys::Token))
        } else {
            Err(refused(RefusedKeys::Unreadable))
        }
    }
}

impl Caller {
    /// Returns the caller for a pair of keys that did not come in a header.
    ///
    /// # Errors
    /// 401 for keys that are not accepted; 429 when there is no room for another account.
    pub(crate) fn with_keys(
        request: &HttpRequest,
        id: &str,
        password: &str,
    ) -> Result<Caller, RefusedRequest> {
        let accounts = accounts(request);
        let keys = Credentials { id: id.to_owned(), password: password.to_owned() };
        let found = guests::account_of(request, &accounts, keys);
        let (slot, guest) = found.map_err(|error| accounts.anonymous(error))?;
        if let (Some(guest), Some(route)) = (guest, request.extensions().get::<Route>()) {
            guests::check(guest, route).map_err(|error| accounts.anonymous(error))?;
        }
        request.extensions_mut().insert(Identity { accounts, slot, grant: None, guest });
        Ok(Caller::of(request))
    }

    /// Returns the caller that the header identifies, for an operation that reads it only
    /// sometimes.
    ///
    /// # Errors
    /// Those of [`authenticate`].
    pub(crate) async fn with_header(request: &HttpRequest) -> Result<Caller, RefusedRequest> {
        let route = request.extensions().get::<Route>().cloned();
        authenticate(request, &route.expect("a request has a route")).await?;
        Ok(Caller::of(request))
    }

    fn of(request: &HttpRequest) -> Caller {
        let identity = request.extensions().get::<Identity>().cloned();
        let identity = identity.expect("an operation with a caller reads the keys");
        Caller { identity, request: request.clone() }
    }

    /// Answers a request by one call of the core.
    pub(crate) async fn answer(
        &self,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> HttpResponse {
        let Identity { accounts, slot, grant, .. } = &self.identity;
        let received = received(&self.request);
        let call = call(&self.request, &received);
        let mut unwritten = None;
        let answer = accounts.run(slot, &call, |account, context| {
            let answer = match grant {
                None => work(account, context),
                Some(Err(_)) => Err(Error::authentication_failed()),
                Some(Ok(grant)) => account.answer_granted(context, grant, work),
            };
            unwritten = self.unwritten(context);
            answer
        });
        let mut response = match answer.await {
            Ok(answered) => answered.into_response(),
            Err(failure) => failure.error_response(),
        };
        if let Some(unwritten) = unwritten {
            response.extensions_mut().insert(unwritten);
        }
        response
    }

    /// Answers a list by one call of the core. A long page delays no other request.
    pub(crate) async fn answer_list(&self, query: Query, list: List) -> HttpResponse {
        let Identity { accounts, slot, grant, .. } = &self.identity;
        // The list of a token has one link, or has to spend the token.
        if grant.is_some() {
            return self.answer(|account, context| list(account, context, &query)).await;
        }
        let received = received(&self.request);
        let call = call(&self.request, &received);
        match accounts.run_list(slot, &call, query, list).await {
            Ok(answered) => answered.into_response(),
            Err(failure) => failure.error_response(),
        }
    }

    /// Keeps back the webhooks that a call causes, unless a fault sends them first. The account is
    /// locked, so the courier has none of them yet.
    fn unwritten(&self, context: &CallContext) -> Option<UnwrittenAnswer> {
        let causes = self.request.method() != Method::GET && !context.webhooks_first;
        let is_written = causes && Connection::of(&self.request).is_some();
        let slot = &self.identity.slot;
        is_written.then(|| UnwrittenAnswer::of_request(slot, context.request_id))
    }

    /// Answers a call of the emulator's own API. Such an answer takes no request id of the account.
    pub(crate) fn reply(&self, answer: Result<Answer, Error>) -> HttpResponse {
        let accounts = self.accounts();
        match answer {
            Ok(answer) => accounts.anonymous_answer(answer).into_response(),
            Err(error) if error.status == 500 => {
                let (method, path) = (self.request.method().as_str(), self.request.path());
                accounts.broken_off(method, path).error_response()
            }
            Err(error) => {
                let body = received(&self.request);
                let body = String::from_utf8_lossy(&body);
                let request = [self.request.path(), self.request.query_string(), &body];
                let error = accounts.name_owner(self.slot(), request, error);
                accounts.anonymous(error).error_response()
            }
        }
    }

    /// Answers a call of the emulator's own API by one call of the core.
    pub(crate) async fn control(
        &self,
        request: impl FnOnce(&mut Account) -> Result<Answer, Error>,
    ) -> HttpResponse {
        self.reply(self.accounts().control(self.slot(), request).await)
    }

    /// Checks that the caller may choose where a webhook is sent.
    ///
    /// # Errors
    /// 403 for a guest of a demo.
    pub(crate) fn check_receiver(&self) -> Result<(), Error> {
        guests::check_receiver(self.identity.guest)
    }

    /// Returns the kind of guest of a demo who calls.
    pub(crate) fn guest(&self) -> Option<Guest> {
        self.identity.guest
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.identity.accounts
    }

    pub(crate) fn slot(&self) -> &Arc<Slot> {
        &self.identity.slot
    }
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Caller, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Caller::of(request)))
    }
}
