//! `/_emulator/log` and `/_emulator/events`: lists all that happened to the account, and streams it.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::Stream;
use futures_util::stream;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::account::{LogEntry, LogEntryKind, PageLimit};
use crate::accounts::{Event, EventReader, ReadFrom, StreamEnd};
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::connection::Connection;
use crate::http::connection_count::is_beyond;
use crate::http::query::TypedQuery;

/// The header with which a client resumes a stream, as browsers send it.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Proxies such as nginx hold answers back without this header.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");
/// The time without an event after which a comment shows that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The longest time in which the client takes nothing of the stream.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// The beginning of a stream: the time after which a client that lost it connects again.
const BEGINNING: &str = "retry: 1000\n: the events of this account\n\n";

/// The parameters of the list of entries. An entry is listed if it fits all of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogFilter {
    /// The kind of the entries.
    #[serde(default)]
    #[schemars(with = "LogEntryKind")]
    kind: Option<LogEntryKind>,
    /// The link that the entries are about.
    #[serde(default)]
    #[schemars(with = "Uuid")]
    link: Option<Uuid>,
    /// A cursor. The list shows only entries after it.
    #[serde(default)]
    after: u64,
    /// The largest number of entries on the page.
    #[serde(default)]
    limit: PageLimit,
}

/// The parameters of the stream.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventFilter {
    /// A cursor. The stream begins with what happened after it. The default is the present. The
    /// header `Last-Event-ID` has precedence.
    #[serde(default)]
    #[schemars(with = "u64")]
    after: Option<u64>,
}

pub(crate) async fn list(caller: Caller, TypedQuery(asked): TypedQuery<LogFilter>) -> HttpResponse {
    let LogFilter { kind, link, after, limit } = asked;
    let selects = |entry: &LogEntry| {
        kind.is_none_or(|kind| kind.as_str() == entry.kind)
            && link.is_none_or(|link| entry.link == Some(link))
    };
    let page = caller.accounts().control(caller.slot(), |account| {
        account.log().check_cursor(after)?;
        Ok(account.log().page(after, limit.get(), selects))
    });
    let page = page.await.and_then(|page| {
        if page.entries.is_empty() && page.reach.next_after.is_none() {
            caller.accounts().refuse_stranger(caller.slot(), link)?;
        }
        Ok(page)
    });
    caller.reply(page.map(ok))
}

/// Answers with a stream that lasts until its client leaves, the account is reset or dropped, or the
/// emulator stops.
pub(crate) async fn events(
    caller: Caller,
    request: HttpRequest,
    TypedQuery(asked): TypedQuery<EventFilter>,
) -> HttpResponse {
    let reader = match begin(&caller, &request, &asked) {
        Ok(reader) => reader,
        Err(error) => return caller.reply(Err(error)),
    };
    let mut response = caller.reply(Ok(ok(())));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(UNBUFFERED, HeaderValue::from_static("no"));
    if request.method() == Method::HEAD {
        return response.set_body(()).map_into_boxed_body();
    }
    if let Some(connection) = Connection::of(&request) {
        connection.end_unless_taken_within(TAKEN_WITHIN);
    }
    response.set_body(BodyStream::new(parts(reader))).map_into_boxed_body()
}

fn begin(
    caller: &Caller,
    request: &HttpRequest,
    asked: &EventFilter,
) -> Result<EventReader, Error> {
    // These connections are for short calls: a stream would keep one from all other clients.
    if is_beyond(request) {
        return Err(Error::no_connection_for_stream());
    }
    let from = match (last_event_id(request)?, asked.after) {
        (Some(cursor), _) => ReadFrom::Resumed(cursor),
        (None, Some(cursor)) => ReadFrom::After(cursor),
        (None, None) => ReadFrom::Now,
    };
    caller.accounts().read_events(caller.slot(), from)
}

fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, Error> {
    let Some(value) = request.headers().get(LAST_EVENT_ID) else { return Ok(None) };
    let cursor = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    let sentence = "Expected the id of an event of the stream, which is a cursor of the log.";
    cursor.map(Some).ok_or_else(|| Error::invalid(sentence).on("Last-Event-ID"))
}

/// Returns the parts of the body. Each waits until the client takes more.
fn parts(reader: EventReader) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let beginning = stream::iter([Ok(Bytes::from_static(BEGINNING.as_bytes()))]);
    let parts = stream::unfold(reader, async |mut reader| {
        let part = match timeout(HEARTBEAT, reader.next()).await {
            Ok(events) => events?.iter().map(show).collect::<String>(),
            Err(_) => ": the stream lives\n\n".to_owned(),
        };
        Some((Ok(part.into()), reader))
    });
    stream::StreamExt::chain(beginning, parts)
}

/// Writes an event as `text/event-stream` does.
fn show(event: &Event) -> String {
    let (id, name, data) = match event {
        Event::Entry(entry) => (Some(entry.cursor), entry.kind, json!(entry)),
        Event::Evicted { evicted } => (Some(*evicted), "evicted", json!({"evicted": evicted})),
        Event::Catalogue { scenarios, mistakes } => {
            (None, "catalogue_changed", json!({"scenarios": scenarios, "mistakes": mistakes}))
        }
        // Whoever resumes the stream begins with the first entry of the new log.
        Event::End(StreamEnd::Reset) => (Some(0), "reset", empty()),
        Event::End(StreamEnd::Dropped) => (None, "dropped", empty()),
        Event::End(StreamEnd::Stopping) => (None, "stopping", empty()),
    };
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("{id}event: {name}\ndata: {data}\n\n")
}

fn empty() -> Value {
    json!({})
}
