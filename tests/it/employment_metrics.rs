//! Employment metrics: the calls, the webhook, and what becomes of them.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, Sent, app, app_with};

const METRICS: &str = "/api/employment-metrics/";
const UNKNOWN: &str = "74c01cb4-edf1-44d6-8876-b1dc2aebcb14";
const KEYS: &str = "age average_monthly_salary_1y average_monthly_salary_3y \
                    average_monthly_salary_5y base_salary_last collected_at created_at \
                    current_employer_count current_status decreases_1y decreases_3y decreases_5y \
                    decreases_after_change decreases_last_job decreases_overall employer_count \
                    employers_per_year id increases_1y increases_3y increases_5y \
                    increases_after_change increases_last_job increases_overall link \
                    max_monthly_salary_1y max_monthly_salary_3y max_monthly_salary_5y \
                    max_weeks_between_jobs min_monthly_salary_1y min_monthly_salary_3y \
                    min_monthly_salary_5y reference_date unique_employer_count updated_at \
                    weeks_between_jobs weeks_employed_last_job weeks_employed_total \
                    weeks_since_last_job weeks_with_multiple_employers yearly_change_1y \
                    yearly_change_3y yearly_change_5y";

fn keys(value: &Value) -> String {
    value.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn imss(fetch_resources: Value) -> Value {
    json!({"institution": "imss_mx_employment", "fetch_resources": fetch_resources})
}

#[actix_web::test]
async fn post_employment_metrics_201_is_one_object_and_the_same_one_again() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    app.retrieve(&link).await.created();
    app.advance(TimeDelta::hours(1));
    let first = app.post(METRICS, json!({"link": link})).await.created();
    assert_eq!(keys(&first), KEYS);
    assert_eq!(first["link"], link);
    assert_eq!(first["reference_date"], Value::Null);
    assert_eq!(first["collected_at"], "2026-03-01T12:00:00.000000Z", "of the records");
    assert_eq!(first["created_at"], "2026-03-01T13:00:00.000000Z");
    assert_eq!(first["updated_at"], "2026-03-01T13:00:00.000000Z");
    assert_eq!(app.get(METRICS).await.ok()["results"], json!([first]));
    let path = format!("{METRICS}{}/", first["id"].as_str().unwrap());
    assert_eq!(app.get(&path).await.ok(), first);
    app.advance(TimeDelta::days(7));
    assert_eq!(app.get(&path).await.ok(), first, "what is computed stays");
    let second = app.post(METRICS, json!({"link": link})).await.created();
    assert_eq!((&second["id"], &second["created_at"]), (&first["id"], &first["created_at"]));
    assert_eq!(second["collected_at"], first["collected_at"]);
    assert_eq!(second["updated_at"], "2026-03-08T13:00:00.000000Z");
    let weeks = |metrics: &Value| metrics["weeks_employed_total"].as_f64().unwrap();
    assert!((weeks(&second) - weeks(&first) - 1.0).abs() < 1e-9, "a week later");
    assert_eq!(app.get(METRICS).await.ok()["count"], 1);
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn post_employment_metrics_200_stores_nothing_without_save_data() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    app.retrieve(&link).await.created();
    let shown = app.post(METRICS, json!({"link": link, "save_data": false})).await.ok();
    assert_eq!(keys(&shown), KEYS);
    app.get(&format!("{METRICS}{}/", shown["id"].as_str().unwrap())).await.not_found();
    assert_eq!(app.get(METRICS).await.ok()["count"], 0);
}

#[actix_web::test]
async fn a_reference_date_is_shown_and_the_figures_are_as_of_it() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    let record = app.retrieve(&link).await.created()[0].clone();
    let first_day = record["employment_records"][0]["start_date"].as_str().unwrap();
    let body = json!({"link": link, "reference_date": first_day});
    let metrics = app.post(METRICS, body).await.created();
    assert_eq!(metrics["reference_date"], first_day);
    assert_eq!(
        (&metrics["employer_count"], &metrics["weeks_employed_total"]),
        (&json!(1), &json!(0.0))
    );
    assert_eq!(app.get(METRICS).await.ok()["results"], json!([metrics]));
    let body = json!({"link": link, "reference_date": "1900-01-01"});
    let metrics = app.post(METRICS, body).await.created();
    assert_eq!((&metrics["employer_count"], &metrics["age"]), (&json!(0), &json!(0)));
    let body = json!({"link": link, "reference_date": null});
    assert_eq!(app.post(METRICS, body).await.created()["reference_date"], Value::Null);
}

