//! One walk: an emulator, some accounts, and what is done to them in an order that the seed decides.

use std::collections::BTreeMap;
use std::pin::pin;
use std::thread::panicking;
use std::time::Duration;

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;
use belvo_emulator::{Outcome, PendingAttempt};
use chrono::TimeDelta;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::app::{Answer, RECEIVER, TestApp, app_with};
use crate::walks::known::{IdKind, Known};
use crate::walks::operation::{Operation, operations};
use crate::walks::requests::{Draw, SCENARIOS};
use crate::walks::spoil::spoiled;

const STEPS: usize = 300;
const MOST_ACCOUNTS: usize = 6;
/// While a call waits, receivers answer after each of these, on the paused clock of the machine.
const TICK: Duration = Duration::from_secs(1);
/// No call of the walks waits longer: ten minutes are the most that one can ask for.
const MOST_TICKS: usize = 2000;

/// How often an operation was answered with a status. The successes that are documented are there
/// from the beginning, with 0.
pub type Met = BTreeMap<(String, u16), usize>;

struct Walk<'a, S> {
    seed: u64,
    app: &'a TestApp<S>,
    operations: Vec<Operation>,
    random: ChaCha8Rng,
    accounts: Vec<Known>,
    /// The place of the account whose turn it is.
    turn: usize,
    /// The last snapshot, and the account as its client knew it then.
    snapshot: (Value, Known),
    under_way: Vec<PendingAttempt>,
    steps: Vec<String>,
    met: Met,
}

impl<S> Drop for Walk<'_, S> {
    fn drop(&mut self) {
        if panicking() {
            let steps = self.steps.join("\n  ");
            eprintln!(
                "after the steps\n  {steps}\nWALK_SEED={} cargo test walks:: fails",
                self.seed
            );
        }
    }
}

/// Walks the steps of a seed, and counts the answers.
pub async fn walk(seed: u64) -> Met {
    let app = app_with(&["--webhook-url", RECEIVER, "--seed", &seed.to_string()]).await;
    let document = app.get("/_emulator/openapi.json").await.ok();
    tokio::time::pause();
    let operations = operations(&document);
    let met = operations.iter().flat_map(|operation| {
        operation.successes.iter().map(|status| ((operation.id.clone(), *status), 0))
    });
    let mut walk = Walk {
        seed,
        app: &app,
        met: met.collect(),
        operations,
        random: ChaCha8Rng::seed_from_u64(seed),
        accounts: vec![Known::new("one", "keys"), Known::new("two", "keys")],
        turn: 0,
        snapshot: (Value::Null, Known::new("one", "keys")),
        under_way: Vec::new(),
        steps: Vec::new(),
    };
    for _ in 0..STEPS {
        walk.step().await;
    }
    let met = walk.finish();
    tokio::time::resume();
    app.send_webhooks();
    met
}

