//! What no client of good will sends, over real sockets: each row is answered as it says, each error
//! in Belvo's shape, and the server answers the next client as before.

#![expect(
    clippy::disallowed_methods,
    reason = "real sockets need a limit on waiting; nothing asserts a time"
)]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use actix_http::{BoxedPayloadStream, Payload};
use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::stream::poll_fn;
use serde_json::Value;

use crate::app::{CURP, app};
use crate::process::Server;

/// Long enough for a loaded machine; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(60);
/// `id:password`
const KEYS: &str = "Authorization: Basic aWQ6cGFzc3dvcmQ=\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

/// The name of a row, the bytes that are sent, and the statuses of all answers that come back before
/// the close. The client closes its side after the bytes.
type Row = (&'static str, Vec<u8>, &'static [u16]);

/// An answer as it came.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Checks that an error has Belvo's array.
    fn check(&self, row: &str) {
        if self.status < 400 {
            return;
        }
        assert!(self.status < 500, "{row}: {self:?}");
        let body: Value = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{row}: {}", String::from_utf8_lossy(&self.body)));
        for key in ["code", "message", "request_id"] {
            assert!(body[0][key].is_string(), "{row}: {body}");
        }
        assert_eq!(self.header("x-request-id"), body[0]["request_id"].as_str(), "{row}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{row}");
        assert!(self.body.len() < 4096, "{row}: what is quoted is not cut");
    }
}

/// Reads the answers on a connection until it is closed or nothing more is expected.
fn answers(stream: &mut TcpStream, most: usize) -> Vec<Answer> {
    let (mut answers, mut bytes) = (Vec::new(), Vec::new());
    let mut buffer = [0; 64 * 1024];
    while answers.len() < most {
        while let Some((answer, length)) = parsed(&bytes) {
            bytes.drain(..length);
            answers.push(answer);
        }
        if answers.len() >= most {
            break;
        }
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("no answer and no close: {error}; {answers:?}"),
        }
    }
    answers
}

/// Parses an answer that has arrived whole, and returns its length.
fn parsed(bytes: &[u8]) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    let body = bytes.get(end..end + length)?.to_vec();
    Some((Answer { status, head, body }, end + length))
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Tries a row, and checks what comes back and that the server is there afterwards.
fn try_row(server: &Server, (name, bytes, expected): &Row) {
    let mut stream = connect(server);
    // A server that has refused the beginning need not read the rest.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let answers = answers(&mut stream, usize::MAX);
    answers.iter().for_each(|answer| answer.check(name));
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, *expected, "{name}");
    assert_eq!(server.get("/livez")["status"], "ok", "{name}");
}

