//! The widget's half of Belvo's guide: a backend asks for a token, the widget makes the link or
//! mends it, and the webhooks come.

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HOST};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, RECEIVER, TestApp, app, app_with};

/// The scopes of update mode in Belvo's guide.
const UPDATE: &str = "read_institutions,write_links,read_links";
const REFUSED_LATER: &str = "GONE900101HXXXXX00";
const TOKEN_LATER: &str = "MFAS900101HXXXXX00";

/// The body that the widget sends: the settings of the link are those of the token.
fn login() -> Value {
    json!({"institution": "planet_mx_employment", "username": CURP, "access_mode": "single"})
}

fn access(pair: &Value) -> String {
    pair["access"].as_str().unwrap().to_owned()
}

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn path_of(link: &str) -> String {
    format!("/api/links/{link}/")
}

#[track_caller]
fn denied(answer: &Answer) {
    assert_eq!(answer.problem(403).0, "permission_denied");
}

#[track_caller]
fn spent(answer: &Answer) {
    assert_eq!(answer.problem(401).0, "authentication_failed");
}

/// The codes of the webhooks that are sent now.
fn codes<S>(app: &TestApp<S>) -> Vec<String>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let sent = app.send_webhooks();
    sent.iter().map(|sent| sent.body()["webhook_code"].as_str().unwrap().to_owned()).collect()
}

/// A token for the update of a link, as the guide asks for it.
async fn update_token<S>(app: &TestApp<S>, link: &str) -> String
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let fields = json!({"link_id": link, "scopes": UPDATE});
    access(&app.create_token_with(fields).await.ok())
}

/// A recurrent link whose credentials work no more after a week, with the code of its webhook.
async fn link_in_need<S>(app: &TestApp<S>, curp: &str) -> (String, String)
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let link = app.create_link_with(curp, json!({"access_mode": "recurrent"})).await.id();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(codes(app), ["historical_update"]);
    app.advance(TimeDelta::days(7));
    let mut codes = codes(app);
    assert_eq!(codes.len(), 1, "{codes:?}");
    (link, codes.remove(0))
}

#[actix_web::test]
async fn a_link_of_the_widget_has_what_its_token_says() {
    let app = app().await;
    let settings = json!({
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
        "credentials_storage": "30d",
        "stale_in": "300d",
    });
    let token = access(&app.create_token_with(settings.clone()).await.ok());
    let institutions = app.call_with(&token, Method::GET, "/api/institutions/", None).await.ok();
    assert_eq!(institutions["count"], 3);
    let made = app.call_with(&token, Method::POST, "/api/links/", Some(login())).await.created();
    for (key, value) in settings.as_object().unwrap() {
        assert_eq!(made[key], *value, "{key}");
    }
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].body()["link_id"], made["id"]);
    assert_eq!(sent[0].body()["data"], json!({"total_employment_record_profiles": 1}));
    let credentials_end = TimeDelta::days(30);
    app.advance(credentials_end);
    let expired = app.retrieve(made["id"].as_str().unwrap()).await.problem(404);
    assert_eq!(expired.0, "expired_credentials");
}

#[actix_web::test]
async fn what_the_request_of_the_link_says_wins() {
    let app = app().await;
    let of_token = json!({
        "fetch_resources": ["OWNERS"], "credentials_storage": "30d", "stale_in": "300d",
    });
    let cases = [
        (json!({}), json!(["OWNERS"]), "30d", json!("300d")),
        (
            json!({"fetch_resources": null, "stale_in": null}),
            json!(["OWNERS"]),
            "30d",
            json!("300d"),
        ),
        (json!({"fetch_resources": []}), json!([]), "30d", json!("300d")),
        (json!({"stale_in": "7d"}), json!(["OWNERS"]), "30d", json!("7d")),
        (
            json!({"access_mode": "recurrent", "credentials_storage": "store"}),
            json!(["OWNERS"]),
            "store",
            json!("300d"),
        ),
        (json!({"credentials_storage": "nostore"}), json!(["OWNERS"]), "nostore", json!("300d")),
    ];
    for (own, resources, storage, stale_in) in cases {
        let token = access(&app.create_token_with(of_token.clone()).await.ok());
        let mut body = login();
        body.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let link = app.call_with(&token, Method::POST, "/api/links/", Some(body)).await.created();
        assert_eq!(link["fetch_resources"], resources, "{own}");
        assert_eq!(link["credentials_storage"], storage, "{own}");
        assert_eq!(link["stale_in"], stale_in, "{own}");
        app.delete(&path_of(link["id"].as_str().unwrap())).await.no_content();
    }
}

