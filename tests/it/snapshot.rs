//! An account as a file: what is restored goes on as the original would have.

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, TestApp, app, app_with};

const SNAPSHOT: &str = "/_emulator/snapshot";

/// Calls whose answers tell what was before.
struct Past {
    calls: Vec<(Method, String, Value)>,
    spent_token: String,
}

/// Something of everything that an account can hold.
async fn live<S>(app: &TestApp<S>) -> Past
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let recurrent = |email| json!({"access_mode": "recurrent", "username2": email});
    let moved = app.create_link_with("MOVE900101MXXXXX00", recurrent("a@example.com")).await.id();
    app.create_link_with("GONE900101HXXXXX00", recurrent("b@example.com")).await.created();
    app.create_link_with("LOLJ970312MBSPPN08", recurrent("c@example.com")).await.created();
    for days in [1, 60] {
        app.advance(TimeDelta::days(days));
        app.send_webhooks();
    }
    let record = app.records_of(&moved).await["results"][0]["id"].clone();
    app.delete(&format!("/api/employment-records/{}/", record.as_str().unwrap()))
        .await
        .no_content();

    app.create_link("MFAS900101HXXXXX00").await.created();
    let asked = app.create_link("FAIL428001HXXXXX00").await.token_required();
    for _ in 0..3 {
        app.create_link("FAIL403001HXXXXX00").await.created();
    }
    let failing = app.create_link("GONE900101HXXXXX00").await.id();
    for _ in 0..3 {
        app.retrieve(&failing).await.problem(400);
    }
    let resources = json!(["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"]);
    let both = json!({"institution": "imss_mx_employment", "fetch_resources": resources});
    app.create_link_with("TWIN900101MXXXXX00", both).await.created();
    let spent_token = app.access_token().await;
    let link = json!({
        "institution": "planet_mx_employment",
        "username": CURP,
        "access_mode": "single",
    });
    let bare = app.call_with(&spent_token, Method::POST, "/api/links/", Some(link)).await.created();
    let with_pdf = json!({"link": bare["id"], "attach_pdf": true});
    app.post("/api/employment-records/", with_pdf).await.created();
    app.create_link_with(CURP, json!({"external_id": "user-1", "stale_in": "9d"})).await.created();
    let gone = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks_to(|attempt| attempt > 1);
    app.advance(TimeDelta::seconds(1));
    let refresh = format!("/api/links/{}/refresh/", bare["id"].as_str().unwrap());
    app.post(&refresh, json!({})).await.accepted();
    app.delete(&format!("/api/links/{gone}/")).await.no_content();
    app.create_link("SLOW900101HXXXXX00").await.created();
    let armed = json!({"scenario": "nss_not_found", "curp": CURP, "times": 2});
    app.post("/_emulator/armed", armed).await.created();
    let armed = json!({"scenario": "nss_not_found", "operation": "DetailLink"});
    app.post("/_emulator/armed", armed).await.created();
    app.fault(json!({"fault": {"webhook_late": {"by": "7s"}}, "times": 1})).await;
    app.put("/_emulator/default-scenario", json!({"scenario": "retired"})).await.ok();

    let call = |method: Method, path: &str, body: Value| (method, path.to_owned(), body);
    let resumed = json!({"session": asked["session"], "link": asked["link"], "token": "123456"});
    let retrieve =
        |link: &str| call(Method::POST, "/api/employment-records/", json!({"link": link}));
    let mut calls = vec![
        call(Method::GET, "/_emulator/armed", Value::Null),
        call(Method::GET, "/_emulator/faults", Value::Null),
        call(Method::GET, "/_emulator/default-scenario", Value::Null),
        call(Method::GET, "/api/employment-records/?page_size=100", Value::Null),
        call(Method::POST, &refresh, json!({})),
        call(Method::PATCH, "/api/links/", resumed),
        retrieve(&moved),
    ];
    calls.extend((0..3).map(|_| retrieve(&failing)));
    Past { calls, spent_token }
}

