//! Limits on what an account holds, on what an answer quotes, and on what a snapshot contains.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use belvo_emulator::{Config, Outcome};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, RECEIVER, app, app_with};

const SNAPSHOT: &str = "/_emulator/snapshot";
const TRIGGER: &str = "/_emulator/webhooks/trigger";
const DELIVERIES: &str = "/_emulator/webhooks/deliveries";
const SMALL: [&str; 4] = ["--account-memory", "1MiB", "--webhook-url", RECEIVER];

#[track_caller]
fn assert_full(answer: &Answer) {
    let (code, _, message) = answer.problem(429);
    assert_eq!(code, "account_full");
    assert!(message.contains("--account-memory allows, which is 1MiB"), "{message}");
}

#[actix_web::test]
async fn a_full_account_refuses_what_adds_something_and_does_all_else() {
    let app = app_with(&SMALL).await;
    let fields = json!({"access_mode": "recurrent", "fetch_resources": []});
    let first = app.create_link_with(CURP, fields.clone()).await.id();
    let mut last = app.create_link_with(CURP, fields.clone()).await;
    for _ in 0..2000 {
        if last.status != 201 {
            break;
        }
        last = app.create_link_with(CURP, fields.clone()).await;
    }
    assert_full(&last);
    let path = format!("/api/links/{first}/");
    let later = app.request(Method::POST, "/api/employment-records/");
    let later = later.insert_header(("X-Belvo-Request-Mode", "async"));
    assert_full(&app.call(later.set_json(json!({"link": first}))).await);
    assert_full(&app.put(&path, json!({"password": "new"})).await);
    assert_full(&app.post(&format!("{path}refresh/"), json!({})).await);
    let trigger = json!({"link": first, "webhook_code": "invalid_credentials"});
    assert_full(&app.post(TRIGGER, trigger.clone()).await);
    assert_full(&app.post("/_emulator/armed", json!({"scenario": "login_locked"})).await);
    assert_full(&app.post("/_emulator/faults", json!({"fault": "webhook_drop"})).await);
    app.get(&path).await.ok();
    app.retrieve(&first).await.created();
    let file = app.get(SNAPSHOT).await.ok();
    app.put(SNAPSHOT, file).await.ok();
    app.delete(&path).await.no_content();
    app.create_link_with(CURP, fields).await.created();
}

/// The receiver of these webhooks never answers, so that they stay pending.
#[actix_web::test]
async fn pending_webhooks_count_with_their_bodies_until_they_are_finished() {
    let app = app_with(&SMALL).await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let message = "x".repeat(100_000);
    let trigger = json!({
        "link": link,
        "webhook_code": "invalid_credentials",
        "data": {"error_message": message},
    });
    let mut triggered = 0;
    while triggered < 50 {
        let answer = app.post(TRIGGER, trigger.clone()).await;
        if answer.status != 201 {
            assert_full(&answer);
            break;
        }
        triggered += 1;
    }
    assert!((5..=11).contains(&triggered), "{triggered} bodies of 100 kB fit into 1 MiB");
    assert_full(&app.post(&format!("{DELIVERIES}/1/replay"), json!({})).await);
    assert_eq!(app.send_webhooks().len(), triggered);
    app.post(TRIGGER, trigger).await.created();
    app.send_webhooks();
}

