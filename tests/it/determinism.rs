//! One seed and one sequence of requests give one sequence of bytes, whoever else is served meanwhile.

use std::collections::VecDeque;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::pin::pin;

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use chrono::TimeDelta;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::app::{Answer, CURP, RECEIVER, TestApp, app_with};

const OTHERS: usize = 15;

/// The answers to a script, and the webhooks; with other accounts in between, or without.
async fn run_script(flags: &[&str], others_before: usize, others_between: usize) -> Vec<String> {
    let app = app_with(&[&["--webhook-url", RECEIVER], flags].concat()).await;
    let mut log = Vec::new();
    let others = async |count: usize| {
        for number in 0..count {
            app.log_in_as("other", &number.to_string());
            app.create_link(["TWIN900101MXXXXX00", "nope", CURP][number % 3]).await;
            app.get("/api/links/?id=bad").await.problems(400);
        }
        app.log_in_as("id", "password");
    };
    let keep =
        |log: &mut Vec<String>, bytes: &[u8]| log.push(String::from_utf8_lossy(bytes).into());
    others(others_before).await;
    for curp in [CURP, "GOVT850101MXXXXX00", "FAIL400002HXXXXX00", "TWIN900101MXXXXX00", "short"] {
        let fields = json!({"external_id": "user-1", "username2": format!("{curp}@example.com")});
        keep(&mut log, &app.create_link_with(curp, fields).await.body);
        others(others_between).await;
        app.advance(TimeDelta::milliseconds(1500));
    }
    app.advance(TimeDelta::seconds(30));
    let own: Vec<String> = app.get("/api/links/").await.ok()["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["id"].as_str().unwrap().to_owned())
        .collect();
    for sent in app.send_webhooks() {
        if own.iter().any(|id| sent.body()["link_id"] == id.as_str()) {
            keep(&mut log, &sent.bytes);
        }
    }
    for path in ["/api/links/", "/api/employment-records/", "/api/links/nope/"] {
        keep(&mut log, &app.get(path).await.body);
    }
    log
}

#[actix_web::test]
async fn the_same_seed_gives_the_same_bytes_ids_included() {
    assert_eq!(run_script(&[], 0, 0).await, run_script(&[], 0, 0).await);
}

#[actix_web::test]
async fn other_accounts_change_nothing() {
    let alone = run_script(&[], 0, 0).await;
    assert_eq!(alone, run_script(&[], 3, 2).await);
    assert_eq!(alone, run_script(&[], 0, 7).await);
}

/// A call, or time of the process that passes. In a body, `{link}` and `{session}` are those of the
/// last answer that had one, and null is the last snapshot where one is put back.
#[derive(Clone)]
enum Step {
    Call(Method, &'static str, Value),
    Pass(TimeDelta),
}

/// An account, what it does yet, and all that was seen of it from outside.
struct Client {
    id: String,
    script: VecDeque<Step>,
    link: String,
    session: String,
    snapshot: Value,
    seen: Vec<String>,
}

/// Something of everything that an account can do. Its time is set by itself: the process's is
/// another whenever others have let some of it pass.
fn script() -> Vec<Step> {
    let call = |method: Method, path, body| Step::Call(method, path, body);
    let get = |path| call(Method::GET, path, Value::Null);
    let post = |path, body| call(Method::POST, path, body);
    let put = |path, body| call(Method::PUT, path, body);
    let link = |curp: &str, access_mode: &str| {
        let fields = json!({
            "institution": "imss_mx_employment",
            "username": curp,
            "username2": format!("{curp}@example.com"),
            "access_mode": access_mode,
            "external_id": "user-1",
            "fetch_resources": ["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"],
        });
        post("/api/links/", fields)
    };
    let advance = |by: &str| post("/_emulator/clock/advance", json!({"by": by}));
    let retrieve = || post("/api/employment-records/", json!({"link": "{link}"}));
    let fault = |fault: Value, probability: f64| {
        let body = json!({"fault": fault, "probability": probability});
        post("/_emulator/faults", body)
    };
    let begin = |now: &str| {
        let endpoint = json!({"url": "http://{id}.test/webhooks", "retry_delay": "20s"});
        [
            put("/_emulator/clock", json!({"mode": "manual", "now": now})),
            put("/_emulator/webhooks/endpoint", endpoint),
        ]
    };
    let look =
        || ["/api/links/", "/api/employment-records/", "/api/mx/current-employments/"].map(get);
    let mut steps = begin("2026-04-01T00:00:00Z").to_vec();
    steps.extend([
        fault(json!("malformed_body"), 0.3),
        fault(json!({"status": {"status": 503}}), 0.2),
        fault(json!({"webhook_duplicate": {"copies": 1}}), 0.5),
        fault(json!("webhook_malformed_body"), 0.3),
        post("/_emulator/armed", json!({"scenario": "nss_not_found", "times": 2})),
    ]);
    for curp in [CURP, "TWIN900101MXXXXX00", "FAIL400002HXXXXX00", CURP, "SLOW900101HXXXXX00"] {
        steps.extend([link(curp, "single"), retrieve()]);
    }
    steps.extend([link("MOVE900101MXXXXX00", "recurrent"), advance("5m")]);
    steps.extend(look());
    steps.extend([get("/_emulator/snapshot"), advance("90d")]);
    steps.extend(look());
    steps.push(put("/_emulator/snapshot", Value::Null));
    steps.extend([link("LOLJ970312MBSPPN08", "single"), advance("90d")]);
    steps.extend(look());
    steps.extend([get("/_emulator/requests"), get("/_emulator/webhooks/deliveries")]);
    steps.extend([link(CURP, "single"), post("/_emulator/reset", json!({}))]);
    steps.extend(begin("2026-12-01T00:00:00Z"));
    steps.push(post("/_emulator/fork", json!({"credentials": "fork-of-{id}:keys"})));
    for curp in ["FAIL428001HXXXXX00", "FAIL403001HXXXXX00", "short", CURP] {
        steps.push(link(curp, "single"));
        let resumed = json!({"session": "{session}", "link": "{link}", "token": "123456"});
        steps.push(call(Method::PATCH, "/api/links/", resumed));
    }
    let trigger = json!({"link": "{link}", "webhook_code": "employment_changes"});
    steps.extend([post("/_emulator/webhooks/trigger", trigger), advance("5m")]);
    steps.extend(look());
    steps.extend([get("/_emulator/requests"), get("/_emulator/webhooks/deliveries")]);
    steps
}

impl Client {
    fn new(id: &str, script: Vec<Step>) -> Client {
        let text = String::new;
        let (snapshot, seen) = (Value::Null, Vec::new());
        Client {
            id: id.to_owned(),
            script: script.into(),
            link: text(),
            session: text(),
            snapshot,
            seen,
        }
    }

    /// Its own way through the same, in its own time.
    fn other(number: usize, random: &mut ChaCha8Rng) -> Client {
        let mut steps = Vec::new();
        for step in script() {
            if random.random_bool(0.1) {
                steps.push(Step::Pass(TimeDelta::seconds(random.random_range(1..5000))));
            }
            if random.random_bool(0.1) {
                let mode = [json!("real"), json!("skip"), json!({"scale": 60})];
                let mode = json!({"mode": mode.choose(random)});
                steps.push(Step::Call(Method::PUT, "/_emulator/clock", mode));
            }
            if random.random_bool(0.8) {
                steps.push(step);
            }
        }
        Client::new(&format!("other-{number}"), steps)
    }

    fn body(&self, path: &str, body: &Value) -> Value {
        if (path, body) == ("/_emulator/snapshot", &Value::Null) {
            return self.snapshot.clone();
        }
        let text = body.to_string().replace("{id}", &self.id);
        let text = text.replace("{link}", &self.link).replace("{session}", &self.session);
        serde_json::from_str(&text).unwrap()
    }

    fn note(&mut self, path: &str, answer: &Answer) {
        let text = String::from_utf8_lossy(&answer.body);
        let is_refused = path.starts_with("/_emulator/") && answer.status >= 400;
        assert!(self.id != "first" || !is_refused, "{path} {text}");
        // Control calls belong to no account: their ids count those of the whole process.
        let request_id = answer.headers.get("X-Request-Id").filter(|_| path.starts_with("/api/"));
        self.seen.push(format!("{path} {} {request_id:?} {text}", answer.status));
        // Half of a body has no ids to go on with; the ones before stay.
        let Ok(body) = serde_json::from_str::<Value>(&text) else { return };
        match (path, answer.status) {
            ("/api/links/", 201) => self.link = body["id"].as_str().unwrap().to_owned(),
            ("/api/links/", 428) if body[0]["session"].is_string() => {
                self.session = body[0]["session"].as_str().unwrap().to_owned();
                self.link = body[0]["link"].as_str().unwrap().to_owned();
            }
            ("/_emulator/snapshot", 200) if body["clock"] != Value::Null => self.snapshot = body,
            _ => {}
        }
    }
}

/// Makes the attempts that are ready. Each receiver answers every other one with an error.
fn deliver<S>(app: &TestApp<S>, clients: &mut [Client]) {
    while let Some(pending) = app.emulator.poll_attempt() {
        let owner = clients
            .iter_mut()
            .find(|one| pending.url() == format!("http://{}.test/webhooks", one.id));
        if let Some(owner) = owner {
            let body = String::from_utf8_lossy(pending.body());
            owner.seen.push(format!("webhook {} {body}", pending.number()));
        }
        app.emulator.report(&pending, pending.number() % 2 == 0);
    }
}

async fn step<S>(app: &TestApp<S>, clients: &mut [Client], turn: usize)
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let Some(next) = clients[turn].script.pop_front() else { return };
    let (method, path, body) = match next {
        Step::Pass(time) => return app.advance(time),
        Step::Call(method, path, body) => (method, path, clients[turn].body(path, &body)),
    };
    app.log_in_as(&clients[turn].id, "keys");
    let request = match method {
        Method::GET => app.request(method, path),
        _ => app.request(method, path).set_json(body),
    };
    let mut call = pin!(app.call_unchecked(request));
    let answer = loop {
        deliver(app, clients);
        tokio::select! {
            biased;
            answer = &mut call => break answer,
            () = tokio::task::yield_now() => {}
        }
    };
    clients[turn].note(path, &answer);
}

/// The answers and webhooks of the first client while all of them do their steps in some order.
async fn seen_of_first(mut clients: Vec<Client>, random: &mut ChaCha8Rng) -> Vec<String> {
    let app = app_with(&[]).await;
    loop {
        let busy = |place: &usize| !clients[*place].script.is_empty();
        let busy: Vec<usize> = (0..clients.len()).filter(busy).collect();
        let Some(turn) = busy.choose(random) else { break };
        step(&app, &mut clients, *turn).await;
    }
    deliver(&app, &mut clients);
    clients.swap_remove(0).seen
}

#[actix_web::test]
async fn fifteen_other_accounts_in_some_orders_change_no_byte_of_an_accounts() {
    others_change_no_byte_in(0..5).await;
}

#[actix_web::test]
async fn fifteen_other_accounts_in_further_orders_change_no_byte_of_an_accounts() {
    others_change_no_byte_in(5..10).await;
}

/// The orders are divided between tests, which run side by side.
async fn others_change_no_byte_in(orders: Range<u64>) {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let alone = seen_of_first(vec![Client::new("first", script())], &mut random).await;
    let all = alone.join("\n");
    for sign in ["webhook 1 ", "webhook 2 ", " 503 ", " 428 ", " 201 ", "employment_changes"] {
        assert!(all.contains(sign), "the script has {sign:?}");
    }
    for order in orders {
        let mut random = ChaCha8Rng::seed_from_u64(order);
        let mut clients = vec![Client::new("first", script())];
        clients.extend((0..OTHERS).map(|number| Client::other(number, &mut random)));
        let seen = seen_of_first(clients, &mut random).await;
        for (place, (one, two)) in alone.iter().zip(&seen).enumerate() {
            assert_eq!(one, two, "order {order}, place {place}");
        }
        assert_eq!(alone.len(), seen.len(), "order {order}");
    }
}

#[actix_web::test]
async fn another_seed_gives_other_ids_and_another_person() {
    let (one, two) = (run_script(&[], 0, 0).await, run_script(&["--seed", "8"], 0, 0).await);
    assert!(one.iter().zip(&two).all(|(one, two)| one != two));
}

/// The files need no redaction: ids and times follow from the seed and the clock. After an intended
/// change, `UPDATE_GOLDEN=1 cargo test golden` writes them anew.
#[actix_web::test]
async fn golden_files() {
    let app = app_with(&["--webhook-url", RECEIVER]).await;
    let fields = json!({"external_id": "user-1", "username2": "someone@example.com"});
    let link = app.create_link_with(CURP, fields).await;
    let government = app.create_link("GOVT850101MXXXXX00").await.id();
    let refused = app.create_link("FAIL400002HXXXXX00").await;
    app.advance(TimeDelta::seconds(15));
    let webhook = app.send_webhooks().remove(0);
    let records = |link: String| format!("/api/employment-records/?link={link}");
    let files = [
        ("link", link.body.clone()),
        ("login_error", refused.body),
        ("webhook", webhook.bytes),
        ("records_imss", app.get(&records(link.id())).await.body),
        ("records_issste", app.get(&records(government)).await.body),
    ];
    for (name, bytes) in files {
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let shown = serde_json::to_string_pretty(&value).unwrap() + "\n";
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/golden/{name}.json"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &shown).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap();
        assert_eq!(shown, golden, "{name}.json differs; see this test's comment");
    }
}
