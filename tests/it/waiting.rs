//! Waiting for webhooks without asking again and again.

use std::time::Duration;

use actix_web::http::Method;
use belvo_emulator::Outcome;
use chrono::TimeDelta;
use futures_util::FutureExt;
use serde_json::json;

use crate::app::{CURP, RECEIVER, app, app_with};

const AWAIT: &str = "/_emulator/webhooks/await";
/// Long before the timeout of thirty seconds.
const AT_ONCE: Duration = Duration::from_secs(5);
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
async fn retries_are_waited_for_and_a_webhook_that_fails_is_an_error_that_carries_it() {
    let app = app_with(&[&SKIP[..], &["--webhook-retries", "1"]].concat()).await;
    let link = app.create_link(CURP).await.id();
    let (answer, sent) = app.post_while_sending(AWAIT, json!({}), |_| false).await;
    assert_eq!(sent.len(), 2);
    let (code, field, message) = answer.problem(409);
    assert_eq!((code.as_str(), field), ("webhook_not_delivered", None));
    let sentence = format!(
        "The receiver did not accept EMPLOYMENT_RECORDS historical_update of link {link} (delivery \
         1, cursor 12): attempt 2 at {RECEIVER} ended with 500 without a body. No retry is left."
    );
    assert_eq!(message, sentence);
    let finished = json!({"expect": "finished"});
    let (answer, sent) = app.post_while_sending(AWAIT, finished, |_| false).await;
    let delivery = answer.ok();
    assert_eq!((&delivery["state"], sent.len()), (&json!("failed"), 0));
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 2);
    let (carried, _) = app.post_while_sending(AWAIT, json!({}), |_| false).await;
    assert_eq!(carried.json()[0]["delivery"], delivery);
}

/// Five seconds are the caller's, and the webhook is fifteen seconds of the account away.
#[actix_web::test]
async fn the_timeout_is_the_callers_time_and_within_is_the_accounts() {
    let app = app_with(&SKIP).await;
    app.create_link(CURP).await.created();
    let delivery = app.await_webhook(json!({"timeout": "5s"})).await.ok();
    assert_eq!(delivery["created_at"], "2026-03-01T12:00:15.000000Z");
    app.create_link("SLOW900101HXXXXX00").await.created();
    let after = &delivery["cursor"];
    let near = json!({"after": after, "timeout": "0s", "within": "119s"});
    app.await_webhook(near).await.problem(408);
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], "2026-03-01T12:00:15.000000Z");
    let far = json!({"after": after, "timeout": "5s", "within": "2m"});
    app.await_webhook(far).await.ok();
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], "2026-03-01T12:02:15.000000Z");
}

/// Every scenario of the repository, with a receiver that accepts nothing.
#[actix_web::test]
async fn the_default_reach_covers_the_first_webhook_of_each_scenario_and_all_its_retries() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut finished = 0;
    for file in std::fs::read_dir(directory).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let app = app_with(&SKIP).await;
        app.put("/_emulator/default-scenario", json!({"scenario": name})).await.ok();
        let registered = app.create_link("LOPA880505MDFPRN02").await;
        let link = match registered.status {
            201 => registered.id(),
            428 if registered.json()[0]["code"] == "token_required" => {
                let asked = registered.token_required();
                let (session, link) = (&asked["session"], &asked["link"]);
                let body = json!({"session": session, "link": link, "token": "123456"});
                app.patch("/api/links/", body).await.ok();
                link.as_str().unwrap().to_owned()
            }
            _ => continue,
        };
        if ["webhook_never", "persona_foreman"].contains(&name) {
            continue;
        }
        let body = json!({"link": link, "expect": "finished"});
        let (answer, sent) = app.post_while_sending(AWAIT, body, |_| false).await;
        assert_eq!(answer.ok()["state"], "failed", "{name}");
        assert_eq!(sent.iter().filter(|sent| sent.attempt == 6).count(), 1, "{name}");
        finished += 1;
    }
    assert!(finished > 8, "{finished} scenarios have a webhook");
}

