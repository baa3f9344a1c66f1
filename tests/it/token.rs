//! Tokens of the Connect Widget: what they say, what they open, and when they end.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, app, app_with, is_hex};

const UNKNOWN: &str = "74c01cb4-edf1-44d6-8876-b1dc2aebcb14";

/// A part of a token as JSON: 0 is the header, 1 the claims.
fn part(token: &str, number: usize) -> Value {
    let encoded = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn link() -> Option<Value> {
    Some(json!({"institution": "planet_mx_employment", "username": CURP, "access_mode": "single"}))
}

/// The token is valid, and does not allow the call.
#[track_caller]
fn denied(answer: &Answer) {
    let message = "You do not have permission to perform this action.";
    assert_eq!(answer.problem(403), ("permission_denied".into(), None, message.into()));
}

#[track_caller]
fn refused(answer: &Answer) {
    let expected = ("authentication_failed".into(), None, "Invalid Secret Keys".into());
    assert_eq!(answer.problem(401), expected);
    assert_eq!(answer.headers.get("WWW-Authenticate").unwrap(), "Basic realm=\"api\"");
}

#[actix_web::test]
async fn both_tokens_have_the_claims_of_belvos_sample() {
    let app = app().await;
    let created_by = app.create_link(CURP).await.created()["created_by"].clone();
    let fields = json!({
        "stale_in": "300d",
        "credentials_storage": "30d",
        "fetch_resources": ["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"],
        "widget": {"branding": {"company_name": "Acme"}},
    });
    let pair = app.create_token_with(fields).await.ok();
    assert_eq!(pair.as_object().unwrap().keys().collect::<Vec<_>>(), ["access", "refresh"]);
    let mut ids = Vec::new();
    for (kind, lives) in [("access", 1200), ("refresh", 622_080_000)] {
        let token = pair[kind].as_str().unwrap();
        assert_eq!(part(token, 0), json!({"typ": "JWT", "alg": "HS512"}));
        let claims = part(token, 1);
        let id = claims["jti"].as_str().unwrap().to_owned();
        assert!(is_hex(&id), "{id}");
        assert_eq!(
            claims,
            json!({
                "token_type": kind,
                "exp": crate::app::start().timestamp() + lives,
                "iat": crate::app::start().timestamp(),
                "jti": id,
                "user_id": created_by,
                "organization_name": "belvo-emulator",
                "organization_id": created_by,
                "scopes": ["read_institutions", "write_links"],
                "environment": "sandbox",
                "api_url": "localhost:23586",
                "credentials_storage": "30d",
                "stale_in": "300d",
                "fetch_resources": ["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"],
                "iss": "localhost:23586",
            })
        );
        let signature = token.split('.').nth(2).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap().len(), 64);
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn the_bodies_of_the_sdks_are_understood() {
    let app = app_with(&["--public-url", "https://belvo.example/"]).await;
    let link = app.create_link(CURP).await.id();
    let bodies = [
        json!({}),
        json!({"link_id": link}),
        json!({"link_id": link, "widget": {"branding": {"company_name": "Acme"}}}),
        json!({"scopes": " read_institutions, write_links ,read_links"}),
        json!({"locale": "es", "external_id": 7}),
    ];
    for body in bodies {
        let pair = app.create_token_with(body.clone()).await.ok();
        let claims = part(pair["access"].as_str().unwrap(), 1);
        assert_eq!(claims["scopes"][1], "write_links", "{body}");
        assert_eq!(claims["credentials_storage"], Value::Null, "{body}");
        assert_eq!(claims["stale_in"], Value::Null, "{body}");
        assert_eq!(claims["fetch_resources"], json!([]), "{body}");
        assert_eq!(claims["api_url"], "belvo.example", "{body}");
        let linked = json!({"id": link, "status": "valid", "institution": "planet_mx_employment"});
        let expected = if body["link_id"].is_null() { Value::Null } else { linked };
        assert_eq!(claims["link"], expected, "{body}");
    }
}

#[actix_web::test]
async fn each_field_is_checked() {
    let storage = "Must be \"store\", \"nostore\" or a number of days from 1d to 365d.";
    let stale = "Must be a number of days, such as 365d, of three digits at most.";
    let list = "Expected a list but got type \"str\".";
    let unknown = format!("Object with id={UNKNOWN} does not exist.");
    let (required, blank) = ("This field is required.", "This field may not be blank.");
    let cases = [
        ("id", json!(null), "required", Some("id"), required),
        ("id", json!(""), "blank", Some("id"), blank),
        ("password", json!(null), "required", Some("password"), required),
        ("password", json!([]), "invalid", Some("password"), "Not a valid string."),
        ("scopes", json!(null), "required", Some("scopes"), required),
        ("scopes", json!(" "), "blank", Some("scopes"), blank),
        (
            "scopes",
            json!("x".repeat(1001)),
            "max_length",
            Some("scopes"),
            "Ensure this field has no more than 1000 characters.",
        ),
        ("link_id", json!("x"), "invalid", Some("link_id"), "x is not a valid UUID."),
        ("link_id", json!(UNKNOWN), "does_not_exist", Some("link_id"), &unknown),
        ("credentials_storage", json!("0d"), "invalid", Some("credentials_storage"), storage),
        ("stale_in", json!("soon"), "invalid", Some("stale_in"), stale),
        ("fetch_resources", json!("OWNERS"), "not_a_list", None, list),
        (
            "fetch_resources",
            json!(["OWNERS", "taxes"]),
            "invalid_choice",
            Some("fetch_resources"),
            "\"taxes\" is not a valid choice.",
        ),
        (
            "fetch_resources",
            json!(vec!["OWNERS"; 101]),
            "invalid",
            Some("fetch_resources"),
            "Must have at most 100 resources.",
        ),
    ];
    let app = app().await;
    for (field, value, code, about, message) in cases {
        let problem = app.create_token_with(json!({field: value})).await.problem(400);
        let expected = (code.to_owned(), about.map(str::to_owned), message.to_owned());
        assert_eq!(problem, expected, "{field}: {value}");
    }
    let problems = app.create_token_with(json!({"id": "", "scopes": null, "stale_in": 1})).await;
    assert_eq!(problems.problems(400).len(), 3);
}

#[actix_web::test]
async fn the_keys_count_that_are_in_the_body() {
    let app = app_with(&["--credentials", "id:password", "--credentials", "other:secret"]).await;
    for (id, password) in [("id", "secret"), ("nobody", "password"), ("password", "id")] {
        refused(&app.create_token_with(json!({"id": id, "password": password})).await);
    }
    // Those in the header do not, if there are any in the body.
    let wrong = json!({"id": "id", "password": "wrong", "scopes": "write_links"});
    refused(&app.post("/api/token/", wrong.clone()).await);
    let mut right = wrong;
    right["password"] = json!("password");
    for header in ["", "Basic !!!", "Bearer x"] {
        let request =
            TestRequest::post().uri("/api/token").insert_header(("Authorization", header));
        app.call(request.set_json(&right)).await.ok();
    }
}

#[actix_web::test]
async fn other_methods_and_media_types_are_refused_without_keys_too() {
    let app = app().await;
    for (method, path) in [(Method::GET, "/api/token/"), (Method::DELETE, "/api/token")] {
        let answer = app.call(TestRequest::with_uri(path).method(method.clone())).await;
        let message = format!("Method \"{method}\" not allowed.");
        assert_eq!(answer.problem(405), ("method_not_allowed".into(), None, message));
        assert_eq!(answer.headers.get("Allow").unwrap(), "POST");
    }
    let text = TestRequest::post().uri("/api/token/").set_payload("id=id");
    assert_eq!(app.call(text).await.problem(415).0, "unsupported_media_type");
    refused(&app.call(TestRequest::with_uri("/api/token/x/")).await);
}

#[actix_web::test]
async fn a_token_reads_institutions_and_writes_links_and_nothing_else() {
    let app = app().await;
    let known = app.create_link(CURP).await.id();
    let of_link = format!("/api/links/{known}/");
    let cases = [
        (Method::GET, "/api/institutions/", 200),
        (Method::GET, "/api/institutions", 200),
        (Method::HEAD, "/api/institutions/", 200),
        (Method::GET, "/api/institutions/9454/", 200),
        (Method::POST, "/api/links/", 201),
        (Method::PATCH, "/api/links/", 400),
        (Method::PUT, "/api/links/", 405),
        (Method::PATCH, &of_link, 200),
        (Method::PUT, &of_link, 200),
        (Method::DELETE, &of_link, 403),
        (Method::DELETE, "/api/links/", 403),
        (Method::POST, "/api/institutions/", 403),
        (Method::GET, "/api/links/", 403),
        (Method::GET, &of_link, 403),
        (Method::GET, "/api/", 403),
        (Method::GET, "/api/employment-records/", 403),
        (Method::POST, "/api/employment-records/", 403),
        (Method::GET, "/api/mx/current-employments/", 403),
        (Method::POST, "/api/linksandmore/", 403),
        (Method::GET, "/api/unknown/", 403),
        (Method::GET, "/api/institutions/9454/unknown/", 403),
        (Method::GET, "/_emulator/clock", 401),
        (Method::POST, "/_emulator/reset", 401),
    ];
    for (method, path, status) in cases {
        let token = app.access_token().await;
        let answer = app.call_with(&token, method.clone(), path, link()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        match status {
            401 => refused(&answer),
            403 => denied(&answer),
            _ => {}
        }
    }
    let seen = app.get("/_emulator/requests?status=403").await.ok();
    assert_eq!(seen["requests"].as_array().unwrap().len(), 12, "the account sees what is denied");
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn each_scope_opens_its_own_door_only() {
    let app = app().await;
    let doors = |link: &str| {
        let of_link = format!("/api/links/{link}/");
        [
            ("read_institutions", Method::GET, "/api/institutions/".to_owned(), 200),
            ("read_institutions", Method::GET, "/api/institutions/9454/".to_owned(), 200),
            ("read_links", Method::GET, "/api/links/".to_owned(), 200),
            ("read_links", Method::GET, of_link.clone(), 200),
            ("write_links", Method::PUT, of_link.clone(), 200),
            ("delete_links", Method::DELETE, of_link, 204),
        ]
    };
    let scopes = ["read_institutions", "read_links", "write_links", "delete_links"];
    for asked in scopes.into_iter().chain(["", "write_everything", "read_links,delete_links"]) {
        let link = app.create_link(CURP).await.id();
        for (scope, method, path, status) in doors(&link) {
            let pair = app.create_token_with(json!({"scopes": format!("{asked},")})).await.ok();
            let token = pair["access"].as_str().unwrap();
            let answer = app.call_with(token, method, &path, None).await;
            match asked.split(',').any(|one| one == scope) {
                true => assert_eq!(answer.status, status, "{asked}: {path}"),
                false => denied(&answer),
            }
        }
    }
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_token_lives_twenty_minutes_of_the_emulators_time() {
    let app = app().await;
    let token = app.access_token().await;
    app.advance(TimeDelta::minutes(20) - TimeDelta::microseconds(1));
    app.call_with(&token, Method::GET, "/api/institutions/", None).await.ok();
    app.advance(TimeDelta::microseconds(1));
    refused(&app.call_with(&token, Method::GET, "/api/institutions/", None).await);
    refused(&app.call_with(&token, Method::POST, "/api/links/", link()).await);
}

#[actix_web::test]
async fn a_token_is_used_up_when_a_link_is_made() {
    let app = app().await;
    let (token, other) = (app.access_token().await, app.access_token().await);
    let refusal = json!({"institution": "planet_mx_employment", "username": "short"});
    let failed = app.call_with(&token, Method::POST, "/api/links/", Some(refusal)).await;
    assert_eq!(failed.problem(400).0, "login_error");
    let made = app.call_with(&token, Method::POST, "/api/links/", link()).await.created();
    app.get(&format!("/api/links/{}/", made["id"].as_str().unwrap())).await.ok();
    refused(&app.call_with(&token, Method::POST, "/api/links/", link()).await);
    refused(&app.call_with(&token, Method::GET, "/api/institutions/", None).await);
    // As before any other check.
    refused(&app.call_with(&token, Method::DELETE, "/api/links/", None).await);
    refused(&app.call_with(&token, Method::PUT, "/api/institutions/", None).await);
    app.call_with(&other, Method::POST, "/api/links/", link()).await.created();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_token_outlives_the_question_for_a_second_factor() {
    let app = app().await;
    let token = app.access_token().await;
    let asked = json!({"institution": "planet_mx_employment", "username": "FAIL428001HXXXXX00"});
    let asked = app.call_with(&token, Method::POST, "/api/links/", Some(asked)).await;
    assert_eq!(asked.status, 428);
    let asked = asked.json()[0].clone();
    let answer = json!({"session": asked["session"], "link": asked["link"], "token": "123456"});
    app.call_with(&token, Method::PATCH, "/api/links/", Some(answer)).await.ok();
    refused(&app.call_with(&token, Method::GET, "/api/institutions/", None).await);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn forged_tokens_are_refused() {
    let app = app().await;
    let pair = app.create_token_with(json!({"scopes": "read_institutions"})).await.ok();
    let token = pair["access"].as_str().unwrap();
    app.log_in_as("other", "secret");
    let others = app.access_token().await;
    app.log_in_as("id", "password");
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let with = |key: &str, value: Value| {
        let mut changed = part(token, 1);
        changed[key] = value;
        encode(&changed)
    };
    let none = encode(&json!({"typ": "JWT", "alg": "none"}));
    let hs256 = encode(&json!({"typ": "JWT", "alg": "HS256"}));
    let organization = part(&others, 1)["organization_id"].clone();
    let cases = [
        pair["refresh"].as_str().unwrap().to_owned(),
        format!("{header}.{}.{signature}", with("exp", json!(4_000_000_000_i64))),
        format!("{header}.{}.{signature}", with("exp", json!("never"))),
        format!(
            "{header}.{}.{signature}",
            with("scopes", json!(["read_institutions", "write_links"]))
        ),
        format!("{header}.{}.{signature}", with("organization_id", organization)),
        format!("{header}.{}.{signature}", with("organization_id", json!(UNKNOWN))),
        format!("{header}.{claims}.{}", others.split('.').nth(2).unwrap()),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}.{signature}"),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{hs256}.{claims}.{signature}"),
        claims.to_owned(),
        "..".to_owned(),
        String::new(),
        "x".repeat(10_000),
    ];
    app.call_with(token, Method::GET, "/api/institutions/", None).await.ok();
    for forged in cases {
        refused(&app.call_with(&forged, Method::GET, "/api/institutions/", None).await);
    }
}

#[actix_web::test]
async fn the_links_of_a_token_are_those_of_its_account() {
    let app = app().await;
    let token = app.access_token().await;
    app.log_in_as("other", "secret");
    let made = app.call_with(&token, Method::POST, "/api/links/", link()).await.id();
    app.get(&format!("/api/links/{made}/")).await.not_found();
    app.log_in_as("id", "password");
    app.get(&format!("/api/links/{made}/")).await.ok();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn the_same_seed_and_time_give_the_same_tokens() {
    let mut seen = Vec::new();
    for seed in ["7", "7", "8"] {
        let app = app_with(&["--seed", seed]).await;
        let tokens = [app.access_token().await, app.access_token().await];
        assert_ne!(tokens[0], tokens[1]);
        seen.push(tokens);
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
}
