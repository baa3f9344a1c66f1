//! The emulator in a test: built as in production, with a manual clock and a fixed seed.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::{Pin, pin};

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderMap};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error};
use belvo_emulator::{Clock, Config, Emulator, Verdict};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::log_lines;
use crate::openapi::{self, Description};

/// Belvo's test CURP.
pub const CURP: &str = "BLPM951331IONVGR54";
pub const RECEIVER: &str = "http://receiver.test/webhooks";

const ADVANCE: &str = "/_emulator/clock/advance";
const AWAIT: &str = "/_emulator/webhooks/await";

/// The time at which every test begins.
pub fn start() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// An emulator with one webhook URL.
pub async fn app()
-> TestApp<impl Service<actix_http::Request, Response = ServiceResponse, Error = Error> + use<>> {
    app_with(&["--webhook-url", RECEIVER]).await
}

/// An emulator with the flags of a test, and a seed.
pub async fn app_with(
    flags: &[&str],
) -> TestApp<impl Service<actix_http::Request, Response = ServiceResponse, Error = Error> + use<>> {
    log_lines::install();
    let clock = Clock::manual(start());
    let seed: &[&str] = if flags.contains(&"--seed") { &[] } else { &["--seed", "7"] };
    let flags: Vec<&&str> = seed.iter().chain(flags).collect();
    let config = Config::from_flags(&flags).unwrap();
    let emulator = Emulator::with_clock(config, clock.clone());
    let service = init_service(App::new().configure(emulator.routes())).await;
    let document = answer(&service, TestRequest::with_uri(openapi::PATH).to_request()).await.ok();
    let has_own_scenarios = flags.contains(&&"--scenarios");
    let description = Description::new(document, has_own_scenarios);
    let keys = RefCell::new(("id".into(), "password".into()));
    TestApp { emulator, clock, description, service, keys }
}

pub struct TestApp<S> {
    pub emulator: Emulator,
    pub clock: Clock,
    pub description: Description,
    service: S,
    keys: RefCell<(String, String)>,
}

/// A webhook that was sent, and the verdict on its answer.
#[derive(Debug)]
pub struct Sent {
    pub bytes: Vec<u8>,
    pub attempt: u32,
    pub verdict: Verdict,
}

impl Sent {
    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn webhook_type(&self) -> String {
        self.body()["webhook_type"].as_str().unwrap().to_owned()
    }

    /// The id of the request that caused it, without dashes as in the answer to that.
    pub fn request_id(&self) -> String {
        self.body()["request_id"].as_str().unwrap().replace('-', "")
    }
}

