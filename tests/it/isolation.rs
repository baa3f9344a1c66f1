//! Accounts share nothing, time included: while one of them has years of work to do, another does
//! not notice.

use std::future::Future;
use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;

use actix_http::Request;
use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::task::{LocalSet, yield_now};

use crate::app::{Answer, CURP, RECEIVER, TestApp, app_with};
use crate::delivery::Hook;
use crate::process::{Server, call};

const MANUAL: [&str; 4] = ["--webhook-url", RECEIVER, "--clock", "manual"];
const SNAPSHOT: &str = "/_emulator/snapshot";
const YEAR_LATER: &str = "2027-03-01T12:00:00.000000Z";

/// The CURP of somebody whose refreshes find no news, so that none of them brings a webhook.
const PENSIONER: &str = "RETI550101HXXXXX00";

/// An account with links that are refreshed every week.
async fn busy_app(
    flags: &[&str],
    links: usize,
) -> TestApp<impl Service<Request, Response = ServiceResponse, Error = Error> + use<>> {
    let app = app_with(flags).await;
    for _ in 0..links {
        app.create_link_with(PENSIONER, json!({"access_mode": "recurrent"})).await.created();
    }
    app.advance_clock(json!({"by": "1m"})).await;
    app
}

/// Polls a call for as long as it wants to go on, but so often at most.
fn poll(call: &mut (impl Future<Output = Answer> + Unpin), times: usize) -> Option<Answer> {
    (0..times).find_map(|_| (&mut *call).now_or_never())
}

/// Another account, which has nothing to do, is answered at once.
#[track_caller]
fn assert_the_other_is_answered<S>(app: &TestApp<S>)
where
    S: Service<Request, Response = ServiceResponse, Error = Error>,
{
    app.log_in_as("other", "keys");
    let listed = app.get("/api/links/").now_or_never().expect("the other one has no backlog");
    assert_eq!(listed.ok()["count"], 0);
    app.log_in_as("id", "password");
}

#[actix_web::test]
async fn another_account_is_answered_between_two_slices_of_a_jump() {
    let app = busy_app(&MANUAL, 30).await;
    let mut jump = Box::pin(app.put("/_emulator/clock", json!({"now": YEAR_LATER})));
    for _ in 0..20 {
        yield_now().await;
        assert!(jump.as_mut().now_or_never().is_none(), "a year of 30 links is no slice");
        assert_the_other_is_answered(&app);
    }
    assert_eq!(jump.await.ok()["now"], YEAR_LATER);
    app.send_webhooks();
}

/// A snapshot may have any number of tasks that are due at its time.
#[actix_web::test]
async fn another_account_is_answered_while_a_restored_one_catches_up() {
    let app = busy_app(&MANUAL, 30).await;
    let mut file = app.get(SNAPSHOT).await.ok();
    let now = file["account"]["now"].clone();
    for task in file["account"]["scheduled"].as_array_mut().unwrap() {
        task["due"] = now.clone();
    }
    app.put(SNAPSHOT, file).await.ok();
    let mut clock = Box::pin(app.get("/_emulator/clock"));
    for _ in 0..20 {
        yield_now().await;
        assert!(clock.as_mut().now_or_never().is_none(), "60 tasks are no slice");
        assert_the_other_is_answered(&app);
    }
    let clock = clock.await.ok();
    let time = |time: &Value| time.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert_eq!(time(&clock["now"]), time(&now));
    assert!(time(&clock["next_due"]) > time(&now), "{clock}");
    app.emulator.check_invariants("id", "password").unwrap();
    app.send_webhooks();
}

