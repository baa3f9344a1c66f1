//! Retrieving data: employment records and current employments.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, app, app_with, start};

const RECORDS: &str = "/api/employment-records/";
const CURRENT: &str = "/api/mx/current-employments/";
const UNKNOWN: &str = "74c01cb4-edf1-44d6-8876-b1dc2aebcb14";

#[actix_web::test]
async fn post_employment_records_201_is_an_array_at_once_and_the_same_record_again() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let first = app.retrieve(&link).await.created();
    assert_eq!(first.as_array().unwrap().len(), 1);
    assert_eq!(first[0]["link"], link);
    assert_eq!(app.records_of(&link).await["results"], first);
    app.advance(TimeDelta::hours(1));
    let second = app.retrieve(&link).await.created();
    assert_eq!(
        (&second[0]["id"], &second[0]["created_at"]),
        (&first[0]["id"], &first[0]["created_at"])
    );
    assert_eq!(second[0]["collected_at"], "2026-03-01T13:00:00.000000Z");
    assert_eq!(app.records_of(&link).await["count"], 1);
    let link = app.get(&format!("/api/links/{link}/")).await.ok();
    assert_eq!(link["last_accessed_at"], "2026-03-01T13:00:00.000000Z");
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn a_client_can_retrieve_before_the_webhook_and_delete() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.retrieve(&link).await.created();
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    app.advance(TimeDelta::days(1));
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn post_employment_records_200_stores_nothing_without_save_data() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    for no in [json!(false), json!("false"), json!(0)] {
        let records = app.post(RECORDS, json!({"link": link, "save_data": no})).await.ok();
        assert_eq!(records[0]["internal_identification"], CURP);
        let id = records[0]["id"].as_str().unwrap();
        app.get(&format!("{RECORDS}{id}/")).await.not_found();
    }
    assert_eq!(app.records_of(&link).await["count"], 0);
}

#[actix_web::test]
async fn post_employment_records_202_sends_the_webhook_with_its_request_id() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let request = app.request(Method::POST, RECORDS).set_json(json!({"link": link}));
    let answer = app.call(request.insert_header(("X-Belvo-Request-Mode", "async"))).await;
    let request_id = answer.accepted();
    assert_eq!(app.records_of(&link).await["count"], 0);
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].request_id(), request_id);
    assert_eq!(sent[0].body()["link_id"], link);
    assert_eq!(app.records_of(&link).await["count"], 1);
}

#[actix_web::test]
async fn attach_pdf_brings_a_file_whose_value_is_null_as_in_the_sandbox() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let records = app.post(RECORDS, json!({"link": link, "attach_pdf": true})).await.created();
    let file = json!([{"type": "ReporteSemanasCotizadas_010326", "value": null}]);
    assert_eq!(records[0]["files"], file);
    assert_eq!(app.records_of(&link).await["results"][0]["files"], file);
    assert_eq!(app.retrieve(&link).await.created()[0]["files"], json!([]));
}

#[actix_web::test]
async fn post_employment_records_400_names_what_is_wrong() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    let cases = [
        (json!({}), "required", Some("link"), "This field is required.".to_owned()),
        (json!({"link": null}), "null", Some("link"), "This field may not be null.".into()),
        (json!({"link": "x"}), "invalid", Some("link"), "x is not a valid UUID.".into()),
        (json!({"link": 7}), "invalid", Some("link"), "7 is not a valid UUID.".into()),
        (
            json!({"link": UNKNOWN}),
            "does_not_exist",
            Some("link"),
            format!("Object with id={UNKNOWN} does not exist."),
        ),
        (
            json!({"link": link, "save_data": "maybe"}),
            "invalid",
            Some("save_data"),
            "Must be a valid boolean.".into(),
        ),
        (
            json!({"link": link, "attach_pdf": [1]}),
            "invalid",
            Some("attach_pdf"),
            "Must be a valid boolean.".into(),
        ),
    ];
    for (body, code, field, message) in cases {
        let problem = app.post(RECORDS, body.clone()).await.problem(400);
        assert_eq!(problem, (code.to_owned(), field.map(str::to_owned), message), "{body}");
    }
}

#[actix_web::test]
async fn no_records_are_an_empty_array() {
    let app = app().await;
    let link =
        app.create_link_with("NONE000101MXXXXX00", json!({"fetch_resources": []})).await.id();
    assert_eq!(app.retrieve(&link).await.created(), json!([]));
    let unemployed = app.post(CURRENT, json!({"link": link})).await.created();
    assert_eq!(unemployed[0]["status"], "UNEMPLOYED");
}