#[actix_web::test]
async fn a_snapshot_that_is_too_large_for_an_account_is_refused_before_it_is_put_back() {
    let app = app_with(&SMALL).await;
    app.create_link_with(CURP, json!({"fetch_resources": []})).await.created();
    let mut file = app.get(SNAPSHOT).await.ok();
    let mut row = file["account"]["links"][0].clone();
    for number in 1..5000 {
        row["number"] = json!(number);
        row["id"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
        file["account"]["links"].as_array_mut().unwrap().push(row.clone());
    }
    file["account"]["counters"]["links"] = json!(5000);
    assert_full(&app.put(SNAPSHOT, file).await);
    assert_eq!(app.get("/api/links/").await.ok()["count"], 1);
}

#[actix_web::test]
async fn a_snapshot_may_contain_only_what_the_calls_accept() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
    app.post("/_emulator/armed", json!({"scenario": "login_locked", "curp": CURP})).await.created();
    let fault = json!({"fault": {"status": {"status": 503, "message": "Later"}}, "times": 3});
    app.fault(fault).await;
    let file = app.get(SNAPSHOT).await.ok();
    let long = "x".repeat(257);
    let armed: Vec<Value> = (1..=1001)
        .map(|id| json!({"id": id, "scenario": "login_locked", "operation": null, "curp": null, "left": 1}))
        .collect();
    let token = |id: &str, exp: i64| json!({id: exp});
    let id = "0123456789abcdef0123456789abcdef";
    let record = file["account"]["employment_records"][0].clone();
    let profile_7 = [&record, &json!({"profile": 7})].map(|part| part.as_object().unwrap().clone());
    let profile_7: Value = profile_7.into_iter().flatten().collect();
    let cases = [
        ("/armed", json!(armed), "account.armed", "1000 at most"),
        ("/armed/0/left", json!(1_000_001), "account.armed[0].left", "1 to 1000000"),
        ("/armed/0/left", json!(0), "account.armed[0].left", "1 to 1000000"),
        ("/armed/0/curp", json!(long), "account.armed[0].curp", "256 characters"),
        ("/armed/0/curp", json!(" "), "account.armed[0].curp", "blank"),
        ("/links/0/curp", json!(long), "account.links[0].curp", "256 characters"),
        ("/links/0/email", json!(long), "account.links[0].email", "256 characters"),
        ("/links/0/external_id", json!("a b"), "account.links[0].external_id", "Only letters"),
        (
            "/links/0/fetch_resources",
            json!(["EMPLOYMENT_RECORDS", "EMPLOYMENT_RECORDS"]),
            "account.links[0].fetch_resources",
            "each resource once",
        ),
        ("/logins", json!({long: []}), "account.logins", "256 characters"),
        ("/spent_tokens", token("short", 0), "account.spent_tokens", "32 hex digits"),
        ("/spent_tokens", token(id, i64::MAX), "account.spent_tokens", "20 minutes"),
        ("/employment_records/0", profile_7, "account.employment_records[0]", "no profile"),
        ("/faults/entries/0/left", json!(1_000_001), "account.faults", "times"),
        ("/faults/entries/0/webhook_code", json!("x".repeat(101)), "account.faults", "text"),
        (
            "/faults/entries/0/fault/status/message",
            json!("x".repeat(1001)),
            "account.faults",
            "text",
        ),
    ];
    for (place, value, field, sentence) in cases {
        let mut spoiled = file.clone();
        let at = format!("/account{place}");
        match spoiled.pointer_mut(&at) {
            Some(found) => *found = value,
            None => spoiled["account"]["links"][0][place.rsplit('/').next().unwrap()] = value,
        }
        let answer = app.put(SNAPSHOT, spoiled).await;
        let (_, found, message) = answer.problem(400);
        assert_eq!(found.as_deref(), Some(field), "{place}: {message}");
        assert!(message.contains(sentence), "{place}: {message}");
    }
    app.put(SNAPSHOT, file).await.ok();
}

#[actix_web::test]
async fn a_snapshot_has_a_limit_on_payloads_and_on_the_changes_of_a_life() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let trigger = json!({"link": link, "webhook_code": "invalid_credentials"});
    app.post(TRIGGER, trigger).await.created();
    let file = app.get(SNAPSHOT).await.ok();
    let now = file["account"]["now"].clone();
    for (most, is_accepted) in [(1000, true), (1001, false)] {
        let mut spoiled = file.clone();
        spoiled["account"]["links"][0]["changes"] = json!(vec![json!([now, "raise"]); most]);
        let answer = app.put(SNAPSHOT, spoiled).await;
        match is_accepted {
            true => drop(answer.ok()),
            false => {
                let (_, field, message) = answer.problem(400);
                assert_eq!(field.as_deref(), Some("account.links[0].changes"));
                assert_eq!(message, "There are 1000 changes at most.");
            }
        }
    }
    for (bytes, is_accepted) in [(1024 * 1024, true), (1024 * 1024 + 1, false)] {
        let mut spoiled = file.clone();
        spoiled["account"]["webhooks"][0]["payload"] = json!("x".repeat(bytes - 2));
        let answer = app.put(SNAPSHOT, spoiled).await;
        match is_accepted {
            true => drop(answer.ok()),
            false => {
                let (_, field, message) = answer.problem(400);
                assert_eq!(field.as_deref(), Some("account.webhooks"));
                assert_eq!(message, "The payload of a webhook takes 1 MiB at most.");
            }
        }
    }
    app.send_webhooks();
}

