//! The calls for a link that exists: update, resume, renew, refresh, delete.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, Sent, app, app_with, is_hex};

const UNKNOWN: &str = "74c01cb4-edf1-44d6-8876-b1dc2aebcb14";
const TOKEN_CURP: &str = "FAIL428001HXXXXX00";
const WRONG_TOKEN: &str = "Invalid credentials provided to login to the institution";

macro_rules! path {
    ($id:expr) => {
        format!("/api/links/{}/", $id)
    };
    ($id:expr, refresh) => {
        format!("/api/links/{}/refresh/", $id)
    };
}

#[actix_web::test]
async fn patch_link_200_changes_what_it_names_and_triggers_nothing() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let changed = app
        .patch(&path!(link), json!({"stale_in": "30d", "fetch_resources": ["EMPLOYMENT_RECORDS"]}))
        .await
        .ok();
    assert_eq!(changed["stale_in"], "30d");
    assert_eq!(changed["fetch_resources"], json!(["EMPLOYMENT_RECORDS"]));
    assert_eq!(changed["access_mode"], "single");
    assert_eq!(app.patch(&path!(link), json!({})).await.ok(), changed);
    assert_eq!(app.get(&path!(link)).await.ok(), changed);
    app.advance(TimeDelta::days(2));
    assert!(app.send_webhooks().is_empty());
    assert_eq!(app.records_of(&link).await["count"], 0);
}

#[actix_web::test]
async fn patch_link_to_recurrent_updates_the_next_day_and_weekly_from_then() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
    let changed = app.patch(&path!(link), json!({"access_mode": "recurrent"})).await.ok();
    assert_eq!(changed["refresh_rate"], "7d");
    assert_eq!(changed["credentials_storage"], "store");
    app.advance(TimeDelta::days(1) - TimeDelta::seconds(1));
    assert!(app.send_webhooks().is_empty());
    app.advance(TimeDelta::seconds(1));
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].body()["webhook_code"], "historical_update");
    app.advance(TimeDelta::days(6));
    app.send_webhooks();
    let read_at = async || app.records_of(&link).await["results"][0]["collected_at"].clone();
    assert_eq!(read_at().await, "2026-03-08T12:00:15.000000Z");
    let single = app.patch(&path!(link), json!({"access_mode": "single"})).await.ok();
    assert_eq!(single["refresh_rate"], Value::Null);
    app.advance(TimeDelta::days(30));
    assert_eq!(read_at().await, "2026-03-08T12:00:15.000000Z", "no refresh came after");
}

#[actix_web::test]
async fn patch_link_400_names_what_is_wrong() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    for (body, code, field) in [
        (json!({"access_mode": "Australia"}), "invalid_choice", Some("access_mode")),
        (json!({"stale_in": "soon"}), "invalid", Some("stale_in")),
        (json!({"fetch_resources": ["X"]}), "invalid", Some("resources")),
        (json!({"fetch_resources": "OWNERS"}), "not_a_list", None),
    ] {
        let problem = app.patch(&path!(link), body.clone()).await.problem(400);
        assert_eq!((problem.0.as_str(), problem.1.as_deref()), (code, field), "{body}");
    }
    let kept = app.create_link_with(CURP, json!({"credentials_storage": "nostore"})).await.id();
    let problem = app.patch(&path!(kept), json!({"access_mode": "recurrent"})).await.problem(400);
    let message = "This link doesn't have stored credentials hence it can't be switched to \
                   recurrent mode";
    assert_eq!(problem, ("invalid_access_mode_switch".into(), None, message.into()));
    app.patch(&path!(UNKNOWN), json!({})).await.not_found();
}

#[actix_web::test]
async fn put_link_200_makes_an_invalid_link_valid_and_updates_a_recurrent_one() {
    let app = app().await;
    for (mode, webhooks) in [("single", 0), ("recurrent", 1)] {
        let fields = json!({"access_mode": mode});
        let link = app.create_link_with("GONE900101HXXXXX00", fields).await.id();
        app.advance(TimeDelta::seconds(15));
        app.send_webhooks();
        for _ in 0..6 {
            app.retrieve(&link).await.problem(400);
        }
        assert_eq!(app.get(&path!(link)).await.ok()["status"], "invalid");
        let renewed = app.put(&path!(link), json!({"password": "new"})).await.ok();
        assert_eq!(renewed["status"], "valid");
        app.retrieve(&link).await.created();
        app.advance(TimeDelta::seconds(15));
        assert_eq!(app.send_webhooks().len(), webhooks, "{mode}");
        assert_eq!(app.put(&path!(link), json!({})).await.ok()["status"], "valid");
        app.delete(&path!(link)).await.no_content();
    }
    app.put(&path!(UNKNOWN), json!({})).await.not_found();
}

