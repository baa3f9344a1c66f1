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

/// All that the control API shows is as with keys that were never used, the file of the account
/// included, in which nearly everything is.
#[actix_web::test]
async fn after_a_reset_all_that_can_be_seen_is_as_in_the_beginning() {
    let app = app_with(&["--webhook-url", RECEIVER, "--rate-limits", "documented"]).await;
    let see = async || {
        let mut seen = Vec::new();
        for path in [
            "clock",
            "webhooks/endpoint",
            "webhooks/deliveries",
            "faults",
            "armed",
            "default-scenario",
            "requests",
            "snapshot",
        ] {
            seen.push(app.get(&format!("/_emulator/{path}")).await.ok());
        }
        seen
    };
    let begin = async || {
        let link = app.create_link("RETI550101HXXXXX00").await.json();
        (app.create_token_with(json!({})).await.json(), link)
    };
    let (unused, begun) = (see().await, begin().await);

    let token = begun.0["access"].as_str().unwrap();
    let link = json!({
        "institution": "planet_mx_employment",
        "username": CURP,
        "access_mode": "single",
    });
    app.call_with(token, Method::POST, "/api/links/", Some(link.clone())).await.created();
    app.create_link("FAIL403001HXXXXX00").await.created();
    let endpoint = json!({"url": "http://other.test/", "retries": 1, "retry_delay": "3s"});
    app.put("/_emulator/webhooks/endpoint", endpoint).await.ok();
    app.post("/_emulator/armed", json!({"scenario": "nss_not_found"})).await.created();
    app.put("/_emulator/default-scenario", json!({"scenario": "retired"})).await.ok();
    app.fault(json!({"fault": {"webhook_late": {"by": "7s"}}})).await;
    app.advance_clock(json!({"by": "15s"})).await;
    app.set_clock(json!({"mode": "skip"})).await;
    for _ in 0..80 {
        app.get("/api/").await;
    }
    assert!(see().await.iter().zip(&unused).all(|(now, before)| now != before));

    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(see().await, unused);
    assert_eq!(begin().await, begun, "the requests of before do not count, either");
    app.call_with(token, Method::POST, "/api/links/", Some(link)).await.created();
    app.post("/_emulator/reset", json!({})).await.ok();
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

/// The file of the account shows nearly all of its state: only tokens are its own.
#[actix_web::test]
async fn a_fork_has_all_but_the_past_and_the_tokens() {
    let app = app().await;
    app.set_clock(json!({"mode": "manual"})).await;
    let token = app.access_token().await;
    app.create_link(CURP).await.created();
    app.advance_clock(json!({"by": "15s"})).await;
    app.create_link("FAIL403001HXXXXX00").await.created();
    app.create_link("MOVE900101MXXXXX00").await.created();
    app.post("/_emulator/armed", json!({"scenario": "nss_not_found"})).await.created();
    app.put("/_emulator/default-scenario", json!({"scenario": "retired"})).await.ok();
    app.fault(json!({"fault": {"webhook_late": {"by": "7s"}}})).await;
    let endpoint = json!({"url": "http://other.test/", "retries": 1, "retry_delay": "3s"});
    let endpoint = app.put("/_emulator/webhooks/endpoint", endpoint).await.ok();
    let created_by = app.get("/api/links/").await.ok()["results"][0]["created_by"].clone();
    let mut file = app.get("/_emulator/snapshot").await.ok();
    let last = app.get("/_emulator/webhooks/deliveries").await.ok()["last_cursor"].clone();
    app.post("/_emulator/fork", json!({"credentials": "fork:keys"})).await.no_content();

    app.log_in_as("fork", "keys");
    file["account"]["counters"]["tokens"] = json!(0);
    assert_eq!(app.get("/_emulator/snapshot").await.ok(), file);
    assert_eq!(app.get("/_emulator/webhooks/endpoint").await.ok(), endpoint);
    let deliveries = app.get("/_emulator/webhooks/deliveries").await.ok();
    assert_eq!(deliveries["deliveries"], json!([]));
    assert_eq!(deliveries["last_cursor"], last, "no cursor is given twice");
    assert_eq!(deliveries["evicted"], last);
    app.delete("/_emulator/armed").await;
    let own = app.create_link("LOLJ970312MBSPPN08").await.json()["created_by"].clone();
    assert_ne!(own, created_by, "it has keys of its own");
    assert_ne!(app.access_token().await, token);
    app.advance_clock(json!({"by": "1h"})).await;
    app.log_in_as("id", "password");
    app.post("/_emulator/reset", json!({})).await.ok();
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
    let app = app_with(&[
        "--webhook-url",
        RECEIVER,
        "--credentials",
        "id:password",
        "--credentials",
        "other:keys",
    ])
    .await;
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
    app.advance(TimeDelta::minutes(60));
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
    app.advance(TimeDelta::minutes(60));
    assert_eq!(links_of("two").await, 0);
}

#[actix_web::test]
async fn a_fork_takes_the_place_of_the_idlest_too_and_the_tokens_of_that_end() {
    let app = app_with(&["--accounts", "2"]).await;
    app.log_in_as("idle", "keys");
    let token = app.access_token().await;
    app.log_in_as("id", "password");
    app.create_link(CURP).await.created();
    app.post("/_emulator/fork", json!({"credentials": "fork:keys"})).await.no_content();
    let path = "/api/institutions/";
    assert_eq!(app.call_with(&token, Method::GET, path, None).await.status, 401);
    for (id, links) in [("id", 1), ("fork", 1), ("idle", 0)] {
        app.advance(TimeDelta::minutes(60));
        app.log_in_as(id, if id == "id" { "password" } else { "keys" });
        assert_eq!(app.get("/api/links/").await.ok()["count"], links, "{id}");
    }
}
