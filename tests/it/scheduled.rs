//! The tasks that will run: listed, run, moved, dropped, and made to fail.

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER, TestApp, app, app_with};

const SCHEDULED: &str = "/_emulator/scheduled";

/// A task as `ID DUE WHAT`.
fn row(task: &Value) -> String {
    let due = task["due"].as_str().unwrap();
    format!("{} {} {}", task["id"], &due[5..19], task["what"].as_str().unwrap())
}

/// The rows of a list of tasks.
fn rows(tasks: &Value) -> Vec<String> {
    tasks.as_array().unwrap().iter().map(row).collect()
}

impl<S> TestApp<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    /// The tasks that will run.
    async fn tasks(&self) -> Vec<String> {
        rows(&self.get(SCHEDULED).await.ok()["scheduled"])
    }
}

#[actix_web::test]
async fn every_task_is_listed_with_its_cause() {
    let app = app().await;
    let answer = app
        .create_link_with(CURP, json!({"access_mode": "recurrent", "credentials_storage": "store"}))
        .await;
    let (link, request_id) = (answer.id(), answer.headers.get("X-Request-Id").unwrap().clone());
    let page = app.get(SCHEDULED).await.ok();
    assert_eq!(
        rows(&page["scheduled"]),
        ["1 03-01T12:00:15 load", "2 03-01T12:00:15 webhook", "3 03-08T12:00:15 refresh"]
    );
    assert_eq!(
        page["scheduled"][1],
        json!({
            "id": 2,
            "due": "2026-03-01T12:00:15.000000Z",
            "what": "webhook",
            "link": link,
            "caused_by": request_id.to_str().unwrap(),
            "operation": "RegisterLink",
            "delivery": null,
            "brings_webhook": true,
            "faults": [],
            "note": null,
        })
    );
    assert_eq!((&page["count"], &page["next_after"]), (&json!(3), &json!(null)));
    assert_eq!(page["now"], "2026-03-01T12:00:00.000000Z");

    let refresh = app.post(&format!("/api/links/{link}/refresh/"), json!({})).await;
    let task = app.get(SCHEDULED).await.ok()["scheduled"][2].clone();
    assert_eq!(row(&task), "4 03-01T12:00:15 load and webhook");
    assert_eq!(task["operation"], "RefreshLink");
    assert_eq!(task["caused_by"], refresh.accepted());

    let header = ("X-Belvo-Request-Mode", "async");
    let path = format!("/api/links/{link}/");
    app.call(app.request(Method::DELETE, &path).insert_header(header)).await.accepted();
    let task = app.get(SCHEDULED).await.ok()["scheduled"][0].clone();
    assert_eq!(row(&task), "5 03-01T12:00:01 deletion and webhook");
    assert_eq!(task["operation"], "DestroyLink");
    app.advance(TimeDelta::seconds(1));
    app.send_webhooks_to(|_| false);
    let page = app.get(SCHEDULED).await.ok();
    assert_eq!(rows(&page["scheduled"]), ["6 03-01T12:00:11 retry"]);
    let task = &page["scheduled"][0];
    assert_eq!((&task["link"], &task["delivery"]), (&json!(link), &json!(1)));
    assert_eq!(task["operation"], "DestroyLink");
}

#[actix_web::test]
async fn a_late_webhook_is_a_first_attempt_and_a_resumed_login_a_cause() {
    let app = app().await;
    app.fault(json!({"fault": {"webhook_late": {"by": "1m"}}})).await;
    let refused = app.create_link("FAIL428001HXXXXX00").await.token_required();
    let resume = json!({"session": refused["session"], "link": refused["link"], "token": "123456"});
    app.patch("/api/links/", resume).await.ok();
    let page = app.get(SCHEDULED).await.ok();
    assert_eq!(page["scheduled"][0]["operation"], "PatchBody");
    app.advance(TimeDelta::seconds(15));
    let page = app.get(SCHEDULED).await.ok();
    assert_eq!(page["scheduled"][0]["what"], "first attempt");
    assert_eq!(page["scheduled"][0]["operation"], "PatchBody");
    let happened = app.advance_clock(json!({"by": "1m"})).await.0;
    assert_eq!(happened["happened"][0]["what"], "first attempt");
}

