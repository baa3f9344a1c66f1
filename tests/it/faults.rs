//! Faults on the way from the emulator to its client.

#![expect(clippy::disallowed_methods, reason = "the time that an answer takes is what is tested")]

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::app::{CURP, app, app_with};
use crate::process::Server;

const FAULTS: &str = "/_emulator/faults";

#[actix_web::test]
async fn a_fault_is_listed_with_how_it_has_gone_and_can_be_deleted() {
    let app = app().await;
    let fault = json!({"status": {"status": 503}});
    let entry = app.fault(json!({"fault": fault, "operation": "ListLinks", "times": 2})).await;
    let expected = json!({
        "id": 1, "fault": fault, "operation": "ListLinks", "link": null, "webhook_code": null,
        "attempts": null, "probability": 1.0, "left": 2, "matched": 0, "injected": 0,
    });
    assert_eq!(entry, expected);
    let list = |status| (app.request(Method::GET, "/api/links/"), status);
    for (request, status) in [list(503), list(503), list(200)] {
        assert_eq!(app.call_injected(request).await.0, status);
    }
    app.get("/api/").await.ok();
    let listed = app.get(FAULTS).await.ok()["faults"].clone();
    let gone = (&listed[0]["left"], &listed[0]["matched"], &listed[0]["injected"]);
    assert_eq!(gone, (&json!(0), &json!(2), &json!(2)));
    app.fault(json!({"fault": "reset_peer", "operation": "ListLinks"})).await;
    app.fault(json!({"fault": "webhook_drop"})).await;
    app.delete("/_emulator/faults/2").await.no_content();
    for id in ["2", "9", "x", "-1"] {
        app.delete(&format!("/_emulator/faults/{id}")).await.not_found();
    }
    assert_eq!(app.get(FAULTS).await.ok()["faults"][1]["id"], 3);
    app.delete(FAULTS).await.no_content();
    assert_eq!(app.get(FAULTS).await.ok()["faults"], json!([]));
    assert_eq!(app.fault(json!({"fault": "reset_peer"})).await["id"], 4);
}

#[actix_web::test]
async fn what_is_wrong_with_a_fault_is_told_by_field() {
    let app = app().await;
    let with = |mut body: Value, key: &str, value: Value| {
        body[key] = value;
        body
    };
    let (reset, drop) = (json!({"fault": "reset_peer"}), json!({"fault": "webhook_drop"}));
    let unknown = "00000000-0000-4000-8000-000000000000";
    let cases = [
        (json!({}), "fault", "The key \"fault\" is missing."),
        (json!({"fault": "reset"}), "fault", "\"reset\" is not among: latency, "),
        (
            json!({"fault": "timeout"}),
            "fault.timeout",
            "Write {\"timeout\": {...}} with its values",
        ),
        (
            json!({"fault": {"status": 503}}),
            "fault.status",
            "Write {\"status\": {...}} with its values",
        ),
        (json!({"fault": {"reset_peer": {}}}), "fault.reset_peer", "Write \"reset_peer\" alone"),
        (json!({"fault": {"latency": {}}}), "fault.latency.delay", "The key \"delay\" is missing."),
        (
            json!({"fault": {"latency": {"delay": "soon"}}}),
            "fault.latency.delay",
            "write it as 500ms, 15s",
        ),
        (json!({"fault": {"latency": {"delay": "11m"}}}), "fault.latency.delay", "longer than 10m"),
        (
            json!({"fault": {"timeout": {"for": "1s"}}}),
            "fault.timeout.for",
            "\"for\" is no key here",
        ),
        (json!({"fault": {"status": {"status": 200}}}), "fault.status.status", "400 to 599"),
        (
            json!({"fault": {"webhook_duplicate": {"copies": 0}}}),
            "fault.webhook_duplicate.copies",
            "copies 0: expected 1 to 100",
        ),
        (with(reset.clone(), "probability", json!(1.1)), "probability", "expected 0 to 1"),
        (with(reset.clone(), "probability", json!(-0.1)), "probability", "expected 0 to 1"),
        (with(reset.clone(), "times", json!(0)), "times", "Must be from 1 to 1000000."),
        (
            with(reset.clone(), "operation", json!("ListLink")),
            "operation",
            "No operation is named \"ListLink\". Did you mean \"ListLinks\"? There are CheckKeys,",
        ),
        (with(reset.clone(), "link", json!(unknown)), "link", "does not exist"),
        (
            with(reset.clone(), "webhook_code", json!("link_deleted")),
            "webhook_code",
            "not webhooks",
        ),
        (with(drop.clone(), "operation", json!("ListLinks")), "operation", "select them by link"),
        (
            with(drop.clone(), "webhook_code", json!("historic_update")),
            "webhook_code",
            "Did you mean \"historical_update\"? There are historical_update, employment_changes,",
        ),
        (
            json!({"fault": "webhook_before_answer", "webhook_code": "link_deleted"}),
            "webhook_code",
            "which are historical_update.",
        ),
        (with(reset.clone(), "sometimes", json!(true)), "sometimes", "no key here"),
    ];
    for (body, field, sentence) in cases {
        let problems = app.post(FAULTS, body.clone()).await.problems(400);
        let found = problems.iter().any(|(_, at, message)| {
            at.as_deref().unwrap_or_default() == field && message.contains(sentence)
        });
        assert!(found, "{body}: {problems:?}");
    }
    let all = json!({"fault": "reset_peer", "operation": "x", "link": unknown, "times": 0});
    let fields: Vec<_> = app.post(FAULTS, all).await.problems(400);
    let fields: BTreeSet<_> = fields.into_iter().map(|(_, field, _)| field.unwrap()).collect();
    assert_eq!(fields, BTreeSet::from(["link", "operation", "times"].map(str::to_owned)));
    assert_eq!(app.get(FAULTS).await.ok()["faults"], json!([]));
}

