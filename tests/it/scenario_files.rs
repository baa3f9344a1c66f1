//! Scenario files: the built-in ones, the user's, and the errors of those who write them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use belvo_emulator::Config;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{CURP, app_with};
use crate::process::run;

/// A directory with scenario files.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

#[track_caller]
fn start_up_error(files: &[(&str, &str)]) -> String {
    let directory = directory(files);
    let flags = ["--scenarios".into(), directory.path().as_os_str().to_owned()];
    let Err(sentence) = Config::from_flags(flags) else { panic!("the files were accepted") };
    sentence.replace(&directory.path().display().to_string(), "DIR")
}

#[test]
fn every_file_is_built_in_and_named_after_its_scenario() {
    let listed = run(&["scenarios", "--format", "json"]).json();
    let listed: HashSet<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|scenario| scenario["name"].as_str().unwrap().to_owned())
        .collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files: HashSet<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, files);
}

/// Real CURPs name a real state; the reserved ones cannot be anybody's.
#[test]
fn no_reserved_curp_can_be_a_persons() {
    for scenario in run(&["scenarios", "--format", "json"]).json().as_array().unwrap() {
        if let Some(curp) = scenario["curp"].as_str() {
            assert_eq!(&curp[11..13], "XX", "{curp}");
        }
    }
}

#[test]
fn the_list_as_json_has_the_documented_keys() {
    let rows = run(&["scenarios", "--format", "json"]).json();
    let row = |name: &str| {
        rows.as_array().unwrap().iter().find(|row| row["name"] == name).cloned().unwrap()
    };
    assert_eq!(
        row("nss_not_found"),
        json!({
            "name": "nss_not_found",
            "description": "IMSS does not know the NSS",
            "curp": "FAIL400002HXXXXX00",
            "rule": null,
            "source": "IMSS",
            "status": 400,
            "code": "login_error",
            "message": "El NSS no fue localizado en el IMSS",
            "profiles": null,
        })
    );
    assert_eq!(row("employed")["profiles"], 1);
    assert_eq!(
        (&row("no_records")["profiles"], &row("employed")["status"]),
        (&json!(0), &json!(201))
    );
    assert_eq!(row("daily_login_limit")["rule"], "more than 3 logins within 1d");
    assert_eq!(row("curp_wrong_length")["rule"], "CURP length is not 18");
}

