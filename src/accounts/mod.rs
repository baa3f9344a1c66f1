//! Finds the account of a pair of keys, and locks it: [`Accounts::run`] is the only door to the
//! core.
//!
//! Every account has its own time. `visit` gives turns and moves the time to the present, `advance`
//! moves it on command, `await_webhook` waits for webhooks, `journal` lists and verifies requests,
//! `life` begins and ends accounts, `lists` answers lists, which can take long, and `outgoing` serves
//! the courier. `unwritten` keeps back the webhooks of an answer that is not written. `agenda` knows
//! which accounts have something due by the clock of the process, and `sends` which account sends
//! next. `events` reads the log of an account as it grows.

mod advance;
mod agenda;
mod await_webhook;
mod dropped;
mod events;
mod idle;
mod journal;
mod life;
mod lists;
mod log_budget;
mod missing;
mod moving;
mod outgoing;
mod overview;
mod refused_keys;
mod sends;
mod slot;
mod strangers;
mod timeline;
mod unwritten;
mod visit;

pub(crate) use advance::Until;
pub use advance::{Advanced, ClockReading, ClockSetting};
pub use await_webhook::Awaited;
pub(crate) use await_webhook::Expectation;
pub use events::{Event, StreamEnd};
pub(crate) use events::{EventReader, ReadFrom, Readers};
pub use journal::{RequestFilter, Requests, Verification, Verified};
pub use life::Cancelled;
pub(crate) use life::{AccountFile, SavedAccount};
pub(crate) use lists::List;
pub(crate) use outgoing::{SendPermit, Sending};
pub(crate) use overview::AllAccounts;
pub(crate) use refused_keys::RefusedKeys;
pub(crate) use slot::Slot;
pub use timeline::{ClockMode, Factor};
pub(crate) use unwritten::UnwrittenAnswer;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::Notify;
use uuid::Uuid;

use crate::account::{
    Account, Answer, AnsweredRequest, Call, CallContext, Grant, RefusedRequest, Settings,
    alleged_issuer, has_signed,
};
use crate::accounts::agenda::Agenda;
use crate::accounts::dropped::DroppedPairs;
use crate::accounts::idle::{Idle, Uses};
use crate::accounts::refused_keys::Refusals;
use crate::accounts::sends::Sends;
use crate::accounts::slot::Slots;
use crate::clock::Clock;
use crate::error::Error;
use crate::operations::Scope;
use crate::seed::Seed;

/// A pair of API keys: the user name and the password of Basic authentication.
#[derive(Clone, Eq, Hash)]
#[cfg_attr(not(test), derive(PartialEq))]
#[cfg_attr(
    test,
    expect(
        clippy::derived_hash_with_manual_eq,
        reason = "it compares as a derived one, and counts"
    )
)]
pub(crate) struct Credentials {
    pub id: String,
    pub password: String,
}

/// Counts the comparisons of keys, for tests of the work that finding an account takes.
#[cfg(test)]
impl PartialEq for Credentials {
    fn eq(&self, other: &Credentials) -> bool {
        crate::comparisons::note_comparison();
        self.id == other.id && self.password == other.password
    }
}

impl Credentials {
    /// Parses `ID:PASSWORD`. The password may contain colons.
    pub(crate) fn parse(pair: &str) -> Option<Credentials> {
        let (id, password) = pair.split_once(':')?;
        let is_whole = !id.is_empty() && !password.is_empty();
        is_whole.then(|| Credentials { id: id.to_owned(), password: password.to_owned() })
    }

    /// Returns the seed of the account of these keys, a child of the seed of the process.
    pub(crate) fn account_seed(&self, process: &Seed) -> Seed {
        let account = process.named("account", self.id.as_bytes());
        account.named("password", self.password.as_bytes())
    }