#[actix_web::test]
async fn the_list_has_pages_that_survive_what_runs_meanwhile() {
    let app = app_with(&["--webhook-delay", "10s..20s", "--webhook-url", RECEIVER]).await;
    let mut links = Vec::new();
    for _ in 0..4 {
        links.push(app.create_link(CURP).await.id());
    }
    let all = app.tasks().await;
    let first = app.get(&format!("{SCHEDULED}?limit=3")).await.ok();
    assert_eq!((rows(&first["scheduled"]), &first["count"]), (all[..3].to_vec(), &json!(12)));
    // The tasks of the first page run meanwhile, and others too.
    app.advance_clock(json!({"by": "12s"})).await;
    let after = first["next_after"].as_str().unwrap();
    let mut later = all[3..].to_vec();
    let left = app.tasks().await;
    later.retain(|task| left.contains(task));
    let next = app.get(&format!("{SCHEDULED}?after={after}")).await.ok();
    let found: Vec<String> =
        rows(&next["scheduled"]).into_iter().filter(|task| later.contains(task)).collect();
    assert_eq!(found, later);
    assert_eq!(next["next_after"], json!(null));
    let of_link = app.get(&format!("{SCHEDULED}?link={}", links[3])).await.ok();
    assert_eq!(of_link["count"], of_link["scheduled"].as_array().unwrap().len());
    assert!(of_link["scheduled"].as_array().unwrap().iter().all(|task| task["link"] == *links[3]));
    let (_, field, message) = app.get(&format!("{SCHEDULED}?after=7")).await.problem(400);
    assert_eq!(field.as_deref(), Some("after"));
    assert!(message.contains("expected the next_after of the page before"), "{message}");
    app.log_in_as("other", "keys");
    let stranger = app.get(&format!("{SCHEDULED}?link={}", links[3])).await.problem(400);
    assert_eq!(stranger.0, "does_not_exist");
}

#[actix_web::test]
async fn ids_are_those_of_the_original_in_a_fork_and_after_a_snapshot() {
    let app = app().await;
    app.fault(json!({"fault": {"webhook_late": {"by": "1m"}}, "times": 1})).await;
    app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await.created();
    app.advance(TimeDelta::seconds(15));
    app.create_link(CURP).await.created();
    let before = app.get(SCHEDULED).await.ok();
    assert_eq!(before["count"], 6);
    app.post("/_emulator/fork", json!({"credentials": "fork:keys"})).await.no_content();
    let file = app.get("/_emulator/snapshot").await.ok();
    app.put("/_emulator/snapshot", file.clone()).await.ok();
    assert_eq!(app.tasks().await, rows(&before["scheduled"]));
    app.log_in_as("fork", "keys");
    assert_eq!(app.get(SCHEDULED).await.ok()["scheduled"], before["scheduled"]);

    // No id is given twice.
    for (place, id) in [
        ("scheduled/0/id", 99),
        ("scheduled/0/id", 7),
        ("webhooks/0/task", 0),
        ("webhooks/0/task", 6),
    ] {
        let mut spoiled = file.clone();
        *spoiled.pointer_mut(&format!("/account/{place}")).unwrap() = json!(id);
        let (_, _, message) = app.put("/_emulator/snapshot", spoiled).await.problem(400);
        assert!(message.contains("is taken or was never given"), "{place} {id}: {message}");
    }
    // A snapshot of an older version has no ids.
    let mut old = file.clone();
    old["account"]["counters"].as_object_mut().unwrap().remove("tasks");
    old["account"]["webhooks"][0].as_object_mut().unwrap().remove("task");
    for task in old["account"]["scheduled"].as_array_mut().unwrap() {
        task.as_object_mut().unwrap().remove("id");
    }
    app.put("/_emulator/snapshot", old).await.ok();
    assert_eq!(app.get(SCHEDULED).await.ok()["count"], 6);
}

/// The path of an action on a task.
fn task(id: u64, action: &str) -> String {
    format!("{SCHEDULED}/{id}{action}")
}

