//! The life of a recurrent link: weekly refreshes, changes, and what ends it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{CURP, RECEIVER, app, app_with};

/// A scenario whose person changes jobs twice and whose credentials are refused after 366 days.
fn eventful_year() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let scenario = json!({
        "name": "eventful_year",
        "description": "Two job changes, then the credentials are refused",
        "when": {"curp": "YEAR900101MXXXXX00"},
        "login": {"accept": {
            "data": {"generate": {"status": "EMPLOYED", "employers": [2, 2]}},
            "later": [
                {"event": "load"},
                {"event": "webhook"},
                {"after": "100d", "event": "new_job"},
                {"after": "100d", "event": "new_job"},
                {"after": "172d", "event": {"refuse_logins": {
                    "status": 400,
                    "code": "login_error",
                    "message": "Invalid credentials provided to login to the institution",
                }}},
            ],
        }},
    });
    std::fs::write(directory.path().join("year.json"), scenario.to_string()).unwrap();
    directory
}

/// The bytes of the webhooks of a year and a fortnight, in steps of so many days.
async fn a_year(step_days: i64) -> Vec<Vec<u8>> {
    let scenarios = eventful_year();
    let flags = ["--scenarios", scenarios.path().to_str().unwrap(), "--webhook-url", RECEIVER];
    let app = app_with(&flags).await;
    let fields = json!({"access_mode": "recurrent"});
    let link = app.create_link_with("YEAR900101MXXXXX00", fields).await.id();
    let mut sent = Vec::new();
    for _ in 0..385 / step_days {
        app.advance(TimeDelta::days(step_days));
        sent.extend(app.send_webhooks().into_iter().map(|webhook| webhook.bytes));
    }
    let path = format!("/api/links/{link}/");
    let end = app.get(&path).await;
    assert_eq!(end.ok()["status"], "invalid");
    // 53 refreshes worked, the last of them on day 371; the one on day 378 was refused.
    assert_eq!(end.ok()["last_accessed_at"], "2027-03-07T12:00:15.000000Z");
    assert_eq!(app.retrieve(&link).await.problem(400).0, "invalid_link");
    let record = app.records_of(&link).await["results"][0].clone();
    let spells = record["employment_records"].as_array().unwrap();
    let days: Vec<_> =
        spells.iter().map(|spell| (&spell["start_date"], &spell["end_date"])).collect();
    let (day_100, day_200) = (json!("2026-06-09"), json!("2026-09-17"));
    let (ended_100, ended_200) = (json!("2026-06-08"), json!("2026-09-16"));
    assert_eq!(*days[1].1, ended_100, "a job ends the day before the next begins");
    assert_eq!(days[2..], [(&day_100, &ended_200), (&day_200, &Value::Null)]);
    sent.push(end.body);
    sent.push(app.get("/api/employment-records/").await.body);
    sent
}

#[actix_web::test]
async fn a_year_of_a_recurrent_link_is_the_same_to_the_byte_in_any_steps() {
    let by_the_week = a_year(7).await;
    let codes: Vec<String> = by_the_week
        .iter()
        .filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok())
        .filter_map(|body| Some(body["webhook_code"].as_str()?.to_owned()))
        .collect();
    assert_eq!(codes.first().unwrap(), "historical_update");
    assert_eq!(codes.last().unwrap(), "invalid_credentials");
    assert!(codes[1..codes.len() - 1].iter().all(|code| code == "employment_changes"), "{codes:?}");
    for days in [1, 5, 77, 385] {
        assert_eq!(a_year(days).await, by_the_week, "{days}");
    }
}

