//! An account as a file: what is restored goes on as the original would have.

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, TestApp, app, app_with};

const SNAPSHOT: &str = "/_emulator/snapshot";

/// Something of everything that an account can hold.
async fn live<S>(app: &TestApp<S>)
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let recurrent = |email| json!({"access_mode": "recurrent", "username2": email});
    app.create_link_with("MOVE900101MXXXXX00", recurrent("a@example.com")).await.created();
    app.create_link_with("GONE900101HXXXXX00", recurrent("b@example.com")).await.created();
    app.create_link("MFAS900101HXXXXX00").await.created();
    app.create_link("FAIL428001HXXXXX00").await.token_required();
    app.create_link("FAIL403001HXXXXX00").await.created();
    app.create_link_with(CURP, json!({"external_id": "user-1", "stale_in": "9d"})).await.created();
    let gone = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks_to(|attempt| attempt > 1);
    app.delete(&format!("/api/links/{gone}/")).await.no_content();
    app.create_link("SLOW900101HXXXXX00").await.created();
    let armed = json!({"scenario": "nss_not_found", "curp": CURP, "times": 2});
    app.post("/_emulator/armed", armed).await.created();
    app.fault(json!({"fault": {"webhook_late": {"by": "7s"}}, "times": 1})).await;
    app.put("/_emulator/default-scenario", json!({"scenario": "retired"})).await.ok();
}

/// What follows, as it is seen from outside.
async fn go_on<S>(app: &TestApp<S>) -> Vec<String>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let mut seen = Vec::new();
    let mut see = |bytes: &[u8]| seen.push(String::from_utf8_lossy(bytes).into_owned());
    for curp in [CURP, CURP, CURP, "LOLJ970312MBSPPN08", "FAIL403001HXXXXX00"] {
        see(&app.create_link(curp).await.body);
    }
    for days in [0, 1, 49, 60, 100] {
        let until = json!({"by": format!("{}s", 100 + days * 86_400)});
        let (_, sent) = app.advance_clock(until).await;
        sent.iter().for_each(|sent| see(&sent.bytes));
        for path in ["/api/links/", "/api/employment-records/", "/api/mx/current-employments/"] {
            see(&app.get(path).await.body);
        }
    }
    seen
}

#[actix_web::test]
async fn a_restored_account_goes_on_as_the_original_would_have() {
    let original = app().await;
    live(&original).await;
    let answer = original.get(SNAPSHOT).await;
    let (file, bytes) = (answer.ok(), answer.body);
    let copy = app().await;
    copy.create_link("RETI550101HXXXXX00").await.created();
    let request = copy.request(Method::PUT, SNAPSHOT).set_payload(bytes);
    let replaced = copy.call(request.insert_header(("Content-Type", "application/json"))).await;
    assert_eq!(replaced.ok()["links"], 1);
    let mut again = copy.get(SNAPSHOT).await.ok();
    // Webhooks that were not finished are new deliveries.
    again["account"]["counters"]["deliveries"] = file["account"]["counters"]["deliveries"].clone();
    assert_eq!(again, file);
    assert_eq!(copy.emulator.check_invariants("id", "password"), Ok(()));
    let (went_on, expected) = (go_on(&copy).await, go_on(&original).await);
    for (place, (one, two)) in went_on.iter().zip(&expected).enumerate() {
        assert_eq!(one, two, "{place}");
    }
    assert_eq!(went_on.len(), expected.len());
}

#[actix_web::test]
async fn people_are_the_same_with_another_seed_and_other_keys() {
    let original = app().await;
    let link = original.create_link(CURP).await.id();
    original.advance(TimeDelta::seconds(15));
    original.send_webhooks();
    let records = original.records_of(&link).await;
    let file = original.get(SNAPSHOT).await.ok();
    let demo = app_with(&["--webhook-url", RECEIVER, "--seed", "99"]).await;
    demo.log_in_as("demo", "keys");
    demo.put(SNAPSHOT, file).await.ok();
    assert_eq!(demo.records_of(&link).await, records);
    let user = |app: Value| app["results"][0]["institution_user_id"].clone();
    assert_eq!(
        user(demo.get("/api/links/").await.ok()),
        user(original.get("/api/links/").await.ok())
    );
}

#[actix_web::test]
async fn the_time_is_that_of_the_file() {
    let app = app().await;
    app.set_clock(json!({"mode": "manual"})).await;
    let file = app.get(SNAPSHOT).await.ok();
    app.advance_clock(json!({"by": "400d"})).await;
    app.set_clock(json!({"mode": {"scale": 60}})).await;
    app.put(SNAPSHOT, file).await.ok();
    let clock = app.get("/_emulator/clock").await.ok();
    let start = "2026-03-01T12:00:00.000000Z";
    assert_eq!(clock, json!({"mode": "manual", "now": start, "next_due": null}));
}