/// A recurrent link, whose tasks are 1 (load), 2 (webhook) and 3 (refresh).
async fn app_with_link(
    flags: &[&str],
) -> (TestApp<impl Service<actix_http::Request, Response = ServiceResponse, Error = Error>>, String)
{
    let app = app_with(&[&["--webhook-url", RECEIVER], flags].concat()).await;
    let link = app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await.id();
    (app, link)
}

#[actix_web::test]
async fn a_task_that_is_run_does_what_it_would_have_done() {
    for flags in [&[][..], &["--clock", "manual"], &["--clock", "skip"]] {
        let (app, link) = app_with_link(flags).await;
        let ran = app.post(&task(1, "/run"), json!({})).await.ok();
        assert_eq!(ran["happened"][0]["what"], "load");
        assert_eq!((&ran["happened"][0]["task"], &ran["deliveries"]), (&json!(1), &json!([])));
        assert_eq!(app.records_of(&link).await["count"], 1);
        let ran = app.post(&task(2, "/run"), json!({})).await.ok();
        assert_eq!(ran["deliveries"][0]["webhook_code"], "historical_update");
        assert_eq!(ran["deliveries"][0]["created_at"], "2026-03-01T12:00:00.000000Z");
        assert_eq!(app.send_webhooks_to(|_| false).len(), 1);
        let left = ["3 03-08T12:00:15 refresh", "4 03-01T12:00:00 data expires"];
        let tasks = app.tasks().await;
        assert_eq!(tasks, ["5 03-01T12:00:10 retry", left[0], left[1]]);
        let ran = app.post(&task(5, "/run"), json!({})).await.ok();
        assert_eq!(ran["deliveries"][0]["id"], 1);
        let sent = app.send_webhooks();
        assert_eq!((sent.len(), sent[0].attempt), (1, 2));
        // A refresh plans the next one.
        let ran = app.post(&task(3, "/run"), json!({})).await.ok();
        assert_eq!(ran["happened"][0]["what"], "refresh");
        assert_eq!(app.tasks().await[0], "7 03-08T12:00:00 refresh");
    }
}

/// All calls of two runs, one with the clock and one with the call, come to the same.
#[actix_web::test]
async fn running_the_tasks_in_order_gives_the_bytes_that_time_gives() {
    let (by_time, _) = app_with_link(&["--clock", "manual"]).await;
    let (by_call, _) = app_with_link(&["--clock", "manual"]).await;
    by_time.advance_clock(json!({"to": "next"})).await;
    by_call.put("/_emulator/clock", json!({"now": "2026-03-01T12:00:14.999999Z"})).await.ok();
    for id in [1, 2] {
        by_call.post(&task(id, "/run"), json!({})).await.ok();
    }
    let payloads = by_call.send_webhooks();
    assert_eq!(payloads.len(), 1);
    let sent = by_time.get("/_emulator/webhooks/deliveries/1").await.ok();
    assert_eq!(payloads[0].body(), sent["payload"]);
    let path = "/api/employment-records/";
    let (by_time, by_call) = (by_time.get(path).await.ok(), by_call.get(path).await.ok());
    let by_call = by_call.to_string().replace("12:00:14.999999Z", "12:00:15.000000Z");
    assert_eq!(by_call, by_time.to_string());
}

