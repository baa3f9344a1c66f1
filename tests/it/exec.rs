//! `exec`: the emulator around a command.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::process::{Finished, command, finish, run};

/// Asks whether the emulator answers where the variables say, as a shell script.
const ASK: &str = r#""$EMULATOR" healthcheck --port "${BELVO_BASE_URL##*:}""#;

/// The binary, told to run a shell script.
fn script(flags: &[&str], script: &str) -> Command {
    let mut command = command(&[["exec"].as_slice(), flags, &["--", "sh", "-c", script]].concat());
    command.env("EMULATOR", env!("CARGO_BIN_EXE_belvo-emulator"));
    command
}

fn run_script(flags: &[&str], text: &str) -> Finished {
    finish(script(flags, text))
}

fn taken_port() -> (TcpListener, String) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    (taken, port)
}

#[test]
fn the_exit_code_of_the_command_is_passed_on() {
    let cases = [
        ("exit 0", 0),
        ("exit 3", 3),
        ("exit 7", 7),
        ("exit 255", 255),
        ("kill -s KILL $$", 128 + 9),
        ("kill -s TERM $$", 128 + 15),
    ];
    for (text, code) in cases {
        let finished = run_script(&[], text);
        assert_eq!(finished.code, code, "{text}");
        // A command that ended by itself is asked why it did not call the emulator.
        assert_eq!(finished.stderr.is_empty(), text.starts_with("kill"), "{text}");
    }
}

#[test]
fn the_emulator_answers_while_the_command_runs_and_no_longer() {
    let finished = run_script(&["--quiet"], &format!("{ASK} && echo $BELVO_BASE_URL"));
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    let address = finished.stdout.trim_end().strip_prefix("http://").unwrap();
    assert!(address.starts_with("127.0.0.1:") && !address.ends_with('/'), "{address}");
    assert_ne!(address, "127.0.0.1:23586");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn the_command_gets_the_url_and_the_keys_whatever_there_was_before() {
    let tell = r#"echo "$BELVO_API_URL" $BELVO_SECRET_ID $BELVO_SECRET_PASSWORD
        [ "$BELVO_API_URL" = "$BELVO_BASE_URL" ]"#;
    let cases = [
        ([].as_slice(), "my-id my-password"),
        (&["--credentials", "one:two:three", "--credentials", "other:pair"], "one two:three"),
        (&["--host", "0.0.0.0"], "my-id my-password"),
    ];
    for (flags, keys) in cases {
        let mut told = script(&[&["--quiet"], flags].concat(), tell);
        told.env("BELVO_SECRET_ID", "real").env("BELVO_SECRET_PASSWORD", "real");
        told.env("BELVO_BASE_URL", "https://api.belvo.com").env("BELVO_API_URL", "production");
        let finished = finish(told);
        assert_eq!((finished.code, finished.stderr.as_str()), (0, ""), "{flags:?}");
        let (url, shown) = finished.stdout.trim_end().split_once(' ').unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert_eq!(shown, keys);
    }
}

#[test]
fn the_port_file_is_there_before_the_command_and_gone_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = ["--port-file", path.to_str().unwrap()];
    let compare = format!("[ \"http://127.0.0.1:$(cat {})\" = $BELVO_BASE_URL ]", port_file[1]);
    assert_eq!(run_script(&port_file, &compare).code, 0);
    assert!(!path.exists());
    assert_eq!(run(&["exec", port_file[0], port_file[1], "--", "no-such-command"]).code, 127);
    assert!(!path.exists());
}

#[test]
fn the_standard_streams_belong_to_the_command() {
    let mut copying = script(&["--quiet"], "cat; echo problem >&2");
    let mut child = copying.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"from the terminal\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "from the terminal\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "problem\n");

    let verbose = run(&["exec", "--verbose", "true"]);
    assert_eq!((verbose.code, verbose.stdout.as_str()), (0, ""));
    assert!(verbose.stderr.contains("ready url=\"http://127.0.0.1:"), "{}", verbose.stderr);
}

