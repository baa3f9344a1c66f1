//! Time on command: each account has its own, and advancing waits for the receivers.

use actix_web::http::Method;
use belvo_emulator::Verdict;
use chrono::TimeDelta;
use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, app, app_with, start};

const START: &str = "2026-03-01T12:00:00.000000Z";

fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

#[actix_web::test]
async fn the_clock_shows_its_mode_the_time_and_what_is_due_next() {
    for (flag, mode) in [
        ("real", json!("real")),
        ("manual", json!("manual")),
        ("skip", json!("skip")),
        ("60x", json!({"scale": 60.0})),
        ("0.5x", json!({"scale": 0.5})),
    ] {
        let app = app_with(&["--clock", flag]).await;
        let clock = app.get("/_emulator/clock").await.ok();
        assert_eq!(clock, json!({"mode": mode, "now": START, "next_due": null}));
        app.create_link(CURP).await.created();
        let clock = app.get("/_emulator/clock").await.ok();
        assert_eq!(clock["next_due"], "2026-03-01T12:00:15.000000Z");
    }
}

#[actix_web::test]
async fn time_passes_as_the_mode_says() {
    for (mode, now) in [
        (json!("real"), "2026-03-01T12:00:10.000000Z"),
        (json!("manual"), START),
        (json!("skip"), START),
        (json!({"scale": 60}), "2026-03-01T12:10:00.000000Z"),
        (json!({"scale": 0.1}), "2026-03-01T12:00:01.000000Z"),
        (json!("60x"), "2026-03-01T12:10:00.000000Z"),
        (json!("0.1x"), "2026-03-01T12:00:01.000000Z"),
    ] {
        let app = app().await;
        app.set_clock(json!({"mode": mode})).await;
        app.advance(seconds(10));
        assert_eq!(app.get("/_emulator/clock").await.ok()["now"], now, "{mode}");
    }
}

#[actix_web::test]
async fn webhooks_come_when_the_accounts_own_time_has_come() {
    let app = app().await;
    app.set_clock(json!({"mode": {"scale": 60}})).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::milliseconds(249));
    assert!(app.send_webhooks().is_empty());
    app.advance(TimeDelta::milliseconds(2));
    assert_eq!(app.send_webhooks().len(), 1);

    app.set_clock(json!({"mode": "manual"})).await;
    app.create_link(CURP).await.created();
    app.advance(TimeDelta::days(100));
    assert!(app.send_webhooks().is_empty());
    app.set_clock(json!({"mode": "real"})).await;
    app.advance(seconds(14));
    assert!(app.send_webhooks().is_empty());
    app.advance(seconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
}

#[actix_web::test]
async fn a_mode_goes_on_from_the_time_that_it_finds() {
    let app = app().await;
    app.set_clock(json!({"mode": {"scale": 3600}})).await;
    app.advance(seconds(24));
    app.set_clock(json!({"mode": "manual"})).await;
    app.advance(seconds(1000));
    let set = app.set_clock(json!({"mode": "real"})).await;
    assert_eq!(set["now"], "2026-03-02T12:00:00.000000Z");
    app.advance(seconds(5));
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-02T12:00:05.000000Z");
    let set = app.set_clock(json!({"now": "2027-01-01T00:00:00-06:00"})).await;
    assert_eq!(set["now"], "2027-01-01T06:00:00.000000Z");
    assert_eq!(set["mode"], "real");
}

#[actix_web::test]
async fn advancing_returns_with_the_deliveries_and_their_answers() {
    for mode in ["real", "manual", "skip"] {
        let app = app_with(&["--webhook-url", RECEIVER, "--clock", mode]).await;
        let link = app.create_link(CURP).await.id();
        let (advanced, sent) = app.advance_clock(json!({"by": "14s"})).await;
        assert_eq!((sent.len(), &advanced["deliveries"]), (0, &json!([])));
        let (advanced, sent) = app.advance_clock(json!({"by": "1s"})).await;
        assert_eq!(sent.len(), 1);
        assert_eq!(advanced["from"], "2026-03-01T12:00:14.000000Z");
        assert_eq!(advanced["now"], "2026-03-01T12:00:15.000000Z");
        assert_eq!(advanced["mode"], mode);
        let deliveries = advanced["deliveries"].as_array().unwrap();
        assert_eq!(deliveries.len(), 1);
        let delivery = &deliveries[0];
        assert_eq!(delivery["state"], "delivered");
        assert_eq!(delivery["link"], link.as_str());
        assert_eq!(delivery["payload"], sent[0].body());
        assert_eq!(delivery["attempts"][0]["answer"]["status"], 200);
        assert_eq!(app.records_of(&link).await["count"], 1);
    }
}