#[actix_web::test]
async fn the_default_reach_is_that_of_the_slowest_scenario_with_all_its_retries() {
    let app = app_with(&SKIP).await;
    app.create_link(CURP).await.created();
    let first = app.await_webhook(json!({})).await.ok();
    let none = json!({"after": first["cursor"], "expect": "none"});
    app.await_webhook(none).await.no_content();
    // Two minutes to the first webhook and 2 m 30 s of retries, after the first webhook.
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], "2026-03-01T12:04:45.000000Z");
}

#[actix_web::test]
async fn a_wait_without_a_reach_of_its_own_never_spends_the_week_to_a_refresh() {
    let flags = ["--webhook-retries", "1000", "--webhook-retry-delay", "1h"];
    let app = app_with(&[&SKIP[..], &flags].concat()).await;
    app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await.created();
    let first = app.await_webhook(json!({})).await.ok();
    let none = json!({"after": first["cursor"], "expect": "none"});
    app.await_webhook(none).await.no_content();
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], "2026-03-02T12:00:15.000000Z");
    let changed = json!({"after": first["cursor"], "timeout": "0s"});
    app.await_webhook(changed).await.problem(408);
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], "2026-03-02T12:00:15.000000Z");
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
    let none = json!({"after": second["cursor"], "expect": "none", "within": "1m"});
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
    let changes = json!({"webhook_code": "employment_changes", "within": "200d"});
    app.await_webhook(changes).await.ok();
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
    app.await_webhook(json!({"link": mute, "expect": "none", "within": "1m"})).await.no_content();
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

/// What a wait says that cannot end, and the flags and calls before it. The time of the runtime jumps
/// as soon as nothing else is to be done, so these are the seconds that a caller waits.
#[actix_web::test]
async fn a_webhook_that_cannot_come_is_said_at_once_with_the_likeliest_reason_first() {
    const MANUAL: &[&str] = &["--clock", "manual"];
    const REAL: &[&str] = &["--webhook-url", RECEIVER, "--clock", "real"];
    let registered = json!({});
    let loads_nothing = json!({"fetch_resources": []});
    let recurrent = json!({"access_mode": "recurrent"});
    for (flags, curp, fields, awaited, sentence) in [
        (
            &SKIP[..],
            "SLOW900101HXXXXX00",
            &registered,
            json!({"within": "20s"}),
            "the next one could come in 2m of the account's time, 1m 40s beyond within: wait with a larger",
        ),
        (
            MANUAL,
            CURP,
            &registered,
            json!({}),
            "the next one could come in 15s of the account's time, which stands still: advance the",
        ),
        (
            REAL,
            "SLOW900101HXXXXX00",
            &registered,
            json!({}),
            "the next one could come in 2m of the account's time, 1m 30s beyond timeout: wait with a",
        ),
        (
            REAL,
            "MUTE900101HXXXXX00",
            &registered,
            json!({}),
            "the scenario webhook_never of link {link} sends no webhook.",
        ),
        (
            &SKIP,
            "MUTE900101HXXXXX00",
            &registered,
            json!({}),
            "the scenario webhook_never of link {link} sends no webhook.",
        ),
        (
            &SKIP,
            CURP,
            &loads_nothing,
            json!({}),
            "link {link} loads nothing by itself, because it is single and names no fetch_resources:",
        ),
        (
            &SKIP,
            CURP,
            &registered,
            json!({"webhook_type": "CURRENT_EMPLOYMENTS"}),
            "link {link} loads EMPLOYMENT_RECORDS only.",
        ),
        (
            &SKIP,
            CURP,
            &registered,
            json!({"webhook_code": "employment_changes"}),
            "nothing that brings one is scheduled for link {link}.",
        ),
        (
            &SKIP,
            CURP,
            &recurrent,
            json!({"webhook_code": "employment_changes"}),
            "the next one could come in 7d 15s of the account's time, 6d 23h 55m 45s beyond within",
        ),
        (
            &SKIP,
            "FAIL428001HXXXXX00",
            &registered,
            json!({}),
            "waits for its token: PATCH /api/links/",
        ),
        (
            &SKIP,
            "FAIL400002HXXXXX00",
            &registered,
            json!({}),
            "the account has no link. None has come at all.",
        ),
    ] {
        let app = app_with(flags).await;
        let made = app.create_link_with(curp, fields.clone()).await.json();
        let link = made["id"].as_str().map(str::to_owned);
        for with_link in [true, false] {
            let mut awaited = awaited.clone();
            if with_link {
                awaited["link"] = json!(link);
            }
            tokio::time::pause();
            let answer = tokio::time::timeout(AT_ONCE, app.post(AWAIT, awaited)).await;
            tokio::time::resume();
            let answer = answer.expect("the call answers long before its timeout");
            let (code, _, message) = answer.problem(409);
            assert_eq!(code, "webhook_not_due");
            let sentence = sentence.replace("{link}", link.as_deref().unwrap_or_default());
            assert!(message.contains(&sentence), "{message}");
        }
        let clock = app.get("/_emulator/clock").await.ok();
        assert!(
            clock["now"].as_str() < Some("2026-03-01T12:00:10"),
            "the time has not moved: {clock}"
        );
    }
}

