//! Nothing is silent: a success that brings nothing says so in the explanation and in the log.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, app, app_with};
use crate::log_lines::listen;

const FAULTS: &str = "/_emulator/faults";
const REQUESTS: &str = "/_emulator/requests";

#[actix_web::test]
async fn a_success_that_brings_nothing_says_so_once_in_the_log_and_in_the_explanation() {
    let lines = listen();
    let app = app().await;
    let notes = async |request_id: &str| -> Vec<String> {
        let explained = app.get(&format!("{REQUESTS}/{request_id}")).await.ok();
        let notes = explained["notes"].as_array().unwrap();
        notes.iter().map(|note| note.as_str().unwrap().to_owned()).collect()
    };
    let request_id = |answer: &crate::app::Answer| {
        answer.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned()
    };
    for (curp, fields, says) in [
        (CURP, json!({"fetch_resources": []}), "add \"fetch_resources\": [\"EMPLOYMENT_RECORDS\"]"),
        (CURP, json!({"fetch_resources": null}), "a single link loads what fetch_resources names"),
        (
            "MUTE900101HXXXXX00",
            json!({}),
            "sends no webhook for its first data: its scenario webhook_never has none",
        ),
    ] {
        let answer = app.create_link_with(curp, fields.clone()).await;
        let link = answer.id();
        let found = notes(&request_id(&answer)).await;
        assert_eq!(found.len(), 1, "{fields}: {found:?}");
        assert!(found[0].contains(says) && found[0].contains(&link), "{fields}: {found:?}");
        let logged = lines.with(&link);
        assert_eq!(logged.len(), 1, "{fields}: {logged:?}");
        assert!(logged[0].contains("INFO") && logged[0].contains(says), "{logged:?}");
        assert!(logged[0].contains("account=id"), "{logged:?}");
    }
    let loads = app.create_link(CURP).await;
    let recurrent = app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await;
    let owners = app.create_link_with(CURP, json!({"fetch_resources": ["OWNERS"]})).await;
    for loud in [&loads, &recurrent, &owners] {
        assert_eq!(notes(&request_id(loud)).await, Vec::<String>::new());
        assert_eq!(lines.with(&loud.id()), Vec::<String>::new());
    }

    let link = loads.id();
    let path = format!("/api/links/{link}/");
    let patched = app.patch(&path, json!({"fetch_resources": ["EMPLOYMENT_RECORDS"]})).await;
    assert!(notes(&request_id(&patched)).await[0].contains("refresh/ loads its data"));
    let renewed = app.put(&path, json!({"password": "x"})).await;
    assert!(notes(&request_id(&renewed)).await[0].contains("because it is single"));
    let refresh = json!({"fetch_resources": []});
    let refreshed = app.post(&format!("{path}refresh/"), refresh).await;
    assert!(notes(&request_id(&refreshed)).await[0].contains("fetch_resources is empty"));
    app.advance(chrono::TimeDelta::seconds(60));
    app.send_webhooks();
}

#[actix_web::test]
async fn keys_of_a_body_that_are_ignored_are_named_with_what_was_meant() {
    let app = app().await;
    let body = json!({
        "institution": "planet_mx_employment", "username": CURP, "fetch_resource": ["OWNERS"],
        "acces_mode": "single", "external_id": "ana", "password": "x", "private_key": "y", "zz": 1,
    });
    let answer = app.post("/api/links/", body).await;
    let request_id = answer.headers.get("X-Request-Id").unwrap().to_str().unwrap();
    let explained = app.get(&format!("{REQUESTS}/{request_id}")).await.ok();
    let ignored = "was ignored, as Belvo does.";
    assert_eq!(
        explained["notes"],
        json!([
            format!("the key \"acces_mode\" of the body {ignored} Did you mean \"access_mode\"?"),
            format!(
                "the key \"fetch_resource\" of the body {ignored} Did you mean \"fetch_resources\"?"
            ),
            format!("the key \"zz\" of the body {ignored}"),
        ])
    );
    app.advance(chrono::TimeDelta::seconds(60));
    app.send_webhooks();
}

