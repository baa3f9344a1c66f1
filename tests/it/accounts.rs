//! Credentials, and accounts that never meet.

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use belvo_emulator::Config;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, app, app_with};
use crate::process::Server;

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
    // "a:" with "1" is the same header as "a" with ":1": the pair is split at the first colon.
    let ids: HashSet<&str> = pairs.map(|(id, _)| id.trim_end_matches(':')).into();
    let distinct: HashSet<String> = creators.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), ids.len(), "it follows from the id, and no password shows in it");
    assert_eq!(creators[0], creators[1]);
}

#[actix_web::test]
async fn a_token_opens_the_account_that_signed_it_and_none_of_the_same_id() {
    let app = app().await;
    let read = |token: String| {
        let app = &app;
        async move { app.call_with(&token, Method::GET, "/api/institutions/", None).await.status }
    };
    app.log_in_as("a", "1");
    let first = app.access_token().await;
    app.log_in_as("a", "2");
    let second = app.access_token().await;
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!((read(first).await, read(second).await), (200, 200));
}

/// A request about an unknown id looks through other accounts, and must not look through all.
#[actix_web::test]
async fn the_owner_of_an_id_is_looked_for_in_the_first_thousand_accounts() {
    let app = app_with(&["--accounts", "1100"]).await;
    let mut links = Vec::new();
    for number in 0..1001 {
        app.log_in_as("owner", &number.to_string());
        match number {
            999 | 1000 => {
                links.push(app.create_link_with(CURP, json!({"fetch_resources": []})).await.id())
            }
            _ => drop(app.get("/api/").await.ok()),
        }
    }
    app.log_in_as("asking", "keys");
    let said = |link: &str| {
        let path = format!("/_emulator/webhooks/deliveries?link={link}");
        let app = &app;
        async move { app.get(&path).await.status }
    };
    assert_eq!([said(&links[0]).await, said(&links[1]).await], [400, 200]);
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
    let token = app.access_token().await;
    app.log_in_as("other", "keys");
    app.access_token().await;
    app.call_with(&token, Method::GET, "/api/institutions/", None).await.ok();
    app.log_in_as("third", "keys");
    app.get("/api/").await.ok();
    let read = app.call_with(&token, Method::GET, "/api/institutions/", None).await;
    assert_eq!(read.status, 200, "the other one went");
}

#[actix_web::test]
async fn accounts_that_were_only_read_give_way_and_one_that_was_used_stays() {
    let app = app_with(&["--accounts", "10"]).await;
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    app.log_in_as("armed", "keys");
    app.post("/_emulator/armed", json!({"scenario": "login_locked"})).await.created();
    for stranger in 0..1000 {
        app.log_in_as("stranger", &stranger.to_string());
        let answer = app.get("/api/links/").await;
        assert_eq!(answer.headers.get("X-Emulator-Notice"), None);
        assert_eq!(answer.ok()["count"], 0);
    }
    app.log_in_as("armed", "keys");
    assert_eq!(app.get("/_emulator/armed").await.ok()["armed"][0]["left"], 1);
    app.log_in_as("id", "password");
    app.get(&format!("/api/links/{link}/")).await.ok();
}

/// A pair of keys that lost an empty account lost nothing, and is told nothing.
#[actix_web::test]
async fn an_account_with_links_stays_for_an_hour_and_its_keys_are_told_once_that_it_went() {
    let app = app_with(&["--accounts", "2"]).await;
    for id in ["one", "two"] {
        app.log_in_as(id, "keys");
        app.create_link_with(CURP, json!({"fetch_resources": []})).await.created();
    }
    app.log_in_as("three", "keys");
    let (code, _, message) = app.get("/api/links/").await.problem(429);
    assert_eq!(code, "too_many_accounts");
    assert!(message.contains("There are 2 accounts") && message.contains("--accounts"));
    let fork = json!({"credentials": "three:keys"});
    app.log_in_as("one", "keys");
    assert_eq!(app.post("/_emulator/fork", fork).await.problem(429).0, "too_many_accounts");
    app.advance(TimeDelta::minutes(60));
    app.get("/api/").await.ok();
    app.log_in_as("three", "keys");
    app.create_link_with(CURP, json!({"fetch_resources": []})).await.created();
    app.advance(TimeDelta::minutes(61));
    app.log_in_as("two", "keys");
    let first = app.get("/api/links/").await;
    let notice = first.headers.get("X-Emulator-Notice").unwrap().to_str().unwrap();
    assert!(notice.contains("was dropped") && notice.contains("--accounts"), "{notice}");
    assert_eq!(first.ok()["count"], 0);
    assert_eq!(app.get("/api/links/").await.headers.get("X-Emulator-Notice"), None);
    app.log_in_as("one", "keys");
    let told = app.create_token_with(json!({})).await;
    assert!(told.headers.contains_key("X-Emulator-Notice"), "it went when the third was new");
}

