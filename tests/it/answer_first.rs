//! What a request causes is sent after its answer is written, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::app::CURP;
use crate::process::Server;
use crate::raw::Raw;

/// Long enough for a loaded machine; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(60);

fn link() -> String {
    let resources = ["EMPLOYMENT_RECORDS"];
    json!({"institution": "planet_mx_employment", "username": CURP, "access_mode": "recurrent",
           "fetch_resources": resources})
    .to_string()
}

/// A webhook, and true when the answer to its client was there to be read when it arrived.
struct Arrival {
    webhook: Value,
    follows: bool,
}

/// A receiver that looks at a client's socket as soon as a webhook arrives. The client must not read
/// before it has the arrival.
struct Watch {
    arrivals: Receiver<Arrival>,
}

impl Watch {
    fn over(server: impl FnOnce(&str) -> Server) -> (Server, Raw, Watch) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = server(&url);
        let client = Raw::to(&server);
        let watched = client.socket.try_clone().unwrap();
        let (tell, arrivals) = channel();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (watched, tell) = (watched.try_clone().unwrap(), tell.clone());
                let connection = connection.unwrap();
                thread::spawn(move || {
                    let mut reader = BufReader::new(connection);
                    while reader.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
                        let follows = is_readable(&watched);
                        let webhook = webhook(&mut reader);
                        let _ = tell.send(Arrival { webhook, follows });
                    }
                });
            }
        });
        (server, client, Watch { arrivals })
    }

    #[track_caller]
    fn next(&self) -> Arrival {
        self.arrivals.recv_timeout(PATIENCE).expect("no webhook arrived")
    }
}

fn is_readable(socket: &TcpStream) -> bool {
    socket.set_nonblocking(true).unwrap();
    let peeked = socket.peek(&mut [0]);
    socket.set_nonblocking(false).unwrap();
    peeked.is_ok_and(|count| count == 1)
}

