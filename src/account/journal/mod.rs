//! The journal: the last requests of the account, as they came and as they were answered.
//!
//! Writing an entry copies bytes and reads nothing in them; [`Recorded`] is what they say, for
//! whoever looks back.

pub mod explain;
pub mod verify;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock};

use regex_lite::Regex;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::account::Account;
use crate::account::faults::kinds::AnswerInjection;
use crate::account::request::call::Call;
use crate::account::request::context::CallContext;
use crate::error::Error;
use crate::model::{Timestamp, hex, six_digits, six_digits_schema};
use crate::operations::Operation;
use crate::scenario::Match;

/// More of a body is not kept.
const LARGEST_BODY_BYTES: usize = 16 * 1024;
/// What stands in place of a secret.
const REDACTED: &str = "[redacted]";
/// Keys of bodies whose values are secrets: the account's password, the person's, widget tokens.
const SECRETS: &[&str] = &["password", "password2", "access", "refresh"];

#[derive(Clone, Debug)]
pub struct Journal {
    limit: usize,
    entries: VecDeque<Arc<Entry>>,
    /// How many there were.
    recorded: u64,
}

/// One request and its answer.
#[derive(Debug)]
pub struct Entry {
    pub cursor: u64,
    pub request_id: Uuid,
    at: Timestamp,
    operation: Option<Operation>,
    method: Box<str>,
    path: Box<str>,
    query: Box<str>,
    /// A line for each, as on the wire.
    headers: Box<str>,
    body: Kept,
    status: u16,
    answer: Kept,
    /// Who answered its login.
    pub choice: Option<Match>,
    /// The names of the faults that were injected.
    faults: Box<[&'static str]>,
}

/// The beginning of a body.
#[derive(Debug)]
struct Kept {
    bytes: Box<[u8]>,
    is_whole: bool,
}

/// A request and its answer, without secrets.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Recorded {
    /// The place among the account's requests, from 1.
    pub cursor: u64,
    /// As in the header `X-Request-Id` of the answer: 32 hex digits.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub request_id: Uuid,
    /// The account's time.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub at: Timestamp,
    /// Null where the path or its method is unknown.
    pub operation: Option<Operation>,
    pub method: String,
    pub path: String,
    /// The values of a name that comes more than once are joined by commas.
    pub query: BTreeMap<String, String>,
    /// Names in lower case; of `authorization` the scheme is left.
    pub headers: BTreeMap<String, String>,
    /// Null when there was none, a text when it is no JSON; at most 16 KiB.
    pub body: Value,
    pub body_truncated: bool,
    pub status: u16,
    /// The body of the answer, in the same way.
    pub answer: Value,
    pub answer_truncated: bool,
    /// The names of the faults that were injected.
    pub faults: Vec<&'static str>,
    /// The links that the path, the query, the body or the answer names.
    pub links: Vec<Uuid>,
}

impl Journal {
    pub fn new(limit: usize) -> Journal {
        Journal { limit, entries: VecDeque::new(), recorded: 0 }
    }

    fn record(&mut self, entry: impl FnOnce(u64) -> Entry) {
        if self.limit == 0 {
            return;
        }
        if self.entries.len() == self.limit {
            self.entries.pop_front();
        }
        self.recorded += 1;
        self.entries.push_back(Arc::new(entry(self.recorded)));
    }

    pub fn find(&self, request_id: Uuid) -> Option<&Arc<Entry>> {
        self.entries.iter().rev().find(|entry| entry.request_id == request_id)
    }

    /// How many had to make room for later ones.
    pub fn evicted(&self) -> u64 {
        self.recorded - self.entries.len() as u64
    }

    /// That of the last request; 0 before the first.
    pub fn last_cursor(&self) -> u64 {
        self.recorded
    }

    /// How many requests the journal keeps.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Those after a cursor, the oldest first; copies, so that nobody waits for whoever reads them.
    ///
    /// # Errors
    /// 400 on `after` for a cursor that no request has had.
    pub fn after(&self, cursor: u64) -> Result<Vec<Arc<Entry>>, Error> {
        let last = self.recorded;
        if cursor > last {
            let sentence = format_args!(
                "{cursor} is past the last cursor, which is {last}. Was the account reset since?"
            );
            return Err(Error::invalid(sentence).on("after"));
        }
        let skipped = cursor.saturating_sub(self.evicted()) as usize;
        Ok(self.entries.iter().skip(skipped).cloned().collect())
    }
}

