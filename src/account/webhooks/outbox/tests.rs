//! The outbox of an account with many pending deliveries.

use std::sync::Arc;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::base::ids::LinkNumber;
use crate::account::log::Log;
use crate::account::log::budget::LogBudget;
use crate::account::log::delivery::Outcome;
use crate::account::webhooks::injection::WebhookInjection;
use crate::account::webhooks::outbox::{Outbox, Retries, WebhookEvent};
use crate::account::webhooks::queues::Endpoint;
use crate::model::webhook::EventKind;

#[test]
fn a_fork_copies_few_pending_deliveries_when_one_of_them_changes() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let target = Endpoint { url: "http://127.0.0.1:9/".into(), authorization: None };
    let retries = Retries { count: 0, delay: TimeDelta::seconds(10) };
    let mut log = Log::new(Arc::new(LogBudget::new(1 << 20)));
    let mut outbox = Outbox::new(&[target], 32, retries, 0);
    for number in 1..=1000 {
        let event = WebhookEvent {
            link: LinkNumber(number),
            external_id: None,
            link_id: Uuid::from_u128(number.into()),
            webhook_id: Uuid::nil(),
            kind: EventKind::EmploymentRecords,
            caused_by: None,
            body: b"{}".as_slice().into(),
        };
        outbox.announce(&mut log, now, &event, &WebhookInjection::default());
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
