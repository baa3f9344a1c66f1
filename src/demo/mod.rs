//! `--demo`: an account full of people, one such account for each visitor of the page, and keys with
//! which others look on.
//!
//! Nothing here is stored for a visitor. The keys of a visitor's account, the visitor's cookie and
//! the keys of those who look on are drawn from a secret of the process and a number, each under a
//! label of its own. So none of them can be guessed, and none leads to another.

mod guest;
mod reset;
mod story;
mod wire;

pub(crate) use guest::Guest;
pub(crate) use wire::{DemoAccount, DemoReading, VisitorKeys};

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::accounts::{Accounts, ClockMode, Credentials, Slot};
use crate::clock::Clock;
use crate::error::Error;
use crate::model::Timestamp;
use crate::seed::Seed;

/// The path at which the emulator takes the webhooks of its own demo.
pub(crate) const RECEIVER: &str = "/_emulator/demo/receiver";
/// The id of the demo account, where `--credentials` names no pair.
const OWNER: &str = "demo";
/// The longest time that the people of one account take to move in. Receivers answer at once, or the
/// emulator gives them up after 5 seconds each.
const FILLED_WITHIN: Duration = Duration::from_secs(60);
/// The largest number of accounts that wait to be filled.
const MOST_WAITING: usize = 50;

/// The settings of a demo.
#[derive(Clone)]
pub(crate) struct DemoSettings {
    /// The secret of the process.
    pub secret: Seed,
    /// The time after which the demo account begins anew. None stands for never.
    pub reset_every: Option<TimeDelta>,
}

/// The demo of a process.
pub(crate) struct Demo {
    secret: Seed,
    owner: Credentials,
    /// True where every pair of keys is accepted.
    takes_any: bool,
    clock: Clock,
    clock_mode: ClockMode,
    reset_every: Option<TimeDelta>,
    next_reset_at: Mutex<Option<Timestamp>>,
    visitors: AtomicU64,
    /// The address of [`RECEIVER`], once the emulator listens.
    receiver: OnceLock<String>,
    /// Accounts are filled one after the other.
    filling: tokio::sync::Mutex<()>,
    waiting: Semaphore,
}

impl Demo {
    /// Returns the demo of a process. `accepted` are the pairs of `--credentials`, of which the first
    /// is that of the demo account.
    pub(crate) fn new(
        settings: DemoSettings,
        accepted: &[Credentials],
        clock_mode: ClockMode,
        clock: Clock,
    ) -> Demo {
        let DemoSettings { secret, reset_every } = settings;
        let own = || Credentials { id: OWNER.to_owned(), password: text(&secret.child(OWNER)) };
        Demo {
            takes_any: accepted.is_empty(),
            owner: accepted.first().cloned().unwrap_or_else(own),
            secret,
            clock,
            clock_mode,
            reset_every,
            next_reset_at: Mutex::default(),
            visitors: AtomicU64::new(0),
            receiver: OnceLock::new(),
            filling: tokio::sync::Mutex::default(),
            waiting: Semaphore::new(MOST_WAITING),
        }
    }

    /// Notes where the emulator listens, which is where it takes the webhooks of its demo.
    pub(crate) fn note_address(&self, address: SocketAddr) {
        let host = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let address = SocketAddr::new(host, address.port());
        let _ = self.receiver.set(format!("http://{address}{RECEIVER}"));
    }

    /// Returns the time between two resets of the demo account.
    pub(crate) fn reset_every(&self) -> Option<TimeDelta> {
        self.reset_every
    }

    /// Returns the time of the next reset of the demo account.
    pub(crate) fn next_reset_at(&self) -> Option<Timestamp> {
        *self.next_reset_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_next_reset_at(&self, at: Timestamp) {
        *self.next_reset_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Returns the keys of the demo account.
    pub(crate) fn owner(&self) -> &Credentials {
        &self.owner
    }

    /// Returns the cookie of a new visitor.
    pub(crate) fn new_visitor(&self) -> String {
        self.cookie_of(self.visitors.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Returns the account of a visitor, with people in it. Its keys may be told to the page that sent
    /// the cookie. None where no visitor has the cookie.
    ///
    /// # Errors
    /// 429 when there is no room for another account; 503 when too many visitors wait.
    pub(crate) async fn visit(
        self: Arc<Demo>,
        accounts: Arc<Accounts>,
        cookie: &str,
    ) -> Option<Result<Credentials, Error>> {
        let keys = self.visitor_with_cookie(cookie)?;
        Some(self.open(accounts, keys).await)
    }

    async fn open(
        self: Arc<Demo>,
        accounts: Arc<Accounts>,
        keys: Credentials,
    ) -> Result<Credentials, Error> {
        let slot = accounts.admit(keys.clone())?;
        // A visitor who leaves meanwhile must not leave an account in which time stands still.
        let filled = tokio::spawn(async move { self.fill(&accounts, &slot).await });
        filled.await.unwrap_or_else(|_| Err(Error::unexpected()))?;
        Ok(keys)
    }

    /// Lets people move in, unless somebody has used the account already.
    ///
    /// # Errors
    /// 503 when too many accounts wait.
    async fn fill(&self, accounts: &Accounts, slot: &Slot) -> Result<(), Error> {
        let Ok(_waits) = self.waiting.try_acquire() else {
            return Err(Error::demo_busy(MOST_WAITING));
        };
        let turn = timeout(FILLED_WITHIN, self.filling.lock()).await;
        let _turn = turn.map_err(|_| Error::demo_busy(MOST_WAITING))?;
        if !accounts.control(slot, |account| Ok(account.is_as_begun())).await? {
            return Ok(());
        }
        let present = accounts.clock(slot).await?.now;
        let receiver = self.receiver.get().map(String::as_str);
        let story = story::tell(accounts, slot, receiver, present);
        let told = timeout(FILLED_WITHIN, story).await;
        if !matches!(told, Ok(Ok(()))) {
            let hint = "a receiver of --webhook-url may be too slow";
            tracing::warn!(account = slot.id(), hint, "demo: not all people have moved in");
        }
        story::go_on(accounts, slot, self.clock_mode, present).await
    }
}

/// Returns a seed as a text that nobody guesses: 122 of its bits.
fn text(seed: &Seed) -> String {
    seed.uuid().simple().to_string()
}