/// Belvo knows more resources than an institution of employment has. The token comes before the
/// person chooses the institution.
#[actix_web::test]
async fn the_resources_of_a_token_are_checked_when_the_institution_is_known() {
    let app = app().await;
    let fields = json!({"fetch_resources": ["ACCOUNTS", "EMPLOYMENT_RECORDS", "ACCOUNTS"]});
    let token = access(&app.create_token_with(fields).await.ok());
    assert_eq!(claims(&token)["fetch_resources"], json!(["ACCOUNTS", "EMPLOYMENT_RECORDS"]));
    let made = app.call_with(&token, Method::POST, "/api/links/", Some(login())).await;
    let message =
        "The institution only supports the following resources: EMPLOYMENT_RECORDS, OWNERS";
    assert_eq!(made.problem(400), ("invalid".into(), Some("resources".into()), message.into()));
    // A refusal does not spend the token.
    let mut body = login();
    body["fetch_resources"] = json!(["EMPLOYMENT_RECORDS"]);
    app.call_with(&token, Method::POST, "/api/links/", Some(body)).await.created();
    app.advance(TimeDelta::seconds(15));
    assert_eq!(codes(&app), ["historical_update"]);
}

#[actix_web::test]
async fn a_recurrent_link_refuses_the_storage_of_its_token() {
    let app = app().await;
    let token = access(&app.create_token_with(json!({"credentials_storage": "30d"})).await.ok());
    let mut body = login();
    body["access_mode"] = json!("recurrent");
    let made = app.call_with(&token, Method::POST, "/api/links/", Some(body)).await;
    assert_eq!(made.problem(400).0, "invalid_credentials_storage");
}

/// The explanation of the token's request says what the token will not bring.
#[actix_web::test]
async fn a_token_that_promises_nothing_says_so() {
    let app = app().await;
    let fields =
        json!({"scopes": "write_links,read_link", "fetch_resources": ["EMPLOYMENT_RECORD"]});
    let answer = app.create_token_with(fields).await;
    let id = answer.headers.get("X-Request-Id").unwrap().to_str().unwrap();
    let explanation = app.get(&format!("/_emulator/requests/{id}")).await.ok().to_string();
    let parts = [
        r#"read_link\" of a token allows nothing. Did you mean \"read_links\"?"#,
        r#"resource \"EMPLOYMENT_RECORD\" of a token"#,
        r#"Did you mean \"EMPLOYMENT_RECORDS\"?"#,
    ];
    for part in parts {
        assert!(explanation.contains(part), "{part}: {explanation}");
    }
}

#[actix_web::test]
async fn the_keys_of_a_token_are_in_the_body_or_in_the_header() {
    let app = app_with(&["--credentials", "id:password", "--credentials", "other:secret"]).await;
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    let bearer = format!("Bearer {}", app.access_token().await);
    let (right, wrong) = (basic("id:password"), basic("id:wrong"));
    let keys = |id: &str, password: &str| json!({"id": id, "password": password, "scopes": "x"});
    let none = json!({"scopes": "x"});
    let cases = [
        (Some(right.as_str()), none.clone(), 200),
        (Some(&right), json!({"scopes": "x", "id": null, "password": null}), 200),
        (Some(&wrong), none.clone(), 401),
        (Some("Basic !"), none.clone(), 401),
        (Some("Bearer x"), none.clone(), 401),
        (Some(&bearer), none.clone(), 403),
        (None, none, 400),
        (Some(&right), json!({"scopes": "x", "id": "id"}), 400),
        (Some(&right), json!({"scopes": "x", "password": "password"}), 400),
        (Some(&right), keys("id", "wrong"), 401),
        (Some(&wrong), keys("id", "password"), 200),
    ];
    for (header, body, status) in cases {
        let mut request = TestRequest::post().uri("/api/token/").insert_header((HOST, "localhost"));
        if let Some(header) = header {
            request = request.insert_header((AUTHORIZATION, header));
        }
        let answer = app.call(request.set_json(&body)).await;
        assert_eq!(answer.status, status, "{header:?} {body}");
        if status != 200 {
            answer.problems(status);
        }
    }
    // The body wins: the token is of its account.
    let request = TestRequest::post().uri("/api/token/").insert_header((AUTHORIZATION, right));
    let others = app.call(request.set_json(keys("other", "secret"))).await.ok();
    let own = claims(&app.access_token().await);
    assert_ne!(claims(&access(&others))["user_id"], own["user_id"]);
}

