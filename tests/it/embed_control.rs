//! The control of an emulator inside another program: failures, the future, and looking back.

use std::time::Duration;

use belvo_emulator::{
    AccountHandle, Arming, ClockMode, ControlError, Emulator, Expectation, Fault, Injection,
    RequestFilter, Running, Verification,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::CURP;

const OTHER: &str = "BLPM951331IONKWT42";

async fn started() -> Running {
    let builder = Emulator::builder().clock(ClockMode::Manual).webhook_url("http://127.0.0.1:9/");
    builder.start().await.unwrap()
}

/// The status and the body of an answer.
fn call(account: &AccountHandle, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let keys = format!("http://{}:{}@", account.secret_id(), account.secret_password());
    let url = account.base_url().replace("http://", &keys) + path;
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = match (method, body) {
        ("POST", Some(body)) => agent.post(url).send_json(body).unwrap(),
        _ => agent.get(url).call().unwrap(),
    };
    (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or_default())
}

fn register(account: &AccountHandle, curp: &str) -> (u16, Value) {
    let link = json!({
        "institution": "planet_mx_employment", "username": curp, "access_mode": "single",
        "fetch_resources": ["EMPLOYMENT_RECORDS"], "external_id": format!("person-{curp}"),
    });
    call(account, "POST", "/api/links/", Some(&link))
}

#[track_caller]
fn problem<T>(outcome: Result<T, ControlError>) -> (String, Option<String>) {
    let Err(failure) = outcome else { panic!("it was not refused") };
    (failure.code().to_owned(), failure.field().map(str::to_owned))
}

#[tokio::test]
async fn armed_scenarios_answer_the_calls_that_they_match() {
    let emulator = started().await;
    let armed = emulator.arm(Arming::of("nss_not_found").curp(OTHER).times(2)).await.unwrap();
    assert_eq!((armed.id, armed.left, armed.curp.as_deref()), (1, 2, Some(OTHER)));
    let listed = emulator.arm(Arming::of("institution_down").operation("ListLinks")).await.unwrap();
    assert_eq!(listed.operation, Some("ListLinks"));
    assert_eq!(emulator.armed().await.unwrap(), [armed, listed.clone()]);
    assert_eq!(register(&emulator, CURP).0, 201);
    assert_eq!(register(&emulator, OTHER).0, 400);
    assert_eq!(emulator.armed().await.unwrap()[0].left, 1);
    emulator.disarm(1).await.unwrap();
    assert_eq!(register(&emulator, OTHER).0, 201);
    assert_eq!(call(&emulator, "GET", "/api/links/", None).0, 400);
    assert_eq!(problem(emulator.disarm(listed.id).await).0, "not_found");
    emulator.arm(Arming::of("retired")).await.unwrap();
    emulator.disarm_all().await.unwrap();
    assert!(emulator.armed().await.unwrap().is_empty());

    emulator.set_default_scenario(Some("institution_down")).await.unwrap();
    assert_eq!(register(&emulator, "ZACC900512MDFPRM06").0, 400);
    emulator.set_default_scenario(None).await.unwrap();
    assert_eq!(register(&emulator, "ZACC900512MDFPRM06").0, 201);

    for (arming, field) in [
        (Arming::of("nonsense"), "scenario"),
        (Arming::of("retired").operation("Nonsense"), "operation"),
        (Arming::of("retired").times(0), "times"),
        (Arming::of("retired").operation("ListLinks"), "scenario"),
    ] {
        let (code, wrong) = problem(emulator.arm(arming).await);
        assert_eq!((&*code, wrong.as_deref()), ("invalid", Some(field)));
    }
    let (code, field) = problem(emulator.set_default_scenario(Some("nonsense")).await);
    assert_eq!((&*code, field.as_deref()), ("invalid", Some("scenario")));
}

#[tokio::test]
async fn every_fault_is_known_by_the_name_of_the_control_api() {
    let emulator = started().await;
    let (second, text) = (Duration::from_secs(1), || Some("text".to_owned()));
    let faults = [
        (Fault::Latency { delay: second, jitter: second }, "latency"),
        (Fault::Timeout { after: second }, "timeout"),
        (Fault::ResetPeer, "reset_peer"),
        (Fault::EmptyResponse, "empty_response"),
        (Fault::TruncatedBody, "truncated_body"),
        (Fault::MalformedBody, "malformed_body"),
        (Fault::SlowBody { over: second }, "slow_body"),
        (Fault::Status { status: 503, code: text(), message: None }, "status"),
        (Fault::WebhookDuplicate { copies: 2 }, "webhook_duplicate"),
        (Fault::WebhookReorder, "webhook_reorder"),
        (Fault::WebhookDrop, "webhook_drop"),
        (Fault::WebhookLate { by: second }, "webhook_late"),
        (Fault::WebhookBeforeAnswer, "webhook_before_answer"),
        (Fault::WebhookMalformedBody, "webhook_malformed_body"),
        (Fault::WebhookWrongAuthorization, "webhook_wrong_authorization"),
    ];
    for (number, (fault, name)) in (1..).zip(faults) {
        let injected = emulator.inject(fault).await.unwrap();
        assert_eq!((injected.id, injected.name, injected.left), (number, name, None));
    }
    // As the control API lists them.
    let listed = call(&emulator, "GET", "/_emulator/faults", None).1;
    assert_eq!(listed["faults"].as_array().unwrap().len(), 15);
    assert_eq!(listed["faults"][0]["fault"], json!({"latency": {"delay": "1s", "jitter": "1s"}}));
    assert_eq!(listed["faults"][7]["fault"], json!({"status": {"status": 503, "code": "text"}}));
    assert_eq!(listed["faults"][11]["fault"], json!({"webhook_late": {"by": "1s"}}));
    emulator.remove_fault(3).await.unwrap();
    assert_eq!(problem(emulator.remove_fault(3).await).0, "not_found");
    emulator.remove_faults().await.unwrap();
    assert!(emulator.faults().await.unwrap().is_empty());
}

#[tokio::test]
async fn faults_strike_what_they_are_meant_for() {
    let emulator = started().await;
    let refused = Fault::Status { status: 500, code: None, message: None };
    let injection = Injection::of(refused).operation("RegisterLink").times(1);
    emulator.inject(injection).await.unwrap();
    assert_eq!(call(&emulator, "GET", "/api/links/", None).0, 200);
    assert_eq!(register(&emulator, CURP).0, 500);
    let link: Uuid = register(&emulator, CURP).1["id"].as_str().unwrap().parse().unwrap();
    let fault = &emulator.faults().await.unwrap()[0];
    assert_eq!((fault.left, fault.matched, fault.injected), (Some(0), 1, 1));

    let code = "historical_update".parse().unwrap();
    let dropped = Injection::of(Fault::WebhookDrop).link(link).webhook_code(code).probability(1.0);
    emulator.inject(dropped).await.unwrap();
    let advanced = emulator.advance(Duration::from_secs(15)).await.unwrap();
    assert_eq!(advanced.deliveries[0].attempts.len(), 0);
    assert_eq!(emulator.faults().await.unwrap()[1].injected, 1);

    let long = Duration::from_secs(3600);
    for (injection, field) in [
        (Injection::of(Fault::Timeout { after: long }), None),
        (Injection::of(Fault::ResetPeer).probability(2.0), None),
        (Injection::of(Fault::ResetPeer).operation("Nonsense"), Some("operation")),
        (Injection::of(Fault::ResetPeer).link(link), Some("link")),
        (Injection::of(Fault::ResetPeer).times(0), Some("times")),
        (Injection::of(Fault::WebhookDrop).attempts(2), Some("attempts")),
        (Injection::of(Fault::WebhookDuplicate { copies: 0 }), None),
    ] {
        let (code, wrong) = problem(emulator.inject(injection.clone()).await);
        assert_eq!((&*code, wrong.as_deref()), ("invalid", field), "{injection:?}");
    }
}

#[tokio::test]
async fn the_webhooks_of_a_scheduled_task_fail() {
    let emulator = started().await;
    register(&emulator, CURP);
    let scheduled = emulator.scheduled(None).await.unwrap().scheduled;
    let task = |what: &str| scheduled.iter().find(|task| task.what == what).unwrap().id;
    let planned = emulator.fail_task(task("webhook"), Fault::WebhookDrop, None).await.unwrap();
    assert_eq!(planned.faults, ["webhook_drop"]);
    let expiry = task("credentials expire");
    let refused = problem(emulator.fail_task(expiry, Fault::WebhookDrop, None).await);
    assert_eq!(refused.0, "task_refused");
    let of_answers = problem(emulator.fail_task(task("webhook"), Fault::ResetPeer, None).await);
    assert_eq!(of_answers.0, "invalid");
    let attempts = emulator.fail_task(task("webhook"), Fault::WebhookDrop, Some(2)).await;
    assert_eq!(problem(attempts), ("invalid".into(), Some("attempts".into())));
    let advanced = emulator.advance(Duration::from_secs(15)).await.unwrap();
    assert_eq!(advanced.deliveries[0].attempts.len(), 0);
}

#[tokio::test]
async fn requests_are_listed_explained_and_verified() {
    let emulator = started().await;
    let link: Uuid = register(&emulator, CURP).1["id"].as_str().unwrap().parse().unwrap();
    register(&emulator, "FAIL400002HXXXXX00");
    call(&emulator, "GET", &format!("/api/links/{link}/"), None);

    let all = emulator.requests(RequestFilter::any()).await.unwrap();
    let operations: Vec<_> = all.requests.iter().map(|request| request.operation()).collect();
    assert_eq!(operations, [Some("RegisterLink"), Some("RegisterLink"), Some("DetailLink")]);
    let cursor = all.requests[0].cursor;
    for (filter, count) in [
        (RequestFilter::any().operation("RegisterLink"), 2),
        (RequestFilter::any().status(400), 1),
        (RequestFilter::any().link(link), 2),
        (RequestFilter::any().curp(CURP), 1),
        (RequestFilter::any().external_id("person-FAIL400002HXXXXX00"), 1),
        (RequestFilter::any().after(cursor), 2),
        (RequestFilter::any().operation("RegisterLink").curp("nobody"), 0),
    ] {
        let found = emulator.requests(filter.clone()).await.unwrap().requests.len();
        assert_eq!(found, count, "{filter:?}");
    }
    let unknown = RequestFilter::any().operation("Nonsense");
    assert_eq!(problem(emulator.requests(unknown).await).0, "invalid");

    let refused = &all.requests[1];
    let explained = emulator.explain(refused.request_id).await.unwrap();
    assert_eq!(explained.request.cursor, refused.cursor);
    assert_eq!(explained.scenario.unwrap().scenario.name, "nss_not_found");
    let nobody = Uuid::from_u128(7);
    assert_eq!(problem(emulator.explain(nobody).await).0, "not_found");

    let register = || Expectation::any().operation("RegisterLink");
    let read = || Expectation::any().method("get").path(format!("/api/links/{link}"));
    let body = json!({"username": CURP});
    let verified = emulator
        .verify([register().count(2), register().body(body).status(201).at_most(1), read()])
        .await
        .unwrap();
    let counts: Vec<usize> = verified.matched.iter().map(|met| met.count).collect();
    assert_eq!(counts, [2, 1, 1]);
    let in_order = |expected: Vec<Expectation>| Verification::of(expected).in_order();
    emulator.verify(in_order(vec![register(), read()])).await.unwrap();
    let failed = emulator.verify(in_order(vec![read(), register()])).await.unwrap_err();
    assert_eq!(failed.code(), "verification_failed");
    assert!(failed.message().contains("expectation 2 of 2: RegisterLink"), "{failed}");
    let later = Verification::of([register().at_least(2)]).after(cursor);
    let failed = emulator.verify(later).await.unwrap_err();
    assert!(failed.message().contains("found 1 among 2"), "{failed}");
    let with_query = Expectation::any().query("page", "1").header("Accept", "text/html");
    assert_eq!(problem(emulator.verify(vec![with_query]).await).0, "verification_failed");
    assert_eq!(problem(emulator.verify(Verification::of([])).await).0, "invalid");
}