/// The keys that the explanation knows are those of the description.
#[actix_web::test]
async fn no_described_key_of_a_body_is_called_ignored() {
    let app = app_with(&[]).await;
    let document = app.get("/_emulator/openapi.json").await.ok();
    let id = app.create_link(CURP).await.id();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let schema = &call["requestBody"]["content"]["application/json"]["schema"];
            let Some(properties) = schema["properties"].as_object() else { continue };
            if !path.starts_with("/api/") {
                continue;
            }
            let body: Value = properties.keys().map(|key| (key.clone(), Value::Null)).collect();
            let method: Method = method.to_uppercase().parse().unwrap();
            let request = app.request(method, &path.replace("{id}", &id)).set_json(body);
            app.call_unchecked(request).await;
        }
    }
    let list = app.get(&format!("{REQUESTS}?limit=1000")).await.ok();
    for request in list["requests"].as_array().unwrap() {
        let request_id = request["request_id"].as_str().unwrap();
        let explained = app.get(&format!("{REQUESTS}/{request_id}")).await.ok();
        let notes = explained["notes"].to_string();
        assert!(!notes.contains("was ignored"), "{} {notes}", request["operation"]);
    }
}

#[actix_web::test]
async fn a_refused_registration_is_found_by_its_external_id_and_its_curp() {
    let app = app().await;
    let ana = json!({"external_id": "ana-1"});
    app.create_link_with("FAIL400002HXXXXX00", ana.clone()).await.problem(400);
    app.create_link_with(CURP, json!({"external_id": "eva-1", "fetch_resources": []}))
        .await
        .created();
    let statuses = async |query: &str| -> Vec<u64> {
        let list = app.get(&format!("{REQUESTS}?{query}")).await.ok();
        let requests = list["requests"].as_array().unwrap();
        requests.iter().map(|request| request["status"].as_u64().unwrap()).collect()
    };
    assert_eq!(statuses("external_id=ana-1").await, [400]);
    assert_eq!(statuses("curp=FAIL400002HXXXXX00&operation=RegisterLink").await, [400]);
    assert_eq!(statuses("external_id=eva-1").await, [201]);
    assert_eq!(statuses("external_id=ana").await, Vec::<u64>::new());
    assert_eq!(statuses(&format!("curp={CURP}&status=201")).await, [201]);
}

#[actix_web::test]
async fn mistyped_keys_are_warned_of_once_for_each_id() {
    let lines = listen();
    let app = app_with(&[]).await;
    app.log_in_as("app-id", "pw");
    app.create_link_with(CURP, json!({"fetch_resources": []})).await.created();
    let warning = "keys with a known id and another password began an account of their own";
    assert_eq!(lines.with(warning), Vec::<String>::new());
    for password in ["pw2", "pw2", "pw3"] {
        app.log_in_as("app-id", password);
        assert_eq!(app.get("/api/links/").await.ok()["count"], 0);
    }
    let warned = lines.with(warning);
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("WARN") && warned[0].contains("id=app-id"), "{warned:?}");
    assert!(!warned[0].contains("pw"), "no password: {warned:?}");
    app.log_in_as("other", "pw");
    app.get("/api/links/").await.ok();
    assert_eq!(lines.with(warning).len(), 1);
}

#[actix_web::test]
async fn what_belongs_to_other_keys_is_named_in_control_calls_and_once_in_the_log() {
    let lines = listen();
    let app = app().await;
    app.log_in_as("owner", "secret-of-the-owner");
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let record = app.retrieve(&link).await.created()[0]["id"].as_str().unwrap().to_owned();
    app.log_in_as("owner", "mistyped");
    let says =
        "belongs to the account of other keys, whose id is \"owner (with another password)\".";
    let trigger = json!({"link": link, "webhook_code": "link_deleted"});
    let (_, _, message) = app.post("/_emulator/webhooks/trigger", trigger).await.problem(400);
    assert_eq!(message, format!("Object with id={link} does not exist. {link} {says}"));
    app.log_in_as("stranger", "mistyped");
    let says = "belongs to the account of other keys, whose id is \"owner\".";
    let fault = json!({"fault": "webhook_drop", "link": link});
    let (_, _, message) = app.post(FAULTS, fault).await.problem(400);
    assert!(message.ends_with(says), "{message}");

    let logged = "this id belongs to the account of other keys";
    assert_eq!(lines.with(logged), Vec::<String>::new());
    app.get(&format!("/api/employment-records/{record}/")).await.not_found();
    app.get(&format!("/api/links/{link}/")).await.not_found();
    let (_, _, message) = app.retrieve(&link).await.problem(400);
    assert_eq!(message, format!("Object with id={link} does not exist."), "Belvo's own answer");
    let found = lines.with(logged);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("account=stranger") && found[0].contains("owner=\"owner\""));
    assert!(!found[0].contains("secret"), "no password: {found:?}");
    let nobodys = "00000000-0000-4000-8000-000000000000";
    app.log_in_as("third", "pw");
    app.get(&format!("/api/links/{nobodys}/")).await.not_found();
    assert_eq!(lines.with(logged).len(), 1);
}