#[actix_web::test]
async fn it_waits_until_the_receiver_has_answered() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let mut call = std::pin::pin!(app.post("/_emulator/clock/advance", json!({"by": "1h"})));
    for under_way in [false, true] {
        let pending = under_way.then(|| app.emulator.poll_attempt().unwrap());
        for _ in 0..100 {
            assert!(call.as_mut().now_or_never().is_none(), "the receiver has not answered");
        }
        if let Some(pending) = pending {
            app.emulator.report(&pending, true);
        }
    }
    let advanced = call.await.ok();
    assert_eq!(advanced["now"], "2026-03-01T13:00:00.000000Z");
}

#[actix_web::test]
async fn retries_that_fall_due_are_made_at_their_own_time() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let body = json!({"by": "50s"});
    let path = "/_emulator/clock/advance";
    let (answer, sent) = app.post_while_sending(path, body, |attempt| attempt == 3).await;
    let verdicts: Vec<Verdict> = sent.iter().map(|sent| sent.verdict).collect();
    let retry_in = |wait| Verdict::RetryIn(seconds(wait));
    assert_eq!(verdicts, [retry_in(10), retry_in(20), Verdict::Delivered]);
    let delivery = answer.ok()["deliveries"][0].clone();
    let attempts = delivery["attempts"].as_array().unwrap();
    let started: Vec<&Value> = attempts.iter().map(|attempt| &attempt["started_at"]).collect();
    let at = |second: u32| json!(format!("2026-03-01T12:00:{second}.000000Z"));
    assert_eq!(started, [&at(15), &at(25), &at(45)]);
}

#[actix_web::test]
async fn what_is_due_happens_in_order_and_the_time_stands_still_meanwhile() {
    let app = app().await;
    app.set_clock(json!({"mode": "manual"})).await;
    let slow = app.create_link("SLOW900101HXXXXX00").await.id();
    let twin = app.create_link("TWIN900101MXXXXX00").await.id();
    let (advanced, sent) = app.advance_clock(json!({"by": "5m"})).await;
    let links: Vec<Value> = sent.iter().map(|sent| sent.body()["link_id"].clone()).collect();
    assert_eq!(links, [json!(twin), json!(twin), json!(slow)]);
    let deliveries = advanced["deliveries"].as_array().unwrap();
    let created: Vec<&Value> = deliveries.iter().map(|one| &one["created_at"]).collect();
    let at = |time: &str| json!(format!("2026-03-01T12:{time}.000000Z"));
    assert_eq!(created, [&at("00:15"), &at("00:17"), &at("02:00")]);
}

#[actix_web::test]
async fn time_moves_to_a_timestamp_or_to_what_is_due_next() {
    let app = app().await;
    app.set_clock(json!({"mode": "manual"})).await;
    let (advanced, _) = app.advance_clock(json!({"to": "next"})).await;
    assert_eq!((&advanced["now"], &advanced["next_due"]), (&json!(START), &Value::Null));
    app.create_link("TWIN900101MXXXXX00").await.created();
    for now in ["2026-03-01T12:00:15.000000Z", "2026-03-01T12:00:17.000000Z"] {
        let (advanced, sent) = app.advance_clock(json!({"to": "next"})).await;
        assert_eq!((&advanced["now"], sent.len()), (&json!(now), 1));
    }
    let (advanced, _) = app.advance_clock(json!({"to": "2026-04-01T00:00:00Z"})).await;
    assert_eq!(advanced["now"], "2026-04-01T00:00:00.000000Z");
}

