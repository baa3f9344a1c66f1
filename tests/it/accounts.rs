//! Credentials, and accounts that never meet.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, app, app_with};

#[actix_web::test]
async fn wrong_or_missing_credentials_are_one_documented_401() {
    let app = app_with(&["--credentials", "id:pass:word", "--credentials", "other:secret"]).await;
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    let cases = [
        None,
        Some("".to_owned()),
        Some("Basic".to_owned()),
        Some("Basic !!!".to_owned()),
        Some(format!("Bearer {}", STANDARD.encode("id:pass:word"))),
        Some(basic("id")),
        Some(basic("id:pass")),
        Some(basic("id:secret")),
        Some(basic("")),
        Some(basic(":")),
    ];
    for header in cases {
        for (method, path) in [
            (Method::GET, "/api/"),
            (Method::GET, "/api/links/"),
            (Method::POST, "/api/links"),
            (Method::PATCH, "/api/links/"),
            (Method::GET, "/api/links/nope/"),
            (Method::DELETE, "/api/employment-records/nope/"),
            (Method::GET, "/api/unknown/"),
        ] {
            let mut request = TestRequest::with_uri(path).method(method.clone());
            if let Some(header) = &header {
                request = request.insert_header(("Authorization", header.as_str()));
            }
            let answer = app.call(request.set_payload("{")).await;
            let problem = answer.problem(401);
            let expected = ("authentication_failed".into(), None, "Invalid Secret Keys".into());
            assert_eq!(problem, expected, "{method} {path} {header:?}");
            assert_eq!(answer.headers.get("WWW-Authenticate").unwrap(), "Basic realm=\"api\"");
        }
    }
    for header in [basic("id:pass:word"), basic("other:secret").replace("Basic", "basic")] {
        let request = TestRequest::with_uri("/api/").insert_header(("Authorization", header));
        app.call(request).await.ok();
    }
}

#[actix_web::test]
async fn keys_can_have_any_letters_in_utf_8_or_latin_1() {
    let app = app_with(&["--credentials", "señor:ñandú"]).await;
    let latin_1 = "señor:ñandú".chars().map(|letter| letter as u8).collect();
    for pair in ["señor:ñandú".as_bytes().to_vec(), latin_1] {
        let header = format!("Basic {}", STANDARD.encode(pair));
        let request = TestRequest::with_uri("/api/").insert_header(("Authorization", header));
        app.call(request).await.ok();
    }
}

#[actix_web::test]
async fn without_configured_credentials_any_pair_works_if_both_parts_are_there() {
    let app = app().await;
    app.log_in_as("any", "thing");
    app.get("/api/").await.ok();
    for (id, password) in [("", "thing"), ("any", "")] {
        app.log_in_as(id, password);
        app.get("/api/").await.problem(401);
    }
}

#[actix_web::test]
async fn accounts_do_not_meet() {
    let app = app().await;
    let pairs = [("a", "1"), ("a", "2"), ("b", "1"), ("a:", "1"), ("ab", "1")];
    let mut links = Vec::new();
    let mut creators = Vec::new();
    for (id, password) in pairs {
        app.log_in_as(id, password);
        let link = app.create_link(CURP).await.created();
        links.push(link["id"].as_str().unwrap().to_owned());
        creators.push(link["created_by"].clone());
        assert_eq!(app.create_link(CURP).await.created()["created_by"], link["created_by"]);
    }
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 2 * pairs.len());
    for (own, (id, password)) in pairs.into_iter().enumerate() {
        app.log_in_as(id, password);
        assert_eq!(app.get("/api/links/").await.ok()["count"], 2, "{id}:{password}");
        assert_eq!(app.get("/api/employment-records/").await.ok()["count"], 2);
        for (index, link) in links.iter().enumerate() {
            let answer = app.get(&format!("/api/links/{link}/")).await;
            if index == own { drop(answer.ok()) } else { answer.not_found() }
        }
    }
    let distinct: std::collections::HashSet<String> =
        creators.iter().map(ToString::to_string).collect();
    // "a:" with "1" is the same header as "a" with ":1": the pair is split at the first colon.
    assert_eq!(distinct.len(), pairs.len());
}

#[actix_web::test]
async fn a_fork_opens_no_keys_that_are_not_accepted() {
    let app = app_with(&["--credentials", "id:password", "--credentials", "other:keys"]).await;
    let sentence = "The emulator does not accept these keys: name them with --credentials when it \
                    starts.";
    let refused =
        app.post("/_emulator/fork", json!({"credentials": "new:keys"})).await.problem(400);
    assert_eq!(
        refused,
        ("invalid".to_owned(), Some("credentials".to_owned()), sentence.to_owned())
    );
    app.log_in_as("new", "keys");
    app.get("/api/").await.problem(401);
    app.log_in_as("id", "password");
    app.post("/_emulator/fork", json!({"credentials": "other:keys"})).await.no_content();
}

#[actix_web::test]
async fn an_account_that_is_used_by_its_token_is_not_the_idlest() {
    let app = app_with(&["--accounts", "2"]).await;
    app.create_link(CURP).await.created();
    let token = app.access_token().await;
    app.log_in_as("other", "keys");
    app.create_link(CURP).await.created();
    app.call_with(&token, Method::GET, "/api/institutions/", None).await.ok();
    app.log_in_as("third", "keys");
    app.get("/api/").await.ok();
    app.log_in_as("id", "password");
    assert_eq!(app.get("/api/links/").await.ok()["count"], 1);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}
