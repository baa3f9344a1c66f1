//! Webhooks on command: where they go to, what became of them, and others that have not happened.

use std::collections::BTreeMap;

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use belvo_emulator::{Outcome, Verdict};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, TestApp, app, app_with, is_hex};

const ENDPOINT: &str = "/_emulator/webhooks/endpoint";
const DELIVERIES: &str = "/_emulator/webhooks/deliveries";
const TRIGGER: &str = "/_emulator/webhooks/trigger";
const OTHER: &str = "http://other.test/hooks";
const UNKNOWN_LINK: &str = "00000000-0000-4000-8000-000000000000";

fn load_delay() -> TimeDelta {
    TimeDelta::seconds(15)
}

/// The numbers of some deliveries.
fn ids(list: &Value) -> Vec<u64> {
    let deliveries = list["deliveries"].as_array().unwrap();
    deliveries.iter().map(|delivery| delivery["id"].as_u64().unwrap()).collect()
}

/// Their cursors.
fn cursors(list: &Value) -> Vec<u64> {
    let deliveries = list["deliveries"].as_array().unwrap();
    deliveries.iter().map(|delivery| delivery["cursor"].as_u64().unwrap()).collect()
}

// The endpoint

#[actix_web::test]
async fn the_endpoint_of_the_flags_is_shown_without_its_secrets() {
    let app = app_with(&[
        "--webhook-url",
        "http://me:hidden@one.test/a?token=hidden#hidden",
        "--webhook-url",
        "http://two.test/b",
        "--webhook-authorization",
        "Bearer hidden",
        "--webhook-retries",
        "7",
        "--webhook-retry-delay",
        "90s",
    ])
    .await;
    let shown = json!({
        "url": "http://one.test/a",
        "other_urls": ["http://two.test/b"],
        "has_authorization": true,
        "retries": 7,
        "retry_delay": "1m 30s",
        "temporary": false,
    });
    assert_eq!(app.get(ENDPOINT).await.ok(), shown);
    let none = json!({
        "url": null,
        "other_urls": [],
        "has_authorization": false,
        "retries": 5,
        "retry_delay": "10s",
        "temporary": false,
    });
    assert_eq!(app_with(&[]).await.get(ENDPOINT).await.ok(), none);
}

#[actix_web::test]
async fn an_endpoint_takes_the_place_of_those_of_the_flags_until_a_reset() {
    let urls = ["http://one.test/", "http://two.test/"];
    let flags = ["--webhook-authorization", "Bearer old", "--webhook-retries", "0"];
    let app =
        app_with(&[&["--webhook-url", urls[0], "--webhook-url", urls[1]], &flags[..]].concat())
            .await;
    let set = json!({"url": OTHER, "authorization": "Bearer new", "retry_delay": "1m"});
    let shown = app.put(ENDPOINT, set).await.ok();
    assert_eq!((&shown["url"], &shown["other_urls"]), (&json!(OTHER), &json!([])));
    assert_eq!((&shown["retries"], &shown["retry_delay"]), (&json!(0), &json!("1m")));
    let shown = app.put(ENDPOINT, json!({"url": OTHER, "retries": 1})).await.ok();
    assert_eq!(shown["has_authorization"], false, "it is said anew each time");
    assert_eq!((&shown["retries"], &shown["retry_delay"]), (&json!(1), &json!("1m")));

    app.create_link(CURP).await.created();
    app.advance(load_delay());
    for (number, verdict) in [(1, Verdict::RetryIn(TimeDelta::minutes(1))), (2, Verdict::GivenUp)] {
        let pending = app.emulator.poll_attempt().unwrap();
        assert_eq!((pending.url(), pending.authorization()), (OTHER, None));
        assert_eq!(pending.number(), number);
        assert_eq!(app.emulator.report(&pending, false), Some(verdict));
        assert!(app.emulator.poll_attempt().is_none());
        app.advance(TimeDelta::minutes(1));
    }

    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], urls[0]);
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    for url in urls {
        let pending = app.emulator.poll_attempt().unwrap();
        assert_eq!((pending.url(), pending.authorization()), (url, Some("Bearer old")));
        app.emulator.report(&pending, true);
    }
}

/// The URLs and the authorizations of the webhooks of one event.
async fn targets<S>(app: &TestApp<S>) -> Vec<(String, Option<String>)>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    let mut targets = Vec::new();
    while let Some(pending) = app.emulator.poll_attempt() {
        targets.push((pending.url().to_owned(), pending.authorization().map(str::to_owned)));
        app.emulator.report(&pending, true);
    }
    targets
}

