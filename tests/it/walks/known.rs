//! The keys of an account, and the ids that its answers have named so far.

use std::collections::HashMap;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

/// Older ids of one kind are forgotten.
const MOST_IDS: usize = 30;
const NEWEST: usize = 3;
const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";
const INSTITUTIONS: [&str; 3] = ["9454", "9455", "9456"];

/// Something that has ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdKind {
    Link,
    Record,
    Employment,
    Owner,
    Metrics,
    Request,
    Armed,
    Fault,
    Delivery,
    Task,
    Token,
    Institution,
}

/// An account as its client knows it.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: String,
    pub password: String,
    ids: HashMap<IdKind, Vec<String>>,
    /// The logins that wait for a token: session and link.
    pub sessions: Vec<(Value, Value)>,
    /// The account's time, as it was shown last.
    pub now: Option<String>,
    /// A fault of answers, or a scenario that is armed for one operation, may bring an answer that
    /// the description does not list for its operation.
    pub is_disturbed: bool,
}

impl Known {
    pub fn new(id: &str, password: &str) -> Known {
        Known {
            id: id.to_owned(),
            password: password.to_owned(),
            ids: HashMap::new(),
            sessions: Vec::new(),
            now: None,
            is_disturbed: false,
        }
    }

    /// An account in this state that has other keys. Tokens stay with the account that made them.
    pub fn with_keys(&self, id: &str, password: &str) -> Known {
        let mut other = Known { id: id.to_owned(), password: password.to_owned(), ..self.clone() };
        if id != self.id {
            other.ids.remove(&IdKind::Token);
        }
        other
    }

    /// An id that the account had at some time, or now and then one that it never had.
    pub fn some_id(&self, kind: IdKind, random: &mut ChaCha8Rng) -> String {
        let unknown = match kind {
            IdKind::Link
            | IdKind::Record
            | IdKind::Employment
            | IdKind::Owner
            | IdKind::Metrics
            | IdKind::Request => UNKNOWN_ID,
            IdKind::Token => "no.token.at-all",
            IdKind::Institution => INSTITUTIONS.choose(random).unwrap(),
            IdKind::Armed | IdKind::Fault | IdKind::Delivery | IdKind::Task => "99999",
        };
        let known = self.ids.get(&kind).map_or(&[][..], Vec::as_slice);
        let id = match random.random_range(0..20) {
            0 => None,
            // What an old id named may be gone by now.
            1..12 => known[known.len().saturating_sub(NEWEST)..].choose(random),
            _ => known.choose(random),
        };
        id.map_or(unknown.to_owned(), String::clone)
    }

    /// Tells that an answer has named an id of this kind.
    pub fn has_some(&self, kind: IdKind) -> bool {
        self.ids.contains_key(&kind)
    }

    fn note(&mut self, kind: IdKind, id: &Value) {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let ids = self.ids.entry(kind).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() > MOST_IDS {
            ids.remove(0);
        }
    }

    fn note_all(&mut self, kind: IdKind, objects: &Value) {
        let Some(objects) = objects.as_array() else { return };
        for object in objects {
            let id = object.get("id").unwrap_or(&object["request_id"]);
            self.note(kind, id);
        }
    }

    /// Notes what the answer to an operation names.
    pub fn learn(&mut self, operation: &str, asked: &Value, status: u16, answer: &Value) {
        if status == 428 && answer[0]["session"].is_string() {
            self.note(IdKind::Link, &answer[0]["link"]);
            self.sessions.push((answer[0]["session"].clone(), answer[0]["link"].clone()));
        }
        if status >= 300 {
            return;
        }
        if ["PatchBody", "PatchOwners"].contains(&operation) {
            self.sessions.retain(|(session, _)| *session != asked["session"]);
        }
        match operation {
            "RegisterLink" => self.note(IdKind::Link, &answer["id"]),
            "ListLinks" => self.note_all(IdKind::Link, &answer["results"]),
            "ListEmploymentRecords" => self.note_all(IdKind::Record, &answer["results"]),
            // Nothing else is kept.
            "RetrieveEmploymentRecords" if asked["save_data"] != false => {
                self.note_all(IdKind::Record, answer);
            }
            "ListEmploymentMetrics" => self.note_all(IdKind::Metrics, &answer["results"]),
            "RetrieveEmploymentMetricDetails" if asked["save_data"] != false => {
                self.note(IdKind::Metrics, &answer["id"]);
            }
            "ListOwners" => self.note_all(IdKind::Owner, &answer["results"]),
            "RetrieveOwners" | "PatchOwners" if asked["save_data"] != false => {
                self.note_all(IdKind::Owner, answer);
            }
            "ListCurrentEmployments" => self.note_all(IdKind::Employment, &answer["results"]),
            "RetrieveCurrentEmployments" if asked["save_data"] != false => {
                self.note_all(IdKind::Employment, answer);
            }
            "CreateToken" => self.note(IdKind::Token, &answer["access"]),
            "ListRequests" => self.note_all(IdKind::Request, &answer["requests"]),
            "ListDeliveries" | "TriggerWebhook" => {
                self.note_all(IdKind::Delivery, &answer["deliveries"]);
            }
            "ReplayDelivery" | "AwaitWebhook" if status != 204 => {
                self.note(IdKind::Delivery, &answer["id"]);
            }
            "Arm" => {
                self.note(IdKind::Armed, &answer["id"]);
                self.is_disturbed |= !answer["operation"].is_null();
            }
            "AddFault" => {
                self.note(IdKind::Fault, &answer["id"]);
                self.is_disturbed |= !asked["fault"].to_string().contains("webhook_");
            }
            "ShowClock" | "SetClock" | "AdvanceClock" => {
                self.now = answer["now"].as_str().map(str::to_owned);
                self.note_all(IdKind::Delivery, &answer["deliveries"]);
            }
            "ListScheduled" => self.note_all(IdKind::Task, &answer["scheduled"]),
            "RunTask" => self.note_all(IdKind::Delivery, &answer["deliveries"]),
            "Reset" => *self = Known::new(&self.id, &self.password),
            _ => {}
        }
    }

    /// A session that waits for a token, mostly a late one, because a link has one at a time; or one
    /// that never was.
    pub fn some_session(&self, random: &mut ChaCha8Rng) -> (Value, Value) {
        let late = &self.sessions[self.sessions.len().saturating_sub(NEWEST)..];
        let some = if random.random_bool(0.8) { late } else { &self.sessions };
        let session = some.choose(random).cloned();
        session.unwrap_or((json!("0".repeat(32)), json!(UNKNOWN_ID)))
    }
}
