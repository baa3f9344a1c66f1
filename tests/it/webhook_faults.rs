//! Faults on the way from the emulator to a receiver.

use std::cell::Cell;

use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, TestApp, app, app_with};
use crate::delivery::Hook;
use crate::process::Server;

const AWAIT: &str = "/_emulator/webhooks/await";

/// An emulator with a fault, and a link whose webhook is due.
macro_rules! app_with_fault {
    ($fault:expr) => {{
        let app = app().await;
        app.fault($fault).await;
        app.create_link(CURP).await.created();
        app.advance(TimeDelta::seconds(15));
        app
    }};
}

/// The state and the faults of each delivery.
fn fates<S>(app: &TestApp<S>) -> Vec<(String, Vec<&'static str>)> {
    let deliveries = app.emulator.deliveries("id", "password");
    let state = |delivery: &belvo_emulator::Delivery| format!("{:?}", delivery.state);
    deliveries.iter().map(|delivery| (state(delivery), delivery.faults.clone())).collect()
}

fn fate(state: &str, fault: &'static str) -> (String, Vec<&'static str>) {
    (state.to_owned(), vec![fault])
}

#[actix_web::test]
async fn a_duplicate_is_the_same_webhook_again() {
    let app = app_with_fault!(json!({"fault": {"webhook_duplicate": {"copies": 2}}}));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|webhook| webhook.bytes == sent[0].bytes && webhook.attempt == 1));
    assert_eq!(fates(&app), vec![fate("Delivered", "webhook_duplicate"); 3]);
    let second = app.post(AWAIT, json!({"after": 1})).await.ok();
    assert_eq!(second["faults"], json!(["webhook_duplicate"]));
}

#[actix_web::test]
async fn two_faults_together_make_no_more_copies_than_one_may() {
    let copies = json!({"fault": {"webhook_duplicate": {"copies": 60}}});
    let app = app().await;
    app.fault(copies.clone()).await;
    app.fault(copies).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 101);
}

#[actix_web::test]
async fn a_dropped_webhook_is_seen_but_never_comes() {
    let app = app_with_fault!(json!({"fault": "webhook_drop", "times": 1}));
    assert!(app.send_webhooks().is_empty());
    assert_eq!(fates(&app), [fate("Dropped", "webhook_drop")]);
    app.post(AWAIT, json!({"expect": "none", "timeout": "0s"})).await.no_content();
    let (_, _, message) = app.post(AWAIT, json!({"timeout": "0s"})).await.problem(408);
    assert!(message.contains("None has come at all, 1 dropped by a fault or a call"), "{message}");
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 1);
    assert_eq!(app.post(AWAIT, json!({})).await.ok()["id"], 2);
}

#[actix_web::test]
async fn a_late_webhook_comes_by_the_accounts_time() {
    let app = app_with_fault!(json!({"fault": {"webhook_late": {"by": "30s"}}}));
    assert!(app.send_webhooks().is_empty());
    assert_eq!(app.get("/api/employment-records/").await.ok()["count"], 1);
    app.advance(TimeDelta::milliseconds(29_999));
    assert!(app.send_webhooks().is_empty());
    app.advance(TimeDelta::milliseconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
    assert_eq!(fates(&app), [fate("Delivered", "webhook_late")]);
}

/// The links whose webhooks are sent, by their place in the order of events.
fn order<S>(app: &TestApp<S>, links: &[String], accepts: impl Fn(u32) -> bool) -> Vec<usize>
where
    S: actix_web::dev::Service<
            actix_http::Request,
            Response = actix_web::dev::ServiceResponse,
            Error = actix_web::Error,
        >,
{
    let place = |link: &Value| links.iter().position(|id| link == id.as_str()).unwrap();
    app.send_webhooks_to(accepts).iter().map(|sent| place(&sent.body()["link_id"])).collect()
}

#[actix_web::test]
async fn a_reordered_webhook_comes_after_the_next_one() {
    let app = app().await;
    app.fault(json!({"fault": "webhook_reorder"})).await;
    let mut links = Vec::new();
    for _ in 0..4 {
        links.push(app.create_link(CURP).await.id());
        app.advance(TimeDelta::seconds(20));
        let sent = order(&app, &links, |_| true);
        assert_eq!(sent, [vec![], vec![1, 0], vec![], vec![3, 2]][links.len() - 1]);
    }
    let (reordered, not) = (fate("Delivered", "webhook_reorder"), ("Delivered".into(), vec![]));
    assert_eq!(fates(&app), [not.clone(), reordered.clone(), not, reordered]);
    let entry = app.get("/_emulator/faults").await.ok()["faults"][0].clone();
    assert_eq!((&entry["matched"], &entry["injected"]), (&json!(2), &json!(2)));
    app.advance(TimeDelta::minutes(2));
    assert!(app.send_webhooks().is_empty(), "it is not sent again when its minute is over");
    let at_once = [app.create_link(CURP).await.id(), app.create_link(CURP).await.id()];
    let at_once = [&at_once[..], &[app.create_link(CURP).await.id()]].concat();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(order(&app, &at_once, |_| true), [1, 0, 2]);
}

#[actix_web::test]
async fn a_reordered_webhook_waits_for_no_longer_than_a_minute() {
    let app = app_with_fault!(json!({"fault": "webhook_reorder", "times": 1}));
    app.advance(TimeDelta::milliseconds(59_999));
    assert!(app.send_webhooks().is_empty());
    app.advance(TimeDelta::milliseconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 1, "nothing is held any more");
}

#[actix_web::test]
async fn a_reordered_webhook_that_is_refused_is_retried_and_its_minute_counts_no_more() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-retry-delay", "5m"]).await;
    app.fault(json!({"fault": "webhook_reorder", "times": 1})).await;
    let links = [app.create_link(CURP).await.id(), app.create_link(CURP).await.id()];
    app.advance(TimeDelta::seconds(15));
    for (place, accepted) in [(1, true), (0, false)] {
        let pending = app.emulator.poll_attempt().unwrap();
        let body: Value = serde_json::from_slice(pending.body()).unwrap();
        assert_eq!(body["link_id"], links[place].as_str());
        app.emulator.report(&pending, accepted).unwrap();
    }
    app.advance(TimeDelta::minutes(4));
    assert!(app.send_webhooks().is_empty());
    app.advance(TimeDelta::minutes(1));
    assert_eq!(app.send_webhooks().len(), 1);
}

