//! Generates people and their working lives from the seed, the scenario and the CURP.
//!
//! Jobs and raises have fixed dates. So a later reading of a person shows the same past, and only
//! the events since then are new.

mod government;
mod history;
mod locale;
mod overridden;
mod person;
mod written;

pub(crate) use overridden::overridden;
pub(crate) use written::changed as written_life;

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::generate::history::History;
use crate::generate::person::Person;
use crate::model::Timestamp;
use crate::model::current_employment::Job;
use crate::model::employment_record::{
    DocumentId, DocumentType, Employment, EmploymentScore, Entitlements, PersonalData,
    SalaryEstimation, SocialSecuritySummary, Spell,
};
use crate::model::money::Money;
use crate::model::profile::{DataSource, EmploymentStatus, Profile};
use crate::seed::Seed;

/// The time for which IMSS insures a person after the last job: eight weeks.
const INSURED_AFTER_JOB_DAYS: u64 = 56;

/// The person whose working life is generated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub curp: &'a str,
    pub email: Option<&'a str>,
    /// The institution that the data comes from, unless the profile names another.
    pub source: DataSource,
    /// The changes of the person's working life since the profile was drawn, in order.
    pub changes: &'a [(Timestamp, Change)],
}

/// A change of a working life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    NewJob,
    JobLoss,
    Raise,
}

/// Returns the working life that `profile` outlines, as the institution reports it on `today`.
pub(crate) fn employment(
    profile: &Profile,
    subject: Subject<'_>,
    seed: &Seed,
    today: NaiveDate,
) -> Employment {
    let source = profile.source.unwrap_or(subject.source);
    let person = Person::new(subject.curp, &seed.child("person"));
    let mut history = History::new(profile, &person, &seed.child("history"));
    for (at, change) in subject.changes {
        history.change(at.date_naive(), *change);
    }
    let spells = history.spells(source, today);
    let entitlements = entitlements(profile.status, &spells, today);
    let imss = (source == DataSource::Imss).then(|| Imss::new(&spells, &seed.child("imss")));
    let (social_security_summary, employment_scores, salary_estimation) = match imss {
        Some(imss) => (Some(imss.summary), Some(imss.scores), Some(imss.estimation)),
        None => (None, None, None),
    };
    Employment {
        personal_data: PersonalData {
            official_name: Some(person.official_name()),
            first_name: Some(person.first_name.to_owned()),
            last_name: Some(person.last_name()),
            birth_date: Some(person.birth_date),
            email: subject.email.map(str::to_owned),
            entitlements,
            document_ids: document_ids(&person, subject.curp, source, history.first_day()),
        },
        social_security_summary,
        employment_records: spells,
        employment_scores,
        salary_estimation,
    }
}

/// Returns the report about a person whom the institution does not know.
pub(crate) fn nothing_known() -> Employment {
    Employment {
        personal_data: PersonalData {
            official_name: None,
            first_name: None,
            last_name: None,
            birth_date: None,
            email: None,
            entitlements: Entitlements {
                entitled_to_health_insurance: false,
                entitled_to_company_benefits: false,
                valid_until: None,
                status: None,
            },
            document_ids: Vec::new(),
        },
        social_security_summary: None,
        employment_records: Vec::new(),
        employment_scores: None,
        salary_estimation: None,
    }
}

/// Returns the jobs that a person has on `today`, as in IMSS's report of the month. Jobs of a
/// scenario file that begin later or have ended are left out.
pub(crate) fn current_jobs(employment: &Employment, seed: &Seed, today: NaiveDate) -> Vec<Job> {
    let first_of_month = today.with_day(1).expect("every month has a first day");
    employment
        .employment_records
        .iter()
        .filter(|spell| spell.start_date <= today)
        .filter(|spell| spell.end_date.is_none_or(|end| end > today))
        .map(|spell| Job {
            employer: spell.employer.clone(),
            employer_id: spell.employer_id.clone().unwrap_or_default(),
            employer_rfc: company_rfc(spell, seed),
            state: spell.state.clone().unwrap_or_default(),
            days_employed: (today - spell.start_date.max(first_of_month)).num_days() as u32 + 1,
            base_salary: Some(spell.most_recent_base_salary),
            monthly_salary: Some(spell.monthly_salary),
        })
        .collect()
}

