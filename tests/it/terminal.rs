//! The words that a terminal shows, as golden files in `tests/it/terminal`: the help of all commands,
//! the lines of a start and of the log, and messages of errors.
//!
//! `SNAPSHOTS=overwrite cargo test --test it -- terminal::` writes the files anew; read what changed.

use std::path::Path;

use serde_json::{Value, json};
use snapbox::Data;
use snapbox::assert::{Assert, DEFAULT_ACTION_ENV};

use crate::app::CURP;
use crate::process::{Finished, Server, command, finish};

const COMMANDS: &[&str] = &[
    "",
    "serve",
    "exec",
    "scenarios",
    "scenarios check",
    "scenarios new",
    "scenarios show",
    "scenarios schema",
    "errors",
    "people",
    "drift",
    "listen",
    "completions",
    "man",
    "healthcheck",
];

/// Compares a text with a golden file.
#[track_caller]
fn golden(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/terminal");
    let expected = Data::read_from(&folder.join(format!("{name}.txt")), None).raw();
    Assert::new().action_env(DEFAULT_ACTION_ENV).eq(Data::text(text).raw(), expected);
}

/// Runs the binary as a terminal of 100 columns shows it.
fn shown(arguments: &[&str]) -> Finished {
    let mut command = command(arguments);
    command.env("COLUMNS", "100").env_remove("CLICOLOR_FORCE");
    finish(command)
}

#[test]
fn the_help_of_every_command_is_as_it_was_read_last() {
    for name in COMMANDS {
        for (flag, length) in [("-h", "short"), ("--help", "long")] {
            let words = name.split(' ').filter(|word| !word.is_empty());
            let help = shown(&words.chain([flag]).collect::<Vec<_>>());
            assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{name}");
            let file = if name.is_empty() { "program".to_owned() } else { name.replace(' ', "-") };
            golden(&format!("help-{file}-{length}"), &help.stdout);
        }
    }
}

#[test]
fn the_help_has_groups_and_the_short_one_a_line_or_two_for_each_flag() {
    let (short, long) = (shown(&["-h"]).stdout, shown(&["--help"]).stdout);
    let mut place = 0;
    for group in ["Options:", "Serving:", "Webhooks:", "Scenarios:", "Time:", "Limits:", "Output:"]
    {
        let found =
            short.find(&format!("\n{group}\n")).unwrap_or_else(|| panic!("{group}\n{short}"));
        assert!(found > place || group == "Options:", "{group}\n{short}");
        assert!(long.contains(&format!("\n{group}\n")), "{group}");
        place = found;
    }
    assert!(short.lines().count() * 2 < long.lines().count(), "{short}");
    assert!(!short.contains("[env:") && long.contains("[env: BELVO_EMULATOR_PORT=]"), "{short}");
    assert!(long.contains("[env: BELVO_EMULATOR_WEBHOOK_URL]"), "{long}");
}

#[test]
fn errors_are_told_as_they_were_read_last() {
    for (name, arguments) in [
        ("unknown-flag", vec!["--webhook-uri", "http://localhost:9000/"]),
        ("unknown-command", vec!["lisen"]),
        ("wrong-value", vec!["--rate-limits", "some"]),
        ("missing-value", vec!["--webhook-url"]),
        ("unknown-scenario", vec!["--scenario", "unemployd"]),
        ("idle-flag", vec!["drift", "x.json", "--seed", "1"]),
        ("listen-conflict", vec!["listen", "--once", "--exit-after", "3"]),
        ("listen-status", vec!["listen", "--status", "99"]),
        ("listen-emulator", vec!["listen", "--port", "0", "--emulator", "http://127.0.0.1:1"]),
        ("exec-nothing", vec!["exec"]),
    ] {
        let finished = shown(&arguments);
        assert_eq!(finished.stdout, "", "{name}");
        assert_ne!(finished.code, 0, "{name}");
        golden(&format!("error-{name}"), &finished.stderr);
    }
}

/// A text without what differs between two runs: times, ports and ids of requests.
fn timeless(text: &str, port: u16) -> String {
    let mut lines = String::new();
    for line in text.replace(&port.to_string(), "PORT").lines() {
        let is_timed = line.get(4..5) == Some("-") && line.get(26..27) == Some("Z");
        let line = if is_timed { format!("TIME{}", &line[27..]) } else { line.to_owned() };
        let (mut rest, mut kept) = (line.as_str(), String::new());
        while let Some((before, after)) = rest.split_once(" in ") {
            kept += before;
            let digits = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
            rest = after.strip_prefix(&after[..digits]).unwrap_or(after);
            kept += if digits > 0 { " in N" } else { " in " };
        }
        lines += &format!("{kept}{rest}\n");
    }
    lines
}

