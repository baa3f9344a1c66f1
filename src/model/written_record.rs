//! Records that a scenario file writes out. They can leave out what follows from the rest.

use chrono::{Days, NaiveDate, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::model::Timestamp;
use crate::model::curp;
use crate::model::day::Day;
use crate::model::employment_record::{
    DocumentId, DocumentType, Employment, EmploymentScore, Entitlements, PersonalData,
    SalaryEstimation, SocialSecuritySummary, Spell, StatusUpdate, UpdateEvent,
};
use crate::model::money::Money;
use crate::model::profile::{DataSource, EmploymentStatus};

/// The time for which IMSS insures a person after the last job: eight weeks.
const INSURED_AFTER_JOB: Days = Days::new(56);
const NOTHING: Money = Money::from_cents(0);

/// The facts about a reading from which the rest of a record follows.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub curp: &'a str,
    /// The `username2` of the link.
    pub email: Option<&'a str>,
    pub source: DataSource,
    /// The day from which relative days count.
    pub login: NaiveDate,
    /// The day of the institution's report.
    pub today: NaiveDate,
    /// Makes the number of a document of a person whose first job began on a day.
    pub document_number: &'a dyn Fn(DocumentType, NaiveDate) -> String,
}

/// A record that is written out, with the keys of Belvo's record. What is left out follows from the
/// rest, or is null.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRecord {
    /// The person. By default all follows from the CURP and the spells.
    #[serde(default)]
    pub personal_data: WrittenPerson,
    /// The weeks at IMSS. By default they are those of the spells, and null for ISSSTE.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<WrittenSummary>")]
    pub social_security_summary: Option<Option<WrittenSummary>>,
    /// The spells of employment, the oldest first.
    pub employment_records: Vec<WrittenSpell>,
    /// The scores. The default is null.
    #[serde(default)]
    pub employment_scores: Option<Vec<EmploymentScore>>,
    /// The estimate of the salary. The default is null.
    #[serde(default)]
    pub salary_estimation: Option<SalaryEstimation>,
}

/// The person of a record.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenPerson {
    /// The whole name. By default it is the first and the last name.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", extend("examples" = ["ANA PEREZ LOPEZ"]))]
    pub official_name: Option<Option<String>>,
    /// The given names.
    #[serde(default)]
    #[schemars(extend("examples" = ["ANA"]))]
    pub first_name: Option<String>,
    /// The surnames.
    #[serde(default)]
    #[schemars(extend("examples" = ["PEREZ LOPEZ"]))]
    pub last_name: Option<String>,
    /// The date of birth. The default is that of the CURP.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Day>")]
    pub birth_date: Option<Option<Day>>,
    /// The e-mail address. The default is the `username2` of the link.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", extend("examples" = ["ana@example.com"]))]
    pub email: Option<Option<String>>,
    /// The entitlements. By default they follow from the spells.
    #[serde(default)]
    pub entitlements: WrittenEntitlements,
    /// The documents. By default there is the NSS, or the RFC for ISSSTE, and the CURP.
    #[serde(default)]
    pub document_ids: Option<Vec<WrittenDocument>>,
}

/// The entitlements of a person. What is left out follows from the spells.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenEntitlements {
    /// True for a person who has a job, and for eight weeks after the last one.
    #[serde(default)]
    pub entitled_to_health_insurance: Option<bool>,
    /// True for a person who has a job.
    #[serde(default)]
    pub entitled_to_company_benefits: Option<bool>,
    /// The last day of the entitlement: eight weeks after the last job, and null with a job.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Day>")]
    pub valid_until: Option<Option<Day>>,
    /// The status. Without any spell it is null.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<EmploymentStatus>")]
    pub status: Option<Option<EmploymentStatus>>,
}

/// The number of a document. Without the number, it follows from the CURP.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenDocument {
    /// The kind of the document.
    #[serde(default)]
    pub document_type: Option<DocumentType>,
    /// The number of the document.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", extend("examples" = ["10277663582"]))]
    pub document_number: Option<Option<String>>,
}

/// The weeks at IMSS.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenSummary {
    /// The weeks that were paid out. The default is 0.
    #[serde(default)]
    #[schemars(extend("examples" = [0]))]
    pub weeks_redeemed: i64,
    /// The weeks that were paid back. The default is 0.
    #[serde(default)]
    #[schemars(extend("examples" = [0]))]
    pub weeks_reinstated: i64,
    /// All weeks. By default they are those of the spells, in which weeks with two jobs count once.
    #[serde(default)]
    #[schemars(extend("examples" = [352]))]
    pub weeks_contributed: Option<i64>,
}

