//! The manual is checked against what it describes: README.md, CONTRIBUTING.md and `docs/`.

mod answer;
mod examples;
pub mod page;
mod shell;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::app_with;
use crate::manual::page::{Page, Part, page, pages};
use crate::manual::shell::{Command, Shell};
use crate::process::run;

/// Lines of the README that one reads in four minutes.
const MOST_LINES: usize = 200;

/// The text of the first fenced block of a language that contains a word.
fn block(page: &str, language: &str, word: &str) -> String {
    let page = self::page(page);
    let mut blocks = page.parts().into_iter().filter_map(|part| match part {
        Part::Block(block) if block.language == language => Some(page.block(&block).to_owned()),
        _ => None,
    });
    blocks.find(|text| text.contains(word)).unwrap()
}

#[test]
fn the_readme_is_read_in_four_minutes() {
    assert!(page("README.md").text.lines().count() <= MOST_LINES);
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    for page in pages() {
        for target in page.links() {
            let (file, anchor) = page.resolve(target);
            assert!(file.exists(), "{}: {target}", page.name);
            if let Some(anchor) = anchor {
                let anchors = page::anchors_of(&file);
                assert!(anchors.contains(&anchor), "{}: {target}: {anchors:?}", page.name);
            }
        }
    }
}

#[test]
fn every_path_that_contributors_are_sent_to_exists() {
    let page = page("CONTRIBUTING.md");
    let words = page.text.split(['`', ' ', '\n']).map(|word| word.trim_start_matches("./"));
    let rooms = ["src/", "tests/", "scenarios/", "docs/", "benches/"];
    let paths: Vec<&str> =
        words.filter(|word| rooms.iter().any(|room| word.starts_with(room))).collect();
    assert!(paths.len() > 10, "{paths:?}");
    for path in paths {
        let path = path.trim_end_matches([',', '.', ';', ':']);
        assert!(page::root().join(path).exists(), "{path}");
    }
}

#[test]
fn an_answer_that_is_shown_in_part_says_so() {
    for page in pages() {
        let parts: Vec<&str> = page.text.split("<!-- shows:").collect();
        for before in &parts[..parts.len() - 1] {
            assert!(before.ends_with("The answer, in part:\n\n"), "{}", page.name);
        }
    }
}

#[test]
fn every_page_of_the_manual_is_linked_from_the_readme() {
    let readme = page("README.md");
    let linked: Vec<&str> = readme.links().collect();
    for page in pages().iter().filter(|page| page.name.starts_with("docs/")) {
        assert!(linked.contains(&page.name.as_str()), "{}", page.name);
    }
}

#[test]
fn every_scenario_is_in_the_tables_with_its_code_and_message() {
    let page = page("docs/curps-and-errors.md").text;
    for scenario in run(&["scenarios", "--format", "json"]).json().as_array().unwrap() {
        let text = |key: &str| scenario[key].as_str().unwrap_or_default().to_owned();
        let in_a_range = (400022..400027).any(|number| text("curp").contains(&number.to_string()));
        assert!(in_a_range || page.contains(&text("curp")), "{scenario}");
        let spanish =
            ["NSS", "CURP", "é", "ó", "ú"].iter().any(|part| text("message").contains(part));
        if let Some(status) = scenario["status"].as_u64().filter(|status| *status >= 400) {
            assert!(page.contains(&format!("{status} `{}`", text("code"))), "{scenario}");
            assert!(!spanish || page.contains(&text("message")), "{scenario}");
        }
    }
}

/// The flags that a command's help names, but for those that every program has.
fn flags_of_the_help(arguments: &[&str]) -> BTreeSet<String> {
    let help = run(arguments).stdout;
    let words = help.split(|char: char| char.is_whitespace() || "[],.".contains(char));
    let flags = words.filter(|word| word.starts_with("--") && word.len() > 2);
    flags.filter(|flag| !["--help", "--version"].contains(flag)).map(str::to_owned).collect()
}

