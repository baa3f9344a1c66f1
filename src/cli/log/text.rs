//! The lines of the log as people read them. Attempts to deliver a webhook and requests have a form
//! of their own; all other lines are a message and its fields.

use std::collections::VecDeque;
use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::look::Look;
use crate::clock::Clock;
use crate::courier::ATTEMPTS_TARGET;
use crate::http::request_line;
use crate::model::show;

/// Writes lines for people.
pub(super) struct TextLines {
    pub look: Look,
}

/// The message and the fields of a line, in the order in which they were written.
#[derive(Default)]
struct Fields {
    message: String,
    others: VecDeque<(&'static str, Value)>,
}

enum Value {
    Text(String),
    /// A number or the like, which needs no quotation marks.
    Plain(String),
}

impl<S, N> FormatEvent<S, N> for TextLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (time, level) = (show(&Clock::system().now()), *event.metadata().level());
        let target = event.metadata().target();
        let line = match target {
            ATTEMPTS_TARGET if fields.has("webhook_code") => self.attempt(fields),
            request_line::TARGET => self.request(fields),
            _ => fields.line(),
        };
        writeln!(writer, "{} {} {line}", self.look.faint(&time), self.level(level))
    }
}

impl TextLines {
    fn level(&self, level: Level) -> String {
        let shown = format!("{level:>5}");
        match level {
            Level::ERROR => self.look.bad(&shown),
            Level::WARN => self.look.odd(&shown),
            Level::INFO => self.look.good(&shown),
            _ => self.look.faint(&shown),
        }
    }

    /// Returns the line of an attempt: the webhook, and the answer of its receiver.
    fn attempt(&self, mut fields: Fields) -> String {
        let (kind, code) = (fields.take("webhook_type"), fields.take("webhook_code"));
        let (link, url) = (fields.take("link"), fields.take("url"));
        let (answer, latency) = (fields.take("answer"), fields.take("latency_ms"));
        let status = answer.split(' ').next().and_then(|status| status.parse().ok());
        let end = match (fields.message.as_str(), fields.has("retry_in")) {
            (_, true) => format!(", again in {}", fields.take("retry_in")),
            ("webhook delivered", _) => String::new(),
            ("webhook not accepted, given up", _) => ", given up".to_owned(),
            (message, _) => format!(", {message}"),
        };
        let attempt = fields.take("attempt");
        let (sent, answered) = (self.look.sent(), self.look.answered());
        let answer = self.look.by_status(status, &answer);
        fields.message = format!(
            "{sent} {kind} {code} link={link} {url} {answered} {answer} in {latency} ms \
             ({attempt}{end})"
        );
        fields.line()
    }

    /// Returns the line of a request: what was asked, and what was answered.
    fn request(&self, mut fields: Fields) -> String {
        let (method, path) = (fields.take("method"), fields.take("path"));
        let latency = fields.take("latency_ms");
        if !fields.has("status") {
            // The message says why.
            let message = fields.message.trim_start_matches("request ").to_owned();
            fields.message = format!("{method} {path} {message} (after {latency} ms)");
            return fields.line();
        }
        let status = fields.take("status");
        let code = if fields.has("code") { fields.take("code") } else { String::new() };
        let answer = format!("{status} {code}");
        let answer = self.look.by_status(status.parse().ok(), answer.trim_end());
        fields.message = format!("{method} {path} {answer} in {latency} ms");
        fields.line()
    }
}

impl Fields {
    fn has(&self, name: &str) -> bool {
        self.others.iter().any(|(other, _)| *other == name)
    }

    /// Takes a field out, in a form that can neither end a line nor color it.
    fn take(&mut self, name: &str) -> String {
        let Some(place) = self.others.iter().position(|(other, _)| *other == name) else {
            return String::new();
        };
        match self.others.remove(place) {
            Some((_, Value::Text(text) | Value::Plain(text))) => escaped(&text),
            None => String::new(),
        }
    }

    /// Returns the message with the fields that are left.
    fn line(self) -> String {
        let mut line = self.message;
        for (name, value) in self.others {
            let _ = match value {
                Value::Text(text) => write!(line, " {name}={text:?}"),
                Value::Plain(text) => write!(line, " {name}={}", escaped(&text)),
            };
        }
        line
    }

    fn add(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::Text(text) | Value::Plain(text)) => self.message = escaped(&text),
            (name, value) => self.others.push_back((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::Text(value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, Value::Plain(format!("{value:?}")));
    }
}

/// Returns a text whose control characters are escaped, and no others.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') {
            true => escaped.extend(letter.escape_default()),
            false => escaped.push(letter),
        }
    }
    escaped
}
