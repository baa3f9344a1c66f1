//! `--demo`: the people, the accounts of visitors, and the keys of those who look on.

use std::thread;
use std::time::Duration;

use actix_http::Request;
use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use belvo_emulator::{Config, Emulator};
use serde_json::{Value, json};

use crate::app::{Answer, CURP, RECEIVER, TestApp, app, app_with};
use crate::process::{Server, call};

const VISIT: &str = "/_emulator/demo/visit";
const ACCOUNT: &str = "/_emulator/demo/account";
const OWN: (&str, &str) = ("Origin", "http://localhost:23586");
const PEOPLE_WITH_LINKS: u64 = 11;

/// The page asks for the account of a visitor, with a cookie if the browser has one.
fn visit(cookie: Option<&str>) -> TestRequest {
    let request = TestRequest::post().uri(VISIT).insert_header(("Host", "localhost:23586"));
    let request = request.insert_header(OWN);
    match cookie {
        Some(cookie) => request.insert_header(("Cookie", cookie.to_owned())),
        None => request,
    }
}

/// The pair of keys that a visitor gets, and the cookie that the browser keeps.
fn met(answer: &Answer) -> ((String, String), String) {
    assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.body));
    let keys = answer.json();
    let text = |key: &str| keys[key].as_str().unwrap().to_owned();
    let cookie = answer.headers.get("Set-Cookie").unwrap().to_str().unwrap();
    ((text("id"), text("password")), cookie.split(';').next().unwrap().to_owned())
}

/// Begins to call as a new visitor, and returns the id of the keys.
async fn enter<S>(app: &TestApp<S>) -> (String, String)
where
    S: Service<Request, Response = ServiceResponse, Error = Error>,
{
    let ((id, password), _) = met(&app.call(visit(None)).await);
    app.log_in_as(&id, &password);
    (id, password)
}

/// The keys of those who look at the account of the present keys.
async fn view<S>(app: &TestApp<S>) -> (String, String)
where
    S: Service<Request, Response = ServiceResponse, Error = Error>,
{
    let account = app.get(ACCOUNT).await.ok();
    let (id, password) = account["view"].as_str().unwrap().split_once(':').unwrap();
    (id.to_owned(), password.to_owned())
}

#[actix_web::test]
async fn a_visitor_finds_people_at_different_points_of_their_stories() {
    let app = app_with(&["--demo"]).await;
    enter(&app).await;
    let links = app.get("/_emulator/links?page_size=100").await.ok();
    assert_eq!(links["count"], PEOPLE_WITH_LINKS);
    let of = |external_id: &str| {
        let links = links["results"].as_array().unwrap().iter();
        links.clone().find(|link| link["external_id"] == external_id).unwrap().clone()
    };
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(
        (&clock["mode"], &clock["now"]),
        (&json!("real"), &json!("2026-03-01T12:00:00.000000Z"))
    );
    assert!(of("pensioner")["created_at"].as_str().unwrap() < "2025-12-02");

    let scheduled = app.get("/_emulator/scheduled?limit=1000").await.ok();
    let next = |external_id: &str| {
        let id = of(external_id)["id"].clone();
        let tasks = scheduled["scheduled"].as_array().unwrap().iter();
        let task = tasks.clone().find(|task| task["link"] == id).unwrap();
        (task["what"].as_str().unwrap().to_owned(), task["due"].as_str().unwrap().to_owned())
    };
    for (person, what, due) in [
        ("teacher", "load", "2026-03-01T12:00:10"),
        ("cashier", "load", "2026-03-01T12:00:15"),
        ("truck-driver", "load", "2026-03-01T12:01:30"),
        ("developer", "raise", "2026-03-01T15:00"),
        ("waitress", "new_job", "2026-03-04"),
    ] {
        let (next, at) = next(person);
        assert!(next == what && at.starts_with(due), "{person}: {next} {at}");
    }

    let answered = app.get("/_emulator/requests").await.ok();
    let requests = answered["requests"].as_array().unwrap();
    let refused: Vec<_> = requests.iter().filter(|request| request["status"] == 400).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["answer"][0]["message"], "La persona no cuenta con NSS");
    let worker = of("seasonal-worker");
    let records = app.records_of(worker["id"].as_str().unwrap()).await;
    assert_eq!(records["results"][0]["employment_records"].as_array().unwrap().len(), 11);
    assert_eq!(records["results"][0]["personal_data"]["last_name"], "TZINTZUN MORA");
}

