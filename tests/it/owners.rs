//! Owners: the people of links.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, Sent, app, app_with};

const OWNERS: &str = "/api/owners/";
const UNKNOWN: &str = "74c01cb4-edf1-44d6-8876-b1dc2aebcb14";
const KEYS: &str = "address business_name collected_at created_at display_name document_id email \
                    first_name id internal_identification last_name link phone_number \
                    second_last_name";

fn keys(value: &Value) -> String {
    value.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// A scenario whose person is written out, with this e-mail address and these documents.
fn written(email: Value, documents: Value) -> (tempfile::TempDir, &'static str) {
    let curp = "OLAM850214MDFRRR03";
    let entitlements = json!({
        "entitled_to_health_insurance": false, "entitled_to_company_benefits": false,
        "valid_until": null, "status": "UNEMPLOYED",
    });
    let person = json!({
        "official_name": "María Ola Armendáriz", "first_name": "María",
        "last_name": "Ola Armendáriz", "birth_date": "1985-02-14", "email": email,
        "entitlements": entitlements, "document_ids": documents,
    });
    let record = json!({
        "personal_data": person, "social_security_summary": null, "employment_records": [],
        "employment_scores": null, "salary_estimation": null,
    });
    let scenario = json!({
        "name": "ola", "description": "A person who is written out", "when": {"curp": curp},
        "login": {"accept": {"data": {"records": [record, record]}}},
    });
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ola.json"), scenario.to_string()).unwrap();
    (directory, curp)
}

#[actix_web::test]
async fn post_owners_201_is_the_person_of_the_record_and_the_same_owner_again() {
    let app = app().await;
    let fields = json!({"fetch_resources": [], "username2": "bruce@example.com"});
    let link = app.create_link_with(CURP, fields).await.id();
    let first = app.post(OWNERS, json!({"link": link})).await.created();
    assert_eq!(first.as_array().unwrap().len(), 1);
    let owner = &first[0];
    assert_eq!(keys(owner), KEYS);
    let record = app.retrieve(&link).await.created()[0].clone();
    let person = &record["personal_data"];
    assert_eq!(owner["display_name"], person["official_name"]);
    assert_eq!(owner["document_id"], person["document_ids"][0]);
    assert_eq!(owner["document_id"]["document_type"], "NSS");
    assert_eq!(owner["email"], "bruce@example.com");
    assert_eq!(owner["internal_identification"], CURP);
    assert_eq!(owner["link"], link);
    for nothing in
        ["phone_number", "address", "business_name", "first_name", "last_name", "second_last_name"]
    {
        assert!(owner[nothing].is_null(), "{nothing}");
    }
    assert_eq!(app.get(OWNERS).await.ok()["results"], first);
    let path = format!("{OWNERS}{}/", owner["id"].as_str().unwrap());
    assert_eq!(app.get(&path).await.ok(), *owner);
    app.advance(TimeDelta::hours(1));
    let second = app.post(OWNERS, json!({"link": link})).await.created();
    assert_eq!(second[0]["collected_at"], "2026-03-01T13:00:00.000000Z");
    let same = |key: &str| assert_eq!(second[0][key], owner[key], "{key}");
    ["id", "created_at", "display_name", "document_id"].into_iter().for_each(same);
    assert_eq!(app.get(OWNERS).await.ok()["count"], 1);
    let link = app.get(&format!("/api/links/{link}/")).await.ok();
    assert_eq!(link["last_accessed_at"], "2026-03-01T13:00:00.000000Z");
}

#[actix_web::test]
async fn post_owners_200_stores_nothing_without_save_data() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let shown = app.post(OWNERS, json!({"link": link, "save_data": false})).await.ok();
    assert_eq!(keys(&shown[0]), KEYS);
    app.get(&format!("{OWNERS}{}/", shown[0]["id"].as_str().unwrap())).await.not_found();
    assert_eq!(app.get(OWNERS).await.ok()["count"], 0);
}

#[actix_web::test]
async fn post_owners_400_names_what_is_wrong() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    for (body, code, field) in [
        (json!({}), "required", Some("link")),
        (json!({"link": null}), "null", Some("link")),
        (json!({"link": "x"}), "invalid", Some("link")),
        (json!({"link": UNKNOWN}), "does_not_exist", Some("link")),
        (json!({"link": link, "token": ["1"]}), "invalid", Some("token")),
        (json!({"link": link, "save_data": "maybe"}), "invalid", Some("save_data")),
    ] {
        let (named, at, _) = app.post(OWNERS, body.clone()).await.problem(400);
        assert_eq!((named.as_str(), at.as_deref()), (code, field), "{body}");
    }
}