#[actix_web::test]
async fn later_logins_count_too_where_the_curp_asks_for_it() {
    let app = app().await;
    let fields = json!({"fetch_resources": []});
    let link = app.create_link_with("FAIL403001HXXXXX00", fields).await.id();
    for _ in 0..2 {
        app.retrieve(&link).await.created();
    }
    assert_eq!(app.retrieve(&link).await.problem(403).0, "forbidden_by_host");
    app.advance(TimeDelta::days(1));
    app.retrieve(&link).await.created();
}

#[actix_web::test]
async fn fields_and_omit_keep_and_drop_keys_of_the_first_level() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let path = format!("{RECORDS}?fields=id,personal_data,nothing&omit=id");
    let records = app.post(&path, json!({"link": link})).await.created();
    assert_eq!(keys(&records[0]), ["personal_data"]);
    assert!(records[0]["personal_data"]["entitlements"].is_object());
    let id = app.records_of(&link).await["results"][0]["id"].as_str().unwrap().to_owned();
    let detail = app.get(&format!("{RECORDS}{id}/?fields=id,link")).await.ok();
    assert_eq!(keys(&detail), ["id", "link"]);
    let page = app.get("/api/links/?fields=id&omit=").await.ok();
    assert_eq!(page["count"], 1);
    assert_eq!(page["results"], json!([{"id": link}]));
    let whole = app.get("/api/links/?fields=&omit=").await.ok();
    assert_eq!(keys(&whole["results"][0]).len(), 13);
    let most = app.get(&format!("/api/links/{link}/?omit=id,status")).await.ok();
    assert_eq!(keys(&most).len(), 11);
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[actix_web::test]
async fn current_employments_post_201_when_new_and_200_when_known() {
    let app = app().await;
    let fields = json!({"institution": "imss_mx_employment", "fetch_resources": []});
    let link = app.create_link_with(CURP, fields).await.id();
    let first = app.post(CURRENT, json!({"link": link})).await.created();
    let current = &first[0];
    assert_eq!(
        keys(current).join(" "),
        "collected_at created_at current_employment_records id internal_identification link month \
         personal_data status"
    );
    assert_eq!((&current["month"], &current["status"]), (&json!("2026-03"), &json!("EMPLOYED")));
    assert_eq!(current["internal_identification"], CURP);
    assert_eq!(
        keys(&current["personal_data"]).join(" "),
        "birth_date document_ids first_name last_name official_name"
    );
    let job = &current["current_employment_records"][0];
    assert_eq!(
        keys(job).join(" "),
        "base_salary days_employed employer employer_id employer_rfc monthly_salary state"
    );
    assert_eq!(job["days_employed"], 1);
    let record = app.retrieve(&link).await.created()[0].clone();
    let spell = record["employment_records"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(job["employer"], spell["employer"]);
    assert_eq!(job["monthly_salary"], spell["monthly_salary"]);
    assert_eq!(job["employer_rfc"].as_str().unwrap().chars().count(), 12);

    app.advance(TimeDelta::days(10));
    let second = app.post(CURRENT, json!({"link": link})).await.ok();
    assert_eq!(second[0]["id"], current["id"]);
    assert_eq!(second[0]["current_employment_records"][0]["days_employed"], 11);
    let unsaved = app.post(CURRENT, json!({"link": link, "save_data": false})).await.ok();
    assert_eq!(unsaved[0]["collected_at"], second[0]["collected_at"]);
}

#[actix_web::test]
async fn current_employments_of_the_unemployed_have_nulls() {
    let app = app().await;
    let fields = json!({"fetch_resources": []});
    let link = app.create_link_with("IDLE900101HXXXXX00", fields).await.id();
    let current = app.post(CURRENT, json!({"link": link})).await.created()[0].clone();
    assert_eq!(current["status"], "UNEMPLOYED");
    for key in ["month", "internal_identification", "current_employment_records"] {
        assert!(current[key].is_null(), "{key}");
    }
}

#[actix_web::test]
async fn current_employments_list_detail_and_delete() {
    let app = app().await;
    let fields = json!({"fetch_resources": []});
    let link = app.create_link_with(CURP, fields).await.id();
    let current = app.post(CURRENT, json!({"link": link})).await.created()[0].clone();
    let id = current["id"].as_str().unwrap();
    for query in [format!("link={link}"), format!("id={id}"), format!("id__in={id},{UNKNOWN}")] {
        let page = app.get(&format!("{CURRENT}?{query}")).await.ok();
        assert_eq!(page["results"], json!([current]), "{query}");
    }
    assert_eq!(app.get(&format!("{CURRENT}?link={UNKNOWN}")).await.ok()["count"], 0);
    let ignored = app.get(&format!("{CURRENT}?internal_identification=x&fields=id")).await.ok();
    assert_eq!(ignored["results"], json!([current]), "no such parameters here");
    let path = format!("{CURRENT}{id}/");
    assert_eq!(app.get(&path).await.ok(), current);
    app.delete(&path).await.no_content();
    app.get(&path).await.not_found();
    app.delete(&path).await.not_found();
}

#[actix_web::test]
async fn current_employments_are_refused_for_issste() {
    let app = app().await;
    let fields = json!({"institution": "issste_mx_employment", "fetch_resources": []});
    let link = app.create_link_with(CURP, fields).await.id();
    let message = "The resource you are trying to access is not supported by this institution";
    let problem = app.post(CURRENT, json!({"link": link})).await.problem(400);
    assert_eq!(problem, ("unsupported_operation".into(), None, message.into()));
    app.post(CURRENT, json!({"link": "x"})).await.problem(400);
}

#[actix_web::test]
async fn current_employments_are_loaded_and_announced_when_a_link_names_them() {
    let app = app().await;
    let resources = json!(["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"]);
    let fields = json!({"institution": "imss_mx_employment", "fetch_resources": resources});
    let link = app.create_link_with(CURP, fields).await.id();
    app.advance(TimeDelta::seconds(15));
    let sent: Vec<Value> = app.send_webhooks().iter().map(|sent| sent.body()).collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1]["webhook_type"], "CURRENT_EMPLOYMENTS");
    assert_eq!(sent[1]["webhook_code"], "historical_update");
    assert_eq!(sent[1]["data"], json!({"total_current_employments": 1}));
    assert_ne!(sent[0]["webhook_id"], sent[1]["webhook_id"]);
    assert_eq!(app.get(&format!("{CURRENT}?link={link}")).await.ok()["count"], 1);
}

