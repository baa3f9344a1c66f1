//! Every documented error can be had: the catalogue that `belvo-emulator errors` prints is held
//! against what a client meets.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, app_with};
use crate::process::run;

/// True where a message is that of the catalogue, in which `{}` stands for a value.
fn fits(message: &str, pattern: &str) -> bool {
    match pattern.split_once("{}") {
        None => message == pattern,
        Some((before, after)) => message.starts_with(before) && message.ends_with(after),
    }
}

/// Status, code and message of each problem that was met.
#[derive(Default)]
struct Met(Vec<(u64, String, String)>);

impl Met {
    fn note(&mut self, answer: &Answer) {
        if answer.status >= 400 {
            for problem in answer.json().as_array().unwrap() {
                let text = |key: &str| problem[key].as_str().unwrap().to_owned();
                self.0.push((answer.status.into(), text("code"), text("message")));
            }
        }
    }

    fn has(&self, row: &Value) -> bool {
        self.0.iter().any(|(status, code, message)| {
            row["status"] == *status
                && row["code"] == code.as_str()
                && fits(message, row["message"].as_str().unwrap())
        })
    }
}

#[actix_web::test]
async fn every_row_of_the_catalogue_is_met_by_a_client() {
    let app = app_with(&[]).await;
    let mut met = Met::default();
    for scenario in run(&["scenarios", "--format", "json"]).json().as_array().unwrap() {
        if let Some(curp) = scenario["curp"].as_str() {
            for _ in 0..4 {
                met.note(&app.create_link(curp).await);
            }
        }
    }
    let email = json!({"username2": "someone@example.com"});
    met.note(&app.create_link_with(CURP, email.clone()).await);
    met.note(&app.create_link_with("LOLJ970312MBSPPN08", email).await);
    for curp in ["short", "lolj970312mbsppn08"] {
        met.note(&app.create_link(curp).await);
    }
    for fields in [
        json!({"institution": null, "username": ""}),
        json!({"institution": "narnia", "username2": {}}),
        json!({"fetch_resources": ["TRANSACTIONS"], "access_mode": "Australia"}),
        json!({"fetch_resources": "OWNERS"}),
        json!({"external_id": "ab"}),
        json!({"external_id": "a".repeat(257)}),
        json!({"access_mode": "recurrent", "credentials_storage": "30d"}),
        json!({"credentials_storage": "nostore", "fetch_resources": []}),
        json!({"fetch_historical": false}),
    ] {
        met.note(&app.create_link_with(CURP, fields).await);
    }
    for body in ["{}", "[]", "nope"] {
        met.note(&app.post_text("/api/links/", body).await);
    }
    for path in [
        "/api/links/?created_at=soon",
        "/api/links/?id=x",
        "/api/links/?page=99",
        "/api/links/nope/",
    ] {
        met.note(&app.get(path).await);
    }
    met.note(&app.put("/api/links/", json!({})).await);
    let text =
        app.request(Method::POST, "/api/links/").insert_header(("Content-Type", "text/plain"));
    met.note(&app.call(text.set_payload("x")).await);
    app.log_in_as("", "");
    met.note(&app.get("/api/").await);
    app.log_in_as("id", "password");

    let kept = app.create_link_with(CURP, json!({"credentials_storage": "nostore"})).await.id();
    met.note(&app.patch(&format!("/api/links/{kept}/"), json!({"access_mode": "recurrent"})).await);
    met.note(&app.retrieve(&kept).await);
    let refused = app.create_link("GONE900101HXXXXX00").await.id();
    for _ in 0..7 {
        met.note(&app.retrieve(&refused).await);
    }
    let maybe = json!({"link": kept, "save_data": "maybe"});
    met.note(&app.post("/api/employment-records/", maybe).await);
    let issste = json!({"institution": "issste_mx_employment"});
    let issste = app.create_link_with(CURP, issste).await.id();
    met.note(&app.post("/api/mx/current-employments/", json!({"link": issste})).await);
    for _ in 0..2 {
        met.note(&app.post(&format!("/api/links/{issste}/refresh/"), json!({})).await);
    }
    let waiting = app.create_link("FAIL428001HXXXXX00").await.token_required();
    met.note(&app.retrieve(waiting["link"].as_str().unwrap()).await);
    app.advance(TimeDelta::seconds(9600));
    let late = json!({"session": waiting["session"], "link": waiting["link"], "token": "123456"});
    met.note(&app.patch("/api/links/", late).await);

    let limited = app_with(&["--rate-limits", "documented"]).await;
    let mut links = Vec::new();
    for number in 10..16 {
        links.push(limited.create_link(&format!("ABCD9001{number}HDFXXX00")).await.id());
    }
    for link in links {
        met.note(&limited.delete(&format!("/api/links/{link}/")).await);
    }

    let catalogue = run(&["errors", "--format", "json"]).json();
    let rows = catalogue.as_array().unwrap();
    assert!(rows.len() > 60);
    let missed: Vec<&Value> = rows.iter().filter(|row| !met.has(row)).collect();
    assert!(missed.is_empty(), "nothing brings {missed:#?}");
    for (status, code, message) in &met.0 {
        let listed = rows.iter().any(|row| {
            row["code"] == code.as_str() && fits(message, row["message"].as_str().unwrap())
        });
        assert!(listed, "not in the catalogue: {status} {code} {message}");
    }
    for row in rows {
        for key in ["cause", "source"] {
            assert!(!row[key].as_str().unwrap().is_empty(), "{row}");
        }
    }
}

/// The rows of Belvo's table, as the contract has them: status and code.
#[test]
fn every_documented_code_is_in_the_catalogue() {
    let catalogue = run(&["errors", "--format", "json"]).json();
    let documented = "400 required, 400 null, 400 blank, 400 does_not_exist, 400 invalid, \
        400 invalid_choice, 400 not_a_list, 400 parse_error, 400 min_length, 400 max_length, \
        400 validation_error, 400 invalid_credentials_storage, 400 invalid_fetch_resources, \
        400 invalid_access_mode_switch, 400 duplicated, 400 login_error, 400 invalid_credentials, \
        400 invalid_link, 400 unconfirmed_link, 400 unsupported_operation, 400 institution_down, \
        400 institution_unavailable, 400 institution_inactive, 400 unavailable_data, \
        400 too_many_sessions, 400 session_expired, 400 activation_failed, \
        401 authentication_failed, 403 access_to_resource_denied, 403 access_to_production_denied, \
        403 permission_denied, 403 forbidden_by_host, 403 quota_limit_reached, 404 not_found, \
        404 expired_credentials, 405 method_not_allowed, 408 request_timeout, 409 link_refreshed, \
        415 unsupported_media_type, 428 token_required, 428 activation_required, 429 throttled, \
        500 unexpected_error, 500 service_unavailable";
    for row in documented.split(',').map(str::trim) {
        let (status, code) = row.split_once(' ').unwrap();
        let status: u64 = status.parse().unwrap();
        let found = catalogue
            .as_array()
            .unwrap()
            .iter()
            .any(|listed| listed["status"] == status && listed["code"] == code);
        assert!(found, "{row}");
    }
}

#[test]
fn the_catalogue_as_a_table_has_a_line_for_each_row() {
    let rows = run(&["errors", "--format", "json"]).json().as_array().unwrap().len();
    let table = run(&["errors"]).stdout;
    assert_eq!(table.lines().count(), rows + 1);
    assert!(table.starts_with("STATUS  CODE "), "{table}");
}