#[actix_web::test]
async fn webhooks_that_were_not_finished_go_to_the_endpoints_of_where_they_are_restored() {
    let app = app().await;
    app.fault(json!({"fault": "webhook_malformed_body", "times": 1})).await;
    app.create_link(CURP).await.created();
    app.create_link("LOLJ970312MBSPPN08").await.created();
    app.advance(TimeDelta::seconds(15));
    let under_way = app.emulator.poll_attempt().unwrap();
    let file = app.get(SNAPSHOT).await.ok();
    let text = file.to_string();
    assert!(!text.contains("receiver.test"), "no addresses in the file");
    app.emulator.report(&under_way, true);
    app.send_webhooks();
    app.log_in_as("other", "keys");
    let (one, two) = ("http://one.test/", "http://two.test/");
    app.put("/_emulator/webhooks/endpoint", json!({"url": one})).await.ok();
    app.put(SNAPSHOT, file).await.ok();
    app.put("/_emulator/webhooks/endpoint", json!({"url": two})).await.ok();
    let mut again = Vec::new();
    while let Some(pending) = app.emulator.poll_attempt() {
        assert_eq!((pending.url(), pending.number()), (one, 1));
        again.push(pending.body().to_vec());
        app.emulator.report(&pending, true);
    }
    assert_eq!(again.len(), 2);
    assert!(again.contains(&under_way.body().to_vec()), "byte for byte, even what is no JSON");
}

#[actix_web::test]
async fn what_does_not_fit_is_refused_with_its_place_and_changes_nothing() {
    let app = app().await;
    live(&app).await;
    let file = app.get(SNAPSHOT).await.ok();
    let expected_version = "Expected 1, the version that is written.";
    let unfit = "The snapshot does not fit together: ";
    let none = "No scenario is named \"retird\". Did you mean \"retired\"?";
    let no_link = "It has no link";
    let cases = [
        ("/account/version", json!(2), "account.version", expected_version),
        (
            "/account/now",
            json!("9999-01-01T00:00:00Z"),
            "account.now",
            "9999-01-01 00:00:00 UTC: e",
        ),
        ("/account/people", json!("short"), "account.people", "expected 32 bytes in base64"),
        ("/account/counters/links", json!(u64::MAX), "account.counters.links", "18446744073709551"),
        ("/account/counters/links", json!(1), "account.links[1]", "Its number or its id is taken"),
        ("/account/default_scenario", json!("retird"), "account.default_scenario", none),
        ("/account/links/0/scenario", json!("retird"), "account.links[0].scenario", none),
        (
            "/account/links/0/scenario",
            json!("nss_not_found"),
            "account.links[0].scenario",
            "The scenario \"nss_not_found\" makes no links: it refuses them.",
        ),
        (
            "/account/links/0/institution",
            json!("narnia"),
            "account.links[0].institution",
            "Object with name=narnia does not exist.",
        ),
        ("/account/links/1/number", json!(0), "account.links[1]", "Its number or its id is taken"),
        ("/account/links/0/credentials", json!({"refused": 0}), "account", unfit),
        ("/account/links/0/access_mode", json!("single"), "account", unfit),
        ("/account/links/0/status", json!("gone"), "account.links[0].status", "unknown variant"),
        ("/account/employment_records/0/link", json!(99), "account.employment_records[0]", no_link),
        ("/account/scheduled/0/what", json!({"refresh": 99}), "account.scheduled[0]", no_link),
        ("/account/scheduled/0/what", json!({"step": [0, 99]}), "account.scheduled[0]", no_link),
        ("/account/scheduled/0/what", json!({"send": [0, 1]}), "account.scheduled[0]", no_link),
        (
            "/account/scheduled/0/due",
            json!("2020-01-01T00:00:00Z"),
            "account.scheduled[0]",
            no_link,
        ),
        (
            "/account/webhooks/0/webhook_code",
            json!("news"),
            "account.webhooks[0]",
            "There is no event of this name.",
        ),
        ("/account/armed/0/left", json!(0), "account.armed[0]", "It has nothing left, or no id"),
        ("/account/faults/added", json!(u64::MAX), "account.faults", "the 18446744073709551615 f"),
        ("/account/faults/added", json!(0), "account.faults", "the 0 faults that were added have"),
        ("/account/faults/entries/0/matched", json!(u64::MAX), "account.faults", "what strikes"),
        ("/account/faults/entries/0/struck", json!(1), "account.faults", "what strikes has"),
        ("/clock", json!("fast"), "clock", "unknown variant `fast`"),
    ];
    for (pointer, value, field, sentence) in cases {
        let mut other = file.clone();
        *other.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        let (_, at, message) = app.put(SNAPSHOT, other).await.problem(400);
        assert_eq!(at.as_deref(), Some(field), "{pointer} {value} {message}");
        assert!(message.starts_with(sentence), "{pointer} {value} {message}");
    }
    let mut more = file.clone();
    more["account"]["extra"] = json!(1);
    app.put(SNAPSHOT, more).await.problem(400);
    app.call(app.request(Method::PUT, SNAPSHOT).set_json(json!({}))).await.problem(400);
    assert_eq!(app.get(SNAPSHOT).await.ok(), file);
    app.post("/_emulator/reset", json!({})).await.ok();
}
