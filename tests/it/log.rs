//! The log of an account: one cursor for all that happens, and a budget for all accounts.

use belvo_emulator::Outcome;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, app_with};

const JOURNAL: &str = "/_emulator/requests";
const DELIVERIES: &str = "/_emulator/webhooks/deliveries";

#[actix_web::test]
async fn an_advance_says_how_many_webhooks_came_and_where_the_others_are() {
    let app = app_with(&["--webhook-url", RECEIVER, "--clock", "manual"]).await;
    for _ in 0..150 {
        app.create_link(CURP).await.created();
    }
    let (advanced, sent) = app.advance_clock(json!({"by": "15s"})).await;
    assert_eq!((sent.len(), &advanced["deliveries_count"]), (150, &json!(150)));
    let shown = advanced["deliveries"].as_array().unwrap();
    assert_eq!((shown.len(), &advanced["evicted"]), (100, &json!(0)));
    let rest = app.get(&format!("{DELIVERIES}?after={}", advanced["next_after"])).await.ok();
    let rest_shown = rest["deliveries"].as_array().unwrap();
    assert_eq!((rest_shown.len(), &rest["next_after"]), (50, &Value::Null));
    let ids = shown.iter().chain(rest_shown).map(|delivery| delivery["id"].as_u64().unwrap());
    assert!(ids.eq(1..=150), "each is shown once");
    let (advanced, _) = app.advance_clock(json!({"by": "1s"})).await;
    assert_eq!((&advanced["deliveries_count"], &advanced["deliveries"]), (&json!(0), &json!([])));
}

#[actix_web::test]
async fn an_account_that_took_more_than_its_share_gives_it_up_although_it_does_nothing() {
    let app = app_with(&["--log-budget", "1MiB"]).await;
    let fill = async |id: &str, count: usize| {
        app.log_in_as(id, "password");
        for _ in 0..count {
            app.post_text("/api/links/", &"x".repeat(20_000)).await.problem(400);
        }
    };
    let kept = async |id: &str| {
        app.log_in_as(id, "password");
        let list = app.get(&format!("{JOURNAL}?limit=1000")).await.ok();
        (list["requests"].as_array().unwrap().len(), list["evicted"].as_u64().unwrap())
    };
    fill("hog", 100).await;
    let (alone, evicted) = kept("hog").await;
    assert!((55..64).contains(&alone), "an account alone has all of it: {alone}");
    assert_eq!(alone as u64 + evicted, 100);
    for id in ["b", "c", "d"] {
        fill(id, 100).await;
    }
    for id in ["hog", "b", "c", "d"] {
        let (shared, evicted) = kept(id).await;
        assert!((12..=16).contains(&shared), "{id} has a quarter: {shared}");
        assert_eq!(shared as u64 + evicted, 100, "{id}");
        assert_eq!(app.emulator.check_invariants(id, "password"), Ok(()));
    }
    app.log_in_as("hog", "password");
    app.post("/_emulator/reset", json!({})).await.ok();
    let list = app.get(JOURNAL).await.ok();
    assert_eq!((&list["last_cursor"], &list["evicted"]), (&json!(0), &json!(0)));
    fill("b", 10).await;
    let (more, _) = kept("b").await;
    assert!(more >= 22, "what the reset gave up is for the others: {more}");
}

#[actix_web::test]
async fn the_outcomes_of_many_retries_are_in_the_budget_and_what_is_gone_is_counted() {
    let flags = ["--webhook-url", RECEIVER, "--webhook-retries", "50", "--log-budget", "256KiB"];
    let app = app_with(&flags).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    for number in 1..=51 {
        let pending = app.emulator.poll_attempt().unwrap();
        assert_eq!(pending.number(), number);
        let body = "x".repeat(16 * 1024);
        let outcome = Outcome { body, ..Outcome::status(500) };
        app.emulator.report_outcome(&pending, outcome);
        let shown = app.get(&format!("{DELIVERIES}/1")).await.ok();
        let attempts = shown["attempts"].as_array().unwrap();
        let evicted = shown["attempts_evicted"].as_u64().unwrap();
        assert_eq!(evicted + attempts.len() as u64, u64::from(number));
        assert!(attempts.len() < 16, "{}", attempts.len());
        assert_eq!(attempts[0]["number"], evicted + 1, "the last ones are there");
        app.advance(TimeDelta::hours(1));
    }
    let shown = app.get(&format!("{DELIVERIES}/1")).await.ok();
    assert_eq!(shown["state"], "failed");
    let listed = app.get(DELIVERIES).await.ok();
    assert_eq!(listed["deliveries"], json!([shown]));
    assert_eq!(app.emulator.check_invariants("id", "password"), Ok(()));
}