#[actix_web::test]
async fn an_empty_list_about_a_link_of_other_keys_is_refused() {
    let app = app_with(&[]).await;
    app.log_in_as("owner", "pw");
    let link = app.create_link_with(CURP, json!({"fetch_resources": []})).await.id();
    let lists = ["/_emulator/webhooks/deliveries", REQUESTS];
    let of_link = lists.map(|list| format!("{list}?link={link}"));
    for list in &of_link {
        app.get(list).await.ok();
    }
    let copied = app.get("/_emulator/snapshot").await.ok();
    app.log_in_as("copy", "pw");
    app.put("/_emulator/snapshot", copied).await.ok();
    for list in &of_link {
        app.get(list).await.ok();
    }
    app.log_in_as("stranger", "pw");
    for list in &of_link {
        let (code, field, message) = app.get(list).await.problem(400);
        assert_eq!((&*code, field.as_deref()), ("does_not_exist", Some("link")));
        let says = format!(
            "Object with id={link} does not exist. {link} belongs to the account of other keys, \
             whose id is \"owner\"."
        );
        assert_eq!(message, says);
    }
    // It may have been deleted.
    let nobodys = "00000000-0000-4000-8000-000000000000";
    for list in lists {
        app.get(&format!("{list}?link={nobodys}")).await.ok();
    }
    app.get(&format!("/api/links/{link}/")).await.not_found();
    let named = app.get(&of_link[1]).await.ok();
    assert_eq!(named["requests"].as_array().unwrap().len(), 1, "the account's own request");
}

#[actix_web::test]
async fn the_first_attempts_can_be_wrong_and_the_retry_right() {
    let token = ["--webhook-url", RECEIVER, "--webhook-authorization", "Bearer right"];
    for (fault, attempts) in [("webhook_wrong_authorization", 1), ("webhook_malformed_body", 2)] {
        let app = app_with(&token).await;
        let added = app.fault(json!({"fault": fault, "times": 1, "attempts": attempts})).await;
        assert_eq!(added["attempts"], attempts);
        app.create_link(CURP).await.created();
        let mut wrong = 0;
        for attempt in 1..=3 {
            app.advance(chrono::TimeDelta::minutes(10));
            let sent = app.emulator.poll_attempt().unwrap();
            let is_right = sent.authorization() == Some("Bearer right")
                && serde_json::from_slice::<Value>(sent.body()).is_ok();
            wrong += u32::from(!is_right);
            assert_eq!(is_right, attempt > attempts, "{fault}: attempt {attempt}");
            app.emulator.report(&sent, is_right);
            if is_right {
                break;
            }
        }
        assert_eq!(wrong, attempts as u32, "{fault}");
    }
    let app = app().await;
    for (body, says) in [
        (json!({"fault": "webhook_drop", "attempts": 1}), "have attempts."),
        (json!({"fault": "reset_peer", "attempts": 1}), "have attempts."),
        (json!({"fault": "webhook_malformed_body", "attempts": 0}), "Must be from 1 to 1001."),
    ] {
        let (_, field, message) = app.post(FAULTS, body).await.problem(400);
        assert_eq!(field.as_deref(), Some("attempts"));
        assert!(message.ends_with(says), "{message}");
    }
}
