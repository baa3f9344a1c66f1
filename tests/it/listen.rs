//! `belvo-emulator listen`: a receiver that shows what arrives, with the real binary and real sockets.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::CURP;
use crate::manual::page::page;
use crate::process::{Server, command, run};

const ENDPOINT: &str = "/_emulator/webhooks/endpoint";
/// A webhook as Belvo sends it.
const WEBHOOK: &str = r#"{"webhook_id": "5550154540cd4670a5f7fde2943375d1",
    "webhook_type": "EMPLOYMENT_RECORDS", "process_type": "historical_update",
    "webhook_code": "historical_update", "link_id": "8dc0ca53-4682-481d-b3b5-98e928384938",
    "request_id": "126a0aa9-df11-4b47-861a-ee03e62fdd9c", "external_id": "ana-1",
    "data": {"total_employment_record_profiles": 1}}"#;
const ARROW: &str = "--> EMPLOYMENT_RECORDS historical_update \
                     link=8dc0ca53-4682-481d-b3b5-98e928384938 external_id=ana-1 1 profile\n";

/// A receiver that listens until it is dropped.
struct Listener {
    child: Child,
    /// The URL of its webhooks.
    url: String,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
}

fn read_lines(stream: impl Read + Send + 'static, text: &Arc<Mutex<String>>) {
    let text = text.clone();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut text = text.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
}

impl Listener {
    fn start(flags: &[&str]) -> Listener {
        let port: &[&str] = if flags.contains(&"--port") { &[] } else { &["--port", "0"] };
        let mut child = command(&[&["listen"], port, flags].concat()).spawn().unwrap();
        let (stdout, stderr) = (Arc::default(), Arc::default());
        read_lines(child.stdout.take().unwrap(), &stdout);
        read_lines(child.stderr.take().unwrap(), &stderr);
        let mut listener = Listener { child, url: String::new(), stdout, stderr };
        let lines = listener.shown(|text| text.contains("ready"));
        let ready = lines.lines().next().unwrap();
        let url = ready.split(['"', ' ']).find(|word| word.starts_with("http://"));
        listener.url = url.unwrap_or_else(|| panic!("{ready}")).to_owned();
        listener
    }

    /// Waits until its lines have what is looked for, and returns them.
    #[track_caller]
    fn shown(&self, is_there: impl Fn(&str) -> bool) -> String {
        wait_for(|| Some(self.stdout.lock().unwrap().clone()).filter(|text| is_there(text)))
            .unwrap_or_else(|| panic!("{:?} {:?}", self.stdout, self.stderr))
    }

    #[track_caller]
    fn told(&self, sentence: &str) {
        let found = wait_for(|| self.stderr.lock().unwrap().contains(sentence).then_some(()));
        found.unwrap_or_else(|| panic!("{sentence}: {:?}", self.stderr));
    }

    /// The lines after that which says it is ready.
    fn lines(&self) -> String {
        let text = self.stdout.lock().unwrap().clone();
        text.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap_or_default()
    }