fn flags_of_the_rows(rows: &str) -> BTreeSet<String> {
    let cells = Page::first_cells(rows).into_iter();
    cells.map(|cell| cell.split(' ').next().unwrap().to_owned()).collect()
}

/// The flags that the table of the commands gives to a command.
fn flags_of_the_emulator(table: &str, command: &str) -> BTreeSet<String> {
    let row = table.lines().find(|row| row.starts_with(&format!("| `{command}"))).unwrap();
    let words = row.rsplit('|').nth(1).unwrap().split(['`', ',', ' ']);
    words.filter(|word| word.starts_with("--")).map(str::to_owned).collect()
}

#[test]
fn the_tables_of_flags_are_those_of_the_help() {
    let page = page("docs/flags-and-exit-codes.md");
    let flags = flags_of_the_rows(page.section("## Flags of the emulator"));
    assert_eq!(flags, flags_of_the_help(&["--help"]));
    let of_commands = page.section("## Flags of one command");
    for command in [
        "exec",
        "healthcheck",
        "scenarios",
        "errors",
        "people",
        "drift",
        "listen",
        "completions",
        "man",
    ] {
        let rows = of_commands.lines().filter(|row| row.contains(&format!("`{command}`")));
        let rows = rows.collect::<Vec<_>>().join("\n");
        let mut listed = flags_of_the_rows(&rows);
        listed.extend(match command {
            "exec" => flags.clone(),
            _ => flags_of_the_emulator(page.section("## Commands"), command),
        });
        assert_eq!(listed, flags_of_the_help(&[command, "--help"]), "{command}");
    }
}

#[test]
fn the_exit_codes_are_described_where_one_looks() {
    let page = page("docs/flags-and-exit-codes.md");
    let section = page.section("## Exit codes");
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 | The port is in use. |", "| 126, 127 |"] {
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
    let scenario = block("docs/scenario-files.md", "json", "new_hire");
    std::fs::write(directory.path().join("new_hire.json"), scenario).unwrap();
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

/// The calls that the examples of all pages make, as method and path.
fn calls_of_the_examples() -> Vec<(String, String)> {
    let mut calls = Vec::new();
    for page in pages() {
        let mut shell = Shell::default();
        for part in page.parts() {
            let Part::Block(block) = part else { continue };
            if block.language == "sh" {
                let lines = Shell::lines(page.block(&block));
                calls.extend(lines.iter().filter_map(|line| match shell.read(line) {
                    Ok(Command::Curl(curl) | Command::Capture(_, curl)) => {
                        Some((curl.method().to_owned(), curl.path))
                    }
                    _ => None,
                }));
            }
        }
    }
    calls
}

/// Tells that a path such as `/_emulator/armed/1?x=y` is one of `/_emulator/armed/{armed_id}`.
fn fits(path: &str, template: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let parameter = |segment: &str| segment.starts_with('{');
    path.split('/').count() == template.split('/').count()
        && path.split('/').zip(template.split('/')).all(|(a, b)| a == b || parameter(b))
}

#[actix_web::test]
async fn every_call_of_the_emulator_has_an_example() {
    let calls = calls_of_the_examples();
    let described = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    let mut missing = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        for method in methods.filter(|_| path.starts_with("/_emulator/")) {
            let method = method.to_uppercase();
            let is_met = calls.iter().any(|(verb, other)| *verb == method && fits(other, path));
            missing.extend((!is_met).then(|| format!("{method} {path}")));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[actix_web::test]
async fn the_faults_are_those_of_the_description() {
    let page = page("docs/faults.md");
    let listed = [page.section("## Faults of answers"), page.section("## Faults of webhooks")];
    let listed: Vec<&str> = listed.iter().flat_map(|text| Page::first_cells(text)).collect();
    let described = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    let fault = &described["components"]["schemas"]["Fault"]["oneOf"];
    let name = |variant: &Value| match variant["required"][0].as_str() {
        Some(name) => name.to_owned(),
        None => variant["const"].as_str().unwrap().to_owned(),
    };
    let described: Vec<String> = fault.as_array().unwrap().iter().map(name).collect();
    assert_eq!(listed, described);
}