#[actix_web::test]
async fn post_refresh_202_loads_again_with_the_id_that_the_webhook_repeats() {
    let app = app().await;
    for mode in ["single", "recurrent"] {
        let link = app.create_link_with(CURP, json!({"access_mode": mode})).await.id();
        app.advance(TimeDelta::minutes(1));
        app.send_webhooks();
        let before = app.records_of(&link).await["results"][0].clone();
        let answer = app.call(app.request(Method::POST, &path!(link, refresh))).await;
        let request_id = answer.accepted();
        app.advance(TimeDelta::seconds(15));
        let sent = app.send_webhooks();
        let types: Vec<String> = sent.iter().map(Sent::webhook_type).collect();
        assert_eq!(types, ["EMPLOYMENT_RECORDS", "OWNERS"]);
        assert!(sent.iter().all(|sent| sent.request_id() == request_id));
        let after = app.records_of(&link).await;
        assert_eq!(after["count"], 1, "the same record, brought up to date");
        assert_eq!(after["results"][0]["id"], before["id"]);
        assert_ne!(after["results"][0]["collected_at"], before["collected_at"]);
    }
}

#[actix_web::test]
async fn post_refresh_409_within_ten_minutes_says_how_long_to_wait() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    app.post(&path!(link, refresh), json!({})).await.accepted();
    for (seconds, minutes) in [(0, 10), (180, 7), (300, 2)] {
        app.advance(TimeDelta::seconds(seconds));
        let problem = app.post(&path!(link, refresh), json!({})).await.problem(409);
        let message = format!(
            "The link has already been refreshed. Please wait {minutes} minutes before trying again."
        );
        assert_eq!(problem, ("link_refreshed".into(), None, message));
    }
    app.advance(TimeDelta::seconds(120));
    app.send_webhooks();
    app.post(&path!(link, refresh), json!({})).await.accepted();
}

#[actix_web::test]
async fn post_refresh_400_for_resources_that_the_institution_lacks() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    let body = json!({"fetch_resources": ["CURRENT_EMPLOYMENTS"]});
    let problem = app.post(&path!(link, refresh), body).await.problem(400);
    let message =
        "The institution only supports the following resources: EMPLOYMENT_RECORDS, OWNERS";
    assert_eq!(problem, ("invalid".into(), Some("resources".into()), message.into()));
    app.post(&path!(UNKNOWN, refresh), json!({})).await.not_found();
}

#[actix_web::test]
async fn delete_link_202_in_the_background_ends_with_a_webhook() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"external_id": "user-1"})).await.id();
    let request = app.request(Method::DELETE, &path!(link));
    let answer = app.call(request.insert_header(("X-Belvo-Request-Mode", "async"))).await;
    let request_id = answer.accepted();
    app.advance(TimeDelta::seconds(1));
    app.get(&path!(link)).await.not_found();
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    let body = sent[0].body();
    assert_eq!(sent[0].request_id(), request_id);
    assert_eq!(body["webhook_type"], "LINK");
    assert_eq!(body["webhook_code"], "link_deleted");
    assert_eq!((&body["link_id"], &body["external_id"]), (&json!(link), &json!("user-1")));
    app.advance(TimeDelta::days(1));
    assert!(app.send_webhooks().is_empty());
}

#[actix_web::test]
async fn deleting_a_link_in_the_background_again_repeats_the_first_answer_and_plans_nothing() {
    let app = app().await;
    let link = app.create_link(CURP).await.id();
    let delete = async || {
        let request = app.request(Method::DELETE, &path!(link));
        app.call(request.insert_header(("X-Belvo-Request-Mode", "async"))).await.accepted()
    };
    let request_id = delete().await;
    for _ in 0..20 {
        assert_eq!(delete().await, request_id);
    }
    app.advance(TimeDelta::seconds(1));
    app.get(&path!(link)).await.not_found();
    let sent = app.send_webhooks();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].request_id(), request_id, "the webhook repeats what every answer said");
}

