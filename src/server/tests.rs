//! The emulator without a socket.

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
    for url in ["http://169.254.169.254/latest", "http://[fe80::1]:9/", "http://metadata.goog/"] {
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
