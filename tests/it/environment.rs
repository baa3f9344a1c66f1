//! The environment of the process: variables that nobody meant for the emulator, and the flags that
//! each command uses.

use crate::process::{Finished, Server, command, finish, run};

/// Every variable that the help names.
fn variables() -> Vec<String> {
    let help = run(&["--help"]).stdout;
    let names = help.split(|character: char| !character.is_ascii_uppercase() && character != '_');
    let mut names: Vec<String> = names
        .filter(|name| name.strip_prefix("BELVO_EMULATOR_").is_some_and(|end| !end.is_empty()))
        .map(str::to_owned)
        .collect();
    names.dedup();
    assert!(names.len() >= 20, "{names:?}");
    names
}

fn run_with(variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
    let mut command = command(arguments);
    command.envs(variables.iter().copied());
    finish(command)
}

/// A command that a signal ends: any other that calls nobody is warned about.
const CALLING_NOBODY: &[&str] = &["exec", "sh", "-c", "kill -s TERM $$"];
/// Its exit code.
const TERMINATED: i32 = 128 + 15;

/// Commands that end by themselves. The first reads all flags.
const COMMANDS: &[&[&str]] =
    &[CALLING_NOBODY, &["scenarios"], &["errors"], &["--help"], &["scenarios", "--help"]];

#[test]
fn an_empty_variable_is_absent() {
    let variables = variables();
    for name in &variables {
        for empty in ["", " "] {
            let finished = run_with(&[(name, empty)], COMMANDS[0]);
            assert_eq!(
                (finished.code, finished.stderr),
                (TERMINATED, String::new()),
                "{name}={empty:?}"
            );
        }
    }
    let all: Vec<(&str, &str)> = variables.iter().map(|name| (name.as_str(), "")).collect();
    for arguments in COMMANDS {
        let finished = run_with(&all, arguments);
        let code = if arguments[0] == "exec" { TERMINATED } else { 0 };
        assert_eq!((finished.code, finished.stderr), (code, String::new()), "{arguments:?}");
    }
    let help = run_with(&all, &["--help"]).stdout;
    for name in variables {
        assert!(help.contains(&name), "{name} is not in the help");
    }
}

/// The variables of a Kubernetes Service named belvo-emulator, and of another beside it.
const OF_A_SERVICE: &[(&str, &str)] = &[
    ("BELVO_EMULATOR_SERVICE_HOST", "10.96.0.5"),
    ("BELVO_EMULATOR_SERVICE_PORT", "23586"),
    ("BELVO_EMULATOR_SERVICE_PORT_HTTP", "23586"),
    ("BELVO_EMULATOR_PORT", "tcp://10.96.0.5:23586"),
    ("BELVO_EMULATOR_PORT_23586_TCP", "tcp://10.96.0.5:23586"),
    ("BELVO_EMULATOR_PORT_23586_TCP_PROTO", "tcp"),
    ("BELVO_EMULATOR_PORT_23586_TCP_PORT", "23586"),
    ("BELVO_EMULATOR_PORT_23586_TCP_ADDR", "10.96.0.5"),
    ("BELVO_EMULATOR_CI_SERVICE_HOST", "10.96.0.6"),
    ("BELVO_EMULATOR_CI_PORT", "udp://10.96.0.6:53"),
    ("BELVO_EMULATOR_CI_PORT_53_UDP", "udp://10.96.0.6:53"),
];

#[test]
fn the_variables_of_a_kubernetes_service_are_ignored_and_the_port_is_said() {
    for arguments in COMMANDS {
        let finished = run_with(OF_A_SERVICE, arguments);
        let code = if arguments[0] == "exec" { TERMINATED } else { 0 };
        assert_eq!(finished.code, code, "{arguments:?}: {}", finished.stderr);
        let warnings = finished.stderr.lines().count();
        assert_eq!(warnings, usize::from(arguments[0] == "exec"), "{}", finished.stderr);
    }
    let mut serve = command(&["--port", "0"]);
    serve.envs(OF_A_SERVICE.iter().copied());
    let server = Server::spawn(serve);
    // The last of the lines at the start, so that those before are in the log.
    while !server.log().contains("try it") {
        std::thread::yield_now();
    }
    let log = server.log();
    let said = "BELVO_EMULATOR_PORT=tcp://10.96.0.5:23586 is ignored: Kubernetes sets it";
    assert!(log.contains(said) && log.contains("set the port with --port"), "{log}");
    assert_eq!(log.matches("is ignored").count(), 1, "{log}");

    let port = server.port().to_string();
    let asked = run_with(OF_A_SERVICE, &["healthcheck", "--port", &port]);
    assert_eq!((asked.code, asked.stderr), (0, String::new()));
}