#[actix_web::test]
async fn changes_of_job_and_salary_are_told_by_the_next_refresh() {
    let app = app().await;
    let fields = json!({"access_mode": "recurrent", "external_id": "user-1"});
    let link = app.create_link_with("MOVE900101MXXXXX00", fields).await.id();
    let mut told = Vec::new();
    app.advance(TimeDelta::seconds(15));
    for week in 1..=22 {
        app.advance(TimeDelta::days(7));
        for sent in app.send_webhooks() {
            let body = sent.body();
            if body["webhook_code"] == "historical_update" {
                continue;
            }
            assert_eq!(body["webhook_type"], "EMPLOYMENT_RECORDS");
            assert_eq!(body["process_type"], "recurrent_update");
            assert_eq!(body["external_id"], "user-1");
            told.push((week, body["data"].clone()));
        }
    }
    let changes = |names: &[&str]| json!({"employment_changes": names});
    let scenario: Vec<_> = told.iter().filter(|(week, _)| *week > 5).cloned().collect();
    assert_eq!(
        scenario,
        [
            (8, changes(&["SALARY_INCREASED"])),
            (15, changes(&["UNEMPLOYED"])),
            (22, changes(&["EMPLOYED", "SALARY_INCREASED"])),
        ],
        "{told:?}"
    );
    let record = app.records_of(&link).await["results"][0].clone();
    let spells = record["employment_records"].as_array().unwrap();
    let [.., lost, new] = spells.as_slice() else { panic!("{spells:?}") };
    assert_eq!(lost["end_date"], "2026-06-09");
    assert_eq!((&new["start_date"], &new["end_date"]), (&json!("2026-07-29"), &Value::Null));
}

#[actix_web::test]
async fn a_change_at_the_moment_of_a_refresh_is_told_by_it_and_one_after_it_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = json!({
        "name": "same_day",
        "description": "Earns more at the first refresh, and loses the job a second later",
        "when": {"curp": "SAME900101MXXXXX00"},
        "login": {"accept": {
            "data": {"generate": {"status": "EMPLOYED", "employers": [1, 1]}},
            "later": [
                {"event": "load"},
                {"after": "7d", "event": "raise"},
                {"after": "1s", "event": "job_loss"},
            ],
        }},
    });
    std::fs::write(directory.path().join("same_day.json"), scenario.to_string()).unwrap();
    let flags = ["--scenarios", directory.path().to_str().unwrap(), "--webhook-url", RECEIVER];
    let app = app_with(&flags).await;
    let fields = json!({"access_mode": "recurrent"});
    let link = app.create_link_with("SAME900101MXXXXX00", fields).await.id();
    let status = async || {
        let record = app.records_of(&link).await["results"][0].clone();
        record["personal_data"]["entitlements"]["status"].clone()
    };
    let told = || -> Vec<Value> {
        app.send_webhooks().iter().map(|sent| sent.body()["data"].clone()).collect()
    };
    app.advance(TimeDelta::seconds(15));
    assert!(told().is_empty(), "the scenario has no step that announces the load");
    app.advance(TimeDelta::days(7));
    assert_eq!(told(), [json!({"employment_changes": ["SALARY_INCREASED"]})]);
    app.advance(TimeDelta::seconds(1));
    assert!(told().is_empty());
    assert_eq!(status().await, "EMPLOYED", "as read before the change");
    app.advance(TimeDelta::days(7));
    assert_eq!(told(), [json!({"employment_changes": ["UNEMPLOYED"]})]);
    assert_eq!(status().await, "UNEMPLOYED");
}

#[actix_web::test]
async fn a_refresh_without_news_is_silent_and_brings_the_record_up_to_date() {
    let app = app().await;
    let link =
        app.create_link_with("RETI550101HXXXXX00", json!({"access_mode": "recurrent"})).await.id();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
    let before = app.records_of(&link).await["results"][0].clone();
    app.advance(TimeDelta::days(7));
    assert!(app.send_webhooks().is_empty());
    let after = app.records_of(&link).await["results"][0].clone();
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["collected_at"], "2026-03-08T12:00:15.000000Z");
}

