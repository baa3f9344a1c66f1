//! Employment records: the data of IMSS or ISSSTE about a person's working life.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::digits::{day, day_or_null};
use crate::model::money::Money;
use crate::model::profile::EmploymentStatus;
use crate::model::{Timestamp, six_digits, six_digits_schema};

/// A record as Belvo returns it. All documented keys are present, and may be null.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EmploymentRecord<'a> {
    pub id: Uuid,
    pub link: Uuid,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    /// The time at which the data was read at the institution.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub collected_at: Timestamp,
    #[serde(serialize_with = "day")]
    #[schemars(with = "NaiveDate")]
    pub report_date: NaiveDate,
    /// The number of whole days from `collected_at` to this answer.
    pub days_since_extraction: i64,
    /// The CURP.
    pub internal_identification: &'a str,
    #[serde(flatten)]
    pub employment: Employment,
    /// The report as a PDF. The list is empty unless the retrieval asked for it.
    pub files: Vec<File>,
}

/// A file of the institution. Its value is null in Belvo's sandbox and in the emulator.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct File {
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Option<String>,
}

/// The part of a record that comes from the institution. A scenario generates it or writes it out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Employment {
    /// The person.
    pub personal_data: PersonalData,
    /// The summary of social security. It is null for ISSSTE.
    pub social_security_summary: Option<SocialSecuritySummary>,
    /// The spells of employment, the oldest first.
    pub employment_records: Vec<Spell>,
    /// The scores. They are null where the institution is not IMSS.
    pub employment_scores: Option<Vec<EmploymentScore>>,
    /// The estimate of the salary. It is null where the institution is not IMSS.
    pub salary_estimation: Option<SalaryEstimation>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonalData {
    /// The whole name.
    #[schemars(extend("examples" = ["ANA PEREZ LOPEZ"]))]
    pub official_name: Option<String>,
    /// The given names.
    #[schemars(extend("examples" = ["ANA"]))]
    pub first_name: Option<String>,
    /// The surnames.
    #[schemars(extend("examples" = ["PEREZ LOPEZ"]))]
    pub last_name: Option<String>,
    /// The date of birth.
    #[schemars(extend("examples" = ["1990-05-12"]))]
    pub birth_date: Option<NaiveDate>,
    /// The `username2` of the link. Belvo has deprecated this key and still sends it.
    #[schemars(extend("examples" = ["ana@example.com"]))]
    pub email: Option<String>,
    /// The entitlements to what IMSS or ISSSTE pays.
    pub entitlements: Entitlements,
    /// The documents, such as the NSS and the CURP.
    pub document_ids: Vec<DocumentId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entitlements {
    /// True for a person who is insured.
    pub entitled_to_health_insurance: bool,
    /// True for a person who has a job.
    pub entitled_to_company_benefits: bool,
    /// The last day of the entitlement. It is null for a person who has a job.
    #[schemars(extend("examples" = ["2026-03-01"]))]
    pub valid_until: Option<NaiveDate>,
    /// The status of the person.
    pub status: Option<EmploymentStatus>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentId {
    /// The kind of the document.
    pub document_type: Option<DocumentType>,
    /// The number of the document.
    #[schemars(extend("examples" = ["10277663582"]))]
    pub document_number: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum DocumentType {
    Nss,
    Curp,
    Rfc,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SocialSecuritySummary {
    /// The weeks that were paid out.
    #[schemars(extend("examples" = [0]))]
    pub weeks_redeemed: i64,
    /// The weeks that were paid back.
    #[schemars(extend("examples" = [0]))]
    pub weeks_reinstated: i64,
    /// All weeks with a job.
    #[schemars(extend("examples" = [352]))]
    pub weeks_contributed: i64,
}

/// One spell of employment. Its end is null for the current job.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spell {
    /// The time at which the record was read. Scenario files do not have this key.
    #[serde(serialize_with = "six_digits", skip_deserializing)]
    #[schemars(schema_with = "six_digits_schema")]
    pub collected_at: Timestamp,
    /// The name of the employer.
    #[schemars(extend("examples" = ["COMERCIALIZADORA DEL NORTE SA DE CV"]))]
    pub employer: String,
    /// The employer's registration number at IMSS. It is null for ISSSTE.
    #[schemars(extend("examples" = ["A1234567890"]))]
    pub employer_id: Option<String>,
    /// The first day.
    #[serde(serialize_with = "day")]
    #[schemars(with = "NaiveDate", extend("examples" = ["2020-01-06"]))]
    pub start_date: NaiveDate,
    /// The last day. It is null for the current job.
    #[serde(serialize_with = "day_or_null")]
    #[schemars(with = "Option<NaiveDate>", extend("examples" = ["2024-02-29"]))]
    pub end_date: Option<NaiveDate>,
    /// The whole weeks of the spell.
    #[schemars(extend("examples" = [52]))]
    pub weeks_employed: i64,
    /// The state, as IMSS writes it. It is null for ISSSTE.
    #[schemars(extend("examples" = ["JALISCO"]))]
    pub state: Option<String>,
    /// The daily salary. For IMSS it includes perks; for ISSSTE it is the monthly salary divided by
    /// 30.
    #[schemars(extend("examples" = [762.54]))]
    pub most_recent_base_salary: Money,
    /// The monthly salary.
    #[schemars(extend("examples" = [23193.93]))]
    pub monthly_salary: Money,
    /// The currency: MXN.
    #[schemars(extend("examples" = ["MXN"]))]
    pub currency: String,
    /// The events of the spell, the oldest first.
    pub employment_status_updates: Option<Vec<StatusUpdate>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusUpdate {
    /// The event.
    pub event: Option<UpdateEvent>,
    /// The daily salary as of the date.
    #[schemars(extend("examples" = [762.54]))]
    pub base_salary: Money,
    /// The day of the event.
    #[serde(serialize_with = "day")]
    #[schemars(with = "NaiveDate", extend("examples" = ["2020-01-06"]))]
    pub update_date: NaiveDate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UpdateEvent {
    Hired,
    DismissedResigned,
    SalaryModification,
    VoluntaryContribution,
    Absence,
    SickLeave,
    // ISSSTE has the events from here on. Their names are those of the institution's data.
    Normal,
    BdutaCertificate,
    DyeCertificate,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmploymentScore {
    /// The score, from 300 to 900. It is null without a work history.
    #[schemars(extend("examples" = [650]))]
    pub score: Option<u16>,
    /// The period that the score looks ahead, in months: 3, 6 or 12.
    #[schemars(extend("examples" = [3, 6, 12]))]
    pub period: u8,
    /// The version of the score, such as 1.0.0.
    #[schemars(extend("examples" = ["1.0.0"]))]
    pub version: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SalaryEstimation {
    /// The estimate of the status: EMPLOYED or UNEMPLOYED.
    pub employment_status_estimate: Option<EmploymentStatus>,
    /// The estimate of the daily salary.
    #[schemars(extend("examples" = [762.54]))]
    pub base_salary_estimate: Option<Money>,
    /// The currency: MXN.
    #[schemars(extend("examples" = ["MXN"]))]
    pub currency: String,
}