#[actix_web::test]
async fn deleting_a_link_in_the_background_again_adds_no_row() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    for _ in 0..20 {
        let request = app.request(Method::DELETE, &path!(link));
        app.call(request.insert_header(("X-Belvo-Request-Mode", "async"))).await.accepted();
    }
    let before = app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(before["scheduled"], 2, "the deletion, and the end of the stored credentials");
}

#[actix_web::test]
async fn post_links_428_then_patch_links_200_with_the_right_token() {
    let app = app().await;
    let body = app.create_link(TOKEN_CURP).await.token_required();
    let (link, session) = (text(&body, "link"), text(&body, "session"));
    assert!(is_hex(&session));
    assert_eq!(body["expiry"], 9600);
    assert_eq!(
        body["token_generation_data"],
        json!({
            "instructions": "Enter the token that the institution sent you",
            "type": "numeric",
            "value": null,
            "expects_user_input": true,
        })
    );
    let waiting = app.get(&path!(link)).await.ok();
    assert_eq!(
        (&waiting["status"], &waiting["last_accessed_at"]),
        (&json!("unconfirmed"), &json!(null))
    );
    app.advance(TimeDelta::minutes(1));
    assert!(app.send_webhooks().is_empty(), "nothing loads before the token");

    let resume = |token: &str| json!({"session": session, "link": link, "token": token});
    let wrong = app.patch("/api/links/", resume("999999")).await.problem(400);
    assert_eq!(wrong, ("login_error".into(), None, WRONG_TOKEN.into()));
    let confirmed = app.patch("/api/links/", resume("123456")).await.ok();
    assert_eq!((&confirmed["id"], &confirmed["status"]), (&json!(link), &json!("valid")));
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 1);
    app.patch("/api/links/", resume("123456")).await.not_found();
    app.retrieve(&link).await.created();
}

#[actix_web::test]
async fn post_links_201_with_the_token_at_once() {
    let app = app().await;
    let link = app.create_link_with(TOKEN_CURP, json!({"token": "123456"})).await.created();
    assert_eq!(link["status"], "valid");
    let wrong = app.create_link_with(TOKEN_CURP, json!({"token": "1"})).await.problem(400);
    assert_eq!(wrong.0, "login_error");
}

#[actix_web::test]
async fn patch_links_400_when_the_session_has_expired() {
    let app = app().await;
    let body = app.create_link(TOKEN_CURP).await.token_required();
    app.advance(TimeDelta::seconds(9600));
    let late = json!({"session": body["session"], "link": body["link"], "token": "123456"});
    let problem = app.patch("/api/links/", late).await.problem(400);
    assert_eq!(problem.0, "session_expired");
}

#[actix_web::test]
async fn patch_links_checks_its_body() {
    let app = app().await;
    let session = "5c09677ecf78e1d4501547252a0c4e77";
    let problems = app.patch("/api/links/", json!({"link": "x"})).await.problems(400);
    let codes: Vec<_> = problems.iter().map(|problem| problem.0.as_str()).collect();
    assert_eq!(codes, ["required", "invalid"]);
    let unknown = json!({"session": session, "link": UNKNOWN});
    app.patch("/api/links/", unknown).await.not_found();
    let link = app.create_link(CURP).await.id();
    app.patch("/api/links/", json!({"session": session, "link": link})).await.not_found();
    let body = app.create_link(TOKEN_CURP).await.token_required();
    let without = json!({"session": body["session"], "link": body["link"]});
    app.patch("/api/links/", without).await.token_required();
}

#[actix_web::test]
async fn unconfirmed_links_can_do_nothing_yet() {
    let app = app().await;
    let body = app.create_link(TOKEN_CURP).await.token_required();
    let link = text(&body, "link");
    for answer in [
        app.retrieve(&link).await,
        app.put(&path!(link), json!({})).await,
        app.post(&path!(link, refresh), json!({})).await,
    ] {
        let message = "The link creation has not been completed yet";
        assert_eq!(answer.problem(400), ("unconfirmed_link".into(), None, message.into()));
    }
    let valid = app.get("/api/links/?status=unconfirmed").await.ok();
    assert_eq!(valid["count"], 1);
}