/// Reads a webhook, and answers it.
fn webhook(reader: &mut BufReader<TcpStream>) -> Value {
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn serve(url: &str, flags: &[&str]) -> Server {
    Server::start(&[&["--webhook-url", url], flags].concat())
}

/// Makes a call that causes one webhook, and returns its answer.
#[track_caller]
fn call(client: &mut Raw, watch: &Watch, line: &str, headers: &str, body: &str) -> Value {
    client.request(line, headers, body);
    let Ok(arrival) = watch.arrivals.recv_timeout(PATIENCE) else {
        panic!("{line}: no webhook arrived, and the answer is {:?}", client.answer());
    };
    assert!(arrival.follows, "{line}: the webhook came before the answer: {}", arrival.webhook);
    let answer = client.answer();
    assert!((200..300).contains(&answer.status), "{line}: {answer:?}");
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

#[test]
fn a_thousand_registrations_are_answered_before_their_webhooks() {
    let (_server, mut client, watch) = Watch::over(|url| serve(url, &["--webhook-delay", "0s"]));
    for _ in 0..1000 {
        call(&mut client, &watch, "POST /api/links/", "", &link());
    }
}

/// The webhook falls due before the answer is written.
#[test]
fn a_fast_clock_does_not_let_a_webhook_overtake_its_answer() {
    for clock in ["1000x", "1000000x"] {
        let (_server, mut client, watch) = Watch::over(|url| serve(url, &["--clock", clock]));
        let late = json!({"fault": {"latency": {"delay": "50ms"}}, "times": 20});
        client.request("POST /_emulator/faults", "", &late.to_string());
        assert_eq!(client.answer().status, 201);
        let single = link().replace("recurrent", "single");
        for _ in 0..100 {
            call(&mut client, &watch, "POST /api/links/", "", &single);
        }
    }
}

#[test]
fn every_call_that_causes_a_webhook_is_answered_before_it() {
    let (_server, mut client, watch) = Watch::over(|url| serve(url, &["--webhook-delay", "0s"]));
    let background = "X-Belvo-Request-Mode: async\r\n";
    let link = link();
    for _ in 0..50 {
        let registered = call(&mut client, &watch, "POST /api/links/", "", &link);
        let id = registered["id"].as_str().unwrap();
        let body = json!({"link": id}).to_string();
        call(&mut client, &watch, "POST /api/employment-records/", background, &body);
        call(&mut client, &watch, &format!("PUT /api/links/{id}/"), "", r#"{"password": "new"}"#);
        let refresh = format!("POST /api/links/{id}/refresh/");
        call(&mut client, &watch, &refresh, "", r#"{"fetch_resources": ["EMPLOYMENT_RECORDS"]}"#);
        client.request("POST /api/links/", "", &link.replace(CURP, "FAIL428001HXXXXX00"));
        let asked = client.answer().json()[0].clone();
        let token = json!({"session": asked["session"], "link": asked["link"], "token": "123456"});
        call(&mut client, &watch, "PATCH /api/links/", "", &token.to_string());
        let trigger = json!({"link": id, "webhook_type": "EMPLOYMENT_RECORDS",
                             "webhook_code": "historical_update"});
        let trigger = trigger.to_string();
        call(&mut client, &watch, "POST /_emulator/webhooks/trigger", "", &trigger);
        let replay = "POST /_emulator/webhooks/deliveries/1/replay";
        call(&mut client, &watch, replay, "", "{}");
        call(&mut client, &watch, &format!("DELETE /api/links/{id}/"), background, "");
    }
}

#[test]
fn a_jump_of_the_clock_is_answered_before_its_webhooks() {
    let (_server, mut client, watch) = Watch::over(|url| serve(url, &["--clock", "manual"]));
    for _ in 0..50 {
        client.request("POST /api/links/", "", &link().replace("recurrent", "single"));
        let created_at = client.answer().json()["created_at"].clone();
        let created_at: DateTime<Utc> = created_at.as_str().unwrap().parse().unwrap();
        let body = json!({"now": created_at + TimeDelta::minutes(1)}).to_string();
        call(&mut client, &watch, "PUT /_emulator/clock", "", &body);
    }
}

/// It waits as long as the answer does, and holds up no other.
#[test]
fn a_webhook_waits_for_a_late_answer_and_others_do_not() {
    let (server, mut client, watch) = Watch::over(|url| serve(url, &["--webhook-delay", "0s"]));
    let fault = json!({"fault": {"latency": {"delay": "3s"}}, "operation": "RegisterLink",
                       "times": 1});
    client.request("POST /_emulator/faults", "", &fault.to_string());
    assert_eq!(client.answer().status, 201);
    client.request("POST /api/links/", "", &link());
    // The other client registers when the fault is spent.
    while server.get("/_emulator/faults")["faults"][0]["left"] != 0 {
        thread::yield_now();
    }
    let other = server.create_link(CURP);
    let first = watch.next();
    assert_eq!(first.webhook["link_id"], other["id"]);
    assert!(!first.follows, "the late answer was there already");
    let second = watch.next();
    assert!(second.follows, "the webhook came before the late answer");
    assert_eq!(client.answer().json()["id"], second.webhook["link_id"]);
}

/// Injects a fault into the answer to the next registration.
#[track_caller]
fn arm(client: &mut Raw, fault: &Value) {
    let fault = json!({"fault": fault, "operation": "RegisterLink", "times": 1});
    client.request("POST /_emulator/faults", "", &fault.to_string());
    assert_eq!(client.answer().status, 201);
}

/// The time that a webhook waits for a client begins when the emulator has done its part.
#[test]
fn a_webhook_waits_for_an_answer_that_a_fault_delays_beyond_ten_seconds() {
    let faults = [json!({"latency": {"delay": "12s"}}), json!({"slow_body": {"over": "12s"}})];
    let delayed = faults.map(|fault| {
        thread::spawn(move || {
            let (_server, mut client, watch) =
                Watch::over(|url| serve(url, &["--webhook-delay", "0s"]));
            arm(&mut client, &fault);
            client.request("POST /api/links/", "", &link());
            watch.next();
            // The whole answer is there.
            client.socket.set_nonblocking(true).unwrap();
            assert_eq!(client.answer().status, 201, "{fault}");
        })
    });
    for delayed in delayed {
        delayed.join().unwrap();
    }
}

/// There is no answer to wait for.
#[test]
fn a_webhook_whose_answer_a_fault_withholds_is_sent() {
    let (_server, mut client, watch) = Watch::over(|url| serve(url, &["--webhook-delay", "0s"]));
    arm(&mut client, &json!({"timeout": {"after": "10m"}}));
    client.request("POST /api/links/", "", &link());
    assert!(!watch.next().follows);
}

/// The answer is far away, and the client has left.
#[test]
fn a_webhook_whose_client_has_left_is_sent() {
    let (_server, mut client, watch) = Watch::over(|url| serve(url, &["--webhook-delay", "0s"]));
    arm(&mut client, &json!({"latency": {"delay": "10m"}}));
    client.request("POST /api/links/", "", &link());
    client.socket.shutdown(std::net::Shutdown::Write).unwrap();
    watch.next();
}
