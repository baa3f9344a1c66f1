//! The README is checked against what it describes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::app::{CURP, app_with};
use crate::process::run;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The text of the first fenced block of a language that contains a word.
fn block(language: &str, word: &str) -> String {
    let readme = readme();
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap());
    blocks.filter(|block| block.contains(word)).map(str::to_owned).next().unwrap()
}

#[test]
fn every_scenario_is_in_the_tables_with_its_code_and_message() {
    let readme = readme();
    for scenario in run(&["scenarios", "--format", "json"]).json().as_array().unwrap() {
        let text = |key: &str| scenario[key].as_str().unwrap_or_default().to_owned();
        let in_a_range = (400022..400027).any(|number| text("curp").contains(&number.to_string()));
        assert!(in_a_range || readme.contains(&text("curp")), "{scenario}");
        let spanish =
            ["NSS", "CURP", "é", "ó", "ú"].iter().any(|part| text("message").contains(part));
        if let Some(status) = scenario["status"].as_u64().filter(|status| *status >= 400) {
            assert!(readme.contains(&format!("{status} `{}`", text("code"))), "{scenario}");
            assert!(!spanish || readme.contains(&text("message")), "{scenario}");
        }
    }
}

#[test]
fn every_flag_is_described() {
    let readme = readme();
    for arguments in [vec!["--help"], vec!["exec", "--help"], vec!["healthcheck", "--help"]] {
        let help = run(&arguments).stdout;
        let words = help.split(|char: char| char.is_whitespace() || "[],.".contains(char));
        let flags = words.filter(|word| word.starts_with("--") && word.len() > 2);
        for flag in flags.filter(|flag| !["--help", "--version"].contains(flag)) {
            assert!(readme.contains(&format!("`{flag}")), "{flag}");
        }
    }
}

#[test]
fn the_exit_codes_are_described_where_one_looks() {
    let section = readme();
    let (_, section) = section.split_once("**Exit codes**").unwrap();
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 | the port is in use |", "| 126, 127 |"] {
        assert!(section.contains(code), "{code}");
    }
    let help = run(&["--help"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, codes) = help.split_once("Exit codes: ").unwrap();
    for code in ["0 ", "1 ", "2 ", "3 the port is in use"] {
        assert!(codes.contains(code), "{codes}");
    }
}

#[actix_web::test]
async fn the_example_scenario_works() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("new_hire.json"), block("json", "new_hire")).unwrap();
    let flags = [
        "--scenarios",
        directory.path().to_str().unwrap(),
        "--webhook-url",
        "http://receiver.test/",
    ];
    let app = app_with(&flags).await;
    let link = app.create_link("HIRE980101MXXXXX00").await.id();
    app.advance(chrono::TimeDelta::minutes(1));
    let record = app.records_of(&link).await["results"][0].clone();
    assert_eq!(record["employment_records"].as_array().unwrap().len(), 1);
    assert_eq!(app.send_webhooks().len(), 1);
    app.advance(chrono::TimeDelta::seconds(5));
    assert_eq!(app.send_webhooks().len(), 1);
}

#[test]
fn the_examples_are_the_files_that_are_run() {
    for (language, file) in
        [("python", "test_employment.py"), ("js", "employment.test.js"), ("rust", "employment.rs")]
    {
        let path = format!("{}/tests/clients/examples/{file}", env!("CARGO_MANIFEST_DIR"));
        let example = fs::read_to_string(path).unwrap();
        let name = if language == "js" { "an employed person" } else { "an_employed_person" };
        assert_eq!(block(language, name) + "\n", example, "{file}");
    }
}

#[actix_web::test]
async fn an_explanation_and_a_failed_verification_look_as_they_are_shown() {
    let app = app_with(&[]).await;
    let made = app.create_link("SLOW900101HXXXXX00").await;
    let id = made.headers.get("X-Request-Id").unwrap().to_str().unwrap();
    let explanation = app.get(&format!("/_emulator/requests/{id}")).await.ok();
    let shown: Value = serde_json::from_str(&block("json", "slow_institution")).unwrap();
    assert_eq!(shown.as_object().unwrap().len(), 3);
    for (key, value) in shown.as_object().unwrap() {
        assert_eq!(explanation[key], *value, "{explanation:#}");
    }

    let app = app_with(&[]).await;
    app.create_link(CURP).await.created();
    app.get("/api/employment-records/?page=1").await.ok();
    let expected: Value = serde_json::from_str(&block("json", "in_order")).unwrap();
    let (_, _, message) = app.post("/_emulator/requests/verify", expected).await.problem(409);
    assert_eq!(message, block("", "\nnearest: ").trim_end());
}

#[actix_web::test]
async fn the_faults_are_those_of_the_description() {
    let readme = readme();
    let (_, section) = readme.split_once("\n## Faults\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<&str> = rows.map(|row| row.split('`').next().unwrap()).collect();
    let described = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    let fault = &described["components"]["schemas"]["Fault"]["oneOf"];
    let name = |variant: &serde_json::Value| match variant["required"][0].as_str() {
        Some(name) => name.to_owned(),
        None => variant["const"].as_str().unwrap().to_owned(),
    };
    let described: Vec<String> = fault.as_array().unwrap().iter().map(name).collect();
    assert_eq!(listed, described);
}

/// The rows of the coverage table: endpoint, statuses, tests.
fn coverage() -> Vec<(String, Vec<String>, Vec<String>)> {
    let readme = readme();
    let (_, section) = readme.split_once("## Coverage\n").unwrap();
    let rows = section.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<String> = line.split('|').map(|cell| cell.replace('`', "")).collect();
            let list = |cell: &str| cell.split(',').map(|part| part.trim().to_owned()).collect();
            (cells[1].trim().to_owned(), list(&cells[2]), list(&cells[3]))
        })
        .collect()
}

#[actix_web::test]
async fn the_coverage_table_has_every_described_status_and_names_tests_that_exist() {
    let rows = coverage();
    for (endpoint, _, tests) in &rows {
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let path = format!("{}/tests/it/{file}.rs", env!("CARGO_MANIFEST_DIR"));
            let source = fs::read_to_string(path).unwrap();
            assert!(source.contains(&format!("fn {name}(")), "{endpoint}: {test}");
        }
    }
    let described = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    for (path, item) in described["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters");
        for (method, operation) in methods.filter(|_| path.starts_with("/api/")) {
            let endpoint = format!("{} {path}", method.to_uppercase());
            for status in operation["responses"].as_object().unwrap().keys() {
                let covered = rows.iter().any(|(row, statuses, _)| {
                    (*row == endpoint || row == "every one") && statuses.contains(status)
                });
                assert!(covered, "{endpoint} {status}");
            }
        }
    }
}
