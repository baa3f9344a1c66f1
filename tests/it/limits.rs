//! Belvo's documented limits, which are off unless they are asked for.

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, app_with};

const DOCUMENTED: [&str; 2] = ["--rate-limits", "documented"];

#[actix_web::test]
async fn a_sixth_deletion_in_a_minute_is_throttled_in_the_foreground_only() {
    let app = app_with(&DOCUMENTED).await;
    let mut links = Vec::new();
    for number in 0..9 {
        let curp = format!("ABCD9001{:02}HDFXXX00", number + 10);
        links.push(app.create_link(&curp).await.id());
        app.advance(TimeDelta::seconds(15));
    }
    let records = app.get("/api/employment-records/").await.ok();
    let record = records["results"][0]["id"].as_str().unwrap().to_owned();
    for link in &links[..4] {
        app.delete(&format!("/api/links/{link}/")).await.no_content();
        app.advance(TimeDelta::seconds(5));
    }
    app.delete(&format!("/api/employment-records/{record}/")).await.no_content();
    let path = format!("/api/links/{}/", links[4]);
    let answer = app.delete(&path).await;
    let message = "Request was throttled. Expected available in 40 seconds.";
    assert_eq!(answer.problem(429), ("throttled".into(), None, message.into()));
    assert_eq!(answer.headers.get("Retry-After").unwrap(), "40");
    app.get(&path).await.ok();
    let in_background = app.request(actix_web::http::Method::DELETE, &path);
    app.call(in_background.insert_header(("X-Belvo-Request-Mode", "async"))).await.accepted();
    app.advance(TimeDelta::seconds(40));
    app.delete(&format!("/api/links/{}/", links[5])).await.no_content();
}

#[actix_web::test]
async fn the_81st_request_in_half_a_minute_meets_the_proxys_page() {
    let app = app_with(&DOCUMENTED).await;
    for _ in 0..80 {
        app.get("/api/").await.ok();
    }
    let refused = app.get("/api/").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.headers.get("Content-Type").unwrap(), "text/html; charset=utf-8");
    assert!(String::from_utf8(refused.body).unwrap().contains("403 Forbidden"));
    app.log_in_as("another", "account");
    app.get("/api/").await.ok();
    app.log_in_as("id", "password");
    app.advance(TimeDelta::seconds(30));
    app.get("/api/").await.ok();
}

#[actix_web::test]
async fn every_curp_has_three_logins_a_day() {
    let app = app_with(&DOCUMENTED).await;
    let link = app.create_link(CURP).await.id();
    for _ in 0..2 {
        app.retrieve(&link).await.created();
    }
    let message = "Has agotado el número de solicitudes permitidas por día.";
    let refused = ("forbidden_by_host".to_owned(), None, message.to_owned());
    assert_eq!(app.retrieve(&link).await.problem(403), refused);
    assert_eq!(app.create_link(CURP).await.problem(403), refused);
    app.create_link("LONG700101MXXXXX00").await.created();
    app.advance(TimeDelta::days(1));
    app.create_link(CURP).await.created();
}

#[actix_web::test]
async fn nothing_is_limited_by_default() {
    let app = app_with(&[]).await;
    for _ in 0..100 {
        let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
        app.retrieve(&link).await.created();
        app.delete(&format!("/api/links/{link}/")).await.no_content();
    }
}
