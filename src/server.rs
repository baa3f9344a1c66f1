//! The emulator as a whole: actix, the courier, and a stop that takes less than half a second.

mod pending_attempt;

pub use pending_attempt::PendingAttempt;

use std::convert::Infallible;
use std::future::Future;
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
}

impl Emulator {
    /// An emulator that follows the system's time.
    pub fn new(config: Config) -> Emulator {
        Emulator::with_clock(config, Clock::system())
    }

    /// An emulator that follows another clock.
    pub fn with_clock(config: Config, clock: Clock) -> Emulator {
        let accounts = Accounts::new(config.settings.clone(), config.policy.clone(), clock);
        Emulator {
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
        move |app| {
            app.app_data(accounts)
                .app_data(url_source)
                .app_data(guard)
                .app_data(readiness)
                .app_data(arrivals)
                .app_data(overview);
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
        let allowed = self.config.settings.allowed_addresses.clone();
        let courier = Courier::new(self.accounts.clone(), allowed, &self.config.trust)?;
        // Requests hold it to read; the stop, to write. So nothing has to be counted.
        let under_way = Arc::new(RwLock::new(()));
        // Each thread of the server holds it open until its last connection is closed.
        let (open, mut closed) = mpsc::channel::<Infallible>(1);
        let served = under_way.clone();
        let readiness = self.readiness.clone();
        let shares = shares(self.config.policy.webhook_sends);
        let count = ConnectionCount::new(shares.kept_alive, shares.limit);
        let listening = Listening {
            listeners,
            threads: shares.threads,
            connections_of_a_thread: shares
                .connections
                .div_ceil(shares.threads)
                .min(MOST_CONNECTIONS),
        };
        let accounts = self.accounts.clone();
        let refuse = move |error| accounts.anonymous(error);
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
        };
        let stop = stop(server.handle(), &under_way, told);
        let outcome = tokio::select! {
            outcome = server => outcome,
            never = courier.run() => match never {},
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
async fn stop(server: ServerHandle, under_way: &RwLock<()>, shutdown: impl Future<Output = ()>) {
    shutdown.await;
    let _ = tokio::time::timeout(STOP_WITHIN, under_way.write()).await;
    server.stop(false).await;
}

#[cfg(test)]
mod broken_calls;
#[cfg(test)]
mod many_accounts;

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::time::Duration;

    use actix_web::App;
    use actix_web::dev::Service;
    use actix_web::test::TestRequest;
    use chrono::TimeDelta;
    use futures_util::FutureExt;

    use crate::account::{Account, DeliveryState, Endpoint};
    use crate::accounts::{Accounts, Awaited, Credentials, Expectation, Sending, Slot};
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::courier::Courier;
    use crate::server::{Emulator, block_on};

    /// No flag and no request sets such a target, so it is put there.
    #[test]
    fn an_attempt_at_a_refused_address_is_made_to_fail_without_a_connection() {
        let mut config =
            Config::from_flags(["--webhook-delay", "0s", "--webhook-retries", "0"]).unwrap();
        let settings = Arc::get_mut(&mut config.settings).unwrap();
        for url in ["http://169.254.169.254/latest", "http://[fe80::1]:9/", "http://metadata.goog/"]
        {
            settings.webhook_targets.push(Endpoint { url: url.into(), authorization: None });
        }
        let accounts = Arc::new(Accounts::new(config.settings, config.policy, Clock::system()));
        let slot = accounts.authenticate(keys(KEYS)).unwrap();
        create_link(&accounts, &slot);
        let courier = Courier::new(accounts.clone(), Default::default(), &config.trust).unwrap();
        let mut after = 0;
        for _ in 0..3 {
            let awaited = Awaited::any().after(after);
            let came = block_on(async {
                tokio::select! {
                    never = courier.run() => match never {},
                    came = accounts.await_webhook(&slot, &awaited, Expectation::Finished) => came,
                }
            });
            let delivery = came.unwrap().unwrap();
            after = delivery.cursor;
            assert_eq!(delivery.state, DeliveryState::Failed);
            let answer = delivery.attempts[0].answer.clone().unwrap();
            let error = answer.error.as_deref().unwrap();
            assert!(error.contains("secrets"), "{error}");
        }
    }

    const KEYS: [&str; 2] = ["id", "password"];

    fn keys([id, password]: [&str; 2]) -> Credentials {
        Credentials { id: id.to_owned(), password: password.to_owned() }
    }

    fn create_link(accounts: &Accounts, slot: &Slot) {
        let body = br#"{"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"}"#;
        let create = |account: &mut Account| {
            let mut context = account.begin_request();
            account.create_link(&mut context, body).map(|_| ())
        };
        accounts.control_at_once(slot, create).unwrap();
    }

    /// Accounts, one of them, and what is being sent of it. This plays the courier, which lets go
    /// too soon to be caught at it.
    fn sending(clock: Clock) -> (Accounts, Arc<Slot>, Sending) {
        let flags = ["--webhook-url", "http://receiver.test/", "--webhook-delay", "0s"];
        let config = Config::from_flags(flags.iter().chain(&["--accounts", "1"])).unwrap();
        let accounts = Accounts::new(config.settings, config.policy, clock);
        let slot = accounts.authenticate(keys(KEYS)).unwrap();
        create_link(&accounts, &slot);
        accounts.advance_at_once();
        let sending = accounts.poll_attempt_at_once().unwrap();
        (accounts, slot, sending)
    }

    #[test]
    fn a_reset_returns_when_what_was_being_sent_is_let_go_of() {
        let (accounts, slot, sending) = sending(Clock::system());
        let under_way = sending.begin();
        block_on(async {
            let mut reset = pin!(accounts.reset(&slot));
            tokio::time::pause();
            assert!(reset.as_mut().now_or_never().is_none());
            tokio::time::advance(Duration::from_millis(500)).await;
            assert!(reset.as_mut().now_or_never().is_none());
            assert!(sending.outdated().now_or_never().is_some());
            drop(under_way);
            let cancelled = reset.as_mut().now_or_never().expect("nothing is being sent");
            assert_eq!(cancelled.in_flight, 1);
        });
    }

    #[test]
    fn an_account_whose_webhook_is_being_sent_does_not_give_way() {
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let (accounts, slot, sending) = sending(clock.clone());
        drop(slot);
        clock.advance(TimeDelta::hours(2));
        let full = accounts.authenticate(keys(["other", "keys"])).err().unwrap();
        assert_eq!(full.problems[0].code, "too_many_accounts");
        drop(sending);
        assert!(accounts.authenticate(keys(["other", "keys"])).is_ok());
    }

    #[actix_web::test]
    async fn once_told_to_stop_it_lives_and_is_not_ready() {
        let emulator = Emulator::new(Config::from_flags::<[&str; 0]>([]).unwrap());
        let app = actix_web::test::init_service(App::new().configure(emulator.routes())).await;
        let mut statuses = Vec::new();
        for _ in 0..2 {
            for path in ["/livez", "/readyz"] {
                let request = TestRequest::get().uri(path).to_request();
                statuses.push(app.call(request).await.unwrap().status().as_u16());
            }
            emulator.readiness.end();
        }
        assert_eq!(statuses, [200, 200, 200, 503]);
    }

    /// Its timers stood still in the meantime, and the clock did not.
    #[test]
    fn after_a_suspension_what_is_due_happens_within_a_minute() {
        let config = Config::from_flags(["--webhook-delay", "3h"]).unwrap();
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let accounts = Arc::new(Accounts::new(config.settings, config.policy, clock.clone()));
        let slot = accounts.authenticate(keys(KEYS)).unwrap();
        create_link(&accounts, &slot);
        let courier = Courier::new(accounts.clone(), Default::default(), &config.trust).unwrap();
        let mut changed = slot.changed.subscribe();
        block_on(async {
            tokio::time::pause();
            changed.mark_unchanged();
            let happens = async {
                clock.advance(TimeDelta::hours(5));
                tokio::time::timeout(Duration::from_secs(61), changed.changed()).await
            };
            tokio::select! {
                biased; // The timer goes to sleep before the clock jumps.
                never = courier.run() => match never {},
                happens = happens => happens.expect("a minute is over").unwrap(),
            }
        });
    }
}
