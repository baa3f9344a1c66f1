//! Webhooks in virtual time: when, what, how often.

use belvo_emulator::{DeliveryState, Verdict};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, app, app_with, is_hex};

fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

#[actix_web::test]
async fn the_event_has_its_eight_keys_in_order_and_counts_what_the_list_counts() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"external_id": "user-32"})).await.id();
    app.advance(seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    let (text, body) = (String::from_utf8_lossy(&sent[0].bytes).into_owned(), sent[0].body());
    let count = app.records_of(&link).await["count"].clone();
    let (webhook_id, request_id) = (&body["webhook_id"], &body["request_id"]);
    assert_eq!(
        text,
        format!(
            r#"{{"webhook_id":{webhook_id},"webhook_type":"EMPLOYMENT_RECORDS","process_type":"historical_update","webhook_code":"historical_update","link_id":"{link}","request_id":{request_id},"external_id":"user-32","data":{{"total_employment_record_profiles":{count}}}}}"#
        )
    );
    assert!(is_hex(webhook_id.as_str().unwrap()));
    let request_id: uuid::Uuid = request_id.as_str().unwrap().parse().unwrap();
    assert_eq!(body["request_id"], request_id.hyphenated().to_string());
}

#[actix_web::test]
async fn an_absent_external_id_is_null_and_no_records_are_zero() {
    let app = app().await;
    app.create_link("NONE000101MXXXXX00").await.created();
    app.advance(seconds(15));
    let body = app.send_webhooks()[0].body();
    assert_eq!(body["external_id"], Value::Null);
    assert_eq!(body["data"], json!({"total_employment_record_profiles": 0}));
    assert_eq!(body.as_object().unwrap().len(), 8);
}

#[actix_web::test]
async fn scenarios_decide_when_and_how_often_a_webhook_comes() {
    let app = app().await;
    for (curp, loaded_after, sent_after) in [
        (CURP, 15, vec![15]),
        ("SLOW900101HXXXXX00", 120, vec![120]),
        ("TWIN900101MXXXXX00", 15, vec![15, 17]),
        ("MUTE900101HXXXXX00", 15, vec![]),
    ] {
        let link = app.create_link(curp).await.id();
        let mut sent = Vec::new();
        let mut loaded = None;
        for second in 1..=200 {
            app.advance(seconds(1));
            sent.extend(app.send_webhooks().into_iter().map(|webhook| (second, webhook.bytes)));
            if loaded.is_none() && app.records_of(&link).await["count"] == 1 {
                loaded = Some(second);
            }
        }
        assert_eq!(loaded, Some(loaded_after), "{curp}");
        assert_eq!(
            sent.iter().map(|(second, _)| *second).collect::<Vec<_>>(),
            sent_after,
            "{curp}"
        );
        assert!(sent.windows(2).all(|pair| pair[0].1 == pair[1].1), "a repeat is the same event");
    }
}

#[actix_web::test]
async fn what_is_late_happens_in_order_and_at_its_own_time() {
    let app = app().await;
    let slow = app.create_link("SLOW900101HXXXXX00").await.id();
    let fast = app.create_link(CURP).await.id();
    app.advance(TimeDelta::days(365));
    let links: Vec<Value> =
        app.send_webhooks().iter().map(|sent| sent.body()["link_id"].clone()).collect();
    assert_eq!(links, [json!(fast), json!(slow)]);
    let loaded = app.records_of(&slow).await["results"][0]["created_at"].clone();
    assert_eq!(loaded, "2026-03-01T12:02:00.000000Z");
}

#[actix_web::test]
async fn refused_webhooks_are_retried_with_linear_backoff_and_the_same_bytes() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-retries", "3"]).await;
    app.create_link(CURP).await.created();
    app.advance(seconds(15));
    let mut bodies = Vec::new();
    for (attempt, wait) in [(1, Some(10)), (2, Some(20)), (3, Some(30)), (4, None)] {
        let sent = app.send_webhooks_to(|_| false);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].attempt, attempt);
        bodies.push(sent[0].bytes.clone());
        match wait {
            Some(wait) => {
                assert_eq!(sent[0].verdict, Verdict::RetryIn(seconds(wait)));
                app.advance(seconds(wait) - TimeDelta::microseconds(1));
                assert!(app.send_webhooks().is_empty());
                app.advance(TimeDelta::microseconds(1));
            }
            None => assert_eq!(sent[0].verdict, Verdict::GivenUp),
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    app.advance(TimeDelta::days(30));
    assert!(app.send_webhooks().is_empty());
    assert_eq!(app.emulator.deliveries("id", "password")[0].state, DeliveryState::Failed);
}

#[actix_web::test]
async fn a_retry_that_is_accepted_is_the_last() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.advance(seconds(15));
    app.send_webhooks_to(|_| false);
    app.advance(seconds(10));
    assert_eq!(app.send_webhooks()[0].verdict, Verdict::Delivered);
    app.advance(TimeDelta::days(30));
    assert!(app.send_webhooks().is_empty());
    let deliveries = app.emulator.deliveries("id", "password");
    assert_eq!((deliveries[0].attempts.len(), deliveries[0].state), (2, DeliveryState::Delivered));
}

#[actix_web::test]
async fn without_retries_one_attempt_is_all() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-retries", "0"]).await;
    app.create_link(CURP).await.created();
    app.advance(seconds(15));
    assert_eq!(app.send_webhooks_to(|_| false)[0].verdict, Verdict::GivenUp);
}