    /// Returns the `created_by` of the links of the account. It follows from the id alone, because
    /// answers and tokens show it: a password cannot be found out from it.
    pub(crate) fn creator(&self, process: &Seed) -> Uuid {
        process.named("created_by", self.id.as_bytes()).uuid()
    }
}

/// The settings that accounts share and that the core does not know.
#[derive(Clone)]
pub(crate) struct Policy {
    /// The accepted pairs of keys. An empty list accepts every pair.
    pub accepted: Vec<Credentials>,
    /// The clock mode of a new account.
    pub clock_mode: ClockMode,
    /// The largest number of accounts.
    pub most_accounts: usize,
    /// The largest number of webhooks of all accounts that are under way at the same time.
    pub webhook_sends: usize,
    /// The largest number of event streams of all accounts.
    pub event_streams: usize,
}

/// All accounts of the process. Each pair of keys has its own account, which begins when the keys
/// are first used.
pub(crate) struct Accounts {
    settings: Arc<Settings>,
    clock: Clock,
    policy: Policy,
    slots: RwLock<Slots>,
    uses: Uses,
    idle: Mutex<Idle>,
    dropped_pairs: Mutex<DroppedPairs>,
    agenda: Mutex<Agenda>,
    sends: Mutex<Sends>,
    /// Wakes the timer and the senders of the courier.
    due_earlier: Notify,
    ready_to_send: Notify,
    anonymous_requests: AtomicU64,
    refusals: Refusals,
    readers: Arc<Readers>,
    /// The number of the account whose log was last trimmed by the visit of another account.
    trimmed: AtomicUsize,
}

impl Accounts {
    /// The mistakes of scenario files that were changed and are not in force, a line each.
    pub(crate) fn mistakes_of_scenarios(&self) -> Arc<[String]> {
        self.settings.scenarios.mistakes()
    }

    pub(crate) fn new(settings: Arc<Settings>, policy: Policy, clock: Clock) -> Accounts {
        let most_readers = policy.event_streams;
        Accounts {
            sends: Mutex::new(Sends::new(policy.webhook_sends)),
            settings,
            clock,
            policy,
            slots: RwLock::default(),
            uses: Uses::default(),
            idle: Mutex::default(),
            dropped_pairs: Mutex::default(),
            agenda: Mutex::default(),
            due_earlier: Notify::new(),
            ready_to_send: Notify::new(),
            anonymous_requests: AtomicU64::new(0),
            refusals: Refusals::default(),
            readers: Arc::new(Readers::new(most_readers)),
            trimmed: AtomicUsize::new(0),
        }
    }

    /// Returns the account of a pair of keys, which begins with the first use of its keys.
    ///
    /// # Errors
    /// 401 for keys that are not accepted; 429 when there is no room for another account.
    pub(crate) fn authenticate(&self, credentials: Credentials) -> Result<Arc<Slot>, Error> {
        let known = self.known(&credentials);
        if let Some(slot) = known {
            self.note_use(&slot);
            return Ok(slot);
        }
        match self.accepts(&credentials) {
            true => self.begin(credentials),
            false => Err(self.refuse_keys(&RefusedKeys::Pair(credentials))),
        }
    }

    /// Returns the account of a pair of keys that somebody vouches for, also where `--credentials`
    /// does not name the pair.
    ///
    /// # Errors
    /// 429 when there is no room for another account.
    pub(crate) fn admit(&self, credentials: Credentials) -> Result<Arc<Slot>, Error> {
        let slot = self.known(&credentials).map_or_else(|| self.begin(credentials), Ok)?;
        self.note_use(&slot);
        Ok(slot)
    }

    /// Returns the account of a pair of keys, if it has begun.
    pub(crate) fn known(&self, credentials: &Credentials) -> Option<Arc<Slot>> {
        self.slots().get(credentials)
    }

