//! Folders of scenario files, and snapshots, as editors, shells and operating systems leave them.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Finished, Server, run};

/// One scenario, in text.
fn scenario(name: &str) -> String {
    json!({
        "name": name, "description": "Señal: nobody knows them",
        "login": {"refuse": {"status": 400, "code": "login_error", "message": "¡No!"}},
    })
    .to_string()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    ["\u{feff}", text].concat().encode_utf16().flat_map(bytes).collect()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn listed(folder: &TempDir) -> Finished {
    run(&["scenarios", "--format", "json", "--scenarios", folder.path().to_str().unwrap()])
}

#[track_caller]
fn described(folder: &TempDir, name: &str) -> Value {
    let list = listed(folder).json();
    let found = list.as_array().unwrap().iter().find(|scenario| scenario["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not listed"))["description"].clone()
}

#[test]
fn a_scenario_is_read_in_the_encodings_of_windows() {
    let text = scenario("own");
    let marked = ["\u{feff}", &text].concat().into_bytes();
    for bytes in [marked, utf16(&text, u16::to_le_bytes), utf16(&text, u16::to_be_bytes)] {
        let folder = folder(&[("own.json", &bytes)]);
        assert_eq!(described(&folder, "own"), "Señal: nobody knows them", "{:?}", &bytes[..4]);
    }
    let folder = folder(&[("own.JSON", text.as_bytes())]);
    assert_eq!(described(&folder, "own"), "Señal: nobody knows them");
}

#[test]
fn a_scenario_in_another_encoding_is_named_with_the_fix() {
    let latin1: Vec<u8> = scenario("own").chars().map(|letter| letter as u32 as u8).collect();
    let refused = listed(&folder(&[("own.json", &latin1)]));
    assert_eq!(refused.code, 2);
    let reason = "own.json: line 1 is neither UTF-8 nor UTF-16; save it as UTF-8";
    assert!(refused.stderr.contains(reason), "{}", refused.stderr);
}

#[cfg(unix)]
#[test]
fn the_leftovers_of_editors_are_passed_over_and_said_once() {
    let leftovers = [
        "#own.json#",
        "._own.json",
        ".DS_Store",
        ".own.json.swp",
        "4913",
        "Thumbs.db",
        "desktop.ini",
        "own.json.bak",
        "own.json.orig",
        "own.json~",
        "~$own.json",
    ];
    let mut files = vec![("own.json", scenario("own").into_bytes())];
    files.extend(leftovers.map(|name| (name, b"\0\x05\x16\x07".to_vec())));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    let folder = folder(&files);
    // The lock of Emacs is a link to nothing.
    std::os::unix::fs::symlink("me@host.123", folder.path().join(".#own.json")).unwrap();
    fs::create_dir(folder.path().join("old.json")).unwrap();
    assert_eq!(described(&folder, "own"), "Señal: nobody knows them");
    let mut server = Server::start(&["--scenarios", folder.path().to_str().unwrap()]);
    server.stop("TERM");
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("passed over")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    for name in ["\"#own.json#\"", "\".#own.json\"", "\"4913\"", "and 3 more"] {
        assert!(lines[0].contains(name), "{name}: {}", lines[0]);
    }
    assert!(!lines[0].contains("\"own.json\""), "{}", lines[0]);
}

#[test]
fn a_folder_with_nothing_but_leftovers_says_what_is_there() {
    let refused = listed(&folder(&[("own.json~", b"{}"), ("own.yaml", b"")]));
    assert_eq!(refused.code, 2);
    let reason = "there is no *.json file in ";
    assert!(refused.stderr.contains(reason), "{}", refused.stderr);
    assert!(refused.stderr.contains(", but \"own.json~\", \"own.yaml\""), "{}", refused.stderr);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_a_sensible_size_is_refused_at_once() {
    let pipe = |path: &Path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let device = |path: &Path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    let large = |path: &Path| fs::write(path, vec![b' '; 1024 * 1024 + 1]).unwrap();
    let absent = |path: &Path| std::os::unix::fs::symlink("/does/not/exist", path).unwrap();
    type Make = fn(&Path);
    let cases: [(Make, &str); 4] = [
        (pipe, "it is a pipe, a socket or a device; write a regular file"),
        (device, "it is a pipe, a socket or a device; write a regular file"),
        (large, "it is larger than 1MiB"),
        (absent, "No such file or directory"),
    ];
    for (make, reason) in cases {
        let folder = folder(&[("good.json", scenario("good").as_bytes())]);
        make(&folder.path().join("own.json"));
        let refused = listed(&folder);
        assert_eq!(refused.code, 2);
        let said = refused.stderr;
        assert!(said.contains("own.json: ") && said.contains(reason), "{reason}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_scenario_is_followed() {
    let real = folder(&[("real", scenario("own").as_bytes())]);
    let linked = folder(&[]);
    let link = linked.path().join("own.json");
    std::os::unix::fs::symlink(real.path().join("real"), link).unwrap();
    assert_eq!(described(&linked, "own"), "Señal: nobody knows them");
}

#[test]
fn a_file_that_replaces_a_scenario_is_said_at_the_start() {
    let folder = folder(&[
        ("mine.json", scenario("employed").as_bytes()),
        ("other.json", scenario("nss_not_found").as_bytes()),
        ("new.json", scenario("new").as_bytes()),
    ]);
    let mut server = Server::start(&["--scenarios", folder.path().to_str().unwrap()]);
    server.stop("TERM");
    let log = server.log();
    let line = |words: &str| log.lines().find(|line| line.contains(words)).unwrap_or_default();
    let default = line("mine.json replaces the scenario \"employed\" of scenarios/employed.json");
    assert!(default.contains("WARN"), "{log}");
    assert!(default.contains("it answers every CURP that no scenario claims"), "{log}");
    assert!(line("other.json replaces the scenario \"nss_not_found\"").contains("INFO"), "{log}");
    assert!(!log.contains("new.json"), "{log}");
}

/// A snapshot that PowerShell's `>` has written is UTF-16, and Windows PowerShell marks UTF-8.
#[test]
fn a_snapshot_and_other_calls_are_read_in_the_encodings_of_windows() {
    let server = Server::start(&[]);
    server.create_link(crate::app::CURP);
    let snapshot = server.get("/_emulator/snapshot").to_string();
    let marked = ["\u{feff}", &snapshot].concat().into_bytes();
    for bytes in [marked, utf16(&snapshot, u16::to_le_bytes), utf16(&snapshot, u16::to_be_bytes)] {
        let (status, told) = server.send("PUT", "/_emulator/snapshot", &bytes);
        assert_eq!(status, 200, "{told}");
        assert_eq!(server.get("/api/links/")["count"], 1);
    }
    let (status, told) = server.send("PUT", "/_emulator/snapshot", b"{\"a\": \"\xe9\"}");
    assert_eq!(status, 400);
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("line 1 is neither UTF-8 nor UTF-16"), "{message}");
    // Belvo refuses the mark in these words.
    let (status, told) = server.send("POST", "/api/links/", b"\xef\xbb\xbf{}");
    assert_eq!(status, 400);
    assert!(told.to_string().contains("Unexpected UTF-8 BOM"), "{told}");
}