/// Each call quotes a text of 200 kB that it does not understand.
#[actix_web::test]
async fn what_is_quoted_is_cut_to_what_a_person_reads() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let long = "x".repeat(200_000);
    let posts = [
        ("/api/links/", json!({"institution": long, "username": CURP})),
        (
            "/api/links/",
            json!({"institution": "planet_mx_employment", "username": CURP, "access_mode": long}),
        ),
        ("/api/links/", json!({"institution": "planet_mx_employment", "username": long})),
        ("/api/employment-records/", json!({"link": long})),
        ("/_emulator/armed", json!({"scenario": long})),
        ("/_emulator/armed", json!({"scenario": "login_locked", "operation": long})),
        ("/_emulator/armed", json!({"scenario": "login_locked", "curp": long})),
        ("/_emulator/armed", json!({long.clone(): 1})),
        ("/_emulator/faults", json!({"fault": long})),
        ("/_emulator/faults", json!({"fault": "webhook_drop", "webhook_code": long})),
        ("/_emulator/faults", json!({"fault": {"status": {"status": 500, "message": long}}})),
        ("/_emulator/clock/advance", json!({"by": long})),
        ("/_emulator/clock/advance", json!({"to": long})),
        ("/_emulator/webhooks/await", json!({"webhook_code": long})),
        ("/_emulator/requests/verify", json!({"requests": [{"operation": long}]})),
        ("/_emulator/requests/verify", json!({"requests": [{"headers": {long.clone(): long}}]})),
        (TRIGGER, json!({"link": link, "webhook_code": "link_deleted", "data": {long.clone(): 1}})),
        (
            TRIGGER,
            json!({"link": link, "webhook_code": "invalid_credentials", "data": {long.clone(): 1}}),
        ),
    ];
    for (path, body) in posts {
        let answer = app.post(path, body).await;
        assert!((400..=409).contains(&answer.status), "{path}: {}", answer.status);
        assert!(answer.body.len() < 10_000, "{path}: {} bytes", answer.body.len());
    }
    let long = "x".repeat(20_000);
    for path in [
        format!("/api/links/?id={long}"),
        format!("/api/links/?status={long}"),
        format!("{DELIVERIES}/{long}"),
        format!("{DELIVERIES}?webhook_code={long}"),
    ] {
        let answer = app.get(&path).await;
        assert!((400..=404).contains(&answer.status), "{}: {}", &path[..40], answer.status);
        assert!(answer.body.len() < 10_000, "{}: {} bytes", &path[..40], answer.body.len());
    }
}

#[actix_web::test]
async fn an_error_names_a_hundred_problems_at_most() {
    let app = app().await;
    let wrong: Vec<String> = (0..100).map(|number| format!("wrong {number}")).collect();
    let body = json!({"fetch_resources": wrong, "stale_in": "soon", "credentials_storage": "x"});
    let request = TestRequest::post().uri("/api/token/").set_json(body);
    assert_eq!(app.call(request).await.problems(400).len(), 100);
}

