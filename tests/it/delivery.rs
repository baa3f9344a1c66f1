//! Webhooks over real sockets, from the real binary to a real receiver. These tests wait for what
//! they expect, never for a time.

#![expect(
    clippy::disallowed_methods,
    reason = "real sockets need a limit on waiting; nothing asserts a time"
)]

use std::io::{self, Read};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::app::CURP;
use crate::process::{Server, call, command};

/// Long enough for a loaded machine; only a failing test waits that long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A request as it arrived.
pub struct Arrived {
    at: Instant,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Arrived {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// How a receiver answers its n-th request, counted from 0; None is never.
pub type Answers = fn(usize) -> Option<u16>;

/// A receiver of webhooks on a free port.
pub struct Hook {
    pub url: String,
    pub arrived: Receiver<Arrived>,
}

struct HookState {
    answers: Answers,
    body: &'static [u8],
    tell: Sender<Arrived>,
    count: std::sync::atomic::AtomicUsize,
}

impl Hook {
    pub fn new(answers: Answers) -> Hook {
        Hook::on(TcpListener::bind("127.0.0.1:0").unwrap(), answers, b"")
    }

    /// With a listener of its own, and the body of its answers.
    fn on(listener: TcpListener, answers: Answers, body: &'static [u8]) -> Hook {
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let (tell, arrived) = channel();
        let count = std::sync::atomic::AtomicUsize::new(0);
        let state = Data::new(HookState { answers, body, tell, count });
        thread::spawn(move || {
            let server = HttpServer::new(move || {
                App::new().app_data(state.clone()).default_service(web::to(receive))
            });
            actix_web::rt::System::new()
                .block_on(server.workers(1).listen(listener).unwrap().disable_signals().run())
        });
        Hook { url, arrived }
    }

    #[track_caller]
    pub fn next(&self) -> Arrived {
        self.arrived.recv_timeout(PATIENCE).expect("no webhook arrived")
    }
}

async fn receive(request: HttpRequest, body: Bytes, state: Data<HookState>) -> HttpResponse {
    let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = request.headers().iter().map(|(key, value)| (key.to_string(), text(value)));
    let arrived = Arrived { at: Instant::now(), headers: headers.collect(), body: body.to_vec() };
    let number = state.count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let _ = state.tell.send(arrived);
    match (state.answers)(number) {
        Some(status) => {
            let mut response = HttpResponse::build(status.try_into().unwrap());
            response.insert_header(("Location", "/elsewhere")).body(state.body)
        }
        None => std::future::pending().await,
    }
}

/// An emulator that sends its webhooks to these receivers at once.
pub fn serve(urls: &[&str], flags: &[&str]) -> Server {
    let urls = urls.iter().flat_map(|url| ["--webhook-url", url]);
    let flags = ["--webhook-delay", "0s"].into_iter().chain(flags.iter().copied());
    Server::start(&urls.chain(flags).collect::<Vec<_>>())
}

/// Waits until the log has a line with all these words, and returns it.
#[track_caller]
pub fn logged(server: &Server, words: &[&str]) -> String {
    let started = Instant::now();
    loop {
        let log = server.log();
        if let Some(line) = log.lines().find(|line| words.iter().all(|word| line.contains(word))) {
            return line.to_owned();
        }
        assert!(started.elapsed() < PATIENCE, "no line with {words:?} in:\n{log}");
        thread::yield_now();
    }
}

#[test]
fn a_webhook_arrives_with_its_headers_and_is_logged_in_one_line() {
    let hook = Hook::new(|_| Some(204));
    let url = hook.url.clone();
    let server = serve(&[&url], &["--webhook-authorization", "Bearer hidden"]);
    let link = server.create_link(CURP);
    let arrived = hook.next();
    assert_eq!(arrived.header("content-type"), Some("application/json"));
    assert_eq!(arrived.header("authorization"), Some("Bearer hidden"));
    assert_eq!(arrived.json()["link_id"], link["id"]);
    let count = &server.get("/api/employment-records/")["count"];
    assert_eq!(arrived.json()["data"]["total_employment_record_profiles"], *count);
    let id = link["id"].as_str().unwrap();
    let line = logged(&server, &["<-- 2", id, "1/6", "204 No Content", &url]);
    assert!(line.contains(" INFO "), "{line}");
    let log = server.log();
    assert_eq!(log.matches(id).count(), 1, "{log}");
    let (_, since_started) = log.split_once("try it:").unwrap();
    let (_, delivery_log) = since_started.split_once("'\n").unwrap();
    assert!(!log.contains("hidden") && !delivery_log.contains(CURP), "{log}");
}

#[test]
fn log_lines_can_be_json() {
    let hook = Hook::new(|_| Some(200));
    let server = serve(&[&hook.url], &["--log-format", "json"]);
    let link = server.create_link(CURP);
    hook.next();
    let line = logged(&server, &["webhook delivered"]);
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["link"], link["id"]);
    assert_eq!((&line["attempt"], &line["answer"]), (&"1/6".into(), &"200 OK".into()));
    assert!(server.log().lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn a_500_and_a_redirect_are_retried_with_the_same_bytes() {
    let hook = Hook::new(|number| Some([500, 302, 200][number]));
    let server = serve(&[&hook.url], &["--webhook-retry-delay", "50ms"]);
    server.create_link(CURP);
    let attempts = [hook.next(), hook.next(), hook.next()];
    assert!(attempts.iter().all(|attempt| attempt.body == attempts[0].body));
    logged(&server, &["again in", "1/6", "500 Internal Server Error", "50ms"]);
    logged(&server, &["again in", "2/6", "302 Found", "100ms"]);
    logged(&server, &["<-- 2", "3/6"]);
}

#[test]
fn a_timeout_is_retried() {
    let hook = Hook::new(|number| if number == 0 { None } else { Some(200) });
    let server = serve(&[&hook.url], &["--webhook-retry-delay", "50ms"]);
    server.create_link(CURP);
    let (first, second) = (hook.next(), hook.next());
    println!("retried {:?} after the first attempt", second.at - first.at);
    assert_eq!(first.body, second.body);
    logged(&server, &["again in", "1/6", "no answer within 5 s"]);
    logged(&server, &["<-- 2", "2/6"]);
    let delivery = server.get("/_emulator/webhooks/deliveries/1");
    let answer = &delivery["attempts"][0]["answer"];
    assert_eq!(
        (&answer["status"], &answer["error"]),
        (&Value::Null, &"no answer within 5 s".into())
    );
    let hint = answer["hint"].as_str().unwrap();
    assert!(hint.starts_with("let the receiver answer at once"), "{hint}");
    assert!(answer["latency_ms"].as_u64().unwrap() >= 4000, "{answer}");
}

/// Of 20,000 bytes that the receiver answers, 16 KiB are kept.
#[test]
fn the_receivers_answers_are_listed_with_the_delivery() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let answers: Answers = |number| Some([422, 200][number]);
    let hook = Hook::on(listener, answers, &[b'x'; 20_000]);
    let server = serve(&[&hook.url], &["--clock", "skip", "--webhook-retry-delay", "5m"]);
    let link = server.create_link(CURP);
    let awaited = json!({"link": link["id"], "timeout": "1m", "within": "10m"});
    let (status, came) = server.request("POST", "/_emulator/webhooks/await", Some(&awaited));
    assert_eq!(status, 200, "{came}");
    let list = server.get("/_emulator/webhooks/deliveries?state=delivered");
    assert_eq!(list["deliveries"], json!([came]));
    let moved = came["cursor"].as_u64().unwrap() + 1;
    assert_eq!(list["last_cursor"], moved, "the wait has moved the time");
    assert_eq!(came["payload"], hook.next().json());
    for (attempt, status) in [(0, 422), (1, 200)] {
        let answer = &came["attempts"][attempt]["answer"];
        assert_eq!((&answer["status"], &answer["error"]), (&status.into(), &Value::Null));
        assert_eq!(answer["headers"]["location"], "/elsewhere");
        assert_eq!(answer["headers"]["content-length"], "20000");
        assert_eq!(answer["body"].as_str().unwrap(), "x".repeat(16 * 1024));
        assert_eq!(answer["body_truncated"], true);
        assert!(answer["latency_ms"].is_u64());
    }
}

#[test]
fn a_refused_connection_is_retried_and_the_log_says_how_to_mend_it() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}/webhooks?token=hidden");
    let server = serve(&[&url], &["--webhook-retry-delay", "20ms", "--webhook-retries", "1000"]);
    server.create_link(CURP);
    let hint = format!("nothing listens at http://{address}/webhooks: start the receiver there");
    logged(&server, &["again in", "1/1001", "connection refused", &hint]);
    let hook = Hook::on(TcpListener::bind(address).unwrap(), |_| Some(200), b"");
    assert_eq!(hook.next().json()["webhook_type"], "EMPLOYMENT_RECORDS");
    logged(&server, &["<-- 2"]);
    assert!(!server.log().contains("hidden"));
}

