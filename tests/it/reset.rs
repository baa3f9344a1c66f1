//! Resets after which nothing from before is left, and forks.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, RECEIVER, app, app_with};

#[actix_web::test]
async fn a_reset_leaves_nothing_and_says_what_it_took() {
    let app = app().await;
    let first = app.create_link(CURP).await.json();
    app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await.created();
    app.advance(TimeDelta::seconds(15));
    let under_way = app.emulator.poll_attempt().unwrap();
    app.create_link(CURP).await.created();
    app.set_clock(json!({"mode": "manual"})).await;
    let taken = app.post("/_emulator/reset", json!({})).await.ok();
    // To happen: a refresh, the ends of the data of two links, two steps of the third.
    let scheduled = taken["scheduled"].as_u64().unwrap();
    assert!(scheduled >= 5, "{taken}");
    assert_eq!((&taken["links"], &taken["deliveries"]), (&json!(3), &json!(2)));

    assert_eq!(app.emulator.report(&under_way, false), None, "its answer counts for nothing");
    app.advance(TimeDelta::days(365));
    assert!(app.send_webhooks().is_empty());
    assert!(app.emulator.deliveries("id", "password").is_empty());
    for path in ["/api/links/", "/api/employment-records/"] {
        assert_eq!(app.get(path).await.ok()["count"], 0);
    }
    assert_eq!(app.get("/_emulator/clock").await.ok()["mode"], "real");
    assert_eq!(app.create_link(CURP).await.json()["id"], first["id"], "it begins anew");
}

#[actix_web::test]
async fn a_reset_takes_nothing_in_its_body_and_needs_none() {
    let app = app().await;
    let (_, field, _) = app.post("/_emulator/reset", json!({"links": true})).await.problem(400);
    assert_eq!(field.as_deref(), Some("links"));
    app.call(app.request(Method::POST, "/_emulator/reset")).await.ok();
}

#[actix_web::test]
async fn a_reset_is_of_one_account() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.log_in_as("other", "keys");
    app.create_link(CURP).await.created();
    let taken = app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(taken["links"], 1);
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 1);
}

#[actix_web::test]
async fn calls_that_wait_are_told_of_a_reset() {
    for path in ["/_emulator/clock/advance", "/_emulator/webhooks/await"] {
        let app = app().await;
        app.create_link(CURP).await.created();
        let body = if path.ends_with("await") { json!({}) } else { json!({"by": "1h"}) };
        let wait = app.post(path, body);
        let reset = async {
            tokio::task::yield_now().await;
            app.post("/_emulator/reset", json!({})).await.ok()
        };
        let (answer, _) = tokio::join!(wait, reset);
        let (code, field, message) = answer.problem(409);
        assert_eq!((code.as_str(), field), ("account_reset", None), "{path}");
        assert_eq!(message, "The account was reset while this call waited.");
    }
}

#[actix_web::test]
async fn a_fork_has_the_state_its_own_future_and_its_own_ids() {
    let app = app().await;
    let link = app.create_link(CURP).await.json();
    let id = link["id"].as_str().unwrap().to_owned();
    app.post("/_emulator/fork", json!({"credentials": "fork:of:id"})).await.no_content();
    let (_, sent) = app.advance_clock(json!({"by": "15s"})).await;
    assert_eq!(sent.len(), 1);
    app.delete(&format!("/api/links/{id}/")).await.no_content();
    let next = app.create_link(CURP).await.id();

    app.log_in_as("fork", "of:id");
    assert_eq!(app.get(&format!("/api/links/{id}/")).await.ok(), link);
    assert_eq!(app.records_of(&id).await["count"], 0, "its load is yet to come");
    let (_, sent) = app.advance_clock(json!({"by": "15s"})).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(app.records_of(&id).await["count"], 1);
    assert_ne!(app.create_link(CURP).await.id(), next);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn what_was_under_way_at_the_fork_is_sent_by_both() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    let under_way = app.emulator.poll_attempt().unwrap();
    app.post("/_emulator/fork", json!({"credentials": "fork:1"})).await.no_content();
    let again = app.send_webhooks();
    assert_eq!((again.len(), again[0].attempt), (1, 1));
    assert_eq!(again[0].bytes, under_way.body());
    assert!(app.emulator.report(&under_way, true).is_some());
    assert_eq!(app.emulator.deliveries("fork", "1").len(), 1);
}

#[actix_web::test]
async fn a_fork_needs_keys_that_are_new() {
    let app = app_with(&["--webhook-url", RECEIVER, "--credentials", "id:password"]).await;
    app.post("/_emulator/fork", json!({"credentials": "other:keys"})).await.no_content();
    app.log_in_as("other", "keys");
    app.get("/api/").await.ok();
    let (code, field, _) =
        app.post("/_emulator/fork", json!({"credentials": "id:password"})).await.problem(409);
    assert_eq!((code.as_str(), field.as_deref()), ("account_exists", Some("credentials")));
    for keys in ["", ":", "id", "id:", ":password"] {
        let (code, field, message) =
            app.post("/_emulator/fork", json!({"credentials": keys})).await.problem(400);
        assert_eq!((code.as_str(), field.as_deref()), ("invalid", Some("credentials")));
        assert!(message.starts_with("Write the keys as ID:PASSWORD"), "{message}");
    }
}

#[actix_web::test]
async fn beyond_the_limit_the_account_goes_that_was_idle_the_longest() {
    let app = app_with(&["--webhook-url", RECEIVER, "--accounts", "3"]).await;
    let link_of = async |account: &str| {
        app.log_in_as(account, "keys");
        app.create_link(CURP).await.created();
    };
    for account in ["one", "two", "three"] {
        link_of(account).await;
    }
    app.log_in_as("one", "keys");
    app.get("/api/").await.ok();
    link_of("four").await;
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 3, "nothing of the second is left");
    let links_of = async |account: &str| {
        app.log_in_as(account, "keys");
        app.get("/api/links/").await.ok()["count"].clone()
    };
    for account in ["one", "three", "four"] {
        assert_eq!(links_of(account).await, 1, "{account}");
    }
    assert_eq!(links_of("two").await, 0);
}