impl<S> TestApp<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    /// Makes further requests with another pair of keys.
    pub fn log_in_as(&self, id: &str, password: &str) {
        *self.keys.borrow_mut() = (id.to_owned(), password.to_owned());
    }

    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        use base64::Engine;
        let (id, password) = &*self.keys.borrow();
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{password}"));
        TestRequest::with_uri(path)
            .method(method)
            .insert_header((HOST, "localhost:23586"))
            .insert_header((AUTHORIZATION, format!("Basic {pair}")))
    }

    /// Every answer is checked against the OpenAPI description, but those that leave keys out and
    /// the page of HTML.
    pub async fn call(&self, request: TestRequest) -> Answer {
        self.call_as_is(request.to_request()).await
    }

    pub async fn call_as_is(&self, request: actix_http::Request) -> Answer {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let query = request.uri().query().unwrap_or_default().to_owned();
        let answer = answer(&self.service, request).await;
        if ["/api/", "/_emulator/"].iter().any(|face| path.starts_with(face)) {
            let request_id = answer.headers.get("X-Request-Id").map(|id| id.to_str().unwrap());
            assert!(request_id.is_some_and(is_hex), "{method} {path}: {request_id:?}");
        }
        let selects = form_urlencoded::parse(query.as_bytes())
            .any(|(key, value)| ["fields", "omit"].contains(&&*key) && !value.is_empty());
        if !selects && !answer.is_of_the_proxy() {
            self.description.check(&method, &path, &answer);
        }
        answer
    }

    /// An answer with an injected fault, which the description does not list; without a body when that
    /// breaks off.
    pub async fn call_injected(&self, request: TestRequest) -> (u16, Option<Vec<u8>>) {
        let response = self.service.call(request.to_request()).await.unwrap();
        let status = response.status().as_u16();
        (status, to_bytes(response.into_body()).await.ok().map(|body| body.to_vec()))
    }

    /// An answer that a fault may have been injected into. It is not checked against the
    /// description, and a body that breaks off is empty.
    pub async fn call_with_faults(&self, request: TestRequest) -> Answer {
        let response = respond(&self.service, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = whole(response).await.unwrap_or_default();
        Answer { status, headers, body }
    }

    /// Begins a stream of events, such as `?after=3`, or resumes one.
    pub async fn events(&self, query: &str, last_event_id: Option<&str>) -> EventStream {
        let mut request = self.request(Method::GET, &format!("/_emulator/events{query}"));
        if let Some(id) = last_event_id {
            request = request.insert_header(("Last-Event-ID", id));
        }
        let response = respond(&self.service, request.to_request()).await;
        assert_eq!(response.status(), 200);
        let mut stream = EventStream::of(response.into_body());
        let text = stream.text();
        assert!(text.starts_with("retry: 1000\n: "), "{text}");
        stream.unread = text.split_once("\n\n").unwrap().1.to_owned();
        stream
    }

    /// Adds a fault and returns its entry.
    pub async fn fault(&self, body: Value) -> Value {
        self.post("/_emulator/faults", body).await.created()
    }

    /// An answer that is not checked against the description.
    pub async fn call_unchecked(&self, request: TestRequest) -> Answer {
        self.call_as_is_unchecked(request.to_request()).await
    }

    pub async fn call_as_is_unchecked(&self, request: actix_http::Request) -> Answer {
        answer(&self.service, request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(self.request(Method::POST, path).set_json(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(self.request(Method::PUT, path).set_json(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(self.request(Method::PATCH, path).set_json(body)).await
    }

    /// Retrieves the employment records of a link.
    pub async fn retrieve(&self, link: &str) -> Answer {
        self.post("/api/employment-records/", json!({"link": link})).await
    }

    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        let request = self.request(Method::POST, path);
        let json = ("Content-Type", "application/json");
        self.call(request.insert_header(json).set_payload(body.to_owned())).await
    }

    /// Creates a single link that fetches the records of a CURP.
    pub async fn create_link(&self, curp: &str) -> Answer {
        self.create_link_with(curp, json!({})).await
    }

    /// Creates a link as [`TestApp::create_link`] does, with further or other fields.
    pub async fn create_link_with(&self, curp: &str, fields: Value) -> Answer {
        let mut body = json!({
            "institution": "planet_mx_employment",
            "username": curp,
            "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        });
        for (field, value) in fields.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.post("/api/links/", body).await
    }

    /// `POST /api/token/` as the SDKs send it, with further or other fields; null takes one away.
    pub async fn create_token_with(&self, fields: Value) -> Answer {
        let mut body = json!({
            "id": self.keys.borrow().0,
            "password": self.keys.borrow().1,
            "scopes": "read_institutions,write_links",
        });
        for (field, value) in fields.as_object().unwrap() {
            body[field] = value.clone();
        }
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let request =
            TestRequest::post().uri("/api/token/").insert_header((HOST, "localhost:23586"));
        self.call(request.set_json(body)).await
    }

    /// A token of the widget.
    pub async fn access_token(&self) -> String {
        let pair = self.create_token_with(json!({})).await.ok();
        pair["access"].as_str().unwrap().to_owned()
    }

    /// A request with a token instead of the keys.
    pub async fn call_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let bearer = (AUTHORIZATION, format!("Bearer {token}"));
        let request = self.request(method, path).insert_header(bearer);
        self.call(match body {
            Some(body) => request.set_json(body),
            None => request,
        })
        .await
    }

    pub async fn records_of(&self, link: &str) -> Value {
        self.get(&format!("/api/employment-records/?link={link}")).await.ok()
    }

    /// Moves the time of the process.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// `PUT /_emulator/clock`.
    pub async fn set_clock(&self, setting: Value) -> Value {
        self.put("/_emulator/clock", setting).await.ok()
    }

    /// `POST /_emulator/clock/advance`, with a receiver that accepts everything.
    pub async fn advance_clock(&self, until: Value) -> (Value, Vec<Sent>) {
        let (answer, sent) = self.post_while_sending(ADVANCE, until, |_| true).await;
        (answer.ok(), sent)
    }

    /// `POST /_emulator/webhooks/await`, with a receiver that accepts everything.
    pub async fn await_webhook(&self, awaited: Value) -> Answer {
        self.post_while_sending(AWAIT, awaited, |_| true).await.0
    }

    /// A call during which the courier works; the receiver accepts an attempt or not.
    pub async fn post_while_sending(
        &self,
        path: &str,
        body: Value,
        accepts: impl Fn(u32) -> bool,
    ) -> (Answer, Vec<Sent>) {
        let mut call = pin!(self.post(path, body));
        let mut sent = Vec::new();
        loop {
            sent.extend(self.send_webhooks_to(&accepts));
            tokio::select! {
                biased;
                answer = &mut call => return (answer, sent),
                () = tokio::task::yield_now() => {}
            }
        }
    }

    /// Sends what is ready; the receiver accepts it.
    pub fn send_webhooks(&self) -> Vec<Sent> {
        self.send_webhooks_to(|_| true)
    }

    /// Sends what is ready to a receiver that accepts an attempt or not.
    pub fn send_webhooks_to(&self, accepts: impl Fn(u32) -> bool) -> Vec<Sent> {
        let mut sent = Vec::new();
        while let Some(pending) = self.emulator.poll_attempt() {
            let accepted = accepts(pending.number());
            sent.push(Sent {
                bytes: pending.body().to_vec(),
                attempt: pending.number(),
                verdict: self.emulator.report(&pending, accepted).unwrap(),
            });
        }
        sent
    }
}

async fn respond<S>(service: &S, request: actix_http::Request) -> ServiceResponse
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    service.call(request).await.unwrap_or_else(|error| {
        ServiceResponse::new(TestRequest::default().to_http_request(), error.error_response())
    })
}

async fn answer<S>(service: &S, request: actix_http::Request) -> Answer
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let response = respond(service, request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: whole(response).await.expect("the body is whole") }
}

/// A stream of events that a client reads.
pub struct EventStream {
    body: BoxBody,
    /// What has come, and was not read yet.
    unread: String,
    pub ended: bool,
}

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: Option<u64>,
    pub name: String,
    pub data: Value,
}

impl EventStream {
    fn of(body: BoxBody) -> EventStream {
        EventStream { body, unread: String::new(), ended: false }
    }

    /// What is there to be read at once.
    pub fn text(&mut self) -> String {
        let mut bytes = std::mem::take(&mut self.unread).into_bytes();
        while !self.ended {
            match poll_fn(|context| Pin::new(&mut self.body).poll_next(context)).now_or_never() {
                None => break,
                Some(Some(part)) => bytes.extend_from_slice(&part.unwrap()),
                Some(None) => self.ended = true,
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The events that are there to be read at once.
    pub fn take(&mut self) -> Vec<Event> {
        events_in(&self.text())
    }

    /// Their names.
    pub fn names(&mut self) -> Vec<String> {
        self.take().into_iter().map(|event| event.name).collect()
    }
}

/// The events of a text, without its comments.
pub fn events_in(text: &str) -> Vec<Event> {
    let blocks = text.split_terminator("\n\n").filter(|block| block.contains("event: "));
    let event = |block: &str| {
        let field = |name: &str| {
            let lines = block.lines().filter_map(|line| line.split_once(": "));
            lines.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
        };
        Event {
            id: field("id").map(|id| id.parse().unwrap()),
            name: field("event").unwrap(),
            data: serde_json::from_str(&field("data").unwrap()).unwrap(),
        }
    };
    blocks.map(event).collect()
}

/// The body of a response. Of a stream of events it is what is there at once, because a stream does
/// not end.
async fn whole(response: ServiceResponse) -> Option<Vec<u8>> {
    let is_stream =
        response.headers().get("Content-Type").is_some_and(|name| name == "text/event-stream");
    let body = response.into_body();
    match is_stream {
        true => Some(EventStream::of(body).text().into_bytes()),
        false => to_bytes(body).await.ok().map(|body| body.to_vec()),
    }
}

impl<S> Drop for TestApp<S> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let left = self.emulator.poll_attempt();
            assert!(left.is_none(), "the test left a webhook unsent");
        }
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    fn is_of_the_proxy(&self) -> bool {
        self.status == 403 && self.body.starts_with(b"<html>")
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        let type_of = self.headers.get("Content-Type").map(|value| value.to_str().unwrap());
        assert_eq!(type_of, Some("application/json"), "{text}");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    #[track_caller]
    pub fn ok(&self) -> Value {
        self.with_status(200)
    }

    #[track_caller]
    pub fn created(&self) -> Value {
        self.with_status(201)
    }

    /// The id that a webhook will repeat.
    #[track_caller]
    pub fn accepted(&self) -> String {
        let body = self.with_status(202);
        assert_eq!(body.as_object().unwrap().len(), 1);
        let request_id = body["request_id"].as_str().unwrap();
        assert!(is_hex(request_id));
        request_id.to_owned()
    }

    /// The problem that asks for a token.
    #[track_caller]
    pub fn token_required(&self) -> Value {
        let body = self.with_status(428);
        assert_eq!(body.as_array().unwrap().len(), 1);
        assert_eq!(body[0]["code"], "token_required");
        let message = "A MFA token is required by the institution to login";
        assert_eq!(body[0]["message"], message);
        body[0].clone()
    }

    #[track_caller]
    fn with_status(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    #[track_caller]
    pub fn no_content(&self) {
        assert_eq!(self.status, 204, "{}", String::from_utf8_lossy(&self.body));
        assert!(self.body.is_empty());
    }

    /// The id of the link or record in the answer.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// All problems as (code, field, message), after a check of Belvo's shape.
    #[track_caller]
    pub fn problems(&self, status: u16) -> Vec<(String, Option<String>, String)> {
        let body = self.with_status(status);
        let problems = body.as_array().unwrap_or_else(|| panic!("not an array: {body}"));
        assert!(!problems.is_empty());
        let text = |problem: &Value, key: &str| problem[key].as_str().map(str::to_owned);
        problems
            .iter()
            .map(|problem| {
                let mut keys: Vec<&String> = problem.as_object().unwrap().keys().collect();
                keys.retain(|key| *key != "delivery" || problem["code"] != "webhook_not_delivered");
                assert!(
                    keys == ["code", "message", "request_id"]
                        || keys == ["code", "field", "message", "request_id"],
                    "{problem}"
                );
                let request_id = text(problem, "request_id").unwrap();
                assert!(is_hex(&request_id), "{request_id}");
                assert_eq!(Some(request_id), text(&problems[0], "request_id"));
                let (code, message) = (text(problem, "code"), text(problem, "message"));
                (code.unwrap(), text(problem, "field"), message.unwrap())
            })
            .collect()
    }

    /// The only problem of the answer, as (code, field, message).
    #[track_caller]
    pub fn problem(&self, status: u16) -> (String, Option<String>, String) {
        let mut problems = self.problems(status);
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.remove(0)
    }

    #[track_caller]
    pub fn not_found(&self) {
        let (code, field, message) = self.problem(404);
        assert_eq!((code.as_str(), field, message.as_str()), ("not_found", None, "Not found."));
    }
}

/// 32 lower-case hex digits, as of a request id or a webhook id.
pub fn is_hex(text: &str) -> bool {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 32 && text.bytes().all(hex)
}
