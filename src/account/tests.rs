//! An account for the tests of the core.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use crate::account::{Account, Budget, Delay, Endpoint, LogBudget, Retries, Settings};
use crate::model::Timestamp;
use crate::scenario;
use crate::seed::Seed;

/// The time at which the account begins.
pub(super) fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Settings with which loads are announced after 15 seconds, to one endpoint, and tried once.
pub(super) fn settings() -> Arc<Settings> {
    let target = Endpoint { url: "http://receiver.test/".into(), authorization: None };
    let delay = TimeDelta::seconds(15);
    Arc::new(Settings {
        scenarios: scenario::load(&[], "employed", false, NaiveDate::default()).unwrap().into(),
        seed: Seed::new(0),
        careers_as_of: None,
        webhook_delay: Delay { shortest: delay, longest: delay },
        webhook_targets: vec![target],
        allowed_addresses: Default::default(),
        webhook_retries: Retries { count: 0, delay },
        page_size: 10,
        webhook_sends_per_receiver: 32,
        rate_limits: false,
        log_budget: Arc::new(LogBudget::new(1 << 24)),
        account_memory: 1 << 30,
    })
}

/// An empty account that draws its ids from this seed.
pub(super) fn account_of(settings: &Arc<Settings>, seed: u64) -> Account {
    let mut account = Account::new(settings.clone(), Seed::new(seed), Uuid::nil());
    let _ = account.advance(start(), &mut Budget::unlimited());
    account
}

pub(super) fn account() -> Account {
    account_of(&settings(), 1)
}
