//! Credentials to account, and the lock: [`Accounts::run`] is the only door to the core.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::Notify;
use uuid::Uuid;

use crate::account::{Account, Attempt, Grant, Scope, Settings, Verdict, alleged_issuer};
use crate::clock::Clock;
use crate::error::Error;
use crate::model::Timestamp;

/// A pair of API keys: the user name and password of Basic authentication.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credentials {
    pub id: String,
    pub password: String,
}

/// An error and the request id that its answer carries.
#[derive(Debug)]
pub struct Failure {
    pub error: Error,
    pub request_id: Uuid,
}

/// All accounts of the process. Each pair of keys has its own, made when it is first used.
pub struct Accounts {
    settings: Arc<Settings>,
    clock: Clock,
    /// The only pairs that are accepted; any, when there are none.
    accepted: Vec<Credentials>,
    tenants: RwLock<Tenants>,
    agenda: Mutex<Agenda>,
    woken: Notify,
    anonymous_requests: AtomicU64,
    said_undeliverable: AtomicBool,
}

#[derive(Default)]
struct Tenants {
    by_credentials: HashMap<Credentials, Arc<Tenant>>,
    /// By the `created_by` of their links.
    by_creator: HashMap<Uuid, Arc<Tenant>>,
    by_number: Vec<Arc<Tenant>>,
}

/// One account behind its lock.
pub struct Tenant {
    number: usize,
    state: Mutex<State>,
}

struct State {
    account: Account,
    /// What the agenda holds for this account.
    noted_due: Option<Timestamp>,
}

/// Which accounts the courier has to visit, and when.
#[derive(Default)]
struct Agenda {
    due: BTreeSet<(Timestamp, usize)>,
    /// Accounts with an attempt to make.
    ready: BTreeSet<usize>,
}

impl Accounts {
    pub fn new(settings: Arc<Settings>, accepted: Vec<Credentials>, clock: Clock) -> Accounts {
        Accounts {
            settings,
            clock,
            accepted,
            tenants: RwLock::default(),
            agenda: Mutex::default(),
            woken: Notify::new(),
            anonymous_requests: AtomicU64::new(0),
            said_undeliverable: AtomicBool::new(false),
        }
    }

    /// The account of a pair of keys, if it is accepted.
    pub fn authenticate(&self, credentials: Credentials) -> Option<Arc<Tenant>> {
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = known.by_credentials.get(&credentials) {
            return Some(tenant.clone());
        }
        drop(known);
        let accepted = match self.accepted.is_empty() {
            true => !credentials.id.is_empty() && !credentials.password.is_empty(),
            false => self.accepted.contains(&credentials),
        };
        accepted.then(|| self.tenant(credentials))
    }

    /// The account that issued a token, and what the token allows there, if that is the scope.
    pub fn authenticate_token(&self, token: &str, scope: Scope) -> Option<(Arc<Tenant>, Grant)> {
        let creator = alleged_issuer(token)?;
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        let tenant = known.by_creator.get(&creator)?.clone();
        drop(known);
        let grant = self.visit(&tenant, |account| account.check_token(token, scope)).flatten()?;
        Some((tenant, grant))
    }

    fn tenant(&self, credentials: Credentials) -> Arc<Tenant> {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = tenants.by_credentials.get(&credentials) {
            return tenant.clone();
        }
        let seed = self
            .settings
            .seed
            .named("account", credentials.id.as_bytes())
            .named("password", credentials.password.as_bytes());
        let account = Account::new(self.settings.clone(), seed);
        let creator = account.created_by();
        let tenant = Arc::new(Tenant {
            number: tenants.by_number.len(),
            state: Mutex::new(State { account, noted_due: None }),
        });
        tenants.by_number.push(tenant.clone());
        tenants.by_creator.insert(creator, tenant.clone());
        tenants.by_credentials.insert(credentials, tenant.clone());
        tenant
    }

    /// Runs a request on an account: brings it up to the present, which is read under the lock so
    /// that time follows the order of effects, and gives an error its request id.
    pub fn run<T>(
        &self,
        tenant: &Tenant,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let outcome = self.visit(tenant, |account| {
            let answer = account.admit().and_then(|()| request(account));
            answer.map_err(|error| Failure { error, request_id: account.request_id() })
        });
        outcome.unwrap_or_else(|| Err(self.anonymous(Error::unexpected())))
    }

    /// A failure that belongs to no account.
    pub fn anonymous(&self, error: Error) -> Failure {
        let number = self.anonymous_requests.fetch_add(1, Ordering::Relaxed);
        Failure { error, request_id: self.settings.seed.numbered("anonymous", number).uuid() }
    }

    /// None when an invariant of the core is broken; its sentence has been printed then.
    fn visit<T>(&self, tenant: &Tenant, visit: impl FnOnce(&mut Account) -> T) -> Option<T> {
        let mut state = tenant.lock();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            state.account.advance(self.clock.now());
            visit(&mut state.account)
        }));
        self.note(tenant.number, &mut state);
        outcome.ok()
    }

    /// Tells the agenda what an account waits for now.
    fn note(&self, number: usize, state: &mut State) {
        if state.account.has_undeliverable()
            && !self.said_undeliverable.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "a webhook is kept as undeliverable: no webhook URL is configured; start with \
                 --webhook-url URL to receive webhooks (this is said once)"
            );
        }
        let due = state.account.next_due();
        let ready = state.account.has_attempt();
        if due == state.noted_due && !ready {
            return;
        }
        let mut agenda = self.agenda();
        if let Some(noted) = state.noted_due {
            agenda.due.remove(&(noted, number));
        }
        if let Some(due) = due {
            agenda.due.insert((due, number));
        }
        if ready {
            agenda.ready.insert(number);
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
            let due = self.agenda().due.first().copied().filter(|(due, _)| *due <= now);
            let Some(tenant) = due.and_then(|(_, number)| self.numbered(number)) else { return };
            self.visit(&tenant, |_| ());
        }
    }

    /// How long until [`Accounts::advance`] has something to do.
    pub fn until_next_due(&self) -> Option<std::time::Duration> {
        self.agenda().due.first().map(|(due, _)| self.clock.until(*due))
    }

    /// Returns when an account has something new for the courier.
    pub async fn woken(&self) {
        self.woken.notified().await;
    }

    /// An attempt to make, from any account.
    pub fn poll_attempt(&self) -> Option<(Arc<Tenant>, Attempt)> {
        loop {
            let number = self.agenda().ready.pop_first()?;
            let tenant = self.numbered(number)?;
            // A visit notes the account again if it has more.
            if let Some(attempt) = self.visit(&tenant, Account::poll_attempt).flatten() {
                return Some((tenant, attempt));
            }
        }
    }

    /// Tells how an attempt ended.
    pub fn report(&self, tenant: &Tenant, attempt: &Attempt, accepted: bool) -> Option<Verdict> {
        self.visit(tenant, |account| account.report(attempt, accepted))
    }

    fn numbered(&self, number: usize) -> Option<Arc<Tenant>> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.by_number.get(number).cloned()
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenant {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