#[actix_web::test]
async fn credentials_expire_after_their_storage_period() {
    let app = app().await;
    let link = app.create_link_with(CURP, json!({"credentials_storage": "30d"})).await.id();
    app.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    app.retrieve(&link).await.created();
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.get(&path!(link)).await.ok()["status"], "invalid");
    let message = "The credentials of this link have expired";
    let expired = ("expired_credentials".to_owned(), None, message.to_owned());
    assert_eq!(app.retrieve(&link).await.problem(404), expired);
    assert_eq!(app.post("/api/owners/", json!({"link": link})).await.problem(404), expired);
    assert_eq!(app.post(&path!(link, refresh), json!({})).await.problem(404), expired);
    app.put(&path!(link), json!({"password": "x"})).await.ok();
    app.retrieve(&link).await.created();
    let kept = app.create_link_with(CURP, json!({"credentials_storage": "nostore"})).await.id();
    assert_eq!(app.retrieve(&kept).await.problem(404), expired);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
    assert_eq!(app.records_of(&kept).await["count"], 1, "what was asked for at first is loaded");
}

#[actix_web::test]
async fn data_goes_when_it_was_not_updated_for_long_and_the_link_stays() {
    let app = app_with(&[]).await;
    let life = json!({"stale_in": "10d"});
    let link = app.create_link_with(CURP, life).await.id();
    app.advance(TimeDelta::days(9));
    app.retrieve(&link).await.created();
    app.advance(TimeDelta::days(9));
    assert_eq!(app.records_of(&link).await["count"], 1, "an update gives it a new life");
    app.advance(TimeDelta::days(1));
    assert_eq!(app.records_of(&link).await["count"], 0);
    app.get(&path!(link)).await.ok();
    let by_default = app.create_link_with(CURP, json!({"credentials_storage": "store"})).await.id();
    app.advance(TimeDelta::days(365));
    assert_eq!(app.records_of(&by_default).await["count"], 1);
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.records_of(&by_default).await["count"], 0);
}

#[actix_web::test]
async fn a_shorter_stale_in_counts_from_the_last_update() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::days(20));
    app.patch(&path!(link), json!({"stale_in": "10d"})).await.ok();
    app.advance(TimeDelta::microseconds(1));
    assert_eq!(app.records_of(&link).await["count"], 0);
}

#[actix_web::test]
async fn six_failed_retrievals_make_a_link_invalid_and_one_that_works_starts_anew() {
    let app = app_with(&[]).await;
    let link = app.create_link("GONE900101HXXXXX00").await.id();
    let refused = ("login_error".to_owned(), None, WRONG_TOKEN.to_owned());
    for _ in 0..6 {
        assert_eq!(app.get(&path!(link)).await.ok()["status"], "valid");
        assert_eq!(app.retrieve(&link).await.problem(400), refused);
    }
    assert_eq!(app.get(&path!(link)).await.ok()["status"], "invalid");
    assert_eq!(app.retrieve(&link).await.problem(400).0, "invalid_link");
}

#[actix_web::test]
async fn a_retrieval_that_works_forgets_the_failures_before() {
    let app = app_with(&[]).await;
    let link = app.create_link("FAIL403001HXXXXX00").await.id();
    for _ in 0..3 {
        app.advance(TimeDelta::days(1));
        for _ in 0..3 {
            app.retrieve(&link).await.created();
        }
        for _ in 0..5 {
            app.retrieve(&link).await.problem(403);
        }
        assert_eq!(app.get(&path!(link)).await.ok()["status"], "valid");
    }
}

#[actix_web::test]
async fn a_later_token_is_asked_for_by_a_retrieval_and_resumed() {
    let app = app_with(&[]).await;
    let link = app.create_link("MFAS900101HXXXXX00").await.id();
    app.advance(TimeDelta::minutes(1));
    let body = app.retrieve(&link).await.token_required();
    assert_eq!(app.get(&path!(link)).await.ok()["status"], "token_required");
    let resume = json!({"session": body["session"], "link": link, "token": "anything"});
    assert_eq!(app.patch("/api/links/", resume).await.ok()["status"], "valid");
    app.retrieve(&link).await.created();
}

fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap().to_owned()
}
