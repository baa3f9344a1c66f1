//! Random walks: whatever is asked of accounts, in whatever order, their invariants hold and nothing
//! is answered with an internal error. A walk that fails prints its seed; `WALK_SEED=n cargo test
//! walks` walks it alone.

use std::thread::panicking;

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use belvo_emulator::PendingAttempt;
use chrono::TimeDelta;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::app::{Answer, CURP, RECEIVER, TestApp, app_with};

const WALKS: u64 = 300;
const STEPS: usize = 50;

const CURPS: [&str; 12] = [
    CURP,
    "LOLJ970312MBSPPN08",
    "TWIN900101MXXXXX00",
    "MUTE900101HXXXXX00",
    "SLOW900101HXXXXX00",
    "MOVE900101MXXXXX00",
    "GONE900101HXXXXX00",
    "MFAS900101HXXXXX00",
    "FAIL428001HXXXXX00",
    "FAIL403001HXXXXX00",
    "FAIL400017HXXXXX00",
    "short",
];

struct Walk<'a, S> {
    seed: u64,
    app: &'a TestApp<S>,
    random: ChaCha8Rng,
    accounts: Vec<(String, String)>,
    links: Vec<String>,
    /// What waits for a token: session and link.
    sessions: Vec<(Value, Value)>,
    under_way: Vec<PendingAttempt>,
    steps: Vec<String>,
}

impl<S> Drop for Walk<'_, S> {
    fn drop(&mut self) {
        if panicking() {
            eprintln!("WALK_SEED={} failed after:\n  {}", self.seed, self.steps.join("\n  "));
        }
    }
}