#[actix_web::test]
async fn a_temporary_endpoint_gives_way_to_all_that_was_before_it() {
    let flags = ["--webhook-url", "http://one.test/?a=hidden", "--webhook-url", "http://two.test/"];
    let app = app_with(&[&flags[..], &["--webhook-authorization", "Bearer 1"]].concat()).await;
    let before = (app.get(ENDPOINT).await.ok(), targets(&app).await);
    assert_eq!(before.1.len(), 2);
    let lent = json!({"url": OTHER, "temporary": true, "retries": 0});
    let shown = app.put(ENDPOINT, lent.clone()).await.ok();
    assert_eq!((&shown["url"], &shown["temporary"]), (&json!(OTHER), &json!(true)));
    // Another one in its place, and one that is set twice, leave what comes back.
    let third = json!({"url": "http://third.test/", "temporary": true});
    for endpoint in [&third, &lent, &lent] {
        app.put(ENDPOINT, endpoint.clone()).await.ok();
    }
    assert_eq!(targets(&app).await, [(OTHER.to_owned(), None)]);
    let of_another = format!("{ENDPOINT}?url=http://third.test/");
    let (code, _, message) = app.delete(&of_another).await.problem(409);
    assert_eq!(code, "endpoint_changed");
    assert!(message.contains("is not http://third.test/. Nothing was removed."), "{message}");
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], OTHER);
    app.delete(&format!("{ENDPOINT}?url={OTHER}")).await.no_content();
    assert_eq!((app.get(ENDPOINT).await.ok(), targets(&app).await), before);
    // It was given back, and the next removal removes all.
    app.delete(ENDPOINT).await.no_content();
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], Value::Null);
    let (_, field, message) = app.delete(&format!("{ENDPOINT}?url=here")).await.problem(400);
    assert_eq!(field.as_deref(), Some("url"), "{message}");
}

#[actix_web::test]
async fn an_endpoint_that_is_set_for_good_ends_a_temporary_one() {
    let app = app().await;
    app.put(ENDPOINT, json!({"url": OTHER, "temporary": true})).await.ok();
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    app.put("/_emulator/snapshot", snapshot).await.ok();
    assert_eq!(app.get(ENDPOINT).await.ok()["temporary"], true, "a snapshot has no endpoints");
    app.put(ENDPOINT, json!({"url": OTHER})).await.ok();
    assert_eq!(app.get(ENDPOINT).await.ok()["temporary"], false);
    app.delete(ENDPOINT).await.no_content();
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], Value::Null);
    app.put(ENDPOINT, json!({"url": OTHER, "temporary": true})).await.ok();
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], RECEIVER);
}

#[actix_web::test]
async fn what_is_on_its_way_stays_on_it_when_the_endpoint_changes() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    let pending = app.emulator.poll_attempt().unwrap();
    app.put(ENDPOINT, json!({"url": OTHER})).await.ok();
    app.emulator.report(&pending, false);
    app.delete(ENDPOINT).await.no_content();
    app.advance(TimeDelta::seconds(10));
    let again = app.emulator.poll_attempt().unwrap();
    assert_eq!((again.url(), again.number()), (RECEIVER, 2));
    assert_eq!(app.emulator.report(&again, true), Some(Verdict::Delivered));
}

#[actix_web::test]
async fn without_an_endpoint_events_are_kept_until_there_is_one_again() {
    let app = app().await;
    app.delete(ENDPOINT).await.no_content();
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], Value::Null);
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    assert!(app.emulator.poll_attempt().is_none());
    let kept = app.get(&format!("{DELIVERIES}/1")).await.ok();
    assert_eq!((&kept["state"], &kept["url"]), (&json!("undeliverable"), &Value::Null));
    app.put(ENDPOINT, json!({"url": OTHER})).await.ok();
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    assert_eq!(app.send_webhooks().len(), 1, "what was kept is sent on request only");
}

#[actix_web::test]
async fn the_endpoint_of_one_account_is_not_that_of_another() {
    let app = app().await;
    app.put(ENDPOINT, json!({"url": OTHER})).await.ok();
    app.log_in_as("other", "password");
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], RECEIVER);
}