/// The answer that a client gets to `POST /api/links/`, its duration, and the number of links after
/// it.
#[actix_web::test]
async fn each_fault_of_an_answer_is_seen_by_the_client_after_the_effect() {
    const ERROR: &[u8] = b"[{\"code\":\"out_of_luck\",\"message\":\"No.\",\"request_id\":\"";
    let cut = |whole: &[u8]| Some(whole[..whole.len() / 2].to_vec());
    let whole = |whole: &[u8]| Some(whole.to_vec());
    let nothing = |_: &[u8]| None;
    type Seen<'a> = &'a dyn Fn(&[u8]) -> Option<Vec<u8>>;
    let cases: [(Value, u16, Seen<'_>, u64, u64); 10] = [
        (json!({"latency": {"delay": "3s"}}), 201, &whole, 3000, 1),
        (json!({"timeout": {}}), 201, &nothing, 30_000, 1),
        (json!({"timeout": {"after": "5s"}}), 201, &nothing, 5000, 1),
        (json!("reset_peer"), 201, &nothing, 0, 1),
        (json!("empty_response"), 201, &nothing, 0, 1),
        (json!("truncated_body"), 201, &nothing, 0, 1),
        (json!("malformed_body"), 201, &cut, 0, 1),
        (json!({"slow_body": {"over": "5s"}}), 201, &whole, 5000, 1),
        (
            json!({"status": {"status": 503, "code": "out_of_luck", "message": "No."}}),
            503,
            &|_| None,
            0,
            0,
        ),
        (json!({"status": {"status": 504}}), 504, &|_| None, 0, 0),
    ];
    for (fault, status, seen, takes_ms, links) in cases {
        let app = app_with(&[]).await;
        let untouched = app_with(&[]).await.create_link(CURP).await.body;
        app.fault(json!({"fault": fault, "operation": "RegisterLink"})).await;
        let body = json!({
            "institution": "planet_mx_employment",
            "username": CURP,
            "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        });
        tokio::time::pause();
        let started = Instant::now();
        let request = app.request(Method::POST, "/api/links/").set_json(body);
        let (was, body) = app.call_injected(request).await;
        let took = started.elapsed().as_millis() as u64;
        tokio::time::resume();
        assert_eq!(was, status, "{fault}");
        match status {
            201 => assert_eq!(body, seen(&untouched), "{fault}"),
            503 => assert!(body.unwrap().starts_with(ERROR)),
            _ => assert!(body.unwrap().starts_with(b"<html>\n<head><title>504 Gateway Timeout<")),
        }
        assert!((takes_ms..takes_ms + 20).contains(&took), "{fault}: {took} ms");
        assert_eq!(app.get("/api/links/").await.ok()["count"], links, "{fault}");
    }
}

#[actix_web::test]
async fn a_status_says_what_is_known_of_it_unless_it_is_told() {
    let app = app().await;
    let cases = [
        (json!({"status": 401}), "authentication_failed"),
        (json!({"status": 404}), "not_found"),
        (json!({"status": 429}), "throttled"),
        (json!({"status": 418}), "unexpected_error"),
        (json!({"status": 500}), "unexpected_error"),
        (json!({"status": 503, "message": "Later."}), "unexpected_error"),
        (json!({"status": 404, "code": "gone"}), "gone"),
    ];
    for (fault, code) in cases {
        app.delete(FAULTS).await.no_content();
        app.fault(json!({"fault": {"status": fault}})).await;
        let (status, body) = app.call_injected(app.request(Method::GET, "/api/")).await;
        let body: Value = serde_json::from_slice(&body.unwrap()).unwrap();
        assert_eq!((json!(status), &body[0]["code"]), (fault["status"].clone(), &json!(code)));
        if fault.get("message").is_some() {
            assert_eq!(body[0]["message"], fault["message"]);
        }
    }
}

#[actix_web::test]
async fn latencies_add_up_and_of_the_others_the_first_one_is_injected() {
    let app = app().await;
    app.fault(json!({"fault": {"latency": {"delay": "2s"}}})).await;
    app.fault(json!({"fault": "malformed_body", "times": 1})).await;
    app.fault(json!({"fault": {"latency": {"delay": "1s"}}, "operation": "ListLinks"})).await;
    app.fault(json!({"fault": {"status": {"status": 500}}, "times": 1})).await;
    tokio::time::pause();
    let mut met = Vec::new();
    for path in ["/api/links/", "/api/links", "/api/", "/api/unknown/"] {
        let started = Instant::now();
        let (status, body) = app.call_injected(app.request(Method::GET, path)).await;
        let is_json = serde_json::from_slice::<Value>(&body.unwrap()).is_ok();
        met.push((status, is_json, started.elapsed().as_millis() / 100));
    }
    assert_eq!(met, [(200, false, 30), (500, true, 30), (200, true, 20), (404, true, 20)]);
    let faults = app.get(FAULTS).await.ok()["faults"].clone();
    let injected: Vec<&Value> = faults.as_array().unwrap().iter().map(|f| &f["injected"]).collect();
    assert_eq!(injected, [4, 1, 2, 1]);
}

#[actix_web::test]
async fn jitter_is_drawn_around_the_delay() {
    let app = app().await;
    app.fault(json!({"fault": {"latency": {"delay": "100ms", "jitter": "300ms"}}})).await;
    tokio::time::pause();
    let mut times = BTreeSet::new();
    for _ in 0..100 {
        let started = Instant::now();
        app.get("/api/").await.ok();
        times.insert(started.elapsed().as_millis());
    }
    assert!(times.len() > 50, "{times:?}");
    assert!(*times.first().unwrap() < 40 && *times.last().unwrap() > 360, "{times:?}");
    assert!(times.iter().all(|time| *time <= 401), "{times:?}");
}

#[actix_web::test]
async fn every_call_of_the_account_can_be_struck_and_nothing_else() {
    let app = app().await;
    app.fault(json!({"fault": {"status": {"status": 418}}})).await;
    for (method, path) in [
        (Method::GET, "/api/"),
        (Method::HEAD, "/api/links"),
        (Method::POST, "/api/links/"),
        (Method::GET, "/api/unknown/"),
        (Method::PUT, "/api/links/"),
    ] {
        let (status, _) = app.call_injected(app.request(method.clone(), path)).await;
        assert_eq!(status, 418, "{method} {path}");
    }
    let token = app.request(Method::POST, "/api/token/");
    let body = json!({"id": "id", "password": "password", "scopes": "read_institutions"});
    assert_eq!(app.call_injected(token.set_json(body)).await.0, 418);
    for path in ["/livez", "/_emulator/openapi.json", "/_emulator/clock", FAULTS] {
        app.get(path).await.ok();
    }
    app.get("/_emulator/unknown").await.problem(404);
    app.log_in_as("other", "password");
    app.get("/api/links/").await.ok();
    assert_eq!(app.get(FAULTS).await.ok()["faults"], json!([]));
}

/// Each operation is told from the others, with and without the last slash.
#[actix_web::test]
async fn a_fault_of_an_operation_is_injected_into_its_calls_only() {
    let app = app().await;
    let id = "00000000-0000-4000-8000-000000000000";
    let calls = [
        ("CheckKeys", Method::GET, "/api/".to_owned()),
        ("ListLinks", Method::GET, "/api/links/".to_owned()),
        ("PatchBody", Method::PATCH, "/api/links/".to_owned()),
        ("RegisterLink", Method::POST, "/api/links/".to_owned()),
        ("DetailLink", Method::GET, format!("/api/links/{id}/")),
        ("UpdateLink", Method::PUT, format!("/api/links/{id}/")),
        ("RefreshLink", Method::POST, format!("/api/links/{id}/refresh/")),
        ("DestroyEmploymentRecord", Method::DELETE, format!("/api/employment-records/{id}/")),
        ("DetailCurrentEmployment", Method::GET, format!("/api/mx/current-employments/{id}/")),
        ("ListOwners", Method::GET, "/api/owners/".to_owned()),
        ("RetrieveEmploymentMetricDetails", Method::POST, "/api/employment-metrics/".to_owned()),
        ("DetailEmploymentMetric", Method::GET, format!("/api/employment-metrics/{id}/")),
        ("PatchOwners", Method::PATCH, "/api/owners/".to_owned()),
        ("DestroyOwner", Method::DELETE, format!("/api/owners/{id}/")),
        ("DetailInstitution", Method::GET, "/api/institutions/9454/".to_owned()),
    ];
    for (operation, ..) in &calls {
        app.delete(FAULTS).await.no_content();
        let fault = json!({"status": {"status": 418}});
        app.fault(json!({"fault": fault, "operation": operation})).await;
        for (called, method, path) in &calls {
            for path in [path, path.trim_end_matches('/')] {
                let (status, _) = app.call_injected(app.request(method.clone(), path)).await;
                assert_eq!(status == 418, operation == called, "{operation}: {method} {path}");
            }
        }
    }
}

#[actix_web::test]
async fn an_answer_without_a_body_has_nothing_to_cut() {
    let app = app().await;
    for fault in
        [json!("truncated_body"), json!("malformed_body"), json!({"slow_body": {"over": "1s"}})]
    {
        let link = app.create_link(CURP).await.id();
        app.delete(FAULTS).await.no_content();
        app.fault(json!({"fault": fault, "operation": "DestroyLink"})).await;
        app.delete(&format!("/api/links/{link}/")).await.no_content();
    }
}

/// Which of the next calls are injected, with a probability of one half.
async fn injections(flags: &[&str], others: usize) -> Vec<bool> {
    let app = app_with(flags).await;
    app.fault(json!({"fault": {"status": {"status": 503}}, "probability": 0.5})).await;
    let mut injected = Vec::new();
    for _ in 0..64 {
        for number in 0..others {
            app.log_in_as("other", &number.to_string());
            if app.get(FAULTS).await.ok()["faults"] == json!([]) {
                app.fault(json!({"fault": {"status": {"status": 500}}, "probability": 0.5})).await;
            }
            app.call_injected(app.request(Method::GET, "/api/links/")).await;
        }
        app.log_in_as("id", "password");
        injected.push(app.call_injected(app.request(Method::GET, "/api/links/")).await.0 == 503);
    }
    injected
}

#[actix_web::test]
async fn the_same_seed_brings_the_same_injections_whatever_others_do() {
    let alone = injections(&[], 0).await;
    let count = alone.iter().filter(|injected| **injected).count();
    assert!((16..48).contains(&count), "{alone:?}");
    assert_eq!(alone, injections(&[], 0).await);
    assert_eq!(alone, injections(&[], 2).await);
    assert_ne!(alone, injections(&["--seed", "8"], 0).await);
}

/// All that a client and a receiver see of a script.
async fn script(faults: &[Value]) -> Vec<String> {
    let app = app_with(&["--webhook-url", "http://receiver.test/"]).await;
    for fault in faults {
        app.fault(json!({"fault": fault, "probability": 0})).await;
    }
    let mut log = Vec::new();
    for curp in [CURP, "FAIL400002HXXXXX00", "TWIN900101MXXXXX00"] {
        log.push(app.create_link(curp).await.body);
        app.advance(TimeDelta::seconds(30));
        log.extend(app.send_webhooks().into_iter().map(|sent| sent.bytes));
    }
    for path in ["/api/links/", "/api/employment-records/", "/api/links/nope/"] {
        log.push(app.get(path).await.body);
    }
    let mut came = app.post("/_emulator/webhooks/await", json!({})).await.ok();
    // The log has the faults that were added.
    came.as_object_mut().unwrap().remove("cursor");
    log.push(came.to_string().into_bytes());
    let ours = app.get(FAULTS).await.ok()["faults"].clone();
    assert!(ours.as_array().unwrap().iter().all(|fault| fault["injected"] == 0), "{ours}");
    log.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

#[actix_web::test]
async fn probability_0_is_exactly_nothing() {
    let every = [
        json!({"latency": {"delay": "10m", "jitter": "10m"}}),
        json!({"timeout": {}}),
        json!("reset_peer"),
        json!("empty_response"),
        json!("truncated_body"),
        json!("malformed_body"),
        json!({"slow_body": {"over": "10m"}}),
        json!({"status": {"status": 500}}),
        json!({"webhook_duplicate": {}}),
        json!("webhook_reorder"),
        json!("webhook_drop"),
        json!({"webhook_late": {"by": "1h"}}),
        json!("webhook_before_answer"),
        json!("webhook_malformed_body"),
        json!("webhook_wrong_authorization"),
    ];
    assert_eq!(script(&[]).await, script(&every).await);
}

#[actix_web::test]
async fn times_counts_injections_not_draws() {
    let app = app().await;
    let fault = json!({"status": {"status": 503}});
    app.fault(json!({"fault": fault, "times": 3, "probability": 0.2})).await;
    let mut injected = 0;
    for _ in 0..100 {
        let (status, _) = app.call_injected(app.request(Method::GET, "/api/")).await;
        injected += u32::from(status == 503);
    }
    assert_eq!(injected, 3);
    let entry = app.get(FAULTS).await.ok()["faults"][0].clone();
    assert!(entry["matched"].as_u64().unwrap() > 3 && entry["left"] == 0, "{entry}");
}

#[actix_web::test]
async fn of_a_thousand_faults_those_that_are_used_up_make_room() {
    let app = app().await;
    app.fault(json!({"fault": {"status": {"status": 503}}, "times": 1})).await;
    for _ in 1..1000 {
        app.fault(json!({"fault": "reset_peer", "operation": "ListLinks"})).await;
    }
    let more = json!({"fault": "reset_peer"});
    let (_, field, message) = app.post(FAULTS, more.clone()).await.problem(400);
    assert!(field.is_none() && message.starts_with("1000 faults are there already"), "{message}");
    assert_eq!(app.call_injected(app.request(Method::GET, "/api/")).await.0, 503);
    assert_eq!(app.fault(more).await["id"], 1001);
    assert_eq!(app.get(FAULTS).await.ok()["faults"][0]["id"], 2);
}

#[actix_web::test]
async fn a_reset_drops_faults_and_a_fork_has_them_too() {
    let app = app().await;
    app.fault(json!({"fault": {"status": {"status": 503}}, "times": 1})).await;
    app.post("/_emulator/fork", json!({"credentials": "fork:x"})).await.no_content();
    app.post("/_emulator/reset", json!({})).await.ok();
    app.get("/api/").await.ok();
    assert_eq!(app.fault(json!({"fault": "reset_peer"})).await["id"], 1);
    app.log_in_as("fork", "x");
    assert_eq!(app.call_injected(app.request(Method::GET, "/api/")).await.0, 503);
    app.get("/api/").await.ok();
}

/// How a connection ends.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
}

/// The bytes of the answer to `GET /api/institutions/` before the connection ends, and the number of
/// reads that they came in.
fn call(server: &Server, path: &str) -> (Vec<u8>, usize, End) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let keys = "aWQ6cGFzc3dvcmQ="; // id:password
    let head = "Host: localhost\r\nConnection: close";
    write!(stream, "GET {path} HTTP/1.1\r\n{head}\r\nAuthorization: Basic {keys}\r\n\r\n").unwrap();
    let (mut bytes, mut buffer, mut reads) = (Vec::new(), [0; 65536], 0);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (bytes, reads, End::Closed),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                return (bytes, reads, End::Reset);
            }
            Err(error) => panic!("{error}"),
        }
        reads += 1;
    }
}

