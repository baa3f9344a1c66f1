//! Credentials to account, and the lock: [`Accounts::run`] is the only door to the core.
//!
//! Every account has its own time. The courier is told what is due by the clock of the process;
//! `passage` moves an account's time on command, `waiting` waits for its webhooks, `life` begins
//! and ends accounts.

mod advance;
mod agenda;
mod await_webhook;
mod life;
mod slot;
mod timeline;

pub use advance::{Advanced, ClockReading, ClockSetting, Until};
pub use await_webhook::{Awaited, Expectation};
pub use life::{AccountFile, Cancelled};
pub use slot::Slot;
pub use timeline::{ClockMode, Factor};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::Notify;
use uuid::Uuid;

use crate::account::{
    Account, Answer, AnsweredRequest, Call, CallContext, Dispatch, Grant, Outcome, RefusedRequest,
    Settings, Verdict, alleged_issuer,
};
use crate::accounts::agenda::Agenda;
use crate::accounts::slot::{SlotState, Slots};
use crate::clock::Clock;
use crate::error::Error;
use crate::model::Timestamp;
use crate::operations::Scope;

/// A pair of API keys: the user name and password of Basic authentication.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credentials {
    pub id: String,
    pub password: String,
}

impl Credentials {
    /// Reads `ID:PASSWORD`; the password may have colons in it.
    pub fn parse(pair: &str) -> Option<Credentials> {
        let (id, password) = pair.split_once(':')?;
        let is_whole = !id.is_empty() && !password.is_empty();
        is_whole.then(|| Credentials { id: id.to_owned(), password: password.to_owned() })
    }
}

/// What accounts have in common, beside what the core knows.
#[derive(Clone)]
pub struct Policy {
    /// The only pairs that are accepted; any, when there are none.
    pub accepted: Vec<Credentials>,
    /// What moves the time of a new account.
    pub clock_mode: ClockMode,
    /// How many accounts there can be.
    pub most_accounts: usize,
}

/// An attempt of an account, for the courier.
pub struct Sending {
    pub slot: Arc<Slot>,
    generation: u64,
    pub attempt: Dispatch,
}

/// All accounts of the process. Each pair of keys has its own, made when it is first used.
pub struct Accounts {
    settings: Arc<Settings>,
    clock: Clock,
    policy: Policy,
    slots: RwLock<Slots>,
    agenda: Mutex<Agenda>,
    woken: Notify,
    anonymous_requests: AtomicU64,
    said_undeliverable: AtomicBool,
}

impl Accounts {
    pub fn new(settings: Arc<Settings>, policy: Policy, clock: Clock) -> Accounts {
        Accounts {
            settings,
            clock,
            policy,
            slots: RwLock::default(),
            agenda: Mutex::default(),
            woken: Notify::new(),
            anonymous_requests: AtomicU64::new(0),
            said_undeliverable: AtomicBool::new(false),
        }
    }

    /// The account of a pair of keys, if it is accepted.
    pub fn authenticate(&self, credentials: Credentials) -> Option<Arc<Slot>> {
        let known = self.slots.read().unwrap_or_else(PoisonError::into_inner).get(&credentials);
        if known.is_some() {
            return known;
        }
        let accepted = &self.policy.accepted;
        let is_accepted = match accepted.is_empty() {
            true => !credentials.id.is_empty() && !credentials.password.is_empty(),
            false => accepted.contains(&credentials),
        };
        is_accepted.then(|| self.begin(credentials))
    }

    /// The account that issued a token, and what the token allows there, if that is the scope.
    pub fn authenticate_token(&self, token: &str, scope: Scope) -> Option<(Arc<Slot>, Grant)> {
        let creator = alleged_issuer(token)?;
        let known = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let slot = known.created_by(creator)?;
        drop(known);
        let grant = self.visit(&slot, |account| account.check_token(token, scope)).flatten()?;
        Some((slot, grant))
    }

    /// Answers a call on an account, which is brought up to the present first. The present is read
    /// under the lock, so that time follows the order of effects.
    pub fn run(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        let answered = self.visit(slot, |account| account.answer(call, work));
        answered.unwrap_or_else(|| Err(self.anonymous(Error::unexpected())))
    }

    /// Answers a call with an error that was found before it reached the core.
    pub fn refuse(&self, slot: &Slot, call: &Call<'_>, error: Error) -> RefusedRequest {
        let refused = self.visit(slot, |account| account.refuse(call, error));
        refused.unwrap_or_else(|| self.anonymous(Error::unexpected()))
    }

