//! All that happens to an account: as a list, and as a stream of events.

use actix_web::http::Method;
use belvo_emulator::{Emulator, Event as Told, StreamEnd};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, Event, RECEIVER, app, app_with};

const LOG: &str = "/_emulator/log";
const SCHEDULED: &str = "/_emulator/scheduled";

/// An entry by its kind and the values that tell it from others of its kind.
fn brief(entry: &Value) -> String {
    let keys = [
        "operation",
        "status",
        "link_status",
        "fields",
        "what",
        "task",
        "last_task",
        "delivery",
        "attempt",
        "state",
        "fault",
        "fault_id",
        "setting",
    ];
    let mut words = vec![entry["kind"].as_str().unwrap().to_owned()];
    words.extend(keys.iter().filter_map(|key| entry.get(key)).map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }));
    words.join(" ")
}

fn briefs(page: &Value) -> Vec<String> {
    page["entries"].as_array().unwrap().iter().map(brief).collect()
}

#[actix_web::test]
async fn a_cause_stands_before_what_it_brings_about() {
    let app = app().await;
    let answer = app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await;
    let (request_id, link) = (answer.headers.get("X-Request-Id").unwrap().clone(), answer.id());
    app.advance_clock(json!({"by": "15s"})).await;
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    let page = app.get(LOG).await.ok();
    assert_eq!(
        briefs(&page),
        [
            "request_answered RegisterLink 201",
            "link_created valid",
            "tasks_scheduled 1 3",
            "task_ran load 1",
            "tasks_scheduled 4 4",
            "task_ran webhook 2",
            "delivery_announced 1",
            "attempt_ended 1 1",
            "delivery_finished 1 delivered",
            "clock_changed",
            "request_answered DestroyLink 204",
            "link_deleted valid",
        ]
    );
    let entries = page["entries"].as_array().unwrap();
    let cursors: Vec<u64> = entries.iter().map(|entry| entry["cursor"].as_u64().unwrap()).collect();
    assert_eq!(cursors, (1..=12).collect::<Vec<u64>>());
    assert_eq!((&page["last_cursor"], &page["evicted"]), (&json!(12), &json!(0)));
    for place in [1, 2, 3, 5, 6, 8] {
        assert_eq!(entries[place]["caused_by"], request_id.to_str().unwrap(), "{place}");
        assert_eq!(entries[place]["link"], *link, "{place}");
    }
    assert_eq!(entries[0]["request_id"], request_id.to_str().unwrap());
    let moved = &entries[9];
    assert_eq!(
        (&moved["from"], &moved["to"]),
        (&json!("2026-03-01T12:00:00.000000Z"), &json!("2026-03-01T12:00:15.000000Z"))
    );
    assert_eq!(entries[11]["caused_by"], entries[10]["request_id"]);
}