/// The answers and webhooks that follow.
async fn go_on<S>(app: &TestApp<S>, past: &Past) -> Vec<String>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let mut seen = Vec::new();
    let mut see = |bytes: &[u8]| seen.push(String::from_utf8_lossy(bytes).into_owned());
    for (method, path, body) in &past.calls {
        see(&app.call(app.request(method.clone(), path).set_json(body)).await.body);
    }
    let spent = app.call_with(&past.spent_token, Method::POST, "/api/links/", None).await;
    assert_eq!(spent.status, 401);
    see(&app.create_token_with(json!({})).await.body);
    let again = ["LOLJ970312MBSPPN08", "FAIL403001HXXXXX00", "FAIL428001HXXXXX00"];
    for curp in [CURP; 3].into_iter().chain(again) {
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

/// The deliveries that are not sent yet, without the keys that differ by design.
async fn pending<S>(app: &TestApp<S>) -> Vec<Value>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let mut pending = app.get("/_emulator/webhooks/deliveries?state=pending").await.ok();
    let mut pending = pending["deliveries"].as_array_mut().unwrap().split_off(0);
    for delivery in &mut pending {
        delivery
            .as_object_mut()
            .unwrap()
            .retain(|key, _| !["id", "cursor", "attempts"].contains(&key.as_str()));
    }
    pending
}

#[actix_web::test]
async fn a_restored_account_goes_on_as_the_original_would_have() {
    let original = app().await;
    let past = live(&original).await;
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
    let unfinished = pending(&original).await;
    assert!(!unfinished.is_empty());
    assert_eq!(pending(&copy).await, unfinished);
    let deliveries = copy.get("/_emulator/webhooks/deliveries").await.ok();
    let first = deliveries["deliveries"][0]["id"].as_u64();
    let deliveries = original.get("/_emulator/webhooks/deliveries").await.ok();
    let last = deliveries["deliveries"].as_array().unwrap().last().unwrap()["id"].as_u64();
    assert!(first > last, "no id is given twice");
    let (went_on, expected) = (go_on(&copy, &past).await, go_on(&original, &past).await);
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
    app.advance(TimeDelta::days(3));
    app.put(SNAPSHOT, file).await.ok();
    let clock = app.get("/_emulator/clock").await.ok();
    let start = "2026-03-01T12:00:00.000000Z";
    assert_eq!(clock, json!({"mode": "manual", "now": start, "next_due": null}));
}

/// Nothing but time has to pass, as in a demo that is left alone.
#[actix_web::test]
async fn what_is_due_after_a_restore_happens_without_another_call() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let file = app.get(SNAPSHOT).await.ok();
    app.post("/_emulator/reset", json!({})).await.ok();
    app.put(SNAPSHOT, file).await.ok();
    app.advance(TimeDelta::seconds(14));
    assert!(app.send_webhooks().is_empty());
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
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
    let endpoint = json!({"url": one, "retries": 1, "retry_delay": "3s"});
    let endpoint = app.put("/_emulator/webhooks/endpoint", endpoint).await.ok();
    app.put(SNAPSHOT, file).await.ok();
    assert_eq!(app.get("/_emulator/webhooks/endpoint").await.ok(), endpoint);
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

/// The first of three spoilt attempts was made before.
#[actix_web::test]
async fn attempts_that_a_fault_spoils_are_spoilt_after_a_restore_too() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-authorization", "Bearer right"]);
    let app = app.await;
    for fault in ["webhook_wrong_authorization", "webhook_malformed_body"] {
        app.fault(json!({"fault": fault, "times": 1, "attempts": 3})).await;
    }
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks_to(|_| false);
    let file = app.get(SNAPSHOT).await.ok();
    app.put(SNAPSHOT, file).await.ok();
    for are_right in [false, false, true] {
        app.advance(TimeDelta::minutes(10));
        let sent = app.emulator.poll_attempt().unwrap();
        assert_eq!(sent.authorization() == Some("Bearer right"), are_right);
        assert_eq!(serde_json::from_slice::<Value>(sent.body()).is_ok(), are_right);
        app.emulator.report(&sent, false);
    }
}

