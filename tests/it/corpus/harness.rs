//! What the fuzz targets do with an input, and the tests with each file of `tests/corpus`. The
//! workspace `fuzz` includes this file, so it names nothing of the tests.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;

use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::rt::{System, SystemRunner};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error};
use belvo_emulator::{Clock, Config, Emulator};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// The most requests that an input of the target `requests` makes.
const MOST_REQUESTS: usize = 24;
/// The longest pause between two requests: ten years.
const LONGEST_PAUSE_SECONDS: i64 = 315_360_000;
/// How often a call is polled. Then its client leaves.
const MOST_POLLS: usize = 60;
/// The line between two requests of an input.
const NEXT_REQUEST: &[u8] = b"\n%%\n";
/// `id:password`
const KEYS: &str = "Basic aWQ6cGFzc3dvcmQ=";
const LINK: &str = r#"{"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54",
    "access_mode": "recurrent", "fetch_resources": ["EMPLOYMENT_RECORDS"]}"#;

thread_local! {
    static SYSTEM: SystemRunner = System::new();
    static CONFIG: Config = Config::from_flags([
        "--webhook-url",
        "http://receiver.test/",
        "--clock",
        "manual",
        "--seed",
        "7",
        "--log-budget",
        "1MiB",
    ])
    .expect("the flags are right");
}

/// One request of an input: a line with the method and the target, lines of headers, an empty line,
/// the body. `{id}`, `{request}`, `{snapshot}` and `{access}` stand for what an answer has brought.
struct Input<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
    body: &'a [u8],
}

/// What the answers of a run have brought.
#[derive(Default)]
struct Brought {
    id: String,
    request: String,
    snapshot: String,
    access: String,
}

/// An emulator with a service, and what its answers have brought.
struct Run<S> {
    emulator: Emulator,
    clock: Clock,
    service: S,
    brought: RefCell<Brought>,
    /// True when the input asks for broken answers.
    may_break: bool,
}

/// Makes the requests of an input, in their order, as `tests/corpus/requests` shows.
pub fn requests(input: &[u8]) {
    block_on(async {
        let may_break = contains(input, b"/_emulator/faults") || contains(input, b"napshot");
        let run = Run::new(CONFIG.with(Config::clone), may_break).await;
        for request in split(input).take(MOST_REQUESTS).filter_map(Input::parse) {
            if run.step(&request).await.is_none() {
                return;
            }
        }
        run.check().await;
    });
}

/// Restores an account from a snapshot, works with what is there, and takes another.
pub fn snapshot(input: &[u8]) {
    block_on(async {
        let run = Run::new(CONFIG.with(Config::clone), true).await;
        let put = Input::new("PUT", "/_emulator/snapshot", input);
        let advance = br#"{"by": "8d"}"#;
        for request in [
            put,
            Input::new("GET", "/api/links/", b""),
            Input::new("POST", "/api/links/", LINK.as_bytes()),
            Input::new("GET", "/api/employment-records/?page_size=100", b""),
            Input::new("POST", "/_emulator/clock/advance", advance),
            Input::new("GET", "/_emulator/armed", b""),
            Input::new("GET", "/_emulator/webhooks/deliveries", b""),
            Input::new("GET", "/_emulator/snapshot", b""),
        ] {
            if run.step(&request).await.is_none() {
                return;
            }
        }
        run.check().await;
        let taken = run.brought.borrow().snapshot.clone();
        let put = Input::new("PUT", "/_emulator/snapshot", taken.as_bytes());
        let status = run.step(&put).await;
        assert!(status.is_none_or(|status| status == 200), "what is taken can be put back");
    });
}

/// Loads a scenario file. If it is right, a link is made with it, and lives for a while.
pub fn scenario(input: &[u8]) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(directory.path().join("fuzzed.json"), input).expect("a file can be written");
    let flag = format!("--scenarios={}", directory.path().display());
    let flags = [flag.as_str(), "--scenario=fuzzed", "--clock=manual", "--seed=7"];
    let Ok(config) = Config::from_flags(flags) else { return };
    block_on(async {
        let run = Run::new(config, true).await;
        let advance = br#"{"by": "40d"}"#;
        for request in [
            Input::new("POST", "/api/links/", LINK.as_bytes()),
            Input::new("POST", "/_emulator/dry-run", br#"{"username": "BLPM951331IONVGR54"}"#),
            Input::new("POST", "/_emulator/clock/advance", advance),
            Input::new("GET", "/api/employment-records/?page_size=100", b""),
            Input::new("GET", "/_emulator/requests/{request}", b""),
            Input::new("GET", "/_emulator/snapshot", b""),
            Input::new("PUT", "/_emulator/snapshot", b"{snapshot}"),
        ] {
            if run.step(&request).await.is_none() {
                return;
            }
        }
        run.check().await;
    });
}

