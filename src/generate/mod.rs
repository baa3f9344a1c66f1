//! Generates people and their working lives from the seed, the scenario and the CURP.
//!
//! Who somebody is follows from the seed and the CURP. The working life is drawn forwards from the
//! first job (`timeline`), and its end is fitted to the profile as of the day of the registration
//! (`course`). So the past does not depend on that day, a later reading shows the same past, and only
//! the events since then are new.

mod calendar;
mod career;
mod chance;
mod course;
mod draw;
mod employers;
mod invention;
mod names;
mod nss;
mod overridden;
mod pay;
mod pensions;
mod person;
mod regions;
mod rfc;
mod scores;
mod shortfalls;
mod spells;
#[cfg(test)]
mod tests;
mod timeline;
mod wages;
mod weeks;
mod written;

pub(crate) use invention::{ABROAD, Wishes, invent_curp};
pub(crate) use overridden::overridden;
pub(crate) use person::Person;
pub(crate) use shortfalls::shortfalls;
pub(crate) use written::changed as written_life;

use chrono::{Datelike, Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::generate::career::Career;
use crate::generate::employers::employer_rfc;
use crate::model::Timestamp;
use crate::model::current_employment::Job;
use crate::model::employment_record::{
    DocumentId, DocumentType, Employment, Entitlements, PersonalData, Spell,
};
use crate::model::profile::{DataSource, EmploymentStatus, Profile};
use crate::seed::Seed;

/// The time for which IMSS insures a person after the last job: eight weeks.
const INSURED_AFTER_JOB_DAYS: u64 = 56;

/// The person whose working life is generated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub curp: &'a str,
    /// The seed of all people. Who the person is follows from it and from the CURP.
    pub people: &'a Seed,
    pub email: Option<&'a str>,
    /// The institution that the data comes from, unless the profile names another.
    pub source: DataSource,
    /// The day on which the person is what the profile says: that of the registration.
    pub registered_on: NaiveDate,
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
    let person = Person::new(subject.curp, subject.people);
    let career_seed = seed.child("career");
    let mut career = Career::new(
        profile,
        &person,
        source,
        [subject.people, &career_seed],
        subject.registered_on,
    );
    for (at, change) in subject.changes {
        career.change(at.date_naive(), *change);
    }
    let spells = spells::spells(&career, today);
    let entitlements = entitlements(&career, &spells, today);
    let imss = (source == DataSource::Imss).then(|| {
        let seed = seed.child("imss");
        let has_pension = entitlements.status == Some(EmploymentStatus::Retired);
        let summary = weeks::summary(&spells, has_pension, &seed, today);
        let scores = scores::scores(&spells, summary.weeks_contributed, &seed, today);
        (summary, scores, scores::salary_estimation(&spells, &seed))
    });
    let (social_security_summary, employment_scores, salary_estimation) = match imss {
        Some((summary, scores, estimation)) => (Some(summary), Some(scores), Some(estimation)),
        None => (None, None, None),
    };
    Employment {
        personal_data: PersonalData {
            official_name: Some(person.official_name()),
            first_name: Some(person.first_name()),
            last_name: Some(person.last_name()),
            birth_date: Some(person.birth_date),
            email: subject.email.map(str::to_owned),
            entitlements,
            document_ids: document_ids(&person, subject.curp, source, &spells),
        },
        social_security_summary,
        employment_records: spells,
        employment_scores,
        salary_estimation,
    }
}

/// Returns the seed of the working life that a scenario gives to a CURP.
pub(crate) fn career_seed(people: &Seed, scenario: &str, curp: &str) -> Seed {
    people.child(scenario).named("employment", curp.as_bytes())
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
pub(crate) fn current_jobs(employment: &Employment, people: &Seed, today: NaiveDate) -> Vec<Job> {
    let first_of_month = today.with_day(1).expect("every month has a first day");
    employment
        .employment_records
        .iter()
        .filter(|spell| spell.start_date <= today)
        .filter(|spell| spell.end_date.is_none_or(|end| end > today))
        .map(|spell| Job {
            employer: spell.employer.clone(),
            employer_id: spell.employer_id.clone().unwrap_or_default(),
            employer_rfc: employer_rfc(&spell.employer, people, spell.start_date),
            state: spell.state.clone().unwrap_or_default(),
            days_employed: (today - spell.start_date.max(first_of_month)).num_days() as u32 + 1,
            base_salary: Some(spell.most_recent_base_salary),
            monthly_salary: Some(spell.monthly_salary),
        })
        .collect()
}

/// Returns the entitlements that a working life gives. Without any job there is no status.
fn entitlements(career: &Career<'_>, spells: &[Spell], today: NaiveDate) -> Entitlements {
    let last_end = spells.iter().map(|spell| spell.end_date.unwrap_or(today)).max();
    let has_job = spells.iter().any(|spell| spell.end_date.is_none());
    let status = last_end.map(|_| match has_job {
        true => EmploymentStatus::Employed,
        false if career.has_pension(today, weeks::contributed(spells, today)) => {
            EmploymentStatus::Retired
        }
        false => EmploymentStatus::Unemployed,
    });
    let valid_until = last_end
        .filter(|_| status == Some(EmploymentStatus::Unemployed))
        .map(|end| end + Days::new(INSURED_AFTER_JOB_DAYS));
    Entitlements {
        entitled_to_health_insurance: status.is_some()
            && valid_until.is_none_or(|last_day| today <= last_day),
        entitled_to_company_benefits: has_job,
        valid_until,
        status,
    }
}

/// Returns the ids of the person: the NSS for IMSS, the RFC for ISSSTE. Somebody who never worked has
/// neither.
fn document_ids(
    person: &Person,
    curp: &str,
    source: DataSource,
    spells: &[Spell],
) -> Vec<DocumentId> {
    let own = spells.first().map(|first| match source {
        DataSource::Imss => (DocumentType::Nss, person.nss_by(first.start_date.year())),
        DataSource::Issste => (DocumentType::Rfc, person.rfc.clone()),
    });
    own.into_iter()
        .chain([(DocumentType::Curp, curp.to_owned())])
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
    let person = Person::new(curp, people);
    match kind {
        DocumentType::Nss => person.nss_by(first_day.year()),
        DocumentType::Rfc => person.rfc,
        DocumentType::Curp => curp.to_owned(),
    }
}