#[actix_web::test]
async fn an_account_whose_call_waits_does_not_give_way() {
    let app = app_with(&["--accounts", "1"]).await;
    {
        let mut waiting = pin!(app.post("/_emulator/webhooks/await", json!({"timeout": "9m"})));
        let once = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(once.is_pending());
        app.log_in_as("other", "keys");
        assert_eq!(app.get("/api/").await.problem(429).0, "too_many_accounts");
    }
    app.get("/api/").await.ok();
}

#[actix_web::test]
async fn all_accounts_are_listed_without_their_passwords() {
    let app = app_with(&["--webhook-url", RECEIVER, "--clock", "manual"]).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::minutes(5));
    app.log_in_as("one", "hidden");
    app.create_link(CURP).await.created();
    app.advance_clock(json!({"by": "15s"})).await;
    app.log_in_as("one", "other-hidden");
    let answer = app.get("/_emulator/accounts").await;
    assert!(!String::from_utf8_lossy(&answer.body).contains("hidden"));
    let page = answer.ok();
    assert_eq!((&page["count"], &page["next_after"]), (&json!(3), &json!(null)));
    let ids: Vec<&Value> =
        page["accounts"].as_array().unwrap().iter().map(|account| &account["id"]).collect();
    assert_eq!(ids, ["id", "one", "one"]);
    assert_eq!(
        page["accounts"][1],
        json!({
            "number": 2,
            "id": "one",
            "links": 1,
            "pending": 0,
            "scheduled": 2,
            "last_used_at": "2026-03-01T12:05:00.000000Z",
            "clock": {
                "mode": "manual",
                "now": "2026-03-01T12:05:15.000000Z",
                "next_due": "2027-03-01T12:05:00.000000Z",
            },
        })
    );
    let first = app.get("/_emulator/accounts?limit=2").await.ok();
    assert_eq!((first["accounts"].as_array().unwrap().len(), &first["next_after"]), (2, &json!(2)));
    let last = app.get("/_emulator/accounts?limit=2&after=2").await.ok();
    assert_eq!((&last["accounts"][0]["number"], &last["next_after"]), (&json!(3), &json!(null)));
    let none = app.get(&format!("/_emulator/accounts?after={}", u64::MAX)).await.ok();
    assert_eq!(none["accounts"], json!([]));
}

#[actix_web::test]
async fn with_a_control_token_the_accounts_are_listed_for_it_alone() {
    let token = "0123456789abcdef";
    let app = app_with(&["--control-token", token]).await;
    let asked = async |given: Option<&str>| {
        let request = app.request(Method::GET, "/_emulator/accounts");
        app.call(match given {
            Some(given) => request.insert_header(("X-Emulator-Control-Token", given)),
            None => request,
        })
        .await
    };
    for (given, sentence) in [
        (None, "Send the token of --control-token in the header X-Emulator-Control-Token."),
        (Some("0123456789abcdeg"), "has another token than --control-token"),
    ] {
        let (code, _, message) = asked(given).await.problem(403);
        assert_eq!(code, "control_token_required");
        assert!(message.contains(sentence) && !message.contains(token), "{message}");
    }
    assert_eq!(asked(Some(token)).await.ok()["count"], 1);
    for short in ["short", "0123456789 abcdef", ""] {
        let refused = Config::from_flags(["--control-token", short]).err().unwrap().to_string();
        assert!(refused.contains("--control-token: expected 16 to 1000 visible"), "{refused}");
    }
}

/// Keys open one account. Beyond this machine they are not enough to look over all of them.
#[test]
fn an_emulator_that_other_machines_reach_lists_no_accounts_without_a_control_token() {
    let exposed = Server::start(&["--host", "0.0.0.0"]);
    let (status, body) = exposed.request("GET", "/_emulator/accounts", None);
    assert_eq!((status, &body[0]["code"]), (403, &json!("control_token_required")));
    let message = body[0]["message"].as_str().unwrap();
    assert!(message.contains("Start the emulator with --control-token"), "{message}");
    let local = Server::start(&["--host", "127.0.0.1"]);
    assert_eq!(local.get("/_emulator/accounts")["accounts"][0]["id"], "id");
}
