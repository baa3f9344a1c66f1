//! The emulator as a whole: actix, the courier, and a stop that takes less than half a second.

mod pending_attempt;

pub use pending_attempt::PendingAttempt;

use std::convert::Infallible;
use std::future::{self, Future};
use std::io;
use std::mem;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::ConnectionType;
use actix_web::App;
use actix_web::dev::{Extensions, ServerHandle, Service};
use actix_web::rt::System;
use actix_web::web::{Data, ServiceConfig};
use tokio::sync::{RwLock, mpsc};

use crate::account::{Delivery, Outcome, Verdict};
use crate::accounts::{Accounts, Credentials};
use crate::clock::Clock;
use crate::config::Config;
use crate::courier::Courier;
use crate::demo::Demo;
use crate::descriptors::shares;
use crate::http::arrivals::Arrivals;
use crate::http::connection::{Listening, listen};
use crate::http::connection_count::ConnectionCount;
use crate::http::overview::Overview;
use crate::http::readiness::Readiness;
use crate::http::routing::UrlSource;
use crate::routes;

/// How long requests under way may take to finish once the emulator is told to stop.
const STOP_WITHIN: Duration = Duration::from_millis(300);
/// How long the threads of the server may take to close their connections after that. A thread that
/// is in the middle of a large answer is not waited for.
const CLOSED_WITHIN: Duration = Duration::from_millis(100);

/// The most connections of a thread, as actix sets it.
const MOST_CONNECTIONS: usize = 25_600;

/// A Belvo emulator: configured, not yet listening.
#[derive(Clone)]
pub struct Emulator {
    accounts: Arc<Accounts>,
    config: Config,
    readiness: Arc<Readiness>,
    arrivals: Arc<Arrivals>,
    overview: Arc<Overview>,
    demo: Option<Arc<Demo>>,
}

impl Emulator {
    /// An emulator that follows the system's time.
    pub fn new(config: Config) -> Emulator {
        Emulator::with_clock(config, Clock::system())
    }

    /// An emulator that follows another clock.
    pub fn with_clock(config: Config, clock: Clock) -> Emulator {
        let policy = &config.policy;
        let demo = config.demo.clone().map(|demo| {
            Arc::new(Demo::new(demo, &policy.accepted, policy.clock_mode, clock.clone()))
        });
        let accounts = Accounts::new(config.settings.clone(), policy.clone(), clock);
        Emulator {
            demo,
            accounts: Arc::new(accounts),
            overview: Arc::new(Overview::new(config.control_token.clone())),
            config,
            readiness: Arc::default(),
            arrivals: Arc::default(),
        }
    }

    pub(crate) fn accounts(&self) -> Arc<Accounts> {
        self.accounts.clone()
    }

    /// The demo, if this emulator is one.
    pub(crate) fn demo(&self) -> Option<Arc<Demo>> {
        self.demo.clone()
    }

    /// True once a request has arrived that did not ask after the emulator's health.
    pub(crate) fn has_been_called(&self) -> bool {
        self.arrivals.any()
    }

    /// The routes of the emulator, for an actix application.
    pub fn routes(&self) -> impl FnOnce(&mut ServiceConfig) + use<> {
        let accounts = Data::from(self.accounts.clone());
        let url_source = Data::new(match &self.config.public_url {
            Some(url) => UrlSource::Public(url.clone()),
            None if self.config.trust_forwarded => UrlSource::Forwarded,
            None => UrlSource::Host,
        });
        let guard = Data::new(self.config.guard.clone());
        let readiness = Data::from(self.readiness.clone());
        let arrivals = Data::from(self.arrivals.clone());
        let overview = Data::from(self.overview.clone());
        let demo = self.demo.clone().map(Data::from);
        move |app| {
            app.app_data(accounts)
                .app_data(url_source)
                .app_data(guard)
                .app_data(readiness)
                .app_data(arrivals)
                .app_data(overview);
            if let Some(demo) = demo {
                app.app_data(demo);
            }
            app.configure(routes::routes);
        }
    }