/// Two events of a scenario file can have one id; each goes to its receiver all the same.
#[actix_web::test]
async fn webhooks_that_share_an_id_are_all_kept() {
    let app = app().await;
    app.create_link("TWIN900101MXXXXX00").await.created();
    app.advance(TimeDelta::seconds(17));
    let file = app.get(SNAPSHOT).await.ok();
    let webhooks = file["account"]["webhooks"].as_array().unwrap();
    assert_eq!(webhooks.len(), 2);
    assert_eq!(webhooks[0]["webhook_id"], webhooks[1]["webhook_id"]);
    assert_eq!(app.send_webhooks().len(), 2);
    app.put(SNAPSHOT, file).await.ok();
    assert_eq!(app.send_webhooks().len(), 2);
}

/// As large as that of a hundred thousand links: blanks weigh as much as links do.
#[actix_web::test]
async fn a_file_of_a_hundred_mebibytes_can_be_put_back() {
    let app = app().await;
    app.create_link_with(CURP, json!({"fetch_resources": []})).await.created();
    let file = app.get(SNAPSHOT).await.body;
    let blanks = vec![b' '; 100 * 1024 * 1024];
    let request = app.request(Method::PUT, SNAPSHOT).set_payload([file, blanks].concat());
    let replaced = app.call(request.insert_header(("Content-Type", "application/json"))).await;
    assert_eq!(replaced.ok()["links"], 1);
}

#[actix_web::test]
async fn logins_that_count_no_more_are_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = json!({
        "name": "busy",
        "description": "The third login within an hour is refused, whoever it is",
        "when": {"rule": {"logins_exceed": {"logins": 2, "within": "1h"}}},
        "login": {"refuse": {"status": 403, "code": "forbidden", "message": "Later"}},
    });
    std::fs::write(directory.path().join("busy.json"), scenario.to_string()).unwrap();
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    let logins = async || app.get(SNAPSHOT).await.ok()["account"]["logins"].clone();
    for curp in ["AAAA900101MDFXXX00", "BBBB900101MDFXXX00"] {
        app.create_link(curp).await.created();
    }
    app.advance(TimeDelta::minutes(59));
    assert_eq!(logins().await.as_object().unwrap().len(), 2);
    app.advance(TimeDelta::minutes(1));
    app.create_link("CCCC900101MDFXXX00").await.created();
    let noted = json!({"CCCC900101MDFXXX00": ["2026-03-01T13:00:00Z"]});
    assert_eq!(logins().await, noted);
    assert_eq!(app.emulator.check_invariants("id", "password"), Ok(()));
    for status in [201, 403] {
        assert_eq!(app.create_link("CCCC900101MDFXXX00").await.status, status);
    }
}

/// A refresh that is due at the very time of the file, where the credentials name no step.
#[actix_web::test]
async fn what_is_due_at_once_is_checked_before_it_happens() {
    let app = app().await;
    app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await.created();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
    let mut file = app.get(SNAPSHOT).await.ok();
    let rows = file["account"]["scheduled"].as_array().unwrap();
    let refresh = rows.iter().position(|row| row["what"].get("refresh").is_some()).unwrap();
    file["account"]["scheduled"][refresh]["due"] = file["account"]["now"].clone();
    let mut broken = file.clone();
    broken["account"]["links"][0]["credentials"] = json!({"refused": "refuse_logins"});
    let (_, at, message) = app.put(SNAPSHOT, broken).await.problem(400);
    assert_eq!(at.as_deref(), Some("account.links[0].credentials"));
    assert!(!message.contains(CURP) && message.len() < 200, "{message}");
    app.put(SNAPSHOT, file).await.ok();
    assert_eq!(app.emulator.check_invariants("id", "password"), Ok(()));
}

