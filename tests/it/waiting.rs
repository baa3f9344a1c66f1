//! Waiting for webhooks without asking again and again.

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, RECEIVER, app, app_with};

const SKIP: [&str; 4] = ["--webhook-url", RECEIVER, "--clock", "skip"];

#[actix_web::test]
async fn in_skip_mode_waiting_moves_time_to_the_webhook() {
    let app = app_with(&SKIP).await;
    let link = app.create_link(CURP).await.id();
    let delivery = app.await_webhook(json!({"link": link})).await.ok();
    assert_eq!(delivery["webhook_code"], "historical_update");
    assert_eq!(delivery["state"], "delivered");
    assert_eq!(delivery["created_at"], "2026-03-01T12:00:15.000000Z");
    assert_eq!(app.records_of(&link).await["count"], 1);
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-01T12:00:15.000000Z", "no further than needed");
}

#[actix_web::test]
async fn retries_are_waited_for_and_a_webhook_that_fails_has_come_too() {
    let app = app_with(&[&SKIP[..], &["--webhook-retries", "1"]].concat()).await;
    app.create_link(CURP).await.created();
    let path = "/_emulator/webhooks/await";
    let (answer, sent) = app.post_while_sending(path, json!({}), |_| false).await;
    let delivery = answer.ok();
    assert_eq!((&delivery["state"], sent.len()), (&json!("failed"), 2));
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn no_receiver_is_needed() {
    let app = app_with(&["--clock", "skip"]).await;
    let link = app.create_link(CURP).await.id();
    let delivery = app.await_webhook(json!({"link": link})).await.ok();
    assert_eq!((&delivery["state"], &delivery["url"]), (&json!("undeliverable"), &json!(null)));
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-01T12:00:15.000000Z", "no further than needed");
    assert_eq!(delivery["payload"]["link_id"], link.as_str());
}

#[actix_web::test]
async fn a_cursor_never_shows_an_event_twice() {
    let app = app_with(&SKIP).await;
    let links = [app.create_link(CURP).await.id(), app.create_link(CURP).await.id()];
    let first = app.await_webhook(json!({})).await.ok();
    assert_eq!(first["link"], links[0].as_str());
    assert_eq!(app.await_webhook(json!({})).await.ok(), first, "without a cursor, the first again");
    let second = app.await_webhook(json!({"after": first["cursor"]})).await.ok();
    assert_eq!(second["link"], links[1].as_str());
    let none = json!({"after": second["cursor"], "expect": "none", "timeout": "1m"});
    app.await_webhook(none).await.no_content();
}

#[actix_web::test]
async fn what_is_waited_for_is_chosen_by_link_type_and_code() {
    let app = app_with(&SKIP).await;
    let recurrent = json!({
        "access_mode": "recurrent",
        "institution": "imss_mx_employment",
        "fetch_resources": ["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"],
    });
    let moving = app.create_link_with("MOVE900101MXXXXX00", recurrent).await.id();
    let single = app.create_link(CURP).await.id();
    let changes = json!({"webhook_code": "employment_changes", "timeout": "200d"});
    // 200 days of the account's time pass long before ten minutes of ours; the limit is on ours.
    app.await_webhook(changes).await.problem(400);
    app.advance_clock(json!({"by": "91d"})).await;
    let first = app.await_webhook(json!({})).await.ok();
    let first = |key: &str| first[key].clone();
    for (key, value) in [
        ("link", single.as_str()),
        ("webhook_type", "CURRENT_EMPLOYMENTS"),
        ("webhook_code", "employment_changes"),
    ] {
        assert_ne!(first(key), value, "the first of all is another");
        let delivery = app.await_webhook(json!({key: value})).await.ok();
        assert_eq!(delivery[key], value);
    }
    let both = json!({"link": moving, "webhook_code": "employment_changes"});
    assert_eq!(app.await_webhook(both).await.ok()["link"], moving.as_str());
}

#[actix_web::test]
async fn none_is_expected_within_a_time() {
    let app = app_with(&SKIP).await;
    let mute = app.create_link("MUTE900101HXXXXX00").await.id();
    app.await_webhook(json!({"link": mute, "expect": "none", "timeout": "1m"})).await.no_content();
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-01T12:01:00.000000Z", "the minute has passed");
    assert_eq!(app.records_of(&mute).await["count"], 1);

    let link = app.create_link(CURP).await.id();
    let (code, field, message) = app.await_webhook(json!({"expect": "none"})).await.problem(409);
    assert_eq!((code.as_str(), field), ("unexpected_webhook", None));
    let list = app.get("/_emulator/webhooks/deliveries").await.ok();
    let cursor = &list["deliveries"][0]["cursor"];
    let sentence = format!(
        "A webhook came where none was expected: EMPLOYMENT_RECORDS historical_update of link \
         {link} (delivery 1, cursor {cursor})."
    );
    assert_eq!(message, sentence);
}

/// The time that a caller waits is the machine's, and jumps as soon as nothing else is to be done.
#[actix_web::test]
async fn a_webhook_that_does_not_come_is_said_with_what_did_and_what_will() {
    let slow = "the next thing is due in 2m of the account's time, and the timeout is of that time: wait \
                for longer.";
    let manual = "the next thing is due in 15s of the account's time, which stands still: advance the \
                  clock, or wait in skip mode.";
    for (flags, curp, sentence) in [
        (&SKIP[..], "SLOW900101HXXXXX00", slow),
        (&["--clock", "manual"], CURP, manual),
        (&["--clock", "real"], "MUTE900101HXXXXX00", "the next thing is due in 15s"),
        (&SKIP[..], "FAIL400002HXXXXX00", "none has come at all; nothing else is planned."),
    ] {
        let app = app_with(flags).await;
        let link = app.create_link(curp).await.json()["id"].as_str().map(str::to_owned);
        tokio::time::pause();
        let awaited = json!({"link": link, "timeout": "20s"});
        let (code, _, message) = app.post("/_emulator/webhooks/await", awaited).await.problem(408);
        assert_eq!(code, "await_timeout");
        assert!(message.starts_with("No webhook came within 20s that is after 0"), "{message}");
        assert!(message.contains(sentence), "{message}");
        tokio::time::resume();
    }
}

#[actix_web::test]
async fn a_link_that_is_made_while_somebody_waits_is_in_time() {
    let app = app_with(&SKIP).await;
    let wait = app.await_webhook(json!({}));
    let make = async {
        tokio::task::yield_now().await;
        app.create_link(CURP).await.id()
    };
    let (delivery, link) = tokio::join!(wait, make);
    assert_eq!(delivery.ok()["link"], link.as_str());
}

#[actix_web::test]
async fn in_other_modes_it_only_waits() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let wait = app.await_webhook(json!({}));
    let pass = async {
        for _ in 0..15 {
            tokio::task::yield_now().await;
            app.advance(TimeDelta::seconds(1));
        }
    };
    let (delivery, ()) = tokio::join!(wait, pass);
    assert_eq!(delivery.ok()["state"], "delivered");
}

#[actix_web::test]
async fn what_is_wrong_is_said_with_its_place() {
    let app = app_with(&SKIP).await;
    for (body, field, sentence) in [
        (json!({"after": 3}), "after", "3 is past the last cursor, which is 0. Was the account re"),
        (json!({"timeout": "11m"}), "timeout", "Wait for 10m at most."),
        (
            json!({"timeout": 30}),
            "timeout",
            "Expected a duration such as \"15s\" or \"500ms\", not 30.",
        ),
        (json!({"link": "nope"}), "link", "Expected an id such as"),
        (json!({"expect": "two"}), "expect", "\"two\" is not among"),
        (json!({"webhook": "x"}), "webhook", "\"webhook\" is no key here"),
    ] {
        let (code, about, message) = app.await_webhook(body.clone()).await.problem(400);
        assert_eq!((code.as_str(), about.as_deref()), ("invalid", Some(field)), "{body}");
        assert!(message.starts_with(sentence), "{body} {message}");
    }
}