#[actix_web::test]
async fn a_task_is_moved_and_keeps_its_id() {
    let (app, link) = app_with_link(&["--clock", "manual"]).await;
    let moved = app.patch(&task(2, ""), json!({"by": "1h"})).await.ok();
    assert_eq!(row(&moved), "2 03-01T13:00:15 webhook");
    let moved = app.patch(&task(3, ""), json!({"to": "2026-03-01T12:30:00Z"})).await.ok();
    assert_eq!(row(&moved), "3 03-01T12:30:00 refresh");
    assert_eq!(
        app.tasks().await,
        ["1 03-01T12:00:15 load", "3 03-01T12:30:00 refresh", "2 03-01T13:00:15 webhook"]
    );
    let (advanced, sent) = app.advance_clock(json!({"by": "2h"})).await;
    let happened: Vec<&Value> =
        advanced["happened"].as_array().unwrap().iter().map(|task| &task["what"]).collect();
    assert_eq!(happened, ["load", "refresh", "webhook"]);
    assert_eq!((sent.len(), app.records_of(&link).await["count"].clone()), (1, json!(1)));
    // The retry of a webhook moves with its delivery.
    let (app, _) = app_with_link(&["--clock", "manual"]).await;
    app.post_while_sending("/_emulator/clock/advance", json!({"by": "15s"}), |_| false).await;
    app.patch(&task(5, ""), json!({"by": "1d"})).await.ok();
    let delivery = app.get("/_emulator/webhooks/deliveries/1").await.ok();
    assert_eq!(delivery["next_attempt_at"], "2026-03-02T12:00:25.000000Z");
    let (_, sent) = app.advance_clock(json!({"by": "1d"})).await;
    assert!(sent.is_empty());
    assert_eq!(app.advance_clock(json!({"by": "1m"})).await.1.len(), 1);
}

#[actix_web::test]
async fn what_the_order_of_the_account_forbids_is_refused_with_the_reason() {
    let (app, link) = app_with_link(&["--clock", "manual"]).await;
    let refused = async |method: Method, id: u64, action: &str, body: Value, sentence: &str| {
        let request = app.request(method, &task(id, action));
        let answer = match body {
            Value::Null => app.call(request).await,
            body => app.call(request.set_json(body)).await,
        };
        let (code, _, message) = answer.problem(409);
        assert_eq!(code, "task_refused", "{message}");
        assert!(message.contains(sentence), "{id}{action}: {message}");
    };
    let earlier = json!({"to": "2026-03-01T12:00:10Z"});
    let before = app.tasks().await;
    for (method, id, action, body, sentence) in [
        (Method::POST, 2, "/run", Value::Null, "task 1, a load that comes before it, is due at"),
        (Method::PATCH, 2, "", earlier.clone(), "Run or move that task first."),
        (Method::PATCH, 1, "", json!({"by": "1s"}), "task 2, a webhook that comes after it"),
        (Method::DELETE, 3, "", Value::Null, "refreshed every week"),
        (Method::POST, 1, "/fail", json!({"fault": "webhook_drop"}), "brings no webhook"),
    ] {
        refused(method, id, action, body, sentence).await;
    }
    assert_eq!(app.tasks().await, before);
    app.advance_clock(json!({"by": "1m"})).await;
    refused(Method::DELETE, 4, "", Value::Null, "which stale_in of the link sets").await;
    let header = ("X-Belvo-Request-Mode", "async");
    let path = format!("/api/links/{link}/");
    app.call(app.request(Method::DELETE, &path).insert_header(header)).await.accepted();
    refused(Method::PATCH, 3, "", json!({"by": "1d"}), "Task 5 deletes the link at").await;
    let stored = app.create_link_with(CURP, json!({"credentials_storage": "9d"})).await;
    stored.created();
    refused(Method::DELETE, 8, "", Value::Null, "PUT /api/links/{id}/ begins").await;
}

#[actix_web::test]
async fn a_time_that_is_past_and_an_id_without_a_task_are_named() {
    let (app, _) = app_with_link(&["--clock", "manual"]).await;
    for (body, field, sentence) in [
        (json!({"to": "2026-03-01T12:00:00Z"}), Some("to"), "POST /_emulator/scheduled/1/run"),
        (json!({"to": "2201-01-01T00:00:00Z"}), Some("to"), "No account lives beyond"),
        (json!({"to": "soon"}), Some("to"), "expected a timestamp"),
        (json!({"by": "1h", "to": "2026-03-02T12:00:00Z"}), None, "Give either by"),
        (json!({}), None, "Give either by"),
    ] {
        let (_, found, message) = app.patch(&task(1, ""), body.clone()).await.problem(400);
        assert_eq!(found.as_deref(), field, "{body}: {message}");
        assert!(message.contains(sentence), "{body}: {message}");
    }
    let unknown = async |id: &str, sentence: &str| {
        let (_, _, message) =
            app.post(&format!("{SCHEDULED}/{id}/run"), json!({})).await.problem(404);
        assert!(message.contains(sentence), "{id}: {message}");
    };
    unknown("99", "the last one has the id 3").await;
    unknown("no-number", "the last one has the id 3").await;
    app.post(&task(1, "/run"), json!({})).await.ok();
    unknown("1", "it ran at 2026-03-01T12:00:00.000000Z").await;
    app.delete(&task(2, "")).await.ok();
    unknown("2", "it was dropped at").await;
}