#[actix_web::test]
async fn a_cookie_brings_a_visitor_back_and_a_wrong_one_a_new_account() {
    let app = app_with(&["--demo"]).await;
    let first = app.call(visit(None)).await;
    let set = first.headers.get("Set-Cookie").unwrap().to_str().unwrap().to_owned();
    for part in
        ["belvo-emulator-visitor-23586=", "HttpOnly", "SameSite=Strict", "Path=/_emulator/demo/"]
    {
        assert!(set.contains(part), "{set}");
    }
    let (keys, cookie) = met(&first);
    assert!(!set.contains(&keys.1), "the cookie has the password");
    app.log_in_as(&keys.0, &keys.1);
    app.create_link(CURP).await.created();
    let again = met(&app.call(visit(Some(&format!("other=1; {cookie}")))).await);
    assert_eq!(again, (keys.clone(), cookie.clone()));
    assert_eq!(app.get("/_emulator/links").await.ok()["count"], PEOPLE_WITH_LINKS + 1);

    let (name, value) = cookie.split_once('=').unwrap();
    let secret = value.split_once('-').unwrap().1;
    for forged in [
        format!("{name}=2-{secret}"),
        format!("{name}={}", value.trim_end_matches(char::is_alphanumeric)),
        format!("{name}="),
        format!("belvo-emulator-visitor={value}"),
        format!("belvo-emulator-visitor-1={value}"),
    ] {
        let (other, _) = met(&app.call(visit(Some(&forged))).await);
        assert_ne!(other.0, keys.0, "{forged}");
    }
    // After a reset the people move in again.
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(app.get("/_emulator/links").await.ok()["count"], 0);
    met(&app.call(visit(Some(&cookie))).await);
    assert_eq!(app.get("/_emulator/links").await.ok()["count"], PEOPLE_WITH_LINKS);
}

