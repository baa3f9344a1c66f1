//! Whatever happens to stdout and stderr, the emulator serves, and stops when it is told to.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, PipeWriter, pipe};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::CURP;
use crate::process::{Server, call, command, finish, run};

/// A port where nobody listens, so that each webhook fails with a line in the log.
const NOBODY: &str = "http://127.0.0.1:9/";

/// A pipe whose reader has left.
fn unread() -> PipeWriter {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer
}

/// A disk without space.
fn full_disk() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

/// The flags of an emulator with a line for each webhook.
fn talkative<'a>(port_file: &'a str, format: &'a str) -> [&'a str; 10] {
    let [port, zero, file] = ["--port", "0", "--port-file"];
    let [url, delay, none] = ["--webhook-url", "--webhook-delay", "0s"];
    [port, zero, file, port_file, "--log-format", format, url, NOBODY, delay, none]
}

/// Registers links, whose webhooks fail.
fn register(url: &str, count: usize) {
    let body = json!({"institution": "planet_mx_employment", "username": CURP});
    for _ in 0..count {
        let answer = call("id:password", "POST", &format!("{url}/api/links/"), Some(&body));
        assert_eq!(answer.unwrap().0, 201);
    }
}

/// Calls that the courier and the clock have to answer.
fn wait_and_advance(url: &str) {
    let control = |path: &str, body: Value| {
        call("id:password", "POST", &format!("{url}/_emulator/{path}"), Some(&body)).unwrap()
    };
    // What is awaited may have failed, or be pending; that the call is answered is enough.
    let (status, answer) = control("webhooks/await", json!({"timeout": "1s"}));
    assert!([200, 408, 409].contains(&status), "{answer}");
    let (status, answer) = control("clock/advance", json!({"by": "1h"}));
    assert_eq!(status, 200, "{answer}");
}

/// A client that keeps its connection, and gives up some time.
fn agent() -> ureq::Agent {
    let agent = ureq::Agent::config_builder().http_status_as_error(false);
    agent.timeout_global(Some(Duration::from_secs(60))).build().new_agent()
}

#[test]
fn two_thousand_webhooks_whose_lines_nobody_reads_hold_up_nothing() {
    for format in ["text", "json"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("port");
        let flags = talkative(path.to_str().unwrap(), format);
        let no_retries = ["--webhook-retries", "0"];
        let mut server = Server::spawn_unread(command(&[flags.as_slice(), &no_retries].concat()));
        let body = json!({"institution": "planet_mx_employment", "username": CURP});
        let (agent, url) = (agent(), format!("{}/api/links/", server.url));
        for _ in 0..1000 {
            let request = agent.post(&url).header("Authorization", "Basic aWQ6cGFzc3dvcmQ=");
            request.send_json(&body).unwrap();
        }
        wait_and_advance(&server.url);
        assert_eq!(server.stop("TERM").code(), Some(0), "{format}");
        assert!(!path.exists());
    }
}

/// The streams of a process, and what becomes of them when they are left.
struct Streams {
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

#[test]
fn streams_that_are_closed_at_any_moment_hold_up_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    for moment in ["before the ready line", "after the ready line", "in the middle"] {
        for (closes_stdout, closes_stderr) in [(true, false), (false, true), (true, true)] {
            let case = format!("{moment}, stdout {closes_stdout}, stderr {closes_stderr}");
            let mut command = command(&talkative(path.to_str().unwrap(), "text"));
            if moment.starts_with("before") && closes_stdout {
                command.stdout(unread());
            }
            if moment.starts_with("before") && closes_stderr {
                command.stderr(unread());
            }
            let mut child = command.spawn().unwrap();
            let mut streams = Streams { stdout: child.stdout.take(), stderr: child.stderr.take() };
            let mut close = || {
                streams.stdout.take_if(|_| closes_stdout);
                streams.stderr.take_if(|_| closes_stderr);
            };
            let url = url_when_ready(&path, &case);
            if moment.starts_with("after") {
                close();
            }
            register(&url, 5);
            close();
            register(&url, 5);
            wait_and_advance(&url);
            stop_cleanly(child, &path, &case);
        }
    }
}