/// The tasks of an answer as `SECONDS_OR_DATE what`.
fn happened(advanced: &Value) -> Vec<String> {
    let tasks = advanced["happened"].as_array().unwrap();
    assert_eq!(advanced["happened_count"], tasks.len());
    let row = |task: &Value| {
        format!("{} {}", &task["at"].as_str().unwrap()[..19], task["what"].as_str().unwrap())
    };
    tasks.iter().map(row).collect()
}

#[actix_web::test]
async fn each_step_says_what_happened() {
    let app = app_with(&["--clock", "manual", "--webhook-url", RECEIVER]).await;
    let fields = json!({"access_mode": "recurrent"});
    let made = app.create_link_with("MOVE900101MXXXXX00", fields).await;
    let request_id = made.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned();
    let next = json!({"to": "next"});
    let (loaded, _) = app.advance_clock(next.clone()).await;
    assert_eq!(happened(&loaded), ["2026-03-01T12:00:15 load", "2026-03-01T12:00:15 webhook"]);
    for task in loaded["happened"].as_array().unwrap() {
        assert_eq!(task["link"], made.id());
        assert_eq!(task["caused_by"], request_id);
        assert_eq!(task["delivery"], Value::Null);
    }
    let mut steps = Vec::new();
    for _ in 0..8 {
        steps.extend(happened(&app.advance_clock(next.clone()).await.0));
    }
    assert!(steps[..7].iter().all(|step| step.ends_with(" refresh")), "{steps:?}");
    assert_eq!(steps[7], "2026-04-20T12:00:15 raise");
    let (none, _) = app.advance_clock(json!({"by": "1s"})).await;
    assert_eq!(happened(&none), [""; 0]);
}

#[actix_web::test]
async fn more_than_a_hundred_tasks_are_counted() {
    let app = app_with(&["--clock", "manual"]).await;
    app.create_link_with("RETI550101HXXXXX00", json!({"access_mode": "recurrent"})).await.created();
    let (advanced, _) = app.advance_clock(json!({"by": "1000d"})).await;
    assert_eq!(advanced["happened_count"], 144, "load, webhook and 142 weeks");
    let happened = advanced["happened"].as_array().unwrap();
    assert_eq!(happened.len(), 100);
    assert_eq!(happened[0]["at"], "2026-03-01T12:00:15.000000Z", "each at its own time");
}

#[actix_web::test]
async fn time_moves_to_the_next_attempt_of_a_webhook() {
    let app = app_with(&["--clock", "manual", "--webhook-url", RECEIVER]).await;
    let webhook = json!({"to": "webhook"});
    let (nothing, _) = app.advance_clock(webhook.clone()).await;
    assert_eq!((&nothing["now"], &nothing["deliveries"]), (&json!(START), &json!([])));
    let fields = json!({"access_mode": "recurrent"});
    app.create_link_with("MOVE900101MXXXXX00", fields).await.created();
    let path = "/_emulator/clock/advance";
    for (accepted, now) in
        [(false, "2026-03-01T12:00:15.000000Z"), (true, "2026-03-01T12:00:25.000000Z")]
    {
        let (answer, sent) = app.post_while_sending(path, webhook.clone(), |_| accepted).await;
        assert_eq!((sent.len(), &answer.ok()["now"]), (1, &json!(now)));
    }
    // The salary is reviewed each March, and the first refresh after the review finds it.
    let (raised, sent) = app.advance_clock(webhook).await;
    assert_eq!(raised["now"], "2026-03-29T12:00:15.000000Z");
    assert_eq!((sent.len(), raised["deliveries_count"].as_u64()), (1, Some(1)));
    assert_eq!(happened(&raised).last().unwrap(), "2026-03-29T12:00:15 refresh");
}

#[actix_web::test]
async fn without_news_the_next_webhook_is_looked_for_within_a_year() {
    let app = app_with(&["--clock", "manual", "--webhook-url", RECEIVER]).await;
    app.create_link_with("RETI550101HXXXXX00", json!({"access_mode": "recurrent"})).await.created();
    app.advance_clock(json!({"to": "webhook"})).await;
    let (advanced, sent) = app.advance_clock(json!({"to": "webhook"})).await;
    assert_eq!((sent.len(), &advanced["happened_count"]), (0, &json!(52)));
    assert_eq!(advanced["now"], "2027-02-28T12:00:15.000000Z");
}

