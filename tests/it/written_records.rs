//! Records that a scenario file writes out, of which it leaves out what follows from the rest.

use std::fs;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::app_with;

const CURP: &str = "PELA900512MXXXXX00";

/// A folder with a scenario that has this record.
fn folder(record: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scenario = json!({
        "$schema": "./belvo.schema.json", "name": "ana", "description": "d",
        "when": {"curp": CURP}, "login": {"accept": {"data": {"records": [record]}}},
    });
    fs::write(folder.path().join("ana.belvo.json"), scenario.to_string()).unwrap();
    folder
}

fn two_jobs() -> Value {
    json!({
        "personal_data": {"first_name": "ANA", "last_name": "PEREZ LOPEZ"},
        "employment_records": [
            {"employer": "BETA", "employer_id": "B1234567890", "start_date": "-5y",
             "end_date": "-2y", "most_recent_base_salary": 310.5},
            {"employer": "ACME", "employer_id": "A1234567890", "start_date": "-104w",
             "most_recent_base_salary": 600},
        ],
    })
}

/// The record as it is served on 1 March 2026, and a year later.
async fn served(record: &Value, institution: &str) -> [Value; 2] {
    let folder = folder(record);
    let app = app_with(&["--scenarios", folder.path().to_str().unwrap()]).await;
    let fields = json!({
        "institution": institution, "access_mode": "recurrent", "username2": "ana@example.com",
    });
    let link = app.create_link_with(CURP, fields).await.id();
    app.advance(TimeDelta::days(1));
    let first = app.records_of(&link).await["results"][0].clone();
    app.advance(TimeDelta::days(364));
    [first, app.records_of(&link).await["results"][0].clone()]
}

#[actix_web::test]
async fn what_is_left_out_follows_from_the_rest() {
    let [record, later] = served(&two_jobs(), "planet_mx_employment").await;
    let person = &record["personal_data"];
    assert_eq!(person["official_name"], "ANA PEREZ LOPEZ");
    assert_eq!(
        (&person["birth_date"], &person["email"]),
        (&json!("1990-05-12"), &json!("ana@example.com"))
    );
    assert_eq!(
        person["entitlements"],
        json!({
            "entitled_to_health_insurance": true, "entitled_to_company_benefits": true,
            "valid_until": null, "status": "EMPLOYED",
        })
    );
    let documents = person["document_ids"].as_array().unwrap();
    assert_eq!((documents.len(), &documents[0]["document_type"]), (2, &json!("NSS")));
    assert_eq!(documents[0]["document_number"].as_str().unwrap().len(), 11);
    assert_eq!(documents[1], json!({"document_type": "CURP", "document_number": CURP}));
    let [old, present] = [0, 1].map(|place| record["employment_records"][place].clone());
    assert_eq!(
        (&old["start_date"], &old["end_date"]),
        (&json!("2021-03-01"), &json!("2024-03-01"))
    );
    assert_eq!((&old["weeks_employed"], &old["currency"]), (&json!(156), &json!("MXN")));
    assert_eq!(old["monthly_salary"], 9444.38);
    let update =
        |event: &str, day: &str| json!({"event": event, "base_salary": 310.5, "update_date": day});
    let updates =
        json!([update("HIRED", "2021-03-01"), update("DISMISSED_RESIGNED", "2024-03-01")]);
    assert_eq!(old["employment_status_updates"], updates);
    assert_eq!(
        (&present["start_date"], &present["end_date"]),
        (&json!("2024-03-03"), &Value::Null)
    );
    assert_eq!(present["weeks_employed"], 104);
    let weeks = json!({"weeks_redeemed": 0, "weeks_reinstated": 0, "weeks_contributed": 260});
    assert_eq!(record["social_security_summary"], weeks);
    assert_eq!(
        (&record["employment_scores"], &record["salary_estimation"]),
        (&Value::Null, &Value::Null)
    );
    // The days do not move with the account's time, and the present job goes on.
    assert_eq!(later["employment_records"][1]["start_date"], "2024-03-03");
    assert_eq!(later["employment_records"][1]["weeks_employed"], 156);
    assert_eq!(later["social_security_summary"]["weeks_contributed"], 312);
}