#[actix_web::test]
async fn an_attempt_that_was_refused_is_the_likeliest_reason() {
    let app = app_with(&SKIP).await;
    let link = app.create_link(CURP).await.id();
    let (answer, sent) =
        app.post_while_sending("/_emulator/clock/advance", json!({"by": "15s"}), |_| false).await;
    assert_eq!((answer.status, sent.len()), (200, 1));
    for awaited in [json!({"within": "5s"}), json!({"within": "5s", "link": link})] {
        tokio::time::pause();
        let (_, _, message) = app.post(AWAIT, awaited).await.problem(409);
        tokio::time::resume();
        let sentence = format!(
            "EMPLOYMENT_RECORDS historical_update of link {link} (delivery 1, cursor 8) was not \
             accepted: attempt 1 at {RECEIVER} ended with 500 without a body; the next one could \
             come in 10s of the account's time, 5s beyond within: wait with a larger one. None has \
             come at all."
        );
        assert!(message.ends_with(&sentence), "{message}");
    }
}

#[actix_web::test]
async fn an_error_repeats_the_beginning_of_what_a_receiver_says() {
    let app =
        app_with(&["--clock", "skip", "--webhook-url", RECEIVER, "--webhook-retries", "0"]).await;
    app.create_link(CURP).await.created();
    let mut call = std::pin::pin!(app.post(AWAIT, json!({})));
    let answer = loop {
        if let Some(pending) = app.emulator.poll_attempt() {
            let said = Outcome { body: "no".repeat(8 * 1024), ..Outcome::status(500) };
            app.emulator.report_outcome(&pending, said);
        }
        tokio::select! {
            biased;
            answer = &mut call => break answer,
            () = tokio::task::yield_now() => {}
        }
    };
    let (_, _, message) = answer.problem(409);
    assert!(message.contains(&format!("500 {:?}", "no".repeat(100))), "{message}");
}

#[actix_web::test]
async fn a_link_of_other_keys_and_one_that_is_unknown_are_told_apart() {
    let app = app_with(&SKIP).await;
    app.log_in_as("worker-2", "password");
    let others = app.create_link(CURP).await.id();
    app.log_in_as("worker-1", "password");
    app.create_link(CURP).await.created();
    let unknown = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    for (link, sentence) in [
        (
            others.as_str(),
            "belongs to the keys \"worker-2\" and this call has the keys \"worker-1\".",
        ),
        (unknown, "was deleted, or is from before a reset or a restart."),
    ] {
        tokio::time::pause();
        let (code, _, message) = app.post(AWAIT, json!({"link": link})).await.problem(409);
        tokio::time::resume();
        assert_eq!(code, "webhook_not_due");
        assert!(message.contains(link) && message.contains(sentence), "{message}");
    }
}

