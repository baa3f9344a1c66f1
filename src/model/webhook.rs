//! The events that Belvo sends.

use serde::Serialize;
use uuid::Uuid;

use crate::model::hex;
use crate::model::link::Resource;

/// The body of a webhook: the eight documented keys, always all of them.
#[derive(Debug, Serialize)]
pub struct Webhook<'a> {
    /// 32 hex digits; the same for every delivery of one event.
    #[serde(serialize_with = "hex")]
    pub webhook_id: Uuid,
    pub webhook_type: &'static str,
    pub process_type: &'static str,
    pub webhook_code: &'static str,
    pub link_id: Uuid,
    /// With dashes, as in Belvo's samples of webhooks (unlike the API's own).
    pub request_id: Uuid,
    pub external_id: Option<&'a str>,
    pub data: &'a Data,
}

/// What an event is about.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Data {
    EmploymentRecords {
        /// How many records `GET /api/employment-records/?link=` lists.
        total_employment_record_profiles: usize,
    },
    CurrentEmployments {
        total_current_employments: usize,
    },
    EmploymentChanges {
        employment_changes: Vec<EmploymentChange>,
    },
    /// A refresh could not log in.
    LinkError {
        error_code: String,
        error_message: String,
        status: u16,
    },
    LinkDeleted {},
}

/// What changed in a working life. The first and the third are documented, the others follow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmploymentChange {
    Employed,
    Unemployed,
    SalaryIncreased,
    SalaryDecreased,
}

/// The codes of all events.
pub const CODES: [&str; 5] = [
    "historical_update",
    "employment_changes",
    "token_required",
    "invalid_credentials",
    "link_deleted",
];

impl Data {
    /// Type, process and code of the event.
    pub fn names(&self) -> [&'static str; 3] {
        let historical = "historical_update";
        let recurrent = "recurrent_update";
        let records = Resource::EmploymentRecords.as_str();
        match self {
            Data::EmploymentRecords { .. } => [records, historical, historical],
            Data::CurrentEmployments { .. } => {
                [Resource::CurrentEmployments.as_str(), historical, historical]
            }
            Data::EmploymentChanges { .. } => [records, recurrent, "employment_changes"],
            Data::LinkError { status: 428, .. } => ["LINK", recurrent, "token_required"],
            Data::LinkError { .. } => ["LINK", recurrent, "invalid_credentials"],
            Data::LinkDeleted {} => ["LINK", recurrent, "link_deleted"],
        }
    }
}
