//! `belvo-emulator scenarios check`: mistakes that people make in scenario files, each with all that
//! is said about it, and the schema with which editors find them.
//!
//! The mistakes are in `mistakes/`: those of the syntax, those that the schema finds, and those of the
//! meaning. A mistake of several files is a folder. `mistakes/expected` has what is printed. With
//! `UPDATE_GOLDEN=1` the test writes these files anew.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::process::{Finished, Server, command, finish, run};

const KINDS: [&str; 3] = ["syntax", "shape", "meaning"];
const FORMATS: [(&str, &str); 3] = [("text", "txt"), ("json", "json"), ("github", "github")];

fn mistakes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mistakes")
}

/// The files and folders of a kind of mistake, relative to [`mistakes`].
fn of_kind(kind: &str) -> Vec<String> {
    let entries = fs::read_dir(mistakes().join(kind)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| format!("{kind}/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    names.sort();
    names
}

fn check(arguments: &[&str]) -> Finished {
    let mut command = command(&["scenarios", "check"]);
    command.current_dir(mistakes()).args(arguments);
    finish(command)
}

#[track_caller]
fn compare(expected: &Path, printed: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(expected.parent().unwrap()).unwrap();
        fs::write(expected, printed).unwrap();
        return;
    }
    let golden = fs::read_to_string(expected).unwrap_or_default();
    assert_eq!(printed, golden, "{}", expected.display());
}

/// Checks each mistake of a kind in each format.
fn compare_all(kind: &str) {
    for mistake in of_kind(kind) {
        let name = Path::new(&mistake).file_stem().unwrap().to_str().unwrap();
        for (format, end) in FORMATS {
            let printed = check(&[&mistake, "--format", format, "--deny", "warnings"]);
            assert_eq!((printed.code, &*printed.stderr), (1, ""), "{mistake} {format}");
            let expected = mistakes().join("expected").join(format!("{name}.{end}"));
            compare(&expected, &printed.stdout);
        }
    }
}

#[test]
fn mistakes_of_the_syntax_are_shown_as_expected() {
    compare_all("syntax");
}

#[test]
fn mistakes_of_the_shape_are_shown_as_expected() {
    compare_all("shape");
}

#[test]
fn mistakes_of_the_meaning_are_shown_as_expected() {
    compare_all("meaning");
}

#[test]
fn there_are_many_mistakes_and_each_has_its_expected_files() {
    let all: Vec<String> = KINDS.iter().flat_map(|kind| of_kind(kind)).collect();
    assert!(all.len() >= 50, "{}", all.len());
    let expected = fs::read_dir(mistakes().join("expected")).unwrap().count();
    assert_eq!(expected, all.len() * FORMATS.len());
}

/// Every check is met by some mistake, so that each message was read by somebody.
#[test]
fn every_check_of_the_manual_has_a_mistake() {
    let manual = include_str!("../../docs/scenario-files.md");
    let (_, table) = manual.split_once("| name | severity | mistake |").unwrap();
    let names = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: Vec<&str> = names.collect();
    assert!(documented.len() > 30, "{documented:?}");
    let mut met: Vec<String> = Vec::new();
    for entry in fs::read_dir(mistakes().join("expected")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "json") {
            let report: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            let names = report["findings"].as_array().unwrap().iter();
            met.extend(names.map(|it| it["check"].as_str().unwrap().to_owned()));
        }
    }
    for name in &documented {
        assert!(met.iter().any(|other| other == name), "no mistake meets {name}");
    }
    for name in met {
        assert!(documented.contains(&&*name), "{name} is not in the manual");
    }
}

#[test]
fn every_built_in_file_is_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = fs::read_dir(folder).unwrap().count();
    for arguments in [vec![], vec!["../../../scenarios"]] {
        let printed = check(&[&arguments[..], &["--deny", "warnings"]].concat());
        assert_eq!(printed.code, 0, "{}", printed.stdout);
        assert_eq!(printed.stdout, format!("no mistakes in {files} files\n"));
    }
}

#[test]
fn the_exit_code_says_what_was_found() {
    let warning = "meaning/code_of_nobody.json";
    assert_eq!(check(&[warning]).code, 0);
    assert_eq!(check(&[warning, "--deny", "warnings"]).code, 1);
    assert_eq!(check(&["shape/unknown_word.json"]).code, 1);
    for (path, says) in [
        ("nowhere.json", "cannot read nowhere.json"),
        ("meaning/nowhere/", "cannot read meaning/nowhere/"),
    ] {
        let refused = check(&[path]);
        assert_eq!((refused.code, &*refused.stdout), (2, ""));
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
    let ignored = run(&["scenarios", "check", "--seed", "7"]);
    assert_eq!(ignored.code, 2);
    let says = "--seed has no effect on scenarios check, which uses only --scenarios";
    assert!(ignored.stderr.contains(says), "{}", ignored.stderr);
}

#[test]
fn files_come_from_stdin_and_from_the_folders_of_the_flag() {
    let mut child = command(&["scenarios", "check", "-", "--format", "json"]);
    let mut child = child.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{\"name\": 1}").unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["files"], &report["errors"]), (&json!(1), &json!(3)), "{report}");
    assert_eq!(report["findings"][0]["file"], "<stdin>");
    let folder = check(&["--scenarios", "meaning/a_name_twice", "--format", "json"]);
    let report: Value = serde_json::from_str(&folder.stdout).unwrap();
    assert_eq!((folder.code, &report["files"]), (1, &json!(2)));
    assert_eq!(report["findings"][0]["check"], "duplicate_name");
}