#[test]
fn a_command_that_cannot_start_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let plain = directory.path().join("plain");
    fs::write(&plain, "echo ran").unwrap();
    let plain = plain.to_str().unwrap();
    let not_executable = format!("{plain} cannot be executed: Permission denied");
    let cases = [
        (vec!["--", "no-such-command"], 127, "command not found: no-such-command; is it installed"),
        (vec!["--", "npm test"], 127, "as separate words"),
        (vec!["--", plain], 126, not_executable.as_str()),
        (vec![], 2, "such as belvo-emulator exec -- pytest"),
        (vec!["--"], 2, "such as belvo-emulator exec -- pytest"),
        (vec!["--seed", "x", "--", "true"], 2, "--seed"),
        (vec!["--scenario", "x", "--", "true"], 2, "--scenario"),
    ];
    for (arguments, code, sentence) in cases {
        let finished = run(&[&["exec"], arguments.as_slice()].concat());
        assert_eq!(finished.code, code, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.starts_with("error: "), "{}", finished.stderr);
        assert!(finished.stderr.contains(sentence), "{arguments:?}: {}", finished.stderr);
        assert_eq!(finished.stdout, "", "{arguments:?}");
    }
}

#[test]
fn without_its_port_the_command_does_not_start() {
    let (_taken, port) = taken_port();
    let mut by_variable = script(&[], "echo started");
    by_variable.env("BELVO_EMULATOR_PORT", &port);
    for finished in [run_script(&["--port", &port], "echo started"), finish(by_variable)] {
        assert_eq!((finished.code, finished.stdout.as_str()), (3, ""));
        assert!(finished.stderr.contains(&format!("port {port} on 127.0.0.1 is in use")));
    }
}

#[test]
fn a_signal_is_passed_on_and_the_emulator_outlives_the_command() {
    for signal in ["TERM", "INT", "HUP", "QUIT"] {
        let text = format!("trap '{ASK} && echo told; exit 9' {signal}; echo up; read line");
        let mut emulator = script(&[], &text);
        // Where no terminal tells the command too.
        emulator.process_group(0);
        let mut child = emulator.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "up\n");
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
        assert_eq!((rest.as_str(), stderr.as_str()), ("told\n", ""), "SIG{signal}");
        assert_eq!(child.wait().unwrap().code(), Some(9), "SIG{signal}");
    }
}

#[test]
fn a_command_without_one_request_is_warned_of() {
    let asking = format!("{ASK} && {ASK}");
    let call = "curl -s -u i:p \"$BELVO_API_URL/api/links/\"";
    for (text, how) in [
        ("true", Some("succeeded")),
        (asking.as_str(), Some("succeeded")),
        ("exit 1", Some("failed")),
        ("kill -9 $$", None),
    ] {
        let finished = run_script(&[], text);
        let warning = "and not one request arrived at the emulator";
        let warning = how.map(|how| format!("the command {how}, {warning}"));
        let is_warned = finished.stderr.contains("'sandbox'");
        assert_eq!(is_warned, how.is_some(), "{text}: {}", finished.stderr);
        assert!(warning.is_none_or(|warning| finished.stderr.contains(&warning)), "{text}");
    }
    let finished = run_script(&[], call);
    assert_eq!((finished.code, finished.stderr), (0, String::new()));
}

#[test]
fn the_command_calls_this_machine_without_a_proxy() {
    let show = r#"echo "$NO_PROXY"; echo "$no_proxy""#;
    for (name, value, expected) in [
        ("NO_PROXY", "", "127.0.0.1,localhost\n127.0.0.1,localhost\n"),
        ("NO_PROXY", "a.test", "a.test,127.0.0.1,localhost\na.test,127.0.0.1,localhost\n"),
        ("no_proxy", "a.test", "a.test,127.0.0.1,localhost\na.test,127.0.0.1,localhost\n"),
        ("no_proxy", "*", "*\n*\n"),
    ] {
        let mut shown = script(&["--quiet"], show);
        shown.env_remove("NO_PROXY").env_remove("no_proxy").env(name, value);
        assert_eq!(finish(shown).stdout, expected, "{name}={value}");
    }
    let mut behind_a_proxy =
        script(&[], "curl -s -u i:p $BELVO_API_URL/api/links/ >/dev/null || echo failed");
    behind_a_proxy.env("HTTP_PROXY", "http://127.0.0.1:9").env("http_proxy", "http://127.0.0.1:9");
    behind_a_proxy.env_remove("NO_PROXY").env_remove("no_proxy");
    let finished = finish(behind_a_proxy);
    assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("", ""));
}