/// A receiver that refuses the next one has not got it: what waits for it waits on.
#[actix_web::test]
async fn a_reordered_webhook_waits_until_the_next_one_is_finished() {
    let app = app().await;
    app.fault(json!({"fault": "webhook_reorder", "times": 1})).await;
    let links = [app.create_link(CURP).await.id(), app.create_link(CURP).await.id()];
    app.advance(TimeDelta::seconds(15));
    assert_eq!(order(&app, &links, |_| false), [1]);
    app.advance(TimeDelta::seconds(10));
    assert_eq!(order(&app, &links, |_| true), [1, 0]);
    let deleted = [app.create_link(CURP).await.id(), app.create_link(CURP).await.id()];
    app.fault(json!({"fault": "webhook_reorder", "link": deleted[0]})).await;
    app.advance(TimeDelta::seconds(15));
    app.delete(&format!("/api/links/{}/", deleted[0])).await.no_content();
    assert_eq!(order(&app, &deleted, |_| true), [1], "that of a deleted link is not sent");
}

#[actix_web::test]
async fn a_malformed_webhook_is_half_of_it_at_every_attempt() {
    let right = app_with_fault!(json!({"fault": "webhook_drop", "probability": 0}));
    let right = right.send_webhooks().remove(0).bytes;
    let app = app_with_fault!(json!({"fault": "webhook_malformed_body"}));
    let first = app.send_webhooks_to(|_| false).remove(0);
    app.advance(TimeDelta::seconds(10));
    let second = app.send_webhooks().remove(0);
    assert_eq!((&*first.bytes, &*second.bytes), (&right[..right.len() / 2], &*first.bytes));
    assert!(serde_json::from_slice::<Value>(&first.bytes).is_err());
    let shown = app.post(AWAIT, json!({})).await.ok();
    assert_eq!(shown["payload"], String::from_utf8(first.bytes).unwrap());
}

#[actix_web::test]
async fn faults_of_webhooks_strike_together_and_choose_by_link_and_code() {
    let app = app().await;
    let [chosen, other] = [app.create_link(CURP).await.id(), app.create_link(CURP).await.id()];
    let only =
        |fault: Value, code: &str| json!({"fault": fault, "link": chosen, "webhook_code": code});
    app.fault(only(json!({"webhook_duplicate": {}}), "historical_update")).await;
    app.fault(only(json!("webhook_malformed_body"), "historical_update")).await;
    app.fault(only(json!("webhook_drop"), "link_deleted")).await;
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    let right: Vec<bool> = sent
        .iter()
        .map(|webhook| serde_json::from_slice::<Value>(&webhook.bytes).is_ok())
        .collect();
    assert_eq!(right, [false, false, true]);
    let both = vec!["webhook_duplicate", "webhook_malformed_body"];
    assert_eq!(fates(&app)[..2], [("Delivered".into(), both.clone()), ("Delivered".into(), both)]);
    for link in [&chosen, &other] {
        let request = app.request(Method::DELETE, &format!("/api/links/{link}/"));
        app.call(request.insert_header(("X-Belvo-Request-Mode", "async"))).await.accepted();
    }
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.send_webhooks().remove(0).body()["link_id"], other.as_str());
    assert_eq!(fates(&app)[3], fate("Dropped", "webhook_drop"));
}