#[actix_web::test]
async fn a_deleted_link_takes_its_current_employments_with_it() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    app.post(CURRENT, json!({"link": link})).await.created();
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    assert_eq!(app.get(CURRENT).await.ok()["count"], 0);
}

/// A person whose first job began long ago, whose second has an end to come, and whose third begins
/// in a month.
#[actix_web::test]
async fn jobs_that_have_not_begun_are_no_current_employments_and_count_no_days() {
    let spell = |employer: &str, start: &str, end: Value| {
        json!({
            "employer": employer, "employer_id": null, "start_date": start, "end_date": end,
            "weeks_employed": 0, "state": null, "most_recent_base_salary": 100.5,
            "monthly_salary": 3056.88, "currency": "MXN", "employment_status_updates": null,
        })
    };
    let entitlements = json!({
        "entitled_to_health_insurance": true, "entitled_to_company_benefits": true,
        "valid_until": null, "status": "EMPLOYED",
    });
    let personal_data = json!({
        "official_name": null, "first_name": null, "last_name": null, "birth_date": null,
        "email": null, "entitlements": entitlements, "document_ids": [],
    });
    let record = json!({
        "personal_data": personal_data,
        "social_security_summary": null,
        "employment_records": [
            spell("Past", "2020-01-01", json!("2025-12-31")),
            spell("Leaves", "2026-02-27", json!("2026-03-20")),
            spell("Begins", "2026-04-01", Value::Null),
        ],
        "employment_scores": null,
        "salary_estimation": null,
    });
    let scenario = json!({
        "name": "changes_jobs",
        "description": "Leaves one job and begins another",
        "when": {"curp": "JOBS900101MXXXXX00"},
        "login": {"accept": {"data": {"records": [record]}}},
    });
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("jobs.json"), scenario.to_string()).unwrap();
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    let imss = json!({"institution": "imss_mx_employment", "fetch_resources": []});
    let link = app.create_link_with("JOBS900101MXXXXX00", imss).await.id();
    for (day, jobs) in [(1, vec![("Leaves", 1)]), (21, vec![]), (41, vec![("Begins", 10)])] {
        app.set_clock(json!({"now": start() + TimeDelta::days(day - 1)})).await;
        let unsaved = app.post(CURRENT, json!({"link": link, "save_data": false})).await.ok();
        let shown = &unsaved[0]["current_employment_records"];
        let shown = shown.as_array().into_iter().flatten();
        let shown: Vec<(&str, u64)> = shown
            .map(|job| (job["employer"].as_str().unwrap(), job["days_employed"].as_u64().unwrap()))
            .collect();
        assert_eq!(shown, jobs, "day {day}");
    }
}