#[actix_web::test]
async fn weeks_with_two_jobs_count_once() {
    let job = |employer: &str| json!({"employer": employer, "start_date": "-104w", "most_recent_base_salary": 600});
    let record = json!({"employment_records": [job("BETA"), job("ACME")]});
    let [record, _] = served(&record, "planet_mx_employment").await;
    assert_eq!(record["social_security_summary"]["weeks_contributed"], 104);
}

#[actix_web::test]
async fn records_of_the_issste_have_its_forms() {
    let [record, _] = served(&two_jobs(), "issste_mx_employment").await;
    assert_eq!(record["social_security_summary"], Value::Null);
    let spell = &record["employment_records"][1];
    assert_eq!(spell["monthly_salary"], 18000.0);
    assert_eq!(spell["employment_status_updates"][0]["event"], "NORMAL");
    let rfc = &record["personal_data"]["document_ids"][0];
    assert_eq!(rfc["document_type"], "RFC");
    assert!(rfc["document_number"].as_str().unwrap().starts_with("PELA900512"), "{rfc}");
}

#[actix_web::test]
async fn null_stays_null_and_what_is_written_stays_as_it_is() {
    let record = json!({
        "personal_data": {
            "official_name": null, "birth_date": null, "email": null,
            "entitlements": {"valid_until": "+7d", "status": null},
            "document_ids": [{"document_type": "NSS", "document_number": null}],
        },
        "social_security_summary": null,
        "employment_records": [
            {"employer": "BETA", "start_date": "2020-01-31", "end_date": "-1m",
             "weeks_employed": 1, "monthly_salary": 5, "currency": "USD",
             "employment_status_updates": [{"base_salary": 310.5, "update_date": "-3m"}]},
            {"employer": "GAMMA", "start_date": "2020-01-31", "end_date": "2020-02-29",
             "most_recent_base_salary": 100, "employment_status_updates": null},
        ],
    });
    let [record, _] = served(&record, "planet_mx_employment").await;
    let person = &record["personal_data"];
    for key in ["official_name", "first_name", "last_name", "birth_date", "email"] {
        assert_eq!(person[key], Value::Null, "{key}");
    }
    assert_eq!(person["entitlements"]["valid_until"], "2026-03-08");
    assert_eq!(person["entitlements"]["status"], Value::Null);
    assert_eq!(person["entitlements"]["entitled_to_health_insurance"], true);
    assert_eq!(person["document_ids"], json!([{"document_type": "NSS", "document_number": null}]));
    assert_eq!(record["social_security_summary"], Value::Null);
    let spell = &record["employment_records"][0];
    assert_eq!((&spell["end_date"], &spell["weeks_employed"]), (&json!("2026-02-01"), &json!(1)));
    assert_eq!((&spell["monthly_salary"], &spell["currency"]), (&json!(5.0), &json!("USD")));
    assert_eq!(spell["most_recent_base_salary"], 310.5);
    let update = json!({"event": null, "base_salary": 310.5, "update_date": "2025-12-01"});
    assert_eq!(spell["employment_status_updates"], json!([update]));
    assert_eq!(record["employment_records"][1]["employment_status_updates"], Value::Null);
}

#[actix_web::test]
async fn a_person_whose_jobs_have_ended_is_insured_for_eight_weeks() {
    let job = |end: &str| {
        json!({"employment_records": [
            {"employer": "BETA", "start_date": "-3y", "end_date": end, "most_recent_base_salary": 310},
        ]})
    };
    for (end, until, is_insured) in [("-8w", "2026-03-01", true), ("-9w", "2026-02-22", false)] {
        let folder = folder(&job(end));
        let app = app_with(&["--scenarios", folder.path().to_str().unwrap()]).await;
        let link = app.create_link(CURP).await.id();
        app.advance(TimeDelta::hours(1));
        let record = app.records_of(&link).await["results"][0].clone();
        assert_eq!(
            record["personal_data"]["entitlements"],
            json!({
                "entitled_to_health_insurance": is_insured, "entitled_to_company_benefits": false,
                "valid_until": until, "status": "UNEMPLOYED",
            })
        );
    }
}
