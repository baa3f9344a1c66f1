//! `--watch`: scenario files that are changed while the emulator serves.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Server, call, run};
use crate::raw::Raw;

const KEYS: &str = "id:password";
const CURP: &str = "WATC900101HXXXXX00";

/// The largest number of requests that are made while files change.
const MOST_REQUESTS: usize = 20_000;

/// A scenario that refuses the CURP with this message.
fn refusing(message: &str) -> String {
    let refusal = json!({"status": 400, "code": "login_error", "message": message});
    json!({
        "name": "watched", "description": "d", "when": {"curp": CURP}, "login": {"refuse": refusal},
    })
    .to_string()
}

fn write(folder: &TempDir, text: &str) {
    fs::write(folder.path().join("watched.belvo.json"), text).unwrap();
}

fn watching(folder: &Path) -> Server {
    Server::start(&["--watch", "--scenarios", folder.to_str().unwrap()])
}

/// The message with which the CURP is refused.
fn refusal(server: &Server) -> String {
    let body = json!({
        "institution": "planet_mx_employment", "username": CURP, "access_mode": "single",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    let url = format!("{}/api/links/", server.url);
    let (status, answer) = call(KEYS, "POST", &url, Some(&body)).unwrap();
    assert_eq!(status, 400, "{answer}");
    answer[0]["message"].as_str().unwrap().to_owned()
}

fn readiness(server: &Server) -> Value {
    let (status, answer) = call(KEYS, "GET", &format!("{}/readyz", server.url), None).unwrap();
    assert_eq!(status, 200);
    answer
}

/// Waits until something holds.
#[track_caller]
fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it does not hold");
}

#[test]
fn a_good_file_is_put_in_force_and_a_bad_one_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, &refusing("one"));
    let server = watching(folder.path());
    assert_eq!((refusal(&server), readiness(&server)), ("one".into(), json!({"status": "ok"})));
    write(&folder, &refusing("two"));
    wait_until(|| refusal(&server) == "two");

    write(&folder, &refusing("three").replace("login_error", "login_error\", \"cod\": \""));
    wait_until(|| readiness(&server)["scenario_mistakes"].is_array());
    let mistakes = readiness(&server)["scenario_mistakes"].clone();
    let says = "watched.belvo.json:1:";
    let line = mistakes[0].as_str().unwrap();
    assert!(line.contains(says) && line.contains("\"cod\" is no key here"), "{mistakes}");
    assert_eq!(mistakes.as_array().unwrap().len(), 1);
    let log = server.log_with(|log| log.contains("the ones before stay"));
    assert!(log.contains("\"cod\" is no key here"), "{log}");
    assert_eq!(refusal(&server), "two");

    // A file more, and the bad one is mended.
    write(&folder, &refusing("four"));
    fs::write(folder.path().join("b.json"), refusing("b").replace("watched", "other")).unwrap();
    wait_until(|| {
        readiness(&server)["scenario_mistakes"][0].to_string().contains("already belongs")
    });
    fs::remove_file(folder.path().join("b.json")).unwrap();
    wait_until(|| readiness(&server) == json!({"status": "ok"}));
    assert_eq!(refusal(&server), "four");

    // The folder is emptied, which is a mistake as at the start.
    fs::remove_file(folder.path().join("watched.belvo.json")).unwrap();
    wait_until(|| readiness(&server)["scenario_mistakes"][0].to_string().contains("no *.json"));
    assert_eq!(refusal(&server), "four");
}

#[test]
fn a_file_that_goes_bad_and_good_again_disturbs_no_request() {
    for clients in [1, 4] {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, &refusing("0"));
        let server = watching(folder.path());
        let is_over = AtomicBool::new(false);
        let requests = || {
            let mut answers = Vec::new();
            // Bounded, so that a failure beside it ends the test.
            while !is_over.load(Ordering::SeqCst) && answers.len() < MOST_REQUESTS {
                answers.push(refusal(&server).parse::<u32>().unwrap());
            }
            answers
        };
        thread::scope(|scope| {
            let clients: Vec<_> = (0..clients).map(|_| scope.spawn(requests)).collect();
            for round in 1..=4 {
                write(&folder, "{");
                wait_until(|| readiness(&server)["scenario_mistakes"].is_array());
                write(&folder, &refusing(&round.to_string()));
                wait_until(|| readiness(&server) == json!({"status": "ok"}));
                assert_eq!(refusal(&server), round.to_string());
            }
            is_over.store(true, Ordering::SeqCst);
            for client in clients {
                let answers = client.join().unwrap();
                assert!(answers.is_sorted() && answers.len() > 4, "{answers:?}");
            }
        });
        let log = server.log_with(|log| log.matches("the ones before stay").count() >= 4);
        assert!(log.matches("scenarios are in force now").count() >= 4, "{log}");
    }
}

#[test]
fn the_default_and_armed_scenarios_follow_their_file() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, &refusing("one"));
    let server = watching(folder.path());
    let url = |path: &str| format!("{}/_emulator/{path}", server.url);
    let arm = json!({"scenario": "watched", "curp": "BLPM951331IONVGR54", "times": 1});
    assert_eq!(call(KEYS, "POST", &url("armed"), Some(&arm)).unwrap().0, 201);
    write(&folder, &refusing("two"));
    wait_until(|| refusal(&server) == "two");
    let body = json!({
        "institution": "planet_mx_employment", "username": "BLPM951331IONVGR54",
        "access_mode": "single", "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    let links = format!("{}/api/links/", server.url);
    let (status, answer) = call(KEYS, "POST", &links, Some(&body)).unwrap();
    assert_eq!((status, &answer[0]["message"]), (400, &json!("two")));
}

#[test]
fn a_stream_of_events_tells_of_a_bad_file_and_of_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, &refusing("one"));
    let server = watching(folder.path());
    let mut stream = Raw::to(&server);
    stream.events().until("retry: ");
    write(&folder, "{");
    let told = stream.until("\"mistakes\":1");
    assert!(told.contains("event: catalogue_changed\ndata: {"), "{told}");
    write(&folder, &refusing("two"));
    let told = stream.until("\"mistakes\":0");
    assert!(told.contains("event: catalogue_changed\n") && !told.contains("id: "), "{told}");
    assert_eq!(refusal(&server), "two");
    stream.until("event: request_answered");
}

#[test]
fn nothing_is_watched_without_a_folder() {
    let refused = run(&["--watch", "--port", "0"]);
    assert_eq!(refused.code, 2);
    let says = "--watch needs --scenarios: the built-in files do not change";
    assert!(refused.stderr.contains(says), "{}", refused.stderr);
}