/// Returns the URL of an emulator that writes its port to this file, once it is ready.
fn url_when_ready(path: &Path, case: &str) -> String {
    let asked = run(&["healthcheck", "--wait", "--port-file", path.to_str().unwrap()]);
    assert_eq!(asked.code, 0, "{case}: {}", asked.stderr);
    let port = fs::read_to_string(path).unwrap();
    format!("http://127.0.0.1:{}", port.trim())
}

/// Stops an emulator by SIGTERM. It ends with 0 and takes its port file along.
fn stop_cleanly(mut child: Child, path: &Path, case: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0), "{case}");
    assert!(!path.exists(), "{case}");
}

#[test]
fn a_full_disk_holds_up_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    for format in ["text", "json"] {
        for (fills_stdout, fills_stderr) in [(true, false), (false, true), (true, true)] {
            let case = format!("{format}, stdout {fills_stdout}, stderr {fills_stderr}");
            let mut command = command(&talkative(path.to_str().unwrap(), format));
            command.stdout(Stdio::null()).stderr(Stdio::null());
            if fills_stdout {
                command.stdout(full_disk());
            }
            if fills_stderr {
                command.stderr(full_disk());
            }
            let child = command.spawn().unwrap();
            let url = url_when_ready(&path, &case);
            register(&url, 5);
            wait_and_advance(&url);
            stop_cleanly(child, &path, &case);
        }
    }
}

#[test]
fn exec_ends_with_the_code_of_its_command_although_nobody_can_read_its_lines() {
    let script = format!(
        "curl -s -o /dev/null $BELVO_BASE_URL/api/links/ || exit 1; {}; exit 7",
        "\"$EMULATOR\" healthcheck --port \"${BELVO_BASE_URL##*:}\""
    );
    for stream in ["full", "left"] {
        let mut command = command(&["exec", "--verbose", "--", "sh", "-c", &script]);
        command.env("EMULATOR", env!("CARGO_BIN_EXE_belvo-emulator"));
        match stream {
            "full" => command.stderr(full_disk()).stdout(full_disk()),
            _ => command.stderr(unread()).stdout(unread()),
        };
        assert_eq!(finish(command).code, 7, "{stream}");
    }
}

#[test]
fn an_error_and_a_wrong_flag_keep_their_codes_when_they_cannot_be_said() {
    let cases = [
        (vec!["--scenario", "nope"], 2),
        (vec!["--seed", "x"], 2),
        (vec!["exec", "--", "no-such-command"], 127),
        (vec!["healthcheck", "--port", "1"], 1),
    ];
    for (arguments, code) in cases {
        for stream in ["full", "left"] {
            let mut command = command(&arguments);
            match stream {
                "full" => command.stderr(full_disk()),
                _ => command.stderr(unread()),
            };
            assert_eq!(finish(command).code, code, "{arguments:?}, {stream}");
        }
    }
}

/// A description with so many differences that their list does not fit into a pipe.
fn long_spec(path: &Path) {
    let fields: serde_json::Map<String, Value> =
        (0..3000).map(|field| (format!("field_{field}"), json!({"type": "string"}))).collect();
    let schema = json!({"type": "object", "properties": fields});
    let answer = json!({"content": {"application/json": {"schema": schema}}});
    let operation = json!({"get": {"responses": {"200": answer}}});
    let spec = json!({"openapi": "3.1.0", "paths": {"/api/links/": operation}});
    fs::write(path, spec.to_string()).unwrap();
}

