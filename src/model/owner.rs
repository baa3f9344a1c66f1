//! Owners: the people of links.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::model::employment_record::DocumentId;
use crate::model::{Timestamp, six_digits, six_digits_schema};

/// An owner as Belvo returns it. All documented keys are present, and may be null.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Owner<'a> {
    pub id: Uuid,
    pub link: Uuid,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub collected_at: Timestamp,
    /// The CURP of the person.
    pub internal_identification: &'a str,
    #[serde(flatten)]
    pub person: Person,
    /// The phone number. The employment institutions give none.
    pub phone_number: Option<&'static str>,
    /// The address. The employment institutions give none.
    pub address: Option<&'static str>,
    // Belvo has deprecated the keys from here on, and sends them without a value.
    pub business_name: Option<&'static str>,
    pub first_name: Option<&'static str>,
    pub last_name: Option<&'static str>,
    pub second_last_name: Option<&'static str>,
}

/// The person of an owner, as in the employment record of the link.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Person {
    /// The official name.
    pub display_name: Option<String>,
    /// The `username2` of the link, or the e-mail address that the record has.
    pub email: Option<String>,
    /// The first document of the record: the NSS for IMSS, the RFC for ISSSTE.
    pub document_id: DocumentId,
}
