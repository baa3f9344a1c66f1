//! Secrets are shown nowhere, wherever and however a client or a receiver writes them. Every secret
//! of these tests has `hunter` in it, so one look through all that can be read is enough.

#![expect(
    clippy::disallowed_methods,
    reason = "real sockets need a limit on waiting; nothing asserts a time"
)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use actix_http::Request;
use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use belvo_emulator::{Emulator, Outcome};
use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, TestApp, app_with};
use crate::process::Server;

const HOOK: &str = "http://hunter-user:hunter-pw@receiver.test/hook?token=hunter-query#hunter-end";
const PATIENCE: Duration = Duration::from_secs(60);
const FORM: &str = "application/x-www-form-urlencoded";

/// Bodies with secrets that are no JSON of Belvo's, or no JSON at all.
const BODIES: &[&str] = &[
    r#"{"username": "x", "password": "hunter-1"#,
    r#"{"password" "hunter-2", nope}"#,
    r#"{"PassWord2": hunter 3 with, blanks}"#,
    r#"{"pass\u0077ord": "hunter-4", nope}"#,
    r#"{"pass\u0077ord": "hunter-4"}"#,
    r#"{"passwrod": "hunter-5", "Token": {"value": "hunter-5"}, "otp": 5}"#,
    r#"{"password": ["hunter-6"], "a": [{"b": {"api_key": "hunter-6"}}]}"#,
    r#"{"username": "{\"password\": \"hunter-7\"}"}"#,
    r#"{"username": "http://hunter:hunter@host/?access_token=hunter-8"}"#,
    r#""password=hunter-9""#,
    r#"["token: hunter-10"]"#,
    "{'password': 'hunter-11'}",
    "username=x&p%61ssword=hunter-12&scope=y",
    "username=x&password=hunter%2013&token=hunter",
    "<link><password>hunter-14</password></link>",
    "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter-15\r\n--x--",
    "password: hunter-16\nusername: x",
    "p\0a\0s\0s\0w\0o\0r\0d\0=\0h\0u\0n\0t\0e\0r\0",
    "access_token=hunter-17",
    r#"{"refresh": hunter-18}"#,
    r#"{"password": "a", "password": "hunter-19"}"#,
];

/// Headers that carry secrets.
const HEADERS: &[(&str, &str)] = &[
    ("Cookie", "session=hunter-c"),
    ("X-Api-Key", "hunter-k"),
    ("Proxy-Authorization", "Basic aHVudGVy"),
    ("X-Auth-Token", "hunter-t"),
    ("X-Amz-Security-Token", "hunter-a"),
    ("Referer", "http://hunter:hunter@front.test/?token=hunter-r"),
    ("X-Forwarded-Access-Token", "hunter-f"),
];

/// Values of `Authorization` that are no keys.
const AUTHORIZATIONS: &[&str] =
    &["hunter-0 two", "hunter-0", "Bearer hunter-0", "Basic hunter-0", "Token token=hunter-0"];

/// Fails if a text shows a secret, in the clear or in the encoding of Basic.
#[track_caller]
fn check(place: &str, text: &str) {
    let basic = STANDARD.encode("id:hunter-of-keys");
    for secret in ["hunter", "h\0u", "HUNTER", &basic, "aHVudGVy"] {
        if let Some(found) = text.find(secret) {
            let around = &text.as_bytes()[found.saturating_sub(200)..text.len().min(found + 100)];
            panic!("{place} shows a secret: {}", String::from_utf8_lossy(around));
        }
    }
}