#[actix_web::test]
async fn a_wrong_endpoint_is_refused_with_the_key_that_is_wrong() {
    let app = app().await;
    let good = "http://good.test/";
    for (body, field, says) in [
        (json!({}), Some("url"), "The key \"url\" is missing."),
        (json!({"url": null}), Some("url"), "Expected a text, not null."),
        (json!({"url": "localhost:9000"}), Some("url"), "such as http://localhost:9000/webhooks"),
        (json!({"url": "ftp://a.test/"}), Some("url"), "begins with ftp:"),
        (
            json!({"url": "http://169.254.169.254/latest"}),
            Some("url"),
            "a cloud tells a machine its secrets",
        ),
        (json!({"url": "http://0xa9fea9fe/"}), Some("url"), "a cloud tells a machine its secrets"),
        (json!({"url": "http://Metadata.Google.Internal./"}), Some("url"), "never sent there"),
        (json!({"url": good, "authorization": "a\r\nb"}), Some("authorization"), "line breaks"),
        (json!({"url": good, "retries": -1}), Some("retries"), "-1"),
        (json!({"url": good, "retries": 1001}), Some("retries"), "1000 retries at most"),
        (json!({"url": good, "retry_delay": 10}), Some("retry_delay"), "a duration such as"),
        (json!({"url": good, "retry_delay": "10"}), Some("retry_delay"), "write it as 500ms"),
        (json!({"url": good, "retry": 1}), Some("retry"), "the keys are: url"),
        (json!({"url": good, "has_authorization": true}), Some("has_authorization"), "no key here"),
        (json!("http://good.test/"), None, "Expected an object, not \"http"),
    ] {
        let (code, named, message) = app.put(ENDPOINT, body.clone()).await.problem(400);
        assert_eq!((code.as_str(), named.as_deref()), ("invalid", field), "{body}: {message}");
        assert!(message.contains(says), "{body}: {message}");
    }
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], RECEIVER, "nothing of it was done");
    assert_eq!(app.get(ENDPOINT).await.ok()["retries"], 5);
}

// Deliveries

#[actix_web::test]
async fn a_delivery_shows_its_payload_its_attempts_and_the_receivers_answers() {
    let app = app_with(&["--webhook-url", "http://me:hidden@receiver.test/in?token=hidden"]).await;
    let created = app.create_link_with(CURP, json!({"external_id": "user-1"})).await;
    let request_id = created.headers.get("x-request-id").unwrap().to_str().unwrap().to_owned();
    let link = created.id();
    app.advance(load_delay());
    let waiting = app.get(&format!("{DELIVERIES}/1")).await;
    assert_eq!(waiting.ok()["state"], "pending");
    let pending = app.emulator.poll_attempt().unwrap();
    let payload = String::from_utf8(pending.body().to_vec()).unwrap();
    let answer = Outcome {
        status: Some(503),
        headers: BTreeMap::from([("retry-after".to_owned(), "1".to_owned())]),
        body: "not now".to_owned(),
        body_truncated: false,
        error: None,
        hint: None,
        latency_ms: 12,
    };
    app.emulator.report_outcome(&pending, answer);
    app.advance(TimeDelta::seconds(10));
    let pending = app.emulator.poll_attempt().unwrap();
    let refused = Outcome {
        error: Some("connection refused".to_owned()),
        hint: Some("start it".to_owned()),
        ..Outcome::default()
    };
    app.emulator.report_outcome(&pending, refused);
    app.advance(TimeDelta::seconds(20));
    app.send_webhooks();

    let shown = app.get(&format!("{DELIVERIES}/1")).await;
    assert!(!String::from_utf8_lossy(&shown.body).contains("hidden"));
    let text = String::from_utf8_lossy(&shown.body).into_owned();
    assert!(text.contains(&format!("\"payload\":{payload}")), "the payload is as it was sent");
    let shown = shown.ok();
    let expected = json!({
        "id": 1,
        "cursor": shown["cursor"],
        "state": "delivered",
        "link": link,
        "external_id": shown["payload"]["external_id"],
        "webhook_id": shown["payload"]["webhook_id"],
        "webhook_type": "EMPLOYMENT_RECORDS",
        "process_type": "historical_update",
        "webhook_code": "historical_update",
        "url": "http://receiver.test/in",
        "created_at": "2026-03-01T12:00:15.000000Z",
        "caused_by": request_id,
        "replay_of": null,
        "faults": [],
        "next_attempt_at": null,
        "payload": serde_json::from_str::<Value>(&payload).unwrap(),
        "attempts": [
            {"number": 1, "started_at": "2026-03-01T12:00:15.000000Z", "answer": {
                "status": 503, "headers": {"retry-after": "1"}, "body": "not now",
                "body_truncated": false, "error": null, "hint": null, "latency_ms": 12}},
            {"number": 2, "started_at": "2026-03-01T12:00:25.000000Z", "answer": {
                "status": null, "headers": {}, "body": "", "body_truncated": false,
                "error": "connection refused", "hint": "start it", "latency_ms": 0}},
            {"number": 3, "started_at": "2026-03-01T12:00:45.000000Z", "answer": {
                "status": 200, "headers": {}, "body": "", "body_truncated": false,
                "error": null, "hint": null, "latency_ms": 0}},
        ],
        "attempts_evicted": 0,
    });
    assert_eq!(shown, expected);
}

