//! The command line: an interface like any other.

#![expect(clippy::disallowed_methods, reason = "what is timed here is printed, not asserted")]

use std::fs;
use std::io::{PipeWriter, Write, pipe};
use std::net::TcpListener;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use crate::app::CURP;
use crate::process::{Server, command, finish, run};

#[test]
fn the_ready_line_is_the_only_line_on_stdout() {
    for arguments in [vec![], vec!["serve"], vec!["--quiet"], vec!["--log-format", "json"]] {
        let server = Server::start(&arguments);
        let url = format!("http://127.0.0.1:{}", server.port());
        assert_eq!(server.ready_line, format!("belvo-emulator ready on {url}\n"));
        assert_eq!(server.get("/readyz"), json!({"status": "ok"}));
        assert_eq!(server.get("/livez"), json!({"status": "ok"}));
    }
}

#[test]
fn it_shows_a_command_to_paste_and_where_webhooks_go() {
    let secret = "http://user:hidden@localhost:9000/hook?token=hidden#hidden";
    let mut server = Server::start(&["--webhook-url", secret, "--credentials", "id:hidden"]);
    server.stop("TERM");
    let log = server.log();
    assert!(log.contains("webhooks: sent to http://localhost:9000/hook\n"), "{log}");
    assert!(log.contains(&format!("curl -u ID:PASSWORD {}/api/links/ ", server.url)), "{log}");
    assert!(!log.contains("hidden"), "{log}");

    let mut quiet = Server::start(&["--quiet"]);
    quiet.stop("TERM");
    assert_eq!(quiet.log(), "");
}

#[test]
fn the_default_address_is_the_documented_one() {
    let help = run(&["--help"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for default in ["127.0.0.1", "23586", "15s", "10s", "5", "10", "employed"] {
        assert!(help.contains(&format!("[default: {default}]")), "{default}");
    }
}

#[test]
fn it_stops_when_told_to_even_with_connections_open_and_a_webhook_under_way() {
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", hanging.local_addr().unwrap());
    for signal in ["TERM", "INT", "HUP", "QUIT"] {
        let mut server = Server::start(&["--webhook-url", &url, "--webhook-delay", "0s"]);
        server.create_link(CURP);
        let (_webhook, _) = hanging.accept().unwrap();
        let _idle = std::net::TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        let told = Instant::now();
        let status = server.stop(signal);
        println!("stopped {:?} after SIG{signal}", told.elapsed());
        assert_eq!(status.code(), Some(0));
    }
}

#[test]
fn the_port_file_is_there_when_ready_and_gone_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    fs::write(&path, "1").unwrap();
    for signal in ["TERM", "INT", "HUP", "QUIT"] {
        let mut server = Server::start(&["--port-file", path.to_str().unwrap()]);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", server.port()));
        let asked = run(&["healthcheck", "--port-file", path.to_str().unwrap()]);
        assert_eq!((asked.code, asked.stderr), (0, String::new()));
        server.stop(signal);
        assert!(!path.exists(), "{signal}");
    }
    assert!(fs::read_dir(directory.path()).unwrap().next().is_none());
}

/// More than a port takes is no port file, and is not read to its end.
#[test]
fn a_port_file_is_read_up_to_its_limit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    for (spaces, code) in [(11, 0), (12, 2)] {
        fs::write(&path, format!("{}23586", " ".repeat(spaces))).unwrap();
        let start = ["exec", "--port", "0", "--port-file", path.to_str().unwrap(), "--", "true"];
        let finished = run(&start);
        assert_eq!(finished.code, code, "{spaces} spaces: {}", finished.stderr);
    }
    assert!(fs::read_to_string(&path).unwrap().ends_with("23586"), "it is not removed");
    let endless = run(&["healthcheck", "--port-file", "/dev/zero"]);
    assert_ne!(endless.code, 0, "{}", endless.stderr);
}

#[test]
fn the_port_file_does_not_stay_after_a_start_that_fails() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    // With so few descriptors the port is bound, and the server cannot be set up.
    for descriptors in [12, 14] {
        for start in ["serve", "exec"] {
            let mut command = Command::new("sh");
            let limited = format!("ulimit -n {descriptors}; exec \"$0\" \"$@\"");
            command.args(["-c", &limited, env!("CARGO_BIN_EXE_belvo-emulator"), start]);
            command.args(["--port", "0", "--port-file", path.to_str().unwrap()]);
            command.args(if start == "exec" { vec!["--", "sleep", "60"] } else { vec![] });
            let output = command.output().unwrap();
            assert!(!output.status.success(), "{start} with {descriptors} descriptors");
            let left = fs::read_dir(directory.path()).unwrap().next();
            assert!(left.is_none(), "{start} with {descriptors} descriptors: {left:?}");
        }
    }
}