impl<S> Walk<'_, S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    async fn step(&mut self) {
        self.turn = self.random.random_range(0..self.accounts.len());
        let Known { id, password, .. } = &self.accounts[self.turn];
        self.steps.push(format!("as {id}"));
        self.app.log_in_as(id, password);
        match self.random.random_range(0..13) {
            12 => self.change_the_future().await,
            0..3 => self.work_with_links().await,
            3 => self.pass_time(),
            4..6 => self.send_webhooks(),
            _ => self.call_anything().await,
        }
        self.check_invariants(self.turn);
    }

    fn check_invariants(&self, place: usize) {
        let Known { id, password, .. } = &self.accounts[place];
        assert_eq!(self.app.emulator.check_invariants(id, password), Ok(()), "of {id}");
    }

    fn finish(mut self) -> Met {
        for pending in self.under_way.drain(..) {
            self.app.emulator.report(&pending, true);
        }
        for place in 0..self.accounts.len() {
            self.check_invariants(place);
        }
        std::mem::take(&mut self.met)
    }

    /// Makes a request of the kind that most clients make most of the time.
    async fn work_with_links(&mut self) {
        let known = &self.accounts[self.turn];
        let waits = !known.sessions.is_empty() && self.random.random_bool(0.5);
        let usual: &[&str] = match known.has_some(IdKind::Link) {
            _ if waits => &["PatchBody", "PatchOwners", "PatchOwners"],
            // Metrics are rare, because they need records before them.
            true if known.has_some(IdKind::Metrics) && self.random.random_bool(0.2) => {
                &["DetailEmploymentMetric", "DestroyEmploymentMetric", "ListEmploymentMetrics"]
            }
            true => &[
                "RegisterLink",
                "RetrieveEmploymentRecords",
                "RetrieveCurrentEmployments",
                "RetrieveOwners",
                "RetrieveEmploymentMetricDetails",
                "RefreshLink",
                "ListEmploymentRecords",
                "ListOwners",
                "ListEmploymentMetrics",
                "ListCurrentEmployments",
            ],
            false => &["RegisterLink"],
        };
        let id = *usual.choose(&mut self.random).unwrap();
        self.call_one(id).await;
    }

    /// Looks at the tasks that will run, and then changes one.
    async fn change_the_future(&mut self) {
        self.call_one("ListScheduled").await;
        let changes = ["RunTask", "MoveTask", "DropTask", "FailTask"];
        let id = *changes.choose(&mut self.random).unwrap();
        self.call_one(id).await;
    }

    async fn call_one(&mut self, id: &str) {
        let operation = self.operations.iter().find(|operation| operation.id == id);
        let operation = operation.expect("the operation is described").clone();
        self.call(&operation).await;
    }

    /// Makes a request of any operation. Of some, it takes the one with a success that this walk has
    /// met least often, so that none is left out for long.
    async fn call_anything(&mut self) {
        let some = [(); 8].map(|()| self.operations.choose(&mut self.random).unwrap());
        let successes = |operation: &&Operation| {
            let counts = operation.successes.iter();
            counts.map(|status| self.met[&(operation.id.clone(), *status)]).min()
        };
        let operation = some.into_iter().min_by_key(successes).unwrap().clone();
        if operation.id == "Fork" && self.accounts.len() == MOST_ACCOUNTS {
            return;
        }
        if operation.id == "RestoreSnapshot" && self.snapshot.0.is_null() {
            return;
        }
        self.call(&operation).await;
    }

    async fn call(&mut self, operation: &Operation) {
        let mut draw = Draw {
            known: &self.accounts[self.turn],
            random: &mut self.random,
            snapshot: &self.snapshot.0,
            accounts: self.accounts.len(),
        };
        let mut body = draw.body(operation);
        let path = draw.path(operation) + &draw.query(operation);
        if self.random.random_bool(0.1) && !body.is_null() {
            body = spoiled(&body, &mut self.random);
        }
        self.steps.push(format!("{} {path} {body:.2000}", operation.id));
        let (request, names_scenario) = self.request(operation, &path);
        let request = if body.is_null() { request } else { request.set_json(&body) };
        let answer = self.answer(request).await;
        let selects = path.contains("fields=") || path.contains("omit=");
        if !names_scenario && !selects && !self.accounts[self.turn].is_disturbed {
            let path = path.split('?').next().unwrap();
            self.app.description.check(&operation.method, path, &answer);
        }
        self.take_in(operation, &body, &answer);
    }

    /// A request without a body; now and then with a token, in the background, or with a scenario.
    /// With a scenario, any operation can be refused in any way; then this is true.
    fn request(&mut self, operation: &Operation, path: &str) -> (TestRequest, bool) {
        let mut request = self.app.request(operation.method.clone(), path);
        let is_belvos = path.starts_with("/api/") && operation.id != "CreateToken";
        let known = &self.accounts[self.turn];
        if is_belvos && known.has_some(IdKind::Token) && self.random.random_bool(0.2) {
            let token = known.some_id(IdKind::Token, &mut self.random);
            self.steps.push("with a token".to_owned());
            request = request.insert_header((AUTHORIZATION, format!("Bearer {token}")));
        }
        if is_belvos && self.random.random_bool(0.2) {
            self.steps.push("in the background".to_owned());
            request = request.insert_header(("X-Belvo-Request-Mode", "async"));
        }
        if is_belvos && self.random.random_bool(0.1) {
            let scenario = *SCENARIOS.choose(&mut self.random).unwrap();
            self.steps.push(format!("with the scenario {scenario}"));
            return (request.insert_header(("X-Emulator-Scenario", scenario)), true);
        }
        (request, false)
    }

    /// Calls. While the call waits, time passes and receivers answer.
    async fn answer(&mut self, request: TestRequest) -> Answer {
        let app = self.app;
        let mut call = pin!(app.call_with_faults(request));
        for _ in 0..MOST_TICKS {
            tokio::select! {
                biased;
                answer = &mut call => return answer,
                () = tokio::time::sleep(TICK) => {}
            }
            self.begin_attempts(4);
            while !self.under_way.is_empty() {
                self.report_one();
            }
        }
        panic!("a call is not answered");
    }

    /// Counts an answer, and learns from it.
    fn take_in(&mut self, operation: &Operation, asked: &Value, answer: &Answer) {
        let Answer { status, body, .. } = answer;
        assert!(*status < 500, "{status} {}", String::from_utf8_lossy(body));
        *self.met.entry((operation.id.clone(), *status)).or_default() += 1;
        // Half of a body says nothing.
        let told: Value = serde_json::from_slice(body).unwrap_or_default();
        self.accounts[self.turn].learn(&operation.id, asked, *status, &told);
        match (operation.id.as_str(), status) {
            ("TakeSnapshot", 200) => self.snapshot = (told, self.accounts[self.turn].clone()),
            ("RestoreSnapshot", 200) => {
                let Known { id, password, .. } = &self.accounts[self.turn];
                self.accounts[self.turn] = self.snapshot.1.with_keys(id, password);
            }
            ("Fork", 204) => {
                let credentials = asked["credentials"].as_str().unwrap();
                let (id, password) = credentials.split_once(':').unwrap();
                self.accounts.push(self.accounts[self.turn].with_keys(id, password));
                self.check_invariants(self.accounts.len() - 1);
            }
            _ => {}
        }
    }

    /// Lets time of the process pass.
    fn pass_time(&mut self) {
        let seconds = *[1, 10, 15, 120, 86_400, 700_000].choose(&mut self.random).unwrap();
        self.steps.push(format!("{seconds} s pass"));
        self.app.advance(TimeDelta::seconds(seconds));
    }

    fn send_webhooks(&mut self) {
        let most = self.random.random_range(0..4);
        self.begin_attempts(most);
        while !self.under_way.is_empty() && self.random.random_bool(0.6) {
            self.report_one();
        }
    }

    fn begin_attempts(&mut self, most: usize) {
        for _ in 0..most {
            let Some(pending) = self.app.emulator.poll_attempt() else { return };
            self.steps.push(format!("attempt {} at {} begins", pending.number(), pending.url()));
            self.under_way.push(pending);
        }
    }

    /// Some attempt that is under way is answered, or fails.
    fn report_one(&mut self) {
        let place = self.random.random_range(0..self.under_way.len());
        let pending = self.under_way.swap_remove(place);
        let failed = |error: &str| Outcome { error: Some(error.to_owned()), ..Outcome::default() };
        let long = Outcome {
            body: "x".repeat(16 * 1024),
            body_truncated: true,
            latency_ms: 4999,
            ..Outcome::status(503)
        };
        let outcome = match self.random.random_range(0..8) {
            0 => Outcome::status(500),
            1 => Outcome::status(301),
            2 => long,
            3 => failed("no answer within 5 s"),
            4 => failed("connection refused"),
            5 => Outcome::status(204),
            _ => Outcome::status(200),
        };
        self.steps.push(format!("an attempt comes to {:?}, {:?}", outcome.status, outcome.error));
        self.app.emulator.report_outcome(&pending, outcome);
    }
}