#[test]
fn a_listing_ends_quietly_after_whichever_line_its_reader_leaves() {
    let directory = tempfile::tempdir().unwrap();
    let spec = directory.path().join("spec.json");
    long_spec(&spec);
    let listings = [
        (vec!["drift", spec.to_str().unwrap()], 1, [0, 1, 2, 100, 1000, 2999].as_slice()),
        (vec!["scenarios"], 0, &[0, 1, 2, 3, 10, 20]),
        (vec!["errors", "--format", "json"], 0, &[0, 1, 2, 3, 10]),
        (vec!["--help"], 0, &[0, 1, 2, 3, 10]),
        (vec!["exec", "--help"], 0, &[0, 1, 10]),
        (vec!["--version"], 0, &[0, 1]),
    ];
    for (arguments, code, lines) in listings {
        for count in lines {
            let mut child = command(&arguments).spawn().unwrap();
            let stdout = BufReader::new(child.stdout.take().unwrap());
            assert_eq!(stdout.lines().take(*count).count(), *count, "{arguments:?}");
            let finished = child.wait_with_output().unwrap();
            let stderr = String::from_utf8(finished.stderr).unwrap();
            let ended = (finished.status.code(), stderr.as_str());
            assert_eq!(ended, (Some(code), ""), "{arguments:?} after {count} lines");
        }
    }
}

#[test]
fn a_listing_that_does_not_fit_on_the_disk_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let spec = directory.path().join("spec.json");
    long_spec(&spec);
    let listings = [
        vec!["scenarios"],
        vec!["scenarios", "--format", "json"],
        vec!["errors"],
        vec!["drift", spec.to_str().unwrap()],
        vec!["--help"],
        vec!["errors", "--help"],
        vec!["--version"],
    ];
    for arguments in listings {
        let mut command = command(&arguments);
        command.stdout(full_disk());
        let finished = finish(command);
        assert_eq!(finished.code, 1, "{arguments:?}: {}", finished.stderr);
        let beginning = "error: cannot write to stdout: ";
        assert!(finished.stderr.starts_with(beginning), "{arguments:?}: {}", finished.stderr);
    }
}

/// The number of lines of requests, and of lines that were said to be lost.
fn counted(log: &str) -> (usize, usize) {
    let lost = log
        .lines()
        .filter_map(|line| line.split_once(" lost="))
        .map(|(_, rest)| rest.split(' ').next().unwrap_or_default().parse::<usize>().unwrap());
    (log.matches(" request_id=").count(), lost.sum())
}

#[test]
fn lost_lines_are_counted_and_said_when_somebody_reads_again() {
    const REQUESTS: usize = 4000;
    let mut server = Server::spawn_unread(command(&["--port", "0"]));
    let url = format!("{}/{}", server.url, "x".repeat(400));
    let agent = agent();
    for _ in 0..REQUESTS {
        assert_eq!(agent.get(&url).call().unwrap().status(), 404);
    }
    server.read_log();
    let log = server.log_with(|log| {
        let (written, lost) = counted(log);
        written + lost >= REQUESTS
    });
    let (written, lost) = counted(&log);
    assert_eq!(written + lost, REQUESTS);
    assert!(lost > 0 && written > 1000, "{written} written, {lost} lost");
    let sentence = "log lines were lost because nobody read the log lost=";
    assert!(log.contains(sentence), "{log}");
    // A reader that has come back gets everything again.
    for _ in 0..20 {
        server.request("GET", "/afterwards", None);
    }
    server.log_with(|log| log.matches("GET /afterwards ").count() == 20);
    assert_eq!(server.stop("TERM").code(), Some(0));
}

#[test]
fn a_reader_gets_all_lines_before_the_process_ends() {
    let mut server = Server::start(&["--log-requests"]);
    for _ in 0..500 {
        server.request("GET", "/nowhere", None);
    }
    assert_eq!(server.stop("TERM").code(), Some(0));
    let log = server.log_with(|log| log.matches(" request_id=").count() == 500);
    assert!(!log.contains(" lost="), "{log}");
}