/// One spell of employment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenSpell {
    /// The name of the employer.
    #[schemars(extend("examples" = ["COMERCIALIZADORA DEL NORTE SA DE CV"]))]
    pub employer: String,
    /// The employer's registration number at IMSS. The default is null.
    #[serde(default)]
    #[schemars(extend("examples" = ["A1234567890"]))]
    pub employer_id: Option<String>,
    /// The first day.
    pub start_date: Day,
    /// The last day. It is null, or left out, for the present job.
    #[serde(default)]
    pub end_date: Option<Day>,
    /// The weeks. By default they follow from the days.
    #[serde(default)]
    #[schemars(extend("examples" = [52]))]
    pub weeks_employed: Option<i64>,
    /// The state, as IMSS writes it. The default is null.
    #[serde(default)]
    #[schemars(extend("examples" = ["JALISCO"]))]
    pub state: Option<String>,
    /// The daily salary. The default is that of the last update.
    #[serde(default)]
    #[schemars(extend("examples" = [762.54]))]
    pub most_recent_base_salary: Option<Money>,
    /// The monthly salary. The default is 365 / 12 days at IMSS, and 30 at ISSSTE.
    #[serde(default)]
    #[schemars(extend("examples" = [23193.93]))]
    pub monthly_salary: Option<Money>,
    /// The currency. The default is MXN.
    #[serde(default)]
    #[schemars(extend("examples" = ["MXN"]))]
    pub currency: Option<String>,
    /// The events of the spell, the oldest first. By default they are its beginning and its end.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Vec<WrittenUpdate>>")]
    pub employment_status_updates: Option<Option<Vec<WrittenUpdate>>>,
}

/// An event of a spell.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenUpdate {
    /// The event.
    #[serde(default)]
    pub event: Option<UpdateEvent>,
    /// The daily salary as of the day. The default is the most recent one of the spell.
    #[serde(default)]
    #[schemars(extend("examples" = [762.54]))]
    pub base_salary: Option<Money>,
    /// The day of the event.
    pub update_date: Day,
}

/// Tells null from a key that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl WrittenRecord {
    /// Returns the whole record as of a reading.
    pub(crate) fn resolved(&self, reading: &Reading<'_>) -> Employment {
        let spells: Vec<Spell> =
            self.employment_records.iter().map(|spell| spell.resolved(reading)).collect();
        let summary = match &self.social_security_summary {
            None if reading.source == DataSource::Issste => None,
            None => Some(WrittenSummary::default()),
            Some(written) => written.clone(),
        };
        Employment {
            personal_data: self.personal_data.resolved(&spells, reading),
            social_security_summary: summary.map(|summary| SocialSecuritySummary {
                weeks_redeemed: summary.weeks_redeemed,
                weeks_reinstated: summary.weeks_reinstated,
                weeks_contributed: summary
                    .weeks_contributed
                    .unwrap_or_else(|| weeks(&spells, reading)),
            }),
            employment_records: spells,
            employment_scores: self.employment_scores.clone(),
            salary_estimation: self.salary_estimation.clone(),
        }
    }
}

/// Counts the weeks of all spells. Those of several spells at the same time count once.
fn weeks(spells: &[Spell], reading: &Reading<'_>) -> i64 {
    let mut days: Vec<(NaiveDate, NaiveDate)> = spells
        .iter()
        .map(|spell| (spell.start_date, spell.end_date.unwrap_or(reading.today)))
        .collect();
    days.sort_unstable();
    let mut sum = TimeDelta::zero();
    let mut counted = NaiveDate::MIN;
    for (start, end) in days {
        let start = start.max(counted);
        sum += (end - start).max(TimeDelta::zero());
        counted = counted.max(end);
    }
    sum.num_weeks()
}

impl WrittenPerson {
    fn resolved(&self, spells: &[Spell], reading: &Reading<'_>) -> PersonalData {
        let names: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        let whole_name = || (!names.is_empty()).then(|| names.join(" "));
        let birth_date = self.birth_date.map(|written| written.map(|day| day.date(reading.login)));
        let email = || reading.email.map(str::to_owned);
        PersonalData {
            official_name: self.official_name.clone().unwrap_or_else(whole_name),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            birth_date: birth_date.unwrap_or_else(|| curp::birth_date(reading.curp)),
            email: self.email.clone().unwrap_or_else(email),
            entitlements: self.entitlements.resolved(spells, reading),
            document_ids: self.documents(spells, reading),
        }
    }