#[actix_web::test]
async fn update_mode_mends_a_link_whose_credentials_are_refused() {
    let app = app().await;
    let (link, code) = link_in_need(&app, REFUSED_LATER).await;
    assert_eq!(code, "invalid_credentials");
    let token = update_token(&app, &link).await;
    let in_claim = json!({"id": link, "status": "invalid", "institution": "planet_mx_employment"});
    assert_eq!(claims(&token)["link"], in_claim);
    app.call_with(&token, Method::GET, "/api/institutions/", None).await.ok();
    let shown = app.call_with(&token, Method::GET, &path_of(&link), None).await.ok();
    assert_eq!(shown["status"], "invalid");

    let password = Some(json!({"password": "new"}));
    let mended = app.call_with(&token, Method::PUT, &path_of(&link), password.clone()).await;
    assert_eq!(mended.ok()["status"], "valid");
    let request_id = mended.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned();
    spent(&app.call_with(&token, Method::PUT, &path_of(&link), password).await);
    app.advance(TimeDelta::seconds(15));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].body()["webhook_code"], "historical_update");
    assert_eq!(sent[0].request_id(), request_id);
    let requests = app.get(&format!("/_emulator/requests?link={link}")).await.ok();
    let story: Vec<&str> = requests["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["operation"].as_str().unwrap())
        .collect();
    assert_eq!(story, ["RegisterLink", "CreateToken", "DetailLink", "UpdateLink", "UpdateLink"]);
    let id = requests["requests"][4]["request_id"].as_str().unwrap();
    let refused = app.get(&format!("/_emulator/requests/{id}")).await.ok();
    assert_eq!(refused["status"], 401);
    assert!(refused["notes"][0].as_str().unwrap().starts_with("the token is used up"), "{refused}");
    // The refreshes go on.
    app.advance(TimeDelta::days(7));
    assert_eq!(codes(&app), [""; 0]);
    assert_eq!(app.get(&path_of(&link)).await.ok()["status"], "valid");
}