#[actix_web::test]
async fn deliveries_are_listed_in_the_order_of_their_last_change_and_by_each_filter() {
    let app = app().await;
    let first = app.create_link(CURP).await.id();
    let both =
        json!({"institution": "imss_mx_employment", "fetch_resources": ["CURRENT_EMPLOYMENTS"]});
    let second = app.create_link_with(CURP, both).await.id();
    app.advance(load_delay());
    // The second is finished before the first.
    let (one, two) = (app.emulator.poll_attempt().unwrap(), app.emulator.poll_attempt().unwrap());
    app.emulator.report(&two, true);
    app.emulator.report(&one, false);
    app.post(TRIGGER, json!({"link": first, "webhook_code": "token_required"})).await.created();
    let third = app.emulator.poll_attempt().unwrap();
    app.emulator.report(&third, true);

    let all = app.get(DELIVERIES).await.ok();
    let cursors: Vec<u64> = cursors(&all);
    for (query, expected) in [
        (String::new(), vec![2, 1, 3]),
        ("after=0".to_owned(), vec![2, 1, 3]),
        (format!("link={first}"), vec![1, 3]),
        (format!("link={second}&state=&webhook_type="), vec![2]),
        (format!("link={UNKNOWN_LINK}"), vec![]),
        ("webhook_type=CURRENT_EMPLOYMENTS".to_owned(), vec![2]),
        ("webhook_code=historical_update".to_owned(), vec![2, 1]),
        (format!("webhook_code=historical_update&link={first}"), vec![1]),
        ("webhook_type=LINK&webhook_code=historical_update".to_owned(), vec![]),
        ("state=pending".to_owned(), vec![1]),
        ("state=delivered".to_owned(), vec![2, 3]),
        (format!("after={}", cursors[0]), vec![1, 3]),
        (format!("after={}&state=delivered", cursors[0]), vec![3]),
        (format!("after={}", cursors[2]), vec![]),
    ] {
        let list = app.get(&format!("{DELIVERIES}?{query}")).await.ok();
        let last = (&list["last_cursor"], &list["next_after"], &list["evicted"]);
        assert_eq!(ids(&list), expected, "{query}");
        assert_eq!(last, (&all["last_cursor"], &Value::Null, &json!(0)), "{query}");
    }
    app.advance(TimeDelta::seconds(10));
    app.send_webhooks();
    let list = app.get(&format!("{DELIVERIES}?after={}", all["last_cursor"])).await.ok();
    assert_eq!(ids(&list), [1]);
}

#[actix_web::test]
async fn wrong_filters_name_their_parameter() {
    let app = app().await;
    for (query, field, says) in [
        ("lnk=1", "lnk", "the keys are: link, webhook_type, webhook_code, state, after, limit"),
        ("link=1", "link", "Expected an id such as"),
        ("webhook_type=link", "webhook_type", "CURRENT_EMPLOYMENTS, EMPLOYMENT_METRICS, LINK"),
        ("webhook_code=historical", "webhook_code", "historical_update, employment_changes"),
        ("state=done", "state", "pending, delivered, failed, cancelled, undeliverable, dropped"),
        ("after=x", "after", "Expected a whole number, not \"x\"."),
        ("after=-1", "after", "Expected a whole number, not \"-1\"."),
        ("after=7", "after", "7 is past the last cursor, which is 0"),
        ("limit=0", "limit", "0: expected 1 to 1000"),
        ("limit=1001", "limit", "1001: expected 1 to 1000"),
        ("state=failed&state=pending", "state", "stands here twice"),
    ] {
        let answer = app.get(&format!("{DELIVERIES}?{query}")).await;
        let (code, named, message) = answer.problem(400);
        assert_eq!((code.as_str(), named.as_deref()), ("invalid", Some(field)), "{query}");
        assert!(message.contains(says), "{query}: {message}");
    }
}

#[actix_web::test]
async fn an_unknown_delivery_is_answered_with_what_there_is() {
    let app = app_with(&["--webhook-url", RECEIVER, "--log-budget", "512KiB"]).await;
    let unknown = async |id: &str| {
        let replay = app.post(&format!("{DELIVERIES}/{id}/replay"), json!({})).await.problem(404);
        assert_eq!(app.get(&format!("{DELIVERIES}/{id}")).await.problem(404), replay);
        let (code, field, message) = replay;
        assert_eq!((code.as_str(), field), ("not_found", None));
        message
    };
    for id in ["1", "0", "-1", "x", "18446744073709551616"] {
        let expected = format!("There is no delivery \"{id}\": there are none.");
        assert_eq!(unknown(id).await, expected);
    }
    let link = app.create_link(CURP).await.id();
    app.advance(load_delay());
    assert_eq!(app.send_webhooks().len(), 1);
    assert!(unknown("2").await.ends_with(": there is only 1."));
    for _ in 0..1000 {
        app.post(TRIGGER, json!({"link": link, "webhook_code": "link_deleted"})).await.created();
    }
    app.send_webhooks();
    let message = unknown("1").await;
    let sentence = "to 1001. The log (--log-budget) no longer has what was finished up to cursor";
    assert!(message.contains(sentence), "{message}");
}