#[actix_web::test]
async fn owners_are_loaded_and_announced_for_each_institution() {
    let app = app().await;
    for (institution, document) in [
        ("planet_mx_employment", "NSS"),
        ("imss_mx_employment", "NSS"),
        ("issste_mx_employment", "RFC"),
    ] {
        let fields = json!({"institution": institution, "fetch_resources": ["OWNERS"]});
        let link = app.create_link_with(CURP, fields).await.id();
        app.advance(TimeDelta::seconds(15));
        let sent: Vec<Value> = app.send_webhooks().iter().map(Sent::body).collect();
        assert_eq!(sent.len(), 1, "{institution}");
        assert_eq!(sent[0]["webhook_type"], "OWNERS");
        assert_eq!(sent[0]["webhook_code"], "historical_update");
        assert_eq!(sent[0]["process_type"], "historical_update");
        assert_eq!(sent[0]["data"], json!({"total_owners": 1}));
        let page = app.get(&format!("{OWNERS}?link={link}")).await.ok();
        assert_eq!(page["count"], 1);
        assert_eq!(page["results"][0]["document_id"]["document_type"], document);
        assert_eq!(app.records_of(&link).await["count"], 0, "nobody asked for records");
    }
}

#[actix_web::test]
async fn a_person_without_records_has_no_owner_and_the_webhook_counts_none() {
    let app = app().await;
    let fields = json!({"fetch_resources": ["OWNERS"]});
    let link = app.create_link_with("NONE000101MXXXXX00", fields).await.id();
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent[0].body()["data"], json!({"total_owners": 0}));
    assert_eq!(app.post(OWNERS, json!({"link": link})).await.created(), json!([]));
    assert_eq!(app.get(OWNERS).await.ok()["results"], json!([]));
}

#[actix_web::test]
async fn a_person_who_is_written_out_is_the_owner() {
    let rfc = json!({"document_type": "RFC", "document_number": "OLAM850214AB1"});
    let none = json!({"document_type": null, "document_number": null});
    for (email, username2, shown) in [
        (json!("ola@example.com"), Value::Null, json!("ola@example.com")),
        (json!("ola@example.com"), json!("me@example.com"), json!("me@example.com")),
        (Value::Null, Value::Null, Value::Null),
    ] {
        for (documents, document) in [(json!([rfc]), &rfc), (json!([]), &none)] {
            let (directory, curp) = written(email.clone(), documents);
            let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
            let fields = json!({"fetch_resources": [], "username2": username2});
            let link = app.create_link_with(curp, fields).await.id();
            let owners = app.post(OWNERS, json!({"link": link})).await.created();
            assert_eq!(owners.as_array().unwrap().len(), 1, "two records, one person");
            let owner = &owners[0];
            assert_eq!(owner["display_name"], "María Ola Armendáriz");
            assert_eq!((&owner["email"], &owner["document_id"]), (&shown, document));
        }
    }
}

#[actix_web::test]
async fn lists_filter_by_each_documented_key() {
    let app = app().await;
    let mut owners = Vec::new();
    for (curp, email) in [
        (CURP, json!("a@example.com")),
        ("LOLJ970312MBSPPN08", json!("b@example.com")),
        ("LONG700101MXXXXX00", Value::Null),
    ] {
        let fields = json!({"fetch_resources": [], "username2": email});
        let link = app.create_link_with(curp, fields).await.id();
        owners.push(app.post(OWNERS, json!({"link": link})).await.created()[0].clone());
        app.advance(TimeDelta::days(1));
    }
    let text = |owner: usize, key: &str| owners[owner][key].as_str().unwrap();
    let name = text(1, "display_name").to_uppercase();
    let part = &name[1..name.len() - 1];
    let encoded: String = form_urlencoded::byte_serialize(part.as_bytes()).collect();
    for (query, found) in [
        (String::new(), vec![2, 1, 0]),
        (format!("id={}", text(0, "id")), vec![0]),
        (format!("id__in={},{}", text(0, "id"), text(2, "id")), vec![2, 0]),
        (format!("link={}", text(1, "link")), vec![1]),
        (format!("link__in={},{UNKNOWN}", text(1, "link")), vec![1]),
        (format!("link={UNKNOWN}"), vec![]),
        ("created_at=2026-03-02".to_owned(), vec![1]),
        ("created_at__gt=2026-03-02".to_owned(), vec![2]),
        ("created_at__gte=2026-03-02T12:00:00Z".to_owned(), vec![2, 1]),
        ("created_at__lt=2026-03-02".to_owned(), vec![0]),
        ("created_at__lte=2026-03-02".to_owned(), vec![1, 0]),
        ("created_at__range=2026-03-02,2026-03-03".to_owned(), vec![2, 1]),
        ("email=b@example.com".to_owned(), vec![1]),
        ("email=nobody@example.com".to_owned(), vec![]),
        (format!("display_name__icontains={encoded}"), vec![1]),
        ("display_name__icontains=%E2%98%83".to_owned(), vec![]),
        ("display_name=x&email=&unknown=1".to_owned(), vec![2, 1, 0]),
        ("page_size=2&page=2".to_owned(), vec![0]),
    ] {
        let page = app.get(&format!("{OWNERS}?{query}")).await.ok();
        let expected: Vec<&Value> = found.iter().map(|place| &owners[*place]).collect();
        assert_eq!(page["results"], json!(expected), "{query}");
    }
    let kept = app.get(&format!("{OWNERS}?fields=email,id&omit=id")).await.ok();
    assert_eq!(kept["results"][1], json!({"email": "b@example.com"}));
    for (query, code, field) in [
        ("id=x", "invalid", "id"),
        ("link=x", "invalid", "link"),
        ("created_at=x", "invalid", "created_at"),
        ("created_at__range=2026-03-02", "invalid", "created_at__range"),
    ] {
        let (named, at, _) = app.get(&format!("{OWNERS}?{query}")).await.problem(400);
        assert_eq!((named.as_str(), at.as_deref()), (code, Some(field)), "{query}");
    }
    app.get(&format!("{OWNERS}?page=9")).await.problem(404);
}

