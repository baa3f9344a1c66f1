//! Verifies that the expected requests were made, and describes in a text which were not.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::account::journal::Recorded;
use crate::account::request::names::operation_named;
use crate::error::Error;
use crate::model::all_hex;
use crate::model::quote::cut;
use crate::model::redact;

/// The largest number of requests, and of fields of one request, that a text shows.
const MOST_LINES: usize = 10;
/// The largest number of failed expectations that a text describes.
const MOST_FAILURES: usize = 10;
/// The largest number of ids that are shown for an expectation.
const MOST_IDS: usize = 100;

/// An expected request. A key that is absent accepts anything.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    #[serde(default)]
    pub method: Option<String>,
    /// The path without the query, with or without its last slash.
    #[serde(default)]
    pub path: Option<String>,
    /// The operationId of the request.
    #[serde(default)]
    pub operation: Option<String>,
    /// Parameters that the query must have. It may have others.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Headers that the request must have, with names in any case. It may have others.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The JSON that the body must have. Objects may have further keys at every level; lists may
    /// not.
    #[serde(default)]
    pub body: Option<Value>,
    /// The HTTP status of the answer.
    #[serde(default)]
    pub status: Option<u16>,
    /// The exact number of matching requests. Without a count, one or more are expected.
    #[serde(default)]
    pub count: Option<usize>,
    #[serde(default)]
    pub at_least: Option<usize>,
    #[serde(default)]
    pub at_most: Option<usize>,
}

/// The requests that met an expectation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Met {
    /// The number of these requests.
    pub count: usize,
    /// The ids of the first 100 of these requests.
    #[serde(serialize_with = "all_hex")]
    #[schemars(with = "Vec<String>")]
    pub request_ids: Vec<Uuid>,
}

/// The bounds of the number of matching requests.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    least: usize,
    most: Option<usize>,
}

/// The requests, and the expectations that are checked against them.
struct Verification<'a> {
    expectations: &'a [Expectation],
    requests: &'a [Recorded],
}

/// Checks requests, the oldest first, against expectations: which requests each has met.
///
/// In order, an expectation looks at the requests after the one that met the expectation before it,
/// and is met by its n-th match, where n is `count` or `at_least`. Other requests may stand between.
/// The most it may have counts up to the request with which the next expectation begins.
///
/// # Errors
/// A text: which expectation failed, how often it was met, and the request that is most like it.
pub(crate) fn verify(
    expectations: &[Expectation],
    requests: &[Recorded],
    in_order: bool,
) -> Result<Vec<Met>, String> {
    let verification = Verification { expectations, requests };
    if in_order { verification.in_order() } else { verification.in_any_order() }
}