    /// Returns the account that issued a token, and the token's grant, which has the scope if the
    /// token has it. In place of the grant a sentence says why the token is not valid.
    pub(crate) async fn authenticate_token(
        &self,
        token: &str,
        scope: Option<Scope>,
    ) -> Option<(Arc<Slot>, Result<Grant, &'static str>)> {
        let issuers = self.slots().created_by(alleged_issuer(token)?);
        let slot = issuers.into_iter().find(|slot| has_signed(&slot.seed, token))?;
        let checked = self.visit(&slot, |account| account.check_token(token, scope)).await?;
        if checked.is_ok() {
            self.note_use(&slot);
        }
        Some((slot, checked))
    }

    /// Answers a call on an account, after bringing the account up to the present. The present is
    /// read under the lock, so that time follows the order of effects.
    pub(crate) async fn run(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        let answered = self.visit(slot, |account| account.answer(call, work)).await;
        self.conclude(slot, call, answered)
    }

    /// Writes to the process's log what a call has to say. None stands for a call that broke off.
    fn conclude(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        answered: Option<Result<AnsweredRequest, RefusedRequest>>,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        match &answered {
            Some(Ok(answered)) => log_notes(slot, &answered.notes),
            Some(Err(refused)) => self.warn_of_stranger(slot, call, &refused.error),
            None => {}
        }
        answered.unwrap_or_else(|| Err(self.broken_off(call.method, &call.path)))
    }

    /// Answers a call with an error that was found before it reached the core. The notes are for
    /// its explanation.
    pub(crate) async fn refuse(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        error: Error,
        notes: Vec<String>,
    ) -> RefusedRequest {
        log_notes(slot, &notes);
        let refused = self.visit(slot, |account| account.refuse(call, error, notes));
        refused.await.unwrap_or_else(|| self.broken_off(call.method, &call.path))
    }

    /// Reads an account, or changes a part that Belvo's API does not know.
    pub(crate) async fn control<T>(
        &self,
        slot: &Slot,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.visit(slot, request).await.unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// Works like [`Accounts::control`], but blocks the thread. Tests call it.
    pub(crate) fn control_at_once<T>(
        &self,
        slot: &Slot,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.visit_at_once(slot, request).unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// Returns an error that belongs to no account, with a request id.
    pub(crate) fn anonymous(&self, error: Error) -> RefusedRequest {
        let request_id = self.anonymous_request_id();
        RefusedRequest { error, request_id, scenario: None, injection: None }
    }

    /// Returns an answer that belongs to no account, with a request id.
    pub(crate) fn anonymous_answer(&self, answer: Answer) -> AnsweredRequest {
        AnsweredRequest {
            answer,
            request_id: self.anonymous_request_id(),
            injection: None,
            notes: Vec::new(),
        }
    }

    /// Returns the answer to a call in which an invariant of the core broke. The log shows its
    /// request id below the broken invariant, so that a reader of the answer finds the reason.
    pub(crate) fn broken_off(&self, method: &str, path: &str) -> RefusedRequest {
        let refused = self.anonymous(Error::unexpected());
        let request_id = refused.request_id.simple();
        tracing::error!(%request_id, method, path, "a call broke off: an invariant is broken");
        refused
    }

    /// Tells that the keys have an account or may begin one.
    fn accepts(&self, credentials: &Credentials) -> bool {
        match self.policy.accepted.is_empty() {
            true => !credentials.id.is_empty() && !credentials.password.is_empty(),
            false => self.policy.accepted.contains(credentials),
        }
    }

    /// Returns an id for an answer that belongs to no account.
    fn anonymous_request_id(&self) -> Uuid {
        let number = self.anonymous_requests.fetch_add(1, Ordering::Relaxed);
        self.settings.seed.numbered("anonymous", number).uuid()
    }

    fn note_use(&self, slot: &Slot) {
        slot.last_use.note(&self.uses, self.clock.now());
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Writes the notes of a call to the log.
fn log_notes(slot: &Slot, notes: &[String]) {
    for note in notes {
        tracing::info!(account = %slot.credentials.id, "{note}");
    }
}