/// What a receiver answers to a webhook, with secrets of its own.
fn answer_of_receiver() -> Outcome {
    let headers = [
        ("set-cookie", "sid=hunter-s; HttpOnly"),
        ("x-api-key", "hunter-k"),
        ("authorization", "hunter"),
        ("location", "http://hunter:hunter@elsewhere.test/?token=hunter-l"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Outcome {
        headers: BTreeMap::from(headers),
        body: r#"{"token": "hunter-b", "debug": "password=hunter-d"}"#.to_owned(),
        ..Outcome::status(500)
    }
}

/// Makes requests with secrets in each place that a request has. Returns the ids of the answers.
async fn plant<S>(app: &TestApp<S>) -> Vec<String>
where
    S: Service<Request, Response = ServiceResponse, Error = Error>,
{
    let mut ids = Vec::new();
    let link = json!({
        "institution": "planet_mx_employment", "username": CURP, "password": "hunter-p",
        "password2": "hunter-p2", "token": "hunter-otp", "access_mode": "recurrent",
        "fetch_resources": ["EMPLOYMENT_RECORDS"], "Secret": {"a": ["hunter"]}, "pin": 1234,
    });
    let query = "/api/links/?token=hunter-q&password=hunter&%61pi_key=hunter&key=hunter&\
                 page_size=1&callback=http://hunter:hunter@x/";
    let mut requests = vec![
        app.request(Method::POST, "/api/links/").set_json(&link),
        app.request(Method::GET, query),
        app.request(Method::GET, &format!("{query}&page=77")),
        app.request(Method::PUT, "/api/links/nope/").set_json(json!({"password": "hunter"})),
        app.request(Method::PATCH, "/api/links/").set_json(json!({"token": "hunter"})),
        app.request(Method::POST, "/api/employment-records/")
            .set_json(json!({"link": "nope", "token": "hunter"})),
    ];
    for body in BODIES {
        for (path, media_type) in [("/api/links/", "application/json"), ("/api/links/x/", FORM)] {
            let request = app.request(Method::POST, path);
            requests.push(request.insert_header(("Content-Type", media_type)).set_payload(*body));
            let request = app.request(Method::PATCH, "/api/links/");
            requests.push(request.insert_header(("Content-Type", media_type)).set_payload(*body));
        }
    }
    let mut with_headers = app.request(Method::GET, "/api/links/?page_size=1");
    for header in HEADERS {
        with_headers = with_headers.insert_header(*header);
    }
    requests.push(with_headers);
    for request in requests {
        let answer = app.call(request).await;
        if answer.status >= 400 {
            check("an error", &String::from_utf8_lossy(&answer.body));
        }
        ids.push(answer.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned());
    }
    ids
}

/// Requests that belong to no account, or command the emulator, and are refused.
async fn be_refused<S>(app: &TestApp<S>)
where
    S: Service<Request, Response = ServiceResponse, Error = Error>,
{
    let mut refused = Vec::new();
    for value in AUTHORIZATIONS {
        let request = app.request(Method::GET, "/api/links/?token=hunter");
        refused.push(request.insert_header(("Authorization", *value)));
    }
    for body in BODIES {
        for path in ["/api/token/", "/_emulator/fork", "/_emulator/armed", "/_emulator/faults"] {
            let request = app.request(Method::POST, path);
            let json = ("Content-Type", "application/json");
            refused.push(request.insert_header(json).set_payload(*body));
        }
    }
    for (place, request) in refused.into_iter().enumerate() {
        let answer = app.call_unchecked(request).await;
        assert!(answer.status >= 400, "{place}");
        let error = String::from_utf8_lossy(&answer.body).into_owned();
        // A key that is unknown, and a word in place of another, are quoted: they are no secrets.
        if !error.contains("unknown ") {
            check(&format!("refusal {place}"), &error);
        }
    }
}

#[actix_web::test]
async fn no_control_call_shows_a_secret() {
    let flags = [
        "--webhook-url",
        HOOK,
        "--webhook-authorization",
        "Bearer hunter-hook",
        "--clock",
        "manual",
        "--webhook-retries",
        "1",
    ];
    let app = app_with(&flags).await;
    app.log_in_as("id", "hunter-of-keys");
    let mut ids = plant(&app).await;
    be_refused(&app).await;
    let pair = app.create_token_with(json!({})).await;
    ids.push(pair.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned());
    let pair = pair.ok();
    let (access, refresh) = (pair["access"].as_str().unwrap(), pair["refresh"].as_str().unwrap());
    app.call_with(access, Method::GET, "/api/institutions/", None).await.ok();
    app.put("/_emulator/clock", json!({"mode": "real"})).await.ok();
    app.advance(TimeDelta::seconds(15));
    let mut seen = 0;
    for _ in 0..2 {
        while let Some(pending) = app.emulator.poll_attempt() {
            app.emulator.report_outcome(&pending, answer_of_receiver());
            seen += 1;
        }
        app.advance(TimeDelta::seconds(10));
    }
    assert!(seen > 1, "no webhook was sent");
    let other =
        json!({"url": "http://hunter:hunter@other.test/?key=hunter", "authorization": "hunter"});
    let refused = app.post("/_emulator/webhooks/deliveries/1/replay", other).await;
    check("a refused replay", &String::from_utf8_lossy(&refused.body));
    let other = json!({"url": "http://hunter:hunter@other.test/?key=hunter"});
    app.post("/_emulator/webhooks/deliveries/1/replay", other.clone()).await;
    app.put("/_emulator/webhooks/endpoint", other).await.ok();
    for url in ["http://hunter:hunter@h:bad/?t=hunter", "ftp://hunter:hunter@h/"] {
        let refused = app.put("/_emulator/webhooks/endpoint", json!({"url": url})).await;
        assert_eq!(refused.status, 400, "{url}");
        check("a refused endpoint", &String::from_utf8_lossy(&refused.body));
    }
    let mut paths: Vec<String> = [
        "requests?limit=1000",
        "webhooks/deliveries",
        "webhooks/deliveries/1",
        "webhooks/deliveries/2",
        "webhooks/endpoint",
        "snapshot",
        "clock",
        "armed",
        "faults",
        "default-scenario",
        "openapi.json",
    ]
    .map(|path| format!("/_emulator/{path}"))
    .into();
    paths.extend(ids.iter().map(|id| format!("/_emulator/requests/{id}")));
    for path in &paths {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let text = String::from_utf8(answer.body).unwrap();
        check(path, &text);
        for token in [access, refresh] {
            assert!(!text.contains(&token[..40]), "{path} shows a token of the widget");
        }
    }
    while app.emulator.poll_attempt().is_some() {}
}

/// The texts of a verification quote what is expected and what came.
#[actix_web::test]
async fn a_verification_that_fails_shows_no_secret() {
    let app = app_with(&[]).await;
    app.log_in_as("id", "hunter-of-keys");
    plant(&app).await;
    for expected in [
        json!({"operation": "RegisterLink", "body": {"password": "hunter", "access_mode": "x"}}),
        json!({"headers": {"Authorization": "Basic hunter", "Cookie": "hunter"}, "status": 299}),
        json!({"query": {"token": "hunter", "page_size": "9"}}),
        json!({"body": {"a": [{"client_secret": "hunter"}]}, "count": 1}),
    ] {
        let body = json!({"requests": [expected]});
        let (_, _, text) = app.post("/_emulator/requests/verify", body).await.problem(409);
        check("the text of a verification", &text);
    }
}

/// The endpoint of a pending webhook, with its secrets, is no part of a snapshot.
#[actix_web::test]
async fn a_snapshot_of_pending_webhooks_shows_no_secret_and_can_be_put_back() {
    let flags = ["--webhook-url", HOOK, "--webhook-authorization", "Bearer hunter-hook"];
    let app = app_with(&flags).await;
    app.create_link_with(CURP, json!({"password": "hunter", "token": "hunter"})).await.created();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks_to(|_| false);
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    check("the snapshot", &snapshot.to_string());
    app.put("/_emulator/snapshot", snapshot).await.ok();
    app.advance(TimeDelta::seconds(10));
    assert_eq!(app.send_webhooks().len(), 1, "it goes to the endpoint of where it is put back");
}

#[test]
fn the_settings_of_the_crate_show_no_secret_in_debug() {
    let builder = Emulator::builder()
        .credentials("id", "hunter")
        .webhook_authorization("hunter")
        .webhook_url("http://hunter:hunter@receiver.test/?token=hunter")
        .flags(["--credentials", "other:hunter"]);
    check("the builder", &format!("{builder:?}"));
}

/// A receiver that answers with secrets of its own.
fn receiver() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 16 * 1024]);
            let _ = stream.write_all(
                b"HTTP/1.1 500 Oops\r\nSet-Cookie: sid=hunter\r\nContent-Length: 21\r\n\
                  Connection: close\r\n\r\n{\"password\":\"hunter\"}",
            );
        }
    });
    format!("http://hunter:hunter@{address}/hook?token=hunter")
}