// Replays

#[actix_web::test]
async fn a_replay_is_a_new_delivery_of_the_same_bytes() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-authorization", "Bearer 1"]).await;
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    let pending = app.emulator.poll_attempt().unwrap();
    let bytes = pending.body().to_vec();
    // While the first is under way, and when it has been delivered.
    for (id, original_state) in [(2, "pending"), (3, "delivered")] {
        let original = app.get(&format!("{DELIVERIES}/1")).await.ok();
        assert_eq!(original["state"], original_state);
        let replay = app.post_text(&format!("{DELIVERIES}/1/replay"), "").await.created();
        assert_eq!((&replay["id"], &replay["replay_of"]), (&json!(id), &json!(1)));
        assert_eq!((&replay["state"], &replay["attempts"]), (&json!("pending"), &json!([])));
        for key in ["webhook_id", "webhook_code", "payload", "link", "caused_by", "url"] {
            assert_eq!(replay[key], original[key], "{key}");
        }
        if id == 2 {
            assert!(app.emulator.poll_attempt().is_none(), "the original has no answer yet");
            app.emulator.report(&pending, true);
        }
        let again = app.emulator.poll_attempt().unwrap();
        assert_eq!((again.url(), again.authorization()), (RECEIVER, Some("Bearer 1")));
        assert_eq!((again.body(), again.number()), (&*bytes, 1));
        assert_eq!(app.emulator.report(&again, true), Some(Verdict::Delivered));
    }
    let list = app.get(DELIVERIES).await.ok();
    assert_eq!(ids(&list), [1, 2, 3]);
    // A replay of a replay, which fails and is retried like any other.
    app.post(&format!("{DELIVERIES}/3/replay"), json!({})).await.created();
    let verdict = app.send_webhooks_to(|_| false)[0].verdict;
    assert_eq!(verdict, Verdict::RetryIn(TimeDelta::seconds(10)));
    app.advance(TimeDelta::seconds(10));
    assert_eq!(app.send_webhooks()[0].bytes, bytes);
}

