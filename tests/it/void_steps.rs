//! A step of a scenario that changes nothing is an error of its file; one that changes written
//! records does so.

use std::fs;

use belvo_emulator::Config;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{RECEIVER, app_with};

const PERSON: &str = "STEP900101HXXXXX00";

fn scenario(data: &Value, later: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let text = format!(
        "{{\"name\": \"steps\", \"description\": \"d\", \"when\": {{\"curp\": \"{PERSON}\"}},\n\
         \"login\": {{\"accept\": {{\"data\": {data},\n\"later\": [\n{later}\n]}}}}}}"
    );
    fs::write(directory.path().join("steps.json"), text).unwrap();
    directory
}

fn generated(status: &str) -> Value {
    json!({"generate": {"status": status, "employers": [1, 2]}})
}

/// A record that is written out, with one job.
fn written(end_date: &Value) -> Value {
    json!({"records": [{
        "personal_data": {
            "official_name": "ANA PEREZ", "first_name": "ANA", "last_name": "PEREZ",
            "birth_date": "1990-01-01", "email": null, "document_ids": [],
            "entitlements": {
                "entitled_to_health_insurance": true, "entitled_to_company_benefits": true,
                "valid_until": null, "status": "EMPLOYED",
            },
        },
        "social_security_summary": null,
        "employment_records": [{
            "employer": "Acme", "employer_id": "A1234567890", "start_date": "2020-01-01",
            "end_date": end_date, "weeks_employed": 300, "state": null,
            "most_recent_base_salary": 100.0, "monthly_salary": 3041.67, "currency": "MXN",
            "employment_status_updates": [
                {"event": "HIRED", "base_salary": 100.0, "update_date": "2020-01-01"},
            ],
        }],
        "employment_scores": null,
        "salary_estimation": null,
    }]})
}