/// The length that an answer says it has, and its body.
fn parts(answer: &[u8]) -> (usize, Vec<u8>) {
    let text = String::from_utf8(answer.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    (length.unwrap().parse().unwrap(), body.as_bytes().to_vec())
}

#[test]
fn each_broken_connection_looks_like_one_on_the_wire() {
    let server = Server::start(&[]);
    let path = "/api/institutions/";
    let injection = |fault: Value| {
        assert_eq!(server.request("DELETE", FAULTS, None).0, 204);
        assert_eq!(server.request("POST", FAULTS, Some(&json!({"fault": fault}))).0, 201);
        call(&server, path)
    };
    let (whole, _, end) = call(&server, path);
    assert_eq!(end, End::Closed);
    let (length, body) = parts(&whole);
    assert_eq!(length, body.len());
    let nothing = Vec::new();
    let (answer, _, end) = injection(json!("reset_peer"));
    assert_eq!((answer, end), (nothing.clone(), End::Reset));
    let (answer, _, end) = injection(json!("empty_response"));
    assert_eq!((answer, end), (nothing.clone(), End::Closed));
    let (answer, _, end) = injection(json!({"timeout": {"after": "100ms"}}));
    assert_eq!((answer, end), (nothing, End::Closed));
    let (answer, _, end) = injection(json!("truncated_body"));
    assert_eq!((parts(&answer), end), ((length, body[..length / 2].to_vec()), End::Closed));
    let (answer, _, end) = injection(json!("malformed_body"));
    assert_eq!((parts(&answer), end), ((length / 2, body[..length / 2].to_vec()), End::Closed));
    let (answer, reads, end) = injection(json!({"slow_body": {"over": "500ms"}}));
    assert_eq!((parts(&answer), end), ((length, body.clone()), End::Closed));
    assert!(reads > 3, "{reads}");
    let (answer, _, end) = injection(json!({"status": {"status": 502}}));
    assert!(answer.starts_with(b"HTTP/1.1 502 Bad Gateway\r\n"));
    assert_eq!(end, End::Closed);
    assert_eq!(server.request("DELETE", FAULTS, None).0, 204);
    assert_eq!(parts(&call(&server, path).0), (length, body));
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}

/// Half of a body that is larger than any buffer on the way arrives before the connection ends.
#[test]
fn a_large_body_is_truncated_in_the_middle() {
    let server = Server::start(&["--webhook-delay", "0s"]);
    for _ in 0..200 {
        server.create_link(CURP);
    }
    let path = "/api/employment-records/?page_size=1000";
    let (length, _) = parts(&call(&server, path).0);
    assert!(length > 500_000, "{length}");
    let (status, _) = server.request("POST", FAULTS, Some(&json!({"fault": "truncated_body"})));
    assert_eq!(status, 201);
    let (answer, _, end) = call(&server, path);
    let (said, body) = parts(&answer);
    assert_eq!((said, body.len(), end), (length, length / 2, End::Closed));
}