#[actix_web::test]
async fn a_webhook_that_the_cursor_leaves_out_is_named() {
    let app = app_with(&SKIP).await;
    app.create_link(CURP).await.created();
    let first = app.await_webhook(json!({})).await.ok();
    tokio::time::pause();
    let after = json!({"after": first["cursor"]});
    let (_, _, message) = app.post(AWAIT, after).await.problem(409);
    tokio::time::resume();
    assert!(message.contains("came before, and `after` leaves it out"), "{message}");
}

/// The webhook comes when somebody advances, and that may be too late.
#[actix_web::test]
async fn a_wait_that_runs_out_of_time_says_what_is_under_way() {
    let app = app_with(&SKIP).await;
    app.create_link(CURP).await.created();
    tokio::time::pause();
    let (code, _, message) = app.post(AWAIT, json!({})).await.problem(408);
    tokio::time::resume();
    assert_eq!(code, "await_timeout");
    let sentence =
        "No webhook came within 30s: a webhook is still being sent. None has come at all.";
    assert_eq!(message, sentence);
    app.send_webhooks();
}

#[actix_web::test]
async fn none_is_not_said_while_a_receiver_keeps_the_account_or_was_tried() {
    let app = app_with(&SKIP).await;
    app.create_link(CURP).await.created();
    tokio::time::pause();
    let none = json!({"expect": "none", "within": "20s"});
    let (code, _, message) = app.post(AWAIT, none.clone()).await.problem(408);
    tokio::time::resume();
    assert_eq!(code, "await_timeout");
    assert!(
        message.starts_with("It cannot be told that no webhook comes: after 30s the"),
        "{message}"
    );
    let (answer, _) = app.post_while_sending(AWAIT, none, |_| false).await;
    let (code, _, message) = answer.problem(409);
    assert_eq!(code, "unexpected_webhook");
    assert!(message.contains("of link") && message.contains("(delivery 1, "), "{message}");
}

#[actix_web::test]
async fn within_is_refused_where_a_wait_moves_nothing() {
    for mode in ["real", "manual", "60x"] {
        let app = app_with(&["--clock", mode]).await;
        for expect in ["delivered", "finished", "none"] {
            let body = json!({"within": "1m", "expect": expect, "timeout": "0s"});
            let (code, field, message) = app.post(AWAIT, body).await.problem(400);
            assert_eq!((code.as_str(), field.as_deref()), ("invalid", Some("within")));
            let sentence =
                format!("The account's clock is in {mode} mode, in which a wait does not");
            assert!(message.starts_with(&sentence), "{message}");
        }
        app.post(AWAIT, json!({"timeout": "0s", "expect": "none"})).await.no_content();
    }
}

#[actix_web::test]
async fn a_deleted_links_webhook_does_not_hide_the_one_that_says_so() {
    let app = app_with(&SKIP).await;
    let link = app.create_link(CURP).await.id();
    let advance = json!({"by": "15s"});
    app.post_while_sending("/_emulator/clock/advance", advance, |_| false).await.0.ok();
    let delete = app.request(Method::DELETE, &format!("/api/links/{link}/"));
    let delete = delete.insert_header(("X-Belvo-Request-Mode", "async"));
    assert_eq!(app.call(delete).await.status, 202);
    let cancelled = app.await_webhook(json!({"expect": "finished"})).await.ok();
    assert_eq!(cancelled["state"], "cancelled");
    let deleted = app.await_webhook(json!({})).await.ok();
    assert_eq!(deleted["webhook_code"], "link_deleted");
}

