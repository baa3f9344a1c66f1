//! Receivers that answer in unusual ways, and what the log and the delivery say about them. Each
//! test has the real binary and a receiver of bytes.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use crate::app::CURP;
use crate::delivery::{PATIENCE, logged, read_request, serve};
use crate::process::Server;

/// Answers each request with these bytes, and closes. Returns the port.
fn answering(answer: impl Into<Vec<u8>>) -> u16 {
    let (answer, listener) = (answer.into(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            read_request(&mut stream);
            stream.write_all(&answer).unwrap();
        }
    });
    port
}

/// The attempt of a link's webhook, once it has ended.
#[track_caller]
pub fn attempted(server: &Server) -> (String, Value) {
    let link = server.create_link(CURP);
    let id = link["id"].as_str().unwrap();
    logged(server, &[" <-- ", id]);
    let delivery = server.get("/_emulator/webhooks/deliveries/1");
    let state = delivery["state"].as_str().unwrap().to_owned();
    (state, delivery["attempts"][0]["answer"].clone())
}

fn once(url: &str) -> Server {
    serve(&[url], &["--webhook-retries", "0"])
}

fn head(headers: usize) -> String {
    let lines: String = (0..headers).map(|number| format!("X-Trace-{number}: 1\r\n")).collect();
    format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 2\r\n\r\nOK")
}

#[test]
fn an_answer_may_have_500_header_lines() {
    // `Content-Length` is one of them.
    let port = answering(head(499));
    let (state, answer) = attempted(&once(&format!("http://127.0.0.1:{port}/")));
    assert_eq!(
        (&*state, &answer["body"], &answer["error"]),
        ("delivered", &json!("OK"), &json!(null))
    );
    assert_eq!(answer["headers"]["x-trace-498"], "1");
}

/// Reading all that a receiver sends would take until the time of the attempt is over.
#[test]
fn of_an_answer_without_an_end_the_beginning_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = once(&format!("http://{}/", listener.local_addr().unwrap()));
    thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while stream.write_all(&[b'x'; 1024]).is_ok() {}
    });
    let (state, answer) = attempted(&server);
    assert_eq!((&*state, &answer["error"]), ("delivered", &json!(null)), "{answer}");
    assert_eq!(answer["body"].as_str().unwrap().len(), 16 * 1024);
    assert_eq!(answer["body_truncated"], true);
}

#[test]
fn an_answer_that_is_cut_short_is_delivered_and_said_to_be_cut() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let server = once(&format!("http://127.0.0.1:{}/", answering(answer)));
        let (state, attempt) = attempted(&server);
        assert_eq!((&*state, &attempt["status"]), ("delivered", &json!(200)), "{answer}");
        assert_eq!(attempt["body"], "abc");
        assert_eq!(attempt["error"], "the answer was cut short: its body ended early");
        logged(&server, &["<-- 2", "200 OK, the answer was cut short"]);
    }
}

/// The receiver keeps the connection open, and never ends its body.
#[test]
fn an_answer_that_does_not_end_is_said_not_to_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = once(&url);
    let link = server.create_link(CURP);
    let mut stream = listener.accept().unwrap().0;
    read_request(&mut stream);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc").unwrap();
    let words = ["<-- 2", "200 OK, the answer did not end within 5 s"];
    logged(&server, &[&words[..], &[link["id"].as_str().unwrap()]].concat());
}