/// A pending webhook stays in the list when the log no longer has its last change.
#[actix_web::test]
async fn what_is_pending_is_listed_whatever_the_log_has_forgotten() {
    let app = app_with(&["--webhook-url", RECEIVER, "--log-budget", "64KiB"]).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks_to(|_| false);
    for _ in 0..10 {
        app.post_text("/api/links/", &"x".repeat(20_000)).await.problem(400);
    }
    let list = app.get(DELIVERIES).await.ok();
    let delivery = &list["deliveries"][0];
    assert_eq!((&delivery["state"], &delivery["attempts_evicted"]), (&json!("pending"), &json!(1)));
    assert!(delivery["cursor"].as_u64() < list["evicted"].as_u64());
    let none = app.get(&format!("{DELIVERIES}?after={}", delivery["cursor"])).await.ok();
    assert_eq!(none["deliveries"], json!([]));
    app.advance(TimeDelta::seconds(10));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_wait_says_what_the_log_has_forgotten() {
    let flags = ["--webhook-url", RECEIVER, "--clock", "skip", "--log-budget", "64KiB"];
    let app = app_with(&flags).await;
    app.create_link(CURP).await.created();
    let came = app.await_webhook(json!({})).await.ok();
    for _ in 0..10 {
        app.post_text("/api/links/", &"x".repeat(20_000)).await.problem(400);
    }
    let evicted = app.get(JOURNAL).await.ok()["evicted"].clone();
    let (_, _, message) = app.await_webhook(json!({"timeout": "0s"})).await.problem(408);
    let gone = format!("the log (--log-budget) no longer has what came up to cursor {evicted}.");
    assert!(message.contains(&gone), "{message}");
    let none = json!({"expect": "none", "within": "1s"});
    let (code, _, message) = app.await_webhook(none).await.problem(409);
    assert_eq!(code, "log_evicted");
    let sentence = format!("no longer has what happened up to cursor {evicted}.");
    assert!(message.contains(&sentence), "{message}");
    let none = json!({"expect": "none", "within": "1s", "after": evicted});
    app.await_webhook(none).await.no_content();
    assert!(came["cursor"].as_u64() < evicted.as_u64());
}

#[actix_web::test]
async fn a_wait_finds_what_lies_before_and_behind_a_thousand_other_entries() {
    let app = app_with(&["--clock", "skip"]).await;
    let first = app.create_link(CURP).await.id();
    let came = app.await_webhook(json!({})).await.ok();
    for _ in 0..1100 {
        app.get("/api/").await;
    }
    let second = app.create_link(CURP).await.id();
    app.advance_clock(json!({"by": "15s"})).await;
    for (after, link) in [(json!(0), first), (came["cursor"].clone(), second)] {
        let found = app.await_webhook(json!({"after": after, "timeout": "0s"})).await.ok();
        assert_eq!(found["link"], link);
    }
}

#[actix_web::test]
async fn a_fork_knows_nothing_of_the_past_and_has_lost_nothing_of_its_own() {
    let app = app_with(&["--clock", "skip"]).await;
    app.create_link(CURP).await.created();
    app.await_webhook(json!({})).await.ok();
    app.post("/_emulator/fork", json!({"credentials": "fork:password"})).await.no_content();
    app.log_in_as("fork", "password");
    let none = json!({"expect": "none", "within": "1s"});
    app.await_webhook(none).await.no_content();
    app.post("/_emulator/requests/verify", json!({"requests": [{"count": 0}]})).await.ok();
}
