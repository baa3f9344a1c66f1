//! `belvo-emulator scenarios show NAME --expand`: what it shows is what the API serves.

use std::fs;
use std::time::Duration;

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, app_with};
use crate::process::{Finished, run};

/// The flags with which the command and the API show the same people on the same day.
const FLAGS: [&str; 4] = ["--seed", "7", "--careers-as-of", "2026-03-01"];

fn expand(arguments: &[&str]) -> Finished {
    run(&[&["scenarios", "show", "--expand"], arguments, &FLAGS].concat())
}

/// A time of the output, such as `1m 5s`.
fn time(text: &Value) -> TimeDelta {
    let time: Duration = humantime::parse_duration(text.as_str().unwrap()).unwrap();
    TimeDelta::from_std(time).unwrap()
}

/// A text of JSON without the blanks and line breaks between its tokens.
fn compact(text: &str) -> String {
    let (mut is_inside, mut is_escaped) = (false, false);
    let is_kept = |letter: &char| {
        let is_quote = *letter == '"' && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        is_inside ^= is_quote;
        is_inside || is_quote || !letter.is_whitespace()
    };
    text.chars().filter(is_kept).collect()
}

/// The value at a place such as `[0].employment_records[1].end_date`; null where there is none.
fn value_at<'v>(value: &'v Value, place: &str) -> &'v Value {
    let steps = place.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps.fold(value, |value, step| match step.parse::<usize>() {
        Ok(number) => &value[number],
        Err(_) => &value[step],
    })
}

/// The scenarios whose login is accepted, with a token or without.
fn accepted() -> Vec<(String, Option<String>)> {
    let listed = run(&["scenarios", "--format", "json"]).json();
    let rows = listed.as_array().unwrap().iter().filter(|row| row["profiles"].is_number());
    let rows = rows.map(|row| {
        let curp = row["curp"].as_str().map(str::to_owned);
        (row["name"].as_str().unwrap().to_owned(), curp)
    });
    rows.collect()
}