#[actix_web::test]
async fn a_resource_that_is_named_again_and_again_is_kept_once() {
    let app = app().await;
    let many = vec!["EMPLOYMENT_RECORDS"; 40_000];
    let link = app.create_link_with(CURP, json!({"fetch_resources": many})).await.created();
    assert_eq!(link["fetch_resources"], json!(["EMPLOYMENT_RECORDS"]));
    let path = format!("/api/links/{}/", link["id"].as_str().unwrap());
    let changed = app.patch(&path, json!({"fetch_resources": many})).await.ok();
    assert_eq!(changed["fetch_resources"], json!(["EMPLOYMENT_RECORDS"]));
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_delivery_shows_its_last_attempts_as_far_as_they_take_a_mebibyte() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-retries", "99"]).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    for _ in 0..100 {
        let attempt = app.emulator.poll_attempt().unwrap();
        let outcome = Outcome { body: "x".repeat(16 * 1024), ..Outcome::status(500) };
        app.emulator.report_outcome(&attempt, outcome).unwrap();
        app.advance(TimeDelta::seconds(1000));
    }
    let delivery = app.get(&format!("{DELIVERIES}/1")).await;
    assert!(delivery.body.len() < 1_200_000, "{} bytes", delivery.body.len());
    let delivery = delivery.ok();
    let shown = delivery["attempts"].as_array().unwrap();
    assert_eq!(shown.last().unwrap()["number"], 100);
    assert_eq!(shown.len() as u64 + delivery["attempts_evicted"].as_u64().unwrap(), 100);
    assert!(shown.len() > 50, "{}", shown.len());
}

#[actix_web::test]
async fn an_account_has_webhooks_under_way_to_a_hundred_urls_at_most() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let trigger = json!({"link": link, "webhook_code": "invalid_credentials"});
    app.post(TRIGGER, trigger).await.created();
    let replay = format!("{DELIVERIES}/1/replay");
    let url = |number: usize| json!({"url": format!("http://receiver-{number}.test/")});
    for number in 1..100 {
        app.post(&replay, url(number)).await.created();
    }
    let (_, field, message) = app.post(&replay, url(100)).await.problem(400);
    assert_eq!(field.as_deref(), Some("url"));
    assert!(message.starts_with("100 URLs, which is the most"), "{message}");
    let endpoint = app.put("/_emulator/webhooks/endpoint", url(100)).await.problem(400);
    assert_eq!(endpoint.2, message);
    app.post(&replay, url(1)).await.created();
    app.send_webhooks();
    app.post(&replay, url(100)).await.created();
    app.send_webhooks();
}

#[actix_web::test]
async fn the_url_and_the_authorization_of_a_receiver_have_a_limit_wherever_they_are_given() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let trigger = json!({"link": link, "webhook_code": "invalid_credentials"});
    app.post(TRIGGER, trigger).await.created();
    let url = |bytes: usize| format!("{RECEIVER}?{}", "x".repeat(bytes - RECEIVER.len() - 1));
    let (replay, endpoint) = (format!("{DELIVERIES}/1/replay"), "/_emulator/webhooks/endpoint");
    for (method, path) in [(Method::PUT, endpoint), (Method::POST, &*replay)] {
        let call = |body| app.call(app.request(method.clone(), path).set_json(body));
        let longest = json!({"url": url(2000), "authorization": "x".repeat(4000)});
        assert!(call(longest).await.status < 300, "{path}");
        let (_, field, message) = call(json!({"url": url(2001)})).await.problem(400);
        assert_eq!(field.as_deref(), Some("url"), "{path}");
        assert!(message.contains("2000 bytes"), "{message}");
        let long = json!({"url": RECEIVER, "authorization": "x".repeat(4001)});
        let (_, field, message) = call(long).await.problem(400);
        assert_eq!(field.as_deref(), Some("authorization"), "{path}");
        assert!(message.contains("4000 bytes"), "{message}");
    }
    for (flag, value) in
        [("--webhook-url", url(2001)), ("--webhook-authorization", "x".repeat(4001))]
    {
        let flags = ["--webhook-url", RECEIVER, flag, &value];
        let refused = Config::from_flags(flags).err().unwrap();
        assert!(refused.starts_with(flag) && refused.contains("bytes at most"), "{refused}");
    }
    app.send_webhooks();
}

#[test]
fn the_memory_of_an_account_has_a_least_size() {
    let refused = Config::from_flags(["--account-memory", "1023KiB"]).err().unwrap();
    assert!(refused.contains("--account-memory") && refused.contains("1MiB is the least"));
    assert!(Config::from_flags(["--account-memory", "1MiB"]).is_ok());
}