#[actix_web::test]
async fn the_webhook_of_a_dropped_load_goes_with_it() {
    let (app, link) = app_with_link(&["--clock", "manual"]).await;
    let dropped = app.delete(&task(1, "")).await.ok();
    assert_eq!(rows(&dropped["dropped"]), ["1 03-01T12:00:15 load", "2 03-01T12:00:15 webhook"]);
    assert!(app.advance_clock(json!({"by": "1d"})).await.1.is_empty());
    assert_eq!(app.records_of(&link).await["count"], 0);
    // The refresh loads it after all, and announces nothing, because nothing changed.
    app.advance_clock(json!({"by": "7d"})).await;
    assert_eq!(app.records_of(&link).await["count"], 1);
}

#[actix_web::test]
async fn a_wait_for_a_dropped_webhook_says_that_it_was_dropped() {
    for id in [2, 5] {
        let (app, link) = app_with_link(&["--clock", "skip"]).await;
        if id == 5 {
            app.post_while_sending("/_emulator/clock/advance", json!({"by": "15s"}), |_| false)
                .await;
        }
        let dropped = app.delete(&task(id, "")).await.ok();
        assert_eq!(dropped["dropped"][0]["id"], id);
        for awaited in [json!({"within": "1d"}), json!({"within": "1d", "link": link})] {
            let awaited = json!({"webhook_code": "historical_update", "within": awaited["within"]});
            tokio::time::pause();
            let (code, _, message) =
                app.post("/_emulator/webhooks/await", awaited).await.problem(409);
            tokio::time::resume();
            assert_eq!(code, "webhook_not_due");
            let what = if id == 2 { "webhook" } else { "retry" };
            let sentence = format!(
                "task {id} ({what} of link {link}) would have brought one, and \
                                    a call dropped it (cursor "
            );
            assert!(message.contains(&sentence), "{message}");
        }
        if id == 5 {
            let delivery = app.get("/_emulator/webhooks/deliveries/1").await.ok();
            assert_eq!((&delivery["state"], &delivery["faults"]), (&json!("dropped"), &json!([])));
        }
    }
}