#[test]
fn a_start_on_a_used_port_leaves_the_port_file_of_what_runs_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let server = Server::start(&["--port-file", path.to_str().unwrap()]);
    let port = server.port().to_string();
    for start in [vec!["serve"], vec!["exec", "true"]] {
        let (start, command) = start.split_at(1);
        let flags = ["--port", &port, "--port-file", path.to_str().unwrap()];
        let finished = run(&[start, &flags, command].concat());
        assert_eq!(finished.code, 3, "{}", finished.stderr);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{port}\n"));
    }
}

/// A pipe whose reader has left.
fn unread() -> PipeWriter {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer
}

#[test]
fn listings_end_quietly_when_their_reader_leaves() {
    let directory = tempfile::tempdir().unwrap();
    let spec = directory.path().join("spec.json");
    fs::write(&spec, r#"{"openapi": "3.0.3", "paths": {"/api/links/": {"get": {}}}}"#).unwrap();
    let listings = [
        vec!["scenarios"],
        vec!["scenarios", "--format", "json"],
        vec!["errors"],
        vec!["errors", "--format", "json"],
        vec!["people", "--seed", "1..500"],
        vec!["drift", spec.to_str().unwrap()],
    ];
    for arguments in listings {
        let read = run(&arguments);
        let mut command = command(&arguments);
        command.stdout(unread());
        let finished = finish(command);
        assert_eq!(finished.stderr, "", "{arguments:?}");
        assert_eq!(finished.code, read.code, "{arguments:?}");
    }
}

#[test]
fn it_serves_also_when_nobody_reads_what_it_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = path.to_str().unwrap();
    for log_format in ["text", "json"] {
        let flags = ["--port", "0", "--port-file", port_file, "--log-format", log_format];
        let mut command = command(&flags);
        command.stdout(unread()).stderr(unread());
        let mut unheard = command.spawn().unwrap();
        let asked = run(&["healthcheck", "--wait=10s", "--port-file", port_file]);
        assert_eq!((asked.code, asked.stderr), (0, String::new()), "{log_format}");
        let pid = unheard.id().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
        assert_eq!(unheard.wait().unwrap().code(), Some(0));
        assert!(!path.exists());
    }
}

#[test]
fn healthcheck_follows_the_configured_port() {
    let server = Server::start(&["--host", "0.0.0.0"]);
    let port = server.port().to_string();
    assert_eq!(run(&["healthcheck", "--port", &port, "--host", "0.0.0.0"]).code, 0);
    let mut by_environment = command(&["healthcheck"]);
    by_environment.env("BELVO_EMULATOR_PORT", &port);
    assert_eq!(finish(by_environment).code, 0);
    drop(server);
    let down = run(&["healthcheck", "--port", &port]);
    assert_eq!(down.code, 1);
    assert!(down.stderr.contains("no belvo-emulator answers on"), "{}", down.stderr);
    assert_eq!(run(&["healthcheck", "--port", "0"]).code, 2);
}

#[test]
fn healthcheck_waits_for_an_emulator_that_starts_later() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = path.to_str().unwrap();
    let not_yet = TcpListener::bind("127.0.0.1:0").unwrap();
    fs::write(&path, not_yet.local_addr().unwrap().port().to_string()).unwrap();
    let waiting = command(&["healthcheck", "--wait", "--port-file", port_file]).spawn().unwrap();
    let (mut asking, _) = not_yet.accept().unwrap();
    // With the port of a run that is over, and then without any, it goes on asking.
    fs::remove_file(&path).unwrap();
    asking.write_all(b"HTTP/1.0 503 Service Unavailable\r\n\r\n").unwrap();
    drop(asking);
    let _server = Server::start(&["--port-file", port_file]);
    let waited = waiting.wait_with_output().unwrap();
    assert_eq!((waited.status.code(), waited.stderr), (Some(0), Vec::new()));
}