/// Sends raw bytes and waits until the server closes.
fn send(server: &Server, request: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let _ = stream.read_to_end(&mut Vec::new());
}

fn log_of_a_life(format: &str) -> String {
    let flags = ["--log-format", format, "--webhook-delay", "0s", "--webhook-retries", "0"];
    let receiver = receiver();
    let url = ["--webhook-url", &receiver, "--webhook-authorization", "hunter-hook"];
    let mut server = Server::start(&[&flags[..], &url].concat());
    let basic = format!("Basic {}", STANDARD.encode("id:hunter-of-keys"));
    let close = "Host: localhost\r\nConnection: close\r\n";
    let headers: String =
        HEADERS.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let json = "Content-Type: application/json\r\n";
    for authorization in AUTHORIZATIONS.iter().chain([&&*basic]) {
        let keys = format!("Authorization: {authorization}\r\n");
        let path = "/api/links/?token=hunter&password=hunter&access_token=hunter";
        send(&server, &format!("GET {path} HTTP/1.1\r\n{close}{keys}{headers}\r\n"));
        send(
            &server,
            &format!("GET http://hunter:hunter@localhost{path} HTTP/1.1\r\n{close}{keys}\r\n"),
        );
        for body in BODIES {
            let length = body.len();
            for path in ["/api/links/", "/api/token/", "/_emulator/fork"] {
                let head = format!("POST {path} HTTP/1.1\r\n{close}{keys}{json}");
                send(&server, &format!("{head}Content-Length: {length}\r\n\r\n{body}"));
            }
        }
    }
    let body = json!({
        "institution": "planet_mx_employment", "username": CURP, "password": "hunter",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    })
    .to_string();
    let head = format!("POST /api/links/ HTTP/1.1\r\n{close}Authorization: {basic}\r\n{json}");
    send(&server, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()));
    let began = Instant::now();
    while !server.log().contains("given up") {
        assert!(began.elapsed() < PATIENCE, "the webhook is not in the log: {}", server.log());
        thread::yield_now();
    }
    assert!(server.stop("TERM").success());
    server.log()
}

#[test]
fn no_line_of_the_log_shows_a_secret() {
    for format in ["text", "json"] {
        let log = log_of_a_life(format);
        check(&format!("the log as {format}"), &log);
    }
}