#[actix_web::test]
async fn post_employment_metrics_400_names_what_is_wrong() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    let date = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
    for (body, code, field, message) in [
        (json!({}), "required", "link", "This field is required."),
        (json!({"link": "x"}), "invalid", "link", "x is not a valid UUID."),
        (
            json!({"link": UNKNOWN}),
            "does_not_exist",
            "link",
            "Object with id=74c01cb4-edf1-44d6-8876-b1dc2aebcb14 does not exist.",
        ),
        (json!({"link": link, "save_data": 7}), "invalid", "save_data", "Must be a valid boolean."),
        (json!({"link": link, "reference_date": "2023-02-30"}), "invalid", "reference_date", date),
        (json!({"link": link, "reference_date": "01/03/2023"}), "invalid", "reference_date", date),
        (
            json!({"link": link, "reference_date": "+12023-03-01"}),
            "invalid",
            "reference_date",
            date,
        ),
        (json!({"link": link, "reference_date": "2023-3-1"}), "invalid", "reference_date", date),
        (json!({"link": link, "reference_date": "0000-03-01"}), "invalid", "reference_date", date),
        (json!({"link": link, "reference_date": 20230301}), "invalid", "reference_date", date),
        (json!({"link": link, "reference_date": ""}), "invalid", "reference_date", date),
    ] {
        let problem = app.post(METRICS, body.clone()).await.problem(400);
        assert_eq!(problem, (code.into(), Some(field.into()), message.into()), "{body}");
    }
}

#[actix_web::test]
async fn metrics_are_refused_for_issste_and_allowed_for_the_sandbox() {
    let app = app().await;
    let body = json!({"institution": "issste_mx_employment", "fetch_resources": []});
    let link = app.create_link_with(CURP, body).await.id();
    app.retrieve(&link).await.created();
    let message = "The resource you are trying to access is not supported by this institution";
    let problem = app.post(METRICS, json!({"link": link})).await.problem(400);
    assert_eq!(problem, ("unsupported_operation".into(), None, message.into()));
    let sandbox = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    app.retrieve(&sandbox).await.created();
    app.post(METRICS, json!({"link": sandbox})).await.created();

    for (institution, supported) in [
        ("planet_mx_employment", "EMPLOYMENT_RECORDS, OWNERS"),
        ("issste_mx_employment", "EMPLOYMENT_RECORDS, OWNERS"),
    ] {
        let body = json!({"institution": institution, "fetch_resources": ["EMPLOYMENT_METRICS"]});
        let problem = app.create_link_with(CURP, body).await.problem(400);
        let message = format!("The institution only supports the following resources: {supported}");
        assert_eq!(problem, ("invalid".into(), Some("resources".into()), message));
    }
}

#[actix_web::test]
async fn post_employment_metrics_404_without_records_says_so_in_the_explanation() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    let answer = app.post(METRICS, json!({"link": link})).await;
    answer.not_found();
    let request_id = answer.headers.get("X-Request-Id").unwrap().to_str().unwrap();
    let explained = app.get(&format!("/_emulator/requests/{request_id}")).await.ok();
    assert_eq!(
        explained["notes"],
        json!([format!(
            "link {link} has no employment records to compute metrics from; POST \
             /api/employment-records/ retrieves them"
        )])
    );
    let nobody = app.create_link_with("NONE000101MXXXXX00", imss(json!([]))).await.id();
    assert_eq!(app.retrieve(&nobody).await.created(), json!([]));
    app.post(METRICS, json!({"link": nobody})).await.not_found();

    // A record that is deleted is no longer counted, and without any there is nothing to compute.
    let id = app.retrieve(&link).await.created()[0]["id"].as_str().unwrap().to_owned();
    app.post(METRICS, json!({"link": link})).await.created();
    app.delete(&format!("/api/employment-records/{id}/")).await.no_content();
    app.post(METRICS, json!({"link": link})).await.not_found();
    assert_eq!(app.get(METRICS).await.ok()["count"], 1, "what was computed is there");
}