/// A text without the passwords of a demo, which each process draws anew.
fn without_passwords(text: &str) -> String {
    let mut parts = text.split("%3A");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept += "%3APASSWORD";
        kept += part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
    }
    kept
}

#[test]
fn the_first_lines_say_where_everything_is() {
    for (name, flags) in [
        ("nobody-receives", vec![]),
        ("a-receiver", vec!["--webhook-url", "http://me:hidden@localhost:9000/webhooks?a=hidden"]),
        ("all-requests", vec!["--log-requests", "--credentials", "a:hidden"]),
        ("a-demo", vec!["--demo"]),
        (
            "a-demo-with-a-receiver",
            vec!["--demo", "--webhook-url", "http://localhost:9000/webhooks"],
        ),
    ] {
        let mut server = Server::start(&flags);
        let port = server.port();
        server.stop("TERM");
        let text = format!("{}{}", server.ready_line, server.log());
        golden(&format!("start-{name}"), &timeless(&without_passwords(&text), port));
    }
}

#[test]
fn the_log_is_as_it_was_read_last() {
    let nobody = "http://127.0.0.1:9/webhooks";
    let flags = ["--webhook-url", nobody, "--webhook-delay", "0s", "--webhook-retries", "1"];
    let retry = ["--webhook-retry-delay", "10ms", "--log-requests", "--credentials", "id:password"];
    let mut server = Server::start(&[&flags[..], &retry].concat());
    server.create_link(CURP);
    server.log_with(|log| log.contains("given up"));
    let refused = json!({"institution": "planet_mx_employment", "username": "FAIL400001HXXXXX00"});
    server.request("POST", "/api/links/", Some(&refused));
    server.request("POST", "/api/links/", Some(&json!({})));
    crate::process::call("id:wrong", "GET", &format!("{}/api/links/", server.url), None).unwrap();
    server.get("/livez");
    let port = server.port();
    server.stop("TERM");
    let log = server.log();
    let (_, log) = log.split_once("external_id\":\"my-user-1\"}'\n").unwrap();
    let without_ids = log.lines().map(|line| {
        let (line, id) = line.split_once(" request_id=").unwrap_or((line, ""));
        if id.is_empty() { line.to_owned() } else { format!("{line} request_id=ID") }
    });
    let text = without_ids.collect::<Vec<_>>().join("\n");
    golden("log", &timeless(&text, port));
}

/// The fields of the lines that are documented, each in the first cell of a row.
fn documented_fields() -> Vec<String> {
    let page = crate::manual::page::page("docs/running.md");
    let section = page.section("### Fields of JSON lines");
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    cells
        .flat_map(|cell| cell.split(['`', ',']))
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_field_of_a_json_line_is_documented_and_every_documented_one_is_written() {
    let nobody = "http://127.0.0.1:9/webhooks";
    let flags = ["--webhook-url", nobody, "--webhook-delay", "0s", "--webhook-retries", "1"];
    let format = ["--webhook-retry-delay", "10ms", "--log-requests", "--log-format", "json"];
    let keys = ["--credentials", "id:password"];
    let mut server = Server::start(&[&flags[..], &format, &keys].concat());
    server.create_link(CURP);
    server.log_with(|log| log.contains("given up"));
    let fault = json!({"fault": "reset_peer", "times": 1});
    server.request("POST", "/_emulator/faults", Some(&fault));
    let url = format!("{}/api/links/", server.url);
    assert!(crate::process::call("id:password", "GET", &url, None).is_err());
    let refused = json!({"institution": "planet_mx_employment", "username": "FAIL400001HXXXXX00"});
    server.request("POST", "/api/links/", Some(&refused));
    crate::process::call("id:wrong", "GET", &url, None).unwrap();
    server.stop("TERM");
    let documented = documented_fields();
    let mut written: Vec<String> = Vec::new();
    for line in server.log().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        written.extend(line.as_object().unwrap().keys().cloned());
    }
    for field in &written {
        assert!(documented.contains(field), "{field} is not documented");
    }
    // These need a receiver that speaks, a thread that panics, or a reader that leaves.
    let rare = ["said", "id", "owner", "place", "reason", "backtrace", "lost", "url"];
    for field in &documented {
        let is_met = written.contains(field) || rare.contains(&field.as_str());
        assert!(is_met, "no line has the field {field}");
    }
}
