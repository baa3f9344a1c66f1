//! The journal: the requests of the account and their answers. It reads them from the log, which
//! stores them as bytes.

pub(super) mod calls;
pub(super) mod explain;
pub(super) mod happened;
pub(super) mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::account::log::exchange::{Exchange, KeptBody};
use crate::account::log::page::{MOST_PAGE_BYTES, MOST_SCANNED, Reach};
use crate::account::log::{EntryKind, Log};
use crate::model::redact;
use crate::model::{Timestamp, hex, six_digits, six_digits_schema};
use crate::operations::Operation;

/// A request of the log.
#[derive(Clone, Debug)]
pub(crate) struct LoggedRequest {
    pub cursor: u64,
    at: Timestamp,
    exchange: Arc<Exchange>,
}

/// Requests of the log whose bytes are not parsed yet, so that the account is unlocked while they
/// are parsed.
#[derive(Debug)]
pub(crate) struct RequestSlice {
    pub requests: Vec<LoggedRequest>,
    /// The cursor after which the next slice begins. It is None for the last slice.
    pub next_after: Option<u64>,
    /// The reach of the page.
    pub reach: Reach,
    /// True when entries after the requested cursor were evicted.
    pub has_lost_some: bool,
}

/// A request and its answer, without secrets.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Recorded {
    /// The cursor of the request in the log of the account. The log has entries of other kinds too.
    pub cursor: u64,
    /// The request id, 32 hex digits, as in the header `X-Request-Id` of the answer.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub request_id: Uuid,
    /// The account's time when the request was answered.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub at: Timestamp,
    /// The operation. It is null where the path or its method is unknown.
    pub(crate) operation: Option<Operation>,
    pub method: String,
    pub path: String,
    /// The parameters of the query, without secrets. If a name comes more than once, its values are
    /// joined by commas.
    pub query: BTreeMap<String, String>,
    /// The headers, with names in lower case. Secrets are replaced, such as cookies and keys; of
    /// `authorization` only the scheme is shown.
    pub headers: BTreeMap<String, String>,
    /// The body, at most 16 KiB. It is null when there was none, and a text when it is not JSON.
    pub body: Value,
    pub body_truncated: bool,
    pub status: u16,
    /// The body of the answer, in the same form as `body`.
    pub answer: Value,
    pub answer_truncated: bool,
    /// The names of the injected faults.
    pub faults: Vec<&'static str>,
    /// The links that the path, the query, the body or the answer names.
    pub links: Vec<Uuid>,
}

impl RequestSlice {
    /// The first requests after a cursor that `selects` does: `limit` at most, and not many bytes.
    pub(crate) fn new(
        log: &Log,
        after: u64,
        limit: usize,
        selects: impl Fn(&Exchange) -> bool,
    ) -> RequestSlice {
        let mut slice = RequestSlice {
            requests: Vec::new(),
            next_after: None,
            reach: log.reach(None),
            has_lost_some: log.has_lost_some_after(after),
        };
        let (mut bytes, mut last) = (0, after);
        for (scanned, (cursor, entry)) in log.after(after).enumerate() {
            if scanned == MOST_SCANNED || bytes >= MOST_PAGE_BYTES {
                slice.next_after = Some(last);
                break;
            }
            if let EntryKind::RequestAnswered(exchange) = &entry.kind
                && selects(exchange)
            {
                if slice.requests.len() == limit {
                    slice.next_after = Some(last);
                    break;
                }
                bytes += exchange.bytes();
                let exchange = exchange.clone();
                slice.requests.push(LoggedRequest { cursor, at: entry.at, exchange });
            }
            last = cursor;
        }
        slice
    }
}

impl LoggedRequest {
    /// Parses the stored bytes.
    pub(crate) fn read(&self) -> Recorded {
        let exchange = &*self.exchange;
        let mut query: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(exchange.query().as_bytes()) {
            join(&mut query, &name, &redact::parameter(&name, &value), ",");
        }
        let mut headers = BTreeMap::new();
        for (name, value) in exchange.headers().lines().filter_map(|line| line.split_once(": ")) {
            join(&mut headers, name, &redact::header(name, value), ", ");
        }
        let path = exchange.path();
        let (kept_body, kept_answer) = (exchange.body(), exchange.answer());
        let (body, answer) = (value(kept_body), value(kept_answer));
        Recorded {
            cursor: self.cursor,
            request_id: exchange.request_id,
            at: self.at,
            operation: exchange.operation,
            method: exchange.method().into_owned(),
            links: links(&path, &query, &body, &answer),
            path: path.into_owned(),
            query,
            headers,
            body,
            body_truncated: !kept_body.is_whole,
            status: exchange.status,
            answer,
            answer_truncated: !kept_answer.is_whole,
            faults: exchange.faults.to_vec(),
        }
    }
}

/// Returns null where there was no body, and a text where the body is not JSON.
fn value(body: KeptBody<'_>) -> Value {
    if body.bytes.is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice::<Value>(body.bytes) {
        Ok(mut value) => {
            redact::json(&mut value);
            value
        }
        Err(_) => redact::body(&String::from_utf8_lossy(body.bytes)).into(),
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

/// Returns every link that is named where the API has links: path, query, body, answer.
fn links(path: &str, query: &BTreeMap<String, String>, body: &Value, answer: &Value) -> Vec<Uuid> {
    let in_path = path.strip_prefix("/api/links/").and_then(|rest| rest.split('/').next());
    let made = answer["id"].as_str().filter(|_| path.trim_end_matches('/') == "/api/links");
    let answers = answer.as_array().map_or(std::slice::from_ref(answer), Vec::as_slice);
    let in_answers = answers.iter().filter_map(|answer| answer["link"].as_str());
    let in_query = query.get("link").map(String::as_str);
    // A token of the widget names its link so.
    let in_body = ["link", "link_id"].map(|key| body[key].as_str());
    let named = [in_path, in_query, made].into_iter().chain(in_body).flatten();
    let mut links: Vec<Uuid> = Vec::new();
    for id in named.chain(in_answers).filter_map(|id| id.parse().ok()) {
        if !links.contains(&id) {
            links.push(id);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use crate::account::base::ids::DeliveryId;
    use crate::account::journal::RequestSlice;
    use crate::account::log::budget::LogBudget;
    use crate::account::log::{EntryKind, Log};
    use crate::model::Timestamp;

    #[test]
    fn a_slice_looks_at_ten_thousand_entries_and_says_where_to_go_on() {
        let mut log = Log::new(Arc::new(LogBudget::new(usize::MAX)));
        for number in 0..10_001 {
            let delivery = DeliveryId(number);
            let announced =
                EntryKind::DeliveryAnnounced { delivery, link: Uuid::nil(), caused_by: None };
            log.append(Timestamp::UNIX_EPOCH, announced);
        }
        let first = RequestSlice::new(&log, 0, 10, |_| true);
        assert_eq!((first.requests.len(), first.next_after), (0, Some(10_000)));
        assert_eq!(RequestSlice::new(&log, 10_000, 10, |_| true).next_after, None);
    }
}