#[actix_web::test]
async fn patch_owners_resumes_a_retrieval_that_waits_for_its_token() {
    let app = app_with(&[]).await;
    for (save_data, status, stored) in
        [(json!(false), 200, 0), (json!(true), 201, 1), (Value::Null, 201, 1)]
    {
        let link = app.create_link("MFAS900101HXXXXX00").await.id();
        app.advance(TimeDelta::minutes(1));
        let asked = app.post(OWNERS, json!({"link": link})).await.token_required();
        let session = &asked["session"];
        let body = json!({"session": session, "link": link, "token": "1", "save_data": save_data});
        let answer = app.patch(OWNERS, body).await;
        assert_eq!(answer.status, status, "{save_data}");
        assert_eq!(answer.json()[0]["internal_identification"], "MFAS900101HXXXXX00");
        let page = app.get(&format!("{OWNERS}?link={link}")).await.ok();
        assert_eq!(page["count"], stored, "{save_data}");
        let link = app.get(&format!("/api/links/{link}/")).await.ok();
        assert_eq!(link["status"], "valid");
    }
}

/// A link that waits for the token of its registration.
#[actix_web::test]
async fn patch_owners_confirms_a_new_link_and_begins_its_life() {
    let app = app().await;
    let asked = app.create_link("FAIL428001HXXXXX00").await.token_required();
    let link = asked["link"].as_str().unwrap().to_owned();
    app.post(OWNERS, json!({"link": link})).await.problem(400);
    let with = |token: &str| json!({"session": asked["session"], "link": link, "token": token});
    app.patch(OWNERS, with("wrong")).await.problem(400);
    let unknown = json!({"session": "0".repeat(32), "link": link, "token": "123456"});
    app.patch(OWNERS, unknown).await.not_found();
    let stranger = json!({"session": asked["session"], "link": UNKNOWN, "token": "123456"});
    app.patch(OWNERS, stranger).await.not_found();
    let (code, field, _) = app.patch(OWNERS, json!({"link": link})).await.problem(400);
    assert_eq!((code.as_str(), field.as_deref()), ("required", Some("session")));
    app.patch(OWNERS, with("")).await.token_required();
    // The session of the last answer is the one that counts.
    app.patch(OWNERS, with("123456")).await.not_found();
    assert_eq!(app.get(OWNERS).await.ok()["count"], 0);

    let asked = app.create_link("FAIL428001HXXXXX00").await.token_required();
    let link = asked["link"].as_str().unwrap().to_owned();
    let body = json!({"session": asked["session"], "link": link, "token": "123456"});
    let owners = app.patch(&format!("{OWNERS}?fields=link"), body).await.created();
    assert_eq!(owners, json!([{"link": link}]));
    app.advance(TimeDelta::seconds(15));
    let types: Vec<String> = app.send_webhooks().iter().map(Sent::webhook_type).collect();
    assert_eq!(types, ["EMPLOYMENT_RECORDS"]);
}

#[actix_web::test]
async fn a_token_that_comes_with_the_retrieval_is_not_asked_for() {
    let app = app_with(&[]).await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let arm = json!({"scenario": "token_required", "operation": "RetrieveOwners", "times": 2});
    app.post("/_emulator/armed", arm).await.created();
    let with = |token: &str| json!({"link": link, "token": token});
    app.post(OWNERS, with("wrong")).await.problem(400);
    let owners = app.post(OWNERS, with("123456")).await.created();
    assert_eq!(owners[0]["link"], link);
    assert_eq!(app.get(&format!("/api/links/{link}/")).await.ok()["status"], "valid");
}