#[test]
fn warnings_do_not_stop_the_start_and_stand_in_the_log() {
    let folder = mistakes().join("meaning/a_rule_that_never_wins");
    let mut server = Server::start(&["--scenarios", folder.to_str().unwrap()]);
    server.stop("TERM");
    let log = server.log();
    let says = "a.json:4:21: This rule never wins: \"two\" holds wherever it does. Leave one of the \
                rules out, or let them differ. [never_answers]";
    assert!(log.contains(says), "{log}");
}

fn validator() -> Validator {
    let schema = run(&["scenarios", "schema"]).json();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn the_schema_accepts_good_files_and_refuses_mistakes_of_the_shape() {
    let validator = validator();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for entry in fs::read_dir(built_in).unwrap() {
        let path = entry.unwrap().path();
        let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert!(validator.is_valid(&file), "{}", path.display());
    }
    for mistake in of_kind("shape") {
        let text = fs::read(mistakes().join(&mistake)).unwrap();
        let file: Value = serde_json::from_slice(&text).unwrap();
        // A reader of JSON takes the last of two keys, so no schema finds them.
        let is_valid = mistake.contains("key_twice");
        assert_eq!(validator.is_valid(&file), is_valid, "{mistake}");
    }
    for mistake in of_kind("meaning").iter().filter(|mistake| mistake.ends_with(".json")) {
        let text = fs::read(mistakes().join(mistake)).unwrap();
        let file: Value = serde_json::from_slice(&text).unwrap();
        // The schema says that an expression is one, in so far as the editor knows regular expressions.
        let is_valid = !mistake.contains("regular_expression");
        assert_eq!(validator.is_valid(&file), is_valid, "{mistake}");
    }
}

#[test]
fn every_key_of_the_schema_has_a_description() {
    fn look(schema: &Value, place: &str, bare: &mut Vec<String>) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{place}.{key}");
            // The object of a choice describes its only key.
            let is_described = !schema["description"].is_null() && schema["required"][0] == **key;
            if property["description"].is_null() && property["$ref"].is_null() && !is_described {
                bare.push(place.clone());
            }
            look(property, &place, bare);
        }
        for choices in ["oneOf", "anyOf"] {
            for choice in schema[choices].as_array().into_iter().flatten() {
                look(choice, place, bare);
            }
        }
    }
    let schema = run(&["scenarios", "schema"]).json();
    let mut bare = Vec::new();
    look(&schema, "", &mut bare);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        look(definition, name, &mut bare);
    }
    assert!(bare.is_empty(), "{bare:#?}");
}

/// The schemas of a key: the one that a reference names, and those of a choice.
fn alternatives<'s>(document: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    let schema = match schema["$ref"].as_str() {
        // Words beside a reference count too.
        Some(_) if schema["examples"].is_array() => schema,
        Some(name) => document.pointer(name.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    let choices = ["oneOf", "anyOf"].iter().find_map(|key| schema[key].as_array());
    match choices.filter(|_| schema["examples"].is_null()) {
        Some(choices) => choices.iter().flat_map(|it| alternatives(document, it)).collect(),
        None => vec![schema],
    }
}

/// Editors offer the words of a schema and its examples. Objects and lists are written key by key, and
/// true and false by themselves.
#[test]
fn every_key_of_the_schema_can_be_completed() {
    fn look(document: &Value, schema: &Value, place: &str, bare: &mut Vec<String>) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let place = format!("{place}.{key}");
            for schema in alternatives(document, property) {
                let kind = schema["type"].to_string();
                let is_written = ["object", "array", "boolean"].iter().any(|it| kind.contains(it));
                let is_offered =
                    ["enum", "const", "examples"].iter().any(|it| !schema[it].is_null());
                if !is_written && !is_offered && kind != "\"null\"" {
                    bare.push(place.clone());
                }
            }
            look(document, property, &place, bare);
        }
        for part in ["oneOf", "anyOf", "prefixItems"] {
            for choice in schema[part].as_array().into_iter().flatten() {
                look(document, choice, place, bare);
            }
        }
        if schema["items"].is_object() {
            look(document, &schema["items"], &format!("{place}[]"), bare);
        }
    }
    let schema = run(&["scenarios", "schema"]).json();
    let mut bare = Vec::new();
    look(&schema, &schema, "", &mut bare);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        look(&schema, definition, name, &mut bare);
    }
    assert!(bare.is_empty(), "{bare:#?}");
}