#[actix_web::test]
async fn the_external_id_is_shown_where_a_delivery_is() {
    let app = app_with(&SKIP).await;
    let fields = json!({"external_id": "user-1"});
    app.create_link_with(CURP, fields).await.created();
    let delivery = app.await_webhook(json!({})).await.ok();
    let again = app.post("/_emulator/webhooks/deliveries/1/replay", json!({"body": []})).await;
    app.send_webhooks();
    let list = app.get("/_emulator/webhooks/deliveries").await.ok();
    let shown = [&delivery, &again.created(), &list["deliveries"][0], &list["deliveries"][1]];
    assert_eq!(shown.map(|delivery| &delivery["external_id"]), [&json!("user-1"); 4]);
}

/// A caller that leaves no longer moves the time, which it would at the next link.
#[actix_web::test]
async fn a_wait_ends_with_its_caller() {
    let app = app_with(&SKIP).await;
    {
        let mut left = std::pin::pin!(app.post(AWAIT, json!({"timeout": "10m"})));
        assert!(left.as_mut().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    app.create_link(CURP).await.created();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], "2026-03-01T12:00:00.000000Z");
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

/// Its first task is not the next of the account: a link that was there before has that.
#[actix_web::test]
async fn a_link_is_in_time_when_another_one_has_tasks_before() {
    let app = app_with(&["--clock", "skip"]).await;
    app.create_link(CURP).await.created();
    let changes = json!({"webhook_code": "employment_changes", "within": "200d"});
    tokio::time::pause();
    let wait = tokio::time::timeout(Duration::from_secs(1), app.post(AWAIT, changes));
    let make = async {
        tokio::task::yield_now().await;
        let recurrent = json!({"access_mode": "recurrent"});
        app.create_link_with("MOVE900101MXXXXX00", recurrent).await.id()
    };
    let (delivery, link) = tokio::join!(wait, make);
    tokio::time::resume();
    assert_eq!(delivery.expect("the link ends the wait").ok()["link"], link.as_str());
}

#[actix_web::test]
async fn a_wait_ends_soon_after_its_link_is_deleted() {
    let app = app_with(&["--webhook-url", RECEIVER, "--clock", "real"]).await;
    app.create_link(CURP).await.created();
    let link = app.create_link(CURP).await.id();
    tokio::time::pause();
    let wait = tokio::time::timeout(AT_ONCE, app.post(AWAIT, json!({"link": link})));
    let delete = async {
        tokio::task::yield_now().await;
        app.delete(&format!("/api/links/{link}/")).await.no_content();
    };
    let (answer, ()) = tokio::join!(wait, delete);
    tokio::time::resume();
    let (code, _, message) = answer.expect("the call answers long before its timeout").problem(409);
    assert_eq!(code, "webhook_not_due");
    assert!(message.contains("it was deleted"), "{message}");
}

#[actix_web::test]
async fn a_webhook_that_a_new_time_brings_into_reach_is_waited_for() {
    let app = app_with(&["--webhook-url", RECEIVER, "--clock", "real"]).await;
    app.create_link("SLOW900101HXXXXX00").await.created();
    tokio::time::pause();
    let wait = app.await_webhook(json!({}));
    let come = async {
        tokio::task::yield_now().await;
        app.set_clock(json!({"now": "2026-03-01T12:01:59Z"})).await;
        tokio::time::advance(AT_ONCE).await;
        tokio::task::yield_now().await;
        app.advance(TimeDelta::seconds(1));
    };
    let (delivery, ()) = tokio::join!(wait, come);
    tokio::time::resume();
    assert_eq!(delivery.ok()["state"], "delivered");
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
        (
            json!({"timeout": "11m"}),
            "timeout",
            "Wait for 10m at most. To move the account's time on by",
        ),
        (json!({"within": "3651d"}), "within", "\"3651d\" is longer than 3650 days"),
        (json!({"expect": "one"}), "expect", "\"one\" is not among: delivered, finished, none."),
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
