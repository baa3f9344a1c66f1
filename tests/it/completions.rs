//! Completions, asked of the shells themselves.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::process::run;

/// Lines of the command line, up to the word that is completed, and words that are offered there or
/// that are not.
const LINES: &[(&str, &[&str], &[&str])] = &[
    ("belvo-emulator ", &["exec", "listen", "--webhook-url", "--help"], &["--all"]),
    ("belvo-emulator li", &["listen"], &["exec"]),
    ("belvo-emulator listen --", &["--emulator", "--fail", "--port"], &["--webhook-url", "--seed"]),
    ("belvo-emulator listen --format ", &["text", "json"], &["table"]),
    ("belvo-emulator drift --", &["--all"], &["--port", "--seed"]),
    ("belvo-emulator scenarios check --", &["--deny", "--scenarios"], &["--port", "--from"]),
    ("belvo-emulator --rate-limits ", &["documented", "none"], &["text"]),
    ("belvo-emulator exec --", &["--clock", "--verbose"], &["--all"]),
];

fn script(shell: &str) -> String {
    let finished = run(&["completions", shell]);
    assert_eq!((finished.code, finished.stderr.as_str()), (0, ""));
    finished.stdout
}

/// Runs a shell, and returns the words that it prints. Returns None where there is no such shell.
fn asked(shell: &str, arguments: &[&str]) -> Option<BTreeSet<String>> {
    let output = Command::new(shell).args(arguments).env("TERM", "dumb").output().ok()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "", "{arguments:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect())
}

#[track_caller]
fn check(shell: &str, line: &str, offered: &BTreeSet<String>) {
    let (_, there, absent) = LINES.iter().find(|(other, _, _)| *other == line).unwrap();
    for word in *there {
        assert!(offered.contains(*word), "{shell}: {line:?} lacks {word}: {offered:?}");
    }
    for word in *absent {
        assert!(!offered.contains(*word), "{shell}: {line:?} offers {word}: {offered:?}");
    }
}

#[test]
fn bash_completes_the_commands_and_the_flags_that_each_heeds() {
    let script = script("bash");
    for (line, _, _) in LINES {
        let words: Vec<&str> = line.split(' ').collect();
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let (last, before) = (words.len() - 1, words[words.len() - 2]);
        let ask = format!(
            "compopt() {{ :; }}\n{script}\nfunction_of=$(complete -p belvo-emulator | sed 's/.*-F \
             //; s/ .*//')\nCOMP_WORDS=({}); COMP_CWORD={last}\n\"$function_of\" belvo-emulator \
             '{}' '{before}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
            quoted.join(" "),
            words[last],
        );
        let offered = asked("bash", &["--norc", "-c", &ask]).expect("bash is everywhere");
        check("bash", line, &offered);
    }
}

#[test]
fn fish_completes_them_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("belvo-emulator.fish");
    fs::write(&path, script("fish")).unwrap();
    for (line, _, _) in LINES {
        let ask = format!("source {}; complete --do-complete '{line}'", path.display());
        // Where there is no fish, only the script is made.
        let Some(offered) = asked("fish", &["--no-config", "-c", &ask]) else { return };
        // Fish offers flags only once a hyphen is written. The script of clap_complete finds no values
        // of flags that stand before a command, because it cannot tell that none has come.
        if !line.starts_with("belvo-emulator --") && *line != "belvo-emulator " {
            check("fish", line, &offered);
        }
    }
}

#[test]
fn zsh_and_powershell_get_scripts_that_name_the_program() {
    let zsh = script("zsh");
    assert!(zsh.starts_with("#compdef belvo-emulator\n"), "{zsh:.200}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("_belvo-emulator");
    fs::write(&path, &zsh).unwrap();
    // Where there is no zsh, its grammar is not checked.
    let checked = Command::new("zsh").args(["-f", "-n"]).arg(&path).output();
    if let Ok(output) = checked {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let powershell = script("powershell");
    assert!(powershell.contains("-CommandName 'belvo-emulator'"), "{powershell:.300}");
    for script in [&zsh, &powershell] {
        let of_listen = script.matches("--exit-after").count();
        assert!(of_listen > 0 && script.matches("--webhook-url").count() > 0);
    }
}

#[test]
fn an_unknown_shell_is_refused_with_those_that_there_are() {
    let refused = run(&["completions", "tcsh"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("bash, elvish, fish, powershell, zsh"), "{}", refused.stderr);
}
