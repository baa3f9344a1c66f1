//! A stop depends on nobody: whatever is read, computed or sent at that moment, a signal ends the
//! process.

use std::io::Write;
use std::net::TcpStream;

use serde_json::json;

use crate::app::CURP;
use crate::process::{Server, command};
use crate::raw::{KEYS, Raw};

const SIGNALS: [&str; 4] = ["TERM", "INT", "HUP", "QUIT"];

/// Sends a request whose answer nobody reads.
fn ask(server: &Server, method: &str, path: &str, body: &str) -> TcpStream {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic aWQ6cGFzc3dvcmQ=\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).unwrap();
    connection
}

/// Starts an emulator with a port file, and checks that the signal stops it and the file goes, with
/// something under way.
fn stops(signal: &str, flags: &[&str], begin: impl FnOnce(&Server) -> Vec<TcpStream>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = ["--port", "0", "--port-file", path.to_str().unwrap()];
    let mut server = Server::spawn_unread(command(&[&port_file, flags].concat()));
    let under_way = begin(&server);
    assert_eq!(server.stop(signal).code(), Some(0), "SIG{signal}");
    assert!(!path.exists(), "SIG{signal}");
    drop(under_way);
}

#[test]
fn a_signal_stops_it_while_a_busy_account_advances() {
    for signal in SIGNALS {
        stops(signal, &["--clock", "manual"], |server| {
            let recurrent = json!({
                "institution": "planet_mx_employment", "username": CURP, "access_mode": "recurrent",
            });
            for _ in 0..50 {
                let (status, link) = server.request("POST", "/api/links/", Some(&recurrent));
                assert_eq!(status, 201, "{link}");
            }
            let start = server.get("/_emulator/clock")["now"].clone();
            let advance = ask(server, "POST", "/_emulator/clock/advance", r#"{"by": "3650d"}"#);
            while server.get("/_emulator/clock")["now"] == start {}
            vec![advance]
        });
    }
}

#[test]
fn a_signal_stops_it_while_large_snapshots_are_made_that_nobody_reads() {
    for signal in ["TERM", "QUIT"] {
        stops(signal, &[], |server| {
            for _ in 0..300 {
                server.create_link(CURP);
            }
            (0..20).map(|_| ask(server, "GET", "/_emulator/snapshot", "")).collect()
        });
    }
}

#[test]
fn a_signal_stops_it_while_clients_wait_and_nobody_reads_its_lines() {
    for signal in SIGNALS {
        stops(signal, &["--log-requests"], |server| {
            for _ in 0..600 {
                server.request("GET", "/nowhere", None);
            }
            let body = r#"{"timeout": "10m"}"#;
            vec![ask(server, "POST", "/_emulator/webhooks/await", body)]
        });
    }
}

/// There are more of them than the server has threads.
#[test]
fn clients_that_never_read_their_answer_hold_up_nobody_and_no_stop() {
    let mut server = Server::start(&["--page-size", "1000"]);
    for _ in 0..500 {
        server.create_link(CURP);
    }
    let page = Raw::to(&server).request("GET /api/links/", "", "").answer();
    assert!(page.body.len() > 200_000, "{}", page.body.len());
    // Together the answers are larger than the buffers of a socket.
    let unread: Vec<Raw> = (0..20)
        .map(|_| {
            let mut client = Raw::to(&server);
            for _ in 0..60 {
                client.request("GET /api/links/", "", "");
            }
            client
        })
        .collect();
    for count in 500..520 {
        assert_eq!(server.get("/api/links/?page_size=1")["count"], count);
        server.create_link(CURP);
    }
    assert_eq!(server.stop("TERM").code(), Some(0));
    drop(unread);
}

#[test]
fn a_stream_of_events_ends_with_a_word_at_the_stop() {
    let mut server = Server::start(&[]);
    let mut stream = Raw::to(&server);
    stream.events().until("retry: ");
    server.create_link(CURP);
    stream.until("event: tasks_scheduled");
    server.tell("TERM");
    stream.until("event: stopping\ndata: {}\n\n\r\n0\r\n\r\n");
    assert_eq!(server.stop("TERM").code(), Some(0));
}

/// One that reads nothing is given up with the others.
#[test]
fn streams_that_nobody_reads_hold_up_no_stop() {
    for signal in ["TERM", "INT"] {
        stops(signal, &[], |server| {
            (0..10).map(|_| ask(server, "GET", "/_emulator/events", "")).collect()
        });
    }
}

#[test]
fn a_client_that_leaves_its_stream_leaves_room_for_another() {
    let server = Server::start(&[]);
    let mut streams: Vec<Raw> = (0..16).map(|_| Raw::to(&server)).collect();
    for stream in &mut streams {
        stream.events().until("retry: ");
    }
    let status = || server.request("HEAD", "/_emulator/events", None).0;
    assert_eq!(status(), 429);
    drop(streams);
    // The server has yet to notice it.
    let is_free = (0..10_000).any(|_| status() == 200);
    assert!(is_free);
}

#[test]
fn a_second_signal_does_no_harm() {
    let mut server = Server::start(&[]);
    let waiting = ask(&server, "POST", "/_emulator/webhooks/await", r#"{"timeout": "10m"}"#);
    server.tell("INT");
    server.tell("TERM");
    assert_eq!(server.stop("INT").code(), Some(0));
    drop(waiting);
}

/// Sends the second half of a request when the emulator was told to stop. Returns true when the
/// answer announces the end of the connection, and false when the stop was not ready for it yet or
/// did not wait for it any more.
fn is_told_of_the_end() -> bool {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let mut server = Server::start(&["--port-file", path.to_str().unwrap()]);
    let mut client = Raw::to(&server);
    let body = json!({"institution": "planet_mx_employment", "username": CURP}).to_string();
    client.send(format!(
        "POST /api/links/ HTTP/1.1\r\nHost: localhost\r\n{KEYS}Content-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    // The request is under way now.
    assert_eq!(client.head().status, 100);
    server.tell("TERM");
    while path.exists() {
        std::thread::yield_now();
    }
    client.send(body);
    let is_told = client.may_answer().is_some_and(|answer| {
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.closes()
    });
    assert_eq!(server.stop("TERM").code(), Some(0));
    is_told
}

/// A client that keeps its connections would send its next request on one that is just closed.
#[test]
fn an_answer_during_the_stop_announces_the_end_of_its_connection() {
    assert!((0..50).any(|_| is_told_of_the_end()));
}