#[test]
fn a_step_that_changes_nothing_is_an_error_of_the_file() {
    let (load, raise) = (r#"{"event": "load"}"#, r#"{"event": "raise"}"#);
    let (loss, new) = (r#"{"event": "job_loss"}"#, r#"{"event": "new_job"}"#);
    let (employed, jobless) = (generated("EMPLOYED"), generated("UNEMPLOYED"));
    let no_job = "the person has no job at that time.";
    for (data, later, place, says) in [
        (
            &jobless,
            format!("{load},\n{loss}"),
            "5:11",
            format!("job_loss changes nothing here: {no_job}"),
        ),
        (
            &jobless,
            format!("{load},\n{raise}"),
            "5:11",
            format!("raise changes nothing here: {no_job}"),
        ),
        (&generated("RETIRED"), format!("{load},\n{loss}"), "5:11", no_job.into()),
        (&employed, format!("{load},\n{loss},\n{loss}"), "6:11", no_job.into()),
        (
            &employed,
            raise.to_owned(),
            "4:11",
            "raise changes nothing here: no load stands before".into(),
        ),
        (
            &employed,
            format!("{raise},\n{load}"),
            "4:11",
            "put {\"event\": \"load\"} before it".into(),
        ),
        (&employed, format!("{load},\n{new},\n{raise}"), "6:11", "the job has just begun.".into()),
        (&written(&json!("2024-01-31")), format!("{load},\n{loss}"), "5:11", no_job.into()),
        (
            &json!({"records": []}),
            format!("{load},\n{new}"),
            "5:11",
            "there is no record that".into(),
        ),
    ] {
        let directory = scenario(data, &later);
        let flags = ["--scenarios".into(), directory.path().as_os_str().to_owned()];
        let Err(sentence) = Config::from_flags(flags) else { panic!("accepted: {data} {later}") };
        let place = format!("--> {}/steps.json:{place}\n", directory.path().display());
        assert!(sentence.contains(&place), "{sentence}");
        assert!(sentence.contains(&says), "{sentence}");
    }
}

#[test]
fn steps_that_change_something_are_accepted() {
    for (data, later) in [
        (
            generated("UNEMPLOYED"),
            r#"{"event": "load"}, {"event": "new_job"}, {"after": "1d", "event": "job_loss"}"#,
        ),
        (
            generated("EMPLOYED"),
            r#"{"event": "load"}, {"event": "raise"}, {"event": "job_loss"}, {"event": "new_job"}"#,
        ),
        (written(&Value::Null), r#"{"event": "load"}, {"event": "raise"}"#),
        (generated("EMPLOYED"), r#"{"event": "webhook"}, {"event": "load"}"#),
    ] {
        let directory = scenario(&data, later);
        let flags = ["--scenarios".into(), directory.path().as_os_str().to_owned()];
        assert!(Config::from_flags(flags).is_ok(), "{later}");
    }
}

#[actix_web::test]
async fn a_person_loses_all_jobs_generated_changed_or_written_out() {
    let generate = json!({"status": "EMPLOYED", "concurrent_jobs": 2});
    let job = |employer: &str| json!({"employer": employer, "start_date": "-2y", "most_recent_base_salary": 600});
    let changed = json!({"personal_data": {"first_name": "ANA"}});
    let later = r#"{"event": "load"}, {"after": "30d", "event": "job_loss"}"#;
    for data in [
        json!({"generate": generate}),
        json!({"generate": generate, "override": changed}),
        json!({"records": [{"employment_records": [job("BETA"), job("ACME")]}]}),
    ] {
        let directory = scenario(&data, later);
        let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
        let link = app.create_link_with(PERSON, json!({"access_mode": "recurrent"})).await.id();
        let present_jobs = async || {
            let record = app.records_of(&link).await["results"][0].clone();
            let spells = record["employment_records"].as_array().unwrap();
            let open = spells.iter().filter(|spell| spell["end_date"].is_null()).count();
            (open, record["personal_data"]["entitlements"]["status"].clone())
        };
        app.advance(TimeDelta::days(1));
        assert_eq!(present_jobs().await, (2, json!("EMPLOYED")), "{data}");
        app.advance(TimeDelta::days(40));
        assert_eq!(present_jobs().await, (0, json!("UNEMPLOYED")), "{data}");
    }
}

#[actix_web::test]
async fn steps_change_records_that_are_written_out() {
    let later = r#"{"event": "load"}, {"event": "webhook"}, {"after": "50d", "event": "raise"},
        {"after": "50d", "event": "job_loss"}, {"after": "50d", "event": "new_job"}"#;
    let directory = scenario(&written(&Value::Null), later);
    let flags = ["--scenarios", directory.path().to_str().unwrap(), "--webhook-url", RECEIVER];
    let app = app_with(&flags).await;
    let link = app.create_link_with(PERSON, json!({"access_mode": "recurrent"})).await.id();
    app.advance(TimeDelta::days(1));
    app.send_webhooks();
    let read = async || app.records_of(&link).await["results"][0].clone();
    assert_eq!(read().await["employment_records"].as_array().unwrap().len(), 1);
    let changes = |sent: &[crate::app::Sent]| -> Vec<Value> {
        sent.iter().map(|sent| sent.body()["data"]["employment_changes"].clone()).collect()
    };

    app.advance(TimeDelta::days(60));
    assert_eq!(changes(&app.send_webhooks()), [json!(["SALARY_INCREASED"])]);
    let job = read().await["employment_records"][0].clone();
    assert_eq!(job["most_recent_base_salary"], 108.0);
    assert_eq!(job["monthly_salary"], 3285.0);
    let updates = job["employment_status_updates"].as_array().unwrap();
    assert_eq!(updates.last().unwrap()["event"], "SALARY_MODIFICATION");
    assert_eq!(updates.last().unwrap()["update_date"], "2026-04-20");

    app.advance(TimeDelta::days(50));
    assert_eq!(changes(&app.send_webhooks()), [json!(["UNEMPLOYED"])]);
    let life = read().await;
    assert_eq!(life["employment_records"][0]["end_date"], "2026-06-09");
    assert_eq!(life["personal_data"]["entitlements"]["status"], "UNEMPLOYED");
    assert_eq!(life["personal_data"]["entitlements"]["valid_until"], "2026-08-04");

    app.advance(TimeDelta::days(50));
    assert_eq!(changes(&app.send_webhooks()), [json!(["EMPLOYED", "SALARY_INCREASED"])]);
    let life = read().await;
    assert_eq!(life["employment_records"].as_array().unwrap().len(), 2);
    assert_eq!(life["employment_records"][1]["end_date"], Value::Null);
    assert_eq!(life["personal_data"]["entitlements"]["status"], "EMPLOYED");
}