fn get(path: &str) -> Vec<u8> {
    with_headers(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{KEYS}"))
}

fn with_headers(head: &str) -> Vec<u8> {
    format!("{head}\r\n").into_bytes()
}

/// A POST of a link with a body of this length.
fn post(body: &[u8]) -> Vec<u8> {
    post_with(&format!("Content-Length: {}\r\n", body.len()), body)
}

fn post_with(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST /api/links/ HTTP/1.1\r\nHost: localhost\r\n{KEYS}{JSON}{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    post_with("Transfer-Encoding: chunked\r\n", body)
}

#[test]
fn heads_that_no_client_sends() {
    let server = Server::start(&["--quiet"]);
    let many_headers: String = (0..500).map(|number| format!("X-{number}: y\r\n")).collect();
    let head = |line: &str| with_headers(&format!("{line}\r\nHost: localhost\r\n{KEYS}"));
    let bytes = |text: &[u8]| text.to_vec();
    let rows: Vec<Row> = vec![
        ("nothing", bytes(b""), &[]),
        ("empty lines", bytes(b"\r\n\r\n\r\n"), &[]),
        ("zero bytes", bytes(&[0; 64]), &[400]),
        ("half of a head", bytes(b"GET /livez HTTP/1.1\r\nHost: loc"), &[]),
        ("HTTP/0.9", bytes(b"GET /livez\r\n"), &[400]),
        ("HTTP/1.0", bytes(b"GET /livez HTTP/1.0\r\n\r\n"), &[200]),
        ("HTTP/3.7", head("GET /livez HTTP/3.7"), &[400]),
        ("no Host", bytes(b"GET /livez HTTP/1.1\r\n\r\n"), &[400]),
        ("two Hosts", head("GET /livez HTTP/1.1\r\nHost: other"), &[400]),
        ("absolute form", head("GET http://localhost/livez HTTP/1.1"), &[200]),
        ("absolute form of elsewhere", head("GET http://x.example/livez HTTP/1.1"), &[421]),
        ("authority form", head("CONNECT localhost:80 HTTP/1.1"), &[404]),
        ("asterisk form", head("OPTIONS * HTTP/1.1"), &[404]),
        ("a target without a slash", head("GET livez HTTP/1.1"), &[404]),
        ("a space in the target", head("GET /a b HTTP/1.1"), &[400]),
        ("a method of no method", head("GE(T /livez HTTP/1.1"), &[400]),
        ("a long method", head(&format!("{} /livez HTTP/1.1", "A".repeat(9000))), &[405]),
        ("a long target", get(&format!("/{}", "a".repeat(40_000))), &[404]),
        ("a long query", get(&format!("/api/links/?a={}", "a".repeat(40_000))), &[200]),
        (
            "an endless head",
            head(&format!("GET /livez HTTP/1.1\r\nX: {}", "y".repeat(300_000))),
            &[431],
        ),
        ("many headers", head(&format!("GET /livez HTTP/1.1\r\n{many_headers}X: y")), &[431]),
        ("a header that is folded", head("GET /livez HTTP/1.1\r\nX: a\r\n b"), &[400]),
        ("a header without a name", head("GET /livez HTTP/1.1\r\n: a"), &[400]),
        ("a space before the colon", head("GET /livez HTTP/1.1\r\nX : a"), &[400]),
        ("a carriage return in a value", head("GET /livez HTTP/1.1\r\nX: a\rb"), &[400]),
        ("a zero byte in a value", head("GET /livez HTTP/1.1\r\nX: a\0b"), &[400]),
        ("line feeds alone", bytes(b"GET /livez HTTP/1.1\nHost: localhost\n\n"), &[200]),
        ("a path that is no UTF-8", head("GET /api/links/%ff%fe/ HTTP/1.1"), &[404]),
        ("a zero byte in the path", get("/api/links/%00/"), &[404]),
        ("line breaks in the path", get("/api/%0d%0aX:%20y"), &[404]),
        ("dots in the path", get("/api/../../etc/passwd"), &[404]),
        ("a query that is no UTF-8", get("/api/links/?%ff=%fe&page=%ff"), &[404]),
        (
            "raw bytes in the target",
            [b"GET /\xff\xfe HTTP/1.1\r\n".to_vec(), get("/livez")].concat(),
            &[400],
        ),
        (
            "raw bytes in a value",
            [
                b"GET /api/ HTTP/1.1\r\nHost: h\r\nX: \xff\xfe\r\n".as_slice(),
                KEYS.as_bytes(),
                b"\r\n",
            ]
            .concat(),
            &[200],
        ),
        (
            "raw bytes as keys",
            bytes(b"GET /api/ HTTP/1.1\r\nHost: h\r\nAuthorization: Basic \xff\r\n\r\n"),
            &[401],
        ),
        (
            "keys without an end",
            head(&format!(
                "GET /api/ HTTP/1.1\r\nX: y\r\nAuthorization: Basic {}",
                "Q".repeat(60_000)
            )),
            &[401],
        ),
        ("a TLS hello", bytes(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), &[400]),
        ("HTTP/2", bytes(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), &[400]),
        ("another protocol", bytes(b"EHLO localhost\r\nQUIT\r\n"), &[400]),
        (
            "upgrade to WebSocket",
            head(
                "GET /livez HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13",
            ),
            &[200],
        ),
    ];
    for row in &rows {
        try_row(&server, row);
    }
}

#[test]
fn bodies_and_lengths_that_do_not_fit() {
    let server = Server::start(&["--quiet"]);
    let smuggled = "GET /api/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let both = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";
    let large = vec![b' '; 2 * 1024 * 1024];
    let rows: Vec<Row> = vec![
        ("two lengths", post_with("Content-Length: 2\r\nContent-Length: 40\r\n", b"{}"), &[400]),
        ("two lengths in one", post_with("Content-Length: 2, 40\r\n", b"{}"), &[400]),
        ("a length with a sign", post_with("Content-Length: +2\r\n", b"{}"), &[400]),
        ("a negative length", post_with("Content-Length: -1\r\n", b"{}"), &[400]),
        ("a huge length", post_with("Content-Length: 99999999999999999999999\r\n", b"{}"), &[400]),
        (
            "a length of all memory",
            post_with("Content-Length: 18446744073709551615\r\n", b"{}"),
            &[400],
        ),
        ("a length and chunks", post_with(both, format!("0\r\n\r\n{smuggled}").as_bytes()), &[400]),
        (
            "chunks of an unknown coding",
            post_with("Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
            &[400],
        ),
        (
            "chunks hidden by a tab",
            post_with("Content-Length: 2\r\nTransfer-Encoding:\tchunked\r\n", b"{}"),
            &[400],
        ),
        (
            "chunked twice",
            post_with("Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"),
            &[400],
        ),
        (
            "chunked, then not",
            post_with("Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
            &[400],
        ),
        ("a chunk of no size", chunked(b"\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("a chunk of all memory", chunked(b"ffffffffffffffff\r\n{}"), &[400]),
        ("a chunk that overflows", chunked(b"fffffffffffffffff\r\n{}"), &[400]),
        ("a chunk of a negative size", chunked(b"-2\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("a chunk that is longer than it says", chunked(b"1\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("chunks without an end", chunked(b"2\r\n{}\r\n"), &[400]),
        ("a body that is cut short", post_with("Content-Length: 100\r\n", b"{}"), &[400]),
        (
            "a body that is longer than it says",
            post_with("Content-Length: 2\r\n", b"{}nonsense"),
            &[400],
        ),
        ("two mebibytes", post(&large), &[413]),
        (
            "two mebibytes that say one byte",
            post_with("Content-Length: 1\r\n", &large),
            &[400, 400],
        ),
        ("no body", post(b""), &[400]),
        (
            "a body that waits for a go-ahead",
            post_with("Expect: 100-continue\r\nContent-Length: 2\r\n", b"{}"),
            &[100, 400],
        ),
        (
            "a body that waits for another thing",
            post_with("Expect: 200-maybe\r\nContent-Length: 2\r\n", b"{}"),
            &[400],
        ),
        (
            "compressed bytes",
            post_with("Content-Encoding: gzip\r\nContent-Length: 4\r\n", b"\x1f\x8b\x08\x00"),
            &[400],
        ),
    ];
    for row in &rows {
        try_row(&server, row);
    }
}

#[test]
fn json_that_no_client_sends() {
    let server = Server::start(&["--quiet"]);
    let link = |field: &str| {
        let rest = r#""institution": "planet_mx_employment", "username": "BLPM951331IONVGR54""#;
        post(format!("{{{rest}, {field}}}").as_bytes())
    };
    let control = |path: &str, body: &str| {
        let length = body.len();
        let head = format!(
            "POST /_emulator/{path} HTTP/1.1\r\nHost: localhost\r\n{KEYS}{JSON}Content-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body.as_bytes()].concat()
    };
    let deep = |count: usize| "[".repeat(count) + &"]".repeat(count);
    let rows: Vec<Row> = vec![
        ("deep lists", post(deep(500_000).as_bytes()), &[400]),
        ("deep objects", post("{\"a\":".repeat(100_000).as_bytes()), &[400]),
        ("deep below a field", link(&format!("\"external_id\": {}", deep(1000))), &[400]),
        ("a million commas", post(",".repeat(1_000_000).as_bytes()), &[400]),
        (
            "a list of a million",
            link(&format!("\"fetch_resources\": [{}1]", "1,".repeat(500_000))),
            &[400],
        ),
        ("a key twice", link("\"access_mode\": \"single\", \"access_mode\": \"nonsense\""), &[400]),
        ("1e999", link("\"stale_in\": 1e999"), &[400]),
        ("10^400", link(&format!("\"stale_in\": 1{}", "0".repeat(400))), &[400]),
        ("-0", link("\"external_id\": -0"), &[400]),
        ("NaN", link("\"stale_in\": NaN"), &[400]),
        ("half of a pair", link("\"external_id\": \"\\ud800\""), &[400]),
        ("a zero byte", link("\"external_id\": \"a\\u0000b\""), &[400]),
        ("a raw zero byte", post(b"{\"institution\": \"\0\"}"), &[400]),
        ("bytes that are no UTF-8", post(b"{\"institution\": \"\xff\xfe\"}"), &[400]),
        ("UTF-16", post(b"\xff\xfe{\0}\0"), &[400]),
        ("a mark in front", post(b"\xef\xbb\xbf{}"), &[400]),
        (
            "a text of a mebibyte",
            link(&format!("\"external_id\": \"{}\"", "x".repeat(900_000))),
            &[400],
        ),
        ("a key of a mebibyte", link(&format!("\"{}\": 1", "x".repeat(900_000))), &[201]),
        ("control: deep lists", control("armed", &deep(100_000)), &[400]),
        (
            "control: a key of a mebibyte",
            control("armed", &format!("{{\"{}\": 1}}", "x".repeat(900_000))),
            &[400],
        ),
        (
            "control: a variant of a mebibyte",
            control("faults", &format!("{{\"fault\": \"{}\"}}", "x".repeat(900_000))),
            &[400],
        ),
        (
            "control: a time without end",
            control("clock/advance", "{\"by\": \"99999999999999999999d\"}"),
            &[400],
        ),
        (
            "control: the end of time",
            control("clock/advance", "{\"to\": \"+262142-12-31T23:59:59Z\"}"),
            &[400],
        ),
        (
            "control: a probability without end",
            control("faults", "{\"fault\": \"empty_response\", \"probability\": 1e999}"),
            &[400],
        ),
        ("control: two objects", control("armed", "{\"scenario\": \"employed\"}{}"), &[400]),
        ("control: a number for a text", control("fork", "{\"credentials\": 1}"), &[400]),
    ];
    for row in &rows {
        try_row(&server, row);
    }
}

/// A mistake of the emulator outside of the core, which a body that breaks stands for.
#[actix_web::test]
async fn a_panic_outside_of_the_core_is_answered_in_belvos_shape() {
    let app = app().await;
    for path in ["/api/links/", "/_emulator/armed", "/api/token/"] {
        let json = ("Content-Type", "application/json");
        let request = app.request(Method::POST, path).insert_header(json).to_request();
        let broken: BoxedPayloadStream = Box::pin(poll_fn(|_| panic!("the test wants it")));
        let (request, _) = request.replace_payload(Payload::Stream { payload: broken });
        let problem = app.call_as_is_unchecked(request).await.problem(500);
        assert_eq!(problem.0, "unexpected_error");
    }
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 1);
}

#[test]
fn requests_that_come_before_they_are_asked_for_are_answered_in_order() {
    let server = Server::start(&["--quiet"]);
    let mut stream = connect(&server);
    let paths = ["/livez", "/api/", "/api/nothing/", "/readyz"];
    let bytes: Vec<u8> = (0..400).flat_map(|number| get(paths[number % 4])).collect();
    stream.write_all(&bytes).unwrap();
    // Some clients close their side then, and wait for the answers.
    stream.shutdown(Shutdown::Write).unwrap();
    let statuses: Vec<u16> =
        answers(&mut stream, usize::MAX).iter().map(|answer| answer.status).collect();
    assert!(statuses.chunks(4).all(|four| four == [200, 200, 404, 200]), "{statuses:?}");
    assert_eq!(statuses.len(), 400);
}

/// A head that comes byte by byte, a body that stops in the middle, and clients that say nothing.
#[test]
fn slow_clients_hold_up_nobody() {
    let server = Server::start(&["--quiet"]);
    let silent: Vec<TcpStream> = (0..100).map(|_| connect(&server)).collect();
    let mut halves: Vec<TcpStream> = (0..50).map(|_| connect(&server)).collect();
    for stream in &mut halves {
        stream.write_all(&post_with("Content-Length: 100\r\n", b"{\"a\"")).unwrap();
    }
    let mut slow = connect(&server);
    for byte in get("/livez") {
        slow.write_all(&[byte]).unwrap();
        assert_eq!(server.get("/livez")["status"], "ok");
    }
    assert_eq!(answers(&mut slow, 1)[0].status, 200);
    drop((silent, halves));
    assert_eq!(server.get("/livez")["status"], "ok");
}

/// Clients that send a request and do not read the answer, or are gone at once.
#[test]
fn clients_that_leave_take_nothing_along() {
    let mut server = Server::start(&["--quiet"]);
    let leaving = Instant::now();
    for number in 0..200 {
        let mut stream = connect(&server);
        let bytes = if number % 2 == 0 { get("/_emulator/openapi.json") } else { post(b"{}") };
        stream.write_all(&bytes[..bytes.len() - number % 7]).unwrap();
        if number % 3 == 0 {
            let socket = socket2::SockRef::from(&stream);
            socket.set_linger(Some(Duration::ZERO)).unwrap();
        }
    }
    assert_eq!(server.get("/livez")["status"], "ok");
    assert!(leaving.elapsed() < PATIENCE);
    assert!(server.stop("TERM").success());
}