    /// Looks at an account, or changes what the API of Belvo knows nothing of.
    pub fn control<T>(
        &self,
        slot: &Slot,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.visit(slot, request).unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// A failure that belongs to no account.
    pub fn anonymous(&self, error: Error) -> RefusedRequest {
        RefusedRequest { error, request_id: self.anonymous_request_id(), injection: None }
    }

    /// An answer that belongs to no account.
    pub fn anonymous_answer(&self, answer: Answer) -> AnsweredRequest {
        AnsweredRequest { answer, request_id: self.anonymous_request_id(), injection: None }
    }

    /// An id for an answer that belongs to no account.
    fn anonymous_request_id(&self) -> Uuid {
        let number = self.anonymous_requests.fetch_add(1, Ordering::Relaxed);
        self.settings.seed.numbered("anonymous", number).uuid()
    }

    /// None when an invariant of the core is broken; its sentence has been printed then.
    fn visit<T>(&self, slot: &Slot, visit: impl FnOnce(&mut Account) -> T) -> Option<T> {
        self.visit_state(slot, |state, _| visit(&mut state.account))
    }

    /// The same with the account's clock, and the time of the process.
    fn visit_state<T>(
        &self,
        slot: &Slot,
        visit: impl FnOnce(&mut SlotState, Timestamp) -> T,
    ) -> Option<T> {
        let mut state = slot.lock();
        let before = state.pulse();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let now = self.clock.now();
            let account_now = state.timeline.now(now);
            let stands_still = state.timeline.stands_still();
            state.account.send_in_order(stands_still);
            state.account.advance(account_now);
            visit(&mut state, now)
        }));
        self.note(slot.number, &mut state);
        let changed = state.pulse() != before;
        drop(state);
        if changed {
            slot.changed.send_replace(());
        }
        outcome.ok()
    }

    /// Tells the agenda what an account waits for now.
    fn note(&self, number: usize, state: &mut SlotState) {
        if state.dropped {
            return;
        }
        if state.account.has_undeliverable()
            && !self.said_undeliverable.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "a webhook is kept as undeliverable: the account has no webhook URL; start with \
                 --webhook-url URL, or PUT /_emulator/webhooks/endpoint, to receive webhooks \
                 (this is said once)"
            );
        }
        let due = state.account.next_due().and_then(|due| state.timeline.process_time_of(due));
        let ready = state.account.has_attempt();
        if due == state.noted_due && !ready {
            return;
        }
        let mut agenda = self.agenda();
        agenda.move_due(number, state.noted_due, due);
        if ready {
            agenda.note_ready(number);
        }
        state.noted_due = due;
        drop(agenda);
        self.woken.notify_one();
    }

    // For the courier

    /// Brings every account up to the present that has something due.
    pub fn advance(&self) {
        let now = self.clock.now();
        loop {
            let due = self.agenda().first_due().filter(|(due, _)| *due <= now);
            let Some((due, number)) = due else { return };
            match self.numbered(number) {
                Some(slot) => drop(self.visit(&slot, |_| ())),
                None => self.agenda().forget(number, Some(due)),
            }
        }
    }

    /// How long until [`Accounts::advance`] has something to do.
    pub fn until_next_due(&self) -> Option<std::time::Duration> {
        self.agenda().first_due().map(|(due, _)| self.clock.until(due))
    }

    /// Returns when an account has something new for the courier.
    pub async fn woken(&self) {
        self.woken.notified().await;
    }

    /// An attempt to make, from any account.
    pub fn poll_attempt(&self) -> Option<Sending> {
        loop {
            let number = self.agenda().pop_ready()?;
            let Some(slot) = self.numbered(number) else { continue };
            // A visit notes the account again if it has more.
            let attempt = self.visit(&slot, |account| {
                account.poll_attempt().map(|attempt| (attempt, slot.generation()))
            });
            if let Some((attempt, generation)) = attempt.flatten() {
                return Some(Sending { slot, generation, attempt });
            }
        }
    }

    /// Tells how an attempt ended. None when the account was reset meanwhile.
    pub fn report(&self, sending: &Sending, outcome: Outcome) -> Option<Verdict> {
        let Sending { slot, generation, attempt } = sending;
        self.visit(slot, |account| {
            (slot.generation() == *generation).then(|| account.report(attempt, outcome))
        })
        .flatten()
    }

    fn numbered(&self, number: usize) -> Option<Arc<Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).numbered(number)
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