#[test]
fn failures_are_told_in_plain_words_with_the_fix_in_the_log_and_in_the_delivery() {
    let status = |line: &str, body: &str| {
        format!("HTTP/1.1 {line}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let closed = "the receiver closed the connection without an answer";
    let cases = [
        (head(500), "the head of the answer is too large", "at most 500 headers"),
        (String::new(), closed, "write https:// instead of http://"),
        ("HTTP/1.1 200 OK\r\nConte".to_owned(), closed, "look at its log"),
        ("\x15\x03\x01\0\x02\x02\x46".to_owned(), "is not HTTP/1.1", "if it speaks TLS"),
        (status("404 Not Found", ""), "", "check the path"),
        (status("401 Unauthorized", ""), "", "--webhook-authorization"),
        (status("403 Forbidden", "CSRF verification failed"), "", "exempt the path"),
        (status("500 Internal Server Error", "boom"), "", ""),
    ];
    for (bytes, error, hint) in cases {
        let url = format!("http://127.0.0.1:{}/hooks?token=hidden", answering(&*bytes));
        let server = once(&url);
        let (state, answer) = attempted(&server);
        assert_eq!(state, "failed", "{bytes:?}");
        let said = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        assert!(said("error").contains(error), "{bytes:?}: {answer}");
        assert!(said("hint").contains(hint), "{bytes:?}: {answer}");
        assert_eq!(said("hint").is_empty(), hint.is_empty(), "{answer}");
        let line = logged(&server, &[", given up)", error, hint]);
        assert!(!line.contains("hidden") && !answer.to_string().contains("hidden"), "{line}");
    }
}

#[test]
fn the_receivers_own_words_stand_in_the_line_of_a_webhook_that_was_not_accepted() {
    let body = format!("{{\"error\":\r\n  \"no user \x1b[31m 7\"}}{}", " and on".repeat(100));
    let answer = format!("HTTP/1.1 422 X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = once(&format!("http://127.0.0.1:{}/", answering(answer)));
    attempted(&server);
    let line = logged(&server, &["<-- 422"]);
    let said = r#"said="{\"error\": \"no user \u{1b}[31m 7\"} and on and on"#;
    assert!(line.contains(said), "{line}");
    assert!(line.contains("…\""), "{line}");
}

#[test]
fn a_name_that_is_not_found_has_a_hint() {
    let server = once("http://nobody.invalid:9/hooks");
    let (state, answer) = attempted(&server);
    assert_eq!(state, "failed");
    let error = answer["error"].as_str().unwrap();
    assert!(error.starts_with("the name nobody.invalid is not found"), "{answer}");
    assert!(answer["hint"].as_str().unwrap().contains("check the spelling"), "{answer}");
}

#[test]
fn a_name_in_localhost_is_this_machine() {
    let port = answering(head(0));
    let (state, answer) = attempted(&once(&format!("http://app.localhost:{port}/")));
    assert_eq!(state, "delivered", "{answer}");
}

/// A receiver sees exactly what the operator set, and sees it once.
#[test]
fn the_url_of_the_operator_is_used_as_it_is_written() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let path = "//a%2Fb/%7euser/?sig=aB%2b%3D&x=a+b%20c&y=|^";
    let url = format!("http://me:p%40w@{address}{path}#part");
    let server =
        serve(&[&url, &url], &["--webhook-authorization", "Bearer x", "--webhook-retries", "0"]);
    server.create_link(CURP);
    let mut stream = listener.accept().unwrap().0;
    let (head, _) = read_request(&mut stream);
    assert!(head.starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{head}");
    let lines = head.lines().filter(|line| line.to_lowercase().starts_with("authorization:"));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines, ["authorization: Basic bWU6cEB3"], "{head}");
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    logged(&server, &["<-- 2"]);
    assert_eq!(
        server.get("/_emulator/webhooks/deliveries")["deliveries"].as_array().unwrap().len(),
        1
    );
    let line = logged(&server, &["WARN", "is given twice; each webhook is sent once"]);
    assert!(!line.contains("p%40w") && !line.contains("sig="), "{line}");
}

/// An endpoint that a client sets is under the same rules as one of the flags.
#[test]
fn the_endpoint_of_an_account_obeys_the_allowed_addresses() {
    let put = |server: &Server, body: Value| {
        server.request("PUT", "/_emulator/webhooks/endpoint", Some(&body))
    };
    let server = serve(&[], &[]);
    let (status, told) = put(&server, json!({"url": "http://user:hidden@169.254.7.7/"}));
    assert_eq!(status, 400);
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("--webhook-allow-address 169.254.7.7"), "{told}");
    let (status, told) = put(&server, json!({"url": "http://user:hid#den@h:bad/?t=hidden"}));
    assert!(status == 400 && !told.to_string().contains("den"), "{told}");
    let twice = json!({"url": "http://u:hidden@127.0.0.1:9/", "authorization": "Bearer hidden"});
    let (status, told) = put(&server, twice);
    assert!(status == 400 && told[0]["field"] == "authorization", "{told}");
    assert!(!told.to_string().contains("hidden"), "{told}");
    let (status, shown) = put(&server, json!({"url": "http://u:hidden@127.0.0.1:9/a"}));
    assert_eq!((status, &shown["has_authorization"]), (200, &json!(true)), "{shown}");
    assert_eq!(shown["url"], "http://127.0.0.1:9/a");

    let server = serve(&[], &["--webhook-allow-address", "169.254.7.0/24"]);
    let (status, told) = put(&server, json!({"url": "http://169.254.7.7/"}));
    assert_eq!(status, 200, "{told}");
}