#[actix_web::test]
async fn what_does_not_fit_is_refused_with_its_place_and_changes_nothing() {
    let app = app().await;
    live(&app).await;
    let file = app.get(SNAPSHOT).await.ok();
    let expected_version = "Expected 2, the version that is written.";
    let none = "No scenario is named \"retird\". Did you mean \"retired\"?";
    let no_link = "No link of the snapshot has the number";
    let no_place = "The task names no link of the snapshot or no step";
    let cases = [
        ("/account/version", json!(1), "account.version", expected_version),
        (
            "/account/now",
            json!("9999-01-01T00:00:00Z"),
            "account.now",
            "9999-01-01 00:00:00 UTC: e",
        ),
        ("/account/people", json!("short"), "account.people", "expected 32 bytes in base64"),
        ("/account/counters/links", json!(u64::MAX), "account.counters.links", "18446744073709551"),
        (
            "/account/counters/links",
            json!(1),
            "account.links[1]",
            "The number or the id of this link is taken",
        ),
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
        (
            "/account/links/1/number",
            json!(0),
            "account.links[1]",
            "The number or the id of this link is taken",
        ),
        (
            "/account/links/0/credentials",
            json!({"refused": 0}),
            "account.links[0].credentials.refused",
            "Expected a text.",
        ),
        (
            "/account/links/0/credentials",
            json!({"refused": "raise"}),
            "account.links[0].credentials",
            "The scenario \"job_changes\" has no step raise that refuses logins.",
        ),
        (
            "/account/links/0/access_mode",
            json!("single"),
            "account.links[0]",
            "A valid recurrent link has one refresh",
        ),
        (
            "/account/employment_records/0/link",
            file["account"]["employment_records"][1]["link"].clone(),
            "account.employment_records[1]",
            "The link of this record has another record of the same profile.",
        ),
        (
            "/account/links/0/status",
            json!("gone"),
            "account.links[0].status",
            "\"gone\" is not among",
        ),
        ("/account/employment_records/0/link", json!(99), "account.employment_records[0]", no_link),
        ("/account/scheduled/0/what", json!({"refresh": 99}), "account.scheduled[0]", no_place),
        (
            "/account/scheduled/0/what",
            json!({"step": [0, "raise#9"]}),
            "account.scheduled[0]",
            no_place,
        ),
        ("/account/scheduled/0/what", json!({"send": [0, 1]}), "account.scheduled[0]", no_place),
        (
            "/account/scheduled/0/due",
            json!("2020-01-01T00:00:00Z"),
            "account.scheduled[0]",
            no_place,
        ),
        (
            "/account/webhooks/0/webhook_code",
            json!("news"),
            "account.webhooks[0]",
            "No webhook has this webhook_type with this webhook_code.",
        ),
        (
            "/account/armed/0/operation",
            json!("ListLinks"),
            "account.armed[0].curp",
            "ListLinks does not log in, so it has no CURP.",
        ),
        (
            "/account/armed/1/scenario",
            json!("employed"),
            "account.armed[1].scenario",
            "DetailLink does not log in, so a scenario can only refuse it",
        ),
        ("/account/armed/0/left", json!(0), "account.armed[0].left", "Must be from 1 to 1000000."),
        ("/account/faults/added", json!(u64::MAX), "account.faults", "the 18446744073709551615 f"),
        ("/account/faults/added", json!(0), "account.faults", "the 0 faults that were added have"),
        ("/account/faults/entries/0/matched", json!(u64::MAX), "account.faults", "a fault that"),
        (
            "/account/faults/entries/0/injected",
            json!(1),
            "account.faults",
            "a fault that is injected",
        ),
        ("/clock", json!("fast"), "clock", "\"fast\": expected real, manual, skip, or a factor"),
    ];
    for (pointer, value, field, sentence) in cases {
        let mut other = file.clone();
        *other.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        let answer = app.put(SNAPSHOT, other).await;
        assert_eq!(answer.status, 400, "{pointer} {value}");
        let (_, at, message) = answer.problem(400);
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