#[actix_web::test]
async fn a_machine_whose_clock_is_set_back_stops_no_account() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.clock.set_wall(TimeDelta::hours(-1));
    app.advance(seconds(14));
    assert!(app.send_webhooks().is_empty());
    app.advance(seconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-01T12:00:15.000000Z");
    app.post("/_emulator/reset", json!({})).await.ok();
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-01T11:00:15.000000Z", "a reset begins at the machine's time");
}

#[actix_web::test]
async fn a_machine_that_slept_makes_up_for_it_once() {
    let app = app_with(&["--webhook-url", RECEIVER, "--webhook-retries", "5"]).await;
    app.create_link(CURP).await.created();
    app.clock.set_wall(TimeDelta::days(3));
    let sent = app.send_webhooks_to(|_| false);
    assert_eq!(sent.len(), 1, "the retries wait from now on, and do not come all at once");
    app.advance(seconds(10));
    assert_eq!(app.send_webhooks().len(), 1);
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2026-03-04T12:00:10.000000Z");
    app.clock.set_wall(TimeDelta::days(-3));
    app.create_link(CURP).await.created();
    app.advance(seconds(15));
    assert_eq!(app.send_webhooks().len(), 1);
}

#[actix_web::test]
async fn advancing_tells_of_its_own_deliveries_only() {
    let app = app().await;
    app.create_link(CURP).await.created();
    assert_eq!(app.advance_clock(json!({"by": "1m"})).await.1.len(), 1);
    let (advanced, _) = app.advance_clock(json!({"by": "1m"})).await;
    assert_eq!(advanced["deliveries"], json!([]));
}

#[actix_web::test]
async fn one_accounts_time_never_moves_anothers() {
    let app = app().await;
    app.create_link(CURP).await.created();
    app.log_in_as("other", "keys");
    app.set_clock(json!({"mode": "manual"})).await;
    app.create_link(CURP).await.created();
    let (_, sent) = app.advance_clock(json!({"by": "365d"})).await;
    assert_eq!(sent.len(), 1);
    app.log_in_as("id", "password");
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], START);
    assert!(app.send_webhooks().is_empty());
    app.advance(seconds(15));
    assert_eq!(app.send_webhooks().len(), 1);
    app.log_in_as("other", "keys");
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock["now"], "2027-03-01T12:00:00.000000Z");
}

#[actix_web::test]
async fn years_of_a_recurrent_life_pass_in_one_call() {
    let app = app().await;
    app.create_link_with("MOVE900101MXXXXX00", json!({"access_mode": "recurrent"})).await;
    let (advanced, sent) = app.advance_clock(json!({"by": "3650d"})).await;
    let codes: Vec<Value> = sent.iter().map(|sent| sent.body()["webhook_code"].clone()).collect();
    assert_eq!(codes[0], "historical_update");
    assert!(codes.len() > 3 && codes[1..].iter().all(|code| code == "employment_changes"));
    assert_eq!(advanced["now"], "2036-02-27T12:00:00.000000Z");
}

/// Those of one moment too: each is sent when the one before it was answered.
#[actix_web::test]
async fn where_time_stands_still_webhooks_arrive_in_order() {
    let app = app_with(&["--clock", "manual", "--webhook-url", RECEIVER]).await;
    for _ in 0..3 {
        app.create_link(CURP).await.created();
    }
    app.put("/_emulator/clock", json!({"now": start() + seconds(15)})).await.ok();
    for _ in 0..3 {
        let attempt = app.emulator.poll_attempt().unwrap();
        assert!(app.emulator.poll_attempt().is_none());
        app.emulator.report(&attempt, true);
    }
}