#[actix_web::test]
async fn no_login_is_made_for_metrics() {
    let app = app().await;
    let fields = json!({"institution": "imss_mx_employment", "credentials_storage": "nostore"});
    let link = app.create_link_with(CURP, fields).await.id();
    app.advance(TimeDelta::minutes(1));
    assert_eq!(app.send_webhooks().len(), 1);
    app.retrieve(&link).await.problem(404);
    app.post(METRICS, json!({"link": link})).await.created();
    let shown = app.get(&format!("/api/links/{link}/")).await.ok();
    assert_eq!(shown["last_accessed_at"], "2026-03-01T12:00:15.000000Z", "that of the load");
}

#[actix_web::test]
async fn metrics_are_loaded_after_the_records_and_announced() {
    let app = app().await;
    let all = ["EMPLOYMENT_METRICS", "CURRENT_EMPLOYMENTS", "OWNERS", "EMPLOYMENT_RECORDS"];
    let link = app.create_link_with(CURP, imss(json!(all))).await.id();
    app.advance(TimeDelta::seconds(15));
    let sent: Vec<Value> = app.send_webhooks().iter().map(Sent::body).collect();
    let types: Vec<&str> = sent.iter().map(|sent| sent["webhook_type"].as_str().unwrap()).collect();
    assert_eq!(types, all.iter().copied().rev().collect::<Vec<_>>());
    assert_eq!(sent[3]["webhook_code"], "historical_update");
    assert_eq!(sent[3]["process_type"], "historical_update");
    assert_eq!(sent[3]["data"], json!({"total_employment_metrics": 1}));
    let loaded = app.get(&format!("{METRICS}?link={link}")).await.ok()["results"][0].clone();
    let computed = app.post(METRICS, json!({"link": link})).await.created();
    assert_eq!(computed, loaded, "at the same moment");
}

#[actix_web::test]
async fn metrics_alone_bring_their_records_without_a_webhook_of_their_own() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!(["EMPLOYMENT_METRICS"]))).await.id();
    app.advance(TimeDelta::seconds(15));
    let types: Vec<String> = app.send_webhooks().iter().map(Sent::webhook_type).collect();
    assert_eq!(types, ["EMPLOYMENT_METRICS"]);
    assert_eq!(app.records_of(&link).await["count"], 1);
    assert_eq!(app.get(METRICS).await.ok()["count"], 1);

    let nobody = app.create_link_with("NONE000101MXXXXX00", imss(json!(["EMPLOYMENT_METRICS"])));
    let nobody = nobody.await.id();
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent[0].body()["data"], json!({"total_employment_metrics": 0}));
    assert_eq!(app.get(&format!("{METRICS}?link={nobody}")).await.ok()["count"], 0);
}

#[actix_web::test]
async fn what_is_on_request_is_loaded_only_for_links_that_name_it() {
    let app = app().await;
    let fields = json!({
        "institution": "imss_mx_employment", "access_mode": "recurrent", "fetch_resources": [],
    });
    let link = app.create_link_with(CURP, fields).await.id();
    app.advance(TimeDelta::days(8));
    let usual = ["EMPLOYMENT_RECORDS", "OWNERS"];
    let types = |sent: Vec<Sent>| sent.iter().map(Sent::webhook_type).collect::<Vec<_>>();
    assert_eq!(types(app.send_webhooks()), usual);
    app.post(&format!("/api/links/{link}/refresh/"), json!({})).await.accepted();
    app.advance(TimeDelta::minutes(15));
    assert_eq!(types(app.send_webhooks()), usual);
    assert_eq!(app.get(METRICS).await.ok()["count"], 0);
    let refresh = json!({"fetch_resources": ["EMPLOYMENT_METRICS"]});
    app.post(&format!("/api/links/{link}/refresh/"), refresh).await.accepted();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(types(app.send_webhooks()), ["EMPLOYMENT_METRICS"]);
    let named = json!({"fetch_resources": ["EMPLOYMENT_METRICS"]});
    app.patch(&format!("/api/links/{link}/"), named).await.ok();
    app.advance(TimeDelta::minutes(15));
    app.post(&format!("/api/links/{link}/refresh/"), json!({})).await.accepted();
    app.advance(TimeDelta::seconds(15));
    let all = ["EMPLOYMENT_RECORDS", "OWNERS", "EMPLOYMENT_METRICS"];
    assert_eq!(types(app.send_webhooks()), all);
}