#[test]
fn after_the_last_retry_it_is_given_up() {
    let hook = Hook::new(|_| Some(503));
    let server = serve(&[&hook.url], &["--webhook-retry-delay", "0s", "--webhook-retries", "2"]);
    server.create_link(CURP);
    logged(&server, &[", given up)", "3/3", "503 Service Unavailable"]);
}

#[test]
fn a_receiver_that_hangs_delays_no_other_and_no_request() {
    let (hanging, other) = (Hook::new(|_| None), Hook::new(|_| Some(200)));
    let server = serve(&[&hanging.url, &other.url], &[]);
    for _ in 0..50 {
        server.create_link(CURP);
    }
    // All fifty arrive before the hanging ones time out, of which no log line can yet tell.
    for _ in 0..50 {
        other.next();
    }
    hanging.next();
    assert_eq!(server.get("/api/links/")["count"], 50);
}

#[test]
fn an_account_with_nothing_under_way_does_not_wait_for_the_slow_receiver_of_another() {
    let (hanging, other) = (Hook::new(|_| None), Hook::new(|_| Some(200)));
    let server = serve(&[&hanging.url], &["--webhook-sends", "4"]);
    for _ in 0..20 {
        server.create_link(CURP);
    }
    for _ in 0..3 {
        hanging.next();
    }
    let call = |method: &str, path: &str, body: Value| {
        call("other:keys", method, &format!("{}{path}", server.url), Some(&body)).unwrap().0
    };
    assert_eq!(call("PUT", "/_emulator/webhooks/endpoint", json!({"url": other.url})), 200);
    let link = json!({
        "institution": "planet_mx_employment", "username": CURP, "access_mode": "single",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    assert_eq!(call("POST", "/api/links/", link), 201);
    other.next();
    assert!(hanging.arrived.try_recv().is_err(), "the fourth is kept for others");
}

/// The receiver has nothing to do with what the emulator lacks.
#[cfg(unix)]
#[test]
fn a_lack_of_descriptors_is_the_outcome_of_no_webhook() {
    let hanging = Hook::new(|_| None);
    let cores = thread::available_parallelism().unwrap().get();
    let limited = format!("ulimit -n {}; exec \"$0\" \"$@\"", 20 + 4 * cores);
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited]).arg(command(&[]).get_program()).args(["--port", "0"]);
    shell.args(["--webhook-delay", "1h", "--webhook-retries", "0", "--webhook-url", &hanging.url]);
    shell.args(["--webhook-sends-per-receiver", "200"]);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let server = Server::spawn(shell);
    for _ in 0..60 {
        server.create_link(CURP);
    }
    // All at once, and none before the last link is made: a client needs a descriptor too.
    let advance = format!("{}/_emulator/clock/advance", server.url);
    // It answers when all webhooks have been answered, which takes a minute.
    thread::spawn(move || call("id:password", "POST", &advance, Some(&json!({"by": "1h"}))));
    logged(&server, &["no answer within 5 s"]);
    let log = server.log();
    assert!(!log.contains("open files") && !log.contains("os error"), "{log}");
    assert_eq!(log.matches("no file descriptor is free").count(), 1, "{log}");
}

