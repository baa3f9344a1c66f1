//! The lines that `listen` writes on stdout: for people, or one JSON object for each request.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::listen::ListenFormat;
use crate::cli::listen::arrival::{Arrival, Content, Refusal, summary, text};
use crate::cli::look::Look;
use crate::cli::stream::STDOUT;
use crate::model::{show as show_time, size};

/// The part of a body that `--verbose` shows.
const LARGEST_SHOWN_BYTES: usize = 64 * 1024;

/// The form of the lines of one run.
pub(super) struct Lines {
    format: ListenFormat,
    verbose: bool,
    look: Look,
    /// The number of the request that the last line is about.
    last: AtomicU64,
}

/// A request and its answer as a JSON line. Keys that do not apply are null.
#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    number: u64,
    received_at: String,
    method: &'a str,
    path: &'a str,
    authorization: Option<&'a str>,
    link: Option<&'a str>,
    external_id: Option<&'a str>,
    webhook_id: Option<&'a str>,
    webhook_type: Option<&'a str>,
    process_type: Option<&'a str>,
    webhook_code: Option<&'a str>,
    payload: Option<&'a Value>,
    status: Option<u16>,
    latency_ms: u64,
    problem: Option<&'a str>,
}

impl Lines {
    pub(super) fn new(format: ListenFormat, verbose: bool) -> Lines {
        STDOUT.count_losses(match format {
            ListenFormat::Text => |lost| format!("{lost} lines were lost: nobody read\n").into(),
            ListenFormat::Json => |lost| json_line(&json!({"event": "lost", "lost": lost})).into(),
        });
        Lines { format, verbose, look: Look::of(&io::stdout()), last: AtomicU64::new(0) }
    }

    pub(super) fn ready(&self, url: &str) {
        match self.format {
            ListenFormat::Text => STDOUT.say(&format!("belvo-emulator listen ready on {url}")),
            ListenFormat::Json => {
                STDOUT.say(json_line(&json!({"event": "ready", "url": url})).trim_end());
            }
        }
    }

    /// Says that a request has arrived, to people. Programs get one line when it is answered.
    pub(super) fn arrived(&self, arrival: &Arrival) {
        if let ListenFormat::Text = self.format {
            self.last.store(arrival.number, Ordering::SeqCst);
            STDOUT.say(&self.arrow_in(arrival));
        }
    }

    /// Says how a request was answered. `status` is None where it was not.
    pub(super) fn answered(&self, arrival: &Arrival, status: Option<u16>, latency_ms: u64) {
        match self.format {
            ListenFormat::Text => {
                let is_next = self.last.swap(arrival.number, Ordering::SeqCst) == arrival.number;
                STDOUT.say(&self.arrow_out(arrival, status, latency_ms, is_next));
            }
            ListenFormat::Json => {
                let line = Line::of(arrival, status, latency_ms);
                STDOUT.say(json_line(&line).trim_end());
            }
        }
    }

    fn arrow_in(&self, arrival: &Arrival) -> String {
        let arrow = self.look.sent();
        let Content::Webhook(payload) = &arrival.content else {
            return format!("{arrow} {} {}", shown(&arrival.method), shown(&arrival.path));
        };
        let key = |key: &str| shown(text(payload, key).unwrap_or_default());
        let (kind, code) = (key("webhook_type"), key("webhook_code"));
        let mut line = format!("{arrow} {kind} {code} link={}", key("link_id"));
        if let Some(external_id) = text(payload, "external_id") {
            line += &format!(" external_id={}", shown(external_id));
        }
        if let Some(summary) = summary(payload) {
            line += &format!(" {}", shown(&summary).trim_matches('"'));
        }
        if self.verbose {
            if let Some(authorization) = &arrival.authorization {
                line += &self.look.faint(&format!("\n    Authorization: {}", shown(authorization)));
            }
            line += &self.look.faint(&body(payload));
        }
        line
    }

    /// `is_next` tells that this line stands below that of the arrival.
    fn arrow_out(
        &self,
        arrival: &Arrival,
        status: Option<u16>,
        latency_ms: u64,
        is_next: bool,
    ) -> String {
        let arrow = self.look.answered();
        let number = status.map_or("not answered".to_owned(), |status| status.to_string());
        let number = self.look.by_status(status, &number);
        let link = match &arrival.content {
            Content::Webhook(payload) if !is_next => {
                format!(" link={}", shown(text(payload, "link_id").unwrap_or_default()))
            }
            _ => String::new(),
        };
        let problem = problem(arrival, status);
        let problem = problem.map(|problem| format!(": {problem}")).unwrap_or_default();
        format!("{arrow} {number}{link} in {latency_ms} ms{problem}")
    }
}

impl Line<'_> {
    fn of(arrival: &Arrival, status: Option<u16>, latency_ms: u64) -> Line<'_> {
        let payload = match &arrival.content {
            Content::Webhook(payload) => Some(payload),
            Content::Other(_) => None,
        };
        let key = |key: &str| payload.and_then(|payload| text(payload, key));
        Line {
            event: if payload.is_some() { "webhook" } else { "other" },
            number: arrival.number,
            received_at: show_time(&arrival.received_at),
            method: &arrival.method,
            path: &arrival.path,
            authorization: arrival.authorization.as_deref(),
            link: key("link_id"),
            external_id: key("external_id"),
            webhook_id: key("webhook_id"),
            webhook_type: key("webhook_type"),
            process_type: key("process_type"),
            webhook_code: key("webhook_code"),
            payload,
            status,
            latency_ms,
            problem: problem(arrival, status),
        }
    }
}

fn problem(arrival: &Arrival, status: Option<u16>) -> Option<&str> {
    match &arrival.content {
        _ if status.is_none() => {
            Some("the sender closed the connection before the answer, or listen was stopped")
        }
        Content::Webhook(_) => None,
        Content::Other(Refusal { problem, .. }) => Some(problem),
    }
}

/// Returns JSON on a line of its own.
fn json_line(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("a line is plain data") + "\n"
}

/// Returns a text that can neither end a line nor color it: in quotation marks, unless it is a word.
fn shown(text: &str) -> String {
    let is_plain = |letter: char| !letter.is_control() && !letter.is_whitespace() && letter != '"';
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("{text:?}"),
    }
}

/// Returns a body, indented below the line of its arrival.
fn body(payload: &Value) -> String {
    let pretty = serde_json::to_string_pretty(payload).expect("it was JSON");
    let mut lines = String::new();
    for line in pretty.lines() {
        if lines.len() + line.len() > LARGEST_SHOWN_BYTES {
            lines += &format!("\n    (more than {})", size::show(LARGEST_SHOWN_BYTES));
            break;
        }
        // JSON escapes what could end a line, but not the control characters beyond ASCII.
        let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
        lines += &format!("\n    {line}");
    }
    lines
}

#[cfg(test)]
mod tests {
    use crate::cli::listen::lines::shown;

    #[test]
    fn a_word_is_shown_as_it_is_and_nothing_else() {
        for (text, expected) in [
            ("my-user-1", "my-user-1"),
            ("José", "José"),
            ("", "\"\""),
            ("two words", "\"two words\""),
            ("a\nb\u{1b}[31m", "\"a\\nb\\u{1b}[31m\""),
            ("a\u{9b}b", "\"a\\u{9b}b\""),
            ("a\u{2028}b", "\"a\\u{2028}b\""),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
