//! The webhooks that Belvo sends, and the kinds of events that they announce.

use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::model::hex;
use crate::model::link::Resource;
use crate::model::plain_words::in_plain_words;
use crate::model::quote::quoted;
use crate::model::suggestion::{did_you_mean, nearest};

/// The body of a webhook. Its eight documented keys are always present.
#[derive(Debug, Serialize)]
pub(crate) struct Webhook<'a> {
    /// The event's id: 32 hex digits. All deliveries of one event carry it.
    #[serde(serialize_with = "hex")]
    pub webhook_id: Uuid,
    pub webhook_type: &'static str,
    pub process_type: &'static str,
    pub webhook_code: &'static str,
    pub link_id: Uuid,
    /// The id of the request, with dashes as in Belvo's samples of webhooks. Belvo's API has ids
    /// without.
    pub request_id: Uuid,
    pub external_id: Option<&'a str>,
    pub data: &'a Data,
}

/// The kinds of events that Belvo announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    EmploymentRecords,
    Owners,
    CurrentEmployments,
    EmploymentMetrics,
    EmploymentChanges,
    InvalidCredentials,
    TokenRequired,
    LinkDeleted,
}

/// The names of a kind of event. Every webhook of that kind has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventNames {
    pub webhook_type: &'static str,
    pub process_type: &'static str,
    pub webhook_code: &'static str,
}

/// The type of an event. It parses from its name, such as `EMPLOYMENT_RECORDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookType(pub(crate) &'static str);

/// The code of an event. It parses from its name, such as `historical_update`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookCode(pub(crate) &'static str);

/// The value of the key `data` of an event.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Data {
    EmploymentRecords(EmploymentRecords),
    Owners(Owners),
    CurrentEmployments(CurrentEmployments),
    EmploymentMetrics(EmploymentMetrics),
    EmploymentChanges(EmploymentChanges),
    InvalidCredentials(LinkError),
    TokenRequired(LinkError),
    LinkDeleted(LinkDeleted),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmploymentRecords {
    /// The number of records that `GET /api/employment-records/?link=` lists.
    pub total_employment_record_profiles: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Owners {
    pub total_owners: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CurrentEmployments {
    pub total_current_employments: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmploymentMetrics {
    pub total_employment_metrics: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmploymentChanges {
    pub employment_changes: Vec<EmploymentChange>,
}

/// The error of a refresh that could not log in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkError {
    pub error_code: String,
    pub error_message: String,
    pub status: u16,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkDeleted {}

/// A change of a working life. Belvo documents the first and the third; the others follow their
/// pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EmploymentChange {
    Employed,
    Unemployed,
    SalaryIncreased,
    SalaryDecreased,
}

/// A key of an event's data, and the reason why it cannot have the value that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub key: String,
    pub sentence: String,
}

impl EventKind {
    pub(crate) const ALL: [EventKind; 8] = [
        EventKind::EmploymentRecords,
        EventKind::Owners,
        EventKind::CurrentEmployments,
        EventKind::EmploymentMetrics,
        EventKind::EmploymentChanges,
        EventKind::InvalidCredentials,
        EventKind::TokenRequired,
        EventKind::LinkDeleted,
    ];

    pub(crate) const fn names(self) -> EventNames {
        const HISTORICAL: &str = "historical_update";
        const RECURRENT: &str = "recurrent_update";
        const RECORDS: &str = Resource::EmploymentRecords.as_str();
        const OWNERS: &str = Resource::Owners.as_str();
        const METRICS: &str = Resource::EmploymentMetrics.as_str();
        const CURRENT: &str = Resource::CurrentEmployments.as_str();
        let (webhook_type, process_type, webhook_code) = match self {
            EventKind::EmploymentRecords => (RECORDS, HISTORICAL, HISTORICAL),
            EventKind::Owners => (OWNERS, HISTORICAL, HISTORICAL),
            EventKind::CurrentEmployments => (CURRENT, HISTORICAL, HISTORICAL),
            EventKind::EmploymentMetrics => (METRICS, HISTORICAL, HISTORICAL),
            EventKind::EmploymentChanges => (RECORDS, RECURRENT, "employment_changes"),
            EventKind::InvalidCredentials => ("LINK", RECURRENT, "invalid_credentials"),
            EventKind::TokenRequired => ("LINK", RECURRENT, "token_required"),
            EventKind::LinkDeleted => ("LINK", RECURRENT, "link_deleted"),
        };
        EventNames { webhook_type, process_type, webhook_code }
    }

    /// Returns the kind of event that announces a resource.
    pub(crate) const fn of_load(resource: Resource) -> EventKind {
        match resource {
            Resource::EmploymentRecords => EventKind::EmploymentRecords,
            Resource::Owners => EventKind::Owners,
            Resource::CurrentEmployments => EventKind::CurrentEmployments,
            Resource::EmploymentMetrics => EventKind::EmploymentMetrics,
        }
    }

    pub(crate) fn webhook_type(self) -> &'static str {
        self.names().webhook_type
    }

    pub(crate) fn webhook_code(self) -> &'static str {
        self.names().webhook_code
    }

    /// Returns the kind of event that has both names. No two kinds share them.
    pub(crate) fn named(webhook_type: &str, webhook_code: &str) -> Option<EventKind> {
        let has_both = |kind: &EventKind| {
            kind.webhook_type() == webhook_type && kind.webhook_code() == webhook_code
        };
        EventKind::ALL.into_iter().find(has_both)
    }
}