#[actix_web::test]
async fn update_mode_mends_a_link_that_waits_for_a_token() {
    let app = app().await;
    let by_put = link_in_need(&app, TOKEN_LATER).await;
    assert_eq!(by_put.1, "token_required");
    let token = update_token(&app, &by_put.0).await;
    assert_eq!(claims(&token)["link"]["status"], "token_required");
    let code = Some(json!({"token": "123456"}));
    let mended = app.call_with(&token, Method::PUT, &path_of(&by_put.0), code).await.ok();
    assert_eq!(mended["status"], "valid");
    app.advance(TimeDelta::seconds(15));
    assert_eq!(codes(&app), ["historical_update"]);

    // The refresh tells the session that PATCH resumes.
    let (by_patch, _) = link_in_need(&app, TOKEN_LATER).await;
    let token = update_token(&app, &by_patch).await;
    let refresh = format!("/api/links/{by_patch}/refresh/");
    let asked = app.call_with(&token, Method::POST, &refresh, None).await.token_required();
    assert_eq!(asked["link"], by_patch);
    let answer = json!({"session": asked["session"], "link": by_patch, "token": "123456"});
    let mended = app.call_with(&token, Method::PATCH, "/api/links/", Some(answer.clone())).await;
    assert_eq!(mended.ok()["status"], "valid");
    spent(&app.call_with(&token, Method::PATCH, "/api/links/", Some(answer)).await);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_token_for_a_link_reaches_no_other_link() {
    let app = app().await;
    let own = app.create_link(CURP).await.id();
    let other = app.create_link(CURP).await.id();
    let scopes = format!("{UPDATE},delete_links");
    let fields = json!({"link_id": own, "scopes": scopes});
    let token = access(&app.create_token_with(fields).await.ok());
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        app.call_with(&token, method, &path_of(&other), Some(json!({}))).await.not_found();
    }
    let refresh = format!("/api/links/{other}/refresh/");
    app.call_with(&token, Method::POST, &refresh, None).await.not_found();
    let session = "0".repeat(32);
    let resume = json!({"session": session, "link": other, "token": "123456"});
    app.call_with(&token, Method::PATCH, "/api/links/", Some(resume)).await.not_found();
    denied(&app.call_with(&token, Method::POST, "/api/links/", Some(login())).await);
    let listed = app.call_with(&token, Method::GET, "/api/links/", None).await.ok();
    assert_eq!((&listed["count"], &listed["results"][0]["id"]), (&json!(1), &json!(own)));
    let foreign = format!("/api/links/?id={other}");
    assert_eq!(app.call_with(&token, Method::GET, &foreign, None).await.ok()["count"], 0);
    assert_eq!(app.get("/api/links/").await.ok()["count"], 2);

    // It may delete its own, which does not spend it, and then finds nothing.
    app.call_with(&token, Method::DELETE, &path_of(&own), None).await.no_content();
    app.call_with(&token, Method::GET, &path_of(&own), None).await.not_found();
    app.call_with(&token, Method::PUT, &path_of(&own), Some(json!({}))).await.not_found();
    let gone = app.create_token_with(json!({"link_id": own})).await.problem(400);
    let message = format!("Object with id={own} does not exist.");
    assert_eq!(gone, ("does_not_exist".into(), Some("link_id".into()), message));
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_token_expires_by_the_clock_of_its_account() {
    let app = app_with(&["--clock", "manual"]).await;
    let link = app.create_link(CURP).await.id();
    let token = update_token(&app, &link).await;
    app.log_in_as("other", "secret");
    app.advance_clock(json!({"by": "1h"})).await;
    app.log_in_as("id", "password");
    app.call_with(&token, Method::GET, &path_of(&link), None).await.ok();
    app.advance_clock(json!({"by": "20m"})).await;
    spent(&app.call_with(&token, Method::GET, &path_of(&link), None).await);
}

#[actix_web::test]
async fn a_snapshot_keeps_tokens_and_a_fork_has_none() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    let token = update_token(&app, &link).await;
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    app.post("/_emulator/fork", json!({"credentials": "fork:keys"})).await.no_content();
    let mend = || app.call_with(&token, Method::PUT, "/api/links/", None);
    drop(mend().await.problem(405));
    app.call_with(&token, Method::PUT, &path_of(&link), Some(json!({}))).await.ok();
    spent(&app.call_with(&token, Method::PUT, &path_of(&link), Some(json!({}))).await);
    app.put("/_emulator/snapshot", snapshot).await.ok();
    app.call_with(&token, Method::GET, &path_of(&link), None).await.ok();
    // The token is of the account that made it, although the fork has the link too.
    app.advance(TimeDelta::minutes(1));
    let mended = app.call_with(&token, Method::PUT, &path_of(&link), Some(json!({}))).await.ok();
    assert_eq!(mended["last_accessed_at"], "2026-03-01T12:01:00.000000Z");
    app.log_in_as("fork", "keys");
    let of_fork = app.get(&path_of(&link)).await.ok();
    assert_eq!(of_fork["last_accessed_at"], "2026-03-01T12:00:15.000000Z");
}

/// The widget is a page of another origin: the backend's.
#[actix_web::test]
async fn a_page_of_cors_is_told_why_it_is_denied() {
    let origin = "http://localhost:4200";
    let app = app_with(&["--webhook-url", RECEIVER, "--cors", origin]).await;
    let token = app.access_token().await;
    let request = TestRequest::get().uri("/api/links/");
    let request = request.insert_header(("Origin", origin));
    let request = request.insert_header((AUTHORIZATION, format!("Bearer {token}")));
    let answer = app.call(request).await;
    denied(&answer);
    assert_eq!(answer.headers.get("Access-Control-Allow-Origin").unwrap(), origin);
}

#[actix_web::test]
async fn the_explanation_of_a_denied_call_names_the_scope() {
    let app = app().await;
    let token = app.access_token().await;
    for (method, path, says) in [
        (Method::GET, "/api/links/", "the token lacks the scope read_links: name it in"),
        (Method::DELETE, "/api/links/x/", "the token lacks the scope delete_links: name it in"),
        (Method::GET, "/api/employment-records/", "no scope of a token opens this call"),
    ] {
        let answer = app.call_with(&token, method, path, None).await;
        denied(&answer);
        let id = answer.headers.get("X-Request-Id").unwrap().to_str().unwrap();
        let explanation = app.get(&format!("/_emulator/requests/{id}")).await.ok();
        let note = explanation["notes"][0].as_str().unwrap();
        assert!(note.starts_with(says), "{note}");
    }
}