/// The only thread for what takes seconds is taken, so a call that needs it cannot go on. If the
/// server's own thread did the work, the call would not wait.
#[test]
fn what_takes_long_is_done_on_a_thread_that_serves_no_requests() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().max_blocking_threads(1).build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let app = busy_app(&MANUAL, 20).await;
        let file = app.get(SNAPSHOT).await.ok();
        let expected = json!({"requests": [{"operation": "RegisterLink", "count": 20}]});
        for (method, path, body) in [
            ("GET", SNAPSHOT, None),
            ("GET", "/api/employment-records/?page_size=1000", None),
            ("GET", "/api/employment-records/?page_size=1&collected_at__lt=2020-01-01", None),
            ("POST", "/_emulator/requests/verify", Some(expected)),
            // It comes last, because it begins the journal anew.
            ("PUT", SNAPSHOT, Some(file)),
        ] {
            let (release, held) = mpsc::channel::<()>();
            let taken = tokio::task::spawn_blocking(move || held.recv());
            let request = app.request(method.parse().unwrap(), path);
            let request = body.iter().fold(request, |request, body| request.set_json(body));
            let mut answer = Box::pin(app.call(request));
            for _ in 0..20 {
                yield_now().await;
                assert!(answer.as_mut().now_or_never().is_none(), "{method} {path}");
                assert_the_other_is_answered(&app);
            }
            drop(release);
            let _disconnected = taken.await.unwrap();
            answer.await.ok();
        }
    });
}

#[actix_web::test]
async fn another_account_is_answered_while_requests_are_read() {
    let app = app_with(&MANUAL).await;
    for _ in 0..200 {
        app.post("/api/links/", json!({})).await.problems(400);
    }
    let body = json!({"requests": [{"operation": "RegisterLink", "count": 200}]});
    let list = app.request(Method::GET, "/_emulator/requests?limit=200");
    let with_body = app.request(Method::GET, "/_emulator/requests?external_id=none");
    let verify = app.request(Method::POST, "/_emulator/requests/verify").set_json(body);
    for call in [list, with_body, verify] {
        let mut call = Box::pin(app.call(call));
        for _ in 0..20 {
            assert!(call.as_mut().now_or_never().is_none(), "it reads 8 requests in one go");
            assert_the_other_is_answered(&app);
        }
        call.await.ok();
    }
}

#[actix_web::test]
async fn another_accounts_webhooks_come_between_two_slices_of_an_advance() {
    let app = busy_app(&MANUAL, 30).await;
    let mut advance = Box::pin(app.post("/_emulator/clock/advance", json!({"by": "365d"})));
    for _ in 0..20 {
        yield_now().await;
        assert!(advance.as_mut().now_or_never().is_none(), "a year of 30 links is no slice");
        app.log_in_as("other", "keys");
        app.set_clock(json!({"mode": "real"})).await;
        app.create_link(CURP).await.created();
        app.advance(TimeDelta::seconds(15));
        assert_eq!(app.send_webhooks().len(), 1);
        app.log_in_as("id", "password");
    }
    assert_eq!(advance.await.ok()["deliveries"], json!([]));
}

/// Nobody sees a time whose tasks have not happened.
#[actix_web::test]
async fn requests_of_the_account_wait_for_its_jump() {
    let app = busy_app(&MANUAL, 10).await;
    let mut jump = Box::pin(app.put("/_emulator/clock", json!({"now": YEAR_LATER})));
    assert!(jump.as_mut().now_or_never().is_none());
    let clocks = join_all((0..5).map(|_| app.get("/_emulator/clock")));
    let links = join_all((0..5).map(|_| app.create_link(CURP)));
    let (clocks, links) = tokio::join!(clocks, links);
    for clock in clocks {
        let clock = clock.ok();
        assert_eq!(clock["now"], YEAR_LATER);
        assert!(clock["next_due"].as_str() > Some(YEAR_LATER), "{clock}");
    }
    for link in links {
        assert_eq!(link.created()["created_at"], YEAR_LATER);
    }
    jump.await.ok();
}

#[actix_web::test]
async fn an_advance_ends_when_its_client_leaves_and_the_account_is_sound() {
    let app = busy_app(&MANUAL, 10).await;
    let mut advance = Box::pin(app.post("/_emulator/clock/advance", json!({"by": "3650d"})));
    assert!(poll(&mut advance, 50).is_none());
    drop(advance);
    let clock = app.get("/_emulator/clock").await.ok();
    let (now, due) = (clock["now"].as_str().unwrap(), clock["next_due"].as_str().unwrap());
    assert!("2026-03-02" < now && now < "2035" && now < due, "{clock}");
    app.emulator.check_invariants("id", "password").unwrap();
    let (advanced, _) = app.advance_clock(json!({"by": "7d"})).await;
    assert_eq!(advanced["from"], now);
}