impl WebhookType {
    fn all() -> Vec<&'static str> {
        distinct(EventKind::ALL.map(EventKind::webhook_type))
    }

    pub(crate) fn is_of(self, kind: EventKind) -> bool {
        self.0 == kind.webhook_type()
    }
}

impl WebhookCode {
    pub fn all() -> Vec<&'static str> {
        distinct(EventKind::ALL.map(EventKind::webhook_code))
    }

    pub(crate) fn is_of(self, kind: EventKind) -> bool {
        self.0 == kind.webhook_code()
    }
}

impl Data {
    /// Returns the data of the event that announces `count` records of a resource.
    pub(crate) fn count_of(resource: Resource, count: usize) -> Data {
        match resource {
            Resource::EmploymentRecords => Data::EmploymentRecords(EmploymentRecords {
                total_employment_record_profiles: count,
            }),
            Resource::Owners => Data::Owners(Owners { total_owners: count }),
            Resource::CurrentEmployments => {
                Data::CurrentEmployments(CurrentEmployments { total_current_employments: count })
            }
            Resource::EmploymentMetrics => {
                Data::EmploymentMetrics(EmploymentMetrics { total_employment_metrics: count })
            }
        }
    }

    pub(crate) fn kind(&self) -> EventKind {
        match self {
            Data::EmploymentRecords(_) => EventKind::EmploymentRecords,
            Data::Owners(_) => EventKind::Owners,
            Data::CurrentEmployments(_) => EventKind::CurrentEmployments,
            Data::EmploymentMetrics(_) => EventKind::EmploymentMetrics,
            Data::EmploymentChanges(_) => EventKind::EmploymentChanges,
            Data::InvalidCredentials(_) => EventKind::InvalidCredentials,
            Data::TokenRequired(_) => EventKind::TokenRequired,
            Data::LinkDeleted(_) => EventKind::LinkDeleted,
        }
    }

    /// Returns data of this kind with other values for some of its keys.
    pub(crate) fn with(self, values: Map<String, Value>) -> Result<Data, Misfit> {
        match self {
            Data::EmploymentRecords(data) => changed(data, values).map(Data::EmploymentRecords),
            Data::Owners(data) => changed(data, values).map(Data::Owners),
            Data::CurrentEmployments(data) => changed(data, values).map(Data::CurrentEmployments),
            Data::EmploymentMetrics(data) => changed(data, values).map(Data::EmploymentMetrics),
            Data::EmploymentChanges(data) => changed(data, values).map(Data::EmploymentChanges),
            Data::InvalidCredentials(data) => changed(data, values).map(Data::InvalidCredentials),
            Data::TokenRequired(data) => changed(data, values).map(Data::TokenRequired),
            Data::LinkDeleted(data) => changed(data, values).map(Data::LinkDeleted),
        }
    }
}

fn changed<T: Serialize + DeserializeOwned>(
    data: T,
    values: Map<String, Value>,
) -> Result<T, Misfit> {
    let mut object = match serde_json::to_value(data) {
        Ok(Value::Object(object)) => object,
        _ => unreachable!("the data of an event is an object"),
    };
    for (key, value) in values {
        match object.get_mut(&key) {
            Some(place) => *place = value,
            None => {
                let sentence = match object.is_empty() {
                    true => "The data of this event has no keys.".to_owned(),
                    false => {
                        let meant = did_you_mean(&key, object.keys().map(String::as_str));
                        format!("{} is none of {}.{meant}", quoted(&key), list(object.keys()))
                    }
                };
                return Err(Misfit { key, sentence });
            }
        }
    }
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| Misfit {
        key: error.path().to_string(),
        sentence: in_plain_words(&error.into_inner().to_string(), None),
    })
}

fn distinct<const COUNT: usize>(names: [&'static str; COUNT]) -> Vec<&'static str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    names.into_iter().map(|name| name.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}

/// Parses the name of an event. A name that no event has is an error, because no webhook would
/// match it.
fn known_name(text: &str, all: &[&'static str]) -> Result<&'static str, String> {
    let known = all.iter().find(|name| **name == text).copied();
    known.ok_or_else(|| {
        let meant = nearest(text, all.iter().copied());
        let meant = meant.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default();
        format!("{} is none of {}{meant}", quoted(text), list(all))
    })
}

impl FromStr for WebhookType {
    type Err = String;

    fn from_str(text: &str) -> Result<WebhookType, String> {
        known_name(text, &WebhookType::all()).map(WebhookType)
    }
}

impl FromStr for WebhookCode {
    type Err = String;

    fn from_str(text: &str) -> Result<WebhookCode, String> {
        known_name(text, &WebhookCode::all()).map(WebhookCode)
    }
}

impl<'de> Deserialize<'de> for WebhookType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WebhookType, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for WebhookType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WebhookType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": WebhookType::all()})
    }
}

impl<'de> Deserialize<'de> for WebhookCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WebhookCode, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for WebhookCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WebhookCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": WebhookCode::all()})
    }
}