#[test]
fn the_list_as_a_table_has_a_line_for_each_scenario() {
    let table = run(&["scenarios"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 60);
    assert!(lines[0].starts_with("NAME") && lines[0].contains("CURP OR RULE"), "{}", lines[0]);
    assert!(lines[1].contains("any other CURP"), "{}", lines[1]);
    let office = lines.iter().find(|line| line.starts_with("imss_office_visit")).unwrap();
    assert!(
        office.contains("FAIL400008HXXXXX00") && office.contains("400 login_error"),
        "{office}"
    );
}

#[actix_web::test]
async fn a_users_file_adds_or_replaces_by_name() {
    let own = directory(&[
        (
            "added.json",
            r#"{"name": "vip", "description": "Two records, read at once",
                "when": {"curp": "VIPS900101HXXXXX00"},
                "login": {"accept": {
                    "data": {"records": [
                        {"personal_data": {"official_name": null, "first_name": null,
                            "last_name": null, "birth_date": null, "email": null,
                            "entitlements": {"entitled_to_health_insurance": false,
                                "entitled_to_company_benefits": false, "valid_until": null,
                                "status": null},
                            "document_ids": []},
                         "social_security_summary": null,
                         "employment_records": [{"employer": "Acme", "employer_id": null,
                            "start_date": "2020-01-01", "end_date": null, "weeks_employed": 1,
                            "state": null, "most_recent_base_salary": 100.5,
                            "monthly_salary": 3056.88, "currency": "MXN",
                            "employment_status_updates": null}],
                         "employment_scores": null, "salary_estimation": null},
                        {"personal_data": {"official_name": "A B", "first_name": "A",
                            "last_name": "B", "birth_date": "1990-01-01", "email": null,
                            "entitlements": {"entitled_to_health_insurance": true,
                                "entitled_to_company_benefits": true, "valid_until": null,
                                "status": "EMPLOYED"},
                            "document_ids": [{"document_type": "CURP", "document_number": "X"}]},
                         "social_security_summary": null, "employment_records": [],
                         "employment_scores": null, "salary_estimation": null}]},
                    "later": [{"after": "500ms", "event": "load"}]}}}"#,
        ),
        (
            "replaced.json",
            r#"{"name": "institution_down", "description": "Down, and says so in its own words",
                "when": {"curp": "DOWN900101HXXXXX00"},
                "login": {"refuse": {"status": 503, "code": "maintenance", "message": "Vuelva mañana"}}}"#,
        ),
        ("notes.txt", "not a scenario"),
    ]);
    let app = app_with(&["--scenarios", own.path().to_str().unwrap()]).await;
    let link = app.create_link("VIPS900101HXXXXX00").await.id();
    app.advance(TimeDelta::milliseconds(500));
    let records = app.records_of(&link).await;
    assert_eq!(records["count"], 2);
    let employers: Vec<&Value> = records["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|record| record["employment_records"].get(0))
        .collect();
    assert_eq!(employers[0]["employer"], "Acme");
    assert_eq!(employers[0]["collected_at"], "2026-03-01T12:00:00.500000Z");
    assert_eq!(employers[0]["most_recent_base_salary"], 100.5);
    let down = app.create_link("DOWN900101HXXXXX00").await.problem(503);
    assert_eq!(down, ("maintenance".into(), None, "Vuelva mañana".into()));
    // The CURP of the scenario that was replaced is claimed by none.
    let unclaimed = app.create_link("FAIL400011HXXXXX00").await.problem(400);
    assert!(unclaimed.2.starts_with("No scenario claims the CURP FAIL400011HXXXXX00"));
}

#[actix_web::test]
async fn the_default_scenario_can_be_any() {
    let app = app_with(&["--scenario", "institution_down"]).await;
    assert_eq!(app.create_link(CURP).await.problem(400).0, "institution_down");
    app.create_link("LONG700101MXXXXX00").await.created();
}

#[actix_web::test]
async fn the_login_limit_can_be_asked_of_every_curp() {
    let limit = directory(&[(
        "limit.json",
        r#"{"name": "limit", "description": "One login an hour",
            "when": {"rule": {"logins_exceed": {"logins": 1, "within": "1h"}}},
            "login": {"refuse": {"status": 403, "code": "forbidden_by_host", "message": "no"}}}"#,
    )]);
    let app = app_with(&["--scenarios", limit.path().to_str().unwrap()]).await;
    for curp in [CURP, "LONG700101MXXXXX00", "FAIL403001HXXXXX00"] {
        app.create_link(curp).await.created();
        assert_eq!(app.create_link(curp).await.problem(403).2, "no", "{curp}");
    }
    // A CURP that is always refused stays so.
    for _ in 0..2 {
        assert_eq!(app.create_link("FAIL400002HXXXXX00").await.problem(400).0, "login_error");
    }
    app.advance(TimeDelta::hours(1));
    app.create_link(CURP).await.created();
}