#[actix_web::test]
async fn a_refresh_that_needs_a_token_says_so_and_waits() {
    let app = app().await;
    let link =
        app.create_link_with("MFAS900101HXXXXX00", json!({"access_mode": "recurrent"})).await.id();
    app.advance(TimeDelta::seconds(15) + TimeDelta::days(7));
    let sent: Vec<Value> = app.send_webhooks().iter().map(|sent| sent.body()).collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1]["webhook_type"], "LINK");
    assert_eq!(sent[1]["webhook_code"], "token_required");
    assert_eq!(
        sent[1]["data"],
        json!({
            "error_code": "token_required",
            "error_message": "A MFA token is required by the institution to login",
            "status": 428,
        })
    );
    let status = app.get(&format!("/api/links/{link}/")).await.ok()["status"].clone();
    assert_eq!(status, "token_required");
    app.advance(TimeDelta::days(70));
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn a_refused_refresh_makes_the_link_invalid_and_says_so() {
    let app = app().await;
    let link =
        app.create_link_with("GONE900101HXXXXX00", json!({"access_mode": "recurrent"})).await.id();
    app.advance(TimeDelta::seconds(15) + TimeDelta::days(7));
    let sent: Vec<Value> = app.send_webhooks().iter().map(|sent| sent.body()).collect();
    assert_eq!(sent[1]["webhook_code"], "invalid_credentials");
    assert_eq!(
        sent[1]["data"],
        json!({
            "error_code": "login_error",
            "error_message": "Invalid credentials provided to login to the institution",
            "status": 400,
        })
    );
    assert_eq!(app.get(&format!("/api/links/{link}/")).await.ok()["status"], "invalid");
}

#[actix_web::test]
async fn an_institution_that_is_down_is_tried_again_the_next_week() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = json!({
        "name": "down_later",
        "description": "The institution is down for good",
        "when": {"curp": "DOWN900101MXXXXX00"},
        "login": {"accept": {
            "data": {"generate": {"status": "EMPLOYED", "employers": [1, 1]}},
            "later": [{"event": "load"}, {"event": {"refuse_logins": {
                "status": 400, "code": "institution_down", "message": "down"}}}],
        }},
    });
    std::fs::write(directory.path().join("down.json"), scenario.to_string()).unwrap();
    let flags = ["--scenarios", directory.path().to_str().unwrap(), "--webhook-url", RECEIVER];
    let app = app_with(&flags).await;
    let fields = json!({"access_mode": "recurrent"});
    let link = app.create_link_with("DOWN900101MXXXXX00", fields).await.id();
    let path = format!("/api/links/{link}/");
    app.advance(TimeDelta::seconds(15) + TimeDelta::days(35));
    assert!(app.send_webhooks().is_empty());
    assert_eq!(app.get(&path).await.ok()["status"], "valid");
    app.advance(TimeDelta::days(7));
    assert_eq!(app.get(&path).await.ok()["status"], "invalid", "six failures");
}

/// Current employments are on request, at extra cost: an account that does not ask has none.
#[actix_web::test]
async fn resources_on_request_are_not_loaded_unasked() {
    let app = app().await;
    let imss = "imss_mx_employment";
    let loads_current = [
        (json!({"institution": imss, "access_mode": "recurrent", "fetch_resources": null}), false),
        (json!({"institution": imss, "fetch_resources": ["EMPLOYMENT_RECORDS"]}), false),
        (json!({"institution": imss, "fetch_resources": ["CURRENT_EMPLOYMENTS"]}), true),
    ];
    for (fields, asks) in loads_current {
        let link = app.create_link_with(CURP, fields.clone()).await.id();
        app.advance(TimeDelta::seconds(15));
        let of = |sent: &[crate::app::Sent]| {
            let types = sent.iter().map(|sent| sent.body()["webhook_type"].clone());
            types.filter(|kind| kind == "CURRENT_EMPLOYMENTS").count()
        };
        assert_eq!(of(&app.send_webhooks()), usize::from(asks), "{fields}");
        app.post(&format!("/api/links/{link}/refresh/"), json!({})).await.accepted();
        app.advance(TimeDelta::seconds(15));
        let refreshed = app.send_webhooks();
        assert_eq!(of(&refreshed), usize::from(asks), "the refresh of {fields}");
        assert!(refreshed.iter().any(|sent| sent.body()["webhook_type"] == "EMPLOYMENT_RECORDS"));
        app.delete(&format!("/api/links/{link}/")).await.no_content();
    }
}

#[actix_web::test]
async fn single_links_are_never_refreshed() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::days(364));
    assert_eq!(app.send_webhooks().len(), 1);
    let record = app.records_of(&link).await["results"][0].clone();
    assert_eq!(record["collected_at"], "2026-03-01T12:00:15.000000Z");
}