impl<S> Walk<'_, S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices.choose(&mut self.random).expect("there are choices").clone()
    }

    async fn call(&mut self, method: Method, path: &str, body: Value) -> Answer {
        self.steps.push(format!("{method} {path} {body}"));
        let request = self.app.request(method, path).set_json(body);
        let answer = self.app.call_unchecked(request).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert!(answer.status < 500, "{} {text}", answer.status);
        answer
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    async fn create_link(&mut self) {
        let access_mode = self.one_of(&["single", "recurrent"]);
        let storage = match access_mode {
            "single" => self.one_of(&[json!("store"), json!("3d"), json!("nostore"), Value::Null]),
            _ => Value::Null,
        };
        let institution = self.one_of(&["planet_mx_employment", "imss_mx_employment"]);
        let link = json!({
            "institution": institution,
            "username": self.one_of(&CURPS),
            "username2": self.one_of(&[json!("a@example.com"), json!("b@example.com"), Value::Null]),
            "access_mode": access_mode,
            "fetch_resources": self.one_of(&[json!(["EMPLOYMENT_RECORDS"]), json!([])]),
            "credentials_storage": storage,
            "external_id": self.one_of(&[json!("user-1"), json!("user-2"), Value::Null]),
            "stale_in": self.one_of(&[json!("1d"), json!("0d"), Value::Null]),
        });
        let answer = self.post("/api/links/", link).await;
        self.note_session(&answer);
        if answer.status == 201 {
            self.links.push(answer.id());
        }
    }

    fn note_session(&mut self, answer: &Answer) {
        if answer.status == 428 && answer.json()[0]["session"].is_string() {
            let problem = &answer.json()[0];
            self.sessions.push((problem["session"].clone(), problem["link"].clone()));
            self.links.push(problem["link"].as_str().unwrap().to_owned());
        }
    }

    async fn use_link(&mut self) {
        let links = self.links.clone();
        let Some(link) = links.choose(&mut self.random).cloned() else { return };
        let of_link = format!("/api/links/{link}/");
        let answer = match self.random.random_range(0..11) {
            0 => self.call(Method::DELETE, &of_link, Value::Null).await,
            1 => {
                let request = self.app.request(Method::DELETE, &of_link);
                let request = request.insert_header(("X-Belvo-Request-Mode", "async"));
                self.steps.push(format!("DELETE {of_link} in the background"));
                self.app.call(request).await
            }
            2 => {
                let change = self.one_of(&[
                    json!({"access_mode": "recurrent"}),
                    json!({"access_mode": "single"}),
                    json!({"stale_in": "2d"}),
                ]);
                self.call(Method::PATCH, &of_link, change).await
            }
            3 => self.call(Method::PUT, &of_link, json!({"password": "new"})).await,
            4 => self.post(&format!("{of_link}refresh/"), json!({})).await,
            5 => {
                let body = json!({"link": link, "save_data": self.one_of(&[true, false])});
                self.post("/api/mx/current-employments/", body).await
            }
            6 => {
                let path = format!("/api/employment-records/?link={link}");
                let records = self.call(Method::GET, &path, Value::Null).await.json();
                let Some(id) = records["results"][0]["id"].as_str() else { return };
                let path = format!("/api/employment-records/{id}/");
                self.call(Method::DELETE, &path, Value::Null).await
            }
            _ => {
                let body = json!({"link": link, "save_data": self.one_of(&[true, false])});
                self.post("/api/employment-records/", body).await
            }
        };
        self.note_session(&answer);
    }

    async fn resume(&mut self) {
        let sessions = self.sessions.clone();
        let Some((session, link)) = sessions.choose(&mut self.random).cloned() else { return };
        let token = self.one_of(&["123456", "wrong"]);
        let body = json!({"session": session, "link": link, "token": token});
        self.call(Method::PATCH, "/api/links/", body).await;
    }

    async fn pass_time(&mut self) {
        let by = self.one_of(&[1, 10, 15, 120, 86_400, 700_000, 9_000_000]);
        match self.random.random_range(0..4) {
            0 | 1 => {
                self.steps.push(format!("{by} s pass"));
                self.app.advance(TimeDelta::seconds(by));
            }
            2 => {
                let modes = [json!("real"), json!("manual"), json!("skip"), json!({"scale": 60})];
                let mode = self.one_of(&modes);
                self.call(Method::PUT, "/_emulator/clock", json!({"mode": mode})).await;
            }
            _ if self.under_way.is_empty() => {
                self.steps.push(format!("advance by {by} s"));
                let random = ChaCha8Rng::seed_from_u64(self.random.random());
                let accepts = std::cell::RefCell::new(random);
                let body = json!({"by": format!("{by}s")});
                let path = "/_emulator/clock/advance";
                let (answer, _) = self
                    .app
                    .post_while_sending(path, body, |_| accepts.borrow_mut().random_bool(0.8))
                    .await;
                answer.ok();
            }
            _ => {}
        }
    }

    fn send_webhooks(&mut self) {
        for _ in 0..self.random.random_range(0..4) {
            let Some(pending) = self.app.emulator.poll_attempt() else { break };
            self.steps.push(format!("attempt {} begins", pending.number()));
            self.under_way.push(pending);
        }
        while !self.under_way.is_empty() && self.random.random_bool(0.6) {
            let place = self.random.random_range(0..self.under_way.len());
            let pending = self.under_way.swap_remove(place);
            let accepted = self.random.random_bool(0.5);
            self.steps.push(format!("an attempt is answered: {accepted}"));
            self.app.emulator.report(&pending, accepted);
        }
    }

    async fn meddle(&mut self) {
        match self.random.random_range(0..4) {
            0 => drop(self.post("/_emulator/reset", json!({})).await.ok()),
            1 => {
                let keys = (format!("fork-{}", self.accounts.len()), "keys".to_owned());
                let credentials = format!("{}:{}", keys.0, keys.1);
                self.post("/_emulator/fork", json!({"credentials": credentials}))
                    .await
                    .no_content();
                self.accounts.push(keys);
            }
            2 => {
                let fault = self.one_of(&[
                    json!({"webhook_duplicate": {"copies": 2}}),
                    json!("webhook_reorder"),
                    json!("webhook_drop"),
                    json!({"webhook_late": {"by": "5m"}}),
                    json!("webhook_malformed_body"),
                ]);
                let body = json!({"fault": fault, "times": 2, "probability": 0.5});
                self.post("/_emulator/faults", body).await;
            }
            _ => drop(self.call(Method::DELETE, "/_emulator/faults", Value::Null).await),
        }
    }

    async fn step(&mut self) {
        let accounts = self.accounts.clone();
        let (id, password) = self.one_of(&accounts);
        self.steps.push(format!("as {id}"));
        self.app.log_in_as(&id, &password);
        match self.random.random_range(0..20) {
            0..5 => self.create_link().await,
            5..11 => self.use_link().await,
            11..13 => self.resume().await,
            13..16 => self.pass_time().await,
            16..19 => self.send_webhooks(),
            _ => self.meddle().await,
        }
        assert_eq!(self.app.emulator.check_invariants(&id, &password), Ok(()), "of {id}");
    }
}

async fn walk(seed: u64) {
    let app = app_with(&["--webhook-url", RECEIVER, "--seed", &seed.to_string()]).await;
    let keys = |id: &str| (id.to_owned(), "keys".to_owned());
    let mut walk = Walk {
        seed,
        app: &app,
        random: ChaCha8Rng::seed_from_u64(seed),
        accounts: vec![keys("one"), keys("two")],
        links: Vec::new(),
        sessions: Vec::new(),
        under_way: Vec::new(),
        steps: Vec::new(),
    };
    for _ in 0..STEPS {
        walk.step().await;
    }
    for (id, password) in &walk.accounts {
        assert_eq!(app.emulator.check_invariants(id, password), Ok(()), "of {id} in the end");
    }
    for pending in walk.under_way.drain(..) {
        app.emulator.report(&pending, true);
    }
    drop(walk);
    app.send_webhooks();
}

#[actix_web::test]
async fn the_invariants_hold_whatever_is_asked() {
    match std::env::var("WALK_SEED") {
        Ok(seed) => walk(seed.parse().expect("WALK_SEED is a number")).await,
        Err(_) => {
            for seed in 0..WALKS {
                walk(seed).await;
            }
        }
    }
}