#[actix_web::test]
async fn a_webhook_before_the_answer_is_answered_before_it() {
    let app = app().await;
    let usual = app.create_link(CURP).await.id();
    app.fault(json!({"fault": "webhook_before_answer", "times": 2})).await;
    let (answered, seen) = (Cell::new(false), Cell::new(None));
    let receiver = || async {
        let pending = loop {
            match app.emulator.poll_attempt() {
                Some(pending) => break pending,
                None => tokio::task::yield_now().await,
            }
        };
        assert!(!answered.get(), "the answer came first");
        seen.set(Some(serde_json::from_slice::<Value>(pending.body()).unwrap()["link_id"].clone()));
        assert_eq!(app.get("/api/employment-records/").await.ok()["count"], 1);
        app.emulator.report(&pending, true).unwrap();
    };
    let create = async {
        let id = app.create_link(CURP).await.id();
        answered.set(true);
        id
    };
    let (link, ()) = join(create, receiver()).await;
    assert_eq!(seen.take(), Some(json!(link)));
    assert_eq!(fates(&app), [fate("Delivered", "webhook_before_answer")]);
    answered.set(false);
    let refresh = async {
        let path = format!("/api/links/{link}/refresh/");
        let records = json!({"fetch_resources": ["EMPLOYMENT_RECORDS"]});
        let accepted = app.post(&path, records).await.accepted();
        answered.set(true);
        accepted
    };
    join(refresh, receiver()).await;
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1, "each load is announced once");
    assert_eq!(sent[0].body()["link_id"], usual.as_str());
}

/// Nothing to wait for: no webhook comes of the call, or it has nowhere to go, or it is late.
#[actix_web::test]
async fn an_answer_is_held_back_only_for_a_webhook_that_is_sent() {
    let nowhere = app_with(&[]).await;
    nowhere.fault(json!({"fault": "webhook_before_answer"})).await;
    nowhere.create_link(CURP).await.created();
    assert_eq!(nowhere.get("/api/employment-records/").await.ok()["count"], 1);
    assert_eq!(fates(&nowhere), [fate("Undeliverable", "webhook_before_answer")]);
    let app = app().await;
    app.fault(json!({"fault": "webhook_before_answer"})).await;
    app.create_link("MUTE900101HXXXXX00").await.created();
    app.create_link_with(CURP, json!({"fetch_resources": []})).await.created();
    assert_eq!(app.get("/_emulator/faults").await.ok()["faults"][0]["matched"], 0);
    app.fault(json!({"fault": {"webhook_late": {"by": "1s"}}})).await;
    app.create_link(CURP).await.created();
    let both = vec!["webhook_before_answer", "webhook_late"];
    assert_eq!(fates(&app), [("Pending".to_owned(), both)]);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
}

/// A receiver that does not answer holds the answer back, but not forever.
#[actix_web::test]
async fn an_answer_is_not_held_back_forever() {
    let app = app().await;
    app.fault(json!({"fault": "webhook_before_answer"})).await;
    tokio::time::pause();
    app.create_link(CURP).await.created();
    assert_eq!(app.send_webhooks().len(), 1);
}

#[test]
fn a_webhook_with_the_wrong_authorization_arrives_before_the_201_on_the_wire() {
    let hook = Hook::new(|_| Some(200));
    let url = hook.url.clone();
    let server = Server::start(&["--webhook-url", &url, "--webhook-authorization", "Bearer right"]);
    for fault in ["webhook_before_answer", "webhook_wrong_authorization"] {
        let body = json!({"fault": fault, "times": 1});
        assert_eq!(server.request("POST", "/_emulator/faults", Some(&body)).0, 201);
    }
    let link = server.create_link(CURP);
    let arrived = hook.arrived.try_recv().expect("the 201 came first");
    assert_eq!(arrived.json()["link_id"], link["id"]);
    assert_eq!(arrived.header("authorization"), Some("Bearer wrong"));
    server.create_link(CURP);
    let advance = json!({"by": "15s"});
    assert_eq!(server.request("POST", "/_emulator/clock/advance", Some(&advance)).0, 200);
    assert_eq!(hook.next().header("authorization"), Some("Bearer right"));
}