/// The time is set, and what is due by that happens, whoever listens.
#[actix_web::test]
async fn a_jump_goes_on_when_its_client_leaves() {
    let app = busy_app(&MANUAL, 10).await;
    let mut jump = Box::pin(app.put("/_emulator/clock", json!({"now": YEAR_LATER})));
    assert!(poll(&mut jump, 5).is_none());
    drop(jump);
    app.send_webhooks();
    let clock = app.get("/_emulator/clock").now_or_never().expect("nothing is left to do").ok();
    assert_eq!(clock["now"], YEAR_LATER);
}

#[actix_web::test]
async fn a_reset_does_not_wait_for_what_it_does_away_with() {
    let app = busy_app(&MANUAL, 30).await;
    let mut jump = Box::pin(app.put("/_emulator/clock", json!({"now": YEAR_LATER})));
    assert!(poll(&mut jump, 3).is_none());
    let mut reset = Box::pin(app.post("/_emulator/reset", json!({})));
    let cancelled = poll(&mut reset, 3).expect("it waits for its turn at most");
    assert_eq!(cancelled.ok()["links"], 30);
    assert_eq!(jump.await.problem(409).0, "account_reset");
}

/// A call of the account that has much to do.
fn busy(url: &str, method: &str, path: &str, body: Value) -> Result<(u16, Value), ureq::Error> {
    call("busy:keys", method, &format!("{url}{path}"), Some(&body))
}

fn create_recurrent_links(url: &str, count: usize) {
    let link = json!({
        "institution": "planet_mx_employment", "username": CURP, "access_mode": "recurrent",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    for _ in 0..count {
        assert_eq!(busy(url, "POST", "/api/links/", link.clone()).unwrap().0, 201);
    }
}

/// With real sockets and threads: one account has ten years of work to do, in a jump of its clock.
#[test]
fn while_one_account_jumps_the_flow_of_another_goes_on_and_the_stop_is_obeyed() {
    let hook = Hook::new(|_| Some(200));
    let flags = ["--webhook-url", &hook.url, "--webhook-delay", "0s", "--quiet"];
    let mut server = Server::start(&flags);
    create_recurrent_links(&server.url, 200);
    let url = server.url.clone();
    let (_, clock) = busy(&url, "GET", "/_emulator/clock", json!({})).unwrap();
    let now: DateTime<Utc> = clock["now"].as_str().unwrap().parse().unwrap();
    let jump = json!({"now": now + TimeDelta::days(3640)});
    let jumping = thread::spawn(move || busy(&url, "PUT", "/_emulator/clock", jump).is_ok());
    for _ in 0..5 {
        let link = server.create_link(CURP);
        let webhook = std::iter::repeat_with(|| hook.next().json())
            .find(|webhook| webhook["link_id"] == link["id"])
            .unwrap();
        assert_eq!(webhook["webhook_code"], "historical_update");
        assert_eq!(server.get("/livez"), json!({"status": "ok"}));
    }
    assert!(!jumping.is_finished(), "ten years are over too soon to tell");
    assert!(server.stop("TERM").success());
    assert!(!jumping.join().unwrap(), "the jump was not broken off");
}

/// The connection is closed in the middle of ten years of work.
#[test]
fn an_advance_ends_when_its_connection_is_closed() {
    let server = Server::start(&["--clock", "manual", "--quiet"]);
    create_recurrent_links(&server.url, 200);
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let (pair, body) = (STANDARD.encode("busy:keys"), r#"{"by": "3640d"}"#);
    let head = "POST /_emulator/clock/advance HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
    let length = body.len();
    write!(
        connection,
        "{head}\r\nAuthorization: Basic {pair}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let time = || busy(&server.url, "GET", "/_emulator/clock", json!({})).unwrap().1["now"].take();
    let begun = time();
    while time() == begun {}
    drop(connection);
    let mut last = time();
    while (0..20).any(|_| time() != last) {
        last = time();
    }
    let moment = |time: &Value| time.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(moment(&last) - moment(&begun) < TimeDelta::days(3640), "it went to its end");
}
