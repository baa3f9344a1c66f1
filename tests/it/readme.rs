//! The README is checked against what it describes.

use std::fs;
use std::path::Path;

use crate::app::app_with;
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
    let help = run(&["--help"]).stdout;
    let readme = readme();
    let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
    for flag in flags.filter(|flag| !["--help", "--version"].contains(flag)) {
        assert!(readme.contains(&format!("`{flag}")), "{flag}");
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