#[test]
fn healthcheck_gives_up_with_the_last_reason_when_the_time_is_over() {
    let cases = [
        (["--port", "1"], "Connection refused"),
        (["--port-file", "/does/not/exist/port"], "no port in /does/not/exist/port yet"),
    ];
    for (place, reason) in cases {
        let finished = run(&[["healthcheck", "--wait=250ms"].as_slice(), &place].concat());
        assert_eq!(finished.code, 1, "{}", finished.stderr);
        assert!(finished.stderr.contains(reason), "{}", finished.stderr);
        assert!(finished.stderr.ends_with("; waited 250ms for it\n"), "{}", finished.stderr);
    }
}

#[test]
fn healthcheck_does_not_wait_for_what_can_never_be() {
    let cases = [
        (["--wait=7d", "--port", "0"], "--port 0"),
        (["--wait=7d", "--host", "nowhere.invalid"], "--host nowhere.invalid"),
        (["--wait=soon", "--port", "1"], "--wait"),
    ];
    for (arguments, named) in cases {
        let finished = run(&[["healthcheck"].as_slice(), &arguments].concat());
        assert_eq!(finished.code, 2, "{}", finished.stderr);
        assert!(finished.stderr.contains(named), "{}", finished.stderr);
    }
}

#[test]
fn invalid_values_stop_the_start_and_are_named() {
    let cases = [
        (vec!["--port", "70000"], "--port"),
        (vec!["--port", "0", "--host", "nowhere.invalid"], "--host nowhere.invalid"),
        (vec!["--credentials", "no-colon"], "--credentials"),
        (vec!["--credentials", ":password"], "--credentials"),
        (vec!["--webhook-url", "localhost:9000"], "--webhook-url: \"localhost:9000\""),
        (vec!["--webhook-url", "ftp://localhost/"], "begins with ftp:"),
        (vec!["--webhook-url", "nope"], "--webhook-url: \"nope\" is not a URL"),
        (vec!["--webhook-url", "http://169.254.169.254/"], "--webhook-url: 169.254.169.254 is a"),
        (vec!["--webhook-url", "http://metadata.google.internal/"], "never sent there"),
        (vec!["--webhook-url", "http:/localhost/"], "\"http:/localhost/\" needs two slashes"),
        (vec!["--webhook-url", "http://u:p@169.254.7.7/"], "--webhook-allow-address 169.254.7.7"),
        (vec!["--webhook-allow-address", "here"], "--webhook-allow-address: \"here\" is no IP"),
        (vec!["--webhook-ca", "/does/not/exist"], "--webhook-ca: cannot read /does/not/exist"),
        (vec!["--webhook-ca", "Cargo.toml"], "--webhook-ca: Cargo.toml has no certificate"),
        (vec!["--webhook-authorization", "a\nb"], "--webhook-authorization"),
        (vec!["--webhook-delay", "15"], "--webhook-delay"),
        (vec!["--webhook-delay", "20s..10s"], "--webhook-delay"),
        (vec!["--webhook-delay", "4000d"], "longer than 3650 days"),
        (vec!["--webhook-retries", "-1"], "--webhook-retries"),
        (vec!["--webhook-retry-delay", "soon"], "--webhook-retry-delay"),
        (vec!["--webhook-sends", "0"], "--webhook-sends"),
        (vec!["--webhook-sends-per-receiver", "0"], "--webhook-sends-per-receiver"),
        (vec!["--scenarios", "/does/not/exist"], "--scenarios"),
        (vec!["--scenarios", "Cargo.toml"], "--scenarios: Cargo.toml is a file; pass the folder"),
        (vec!["--scenario", "nope"], "--scenario"),
        (vec!["--seed", "x"], "--seed"),
        (vec!["--page-size", "0"], "--page-size"),
        (vec!["--page-size", "1001"], "--page-size"),
        (vec!["--public-url", "example.com"], "--public-url"),
        (vec!["--public-url", "https://example.com/?a=b"], "--public-url"),
        (vec!["--log-format", "xml"], "--log-format"),
        (
            vec!["--port", "0", "--port-file", "/does/not/exist/port"],
            "--port-file /does/not/exist/port",
        ),
        (vec!["--unknown"], "--unknown"),
        (vec!["dance"], "dance"),
        (vec!["serve", "--seed", "x"], "--seed"),
    ];
    for (arguments, named) in cases {
        let finished = run(&arguments);
        assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(named), "{arguments:?}: {}", finished.stderr);
        assert_eq!(finished.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_port_in_use_is_code_3_and_said_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let finished = run(&["--port", &port]);
    assert_eq!(finished.code, 3);
    let expected = format!(
        "error: port {port} on 127.0.0.1 is in use: stop what listens there, or choose another \
         with --port (0 takes any free one)\n"
    );
    assert_eq!(finished.stderr, expected);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_defaults() {
    let page_sizes = |environment: Option<&str>, flag: Option<&str>| {
        let mut command = command(&["--port", "0"]);
        if let Some(size) = environment {
            command.env("BELVO_EMULATOR_PAGE_SIZE", size);
        }
        if let Some(size) = flag {
            command.args(["serve", "--page-size", size]);
        }
        let server = Server::spawn(command);
        for _ in 0..12 {
            server.create_link(CURP);
        }
        server.get("/api/links/")["results"].as_array().unwrap().len()
    };
    assert_eq!(page_sizes(None, None), 10);
    assert_eq!(page_sizes(Some("4"), None), 4);
    assert_eq!(page_sizes(Some("4"), Some("6")), 6);
}

#[test]
fn every_flag_of_serve_has_its_environment_variable() {
    let bad = [
        ("HOST", "nowhere.invalid"),
        ("PORT", "x"),
        ("PORT_FILE", "/does/not/exist/port"),
        ("CREDENTIALS", "a:b no-colon"),
        ("WEBHOOK_URL", "http://localhost:1/ nope"),
        ("WEBHOOK_AUTHORIZATION", "a\nb"),
        ("CONTROL_TOKEN", "x"),
        ("WEBHOOK_DELAY", "x"),
        ("WEBHOOK_RETRIES", "x"),
        ("WEBHOOK_RETRY_DELAY", "x"),
        ("WEBHOOK_SENDS", "x"),
        ("WEBHOOK_SENDS_PER_RECEIVER", "x"),
        ("SCENARIOS", "/does/not/exist"),
        ("SCENARIO", "x"),
        ("SEED", "x"),
        ("PAGE_SIZE", "x"),
        ("PUBLIC_URL", "x"),
        ("LOG_FORMAT", "x"),
        ("LOG_REQUESTS", "x"),
        ("QUIET", "x"),
    ];
    for (name, value) in bad {
        let mut command = command(&["--port", "0"]);
        if name == "PORT" {
            command = crate::process::command(&[]);
        }
        command.env(format!("BELVO_EMULATOR_{name}"), value);
        let finished = finish(command);
        assert_eq!(finished.code, 2, "{name}: {}", finished.stderr);
        let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
        assert!(finished.stderr.contains(&flag), "{name}: {}", finished.stderr);
    }
    let mut good = command(&["--port", "0"]);
    good.env("BELVO_EMULATOR_CREDENTIALS", "id:password other:one")
        .env("BELVO_EMULATOR_QUIET", "1");
    good.env("BELVO_EMULATOR_WEBHOOK_URL", "");
    let server = Server::spawn(good);
    assert_eq!(server.get("/api/"), json!({}));
    assert_eq!(server.log(), "");
}

#[test]
fn secrets_are_not_printed_when_they_are_mistyped() {
    for (flag, value) in [
        ("--credentials", "hidden"),
        ("--webhook-authorization", "hid\nden"),
        ("--control-token", "hidden"),
    ] {
        let stderr = run(&[flag, value]).stderr;
        assert!(!stderr.contains("hid"), "{stderr}");
    }
    let mut help = command(&["--help"]);
    help.env("BELVO_EMULATOR_WEBHOOK_AUTHORIZATION", "hidden");
    help.env("BELVO_EMULATOR_CONTROL_TOKEN", "hidden");
    assert!(!finish(help).stdout.contains("hidden"));
}

/// An answer without what the real clock gives.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(object) => {
            object.retain(|key, _| !key.ends_with("_at"));
            object.values_mut().for_each(|value| *value = timeless(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = timeless(item.take())),
        _ => {}
    }
    value
}

#[test]
fn two_runs_with_the_same_seed_give_the_same_bodies() {
    let run = || {
        let server = Server::start(&["--seed", "42", "--webhook-delay", "0s"]);
        let mut log = Vec::new();
        for curp in [CURP, "LONG700101MXXXXX00", "GOVT850101MXXXXX00"] {
            log.push(server.create_link(curp));
        }
        log.push(server.get("/api/links/?page_size=2").take());
        log.push(server.get("/api/employment-records/"));
        log.push(server.request("GET", "/api/links/nope/", None).1);
        let port = server.port().to_string();
        let text = timeless(Value::Array(log)).to_string();
        text.replace(&format!("127.0.0.1:{port}"), "HOST")
    };
    let (one, two) = (run(), run());
    assert!(one.len() > 5000);
    assert_eq!(one, two);
}