/// Returns the RFC of a company: three letters, the date of its foundation and three more
/// characters.
fn company_rfc(spell: &Spell, seed: &Seed) -> String {
    let mut generator = seed.named("company", spell.employer.as_bytes()).generator();
    let letters: String = spell.employer.chars().filter(char::is_ascii_uppercase).take(3).collect();
    let [year, month, day] =
        [(60, 99), (1, 12), (1, 28)].map(|(from, to)| generator.random_range::<u8, _>(from..=to));
    let check = generator.random_range(100..=999);
    format!("{letters:X<3}{year:02}{month:02}{day:02}{check}")
}

/// Returns the entitlements that the last spell gives. `outlined` is the status that the profile
/// gives for the time after that spell.
fn entitlements(outlined: EmploymentStatus, spells: &[Spell], today: NaiveDate) -> Entitlements {
    let last_end = spells.last().map(|spell| spell.end_date);
    let status = match (last_end, outlined) {
        (Some(None), _) => EmploymentStatus::Employed,
        (_, EmploymentStatus::Employed) => EmploymentStatus::Unemployed,
        (_, outlined) => outlined,
    };
    let valid_until = match status {
        EmploymentStatus::Unemployed => {
            last_end.flatten().map(|end| end + Days::new(INSURED_AFTER_JOB_DAYS))
        }
        EmploymentStatus::Employed | EmploymentStatus::Retired => None,
    };
    Entitlements {
        entitled_to_health_insurance: valid_until.is_none_or(|last_day| today <= last_day),
        entitled_to_company_benefits: status == EmploymentStatus::Employed,
        valid_until,
        status: Some(status),
    }
}

/// Returns the ids of the person: the NSS for IMSS, the RFC for ISSSTE.
fn document_ids(
    person: &Person,
    curp: &str,
    source: DataSource,
    first_day: NaiveDate,
) -> Vec<DocumentId> {
    let own = match source {
        DataSource::Imss => (DocumentType::Nss, person.nss(first_day)),
        DataSource::Issste => (DocumentType::Rfc, person.rfc(curp)),
    };
    [own, (DocumentType::Curp, curp.to_owned())]
        .into_iter()
        .map(|(document_type, number)| DocumentId {
            document_type: Some(document_type),
            document_number: Some(number),
        })
        .collect()
}

/// Returns the number of a document of the person with a CURP, whose first job began on a day.
pub(crate) fn document_number(
    kind: DocumentType,
    curp: &str,
    people: &Seed,
    first_day: NaiveDate,
) -> String {
    let person = Person::new(curp, &people.child("person"));
    match kind {
        DocumentType::Nss => person.nss(first_day),
        DocumentType::Rfc => person.rfc(curp),
        DocumentType::Curp => curp.to_owned(),
    }
}

/// The parts of a report that only IMSS gives.
struct Imss {
    summary: SocialSecuritySummary,
    scores: Vec<EmploymentScore>,
    estimation: SalaryEstimation,
}

impl Imss {
    fn new(spells: &[Spell], seed: &Seed) -> Imss {
        let weeks = spells.iter().map(|spell| spell.weeks_employed).sum();
        Imss {
            summary: SocialSecuritySummary {
                weeks_redeemed: 0,
                weeks_reinstated: 0,
                weeks_contributed: weeks,
            },
            scores: scores(weeks, seed),
            estimation: salary_estimation(spells, seed),
        }
    }
}

/// Returns three scores. A longer career raises them, and a longer period lowers them.
fn scores(weeks: i64, seed: &Seed) -> Vec<EmploymentScore> {
    let mut generator = seed.child("scores").generator();
    let career = weeks.clamp(0, 1500) as u16 / 5;
    let mut score = 480 + career + generator.random_range(0..=90);
    [3, 6, 12]
        .into_iter()
        .map(|period| {
            let item = EmploymentScore { score: Some(score), period, version: "1.0.0".to_owned() };
            score -= generator.random_range(15..=70);
            item
        })
        .collect()
}

/// Returns the present salary, plus or minus three per cent. Without a current job there is none.
fn salary_estimation(spells: &[Spell], seed: &Seed) -> SalaryEstimation {
    let mut generator = seed.child("salary_estimation").generator();
    let current = spells.last().filter(|spell| spell.end_date.is_none());
    let (status, estimate) = match current {
        Some(spell) => (
            EmploymentStatus::Employed,
            spell.most_recent_base_salary.times(generator.random_range(970..=1030), 1000),
        ),
        None => (EmploymentStatus::Unemployed, Money::from_cents(0)),
    };
    SalaryEstimation {
        employment_status_estimate: Some(status),
        base_salary_estimate: Some(estimate),
        currency: "MXN".to_owned(),
    }
}