/// Somebody who waits is woken by a task that is moved into reach.
#[actix_web::test]
async fn a_wait_sees_a_task_that_is_moved() {
    let (app, _) = app_with_link(&["--clock", "skip", "--webhook-delay", "2h"]).await;
    let mut waiting = std::pin::pin!(app.await_webhook(json!({"within": "1m", "timeout": "5m"})));
    assert!(waiting.as_mut().now_or_never().is_none());
    for id in [1, 2] {
        app.patch(&task(id, ""), json!({"to": "2026-03-01T12:00:30Z"})).await.ok();
    }
    // Without that it would look again when its grace is over, which takes seconds.
    for _ in 0..1000 {
        if let Some(answer) = waiting.as_mut().now_or_never() {
            assert_eq!(answer.ok()["id"], 1);
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the move wakes nobody");
}

/// The state, the faults and the bytes of the deliveries after a task was made to fail.
#[actix_web::test]
async fn a_fault_strikes_the_webhooks_of_its_task_alone() {
    let whole = app_with_link(&["--clock", "manual"]).await.0;
    let body = whole.advance_clock(json!({"by": "15s"})).await.1.remove(0).bytes;
    let half = body[..body.len() / 2].to_vec();
    let cases = [
        (json!({"fault": "webhook_drop"}), 0, &body),
        (json!({"fault": {"webhook_duplicate": {"copies": 2}}}), 3, &body),
        (json!({"fault": "webhook_malformed_body"}), 1, &half),
        (json!({"fault": "webhook_malformed_body", "attempts": 1}), 1, &half),
        (json!({"fault": {"webhook_late": {"by": "1h"}}}), 0, &body),
        (json!({"fault": "webhook_wrong_authorization"}), 1, &body),
    ];
    // Of the webhook itself, and of the retry of one that was refused.
    for is_retry in [false, true] {
        for (failure, count, bytes) in &cases {
            let (app, _) = app_with_link(&["--clock", "manual"]).await;
            let mut id = 2;
            if is_retry {
                app.post_while_sending("/_emulator/clock/advance", json!({"by": "15s"}), |_| false)
                    .await;
                id = 5;
            }
            let planned = app.post(&task(id, "/fail"), failure.clone()).await.ok();
            let name = planned["faults"][0].as_str().unwrap().to_owned();
            assert_eq!(planned["id"], id);
            // A snapshot keeps what is planned.
            let file = app.get("/_emulator/snapshot").await.ok();
            app.put("/_emulator/snapshot", file).await.ok();
            let listed = app.get(SCHEDULED).await.ok();
            let listed = listed["scheduled"].as_array().unwrap().clone();
            let listed = listed.iter().find(|listed| listed["id"] == id).unwrap();
            assert_eq!(listed["faults"], json!([name]), "{failure}");
            let (_, sent) = app.advance_clock(json!({"by": "20s"})).await;
            assert_eq!(sent.len(), *count, "{failure}, retry: {is_retry}");
            // The snapshot of this test has its keys in another order.
            let has_length = sent.iter().all(|sent| sent.bytes.len() == bytes.len());
            assert!(has_length, "{failure}, retry: {is_retry}");
            let struck: Vec<_> = app.emulator.deliveries("id", "password");
            let struck = struck.iter().filter(|delivery| delivery.faults == [&*name]).count();
            assert_eq!(struck, (*count).max(1), "{failure}, retry: {is_retry}");
            // The next webhook of the account is right again.
            app.create_link(CURP).await.created();
            let (_, sent) = app.advance_clock(json!({"by": "20s"})).await;
            assert_eq!(sent.len(), 1, "{failure}");
            app.advance_clock(json!({"by": "1h"})).await;
        }
    }
}

#[actix_web::test]
async fn a_reordered_retry_waits_for_the_next_webhook() {
    let (app, link) = app_with_link(&["--clock", "manual"]).await;
    app.post_while_sending("/_emulator/clock/advance", json!({"by": "15s"}), |_| false).await;
    app.post(&task(5, "/fail"), json!({"fault": "webhook_reorder"})).await.ok();
    assert!(app.advance_clock(json!({"by": "30s"})).await.1.is_empty());
    let trigger = json!({"link": link, "webhook_code": "employment_changes"});
    app.post("/_emulator/webhooks/trigger", trigger).await.created();
    let codes: Vec<Value> =
        app.send_webhooks().iter().map(|sent| sent.body()["webhook_code"].clone()).collect();
    assert_eq!(codes, ["employment_changes", "historical_update"]);
}

#[actix_web::test]
async fn a_failure_that_cannot_be_planned_is_named() {
    let (app, _) = app_with_link(&["--clock", "manual"]).await;
    for (body, field, sentence) in [
        (json!({"fault": "reset_peer"}), "fault", "the receiver's own answers cannot be forced"),
        (json!({"fault": "webhook_before_answer"}), "fault", "strikes within the call"),
        (json!({"fault": "webhook_drop", "attempts": 1}), "attempts", "a whole delivery"),
        (json!({"fault": "webhook_malformed_body", "attempts": 0}), "attempts", "1 to 1001"),
        (json!({}), "fault", "is missing"),
    ] {
        let (_, found, message) = app.post(&task(2, "/fail"), body).await.problem(400);
        assert_eq!(found.as_deref(), Some(field), "{message}");
        assert!(message.contains(sentence), "{message}");
    }
    for _ in 0..10 {
        app.post(&task(2, "/fail"), json!({"fault": "webhook_drop"})).await.ok();
    }
    let (_, _, message) =
        app.post(&task(2, "/fail"), json!({"fault": "webhook_drop"})).await.problem(400);
    assert!(message.contains("10 faults, which is the most"), "{message}");
}