impl Expectation {
    /// Refuses with 400 an expectation that no request can meet. `at` is its place in the body.
    pub(crate) fn check(&self, at: &str) -> Result<(), Error> {
        if let Some(operation) = &self.operation {
            operation_named(operation).map_err(|error| error.on(format!("{at}operation")))?;
        }
        if self.count.is_some() && (self.at_least.is_some() || self.at_most.is_some()) {
            let sentence = "Give either count or at_least and at_most.";
            return Err(Error::invalid(sentence).on(format!("{at}count")));
        }
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) if least > most => {
                let sentence = format!("{least} is more than at_most, which is {most}.");
                Err(Error::invalid(sentence).on(format!("{at}at_least")))
            }
            _ => Ok(()),
        }
    }

    /// Tells that requests which were evicted from the log could matter.
    pub(crate) fn has_most(&self) -> bool {
        self.bounds().most.is_some()
    }

    fn is_met_by(&self, request: &Recorded) -> bool {
        // The cheap checks come first, because they tell most requests apart.
        let operation = request.operation.map(|known| known.as_str());
        (self.operation.is_none() || self.operation.as_deref() == operation)
            && self.status.is_none_or(|status| status == request.status)
            && self.differences(request).is_empty()
    }

    fn bounds(&self) -> Bounds {
        match (self.count, self.at_least, self.at_most) {
            (Some(count), _, _) => Bounds { least: count, most: Some(count) },
            (None, None, None) => Bounds { least: 1, most: None },
            (None, least, most) => Bounds { least: least.unwrap_or(0), most },
        }
    }

    /// Returns a line for each field that differs.
    fn differences(&self, request: &Recorded) -> Vec<String> {
        let mut lines = Vec::new();
        let mut compare = |field: &str, expected: &str, actual: Option<&str>| {
            if actual != Some(expected) {
                let actual = actual.map_or("absent".to_owned(), |actual| quote(&actual.into()));
                lines.push(format!("{field}: expected {}, was {actual}", quote(&expected.into())));
            }
        };
        if let Some(operation) = &self.operation {
            compare("operation", operation, request.operation.map(|known| known.as_str()));
        }
        if let Some(method) = &self.method {
            compare("method", &method.to_uppercase(), Some(&request.method));
        }
        if let Some(path) = &self.path
            && path.trim_end_matches('/') != request.path.trim_end_matches('/')
        {
            compare("path", path, Some(&request.path));
        }
        for (name, expected) in &self.query {
            compare(
                &format!("query.{}", cut(name)),
                &redact::parameter(name, expected),
                request.query.get(name).map(String::as_str),
            );
        }
        for (name, expected) in &self.headers {
            let name = name.to_lowercase();
            let actual = request.headers.get(&name).map(String::as_str);
            compare(&format!("headers.{}", cut(&name)), &redact::header(&name, expected), actual);
        }
        if let Some(body) = &self.body {
            match request.body_truncated {
                true => lines.push("body: too long to be compared".to_owned()),
                false => {
                    // The log has no secrets, so none can be compared.
                    let expected = redact::without(body);
                    compare_json("body", &expected, Some(&request.body), &mut lines);
                }
            }
        }
        if let Some(status) = self.status.filter(|status| *status != request.status) {
            lines.push(format!("status: expected {status}, was {}", request.status));
        }
        lines
    }

    /// Returns the parts of the expectation that are about the call, without its content.
    fn call_alone(&self) -> Expectation {
        let Expectation { operation, method, path, .. } = self.clone();
        Expectation { operation, method, path, ..Expectation::default() }
    }

    /// Describes the expectation in one line.
    fn in_words(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let named = [self.operation.as_deref(), self.method.as_deref(), self.path.as_deref()];
        let named: Vec<Cow<'_, str>> = named.into_iter().flatten().map(cut).collect();
        if !named.is_empty() {
            parts.push(named.join(" "));
        }
        for (prefix, fields) in [("query", &self.query), ("headers", &self.headers)] {
            for (name, value) in fields {
                let shown = match prefix {
                    "headers" => redact::header(name, value),
                    _ => redact::parameter(name, value),
                };
                parts.push(format!("{prefix}.{} {}", cut(name), quote(&(*shown).into())));
            }
        }
        let body = self.body.as_ref().map(redact::without);
        parts.extend(body.map(|body| format!("body {}", quote(&body))));
        parts.extend(self.status.map(|status| format!("status {status}")));
        if parts.is_empty() { "any request".to_owned() } else { parts.join(", ") }
    }
}

impl Bounds {
    fn in_words(self) -> String {
        let requests =
            |count: usize| format!("{count} request{}", if count == 1 { "" } else { "s" });
        match (self.least, self.most) {
            (_, Some(0)) => "no request".to_owned(),
            (least, Some(most)) if least == most => format!("exactly {}", requests(least)),
            (0, Some(most)) => format!("at most {}", requests(most)),
            (least, Some(most)) => format!("{least} to {}", requests(most)),
            (least, None) => format!("at least {}", requests(least)),
        }
    }
}