/// A change in the background has no request that would tell of it.
#[actix_web::test]
async fn changes_of_a_link_are_told_with_the_fields_that_differ() {
    let app = app().await;
    let kept = app.create_link_with(CURP, json!({"credentials_storage": "3d"})).await.id();
    let changed = async |after: u64| {
        let path = format!("{LOG}?kind=link_updated&after={after}");
        let page = app.get(&path).await.ok();
        let last = page["last_cursor"].as_u64().unwrap();
        (briefs(&page), last)
    };
    app.advance(TimeDelta::days(3));
    app.send_webhooks();
    let (expired, last) = changed(0).await;
    assert_eq!(expired, [r#"link_updated invalid ["status","credentials"]"#]);
    app.put(&format!("/api/links/{kept}/"), json!({"password": "new"})).await.ok();
    let (renewed, last) = changed(last).await;
    assert_eq!(renewed, [r#"link_updated valid ["status","credentials"]"#]);
    let change = json!({"stale_in": "9d", "fetch_resources": ["OWNERS"]});
    app.patch(&format!("/api/links/{kept}/"), change.clone()).await.ok();
    let (patched, last) = changed(last).await;
    assert_eq!(patched, [r#"link_updated valid ["stale_in","fetch_resources"]"#]);
    app.patch(&format!("/api/links/{kept}/"), change).await.ok();
    app.get(&format!("/api/links/{kept}/")).await.ok();
    assert_eq!(changed(last).await.0, [""; 0], "nothing differs");
    let other = app.get(&format!("{LOG}?link={kept}&kind=link_created")).await.ok();
    assert_eq!(briefs(&other), ["link_created valid"]);
    app.log_in_as("other", "keys");
    let (code, field, _) = app.get(&format!("{LOG}?link={kept}")).await.problem(400);
    assert_eq!((code.as_str(), field.as_deref()), ("does_not_exist", Some("link")));
}

#[actix_web::test]
async fn an_injected_fault_is_told_with_what_it_strikes() {
    let app = app().await;
    let late = app.fault(json!({"fault": {"webhook_late": {"by": "1m"}}, "times": 1})).await;
    app.fault(json!({"fault": {"status": {"status": 503}}, "times": 1})).await;
    let struck = app.call_with_faults(app.request(Method::GET, "/api/links/")).await;
    assert_eq!(struck.status, 503);
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    app.get("/api/").await.ok();
    let task = app.get(SCHEDULED).await.ok()["scheduled"][0]["id"].clone();
    app.post(&format!("{SCHEDULED}/{task}/fail"), json!({"fault": "webhook_drop"})).await.ok();
    app.post(&format!("{SCHEDULED}/{task}/run"), Value::Null).await.ok();
    let page = app.get(&format!("{LOG}?kind=fault_injected")).await.ok();
    assert_eq!(
        briefs(&page),
        ["fault_injected status 2", "fault_injected webhook_late 1", "fault_injected webhook_drop"]
    );
    assert_eq!(
        page["entries"][0]["request_id"],
        struck.headers.get("X-Request-Id").unwrap().to_str().unwrap()
    );
    assert_eq!(
        (&page["entries"][1]["link"], &page["entries"][1]["fault_id"]),
        (&json!(link), &late["id"])
    );
    assert_eq!(page["entries"][2]["link"], *link);
    let changed = app.get(&format!("{LOG}?kind=task_made_to_fail")).await.ok();
    assert_eq!(briefs(&changed), [format!("task_made_to_fail first attempt {task} 1")]);
}

#[actix_web::test]
async fn settings_and_moves_of_the_clock_are_told() {
    let app = app().await;
    let armed = app.post("/_emulator/armed", json!({"scenario": "employed"})).await.created();
    app.delete(&format!("/_emulator/armed/{}", armed["id"])).await.no_content();
    app.delete("/_emulator/armed").await.no_content();
    app.put("/_emulator/default-scenario", json!({"scenario": "unemployed"})).await.ok();
    app.delete("/_emulator/default-scenario").await.no_content();
    let fault = app.fault(json!({"fault": "webhook_drop"})).await;
    app.delete(&format!("/_emulator/faults/{}", fault["id"])).await.no_content();
    app.delete("/_emulator/faults").await.no_content();
    app.put("/_emulator/webhooks/endpoint", json!({"url": RECEIVER})).await.ok();
    app.delete("/_emulator/webhooks/endpoint").await.no_content();
    app.set_clock(json!({"mode": "manual"})).await;
    app.set_clock(json!({"mode": "manual"})).await;
    app.set_clock(json!({"now": "2026-03-02T00:00:00Z", "mode": "skip"})).await;
    let page = app.get(LOG).await.ok();
    let settings = ["armed"; 3].into_iter().chain(["default_scenario"; 2]);
    let settings = settings.chain(["faults"; 3]).chain(["endpoint"; 2]);
    let expected: Vec<String> = settings.map(|name| format!("setting_changed {name}")).collect();
    let told = briefs(&page);
    assert_eq!(told[..10], expected);
    assert_eq!(told[10..], ["clock_changed", "clock_changed"], "the second call changed nothing");
    let entries = page["entries"].as_array().unwrap();
    assert_eq!(entries[10]["from"], entries[10]["to"]);
    assert_eq!(entries[11]["to"], "2026-03-02T00:00:00.000000Z");
}

/// The entry would be missing if it were written by the call's last step.
#[actix_web::test]
async fn a_move_is_told_also_when_its_caller_leaves() {
    use futures_util::FutureExt;
    let app = app_with(&["--webhook-url", RECEIVER, "--clock", "manual"]).await;
    app.create_link(CURP).await.created();
    let advance = app.post("/_emulator/clock/advance", json!({"by": "1h"}));
    // It waits for the receiver.
    assert!(advance.now_or_never().is_none());
    let page = app.get(&format!("{LOG}?kind=clock_changed")).await.ok();
    assert_eq!(page["entries"][0]["to"], "2026-03-01T12:00:15.000000Z");
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
    app.send_webhooks();
}

#[actix_web::test]
async fn the_pages_of_the_log_lead_on_and_mistakes_are_named() {
    let app = app().await;
    for _ in 0..3 {
        app.create_link(CURP).await.created();
    }
    let whole = app.get(LOG).await.ok();
    let (mut after, mut entries) = (json!(0), Vec::new());
    while !after.is_null() {
        let page = app.get(&format!("{LOG}?limit=2&after={after}")).await.ok();
        assert!(page["entries"].as_array().unwrap().len() <= 2);
        entries.extend(page["entries"].as_array().unwrap().clone());
        after = page["next_after"].clone();
    }
    assert_eq!(json!(entries), whole["entries"]);
    for (query, field, sentence) in [
        ("?kind=gossip", "kind", "request_answered"),
        ("?after=999", "after", "999 is past the last cursor"),
        ("?limit=0", "limit", "expected 1 to 1000"),
        ("?links=x", "links", "is no key here"),
    ] {
        let (_, named, message) = app.get(&format!("{LOG}{query}")).await.problem(400);
        assert_eq!(named.as_deref(), Some(field), "{query}");
        assert!(message.contains(sentence), "{query}: {message}");
    }
}

#[actix_web::test]
async fn a_stream_tells_each_entry_once_and_begins_where_its_client_says() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let mut from_now = app.events("", None).await;
    let mut from_the_first = app.events("?after=0", None).await;
    let mut resumed = app.events("?after=0", Some("2")).await;
    assert_eq!(from_now.take(), []);
    app.advance_clock(json!({"by": "15s"})).await;
    app.get("/api/links/").await.ok();
    let listed = app.get(LOG).await.ok()["entries"].clone();
    let told = |from: usize| {
        let entries = listed.as_array().unwrap()[from..].iter();
        let event = |data: &Value| Event {
            id: data["cursor"].as_u64(),
            name: data["kind"].as_str().unwrap().to_owned(),
            data: data.clone(),
        };
        entries.map(event).collect::<Vec<Event>>()
    };
    assert_eq!(from_now.take(), told(3));
    assert_eq!(from_the_first.take(), told(0));
    assert_eq!(resumed.take(), told(2));
    assert_eq!([from_now.take(), from_the_first.take()], [[], []], "each is told once");
    for (query, header, field) in [
        ("?after=99", None, "after"),
        ("?after=x", None, "after"),
        ("", Some("x"), "Last-Event-ID"),
    ] {
        let mut request = app.request(Method::GET, &format!("/_emulator/events{query}"));
        if let Some(header) = header {
            request = request.insert_header(("Last-Event-ID", header));
        }
        assert_eq!(app.call(request).await.problem(400).1.as_deref(), Some(field));
    }
}

#[actix_web::test]
async fn the_answer_is_a_stream_that_no_proxy_holds_back() {
    let app = app().await;
    for (method, is_empty) in [(Method::GET, false), (Method::HEAD, true)] {
        let answer = app.call(app.request(method, "/_emulator/events")).await;
        for (name, value) in [
            ("Content-Type", "text/event-stream"),
            ("Cache-Control", "no-store"),
            ("X-Accel-Buffering", "no"),
        ] {
            assert_eq!(answer.headers.get(name).unwrap(), value);
        }
        assert_eq!(answer.body.is_empty(), is_empty);
    }
}

#[actix_web::test]
async fn a_quiet_stream_shows_that_it_lives() {
    let app = app().await;
    let mut stream = app.events("", None).await;
    tokio::time::pause();
    assert_eq!(stream.text(), "");
    tokio::time::advance(std::time::Duration::from_secs(16)).await;
    assert_eq!(stream.text(), ": the stream lives\n\n");
    tokio::time::advance(std::time::Duration::from_secs(14)).await;
    assert_eq!(stream.text(), "");
    tokio::time::resume();
}

/// The stream keeps a cursor and nothing else, so a client that reads too slowly misses entries.
#[actix_web::test]
async fn what_the_log_has_lost_is_told_as_evicted() {
    let app = app_with(&["--log-budget", "64KiB"]).await;
    app.get("/api/").await.ok();
    let mut slow = app.events("", None).await;
    for _ in 0..20 {
        app.post_text("/api/links/", &"x".repeat(20_000)).await.problem(400);
    }
    let evicted = app.get(LOG).await.ok()["evicted"].as_u64().unwrap();
    assert!(evicted > 5, "{evicted}");
    let events = slow.take();
    assert_eq!((events[0].name.as_str(), events[0].id), ("evicted", Some(evicted)));
    assert_eq!(events[0].data, json!({"evicted": evicted}));
    let ids: Vec<u64> = events[1..].iter().map(|event| event.id.unwrap()).collect();
    assert_eq!(ids, (evicted + 1..=21).collect::<Vec<u64>>());
    let mut late = app.events("?after=1", None).await;
    assert_eq!(late.names()[0], "evicted");
    let mut in_time = app.events(&format!("?after={evicted}"), None).await;
    assert_eq!(in_time.names()[0], "request_answered");
}

#[actix_web::test]
async fn a_reset_and_a_snapshot_end_the_streams_and_a_client_begins_anew() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let snapshot = app.get("/_emulator/snapshot").await.ok();
    let mut from_now = app.events("", None).await;
    let mut from_the_beginning = app.events("?after=0", None).await;
    app.post("/_emulator/reset", json!({})).await.ok();
    let reset = Event { id: Some(0), name: "reset".to_owned(), data: json!({}) };
    assert_eq!((from_now.take(), from_now.ended), (vec![reset], true));
    let all = ["request_answered", "link_created", "tasks_scheduled", "reset"];
    assert_eq!(
        (from_the_beginning.names(), from_the_beginning.ended),
        (all.map(str::to_owned).to_vec(), true)
    );
    // A client that missed the reset has a cursor that the new log has not reached.
    let mut missed = app.events("", Some("3")).await;
    assert_eq!((missed.names(), missed.ended), (vec!["reset".to_owned()], true));
    app.get("/api/").await.ok();
    let mut again = app.events("", Some("0")).await;
    assert_eq!(again.names(), ["request_answered"]);
    app.put("/_emulator/snapshot", snapshot).await.ok();
    assert_eq!((again.names(), again.ended), (vec!["reset".to_owned()], true));
}

#[actix_web::test]
async fn a_stream_keeps_no_account_and_is_told_that_it_was_dropped() {
    let app = app_with(&["--accounts", "1"]).await;
    let mut stream = app.events("", None).await;
    app.get("/api/").await.ok();
    assert_eq!(stream.names(), ["request_answered"]);
    app.log_in_as("other", "keys");
    app.get("/api/").await.ok();
    assert_eq!((stream.names(), stream.ended), (vec!["dropped".to_owned()], true));
}

#[actix_web::test]
async fn an_account_has_sixteen_streams_at_most_and_those_of_others_are_their_own() {
    let app = app_with(&[]).await;
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(app.events("", None).await);
    }
    let (code, _, message) = app.get("/_emulator/events").await.problem(429);
    assert_eq!(code, "too_many_streams");
    assert!(
        message.starts_with("This account has 16 event streams, which is the most."),
        "{message}"
    );
    app.log_in_as("other", "keys");
    let mut other = app.events("", None).await;
    app.log_in_as("id", "password");
    app.get("/api/").await.ok();
    assert!(streams.iter_mut().all(|stream| stream.names() == ["request_answered"]));
    assert_eq!(other.take(), [], "each account has its own events");
    streams.pop();
    let mut next = app.events("", None).await;
    assert_eq!(next.take(), []);
}

#[actix_web::test]
async fn the_process_has_a_limit_of_streams_too() {
    let app = app_with(&["--accounts", "100"]).await;
    let mut streams = Vec::new();
    let refused = loop {
        app.log_in_as(&format!("id-{}", streams.len() / 16), "password");
        let answer = app.call(app.request(Method::HEAD, "/_emulator/events")).await;
        if answer.status != 200 {
            break app.get("/_emulator/events").await;
        }
        streams.push(app.events("", None).await);
        assert!(streams.len() <= 256, "{}", streams.len());
    };
    let (code, _, message) = refused.problem(503);
    assert_eq!(code, "too_many_streams");
    let says = format!("The emulator has {} event streams, which is the most.", streams.len());
    assert!(message.starts_with(&says), "{message}");
    streams.pop();
    app.get("/_emulator/events").await;
}

#[actix_web::test]
async fn a_program_reads_the_events_of_an_emulator_inside_it() {
    let emulator = Emulator::builder().start().await.unwrap();
    let mut events = emulator.events(None).await.unwrap();
    emulator.advance(std::time::Duration::from_secs(60)).await.unwrap();
    let Some(Told::Entry(entry)) = events.next().await else { panic!("an entry") };
    assert_eq!((entry.cursor, entry.kind), (1, "clock_changed"));
    assert!(entry.to.unwrap() - entry.from.unwrap() >= TimeDelta::seconds(60));
    let log = emulator.log(0).await.unwrap();
    assert_eq!((log.entries.len(), log.reach.last_cursor), (1, 1));
    assert_eq!(emulator.events(Some(7)).await.unwrap_err().code(), "invalid");
    emulator.reset().await.unwrap();
    assert!(matches!(events.next().await, Some(Told::End(StreamEnd::Reset))));
    assert!(events.next().await.is_none());
    let mut events = emulator.events(Some(0)).await.unwrap();
    emulator.stop().await;
    assert!(matches!(events.next().await, Some(Told::End(StreamEnd::Stopping))));
    assert!(events.next().await.is_none());
}