#[actix_web::test]
async fn what_is_wrong_is_said_with_its_place() {
    let app = app().await;
    let past = "It is 2026-03-01T12:00:00.000000Z for this account, and its time does not go back. \
                POST /_emulator/reset begins anew.";
    let far = "It is 2026-03-01T12:00:00.000000Z for this account; move on by 3650d at most";
    let scale = "Expected a number, not \"60x\".";
    let by = "Expected a duration such as \"15s\" or \"500ms\", not 15.";
    let end = "It is 2026-03-01T12:00:00.000000Z for this account, and no account lives beyond \
               2200-12-31T23:59:59.999999Z.";
    let either =
        "Give either by, a duration such as \"15s\", or to, a timestamp, \"next\" or \"webhook\".";
    let cases = [
        (Method::PUT, "clock", json!({"now": "2026-03-01T11:59:59Z"}), Some("now"), past),
        (Method::PUT, "clock", json!({"now": "2036-02-27T12:00:01Z"}), Some("now"), far),
        (Method::POST, "clock/advance", json!({"to": "2036-02-27T12:00:01Z"}), Some("to"), far),
        (Method::PUT, "clock", json!({"now": "9999-01-01T00:00:00Z"}), Some("now"), end),
        (Method::POST, "clock/advance", json!({"to": "9999-01-01T00:00:00Z"}), Some("to"), end),
        (Method::POST, "clock/advance", json!({"to": "2201-01-01T00:00:00Z"}), Some("to"), end),
        (Method::POST, "clock/advance", json!({"to": "+262142-01-01T00:00:00Z"}), Some("to"), end),
        (
            Method::PUT,
            "clock",
            json!({"mode": "fast"}),
            Some("mode"),
            "\"fast\": expected real, manual, skip, or a factor such as 60x",
        ),
        (
            Method::PUT,
            "clock",
            json!({"mode": "0x"}),
            Some("mode"),
            "\"0x\": scale 0: expected more",
        ),
        (
            Method::PUT,
            "clock",
            json!({"mode": "60"}),
            Some("mode"),
            "\"60\": expected real, manual, skip, or a factor such as 60x",
        ),
        (Method::PUT, "clock", json!({"mode": {"scale": 0}}), Some("mode.scale"), "scale 0: exp"),
        (
            Method::PUT,
            "clock",
            json!({"mode": "scale"}),
            Some("mode"),
            "\"scale\": expected real, manual, skip, or a factor such as 60x",
        ),
        (
            Method::PUT,
            "clock",
            json!({"mode": 60}),
            Some("mode"),
            "Expected real, manual, skip, or a factor such as 60x, not 60.",
        ),
        (Method::PUT, "clock", json!({"modus": "real"}), Some("modus"), "\"modus\" is no key"),
        (
            Method::PUT,
            "clock",
            json!({"now": "2027-01-01"}),
            Some("now"),
            "\"2027-01-01\": expected a",
        ),
        (Method::PUT, "clock", json!({"mode": {"scale": "60x"}}), Some("mode.scale"), scale),
        (Method::PUT, "clock", json!([]), None, "Expected an object, not a list."),
        (Method::PUT, "clock", json!("real"), None, "Expected an object, not \"real\"."),
        (Method::POST, "clock/advance", json!({}), None, either),
        (Method::POST, "clock/advance", json!({"by": "1s", "to": "next"}), None, either),
        (Method::POST, "clock/advance", json!({"by": 15}), Some("by"), by),
        (Method::POST, "clock/advance", json!({"by": "soon"}), Some("by"), "\"soon\" is not a dur"),
        (Method::POST, "clock/advance", json!({"by": "9999d"}), Some("by"), "\"9999d\" is longer"),
        (Method::POST, "clock/advance", json!({"to": "soon"}), Some("to"), "\"soon\": expected"),
        (Method::POST, "clock/advance", json!({"to": "2020-01-01T00:00:00Z"}), Some("to"), past),
    ];
    for (method, path, body, field, sentence) in cases {
        let request = app.request(method, &format!("/_emulator/{path}")).set_json(&body);
        let (code, about, message) = app.call(request).await.problem(400);
        assert_eq!((code.as_str(), about.as_deref()), ("invalid", field), "{body} {message}");
        assert!(message.starts_with(sentence), "{body} {message}");
    }
    let clock = app.get("/_emulator/clock").await.ok();
    assert_eq!(clock, json!({"mode": "real", "now": START, "next_due": null}));
}

