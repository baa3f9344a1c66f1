//! Connections as clients use them: each stays sound after an answer, or the answer announces its
//! end.

use std::io::Write;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::app::CURP;
use crate::process::Server;
use crate::raw::{KEYS, Raw};

fn link() -> String {
    json!({"institution": "planet_mx_employment", "username": CURP}).to_string()
}

/// Checks that the connection answers another request, or has ended as its last answer said.
#[track_caller]
fn check_end(client: &mut Raw, closes: bool) {
    if closes {
        return client.end();
    }
    let answer = client.request("GET /api/", "", "").answer();
    assert_eq!((answer.status, answer.closes()), (200, false), "{answer:?}");
}

#[test]
fn an_unwanted_upgrade_leaves_the_connection_in_use() {
    let server = Server::start(&[]);
    let cases = [
        // Java's client, and Spring's, by default.
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n",
        "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
        "connection: upgrade\r\nupgrade: WebSocket\r\n",
        "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
        "Upgrade: websocket\r\n",
    ];
    for headers in cases {
        let mut client = Raw::to(&server);
        for _ in 0..3 {
            let answer = client.request("POST /api/links/", headers, &link()).answer();
            assert_eq!(answer.status, 201, "{headers}");
            assert_eq!(answer.header("connection"), None, "{headers}");
            let answer = client.request("GET /api/links/", headers, "").answer();
            assert_eq!((answer.status, answer.header("connection")), (200, None), "{headers}");
        }
        let closing = headers.replace("pgrade\r\n", "pgrade, close\r\n");
        if closing != headers {
            let answer = client.request("GET /api/links/", &closing, "").answer();
            assert_eq!((answer.status, answer.closes()), (200, true), "{headers}");
            client.end();
        }
    }
}

/// The client writes its whole request before it reads, as most do.
#[test]
fn an_answer_to_a_request_that_is_still_coming_is_read_whole() {
    let server = Server::start(&[]);
    let large = "x".repeat(4 * 1024 * 1024);
    let text = "Content-Type: text/plain\r\n";
    let json = "Content-Type: application/json\r\n";
    let cases = [
        (413, "POST /api/links/", format!("{KEYS}{json}"), &large),
        (415, "POST /api/links/", format!("{KEYS}{text}"), &link()),
        (413, "POST /api/links/", format!("{KEYS}{text}"), &large),
        (401, "POST /api/links/", json.into(), &large),
        (401, "POST /api/links/", json.into(), &link()),
        (404, "POST /api/accounts/", format!("{KEYS}{json}"), &large),
        (405, "PUT /api/links/", format!("{KEYS}{json}"), &large),
        (401, "POST /api/links/", format!("{json}Expect: 100-continue\r\n"), &link()),
        (201, "POST /api/links/", format!("{KEYS}{json}Expect: 100-continue\r\n"), &link()),
        (200, "GET /api/links/", KEYS.into(), &link()),
        (200, "GET /api/links/", KEYS.into(), &large),
    ];
    for (status, line, headers, body) in cases {
        for is_chunked in [false, true] {
            let mut client = Raw::to(&server);
            let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{headers}");
            client.send(match is_chunked {
                false => format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()),
                true => {
                    let length = body.len();
                    format!(
                        "{head}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
                    )
                }
            });
            let mut answer = client.answer();
            if answer.status == 100 {
                answer = client.answer();
            }
            let case = format!("{head} {}, chunked: {is_chunked}: {answer:?}", body.len());
            assert_eq!(answer.status, status, "{case}");
            assert!(answer.header("x-request-id").is_some(), "{case}");
            check_end(&mut client, answer.closes());
        }
    }
}

#[test]
fn a_body_that_is_no_body_is_refused_and_the_end_announced() {
    let server = Server::start(&[]);
    let mut client = Raw::to(&server);
    client.send(format!(
        "POST /api/links/ HTTP/1.1\r\nHost: localhost\r\n{KEYS}Content-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\nno size\r\n"
    ));
    let answer = client.answer();
    assert_eq!((answer.status, answer.closes()), (400, true), "{answer:?}");
    assert_eq!(answer.json()[0]["code"], "parse_error");
}

/// The emulator reads what a client still sends after the last answer, so that the client can read
/// that answer, and not for ever.
#[test]
fn a_client_that_sends_on_and_on_after_the_last_answer_is_given_up() {
    let server = Server::start(&[]);
    let mut client = Raw::to(&server);
    assert_eq!(client.send("no request\r\n\r\n").answer().status, 400);
    client.socket.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    let is_given_up = (0..3000).any(|_| {
        thread::sleep(Duration::from_millis(10));
        client.socket.write_all(&[b'x'; 4096]).is_err()
    });
    assert!(is_given_up);
}

