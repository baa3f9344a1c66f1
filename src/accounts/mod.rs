//! Credentials to account, and the lock: [`Accounts::run`] is the only door to the core.
//!
//! Every account has its own time. `visit` gives turns and moves the time to the present, `advance`
//! moves it on command, `await_webhook` waits for webhooks, `life` begins and ends accounts,
//! `outgoing` is what the courier asks for. `agenda` knows which accounts have something due by the
//! clock of the process, `sends` which of them sends next.

mod advance;
mod agenda;
mod await_webhook;
mod life;
mod log_budget;
mod outgoing;
mod sends;
mod slot;
mod timeline;
mod visit;

pub(crate) use advance::Until;
pub use advance::{Advanced, ClockReading, ClockSetting};
pub use await_webhook::Awaited;
pub(crate) use await_webhook::Expectation;
pub(crate) use life::AccountFile;
pub use life::Cancelled;
pub(crate) use outgoing::{SendPermit, Sending};
pub(crate) use slot::Slot;
pub use timeline::{ClockMode, Factor};

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::Notify;
use uuid::Uuid;

use crate::account::{
    Account, Answer, AnsweredRequest, Call, CallContext, Grant, RefusedRequest, Settings,
    alleged_issuer,
};
use crate::accounts::agenda::Agenda;
use crate::accounts::sends::Sends;
use crate::accounts::slot::Slots;
use crate::clock::Clock;
use crate::error::Error;
use crate::operations::Scope;

/// A pair of API keys: the user name and password of Basic authentication.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Credentials {
    pub id: String,
    pub password: String,
}

impl Credentials {
    /// Reads `ID:PASSWORD`; the password may have colons in it.
    pub(crate) fn parse(pair: &str) -> Option<Credentials> {
        let (id, password) = pair.split_once(':')?;
        let is_whole = !id.is_empty() && !password.is_empty();
        is_whole.then(|| Credentials { id: id.to_owned(), password: password.to_owned() })
    }
}

/// What accounts have in common, beside what the core knows.
#[derive(Clone)]
pub(crate) struct Policy {
    /// The only pairs that are accepted; any, when there are none.
    pub accepted: Vec<Credentials>,
    /// What moves the time of a new account.
    pub clock_mode: ClockMode,
    /// How many accounts there can be.
    pub most_accounts: usize,
    /// How many webhooks of all accounts may be under way at the same time.
    pub webhook_sends: usize,
}

/// All accounts of the process. Each pair of keys has its own, made when it is first used.
pub(crate) struct Accounts {
    settings: Arc<Settings>,
    clock: Clock,
    policy: Policy,
    slots: RwLock<Slots>,
    agenda: Mutex<Agenda>,
    sends: Mutex<Sends>,
    /// Wakes the timer of the courier, and its senders.
    due_earlier: Notify,
    ready_to_send: Notify,
    anonymous_requests: AtomicU64,
    said_undeliverable: AtomicBool,
    /// The number of the account whose log was trimmed last on behalf of another.
    trimmed: AtomicUsize,
}

impl Accounts {
    pub(crate) fn new(settings: Arc<Settings>, policy: Policy, clock: Clock) -> Accounts {
        Accounts {
            sends: Mutex::new(Sends::new(policy.webhook_sends)),
            settings,
            clock,
            policy,
            slots: RwLock::default(),
            agenda: Mutex::default(),
            due_earlier: Notify::new(),
            ready_to_send: Notify::new(),
            anonymous_requests: AtomicU64::new(0),
            said_undeliverable: AtomicBool::new(false),
            trimmed: AtomicUsize::new(0),
        }
    }

    /// The account of a pair of keys, if it is accepted.
    pub(crate) fn authenticate(&self, credentials: Credentials) -> Option<Arc<Slot>> {
        let known = self.slots().get(&credentials);
        if known.is_some() {
            return known;
        }
        self.accepts(&credentials).then(|| self.begin(credentials))
    }

    /// The account that issued a token, and what the token allows there, if that is the scope.
    pub(crate) async fn authenticate_token(
        &self,
        token: &str,
        scope: Scope,
    ) -> Option<(Arc<Slot>, Grant)> {
        let creator = alleged_issuer(token)?;
        let slot = self.slots().created_by(creator)?;
        let grant =
            self.visit(&slot, |account| account.check_token(token, scope)).await.flatten()?;
        self.slots().note_use(&slot);
        Some((slot, grant))
    }

    /// Answers a call on an account, which is brought up to the present first. The present is read
    /// under the lock, so that time follows the order of effects.
    pub(crate) async fn run(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        let answered = self.visit(slot, |account| account.answer(call, work));
        answered.await.unwrap_or_else(|| Err(self.broken_off(call.method, call.path)))
    }

    /// Answers a call with an error that was found before it reached the core.
    pub(crate) async fn refuse(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        error: Error,
    ) -> RefusedRequest {
        let refused = self.visit(slot, |account| account.refuse(call, error));
        refused.await.unwrap_or_else(|| self.broken_off(call.method, call.path))
    }

    /// Looks at an account, or changes what the API of Belvo knows nothing of.
    pub(crate) async fn control<T>(
        &self,
        slot: &Slot,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.visit(slot, request).await.unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// Looks at an account, for whoever holds up the thread for it in a test.
    pub(crate) fn control_at_once<T>(
        &self,
        slot: &Slot,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.visit_at_once(slot, request).unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// A failure that belongs to no account.
    pub(crate) fn anonymous(&self, error: Error) -> RefusedRequest {
        RefusedRequest { error, request_id: self.anonymous_request_id(), injection: None }
    }

    /// An answer that belongs to no account.
    pub(crate) fn anonymous_answer(&self, answer: Answer) -> AnsweredRequest {
        AnsweredRequest { answer, request_id: self.anonymous_request_id(), injection: None }
    }

    /// The answer to a call in which an invariant of the core broke. Its request id is in the log, so
    /// that whoever has the answer finds the reason, which is printed just before.
    pub(crate) fn broken_off(&self, method: &str, path: &str) -> RefusedRequest {
        let refused = self.anonymous(Error::unexpected());
        let request_id = refused.request_id.simple();
        tracing::error!(%request_id, method, path, "a call broke off: an invariant is broken");
        refused
    }

    /// Whether there is, or may be, an account of these keys.
    fn accepts(&self, credentials: &Credentials) -> bool {
        match self.policy.accepted.is_empty() {
            true => !credentials.id.is_empty() && !credentials.password.is_empty(),
            false => self.policy.accepted.contains(credentials),
        }
    }

    /// An id for an answer that belongs to no account.
    fn anonymous_request_id(&self) -> Uuid {
        let number = self.anonymous_requests.fetch_add(1, Ordering::Relaxed);
        self.settings.seed.numbered("anonymous", number).uuid()
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sends(&self) -> MutexGuard<'_, Sends> {
        self.sends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots(&self) -> RwLockReadGuard<'_, Slots> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner)
    }
}
