//! Calls that break off in the core, over real HTTP.

use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use actix_web::dev::Service;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::authentication::Caller;
use crate::server::{Emulator, block_on};

const LINK: &str = r#"{"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"}"#;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn caller(request: HttpRequest) -> Caller {
    Caller::with_keys(&request, "id", "password").unwrap()
}

async fn call_that_breaks(request: HttpRequest) -> HttpResponse {
    caller(request).answer(|_, _| panic!("an invariant is broken, as the test wants it")).await
}

async fn control_call_that_breaks(request: HttpRequest) -> HttpResponse {
    caller(request).control(|_| panic!("an invariant is broken, as the test wants it")).await
}

/// Serves the emulator with two calls more, and returns its address and its log.
fn serve() -> (String, Emulator, Written) {
    let config = Config::from_flags::<[&str; 0]>([]).unwrap();
    let emulator = Emulator::with_clock(config, Clock::system());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (served, written) = (emulator.clone(), Written::default());
    let log = written.clone();
    let lines = tracing_subscriber::fmt().with_writer(move || log.clone()).finish();
    let lines = Dispatch::new(lines);
    thread::spawn(move || {
        block_on(async {
            let app = move || {
                let lines = lines.clone();
                App::new()
                    .route("/api/breaks/", web::post().to(call_that_breaks))
                    .route("/_emulator/breaks", web::post().to(control_call_that_breaks))
                    .configure(served.routes())
                    .wrap_fn(move |request, service| {
                        service.call(request).with_subscriber(lines.clone())
                    })
            };
            HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run().await
        })
    });
    (url, emulator, written)
}

/// The status, the header `X-Request-Id` and the body of an answer.
fn post(url: &str, body: &str) -> (u16, String, Value) {
    let keys = format!("Basic {}", STANDARD.encode("id:password"));
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let request = agent.post(url).header("Authorization", keys);
    let mut answer = request.content_type("application/json").send(body).unwrap();
    let request_id = answer.headers()["X-Request-Id"].to_str().unwrap().to_owned();
    (answer.status().as_u16(), request_id, answer.body_mut().read_json().unwrap())
}

#[test]
fn a_panic_in_the_core_is_an_answer_and_a_log_line_and_poisons_nothing() {
    let (url, emulator, written) = serve();
    let (status, _, link) = post(&format!("{url}/api/links/"), LINK);
    assert_eq!(status, 201);
    for path in ["/api/breaks/", "/_emulator/breaks", "/api/breaks/"] {
        let (status, request_id, body) = post(&format!("{url}{path}"), "{}");
        assert_eq!(status, 500);
        let problems = body.as_array().unwrap();
        assert_eq!((problems.len(), &problems[0]["code"]), (1, &"unexpected_error".into()));
        assert!(problems[0]["message"].is_string());
        assert_eq!(problems[0]["request_id"], *request_id);
        let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let line = log.lines().find(|line| line.contains(&request_id)).unwrap_or_default();
        assert!(line.contains("ERROR") && line.contains(path), "{log}");
    }
    let (status, _, another) = post(&format!("{url}/api/links/"), LINK);
    assert_eq!(status, 201, "{another}");
    assert_ne!(link["id"], another["id"]);
    assert_eq!(emulator.check_invariants("id", "password"), Ok(()));
}
