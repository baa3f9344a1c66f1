//! Employment records on the wire.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, Sent, app, app_with};

/// The keys of an object, in their order on the wire.
fn keys_on_the_wire(text: &str, value: &Value) -> Vec<String> {
    let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| text.find(&format!("\"{key}\":")).unwrap());
    keys
}

#[actix_web::test]
async fn a_record_has_all_documented_keys_nested_ones_too() {
    let app = app().await;
    for curp in [CURP, "GOVT850101MXXXXX00"] {
        let link = app.create_link(curp).await.id();
        app.advance(TimeDelta::seconds(15));
        app.send_webhooks();
        let listed = app.records_of(&link).await["results"][0].clone();
        let id = listed["id"].as_str().unwrap();
        let answer = app.get(&format!("/api/employment-records/{id}/")).await;
        let record = answer.ok();
        assert_eq!(record, listed);
        let text = String::from_utf8(answer.body).unwrap();
        let top = "id link created_at collected_at report_date days_since_extraction \
                   internal_identification personal_data social_security_summary \
                   employment_records employment_scores salary_estimation files";
        assert_eq!(keys_on_the_wire(&text, &record), top.split_whitespace().collect::<Vec<_>>());
        let keys = |pointer: &str| {
            let object = record.pointer(pointer).unwrap().as_object().unwrap();
            object.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            keys("/personal_data"),
            "birth_date document_ids email entitlements first_name last_name official_name"
        );
        assert_eq!(
            keys("/personal_data/entitlements"),
            "entitled_to_company_benefits entitled_to_health_insurance status valid_until"
        );
        assert_eq!(keys("/personal_data/document_ids/0"), "document_number document_type");
        assert_eq!(
            keys("/employment_records/0"),
            "collected_at currency employer employer_id employment_status_updates end_date \
             monthly_salary most_recent_base_salary start_date state weeks_employed"
        );
        assert_eq!(
            keys("/employment_records/0/employment_status_updates/0"),
            "base_salary event update_date"
        );
        if curp == CURP {
            assert_eq!(
                keys("/social_security_summary"),
                "weeks_contributed weeks_redeemed weeks_reinstated"
            );
            assert_eq!(keys("/employment_scores/0"), "period score version");
            assert_eq!(
                keys("/salary_estimation"),
                "base_salary_estimate currency employment_status_estimate"
            );
        }
    }
}

#[actix_web::test]
async fn records_exist_from_the_moment_the_webhook_is_due() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15) - TimeDelta::microseconds(1));
    assert_eq!(app.records_of(&link).await["count"], 0);
    app.advance(TimeDelta::seconds(1));
    let record = app.records_of(&link).await["results"][0].clone();
    assert_eq!(
        record["created_at"], "2026-03-01T12:00:15.000000Z",
        "the due time, not the present"
    );
    assert_eq!(record["link"], link);
    assert_eq!(record["internal_identification"], CURP);
    let link = app.get(&format!("/api/links/{link}/")).await.ok();
    assert_eq!(link["last_accessed_at"], "2026-03-01T12:00:15.000000Z");
    assert_eq!(link["created_at"], "2026-03-01T12:00:00.000000Z");
    app.send_webhooks();
}

#[actix_web::test]
async fn days_since_extraction_grow_and_the_rest_stays() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
    let fresh = app.records_of(&link).await["results"][0].clone();
    app.advance(TimeDelta::days(42));
    let mut old = app.records_of(&link).await["results"][0].clone();
    assert_eq!(
        (&fresh["days_since_extraction"], &old["days_since_extraction"]),
        (&json!(0), &json!(42))
    );
    old["days_since_extraction"] = json!(0);
    assert_eq!(old, fresh);
}

#[actix_web::test]
async fn lists_filter_by_link_and_id_and_page() {
    let app = app_with(&["--page-size", "2"]).await;
    let links =
        [app.create_link(CURP).await.id(), app.create_link("LONG700101MXXXXX00").await.id()];
    app.create_link("NONE000101MXXXXX00").await.created();
    app.advance(TimeDelta::seconds(1));
    app.create_link("RETI550101HXXXXX00").await.created();
    app.advance(TimeDelta::seconds(15));
    let all = app.get("/api/employment-records/").await.ok();
    assert_eq!(all["count"], 3);
    assert_eq!(all["results"].as_array().unwrap().len(), 2);
    assert_eq!(
        all["results"][0]["internal_identification"], "RETI550101HXXXXX00",
        "the newest first"
    );
    assert_eq!(all["next"], "http://localhost:23586/api/employment-records/?page=2");
    let first = app.records_of(&links[0]).await;
    assert_eq!(first["count"], 1);
    let id = first["results"][0]["id"].as_str().unwrap();
    for (query, count) in [
        (format!("id={id}"), 1),
        (format!("id={id}&link={}", links[0]), 1),
        (format!("id={id}&link={}", links[1]), 0),
        ("link=74c01cb4-edf1-44d6-8876-b1dc2aebcb14".into(), 0),
        ("link=&id=&page=".into(), 3),
    ] {
        let page = app.get(&format!("/api/employment-records/?{query}")).await.ok();
        assert_eq!(page["count"], count, "{query}");
    }
}

#[actix_web::test]
async fn a_deleted_record_is_gone_and_its_link_stays() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    let record = app.records_of(&link).await["results"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/employment-records/{record}/");
    app.delete(&path).await.no_content();
    app.get(&path).await.not_found();
    app.delete(&path).await.not_found();
    assert_eq!(app.records_of(&link).await["count"], 0);
    app.get(&format!("/api/links/{link}/")).await.ok();
}

#[actix_web::test]
async fn single_links_load_what_they_name_and_recurrent_ones_the_usual_by_default() {
    let app = app().await;
    let (records, owners) = ("EMPLOYMENT_RECORDS", "OWNERS");
    let (imss, on_request) = ("imss_mx_employment", ["CURRENT_EMPLOYMENTS"]);
    let cases = [
        (json!({}), &[records][..]),
        (json!({"fetch_resources": []}), &[]),
        (json!({"fetch_resources": [owners]}), &[owners]),
        (json!({"fetch_resources": [owners, records]}), &[records, owners]),
        (json!({"fetch_resources": on_request, "institution": imss}), &on_request),
        (json!({"access_mode": "recurrent", "fetch_resources": []}), &[records, owners]),
        (json!({"access_mode": "recurrent", "fetch_resources": null}), &[records, owners]),
        (
            json!({"access_mode": "recurrent", "fetch_resources": [], "institution": imss}),
            &[records, owners],
        ),
        (json!({"access_mode": "recurrent", "fetch_resources": [owners]}), &[owners]),
    ];
    for (fields, resources) in cases {
        let link = app.create_link_with(CURP, fields.clone()).await.id();
        app.advance(TimeDelta::seconds(15));
        let count = usize::from(resources.contains(&records));
        assert_eq!(app.records_of(&link).await["count"], count, "{fields}");
        let announced: Vec<String> = app.send_webhooks().iter().map(Sent::webhook_type).collect();
        assert_eq!(announced, resources, "{fields}");
    }
}