impl Verification<'_> {
    fn in_any_order(&self) -> Result<Vec<Met>, String> {
        let mut met = Vec::new();
        let (mut texts, mut failed) = (Vec::new(), 0);
        for (place, expectation) in self.expectations.iter().enumerate() {
            let found = self.matches(expectation, 0..self.requests.len());
            let bounds = expectation.bounds();
            if found.len() < bounds.least || bounds.most.is_some_and(|most| found.len() > most) {
                failed += 1;
                if failed <= MOST_FAILURES {
                    texts.push(self.failure(place, "", &found, 0..self.requests.len()));
                }
            }
            met.push(self.met_by(&found));
        }
        if failed > MOST_FAILURES {
            texts.push(format!("and {} more expectations failed", failed - MOST_FAILURES));
        }
        if texts.is_empty() { Ok(met) } else { Err(texts.join("\n\n")) }
    }

    fn in_order(&self) -> Result<Vec<Met>, String> {
        let end = self.requests.len();
        // Each expectation has the place where its search begins, and that of its first match.
        let mut begins = Vec::new();
        let mut from = 0;
        for (place, expectation) in self.expectations.iter().enumerate() {
            let found = self.matches(expectation, from..end);
            let least = expectation.bounds().least;
            if found.len() < least {
                return Err(self.too_few_in_order(place, from));
            }
            begins.push((from, found.first().copied().filter(|_| least > 0)));
            from = found[..least].last().map_or(from, |last| last + 1);
        }
        let mut met = Vec::new();
        for (place, expectation) in self.expectations.iter().enumerate() {
            let next = begins[place + 1..].iter().find_map(|(_, first)| *first);
            let looked_at = begins[place].0..next.unwrap_or(end);
            let found = self.matches(expectation, looked_at.clone());
            if expectation.bounds().most.is_some_and(|most| found.len() > most) {
                let before =
                    next.map(|next| format!(" before cursor {}", self.requests[next].cursor));
                return Err(self.failure(place, &before.unwrap_or_default(), &found, looked_at));
            }
            met.push(self.met_by(&found));
        }
        Ok(met)
    }

    fn too_few_in_order(&self, place: usize, from: usize) -> String {
        let expectation = &self.expectations[place];
        let end = self.requests.len();
        let found = self.matches(expectation, from..end);
        let after = match from.checked_sub(1) {
            None => String::new(),
            Some(last) => format!(
                " after cursor {}, where the expectation before it is met",
                self.requests[last].cursor
            ),
        };
        let mut text = self.failure(place, &after, &found, from..end);
        for request in self.matches(expectation, 0..from).iter().take(MOST_LINES) {
            text.push_str(&format!("\ntoo early: {}", self.request(*request)));
        }
        text
    }

    fn matches(&self, expectation: &Expectation, among: Range<usize>) -> Vec<usize> {
        among.filter(|place| expectation.is_met_by(&self.requests[*place])).collect()
    }

    fn met_by(&self, places: &[usize]) -> Met {
        let shown = places.iter().take(MOST_IDS);
        let request_ids = shown.map(|place| self.requests[*place].request_id).collect();
        Met { count: places.len(), request_ids }
    }

    /// Describes a failed expectation: its matches, and the requests that came near.
    fn failure(&self, place: usize, where_: &str, found: &[usize], among: Range<usize>) -> String {
        let expectation = &self.expectations[place];
        let (number, all) = (place + 1, self.expectations.len());
        let mut text = format!("expectation {number} of {all}: {}\n", expectation.in_words());
        let bounds = expectation.bounds();
        let (met, looked_at) = (found.len(), among.len());
        let expected = bounds.in_words();
        let _ = write!(text, "expected {expected}{where_}, found {met} among {looked_at}");
        for request in found.iter().take(MOST_LINES) {
            let _ = write!(text, "\nfound: {}", self.request(*request));
        }
        if met > MOST_LINES {
            let _ = write!(text, "\nand {} more", met - MOST_LINES);
        }
        if met < bounds.least {
            text.push_str(&self.nearest(expectation, among));
        }
        text
    }

    /// Returns the request with the fewest differing fields, the last one if there are several. A
    /// request with the same operation or path comes before any other.
    fn nearest(&self, expectation: &Expectation, among: Range<usize>) -> String {
        let call = expectation.call_alone();
        let distance = |place: usize| {
            let request = &self.requests[place];
            let lines = expectation.differences(request);
            (call.differences(request).len(), lines.len(), Reverse(place), lines)
        };
        let others = among.map(distance).filter(|(_, fields, _, _)| *fields > 0);
        let Some((_, _, Reverse(place), lines)) = others.min() else { return String::new() };
        let mut text = format!("\nnearest: {}", self.request(place));
        for line in lines.iter().take(MOST_LINES) {
            let _ = write!(text, "\n  {line}");
        }
        if lines.len() > MOST_LINES {
            let _ = write!(text, "\n  and {} more", lines.len() - MOST_LINES);
        }
        text
    }

    fn request(&self, place: usize) -> String {
        let Recorded { cursor, request_id, method, path, status, .. } = &self.requests[place];
        let id = request_id.simple();
        format!("{method} {path} answered {status} (cursor {cursor}, request {id})")
    }
}

/// Compares the leaves of what is expected. Further keys of objects are ignored.
fn compare_json(at: &str, expected: &Value, actual: Option<&Value>, lines: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (key, value) in expected {
                compare_json(&format!("{at}.{}", cut(key)), value, actual.get(key), lines);
            }
        }
        (Value::Object(expected), Some(Value::Null) | None) if !expected.is_empty() => {
            for (key, value) in expected {
                compare_json(&format!("{at}.{}", cut(key)), value, None, lines);
            }
        }
        (Value::Array(expected), Some(Value::Array(actual))) if expected.len() == actual.len() => {
            for (place, (value, actual)) in expected.iter().zip(actual).enumerate() {
                compare_json(&format!("{at}[{place}]"), value, Some(actual), lines);
            }
        }
        (Value::Number(expected), Some(Value::Number(actual)))
            if expected.as_f64() == actual.as_f64() => {}
        (expected, Some(actual)) if expected == actual => {}
        (expected, actual) => {
            let actual = actual.map_or("absent".to_owned(), quote);
            lines.push(format!("{at}: expected {}, was {actual}", quote(expected)));
        }
    }
}

/// Shows the beginning of a value as JSON.
fn quote(value: &Value) -> String {
    cut(&value.to_string()).into_owned()
}