const END: &str = "2200-12-31T23:59:59.999999Z";
/// When that is due which never happens.
const NEVER: &str = "2201-01-01T00:00:00.000000Z";

/// Each plan that is left is one that will never be due, and nothing goes round in circles.
#[actix_web::test]
async fn an_account_lives_to_the_end_of_2200_and_no_longer() {
    let app = app_with(&["--clock", "manual", "--webhook-url", RECEIVER]).await;
    for year in (2035..2200).step_by(9) {
        app.advance_clock(json!({"to": format!("{year}-01-01T00:00:00Z")})).await;
    }
    let link = app.create_link_with("MOVE900101MXXXXX00", json!({"access_mode": "recurrent"}));
    let link = link.await.id();
    app.advance_clock(json!({"to": END})).await;
    let sentence = format!("It is {END} for this account, and no account lives beyond {END}.");
    for (body, field) in [
        (json!({"by": "1ms"}), "by"),
        (json!({"by": "3650d"}), "by"),
        (json!({"to": "next"}), "to"),
        (json!({"to": "2201-01-01T00:00:00Z"}), "to"),
    ] {
        let refused = app.post("/_emulator/clock/advance", body).await.problem(400);
        assert_eq!(refused, ("invalid".to_owned(), Some(field.to_owned()), sentence.clone()));
    }
    let late = app.create_link(CURP).await.id();
    assert_eq!(app.records_of(&link).await["count"], 1);
    app.retrieve(&late).await.created();
    app.access_token().await;
    app.fault(json!({"fault": {"webhook_late": {"by": "3650d"}}})).await;
    let trigger = json!({"link": late, "webhook_code": "token_required"});
    let triggered = app.post("/_emulator/webhooks/trigger", trigger).await.created();
    assert_eq!(triggered["deliveries"][0]["next_attempt_at"], NEVER);
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    app.put("/_emulator/snapshot", snapshot).await.ok();
    for mode in [json!("real"), json!({"scale": 1e6}), json!("skip")] {
        app.set_clock(json!({"mode": mode})).await;
        app.advance(TimeDelta::days(3650));
        let clock = app.get("/_emulator/clock").await.ok();
        assert_eq!((&clock["now"], &clock["mode"]), (&json!(END), &mode));
        assert!(app.send_webhooks().is_empty());
    }
    let none = json!({"expect": "none", "within": "10m", "webhook_code": "link_deleted"});
    app.await_webhook(none).await.no_content();
}

/// However fast or slow the time passes, what is due is a date for the process too, or never.
#[actix_web::test]
async fn no_factor_leads_out_of_time() {
    let app = app().await;
    for scale in [1e-300, 1e-9, 1e6] {
        app.set_clock(json!({"mode": {"scale": scale}})).await;
        app.create_link(CURP).await.created();
        app.get("/_emulator/clock").await.ok();
    }
    app.advance(TimeDelta::days(36_500));
    assert_eq!(app.send_webhooks().len(), 3);
    assert_eq!(app.get("/_emulator/clock").await.ok()["now"], END);
}

#[actix_web::test]
async fn a_retry_that_would_come_after_the_end_never_comes() {
    let app = app_with(&["--clock", "manual"]).await;
    let endpoint = json!({"url": RECEIVER, "retries": 1000, "retry_delay": "3650d"});
    app.put("/_emulator/webhooks/endpoint", endpoint).await.ok();
    app.create_link(CURP).await.created();
    let mut attempts = 0;
    let mut next_due = Value::Null;
    for year in (2026..2200).step_by(5) {
        let now = format!("{year}-03-01T12:00:15.000000Z");
        app.set_clock(json!({"now": now})).await;
        attempts += app.send_webhooks_to(|_| false).len();
        next_due = app.get("/_emulator/clock").await.ok()["next_due"].clone();
    }
    assert_eq!((attempts, next_due), (6, json!(NEVER)));
}