    fn documents(&self, spells: &[Spell], reading: &Reading<'_>) -> Vec<DocumentId> {
        let first_day = spells.iter().map(|spell| spell.start_date).min().unwrap_or(reading.today);
        let number = |kind: DocumentType| match kind {
            DocumentType::Curp => reading.curp.to_owned(),
            other => (reading.document_number)(other, first_day),
        };
        let own = match reading.source {
            DataSource::Imss => DocumentType::Nss,
            DataSource::Issste => DocumentType::Rfc,
        };
        let by_default = [own, DocumentType::Curp]
            .map(|kind| WrittenDocument { document_type: Some(kind), document_number: None });
        let documents = self.document_ids.clone().unwrap_or_else(|| Vec::from(by_default));
        let resolved = |WrittenDocument { document_type, document_number }| DocumentId {
            document_type,
            document_number: document_number.unwrap_or_else(|| document_type.map(number)),
        };
        documents.into_iter().map(resolved).collect()
    }
}

impl WrittenEntitlements {
    fn resolved(&self, spells: &[Spell], reading: &Reading<'_>) -> Entitlements {
        let has_job =
            spells.iter().any(|spell| spell.end_date.is_none_or(|end| end > reading.today));
        let last_end = spells.iter().filter_map(|spell| spell.end_date).max();
        let insured_until = last_end.filter(|_| !has_job).map(|end| end + INSURED_AFTER_JOB);
        let valid_until =
            self.valid_until.map(|written| written.map(|day| day.date(reading.login)));
        let valid_until = valid_until.unwrap_or(insured_until);
        let is_insured = has_job || valid_until.is_some_and(|last_day| reading.today <= last_day);
        let status = match (has_job, last_end) {
            (true, _) => Some(EmploymentStatus::Employed),
            (false, Some(_)) => Some(EmploymentStatus::Unemployed),
            (false, None) => None,
        };
        Entitlements {
            entitled_to_health_insurance: self.entitled_to_health_insurance.unwrap_or(is_insured),
            entitled_to_company_benefits: self.entitled_to_company_benefits.unwrap_or(has_job),
            valid_until,
            status: self.status.unwrap_or(status),
        }
    }
}

impl WrittenSpell {
    fn resolved(&self, reading: &Reading<'_>) -> Spell {
        let start_date = self.start_date.date(reading.login);
        let end_date = self.end_date.map(|day| day.date(reading.login));
        let last_day = end_date.unwrap_or(reading.today);
        let last_update = self.employment_status_updates.iter().flatten().flatten().last();
        let salary = self.most_recent_base_salary;
        let salary = salary.or_else(|| last_update?.base_salary).unwrap_or(NOTHING);
        let monthly = match reading.source {
            DataSource::Imss => salary.times(365, 12),
            DataSource::Issste => salary.times(30, 1),
        };
        Spell {
            collected_at: Timestamp::default(),
            employer: self.employer.clone(),
            employer_id: self.employer_id.clone(),
            start_date,
            end_date,
            weeks_employed: self
                .weeks_employed
                .unwrap_or_else(|| (last_day - start_date).num_weeks().max(0)),
            state: self.state.clone(),
            most_recent_base_salary: salary,
            monthly_salary: self.monthly_salary.unwrap_or(monthly),
            currency: self.currency.clone().unwrap_or_else(|| "MXN".to_owned()),
            employment_status_updates: match &self.employment_status_updates {
                Some(None) => None,
                Some(Some(updates)) => {
                    Some(updates.iter().map(|update| update.resolved(salary, reading)).collect())
                }
                None => Some(updates_of(start_date, end_date, salary, reading.source)),
            },
        }
    }
}

/// Returns the beginning and the end of a spell. ISSSTE calls all events normal.
fn updates_of(
    start: NaiveDate,
    end: Option<NaiveDate>,
    base_salary: Money,
    source: DataSource,
) -> Vec<StatusUpdate> {
    let events = [(UpdateEvent::Hired, Some(start)), (UpdateEvent::DismissedResigned, end)];
    let update = |(event, day): (UpdateEvent, Option<NaiveDate>)| {
        let event = if source == DataSource::Imss { event } else { UpdateEvent::Normal };
        Some(StatusUpdate { event: Some(event), base_salary, update_date: day? })
    };
    events.into_iter().filter_map(update).collect()
}

impl WrittenUpdate {
    fn resolved(&self, salary: Money, reading: &Reading<'_>) -> StatusUpdate {
        StatusUpdate {
            event: self.event,
            base_salary: self.base_salary.unwrap_or(salary),
            update_date: self.update_date.date(reading.login),
        }
    }
}