/// Reads the lines of an input as flags: durations, sizes, URLs, keys, modes.
pub fn flags(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let reads_no_file = |flag: &&str| !flag.contains("scenarios");
    let flags: Vec<&str> = text.lines().take(8).filter(reads_no_file).collect();
    if let Err(sentence) = Config::from_flags(flags) {
        assert!(!sentence.trim().is_empty(), "an error is a sentence");
    }
}

fn block_on(future: impl Future<Output = ()>) {
    SYSTEM.with(|system| {
        system.block_on(async {
            tokio::time::pause();
            future.await;
            tokio::time::resume();
        });
    });
}

fn split(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(input);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let found = whole.windows(NEXT_REQUEST.len()).position(|window| window == NEXT_REQUEST);
        rest = found.map(|place| &whole[place + NEXT_REQUEST.len()..]);
        Some(&whole[..found.unwrap_or(whole.len())])
    })
}

fn contains(input: &[u8], part: &[u8]) -> bool {
    input.windows(part.len()).any(|window| window == part)
}

impl<'a> Input<'a> {
    fn new(method: &'a str, target: &'a str, body: &'a [u8]) -> Input<'a> {
        Input { method, target, headers: Vec::new(), body }
    }

    fn parse(text: &'a [u8]) -> Option<Input<'a>> {
        let empty = text.windows(2).position(|window| window == b"\n\n");
        let (head, body) = match empty {
            Some(place) => (&text[..place], &text[place + 2..]),
            None => (text, &b""[..]),
        };
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = std::str::from_utf8(lines.next()?).ok()?;
        let (method, target) = first.split_once(' ')?;
        let header = |line: &'a [u8]| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((std::str::from_utf8(&line[..colon]).ok()?, line[colon + 1..].trim_ascii()))
        };
        Some(Input { method, target, headers: lines.filter_map(header).collect(), body })
    }

    /// Returns None where no HTTP parser would accept the request.
    fn request(&self, brought: &Brought) -> Option<TestRequest> {
        let method = Method::from_bytes(self.method.as_bytes()).ok()?;
        let uri: Uri = brought.fill(self.target).parse().ok()?;
        uri.path().starts_with('/').then_some(())?;
        let mut request = TestRequest::default()
            .method(method)
            .uri(&uri.to_string())
            .insert_header((AUTHORIZATION, KEYS))
            .insert_header((CONTENT_TYPE, "application/json"));
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().ok()?;
            let value = match std::str::from_utf8(value) {
                Ok(text) => HeaderValue::from_str(&brought.fill(text)),
                Err(_) => HeaderValue::from_bytes(value),
            };
            request = request.insert_header((name, value.ok()?));
        }
        Some(match std::str::from_utf8(self.body) {
            Ok(text) => request.set_payload(brought.fill(text)),
            Err(_) => request.set_payload(self.body.to_vec()),
        })
    }
}