    fn tell(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let kill = std::process::Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for its end.
    #[track_caller]
    fn ended(&mut self) -> ExitStatus {
        wait_for(|| self.child.try_wait().unwrap()).expect("it goes on")
    }

    /// Posts a webhook, and returns the status of the answer.
    fn post(&self, body: &str) -> u16 {
        post(&self.url, body).0
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again, for half a minute.
fn wait_for<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..3000 {
        let answer = ask();
        if answer.is_some() {
            return answer;
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(60))).build().new_agent()
}

fn post(url: &str, body: &str) -> (u16, String) {
    let request = agent().post(url).header("Content-Type", "application/json");
    let mut answer = request.send(body).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// Lines without the times that they tell.
fn timeless(lines: &str) -> String {
    let words = lines.split(" in ").enumerate().map(|(place, part)| match part.split_once(" ms") {
        Some((number, rest)) if place > 0 && number.parse::<u64>().is_ok() => format!("N ms{rest}"),
        _ => part.to_owned(),
    });
    words.collect::<Vec<_>>().join(" in ")
}

/// An emulator whose links load at once.
fn emulator(flags: &[&str]) -> Server {
    let fast = ["--webhook-delay", "0s", "--webhook-retry-delay", "10ms"];
    Server::start(&[&fast, flags].concat())
}

fn listen_for<'a>(server: &'a Server, flags: &[&'a str]) -> Vec<&'a str> {
    let own = ["--emulator", server.url.as_str(), "--credentials", "id:password"];
    [&own, flags].concat()
}

#[test]
fn each_webhook_has_a_line_and_its_answer_another_until_the_planned_end() {
    let mut listener = Listener::start(&["--fail", "2", "--exit-after", "3"]);
    let server = emulator(&["--webhook-url", &listener.url]);
    let link = server.create_link(CURP);
    assert_eq!(listener.ended().code(), Some(0));
    let id = link["id"].as_str().unwrap();
    let arrow = format!("--> EMPLOYMENT_RECORDS historical_update link={id} 1 profile\n");
    let expected: String = ["500", "500", "200"]
        .iter()
        .map(|status| format!("{arrow}<-- {status} in N ms\n"))
        .collect();
    wait_for(|| (timeless(&listener.lines()) == expected).then_some(()));
    assert_eq!(timeless(&listener.lines()), expected);
    server.log_with(|log| log.contains("<-- 200 OK in ") && log.contains("(3/6)"));
}

#[test]
fn the_status_of_all_answers_can_be_chosen_and_one_webhook_be_enough() {
    let mut listener = Listener::start(&["--status", "422", "--once", "--path", "/a/b", "-v"]);
    assert!(listener.url.ends_with("/a/b"), "{}", listener.url);
    assert_eq!(listener.post(WEBHOOK), 422);
    assert_eq!(listener.ended().code(), Some(0));
    let lines = listener.shown(|text| text.contains("<-- 422"));
    assert!(lines.contains("\n        \"total_employment_record_profiles\": 1\n"), "{lines}");
}

#[test]
fn a_json_line_has_the_documented_keys_and_always_all_of_them() {
    let listener = Listener::start(&["--format", "json"]);
    let manual = page("docs/listen.md").text;
    let documented = |heading: &str| -> BTreeSet<String> {
        let (_, section) = manual.split_once(&format!("\n{heading}\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
    };
    let documented = documented("## JSON lines");
    let authorized = agent().post(&listener.url).header("Authorization", "Bearer hidden");
    assert_eq!(authorized.send(WEBHOOK).unwrap().status(), 200);
    assert_eq!(agent().get(&listener.url).call().unwrap().status(), 405);
    let text = listener.shown(|text| text.lines().count() == 3);
    assert!(!text.contains("hidden"), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"event": "ready", "url": listener.url}));
    for line in &lines[1..] {
        let keys: BTreeSet<String> = line.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, documented, "{line}");
    }
    let (webhook, other) = (&lines[1], &lines[2]);
    let payload: Value = serde_json::from_str(WEBHOOK).unwrap();
    assert_eq!(webhook["payload"], payload);
    for (key, value) in [
        ("event", json!("webhook")),
        ("number", json!(1)),
        ("method", json!("POST")),
        ("path", json!("/webhooks")),
        ("authorization", json!("Bearer [redacted]")),
        ("link", payload["link_id"].clone()),
        ("external_id", json!("ana-1")),
        ("webhook_code", json!("historical_update")),
        ("status", json!(200)),
        ("problem", json!(null)),
    ] {
        assert_eq!(webhook[key], value, "{key}");
    }
    assert_eq!((&other["event"], &other["payload"]), (&json!("other"), &Value::Null));
    assert_eq!((&other["number"], &other["status"]), (&json!(2), &json!(405)));
    assert!(other["problem"].as_str().unwrap().contains("a webhook is a POST"), "{other}");
}

#[test]
fn what_is_no_webhook_is_refused_and_said() {
    let listener = Listener::start(&[]);
    let elsewhere = listener.url.replace("/webhooks", "/hooks?token=hidden");
    let large = format!("{{\"a\": \"{}\"}}", "x".repeat(300 * 1024));
    let cases = [
        (elsewhere.as_str(), WEBHOOK, 404, "<-- 404 in N ms: webhooks are taken at /webhooks"),
        (&listener.url, "{", 400, "<-- 400 in N ms: the body is no JSON: the mistake is at line 1"),
        (&listener.url, "", 400, "<-- 400 in N ms: the body is empty"),
        (&listener.url, "[1]", 400, "<-- 400 in N ms: the body is JSON, but no object"),
        (&listener.url, "{\"a\": 1}", 400, "but no webhook of Belvo: it lacks webhook_id"),
        (&listener.url, &large, 413, "<-- 413 in N ms: the body is larger than 256KiB"),
    ];
    for (url, body, status, line) in cases {
        let (found, text) = post(url, body);
        assert_eq!(found, status, "{body:.60}");
        assert!(text.ends_with('\n') && !text.contains("hidden"), "{text}");
        listener.shown(|lines| timeless(lines).contains(line));
    }
    assert_eq!(agent().get(&listener.url).call().unwrap().status(), 405);
    let lines = listener.shown(|text| text.contains("<-- 405"));
    assert!(lines.contains("--> GET /webhooks\n<-- 405 in "), "{lines}");
    assert!(!lines.contains("hidden"), "{lines}");
    // None of them counts, and it goes on.
    assert_eq!(listener.post(WEBHOOK), 200);
}

#[test]
fn what_is_no_http_is_said_and_holds_up_nothing() {
    let listener = Listener::start(&[]);
    let address = listener.url.trim_start_matches("http://").trim_end_matches("/webhooks");
    let mut idle: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut tls = TcpStream::connect(address).unwrap();
    tls.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n").unwrap();
    listener.told("something arrived that is no HTTP/1.1: write http:// in the URL");
    idle[0].write_all(b"POST /webhooks HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{").unwrap();
    drop(idle.remove(0));
    listener.shown(|text| text.contains("the body is cut short"));
    assert_eq!(listener.post(WEBHOOK), 200);
}

#[test]
fn texts_of_a_webhook_can_neither_color_a_line_nor_end_it_nor_show_a_curp() {
    let listener = Listener::start(&["--verbose"]);
    let mut webhook: Value = serde_json::from_str(WEBHOOK).unwrap();
    webhook["external_id"] = format!("x\u{1b}[31m\n--> \u{9b} {CURP}").into();
    webhook["data"] = json!({"password": "hidden", "note": CURP});
    assert_eq!(listener.post(&webhook.to_string()), 200);
    let lines = listener.shown(|text| text.contains("<-- 200"));
    assert!(!lines.contains(['\u{1b}', '\u{9b}']), "{lines:?}");
    assert!(!lines.contains("hidden") && !lines.contains(CURP), "{lines}");
    assert!(lines.contains("external_id=\"x\\u{1b}[31m\\n--> \\u{9b} [CURP]\""), "{lines}");
    assert_eq!(lines.matches("\n-->").count(), 1, "{lines}");
}

#[test]
fn an_answer_that_comes_too_late_is_said() {
    let listener = Listener::start(&["--delay", "30s"]);
    let address = listener.url.trim_start_matches("http://").trim_end_matches("/webhooks");
    let mut impatient = TcpStream::connect(address).unwrap();
    let length = WEBHOOK.len();
    write!(
        impatient,
        "POST /webhooks HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{WEBHOOK}"
    )
    .unwrap();
    let shown = listener.shown(|text| text.contains(ARROW));
    assert!(!shown.contains("<--"), "{shown}");
    drop(impatient);
    let line = "<-- not answered in N ms: the sender closed the connection before the answer";
    listener.shown(|text| timeless(text).contains(line));
}

#[test]
fn the_endpoint_of_an_account_comes_back_however_listen_ends() {
    let flags = ["--webhook-url", "http://u:hidden@127.0.0.1:9/a?b=hidden"];
    let server = emulator(&[&flags[..], &["--webhook-retries", "0"]].concat());
    let before = server.get(ENDPOINT);
    for end in ["TERM", "INT", "HUP", "QUIT", "--once"] {
        let once: &[&str] = if end == "--once" { &["--once"] } else { &[] };
        let mut listener = Listener::start(&listen_for(&server, once));
        let endpoint = server.get(ENDPOINT);
        assert_eq!(
            (&endpoint["url"], &endpoint["temporary"]),
            (&json!(listener.url), &json!(true))
        );
        listener.told("the webhooks of the account \"id\" at http://127.0.0.1:");
        let link = server.create_link(CURP);
        listener.shown(|text| text.contains(link["id"].as_str().unwrap()));
        if once.is_empty() {
            listener.tell(end);
        }
        assert_eq!(listener.ended().code(), Some(0), "{end}");
        listener.told("the webhooks of the account go to http://127.0.0.1:9/a again");
        assert_eq!(server.get(ENDPOINT), before, "{end}");
    }
    // Nothing is lost of the secrets: the next webhook goes where it went.
    server.create_link(CURP);
    server.log_with(|log| log.contains("http://127.0.0.1:9/a <-- "));
    assert_eq!(server.get("/_emulator/webhooks/endpoint")["has_authorization"], true);
}

#[test]
fn an_endpoint_that_somebody_else_has_set_stays() {
    let server = emulator(&[]);
    let mut listener = Listener::start(&listen_for(&server, &[]));
    let other = json!({"url": "http://127.0.0.1:9/other"});
    assert_eq!(server.request("PUT", ENDPOINT, Some(&other)).0, 200);
    listener.told("somebody sends the account's webhooks to http://127.0.0.1:9/other now");
    listener.tell("TERM");
    assert_eq!(listener.ended().code(), Some(0));
    listener.told("the account has another endpoint by now, which stays");
    assert_eq!(server.get(ENDPOINT)["url"], other["url"]);
}

#[test]
fn it_receives_again_after_a_reset_and_after_a_restart() {
    let mut server = emulator(&[]);
    let mut listener = Listener::start(&listen_for(&server, &[]));
    assert_eq!(server.request("POST", "/_emulator/reset", Some(&json!({}))).0, 200);
    listener.told("was restarted, or its account reset: its webhooks come here again");
    assert_eq!(server.get(ENDPOINT)["url"], listener.url);
    let port = server.port().to_string();
    server.stop("TERM");
    listener.told("no emulator answers at http://127.0.0.1:");
    let server = Server::spawn(command(&["--port", &port, "--webhook-delay", "0s"]));
    wait_for(|| (server.get(ENDPOINT)["url"] == listener.url).then_some(())).unwrap();
    server.create_link(CURP);
    listener.shown(|text| text.contains("1 profile\n<-- 200 in "));
    drop(server);
    listener.tell("TERM");
    assert_eq!(listener.ended().code(), Some(0));
    listener.told("the emulator is gone, and the endpoint with it");
}

#[test]
fn it_just_works_where_time_is_moved_by_hand() {
    for clock in ["skip", "manual"] {
        let server = Server::start(&["--clock", clock]);
        let listener = Listener::start(&listen_for(&server, &[]));
        server.create_link(CURP);
        let advance = json!({"by": "1h"});
        let advanced = server.request("POST", "/_emulator/clock/advance", Some(&advance));
        assert_eq!(advanced.0, 200, "{}", advanced.1);
        assert_eq!(advanced.1["deliveries"][0]["state"], "delivered", "{clock}");
        listener.shown(|text| text.contains("1 profile\n<-- 200 in "));
    }
}

#[test]
fn mistakes_are_told_with_the_flag_and_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let strict = Server::start(&["--credentials", "a:b"]);
    let nobody = "http://127.0.0.1:1";
    for (flags, code, sentence) in [
        (
            vec!["--port", &port],
            3,
            "is in use: stop what listens there, or choose another with --port",
        ),
        (vec!["--host", "http://localhost"], 2, "--host http://localhost: write a name"),
        (vec!["--path", "webhooks"], 2, "expected a path such as /webhooks"),
        (vec!["--status", "700"], 2, "--status"),
        (vec!["--fail", "1", "--status", "204"], 2, "--fail with --status 204: any 2xx accepts"),
        (vec!["--delay", "3"], 2, "--delay"),
        (vec!["--once", "--exit-after", "2"], 2, "--exit-after"),
        (vec!["--exit-after", "0"], 2, "--exit-after"),
        (vec!["--format", "xml"], 2, "--format"),
        (vec!["--credentials", "a:b"], 2, "--emulator"),
        (vec!["--emulator", "localhost:1"], 2, "--emulator: \"localhost:1\""),
        (vec!["--emulator", "http://a:hidden@h/"], 2, "pass the keys with --credentials"),
        (vec!["--emulator", "http://h/api/"], 2, "without a path"),
        (vec!["--emulator", nobody, "--credentials", "hidden"], 2, "--credentials: expected ID"),
        (vec!["--emulator", nobody], 1, "no emulator answers at http://127.0.0.1:1: "),
        (vec!["--emulator", &strict.url], 1, "401 Unauthorized"),
        (
            vec!["--emulator", &strict.url, "--credentials", "a:hidden"],
            1,
            "keys with --credentials",
        ),
        (vec!["--seed", "1"], 2, "--seed has no effect on listen, which uses only --host, --port"),
    ] {
        let own: &[&str] = if flags.contains(&"--port") { &[] } else { &["--port", "0"] };
        let finished = run(&[&["listen"], own, &flags[..]].concat());
        assert_eq!(finished.code, code, "{flags:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(sentence), "{flags:?}: {}", finished.stderr);
        assert!(!finished.stderr.contains("hidden") && finished.stdout.is_empty(), "{flags:?}");
    }
    let not_an_emulator = Listener::start(&[]);
    let base = not_an_emulator.url.replace("/webhooks", "");
    let finished = run(&["listen", "--port", "0", "--emulator", &base]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("404 Not Found"), "{}", finished.stderr);
}

#[test]
fn the_variables_of_the_emulator_are_not_its_own() {
    let mut command = command(&["listen", "--port", "0", "--format", "json"]);
    command.env("BELVO_EMULATOR_HOST", "0.0.0.0").env("BELVO_EMULATOR_PORT", "nonsense");
    command.stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("http://127.0.0.1:"), "{line}");
}

#[test]
fn it_ends_when_the_reader_of_its_lines_has_left() {
    let mut child = command(&["listen", "--port", "0"]).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    drop(stdout);
    let url = line.trim_end().rsplit(' ').next().unwrap();
    let _ = agent().post(url).send(WEBHOOK);
    let status = wait_for(|| child.try_wait().unwrap());
    let _ = child.kill();
    assert_eq!(status.and_then(|status| status.code()), Some(0));
}

/// The commands of the README, on other ports and without the wait of 15 seconds.
#[test]
fn three_commands_of_the_readme_show_the_first_webhook() {
    let readme = page("README.md").text;
    let (_, first) = readme.split_once("## The first webhook").unwrap();
    let blocks: Vec<&str> = first.split("```sh\n").skip(1).collect();
    let commands: Vec<&str> = blocks.iter().map(|it| it.split("\n```").next().unwrap()).collect();
    let flags = |command: &'static str, place: usize| -> Vec<&str> {
        let rest = commands[place].strip_prefix(command);
        rest.unwrap_or_else(|| panic!("{}", commands[place])).split_whitespace().collect()
    };
    assert_eq!(flags("cargo run --release -- listen", 0), [""; 0]);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listener = Listener::start(&["--port", &free.port().to_string()]);
    let starts = flags("cargo run --release -- ", 1);
    assert_eq!(starts, ["--webhook-url", "http://localhost:9000/webhooks"]);
    let url = starts[1].replace("localhost:9000", &free.to_string());
    let server = emulator(&[starts[0], &url]);
    let curl = commands[2].replace("http://127.0.0.1:23586", &server.url);
    let mut shell = std::process::Command::new("sh");
    let made = shell.args(["-c", &curl.replacen("curl", "curl -s", 1)]).output().unwrap();
    let answer: Value = serde_json::from_slice(&made.stdout).unwrap();
    let shown = listener.shown(|text| text.contains("<-- 200 in "));
    let arrow = format!(
        "--> EMPLOYMENT_RECORDS historical_update link={} external_id=my-user-1 1 profile\n",
        answer["id"].as_str().unwrap()
    );
    assert!(shown.contains(&arrow), "{shown}");
    let readme_shows = "--> EMPLOYMENT_RECORDS historical_update link=8dc0ca53-";
    assert!(
        first.contains(readme_shows) && first.contains("external_id=my-user-1 1 profile\n<-- 200")
    );
}