#[actix_web::test]
async fn only_the_page_itself_opens_the_account_of_a_visitor() {
    let app = app_with(&["--demo"]).await;
    let post = || TestRequest::post().uri(VISIT).insert_header(("Host", "localhost:23586"));
    let (code, _, message) = app.call(post()).await.problem(403);
    assert_eq!(code, "demo_restricted");
    assert!(message.contains("/_emulator/ in a browser"), "{message}");
    for (header, value) in [
        ("Origin", "http://localhost:4200"),
        ("Origin", "null"),
        ("Origin", "http://attacker.example"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        let answer = app.call_unchecked(post().insert_header((header, value))).await;
        assert_eq!(answer.problem(403).0, "cross_site_request", "{header}: {value}");
        assert!(answer.headers.get("Set-Cookie").is_none());
    }
    let rebound = visit(None).insert_header(("Host", "attacker.example"));
    app.call_unchecked(rebound).await.problem(421);
}

#[actix_web::test]
async fn without_the_flag_there_is_no_demo() {
    let app = app().await;
    let reading = app.get("/_emulator/demo").await.ok();
    assert_eq!(reading, json!({"enabled": false, "reset_every": null, "next_reset_at": null}));
    app.call(visit(None)).await.problem(404);
    let (_, _, message) = app.get(ACCOUNT).await.problem(404);
    assert!(message.contains("--demo"), "{message}");
    app.post("/_emulator/demo/receiver", json!({})).await.problem(404);
    // Such keys are keys like any other.
    app.log_in_as("visitor-1", "password");
    assert_eq!(app.get("/_emulator/links").await.ok()["count"], 0);
}

#[actix_web::test]
async fn visitors_see_nothing_of_one_another_and_reach_no_machine() {
    let app = app_with(&["--demo"]).await;
    let one = enter(&app).await;
    let link = app.get("/_emulator/links").await.ok()["results"][0]["id"].clone();
    let other = enter(&app).await;
    assert_ne!(one, other);
    app.get(&format!("/api/links/{}/", link.as_str().unwrap())).await.problem(404);
    for (method, path, body) in [
        (Method::GET, "/_emulator/accounts", json!(null)),
        (Method::PUT, "/_emulator/webhooks/endpoint", json!({"url": "http://10.0.0.1/"})),
        (Method::DELETE, "/_emulator/webhooks/endpoint", json!(null)),
        (Method::PUT, "/_emulator/snapshot", json!({})),
        (Method::POST, "/_emulator/fork", json!({"credentials": "a:b"})),
        (
            Method::POST,
            "/_emulator/webhooks/deliveries/1/replay",
            json!({"url": "http://10.0.0.1/"}),
        ),
    ] {
        let request = app.request(method.clone(), path);
        let request = if body.is_null() { request } else { request.set_json(body) };
        let (code, _, message) = app.call_unchecked(request).await.problem(403);
        assert_eq!(code, "demo_restricted", "{method} {path}: {message}");
    }
    // It goes where the account's webhooks go, which is nowhere without a socket.
    let again = app.post("/_emulator/webhooks/deliveries/1/replay", json!({})).await.problem(400);
    assert_eq!(again.1.as_deref(), Some("url"));
    // The password of one does not open the account of the other, nor begin an account.
    app.log_in_as(&one.0, &other.1);
    app.get("/_emulator/links").await.problem(401);
    app.log_in_as("visitor-77", "guessed");
    app.get("/_emulator/links").await.problem(401);
}

/// Every call of the description that has keys, with an id in the place of each parameter.
fn calls(description: &Value) -> Vec<(Method, String)> {
    let mut calls = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let has_keys = operation["security"].to_string().contains("keys");
            if has_keys && method != "parameters" {
                let segments = path.split('/').map(|segment| match segment.starts_with('{') {
                    true => "1",
                    false => segment,
                });
                let path = segments.collect::<Vec<_>>().join("/");
                calls.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    calls
}

#[actix_web::test]
async fn whoever_looks_on_reads_the_account_and_changes_nothing_at_all() {
    let app = app_with(&["--demo"]).await;
    let own = enter(&app).await;
    let account = app.get(ACCOUNT).await.ok();
    assert_eq!((&account["whose"], &account["is_read_only"]), (&json!("visitor"), &json!(false)));
    let view = view(&app).await;
    assert!(!view.1.contains(&own.1) && !own.1.contains(&view.1));
    let reads =
        ["/_emulator/links", "/_emulator/scheduled", "/_emulator/requests", "/_emulator/clock"];
    let mut seen = Vec::new();
    for path in reads {
        seen.push(app.get(path).await.ok());
    }
    let before = app.get("/_emulator/snapshot").await.ok();
    app.log_in_as(&view.0, &view.1);
    for (path, seen) in reads.iter().zip(&seen) {
        assert_eq!(app.get(path).await.ok(), *seen, "{path}");
    }
    assert_eq!(app.get(ACCOUNT).await.ok()["is_read_only"], true);
    let all = calls(&app.get("/_emulator/openapi.json").await.ok());
    assert!(all.len() > 50, "{all:?}");
    for (method, path) in all {
        let hides = ["/_emulator/accounts", "/_emulator/snapshot"].contains(&path.as_str());
        let reads = method == Method::GET && path.starts_with("/_emulator/") && !hides;
        // The keys of a token are in its body, as below.
        if reads || path == "/api/token/" {
            continue;
        }
        let refused =
            app.call_unchecked(app.request(method.clone(), &path).set_json(json!({}))).await;
        assert_eq!(refused.problem(403).0, "demo_restricted", "{method} {path}");
    }
    for path in ["/api/nothing/", "/_emulator/nothing"] {
        app.call_unchecked(app.request(Method::GET, path)).await.problem(403);
    }
    let body = json!({"id": view.0, "password": view.1, "scopes": "read_links"});
    let token = TestRequest::post().uri("/api/token/").set_json(body);
    app.call_unchecked(token).await.problem(403);
    app.log_in_as(&own.0, &own.1);
    assert_eq!(app.get("/_emulator/snapshot").await.ok(), before);
    assert_eq!(app.get("/_emulator/requests").await.ok(), seen[2]);
    app.log_in_as(&view.0, &own.1);
    app.get("/_emulator/links").await.problem(401);
}

#[actix_web::test]
async fn keys_with_the_id_of_a_visitor_get_no_view_of_the_visitors_account() {
    let app =
        app_with(&["--demo", "--credentials", "acme:secret", "--credentials", "visitor-1:x"]).await;
    enter(&app).await;
    app.log_in_as("visitor-1", "x");
    let account = app.get(ACCOUNT).await.ok();
    assert_eq!((&account["whose"], &account["view"]), (&json!("other"), &json!(null)));
    app.log_in_as("acme", "secret");
    let account = app.get(ACCOUNT).await.ok();
    assert_eq!(account["whose"], "demo");
    assert!(account["view"].as_str().unwrap().starts_with("acme-view:"), "{account}");
}

#[actix_web::test]
async fn the_view_of_an_account_that_is_gone_says_so() {
    let app = app_with(&["--demo", "--accounts", "1"]).await;
    enter(&app).await;
    let view = view(&app).await;
    app.call(visit(None)).await.problem(429);
    app.advance(chrono::TimeDelta::hours(2));
    enter(&app).await;
    app.log_in_as(&view.0, &view.1);
    let gone = app.call_unchecked(app.request(Method::GET, "/_emulator/links")).await;
    let (code, _, message) = gone.problem(403);
    assert!(code == "demo_restricted" && message.contains("is gone"), "{message}");
}

/// The people wait for each webhook's answer. The account lives in the present all the same.
#[actix_web::test]
async fn a_receiver_that_never_answers_leaves_no_visitor_in_the_past() {
    let app = app_with(&["--demo", "--webhook-url", RECEIVER]).await;
    tokio::time::pause();
    enter(&app).await;
    tokio::time::resume();
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["mode"], "real");
    assert_eq!(clock["now"], "2026-03-01T12:00:00.000000Z");
    app.send_webhooks();
}

#[test]
fn the_flags_are_checked_together() {
    for (flags, sentence) in [
        (&["--demo-reset", "30m"][..], "--demo-reset needs --demo"),
        (&["--demo", "--demo-reset", "59s"], "1m is the least"),
        (&["--demo", "--demo-reset", "soon"], "not a duration"),
    ] {
        let Err(problem) = Config::from_flags(flags) else { panic!("{flags:?} is accepted") };
        assert!(problem.contains(sentence), "{problem}");
    }
}

#[test]
fn the_program_prints_the_addresses_that_open_the_demo() {
    let mut server = Server::start(&["--demo", "--demo-reset", "30m"]);
    let log = server.log_with(|log| log.contains("to look at"));
    let keys = |line: &str| {
        let line = log.lines().find(|other| other.contains(line)).unwrap();
        line.split_once("#keys=").unwrap().1.replace("%3A", ":").replace("%2D", "-")
    };
    assert!(log.contains(&format!("for each visitor   {}/_emulator/", server.url)), "{log}");
    let (owner, view) = (keys("begins anew every 30m"), keys("to look at"));
    let url = format!("{}{ACCOUNT}", server.url);
    for (keys, is_read_only) in [(owner, false), (view.clone(), true)] {
        let (status, account) = call(&keys, "GET", &url, None).unwrap();
        assert_eq!((status, &account["whose"]), (200, &json!("demo")), "{account}");
        assert_eq!(account["is_read_only"], is_read_only);
        assert_eq!(account["view"], view);
        assert!(account["next_reset_at"].is_string());
    }
    assert!(server.stop("TERM").success());
}

/// With real sockets: the emulator takes the webhooks of its demo itself.
#[tokio::test]
async fn the_demo_account_is_filled_and_its_webhooks_are_delivered() {
    let flags = ["--demo", "--credentials", "acme:secret"];
    let emulator = Emulator::builder().flags(flags).start().await.unwrap();
    let get = |path: &str| {
        let url = format!("{}{path}", emulator.base_url());
        call("acme:secret", "GET", &url, None).unwrap().1
    };
    let mut links = json!(null);
    for _ in 0..600 {
        links = get("/_emulator/links?page_size=1")["count"].clone();
        if links == PEOPLE_WITH_LINKS && get("/_emulator/clock")["mode"] == "real" {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(links, PEOPLE_WITH_LINKS);
    let deliveries = get("/_emulator/webhooks/deliveries");
    let deliveries = deliveries["deliveries"].as_array().unwrap();
    assert!(deliveries.len() >= 6, "{deliveries:#?}");
    for delivery in deliveries {
        assert_eq!(delivery["state"], "delivered", "{delivery:#}");
        assert_eq!(delivery["attempts"][0]["answer"]["body"], r#"{"received":true}"#);
    }
    let endpoint = get("/_emulator/webhooks/endpoint");
    let expected = format!("{}/_emulator/demo/receiver", emulator.base_url());
    assert_eq!(endpoint["url"], expected);
    emulator.stop().await;
}
