//! The events that Belvo sends.

use serde::Serialize;
use uuid::Uuid;

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
    pub data: EmploymentRecordsData,
}

/// `data` of an `EMPLOYMENT_RECORDS` / `historical_update` event.
#[derive(Debug, Serialize)]
pub struct EmploymentRecordsData {
    /// How many records `GET /api/employment-records/?link=` lists.
    pub total_employment_record_profiles: usize,
}

impl<'a> Webhook<'a> {
    /// The event that says that a link's employment records have been loaded.
    pub fn historical_update(
        webhook_id: Uuid,
        request_id: Uuid,
        link_id: Uuid,
        external_id: Option<&'a str>,
        profiles: usize,
    ) -> Webhook<'a> {
        Webhook {
            webhook_id,
            webhook_type: "EMPLOYMENT_RECORDS",
            process_type: "historical_update",
            webhook_code: "historical_update",
            link_id,
            request_id,
            external_id,
            data: EmploymentRecordsData { total_employment_record_profiles: profiles },
        }
    }
}

fn hex<S: serde::Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&id.simple())
}