/// The person gets a raise, loses the job and has a better one.
#[actix_web::test]
async fn metrics_of_a_recurrent_link_follow_its_refreshes() {
    let app = app().await;
    let fields = json!({
        "institution": "imss_mx_employment", "access_mode": "recurrent",
        "fetch_resources": ["EMPLOYMENT_RECORDS", "EMPLOYMENT_METRICS"],
    });
    app.create_link_with("MOVE900101MXXXXX00", fields).await.created();
    let mut seen = Vec::new();
    for days in [1, 60, 50, 50] {
        app.advance(TimeDelta::days(days));
        app.send_webhooks();
        seen.push(app.get(METRICS).await.ok()["results"][0].clone());
    }
    let of = |key: &str| seen.iter().map(|one| one[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("current_status"), ["EMPLOYED", "EMPLOYED", "UNEMPLOYED", "EMPLOYED"]);
    let number = |value: &Value| value.as_f64().unwrap();
    let [before, raised, lost, better] = &seen[..] else { panic!("four readings") };
    assert!(number(&raised["base_salary_last"]) > number(&before["base_salary_last"]));
    assert!(number(&raised["increases_overall"]) > number(&before["increases_overall"]));
    assert!(number(&lost["weeks_since_last_job"]) > 0.0);
    assert_eq!(number(&better["weeks_since_last_job"]), 0.0);
    assert_eq!(number(&better["employer_count"]), number(&before["employer_count"]) + 1.0);
    assert_eq!(better["id"], before["id"]);
}

#[actix_web::test]
async fn lists_filter_by_link_and_id() {
    let app = app().await;
    let mut all = Vec::new();
    for curp in [CURP, "LOLJ970312MBSPPN08", "LONG700101MXXXXX00"] {
        let link = app.create_link_with(curp, imss(json!([]))).await.id();
        app.retrieve(&link).await.created();
        all.push(app.post(METRICS, json!({"link": link})).await.created());
    }
    let text = |place: usize, key: &str| all[place][key].as_str().unwrap();
    for (query, found) in [
        (String::new(), vec![2, 1, 0]),
        (format!("link={}", text(1, "link")), vec![1]),
        (format!("link__in={},{UNKNOWN}", text(0, "link")), vec![0]),
        (format!("id={}", text(2, "id")), vec![2]),
        (format!("id__in={},{}", text(2, "id"), text(0, "id")), vec![2, 0]),
        (format!("link={UNKNOWN}"), vec![]),
        ("page=2&page_size=2".to_owned(), vec![0]),
        ("created_at=1999-01-01&unknown=1".to_owned(), vec![2, 1, 0]),
    ] {
        let page = app.get(&format!("{METRICS}?{query}")).await.ok();
        let expected: Vec<&Value> = found.iter().map(|place| &all[*place]).collect();
        assert_eq!(page["results"], json!(expected), "{query}");
    }
    let kept = app.get(&format!("{METRICS}?fields=age,id&omit=id")).await.ok();
    assert_eq!(keys(&kept["results"][0]), "age");
    for query in ["link=x", "id=x"] {
        app.get(&format!("{METRICS}?{query}")).await.problem(400);
    }
    app.get(&format!("{METRICS}?page=9")).await.problem(404);
    app.call(app.request(Method::PATCH, METRICS)).await.problem(405);
}

#[actix_web::test]
async fn metrics_go_when_they_are_deleted_with_their_link_and_when_they_are_stale() {
    let app = app_with(&[]).await;
    let mut fields = imss(json!(["EMPLOYMENT_METRICS"]));
    fields["stale_in"] = json!("3d");
    let link = app.create_link_with(CURP, fields).await.id();
    app.advance(TimeDelta::minutes(1));
    let id = app.get(METRICS).await.ok()["results"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{METRICS}{id}/");
    app.delete(&path).await.no_content();
    app.get(&path).await.not_found();
    app.delete(&path).await.not_found();
    app.get(&format!("{METRICS}nope/")).await.not_found();
    let again = app.post(METRICS, json!({"link": link})).await.created();
    assert_ne!(again["id"], id, "an id is never given twice");
    app.advance(TimeDelta::days(3));
    assert_eq!(app.get(METRICS).await.ok()["count"], 0);
    app.retrieve(&link).await.created();
    app.post(METRICS, json!({"link": link})).await.created();
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    assert_eq!(app.get(METRICS).await.ok()["count"], 0);
}

#[actix_web::test]
async fn snapshots_forks_and_resets_know_metrics() {
    let app = app_with(&[]).await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    app.retrieve(&link).await.created();
    let body = json!({"link": link, "reference_date": "2024-02-29"});
    app.post(METRICS, body).await.created();
    let before = app.get(METRICS).await.ok();
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    app.post("/_emulator/fork", json!({"credentials": "fork:keys"})).await.no_content();
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(app.get(METRICS).await.ok()["count"], 0);
    app.put("/_emulator/snapshot", snapshot.clone()).await.ok();
    assert_eq!(app.get(METRICS).await.ok(), before);
    app.log_in_as("fork", "keys");
    assert_eq!(app.get(METRICS).await.ok(), before);

    let metrics = "/account/employment_metrics/0/calculation";
    let record = snapshot["account"]["employment_records"][0]["number"].clone();
    assert_eq!(record, 0);
    for (place, value, says) in [
        (metrics, Value::Null, "Metrics have a calculation."),
        ("/account/employment_metrics/0/calculation/profiles", json!([1]), "in order"),
        ("/account/employment_metrics/0/calculation/profiles", json!([]), "in order"),
        ("/account/employment_metrics/0/calculation/profiles", json!([0, 0]), "in order"),
        (
            "/account/employment_metrics/0/calculation/reference_date",
            json!("-0044-03-15"),
            "years 1 to 9999",
        ),
    ] {
        let mut spoilt = snapshot.clone();
        *spoilt.pointer_mut(place).unwrap() = value;
        let (code, field, message) = app.put("/_emulator/snapshot", spoilt).await.problem(400);
        assert_eq!((&*code, field.as_deref()), ("invalid", Some("account.employment_metrics[0]")));
        assert!(message.contains(says), "{place}: {message}");
    }
    let mut misplaced = snapshot.clone();
    let calculation = misplaced.pointer(metrics).unwrap().clone();
    misplaced["account"]["employment_records"][0]["calculation"] = calculation;
    let (_, field, message) = app.put("/_emulator/snapshot", misplaced).await.problem(400);
    assert_eq!(field.as_deref(), Some("account.employment_records[0]"));
    assert!(message.contains("Only metrics have a calculation."), "{message}");
}

#[actix_web::test]
async fn a_triggered_webhook_counts_the_metrics_of_the_link() {
    let app = app().await;
    let link = app.create_link_with(CURP, imss(json!([]))).await.id();
    app.retrieve(&link).await.created();
    let trigger = json!({
        "link": link, "webhook_type": "EMPLOYMENT_METRICS", "webhook_code": "historical_update",
    });
    for count in 0..2 {
        app.post("/_emulator/webhooks/trigger", trigger.clone()).await.created();
        let sent = app.send_webhooks();
        assert_eq!(sent[0].body()["data"], json!({"total_employment_metrics": count}));
        app.post(METRICS, json!({"link": link})).await.created();
    }
}