#[actix_web::test]
async fn a_replay_can_have_another_body_and_go_elsewhere_without_the_secret() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-authorization", "Bearer 1"]).await;
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    let bytes = app.send_webhooks().remove(0).bytes;
    let path = format!("{DELIVERIES}/1/replay");
    let edited = r#"{"zebra": 1.50,  "ant": [null]}"#;
    for (body, url, authorization, sent) in [
        (format!(r#"{{"body": {edited}}}"#), RECEIVER, Some("Bearer 1"), edited.as_bytes()),
        (r#"{"body": "text"}"#.to_owned(), RECEIVER, Some("Bearer 1"), br#""text""#),
        (r#"{"body": null, "url": null}"#.to_owned(), RECEIVER, Some("Bearer 1"), &bytes),
        (format!(r#"{{"url": "{OTHER}"}}"#), OTHER, None, &bytes),
        (format!(r#"{{"url": "{RECEIVER}"}}"#), RECEIVER, Some("Bearer 1"), &bytes),
        (format!(r#"{{"url": "{OTHER}", "authorization": "a"}}"#), OTHER, Some("a"), &bytes),
        (r#"{"authorization": "b"}"#.to_owned(), RECEIVER, Some("b"), &bytes),
        (r#"{"authorization": ""}"#.to_owned(), RECEIVER, None, &bytes),
    ] {
        let replay = app.post_text(&path, &body).await;
        assert_eq!(replay.created()["url"], url, "{body}");
        let shown = String::from_utf8_lossy(&replay.body).into_owned();
        let payload = format!("\"payload\":{}", String::from_utf8_lossy(sent));
        assert!(shown.contains(&payload), "{body}: {shown}");
        let pending = app.emulator.poll_attempt().unwrap();
        assert_eq!((pending.url(), pending.authorization()), (url, authorization), "{body}");
        assert_eq!(pending.body(), sent, "{body}");
        app.emulator.report(&pending, true);
    }
    assert_eq!(app.get(ENDPOINT).await.ok()["url"], RECEIVER);
}

#[actix_web::test]
async fn wrong_replays_are_refused_with_the_key_that_is_wrong() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    app.send_webhooks();
    for (body, field, says) in [
        (json!({"url": "nope"}), "url", "is not a URL"),
        (
            json!({"url": "http://[::ffff:169.254.169.254]/"}),
            "url",
            "a cloud tells a machine its secrets",
        ),
        (json!({"url": "http://metadata.goog/"}), "url", "never sent there"),
        (json!({"authorization": "a\nb"}), "authorization", "line breaks"),
        (json!({"payload": {}}), "payload", "the keys are: url, authorization, body"),
    ] {
        let answer = app.post(&format!("{DELIVERIES}/1/replay"), body.clone()).await;
        let (code, named, message) = answer.problem(400);
        assert_eq!((code.as_str(), named.as_deref()), ("invalid", Some(field)), "{body}");
        assert!(message.contains(says), "{body}: {message}");
    }
    assert_eq!(ids(&app.get(DELIVERIES).await.ok()), [1]);
}

#[actix_web::test]
async fn what_had_nowhere_to_go_is_replayed_to_the_endpoint_that_there_is_now() {
    let app = app_with(&[]).await;
    app.create_link(CURP).await.created();
    app.advance(load_delay());
    let path = format!("{DELIVERIES}/1/replay");
    let (code, field, message) = app.post(&path, json!({})).await.problem(400);
    assert_eq!((code.as_str(), field.as_deref()), ("invalid", Some("url")));
    assert!(message.contains("say where with url, or set the account's endpoint"), "{message}");
    app.post(&path, json!({"url": OTHER})).await.created();
    assert_eq!(app.emulator.poll_attempt().map(report_to(&app.emulator)), Some(None));
    let endpoint = json!({"url": RECEIVER, "authorization": "Bearer 1"});
    app.put(ENDPOINT, endpoint).await.ok();
    for body in [json!({}), json!({"url": RECEIVER})] {
        assert_eq!(app.post(&path, body).await.created()["url"], RECEIVER);
        let sent = app.emulator.poll_attempt().map(report_to(&app.emulator));
        assert_eq!(sent, Some(Some("Bearer 1".to_owned())));
    }
    assert_eq!(app.get(&path.replace("/replay", "")).await.ok()["state"], "undeliverable");
}

/// Accepts an attempt and tells its authorization.
fn report_to(
    emulator: &belvo_emulator::Emulator,
) -> impl Fn(belvo_emulator::PendingAttempt) -> Option<String> {
    |pending| {
        emulator.report(&pending, true);
        pending.authorization().map(str::to_owned)
    }
}

#[actix_web::test]
async fn a_cancelled_delivery_can_be_replayed_after_its_link_is_gone() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(load_delay());
    let bytes = app.send_webhooks_to(|_| false).remove(0).bytes;
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    assert_eq!(app.get(&format!("{DELIVERIES}/1")).await.ok()["state"], "cancelled");
    app.post(&format!("{DELIVERIES}/1/replay"), json!({})).await.created();
    let failed = app.send_webhooks_to(|_| false);
    assert_eq!(failed[0].bytes, bytes);
    app.advance(TimeDelta::seconds(10));
    assert_eq!(app.send_webhooks()[0].verdict, Verdict::Delivered);
}

// Events on command

#[actix_web::test]
async fn every_documented_event_can_be_triggered() {
    let app = app().await;
    let fetched = json!(["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"]);
    let fields = json!({
        "institution": "imss_mx_employment",
        "fetch_resources": fetched,
        "external_id": "user-1",
    });
    let link = app.create_link_with(CURP, fields).await.id();
    let historical = "historical_update";
    let [records, current] = ["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"];
    let changes = json!({"employment_changes": ["EMPLOYED", "SALARY_INCREASED"]});
    let refused = json!({
        "error_code": "login_error",
        "error_message": "Invalid credentials provided to login to the institution",
        "status": 400,
    });
    let token = json!({
        "error_code": "token_required",
        "error_message": "A MFA token is required by the institution to login",
        "status": 428,
    });
    let counted = |count: usize| {
        let records_data = json!({"total_employment_record_profiles": count});
        let current_data = json!({"total_current_employments": count});
        [
            (records, historical, historical, records_data),
            (current, historical, historical, current_data),
        ]
    };
    let link_events = [
        (records, "recurrent_update", "employment_changes", changes),
        ("LINK", "recurrent_update", "invalid_credentials", refused),
        ("LINK", "recurrent_update", "token_required", token),
        ("LINK", "recurrent_update", "link_deleted", json!({})),
    ];
    let before = counted(0);
    let after = counted(1);
    let mut webhook_ids = Vec::new();
    for (events, is_loaded) in [(&before[..], false), (&link_events, false), (&after, true)] {
        if is_loaded {
            app.advance(load_delay());
            app.send_webhooks();
        }
        for (webhook_type, process_type, code, data) in events {
            let body = json!({"link": link, "webhook_type": webhook_type, "webhook_code": code});
            let triggered = app.post(TRIGGER, body).await.created();
            let delivery = &triggered["deliveries"][0];
            assert_eq!(delivery["caused_by"], Value::Null);
            assert_eq!(delivery["webhook_code"], *code);
            let sent = app.send_webhooks();
            assert_eq!(sent.len(), 1, "{code}");
            let payload = sent[0].body();
            assert_eq!(payload, delivery["payload"]);
            assert_eq!(payload.as_object().unwrap().len(), 8);
            assert_eq!(payload["webhook_type"], *webhook_type);
            assert_eq!(payload["process_type"], *process_type);
            assert_eq!(payload["webhook_code"], *code);
            assert_eq!(
                (&payload["link_id"], &payload["external_id"]),
                (&json!(link), &json!("user-1"))
            );
            assert_eq!(payload["data"], *data, "{code}");
            assert!(is_hex(payload["webhook_id"].as_str().unwrap()));
            webhook_ids.push(payload["webhook_id"].to_string());
        }
    }
    webhook_ids.sort();
    webhook_ids.dedup();
    assert_eq!(webhook_ids.len(), 8, "each is an event of its own");
}

#[actix_web::test]
async fn a_triggered_event_changes_nothing_but_the_list_of_deliveries() {
    let with = app().await;
    let without = app().await;
    let mut states = Vec::new();
    for (app, triggers) in [(&with, true), (&without, false)] {
        let link = app.create_link_with("GONE900101HXXXXX00", json!({"access_mode": "recurrent"}));
        let link = link.await.id();
        for code in ["link_deleted", "invalid_credentials", "token_required", "employment_changes"]
        {
            if triggers {
                app.post(TRIGGER, json!({"link": link, "webhook_code": code})).await.created();
                app.send_webhooks();
            }
        }
        let mut state = vec![app.get(&format!("/api/links/{link}/")).await.ok()];
        app.advance(TimeDelta::days(8));
        let sent = app.send_webhooks();
        assert_eq!(sent.len(), 2, "the load, and the refresh that failed");
        state.extend(sent.iter().map(|sent| sent.body()));
        state.push(app.get(&format!("/api/links/{link}/")).await.ok());
        state.push(app.records_of(&link).await);
        states.push(state);
    }
    assert_eq!(states[0], states[1]);
}

#[actix_web::test]
async fn a_triggered_event_goes_to_every_endpoint_or_is_kept() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-url", OTHER]).await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let body = json!({"link": link, "webhook_code": "link_deleted"});
    let triggered = app.post(TRIGGER, body.clone()).await.created();
    assert_eq!((ids(&triggered), &triggered["next_after"]), (vec![1, 2], &Value::Null));
    assert_eq!(cursors(&triggered)[1], triggered["last_cursor"]);
    let urls: Vec<&Value> =
        triggered["deliveries"].as_array().unwrap().iter().map(|to| &to["url"]).collect();
    assert_eq!(urls, [RECEIVER, OTHER]);
    let sent = app.send_webhooks();
    assert_eq!(sent[0].bytes, sent[1].bytes);
    app.delete(ENDPOINT).await.no_content();
    let kept = app.post(TRIGGER, body).await.created();
    assert_eq!((ids(&kept), &kept["last_cursor"]), (vec![3], &json!(cursors(&kept)[0])));
    assert_eq!(kept["deliveries"][0]["state"], "undeliverable");
}

#[actix_web::test]
async fn faults_strike_what_is_triggered_and_leave_replays_alone() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let body = json!({"link": link, "webhook_code": "link_deleted"});
    let faults = "/_emulator/faults";
    app.post(faults, json!({"fault": {"webhook_duplicate": {}}, "times": 1})).await.created();
    assert_eq!(ids(&app.post(TRIGGER, body.clone()).await.created()), [1, 2]);
    assert_eq!(app.send_webhooks().len(), 2);
    app.post(faults, json!({"fault": "webhook_drop"})).await.created();
    let dropped = app.post(TRIGGER, body).await.created();
    assert_eq!(dropped["deliveries"][0]["state"], "dropped");
    assert_eq!(ids(&app.get(&format!("{DELIVERIES}?state=dropped")).await.ok()), [3]);
    let replay = app.post(&format!("{DELIVERIES}/3/replay"), json!({})).await.created();
    assert_eq!((&replay["state"], &replay["faults"]), (&json!("pending"), &json!([])));
    assert_eq!(app.send_webhooks()[0].verdict, Verdict::Delivered);
}

#[actix_web::test]
async fn the_data_of_a_triggered_event_can_be_other_than_it_would_be() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    for (code, webhook_type, data, expected) in [
        (
            "historical_update",
            "EMPLOYMENT_RECORDS",
            json!({"total_employment_record_profiles": 3}),
            json!({"total_employment_record_profiles": 3}),
        ),
        (
            "employment_changes",
            "EMPLOYMENT_RECORDS",
            json!({"employment_changes": ["UNEMPLOYED", "SALARY_DECREASED"]}),
            json!({"employment_changes": ["UNEMPLOYED", "SALARY_DECREASED"]}),
        ),
        (
            "invalid_credentials",
            "LINK",
            json!({"status": 428, "error_message": "No"}),
            json!({"error_code": "login_error", "error_message": "No", "status": 428}),
        ),
        ("link_deleted", "LINK", json!({}), json!({})),
    ] {
        let body =
            json!({"link": link, "webhook_code": code, "webhook_type": webhook_type, "data": data});
        app.post(TRIGGER, body).await.created();
        let sent = app.send_webhooks()[0].body();
        assert_eq!((&sent["data"], &sent["webhook_code"]), (&expected, &json!(code)));
    }
}

#[actix_web::test]
async fn wrong_triggers_are_refused_with_the_key_that_is_wrong() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let changes = json!({"employment_changes": ["EMPLOYED", "FIRED"]});
    for (fields, code, field, says) in [
        (json!({"link": null}), "invalid", "link", "Expected an id such as"),
        (json!({"link": UNKNOWN_LINK}), "does_not_exist", "link", UNKNOWN_LINK),
        (
            json!({"webhook_code": "deleted"}),
            "invalid",
            "webhook_code",
            "employment_changes, invalid_",
        ),
        (json!({"webhook_type": "OWNER"}), "invalid", "webhook_type", "did you mean OWNERS?"),
        (
            json!({"webhook_type": "EMPLOYMENT_RECORDS"}),
            "invalid",
            "webhook_code",
            "EMPLOYMENT_RECORDS has no link_deleted, but historical_update, employment_changes.",
        ),
        (
            json!({"webhook_code": "historical_update"}),
            "invalid",
            "webhook_type",
            "OWNERS, CURRENT_EMPLOYMENTS, EMPLOYMENT_METRICS have historical_update: say which",
        ),
        (json!({"data": {"count": 1}}), "invalid", "data.count", "has no keys"),
        (
            json!({"webhook_code": "token_required", "data": {"error": 1}}),
            "invalid",
            "data.error",
            "\"error\" is none of error_code, error_message, status. Did you mean \"error_",
        ),
        (
            json!({"webhook_code": "token_required", "data": {"status": "428"}}),
            "invalid",
            "data.status",
            "Expected a whole number from 0 to 65535, not \"428\".",
        ),
        (
            json!({"webhook_code": "employment_changes", "data": changes}),
            "invalid",
            "data.employment_changes[1]",
            "EMPLOYED, UNEMPLOYED, SALARY_INCREASED, SALARY_DECREASED",
        ),
        (json!({"data": []}), "invalid", "data", "Expected an object, not a list."),
        (json!({"code": 1}), "invalid", "code", "the keys are: link, webhook_type"),
    ] {
        let mut body = json!({"link": link, "webhook_code": "link_deleted"});
        for (key, value) in fields.as_object().unwrap() {
            body[key] = value.clone();
        }
        let (named_code, named, message) = app.post(TRIGGER, body).await.problem(400);
        assert_eq!((&*named_code, named.as_deref()), (code, Some(field)), "{fields}: {message}");
        assert!(message.contains(says), "{fields}: {message}");
    }
    for missing in ["link", "webhook_code"] {
        let mut body = json!({"link": link, "webhook_code": "link_deleted"});
        body.as_object_mut().unwrap().remove(missing);
        let (_, named, message) = app.post(TRIGGER, body).await.problem(400);
        assert_eq!(named.as_deref(), Some(missing), "{message}");
    }
    assert_eq!(app.get(DELIVERIES).await.ok()["deliveries"], json!([]));
}

// Waiting

#[actix_web::test]
async fn waiting_knows_the_names_of_events_and_needs_no_receiver() {
    let app = app_with(&["--clock", "skip"]).await;
    let link = app.create_link(CURP).await.id();
    let awaited = json!({"link": link, "webhook_code": "historical_update", "timeout": "1m"});
    let came = app.post("/_emulator/webhooks/await", awaited).await.ok();
    let listed = app.get(DELIVERIES).await.ok();
    assert_eq!((&came["state"], &came), (&json!("undeliverable"), &listed["deliveries"][0]));
    for (body, field, meant) in [
        (json!({"webhook_code": "historical_updates"}), "webhook_code", "historical_update"),
        (json!({"webhook_type": "LINKS"}), "webhook_type", "LINK"),
    ] {
        let (_, named, message) = app.post("/_emulator/webhooks/await", body).await.problem(400);
        assert_eq!(named.as_deref(), Some(field), "{message}");
        assert!(message.contains(&format!("(did you mean {meant}?)")), "{message}");
    }
}