impl Account {
    /// Records a request that was answered.
    pub fn remember(
        &mut self,
        call: &Call<'_>,
        context: &CallContext,
        status: u16,
        answer: &[u8],
        injection: &AnswerInjection,
    ) {
        let at = self.now;
        self.journal.record(|cursor| Entry {
            cursor,
            request_id: context.request_id,
            at,
            operation: call.operation,
            method: call.method.into(),
            path: call.path.into(),
            query: call.query.into(),
            headers: header_lines(call),
            body: Kept::of(call.body),
            status,
            answer: Kept::of(answer),
            choice: context.matched.clone(),
            faults: injection.faults.as_slice().into(),
        });
    }

    /// 400 when none is kept.
    pub fn journal(&self) -> Result<&Journal, Error> {
        if self.journal.limit == 0 {
            let sentence = "There is no journal: the emulator was started with --journal-limit 0.";
            return Err(Error::invalid(sentence));
        }
        Ok(&self.journal)
    }
}

/// The value of `Authorization` is not even kept.
fn header_lines(call: &Call<'_>) -> Box<str> {
    let mut lines = String::with_capacity(256);
    for (name, value) in &call.headers {
        lines.push_str(name);
        lines.push_str(": ");
        if *name == "authorization" {
            let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
            lines.extend(scheme.into_iter().flat_map(|scheme| [scheme, " "]));
            lines.push_str(REDACTED);
        } else {
            lines.push_str(value);
        }
        lines.push('\n');
    }
    lines.into()
}

impl Kept {
    fn of(bytes: &[u8]) -> Kept {
        let kept = &bytes[..bytes.len().min(LARGEST_BODY_BYTES)];
        Kept { bytes: kept.into(), is_whole: kept.len() == bytes.len() }
    }

    fn value(&self) -> Value {
        if self.bytes.is_empty() {
            return Value::Null;
        }
        match serde_json::from_slice::<Value>(&self.bytes) {
            Ok(mut value) => {
                redact(&mut value);
                value
            }
            Err(_) => redact_text(&String::from_utf8_lossy(&self.bytes)).into(),
        }
    }
}

impl Entry {
    /// What the bytes say.
    pub fn read(&self) -> Recorded {
        let mut query: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(self.query.as_bytes()) {
            join(&mut query, &name, &value, ",");
        }
        let mut headers = BTreeMap::new();
        for (name, value) in self.headers.lines().filter_map(|line| line.split_once(": ")) {
            join(&mut headers, name, value, ", ");
        }
        let (body, answer) = (self.body.value(), self.answer.value());
        Recorded {
            cursor: self.cursor,
            request_id: self.request_id,
            at: self.at,
            operation: self.operation,
            method: self.method.to_string(),
            path: self.path.to_string(),
            links: links(&self.path, &query, &body, &answer),
            query,
            headers,
            body,
            body_truncated: !self.body.is_whole,
            status: self.status,
            answer,
            answer_truncated: !self.answer.is_whole,
            faults: self.faults.to_vec(),
        }
    }
}

fn join(map: &mut BTreeMap<String, String>, name: &str, value: &str, separator: &str) {
    map.entry(name.to_owned())
        .and_modify(|known| {
            known.push_str(separator);
            known.push_str(value);
        })
        .or_insert_with(|| value.to_owned());
}

/// Every link that is named where the API has links, in this order.
fn links(path: &str, query: &BTreeMap<String, String>, body: &Value, answer: &Value) -> Vec<Uuid> {
    let in_path = path.strip_prefix("/api/links/").and_then(|rest| rest.split('/').next());
    let made = answer["id"].as_str().filter(|_| path.trim_end_matches('/') == "/api/links");
    let answers = answer.as_array().map_or(std::slice::from_ref(answer), Vec::as_slice);
    let in_answers = answers.iter().filter_map(|answer| answer["link"].as_str());
    let in_query = query.get("link").map(String::as_str);
    let named = [in_path, in_query, body["link"].as_str(), made].into_iter().flatten();
    let mut links: Vec<Uuid> = Vec::new();
    for id in named.chain(in_answers).filter_map(|id| id.parse().ok()) {
        if !links.contains(&id) {
            links.push(id);
        }
    }
    links
}

/// Takes the secrets out of a body.
fn redact(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match SECRETS.contains(&key.as_str()) && !value.is_null() {
                    true => *value = REDACTED.into(),
                    false => redact(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        _ => {}
    }
}

/// The same for a body that is no JSON, or not all of it: a form, or JSON with a mistake.
fn redact_text(text: &str) -> String {
    static SECRET: LazyLock<Regex> = LazyLock::new(|| {
        let keys = SECRETS.join("|");
        let value = r#""(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,&}]+"#;
        Regex::new(&format!(r#"(?i)\b((?:{keys})["']?\s*[:=]\s*)(?:{value})"#))
            .expect("the pattern is one")
    });
    SECRET.replace_all(text, format!("${{1}}{REDACTED}")).into_owned()
}
