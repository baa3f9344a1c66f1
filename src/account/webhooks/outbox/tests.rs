//! The outbox of an account with many pending deliveries.

use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::log::Log;
use crate::account::log::budget::LogBudget;
use crate::account::log::delivery::Outcome;
use crate::account::webhooks::injection::WebhookInjection;
use crate::account::webhooks::outbox::{Dispatch, Outbox, Retries, WebhookEvent};
use crate::account::webhooks::queues::Endpoint;
use crate::comparisons::comparisons;
use crate::model::webhook::EventKind;

fn outbox() -> Outbox {
    let target = Endpoint { url: "http://127.0.0.1:9/".into(), authorization: None };
    let retries = Retries { count: 0, delay: TimeDelta::seconds(10) };
    Outbox::new(&[target], 32, retries, 0)
}

fn log() -> Log {
    Log::new(Arc::new(LogBudget::new(1 << 20)))
}

fn event(link: u64) -> WebhookEvent {
    WebhookEvent {
        link: LinkNumber(link),
        external_id: None,
        link_id: Uuid::from_u128(link.into()),
        webhook_id: Uuid::nil(),
        kind: EventKind::EmploymentRecords,
        caused_by: None,
        body: b"{}".as_slice().into(),
    }
}

/// The webhooks of one link wait for each other. Each is announced, sent and finished by a work
/// that hardly grows with the number of those that wait.
#[test]
fn many_webhooks_of_one_link_take_no_more_work_each_than_few() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let work_each = |webhooks: u64| {
        let (mut outbox, mut log) = (outbox(), log());
        let work = comparisons(|| {
            for _ in 0..webhooks {
                outbox.announce(&mut log, now, &event(1), &WebhookInjection::default());
            }
            while let Some(attempt) = outbox.poll_attempt(now) {
                outbox.report(&mut log, now, &attempt, Outcome::status(200));
            }
        });
        assert_eq!(outbox.pending_count(), 0);
        work / webhooks
    };
    let (few, many) = (work_each(100), work_each(5000));
    assert!(many < 4 * few, "{few} comparisons for each of 100, {many} for each of 5000");
}

#[test]
fn a_fork_copies_few_pending_deliveries_when_one_of_them_changes() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let (mut outbox, mut log) = (outbox(), log());
    for number in 1..=1000 {
        outbox.announce(&mut log, now, &event(number), &WebhookInjection::default());
    }
    let mut fork = outbox.fork();
    let attempt = fork.poll_attempt(now).unwrap();
    fork.report(&mut log, now, &attempt, Outcome::status(200));
    assert_eq!((outbox.pending_count(), fork.pending_count()), (1000, 999));
    let copies = |pending: &_| Arc::strong_count(pending) > 1;
    let copied = outbox.all_pending().filter(|pending| copies(&pending.content)).count();
    assert!(copied <= 100, "{copied} deliveries were copied");
    outbox.invariants().unwrap();
    fork.invariants().unwrap();
}

impl Dispatch {
    /// The only attempt of some delivery.
    pub(crate) fn to(url: &str) -> Dispatch {
        Dispatch {
            delivery: DeliveryId(1),
            endpoint: 0,
            link: LinkNumber(1),
            url: url.into(),
            authorization: None,
            body: b"{}".as_slice().into(),
            link_id: Uuid::nil(),
            kind: EventKind::EmploymentRecords,
            caused_by: None,
            number: 1,
            at_most: 1,
        }
    }
}
