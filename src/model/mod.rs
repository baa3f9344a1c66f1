//! The wire types: the shapes of Belvo's JSON, one file for each family.

pub(crate) mod address;
pub(crate) mod allowed_addresses;
pub(crate) mod curp;
pub(crate) mod current_employment;
pub(crate) mod day;
pub(crate) mod decimal;
pub(crate) mod digits;
pub(crate) mod duration;
mod embedded_ipv4;
pub(crate) mod employment_metrics;
pub(crate) mod employment_record;
pub(crate) mod institution;
pub(crate) mod json;
pub(crate) mod link;
pub(crate) mod money;
pub(crate) mod nss;
pub(crate) mod overrides;
pub(crate) mod owner;
pub(crate) mod page;
pub(crate) mod plain_words;
pub(crate) mod profile;
pub(crate) mod quote;
pub(crate) mod redact;
pub(crate) mod sector;
pub(crate) mod size;
pub(crate) mod state;
pub(crate) mod suggestion;
pub(crate) mod text;
pub(crate) mod token;
pub(crate) mod webhook;
pub(crate) mod words;
pub(crate) mod written_record;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// A point in time, in microseconds as in Belvo's JSON.
pub(crate) type Timestamp = DateTime<Utc>;

/// A time that no account reaches: the beginning of the year 2201. A task that is scheduled for
/// this time never runs. The limit keeps all times within what can be written.
pub(crate) const NEVER: Timestamp = DateTime::from_timestamp_secs(7_289_654_400).unwrap();
/// The last time of an account. Its clock stops here.
pub(crate) const END: Timestamp = DateTime::from_timestamp_micros(7_289_654_399_999_999).unwrap();

/// Returns the time `by` after `time`, but at most [`NEVER`].
pub(crate) fn later(time: Timestamp, by: TimeDelta) -> Timestamp {
    time.checked_add_signed(by).map_or(NEVER, |later| later.min(NEVER))
}

/// A timestamp as text, as [`six_digits`] writes it.
pub(crate) fn show(time: &Timestamp) -> String {
    digits::with_time(time, str::to_owned)
}

/// Writes a timestamp as Belvo does: `2024-06-26T16:25:54.344113Z`, always six digits.
pub(crate) fn six_digits<S: Serializer>(
    time: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    digits::with_time(time, |text| serializer.serialize_str(text))
}

/// Writes a timestamp as [`six_digits`] does, and None as null.
pub(crate) fn six_digits_or_null<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => six_digits(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes an id as 32 hex digits.
pub(crate) fn hex<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.simple().encode_lower(&mut Uuid::encode_buffer()))
}

/// Writes a list of ids, each id as [`hex`] does.
pub(crate) fn all_hex<S: Serializer>(ids: &[Uuid], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ids.iter().map(|id| id.simple().to_string()))
}

/// Writes an id as [`hex`] does, and None as null.
pub(crate) fn hex_or_null<S: Serializer>(
    id: &Option<Uuid>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    id.map(|id| id.simple().to_string()).serialize(serializer)
}

/// Returns the JSON schema of what [`six_digits`] writes.
pub(crate) fn six_digits_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "format": "date-time",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
        "examples": ["2024-06-26T16:25:54.344113Z"],
    })
}

/// Returns the JSON schema of what [`six_digits_or_null`] writes.
pub(crate) fn six_digits_or_null_schema(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = six_digits_schema(generator);
    schema.insert("type".to_owned(), serde_json::json!(["string", "null"]));
    schema
}