#[test]
fn a_variable_that_sets_nothing_is_said_with_the_nearest() {
    let cases = [
        ("BELVO_EMULATOR_WEBHOOKS_URL", "Did you mean \"BELVO_EMULATOR_WEBHOOK_URL\"?"),
        ("BELVO_EMULATOR_CREDENTIAL", "Did you mean \"BELVO_EMULATOR_CREDENTIALS\"?"),
        ("BELVO_EMULATOR_TELEPATHY", "BELVO_EMULATOR_TELEPATHY is ignored: no flag has"),
        ("BELVO_EMULATOR_PORT_NUMBER", "BELVO_EMULATOR_PORT_NUMBER is ignored: no flag has"),
    ];
    for (name, sentence) in cases {
        let finished = run_with(&[(name, "hidden")], CALLING_NOBODY);
        assert_eq!(finished.code, TERMINATED, "{}", finished.stderr);
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
        assert!(finished.stderr.contains(sentence), "{}", finished.stderr);
        assert!(!finished.stderr.contains("hidden"), "{}", finished.stderr);
    }
    for (name, value) in [("BELVO_EMULATOR_BIN", "/bin/x"), ("BELVO_EMULATOR", "x")] {
        assert_eq!(run_with(&[(name, value)], CALLING_NOBODY).stderr, "", "{name}");
    }
}

#[test]
fn the_help_of_a_command_shows_the_flags_that_it_uses() {
    let cases = [
        ("scenarios", vec!["--format", "--scenarios", "--scenario", "--rate-limits", "--help"]),
        ("errors", vec!["--format", "--scenarios", "--scenario", "--rate-limits", "--help"]),
        (
            "people",
            vec![
                "--new",
                "--sex",
                "--born",
                "--state",
                "--format",
                "--seed",
                "--careers-as-of",
                "--scenarios",
                "--scenario",
                "--help",
            ],
        ),
        ("drift", vec!["--all", "--help"]),
        ("man", vec!["--help"]),
        ("healthcheck", vec!["--wait", "--host", "--port", "--port-file", "--help"]),
    ];
    for (name, expected) in cases {
        for help in ["--help", "-h"] {
            let help = run(&[name, help]).stdout;
            let shown: Vec<&str> = help
                .lines()
                .filter_map(|line| line.trim_start().trim_start_matches("-h, ").split(' ').next())
                .filter(|word| word.starts_with("--"))
                .collect();
            let mut expected = expected.clone();
            let mut sorted = shown;
            expected.sort_unstable();
            sorted.sort_unstable();
            assert_eq!(sorted, expected, "{name}: {help}");
        }
    }
    assert!(run(&["exec", "--help"]).stdout.contains("--webhook-delay"));
}

#[test]
fn a_flag_that_a_command_would_ignore_is_refused_and_its_variable_is_harmless() {
    let cases = [
        (vec!["scenarios", "--seed", "7"], "--seed has no effect on scenarios, which uses only"),
        (vec!["--seed", "7", "scenarios"], "--seed has no effect on scenarios"),
        (vec!["errors", "--port-file", "x"], "--port-file has no effect on errors"),
        (vec!["errors", "--quiet"], "--quiet has no effect on errors"),
        (vec!["drift", "--credentials", "id:hidden", "spec.json"], "uses none of the emulator's"),
        (vec!["healthcheck", "--clock", "skip"], "uses only --host, --port, --port-file: leave"),
    ];
    for (arguments, sentence) in cases {
        let finished = run(&arguments);
        assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(sentence), "{arguments:?}: {}", finished.stderr);
        assert!(!finished.stderr.contains("hidden"), "{}", finished.stderr);
    }
    for arguments in [["scenarios"], ["errors"]] {
        let variables = [("BELVO_EMULATOR_SEED", "x"), ("BELVO_EMULATOR_PORT", "70000")];
        assert_eq!(run_with(&variables, &arguments).code, 0);
        assert_eq!(run_with(&[("BELVO_EMULATOR_SCENARIO", "x")], &arguments).code, 2);
    }
    let accepted = run(&["scenarios", "--scenario", "unemployed", "--rate-limits", "documented"]);
    assert_eq!((accepted.code, accepted.stderr), (0, String::new()));
}