#[actix_web::test]
async fn it_shows_the_bytes_that_the_api_serves() {
    let scenarios = accepted();
    assert!(scenarios.len() > 10, "{scenarios:?}");
    let mut changes_seen = 0;
    for (name, curp) in scenarios {
        let shown = expand(&[&name]);
        let expanded = shown.json();
        let curp = curp.as_deref().unwrap_or(CURP);
        assert_eq!((&expanded["scenario"], &expanded["curp"]), (&json!(name), &json!(curp)));
        let app = app_with(&FLAGS).await;
        app.log_in_as("my-id", "my-password");
        let mut body = json!({
            "institution": expanded["institution"], "username": curp, "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        });
        if name == "token_required" {
            body["token"] = "123456".into();
        }
        let request = app.request(Method::POST, "/api/links/");
        let request = request.insert_header(("X-Emulator-Scenario", name.as_str()));
        let link = app.call(request.set_json(body)).await.created()["id"].clone();
        let scheduled = expanded["scheduled"].as_array().unwrap();
        let mut passed = TimeDelta::zero();
        let mut is_loaded = false;
        for task in scheduled {
            app.advance(time(&task["after"]) - passed);
            passed = time(&task["after"]);
            if task["what"] == "load" && !is_loaded {
                is_loaded = true;
                let served = app.get("/api/employment-records/").await;
                let served = String::from_utf8(served.body).unwrap();
                let (_, results) = served.split_once("\"results\":").unwrap();
                let records = format!("\"records\":{},", results.strip_suffix('}').unwrap());
                assert!(compact(&shown.stdout).contains(&records), "{name}: {}", shown.stdout);
            }
            for change in task["changes"].as_array().unwrap() {
                changes_seen += 1;
                let body = json!({"link": link, "save_data": false});
                let read = app.post("/api/employment-records/", body).await;
                let read: Value = serde_json::from_slice(&read.body).unwrap();
                assert_eq!(*value_at(&read, change["key"].as_str().unwrap()), change["after"]);
            }
        }
        let has_records = expanded["records"].as_array().is_some_and(|all| !all.is_empty());
        assert_eq!(has_records, is_loaded && name != "no_records", "{name}");
    }
    assert!(changes_seen > 10, "{changes_seen}");
}

#[test]
fn a_step_shows_what_it_changes_and_nothing_else() {
    let expanded = expand(&["job_changes"]).json();
    let scheduled = expanded["scheduled"].as_array().unwrap();
    let keys = |what: &str| -> Vec<String> {
        let task = scheduled.iter().find(|task| task["what"] == what).unwrap();
        let changes = task["changes"].as_array().unwrap().iter();
        changes.map(|change| change["key"].as_str().unwrap().to_owned()).collect()
    };
    assert!(keys("load").is_empty() && keys("webhook").is_empty());
    let raised = keys("raise");
    assert!(raised.iter().any(|key| key.ends_with(".most_recent_base_salary")), "{raised:?}");
    assert!(!raised.iter().any(|key| key.ends_with(".end_date")), "{raised:?}");
    assert!(keys("job_loss").iter().any(|key| key.ends_with(".end_date")));
    let places = |key: &String| key.matches('.').count() == 1 && key.ends_with(']');
    assert!(keys("new_job").iter().any(places), "{:?}", keys("new_job"));
}

#[test]
fn refusals_are_shown_at_the_login_and_at_a_later_reading() {
    let refused = expand(&["nss_not_found"]).json();
    assert_eq!(refused["refusal"]["status"], 400);
    assert_eq!(refused["refusal"]["body"][0]["code"], "login_error");
    assert_eq!((&refused["records"], &refused["scheduled"]), (&json!([]), &json!([])));
    for (name, what, status) in
        [("refused_later", "refuse_logins", 400), ("token_later", "ask_token", 428)]
    {
        let expanded = expand(&[name]).json();
        assert_eq!(expanded["refusal"], Value::Null);
        let task = &expanded["scheduled"][0];
        assert_eq!((&task["what"], &task["refusal"]["status"]), (&json!(what), &json!(status)));
    }
    let notes = expand(&["token_required"]).json()["notes"].to_string();
    assert!(notes.contains("428 until it has the token \\\"123456\\\""), "{notes}");
}

#[test]
fn a_file_is_shown_with_all_that_follows_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ana.belvo.json");
    let scenario = json!({
        "name": "ana", "description": "d", "when": {"curp": "PELA900512MXXXXX00"},
        "login": {"accept": {
            "data": {"records": [{
                "personal_data": {"first_name": "ANA", "last_name": "PEREZ LOPEZ"},
                "employment_records": [
                    {"employer": "ACME", "start_date": "-2y", "most_recent_base_salary": 600},
                ],
            }]},
            "later": [{"event": "load"}, {"after": "30d", "event": "raise"}],
        }},
    });
    fs::write(&path, scenario.to_string()).unwrap();
    let (path, folder) = (path.to_str().unwrap(), folder.path().to_str().unwrap());
    let shown = expand(&[path]);
    assert_eq!(shown.stderr, format!("{path}\n"));
    for other in [expand(&["ana", "--scenarios", folder]), expand(&[path, "--scenarios", folder])] {
        assert_eq!(other.stdout, shown.stdout, "{}", other.stderr);
    }
    let expanded = shown.json();
    let record = &expanded["records"][0];
    assert_eq!(record["personal_data"]["official_name"], "ANA PEREZ LOPEZ");
    assert_eq!(record["social_security_summary"]["weeks_contributed"], 104);
    let spell = &record["employment_records"][0];
    assert_eq!(
        (&spell["start_date"], &spell["monthly_salary"]),
        (&json!("2024-03-01"), &json!(18250.0))
    );
    let raise = expanded["scheduled"][1]["changes"].to_string();
    assert!(raise.contains("\"after\":648.0,\"before\":600.0"), "{raise}");
    let another = expand(&[path, "--curp", "BLPM951331IONVGR54"]).json();
    assert_eq!(another["curp"], "BLPM951331IONVGR54");
    assert_eq!(another["records"][0]["internal_identification"], "BLPM951331IONVGR54");

    assert_eq!(run(&["scenarios", "show", path]).stdout, scenario.to_string());
    fs::write(path, scenario.to_string().replace("\"ACME\"", "7")).unwrap();
    let wrong = expand(&[path]);
    assert_eq!((wrong.code, &*wrong.stdout), (2, ""));
    assert!(wrong.stderr.contains("wrong_type") && wrong.stderr.contains(path), "{}", wrong.stderr);
}

#[test]
fn what_a_person_cannot_have_is_noted() {
    let expanded = expand(&["retired", "--curp", "MINE980101MXXXXX00"]).json();
    let notes = expanded["notes"].to_string();
    assert!(notes.contains("nobody has a pension before 60"), "{notes}");
}

#[test]
fn what_cannot_be_shown_is_refused() {
    for (arguments, sentence) in [
        (vec!["employd", "--expand"], "Did you mean \"employed\"?"),
        (vec!["nowhere/employed.json", "--expand"], "cannot read nowhere/employed.json"),
        (vec!["employed", "--seed", "7"], "--seed has no effect without --expand"),
        (vec!["employed", "--careers-as-of", "2026-03-01"], "--careers-as-of has no effect"),
        (vec!["employed", "--curp", CURP], "--expand"),
        (vec!["employed", "--expand", "--seed", "1..3"], "--seed 1..3: only"),
        (
            vec!["employed", "--expand", "--clock", "skip"],
            "--clock has no effect on scenarios show",
        ),
    ] {
        let refused = run(&[&["scenarios", "show"], &arguments[..]].concat());
        assert_eq!((refused.code, &*refused.stdout), (2, ""), "{arguments:?}");
        assert!(refused.stderr.contains(sentence), "{arguments:?}: {}", refused.stderr);
    }
}
