//! The tasks that will run: listed, run, moved, dropped, and made to fail.

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use chrono::TimeDelta;
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