impl Brought {
    fn fill(&self, text: &str) -> String {
        let known = [
            ("{id}", &self.id),
            ("{request}", &self.request),
            ("{snapshot}", &self.snapshot),
            ("{access}", &self.access),
        ];
        known.into_iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    fn learn(&mut self, path: &str, body: &[u8]) {
        let Ok(told) = serde_json::from_slice::<Value>(body) else { return };
        let text = |key: &str| told[key].as_str().map(str::to_owned);
        if path == "/_emulator/snapshot" {
            self.snapshot = String::from_utf8_lossy(body).into_owned();
        }
        self.id = text("id").unwrap_or(std::mem::take(&mut self.id));
        self.access = text("access").unwrap_or(std::mem::take(&mut self.access));
    }
}

impl Run<()> {
    async fn new(
        config: Config,
        may_break: bool,
    ) -> Run<impl Service<actix_http::Request, Response = ServiceResponse, Error = Error>> {
        let start: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("it is a time");
        let clock = Clock::manual(start);
        let emulator = Emulator::with_clock(config, clock.clone());
        let service = init_service(App::new().configure(emulator.routes())).await;
        Run { emulator, clock, service, brought: RefCell::default(), may_break }
    }
}

impl<S> Run<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    /// Makes a request, or does what a word that is no method stands for. Returns None when the
    /// account has so much to do that the run ends here.
    async fn step(&self, input: &Input<'_>) -> Option<u16> {
        match input.method {
            "PASS" => {
                let seconds = input.target.parse().unwrap_or(15);
                self.clock.advance(TimeDelta::seconds(seconds.clamp(0, LONGEST_PAUSE_SECONDS)));
            }
            "SEND" => self.send(input.target != "500"),
            _ => return self.call(input).await,
        }
        Some(200)
    }

    async fn call(&self, input: &Input<'_>) -> Option<u16> {
        let Some(request) = input.request(&self.brought.borrow()) else { return Some(400) };
        let request = request.to_request();
        let (path, is_put) = (request.path().to_owned(), request.method() == Method::PUT);
        let (status, is_json, body) = self.answer(request, !is_put).await?;
        self.check_shape(&path, status, is_json, &body);
        if status < 300 {
            self.brought.borrow_mut().learn(&path, &body);
        }
        if is_put {
            // What was put may have years of work to do.
            let get = Input::new("GET", "/_emulator/clock", b"");
            let get = get.request(&Brought::default())?.to_request();
            self.answer(get, false).await?;
        }
        Some(status)
    }

    /// Returns the status of the answer, whether it is JSON, and its body. While the call waits, its
    /// webhooks are sent.
    async fn answer(
        &self,
        request: actix_http::Request,
        sends: bool,
    ) -> Option<(u16, bool, Vec<u8>)> {
        let mut call = pin!(self.service.call(request));
        for _ in 0..MOST_POLLS {
            tokio::select! {
                biased;
                answer = &mut call => {
                    let response = answer.expect("an answer is no error of actix");
                    let status = response.status().as_u16();
                    let headers = response.headers();
                    let json = HeaderValue::from_static("application/json");
                    let is_json = headers.get(CONTENT_TYPE) == Some(&json);
                    let id = headers.get("X-Request-Id").and_then(|id| id.to_str().ok());
                    self.brought.borrow_mut().request = id.unwrap_or_default().to_owned();
                    let body = to_bytes(response.into_body()).await.unwrap_or_default();
                    return Some((status, is_json, body.to_vec()));
                }
                () = tokio::task::yield_now() => {}
            }
            if sends {
                self.send(true);
            }
        }
        None
    }

    fn send(&self, accepts: bool) {
        for _ in 0..100 {
            let Some(pending) = self.emulator.poll_attempt() else { return };
            self.emulator.report(&pending, accepts);
        }
    }

    /// Errors are Belvo's array, but for the pages of the proxy and for answers that are broken on
    /// purpose.
    fn check_shape(&self, path: &str, status: u16, is_json: bool, body: &[u8]) {
        let is_of_a_face = ["/api/", "/_emulator/"].iter().any(|face| path.starts_with(face));
        if status < 400 || self.may_break || !is_of_a_face || body.starts_with(b"<html>") {
            return;
        }
        let shown = String::from_utf8_lossy(body);
        assert!(is_json, "{path}: {status} {shown}");
        let problems: Value = serde_json::from_slice(body).expect("an error is JSON");
        let problems = problems.as_array().unwrap_or_else(|| panic!("{path}: {shown}"));
        assert!(!problems.is_empty(), "{path}: {status}");
        for problem in problems {
            let has = |key: &str| problem[key].is_string();
            assert!(["code", "message", "request_id"].into_iter().all(has), "{path}: {shown}");
        }
    }

    /// The account is sound, and its pages can be read.
    async fn check(&self) {
        let id = ["id", "password"];
        assert_eq!(self.emulator.check_invariants(id[0], id[1]), Ok(()), "{}", json!(id));
        for path in ["/_emulator/requests", "/_emulator/webhooks/deliveries"] {
            self.call(&Input::new("GET", path, b"")).await;
        }
    }
}