    /// Serves on the listeners and sends webhooks until `shutdown` is done. Requests under way may take
    /// 400 ms more. When this returns, the port is closed and nothing is sent any more.
    ///
    /// # Errors
    /// A socket or the HTTP client cannot be set up.
    pub async fn run(
        self,
        listeners: impl IntoIterator<Item = TcpListener>,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let listeners: Vec<TcpListener> = listeners.into_iter().collect();
        self.overview.note_listeners(&listeners);
        let demo = self.demo.clone();
        if let (Some(demo), Some(first)) = (&demo, listeners.first()) {
            demo.note_address(first.local_addr()?);
        }
        let allowed = self.config.settings.allowed_addresses.clone();
        let courier = Courier::new(self.accounts.clone(), allowed, &self.config.trust)?;
        // Requests hold it to read; the stop, to write. So nothing has to be counted.
        let under_way = Arc::new(RwLock::new(()));
        // Each thread of the server holds it open until its last connection is closed.
        let (open, mut closed) = mpsc::channel::<Infallible>(1);
        let served = under_way.clone();
        let readiness = self.readiness.clone();
        let shares = shares(self.config.workers, self.config.policy.webhook_sends);
        let count = ConnectionCount::new(shares.kept_alive, shares.limit);
        let listening = Listening {
            listeners,
            threads: shares.threads,
            connections_of_a_thread: shares
                .connections
                .div_ceil(shares.threads)
                .min(MOST_CONNECTIONS),
        };
        let (accounts, refusing) = (self.accounts.clone(), self.accounts.clone());
        let refuse = move |error| refusing.anonymous(error);
        let begins = move |connection: &mut Extensions| count.count(connection);
        let server = listen(listening, refuse, begins, move || {
            let (under_way, open) = (served.clone(), open.clone());
            App::new().configure(self.routes()).wrap_fn(move |request, service| {
                let (under_way, open) = (under_way.clone(), open.clone());
                let answer = service.call(request);
                async move {
                    let (_under_way, _open) = (under_way.read().await, open);
                    let mut answer = answer.await?;
                    // It cannot be had a second time once the stop waits for it.
                    if under_way.try_read().is_err() {
                        let head = answer.response_mut().head_mut();
                        head.set_connection_type(ConnectionType::Close);
                    }
                    Ok(answer)
                }
            })
        })?;
        let told = async {
            shutdown.await;
            readiness.end();
            accounts.end_streams();
        };
        let stop = stop(server.handle(), &accounts, &under_way, told);
        let outcome = tokio::select! {
            outcome = server => outcome,
            never = courier.run() => match never {},
            never = run_demo(demo.as_deref(), &accounts) => match never {},
            () = stop => Ok(()),
        };
        let _ = tokio::time::timeout(CLOSED_WITHIN, closed.recv()).await;
        outcome
    }

    /// The next webhook to send; its outcome must be [reported](Emulator::report). Nobody else does
    /// this while the emulator does not [run](Emulator::run).
    pub fn poll_attempt(&self) -> Option<PendingAttempt> {
        self.accounts.advance_at_once();
        self.accounts.poll_attempt_at_once().map(PendingAttempt)
    }

    /// Tells whether the receiver of a webhook accepted it with 2xx. None when the account was reset
    /// meanwhile.
    pub fn report(&self, pending: &PendingAttempt, accepted: bool) -> Option<Verdict> {
        self.report_outcome(pending, Outcome::status(if accepted { 200 } else { 500 }))
    }

    /// Reports everything that came of an attempt, as [`Emulator::report`] does for its status.
    pub fn report_outcome(&self, pending: &PendingAttempt, outcome: Outcome) -> Option<Verdict> {
        self.accounts.report_at_once(&pending.0, outcome)
    }

    /// Checks that the state of an account is sound, for tests that walk at random.
    ///
    /// # Errors
    /// The sentence of the first invariant that is broken.
    pub fn check_invariants(&self, id: &str, password: &str) -> Result<(), String> {
        let credentials = Credentials { id: id.to_owned(), password: password.to_owned() };
        let Ok(slot) = self.accounts.authenticate(credentials) else { return Ok(()) };
        let broken = self.accounts.control_at_once(&slot, |account| Ok(account.invariants()));
        broken.unwrap_or_else(|_| Err("a visit panics".to_owned()))
    }

    /// The deliveries of an account: those that are pending, and those that are finished and still in
    /// its log, in the order in which they last changed.
    pub fn deliveries(&self, id: &str, password: &str) -> Vec<Delivery> {
        let credentials = Credentials { id: id.to_owned(), password: password.to_owned() };
        let Ok(slot) = self.accounts.authenticate(credentials) else { return Vec::new() };
        let deliveries =
            self.accounts.control_at_once(&slot, |account| Ok(account.all_deliveries()));
        deliveries.unwrap_or_default()
    }
}

/// Keeps the account of the demo, where there is one, until the future is dropped.
async fn run_demo(demo: Option<&Demo>, accounts: &Accounts) -> Infallible {
    match demo {
        Some(demo) => demo.run(accounts).await,
        None => future::pending().await,
    }
}

/// Runs a future on the runtime that the server needs.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    System::new().block_on(future)
}

/// Runs a future as the last work of the process. What still runs on the runtime after it, such as the
/// lookup of a name that no server answers, is not waited for.
pub(crate) fn block_on_at_last<T>(future: impl Future<Output = T>) -> T {
    let system = System::new();
    let outcome = system.block_on(future);
    mem::forget(system);
    outcome
}

/// Stops the server: politely, but not for longer than [`STOP_WITHIN`]. Actix's own polite stop waits
/// a second for a connection that is merely open, and half a minute for a request that hangs.
async fn stop(
    server: ServerHandle,
    accounts: &Accounts,
    under_way: &RwLock<()>,
    shutdown: impl Future<Output = ()>,
) {
    shutdown.await;
    let quiet = async {
        accounts.streams_have_ended().await;
        drop(under_way.write().await);
    };
    let _ = tokio::time::timeout(STOP_WITHIN, quiet).await;
    server.stop(false).await;
}

#[cfg(test)]
mod broken_calls;
#[cfg(test)]
mod demo_resets;
#[cfg(test)]
mod many_accounts;
#[cfg(test)]
mod tests;