/// A link that needs a token is not refreshed; one that gets its token this way is again.
#[actix_web::test]
async fn a_token_that_comes_with_the_retrieval_brings_the_refreshes_back() {
    let app = app().await;
    let fields = json!({"access_mode": "recurrent", "fetch_resources": ["OWNERS"]});
    let link = app.create_link_with("MFAS900101HXXXXX00", fields).await.id();
    app.advance(TimeDelta::days(8));
    let types: Vec<String> = app.send_webhooks().iter().map(Sent::webhook_type).collect();
    assert_eq!(types, ["OWNERS", "LINK"]);
    app.post(OWNERS, json!({"link": link, "token": "1"})).await.created();
    app.advance(TimeDelta::days(7));
    let owner = app.get(OWNERS).await.ok()["results"][0].clone();
    assert!(owner["collected_at"].as_str().unwrap().starts_with("2026-03-16"), "{owner}");
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn owners_go_when_they_are_deleted_with_their_link_and_when_they_are_stale() {
    let app = app_with(&[]).await;
    let fields = json!({"fetch_resources": ["OWNERS"], "stale_in": "3d"});
    let link = app.create_link_with(CURP, fields).await.id();
    app.advance(TimeDelta::minutes(1));
    let id = app.get(OWNERS).await.ok()["results"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{OWNERS}{id}/");
    app.delete(&path).await.no_content();
    app.get(&path).await.not_found();
    app.delete(&path).await.not_found();
    for id in [UNKNOWN, "nope"] {
        app.get(&format!("{OWNERS}{id}/")).await.not_found();
        app.delete(&format!("{OWNERS}{id}/")).await.not_found();
    }
    let again = app.post(OWNERS, json!({"link": link})).await.created();
    assert_ne!(again[0]["id"], id, "an id is never given twice");
    app.advance(TimeDelta::days(3));
    assert_eq!(app.get(OWNERS).await.ok()["count"], 0);
    app.post(OWNERS, json!({"link": link})).await.created();
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    assert_eq!(app.get(OWNERS).await.ok()["count"], 0);
}

#[actix_web::test]
async fn a_recurrent_link_keeps_its_owner_up_to_date_without_a_webhook() {
    let app = app().await;
    let fields = json!({"access_mode": "recurrent", "fetch_resources": ["OWNERS"]});
    app.create_link_with(CURP, fields).await.created();
    app.advance(TimeDelta::minutes(1));
    assert_eq!(app.send_webhooks().len(), 1);
    app.advance(TimeDelta::days(8));
    assert!(app.send_webhooks().is_empty());
    let owner = app.get(OWNERS).await.ok()["results"][0].clone();
    assert!(owner["collected_at"].as_str().unwrap().starts_with("2026-03-08"), "{owner}");
    assert!(owner["created_at"].as_str().unwrap().starts_with("2026-03-01"), "{owner}");
}

#[actix_web::test]
async fn snapshots_forks_and_resets_know_owners() {
    let app = app_with(&[]).await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": ["OWNERS"]})).await.id();
    app.post(OWNERS, json!({"link": link})).await.created();
    let before = app.get(OWNERS).await.ok();
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    assert_eq!(snapshot["account"]["owners"].as_array().unwrap().len(), 1);
    app.post("/_emulator/fork", json!({"credentials": "fork:keys"})).await.no_content();
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(app.get(OWNERS).await.ok()["count"], 0);
    app.put("/_emulator/snapshot", snapshot.clone()).await.ok();
    assert_eq!(app.get(OWNERS).await.ok(), before);
    app.log_in_as("fork", "keys");
    assert_eq!(app.get(OWNERS).await.ok(), before);

    // A snapshot from before there were owners.
    let mut older = snapshot;
    older["account"].as_object_mut().unwrap().remove("owners");
    older["account"]["counters"].as_object_mut().unwrap().remove("owners");
    app.put("/_emulator/snapshot", older).await.ok();
    assert_eq!(app.get(OWNERS).await.ok()["count"], 0);
}

#[actix_web::test]
async fn a_triggered_webhook_counts_the_owners_of_the_link() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let trigger =
        json!({"link": link, "webhook_type": "OWNERS", "webhook_code": "historical_update"});
    for count in 0..2 {
        app.post("/_emulator/webhooks/trigger", trigger.clone()).await.created();
        let sent = app.send_webhooks();
        assert_eq!(sent[0].body()["data"], json!({"total_owners": count}));
        app.post(OWNERS, json!({"link": link})).await.created();
    }
    app.call(app.request(Method::PUT, OWNERS)).await.problem(405);
}
