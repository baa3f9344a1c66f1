//! Current employments: the jobs that a person has in a month. They exist for IMSS only.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::model::employment_record::{DocumentId, PersonalData};
use crate::model::money::Money;
use crate::model::profile::EmploymentStatus;
use crate::model::{Timestamp, six_digits, six_digits_schema};

/// A current employment as Belvo returns it. All keys are always present.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CurrentEmployment<'a> {
    pub id: Uuid,
    pub link: Uuid,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub collected_at: Timestamp,
    /// The month, `YYYY-MM`. It is null for a person without a job, as are `internal_identification`
    /// and `current_employment_records`.
    pub month: Option<String>,
    /// The CURP of the person.
    pub internal_identification: Option<&'a str>,
    pub current_employment_records: Option<Vec<Job>>,
    pub personal_data: Holder,
    /// The status: `EMPLOYED` or `UNEMPLOYED`.
    #[schemars(with = "String", extend("enum" = ["EMPLOYED", "UNEMPLOYED"]))]
    pub status: EmploymentStatus,
}

/// The person whose employment it is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Holder {
    pub official_name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub document_ids: Vec<DocumentId>,
}

/// A job that the person has in the month.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Job {
    pub employer: String,
    pub employer_id: String,
    pub employer_rfc: String,
    pub state: String,
    /// The days of the month with the job, up to the day of the report.
    pub days_employed: u32,
    /// The daily salary.
    pub base_salary: Option<Money>,
    pub monthly_salary: Option<Money>,
}

impl From<PersonalData> for Holder {
    fn from(person: PersonalData) -> Holder {
        Holder {
            official_name: person.official_name,
            first_name: person.first_name,
            last_name: person.last_name,
            birth_date: person.birth_date,
            document_ids: person.document_ids,
        }
    }
}