#[test]
fn mistakes_are_shown_with_file_line_and_column() {
    let head = r#"{"name": "mine", "description": "d","#;
    let refuse = r#""login": {"refuse": {"status": 400, "code": "c", "message": "m"}}}"#;
    let with_data = |data: &str| format!("{head}\n \"login\": {{\"accept\": {data}}}}}");
    let profile = |profile: &str| with_data(&format!(r#"{{"data": {{"generate": {profile}}}}}"#));
    let cases: Vec<(String, &str, &str)> = vec![
        (
            "{\n  \"name\": \"mine\",\n  \"nam\": 1\n}".into(),
            "3:3",
            "\"nam\" is no key here; the keys are: $schema, description, documented_in, login, name, when.",
        ),
        ("{\n  \"name\": \"mine\",\n}".into(), "2:17", "Delete the comma after the last item."),
        (
            format!("{head}\n \"login\": \"allow\"}}"),
            "2:11",
            "\"allow\" is not among: accept, refuse, ask_token.",
        ),
        (
            format!("{head}\n \"when\": {{\"curp\": \"short\"}}, {refuse}"),
            "2:19",
            "Expected a CURP of 18 characters, which are 4 letters, 6 digits, 6 letters and 2 letters or digits, in upper case, not \"short\".",
        ),
        (
            format!("{head}\n \"when\": {{\"rule\": \"moon_is_full\"}}, {refuse}"),
            "2:19",
            "\"moon_is_full\" is not among: email_belongs_to_another_curp, curp_has_a_link, curp_length_is_not, curp_does_not_match, logins_exceed.",
        ),
        (
            format!(
                "{head}\n \"when\": {{\"rule\": {{\"curp_does_not_match\": \"(\"}}}}, {refuse}"
            ),
            "2:44",
            "This is not a regular expression",
        ),
        (
            format!("{head}\n {}", refuse.replace("400", "200")),
            "2:33",
            "Expected a number from 400 to 599, not 200.",
        ),
        (
            profile(r#"{"status": "BORED", "employers": [1, 2]}"#),
            "2:55",
            "\"BORED\" is not among: EMPLOYED, UNEMPLOYED, RETIRED.",
        ),
        (
            profile(r#"{"status": "EMPLOYED", "employers": [3, 2]}"#),
            "2:80",
            "Expected the fewest and the most, such as [1, 3], from 1 to 40, not [3, 2].",
        ),
        (
            with_data(
                r#"{"data": {"records": []}, "later": [{"after": "soon", "event": "load"}]}"#,
            ),
            "2:68",
            "Expected a duration such as 500ms, 15s, 2m, 24h or 7d, not \"soon\".",
        ),
        (with_data(r#"{"later": []}"#), "2:12", "The key \"data\" is missing."),
        (
            format!("{{\"name\": \"No Good\", \"description\": \"d\", {refuse}"),
            "1:10",
            "Expected lower-case letters, digits and underscores, not \"No Good\".",
        ),
    ];
    for (text, place, expected) in cases {
        let sentence = start_up_error(&[("mine.json", &text)]);
        assert!(sentence.contains(&format!("--> DIR/mine.json:{place}\n")), "{sentence}\n{text}");
        assert!(sentence.contains(expected), "{sentence}\n{text}");
    }
}

#[test]
fn claims_and_names_cannot_clash() {
    let file = |name: &str, curp: &str| {
        format!(
            "{{\"name\": \"{name}\", \"description\": \"d\",\n \"when\": {{\"curp\": \"{curp}\"}},\n \
             \"login\": {{\"refuse\": {{\"status\": 400, \"code\": \"c\", \"message\": \"m\"}}}}}}"
        )
    };
    let taken = start_up_error(&[("mine.json", &file("mine", "FAIL400002HXXXXX00"))]);
    for part in [
        "error[claimed_curp]: The CURP FAIL400002HXXXXX00 already belongs to the scenario \
         \"nss_not_found\" in scenarios/nss_not_found.json.\n --> DIR/mine.json:2:19\n",
        " ::: scenarios/nss_not_found.json:5:21\n",
        "-------------------- first claimed here\n",
        "= help: take another CURP, or replace that scenario by naming this one \"nss_not_found\", or \
         take the CURP from it with \"takes_reserved_curp\": true in \"when\"\n",
        "\n1 error in 1 file",
    ] {
        assert!(taken.contains(part), "{part}\n{taken}");
    }
    let twins = start_up_error(&[
        ("a.json", &file("mine", "MINE900101HXXXXX00")),
        ("b.json", &file("mine", "MINE900102HXXXXX00")),
    ]);
    let says = "\"mine\" is also the name of DIR/a.json.\n --> DIR/b.json:1:10\n";
    assert!(twins.contains(says), "{twins}");
}

/// A scenario that refuses what `when` says.
fn refusing(name: &str, when: &Value) -> String {
    let refusal = json!({"status": 400, "code": name, "message": "m"});
    let login = json!({"refuse": refusal});
    format!(
        "{{\"name\": \"{name}\", \"description\": \"d\",\n \"when\": {when},\n \"login\": {login}}}"
    )
}

#[test]
fn a_reserved_curp_is_taken_on_purpose_only() {
    const RESERVED: &str = "FAIL400002HXXXXX00";
    let rule = "curp_has_a_link";
    let cases = [
        // A rule of one's own does not help: the built-in scenario would still answer the rest.
        (json!({"curp": RESERVED, "rule": rule}), "mine.json:2:18"),
        (json!({"curp": RESERVED, "takes_reserved_curp": false}), "or take the CURP from it with"),
        (
            json!({"curp": "MINE900101HXXXXX00", "takes_reserved_curp": true}),
            "No built-in scenario claims the CURP MINE900101HXXXXX00.",
        ),
        (
            json!({"rule": rule, "takes_reserved_curp": true}),
            "= help: write the key curp beside it",
        ),
        (json!({"curp": RESERVED, "takes_reserved_curp": 1}), "Expected true or false, not 1."),
    ];
    for (when, expected) in cases {
        let sentence = start_up_error(&[("mine.json", &refusing("mine", &when))]);
        assert!(sentence.contains("--> DIR/mine.json:2:"), "{sentence}");
        assert!(sentence.contains(expected), "{sentence}");
    }
    let takes = json!({"curp": RESERVED, "takes_reserved_curp": true});
    let rivals =
        start_up_error(&[("a.json", &refusing("a", &takes)), ("b.json", &refusing("b", &takes))]);
    let says = "The CURP FAIL400002HXXXXX00 already belongs to the scenario \"a\" in DIR/a.json.\n \
                --> DIR/b.json:2:18\n";
    assert!(rivals.contains(says) && !rivals.contains("or take the CURP from it"), "{rivals}");
}

#[actix_web::test]
async fn a_taken_curp_leaves_the_built_in_scenario_its_name() {
    let takes = |curp: &str| json!({"curp": curp, "takes_reserved_curp": true});
    let own = directory(&[
        ("mine.json", &refusing("mine", &takes("FAIL400002HXXXXX00"))),
        ("first.json", &refusing("first", &takes("FAIL403001HXXXXX00"))),
        // Says so of a CURP that it would have anyway, by taking the name.
        ("down.json", &refusing("institution_down", &takes("FAIL400011HXXXXX00"))),
    ]);
    let directory = own.path().to_str().unwrap();
    let app = app_with(&["--scenarios", directory, "--scenario", "nss_not_found"]).await;
    let code = |curp: &'static str| async { app.create_link(curp).await.problem(400).0 };
    assert_eq!(code("FAIL400002HXXXXX00").await, "mine");
    assert_eq!(code("FAIL400011HXXXXX00").await, "institution_down");
    assert_eq!(code(CURP).await, "login_error");
    // The rule of the scenario that lost its CURP holds for no other.
    for _ in 0..4 {
        assert_eq!(code("FAIL403001HXXXXX00").await, "first");
        app.create_link("LONG700101MXXXXX00").await.created();
    }
    let listed = run(&["scenarios", "--scenarios", directory, "--format", "json"]).json();
    let row = |name: &str| {
        listed.as_array().unwrap().iter().find(|row| row["name"] == name).cloned().unwrap()
    };
    assert_eq!(row("nss_not_found")["curp"], Value::Null);
    assert_eq!(row("mine")["curp"], "FAIL400002HXXXXX00");
}

#[test]
fn a_missing_or_empty_directory_and_an_unknown_default_are_named() {
    let missing = Config::from_flags(["--scenarios", "/does/not/exist"]).err().unwrap();
    assert!(missing.starts_with("--scenarios: cannot read /does/not/exist: "), "{missing}");
    let empty = start_up_error(&[]);
    assert_eq!(empty, "--scenarios: there is no *.json file in DIR");
    let unknown = Config::from_flags(["--scenario", "employd"]).err().unwrap();
    let start = "--scenario: No scenario is named \"employd\". Did you mean \"employed\"?";
    assert!(unknown.starts_with(start), "{unknown}");
}