#[test]
fn without_a_url_that_is_said_once_and_the_records_appear() {
    let mut server = serve(&[], &[]);
    for _ in 0..3 {
        server.create_link(CURP);
    }
    assert_eq!(server.get("/api/employment-records/")["count"], 3);
    server.stop("TERM");
    assert_eq!(server.log().matches("a webhook is kept as undeliverable").count(), 1);
}

#[test]
fn an_account_that_is_dropped_is_said_with_why() {
    let server = serve(&[], &["--accounts", "2"]);
    let armed = json!({"scenario": "login_locked"});
    assert_eq!(server.request("POST", "/_emulator/armed", Some(&armed)).0, 201);
    for keys in ["one:keys", "two:keys"] {
        let fork = json!({"credentials": keys});
        assert_eq!(server.request("POST", "/_emulator/fork", Some(&fork)).0, 204);
    }
    logged(&server, &["WARN", "account dropped: there are more than --accounts 2"]);
}

/// Reads one request, its head and its body, and answers nothing.
pub fn read_request(connection: &mut impl Read) -> (String, Value) {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let length = connection.read(&mut chunk).unwrap();
        assert!(length > 0, "the connection ended early");
        bytes.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            return (head.to_owned(), body);
        }
    }
}

#[test]
fn after_a_reset_nothing_from_before_is_sent_not_even_to_a_slow_receiver() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", receiver.local_addr().unwrap());
    let server = serve(&[&url], &["--webhook-retry-delay", "0s"]);
    let create = |external_id: &str| {
        let link = serde_json::json!({
            "institution": "planet_mx_employment",
            "username": CURP,
            "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
            "external_id": external_id,
        });
        assert_eq!(server.request("POST", "/api/links/", Some(&link)).0, 201);
    };
    create("before");
    let mut slow = receiver.accept().unwrap().0;
    slow.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(read_request(&mut slow).1["external_id"], "before");
    let (status, taken) = server.request("POST", "/_emulator/reset", None);
    assert_eq!((status, &taken["in_flight"]), (200, &serde_json::json!(1)));
    create("after");
    let mut next = receiver.accept().unwrap().0;
    next.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(read_request(&mut next).1["external_id"], "after");
    slow.set_nonblocking(true).unwrap();
    let read = slow.read(&mut [0; 16]).map_err(|error| error.kind());
    assert_ne!(read, Err(io::ErrorKind::WouldBlock), "the send was let go of");
    receiver.set_nonblocking(true).unwrap();
    assert!(receiver.accept().is_err(), "nothing else was sent");
}