#[actix_web::test]
async fn deleting_the_link_cancels_what_is_pending_between_attempts_and_during_one() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(seconds(15));
    app.send_webhooks_to(|_| false);
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    app.advance(TimeDelta::days(1));
    assert!(app.send_webhooks().is_empty());

    let link = app.create_link(CURP).await.id();
    app.advance(seconds(15));
    let pending = app.emulator.poll_attempt().unwrap();
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    assert_eq!(app.emulator.report(&pending, false), Some(Verdict::Cancelled));
    app.advance(TimeDelta::days(1));
    assert!(app.send_webhooks().is_empty());
    let deliveries = app.emulator.deliveries("id", "password");
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Cancelled));
    assert_eq!(deliveries.len(), 2);
}

#[actix_web::test]
async fn every_url_gets_every_event_and_does_not_wait_for_the_others() {
    let urls = ["http://one.test/", "http://two.test/"];
    let app = app_with(&["--webhook-url", urls[0], "--webhook-url", urls[1]]).await;
    for _ in 0..100 {
        app.create_link(CURP).await.created();
    }
    app.advance(seconds(15));
    // The first URL never answers: its sends stay under way.
    let mut hanging = Vec::new();
    let mut answered = 0;
    while let Some(pending) = app.emulator.poll_attempt() {
        if pending.url() == urls[0] {
            hanging.push(pending);
        } else {
            answered += 1;
            assert_eq!(app.emulator.report(&pending, true), Some(Verdict::Delivered));
        }
    }
    assert_eq!((hanging.len(), answered), (32, 100), "a URL has 32 sends under way at most");
    for pending in hanging {
        app.emulator.report(&pending, true);
    }
    assert_eq!(app.send_webhooks().len(), 68);
}

#[actix_web::test]
async fn without_a_url_the_event_is_kept_and_the_records_appear() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    app.advance(seconds(15));
    assert_eq!(app.records_of(&link).await["count"], 1);
    let deliveries = app.emulator.deliveries("id", "password");
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].state, DeliveryState::Undeliverable);
    assert_eq!(deliveries[0].link.to_string(), link);
}

#[actix_web::test]
async fn a_delivery_is_found_again_after_more_than_a_thousand_later_ones() {
    let app = app().await;
    for _ in 0..1010 {
        app.create_link(CURP).await.created();
    }
    app.advance(seconds(15));
    assert_eq!(app.send_webhooks().len(), 1010);
    assert_eq!(app.emulator.deliveries("id", "password").len(), 1010);
    assert_eq!(app.await_webhook(json!({})).await.ok()["id"], 1);
}

#[actix_web::test]
async fn a_range_of_delays_is_drawn_from_the_seed() {
    let delays = || async {
        let app = app_with(&["--webhook-delay", "10s..20s"]).await;
        let mut delays = Vec::new();
        for _ in 0..50 {
            let link = app.create_link(CURP).await.id();
            app.advance(seconds(20));
            let created_at = app.records_of(&link).await["results"][0]["created_at"].clone();
            let loaded: chrono::DateTime<chrono::Utc> =
                created_at.as_str().unwrap().parse().unwrap();
            delays.push(20.0 - (app.clock.now() - loaded).as_seconds_f64());
        }
        delays
    };
    let drawn = delays().await;
    assert!(drawn.iter().all(|delay| (10.0..=20.0).contains(delay)), "{drawn:?}");
    assert!(drawn.iter().any(|delay| *delay < 13.0) && drawn.iter().any(|delay| *delay > 17.0));
    assert_eq!(drawn, delays().await);
}

/// The twin has two webhooks, two seconds apart.
#[actix_web::test]
async fn a_webhook_is_not_sent_while_an_earlier_one_of_its_link_is_under_way() {
    let app = app().await;
    let mut twins = Vec::new();
    for _ in 0..3 {
        twins.push(app.create_link("TWIN900101MXXXXX00").await.id());
    }
    app.advance(seconds(17));
    let next = || app.emulator.poll_attempt();
    let first: Vec<_> = std::iter::from_fn(next).collect();
    let link = |pending: &belvo_emulator::PendingAttempt| {
        let body: Value = serde_json::from_slice(pending.body()).unwrap();
        body["link_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(first.iter().map(link).collect::<Vec<_>>(), twins);
    app.emulator.report(&first[1], true);
    let second = next().expect("nothing of the second twin is under way");
    assert_eq!((link(&second), second.number()), (twins[1].clone(), 1));
    assert!(next().is_none());
    // A retry that is to come holds up no other.
    app.emulator.report(&first[0], false);
    let other = next().expect("nothing of the first twin is under way");
    assert_eq!((link(&other), other.number()), (twins[0].clone(), 1));
    app.advance(seconds(10));
    assert!(next().is_none(), "the retry waits until the other one is answered");
    app.emulator.report(&other, true);
    let retry = next().expect("the retry is due");
    assert_eq!((link(&retry), retry.number()), (twins[0].clone(), 2));
    for pending in [&first[2], &second, &retry] {
        app.emulator.report(pending, true);
    }
    assert_eq!(app.send_webhooks().len(), 1);
    app.emulator.check_invariants("id", "password").unwrap();
}