#[test]
fn no_request_is_refused_in_belvos_shape() {
    let server = Server::start(&[]);
    let many = format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "A: b\r\n".repeat(200));
    let large = format!("GET / HTTP/1.1\r\nHost: h\r\nA: {}\r\n\r\n", "x".repeat(1024 * 1024));
    let post = format!("POST /api/links/ HTTP/1.1\r\nHost: localhost\r\n{KEYS}");
    let (two, both) = (
        format!("{post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
        format!("{post}Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    );
    let unknown = format!("{post}Transfer-Encoding: br\r\n\r\n0\r\n\r\n");
    let (malformed, too_large) = ("malformed_request", "request_header_fields_too_large");
    let cases: [(&[u8], u16, &str, &str); 10] = [
        (b"nonsense\r\n\r\n", 400, malformed, "no HTTP/1.1 request"),
        (b"GET /api/links/ HTTP/1.1\r\n\r\n", 400, malformed, "no Host"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400, malformed, "no HTTP/1.1 request"),
        (two.as_bytes(), 400, malformed, "contradict each other"),
        (both.as_bytes(), 400, malformed, "contradict each other"),
        (unknown.as_bytes(), 400, malformed, "contradict each other"),
        (many.as_bytes(), 431, too_large, "96 header lines"),
        (large.as_bytes(), 431, too_large, "64 KiB"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, malformed, "use http://"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04", 400, malformed, "HTTP/2"),
    ];
    for (bytes, status, code, words) in cases {
        // On a new connection, on one in use, and behind another request.
        for before in ["", "used", "pipelined", "behind a slow one"] {
            let mut client = Raw::to(&server);
            if before == "behind a slow one" {
                let slow = r#"{"fault": {"latency": {"delay": "100ms"}}, "times": 1}"#;
                client.request("POST /_emulator/faults", "", slow);
                assert_eq!(client.answer().status, 201);
            }
            if !before.is_empty() {
                client.request("GET /api/", "", "");
            }
            if before == "used" {
                assert_eq!(client.answer().status, 200);
            }
            client.send(bytes);
            if before == "pipelined" || before == "behind a slow one" {
                assert_eq!(client.answer().status, 200);
            }
            let answer = client.answer();
            let case = format!("{:.60} {before}: {answer:?}", String::from_utf8_lossy(bytes));
            assert_eq!((answer.status, answer.closes()), (status, true), "{case}");
            let problem = &answer.json()[0];
            assert_eq!(problem["code"], code, "{case}");
            assert!(problem["message"].as_str().unwrap().contains(words), "{case}");
            let id = answer.header("x-request-id").unwrap();
            assert_eq!(problem["request_id"], id, "{case}");
            assert!(answer.header("date").is_some(), "{case}");
            client.end();
        }
    }
    let words = ["no Host", "96 header lines", "64 KiB", "TLS", "HTTP/2"];
    let log = server.log_with(|log| words.iter().all(|words| log.contains(words)));
    assert_eq!(log.matches("not a request: ").count(), words.len(), "each is said once: {log}");
}

#[test]
fn requests_are_understood_in_each_form_that_http_allows() {
    let server = Server::start(&[]);
    let mut client = Raw::to(&server);
    let absolute = format!("GET {}/api/links/", server.url);
    assert_eq!(client.request(&absolute, "", "").answer().status, 200);
    client.send(format!(
        "\r\n\nPOST /api/links/ HTTP/1.1\r\nhost:localhost\r\n{KEYS}content-type:application/json\r\n\
         transfer-encoding: Chunked\r\n\r\n{:X};name=\"value\"\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
        link().len(),
        link(),
    ));
    assert_eq!(client.answer().status, 201);
    let head = client.request("HEAD /api/links/", "", "").head();
    assert_eq!((head.status, head.closes()), (200, false), "{head:?}");
    check_end(&mut client, false);
    let one = format!("GET /api/links/ HTTP/1.0\r\n{KEYS}");
    client.send(format!("{one}Connection: keep-alive\r\n\r\n"));
    assert_eq!(client.answer().header("connection"), Some("keep-alive"));
    client.send(format!("{one}\r\n"));
    assert_eq!(client.answer().status, 200);
    client.end();
    let mut client = Raw::to(&server);
    let answer = client.request("GET /api/links/", "Connection: close\r\n", "").answer();
    assert!(answer.closes(), "{answer:?}");
    client.end();
    let mut client = Raw::to(&server);
    let answer = client.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n").answer();
    assert!((400..500).contains(&answer.status) && answer.closes(), "{answer:?}");
    client.end();
}

/// The bytes of a client come in pieces of any size.
#[test]
fn a_request_in_single_bytes_is_understood() {
    let server = Server::start(&[]);
    let mut client = Raw::to(&server);
    let request = format!(
        "POST /api/links/ HTTP/1.1\r\nHost: localhost\r\n{KEYS}Content-Type: application/json\r\n\
         Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: {}\r\n\r\n{}",
        link().len(),
        link(),
    );
    for _ in 0..2 {
        for byte in request.bytes() {
            client.send([byte]);
        }
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (201, None));
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let server = Server::start(&[]);
    let mut client = Raw::to(&server);
    let mut writer = client.socket.try_clone().unwrap();
    let pipelined = thread::spawn(move || {
        use std::io::Write;
        for number in 0..300 {
            let body = json!({"institution": "planet_mx_employment", "username": CURP,
                              "external_id": format!("number-{number}")});
            let body = body.to_string();
            let head = "POST /api/links/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n";
            let json = "Content-Type: application/json\r\n";
            let length = body.len();
            let request = format!("{head}{json}{KEYS}Content-Length: {length}\r\n\r\n{body}");
            writer.write_all(request.as_bytes()).unwrap();
        }
    });
    for number in 0..300 {
        let answer = client.answer();
        assert_eq!(answer.json()["external_id"], format!("number-{number}"), "{answer:?}");
    }
    pipelined.join().unwrap();
    check_end(&mut client, false);
}
