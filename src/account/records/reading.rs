//! Makes the content of a stored record.

use chrono::NaiveDate;

use crate::account::links::{Link, Links};
use crate::account::records::Record;
use crate::generate::{self, Subject};
use crate::metrics::figures;
use crate::model::Timestamp;
use crate::model::curp;
use crate::model::current_employment::CurrentEmployment;
use crate::model::employment_metrics::EmploymentMetrics;
use crate::model::employment_record::{DocumentId, Employment, EmploymentRecord, File};
use crate::model::owner::{Owner, Person};
use crate::model::profile::EmploymentStatus;
use crate::model::written_record::{Reading, WrittenRecord};
use crate::scenario::{Data, Generated};
use crate::seed::Seed;

/// The parts of an account from which the content of its records follows.
#[derive(Clone, Copy)]
pub(crate) struct RecordReader<'a> {
    pub links: &'a Links,
    /// The seed of the people.
    pub people: &'a Seed,
    pub now: Timestamp,
}

impl<'a> RecordReader<'a> {
    pub(crate) fn show_record(&self, record: &Record) -> EmploymentRecord<'a> {
        let link = self.link_of(record);
        let report_date = record.collected_at.date_naive();
        let file = || File {
            kind: format!("ReporteSemanasCotizadas_{}", report_date.format("%d%m%y")),
            value: None,
        };
        EmploymentRecord {
            id: record.id,
            link: link.id,
            created_at: record.created_at,
            collected_at: record.collected_at,
            report_date,
            days_since_extraction: (self.now - record.collected_at).num_days(),
            internal_identification: &link.request.curp,
            employment: self.employment(link, record),
            files: record.with_pdf.then(file).into_iter().collect(),
        }
    }

    pub(crate) fn show_current_employment(&self, record: &Record) -> CurrentEmployment<'a> {
        let link = self.link_of(record);
        let employment = self.employment(link, record);
        let today = record.collected_at.date_naive();
        let seed = self.people.named("employer_rfc", link.request.curp.as_bytes());
        let jobs = generate::current_jobs(&employment, &seed, today);
        let is_employed = !jobs.is_empty();
        CurrentEmployment {
            id: record.id,
            link: link.id,
            created_at: record.created_at,
            collected_at: record.collected_at,
            month: is_employed.then(|| today.format("%Y-%m").to_string()),
            internal_identification: is_employed.then_some(&*link.request.curp),
            current_employment_records: is_employed.then_some(jobs),
            personal_data: employment.personal_data.into(),
            status: match is_employed {
                true => EmploymentStatus::Employed,
                false => EmploymentStatus::Unemployed,
            },
        }
    }

    pub(crate) fn show_owner(&self, record: &Record) -> Owner<'a> {
        let link = self.link_of(record);
        Owner {
            id: record.id,
            link: link.id,
            created_at: record.created_at,
            collected_at: record.collected_at,
            internal_identification: &link.request.curp,
            person: self.owner(record),
            phone_number: None,
            address: None,
            business_name: None,
            first_name: None,
            last_name: None,
            second_last_name: None,
        }
    }

    /// Returns employment metrics with their figures, computed from the records that the calculation
    /// used.
    pub(crate) fn show_metrics(&self, record: &Record) -> EmploymentMetrics {
        let link = self.link_of(record);
        let calculation = record.calculation.as_ref().expect("metrics have a calculation");
        let of_profile = |profile: &usize| {
            self.employment(link, &Record { profile: *profile, ..record.clone() })
        };
        let records: Vec<Employment> = calculation.profiles.iter().map(of_profile).collect();
        let curp = &link.request.curp;
        let new_year = || NaiveDate::from_ymd_opt(curp::birth_year(curp)?, 1, 1);
        let born = curp::birth_date(curp).or_else(new_year);
        EmploymentMetrics {
            id: record.id,
            link: link.id,
            collected_at: record.collected_at,
            created_at: record.created_at,
            updated_at: calculation.at,
            reference_date: calculation.reference_date,
            figures: figures(&records, born, calculation.until()),
        }
    }

    /// Returns the person of a link's record.
    pub(crate) fn owner(&self, record: &Record) -> Person {
        let link = self.link_of(record);
        let data = self.employment(link, record).personal_data;
        let nothing = DocumentId { document_type: None, document_number: None };
        Person {
            display_name: data.official_name,
            email: link.request.email.as_deref().map(str::to_owned).or(data.email),
            document_id: data.document_ids.into_iter().next().unwrap_or(nothing),
        }
    }

    /// Returns the data of the institution as of the time at which the record was read.
    pub(crate) fn employment(&self, link: &Link, record: &Record) -> Employment {
        let mut employment = match &link.accept().data {
            Data::Records(records) => match records.get(record.profile) {
                Some(written) => {
                    let changes = link.changes_until(record.collected_at);
                    let seed = self.people.named("written", link.request.curp.as_bytes());
                    let written = &self.resolved(written, link, record);
                    generate::written_life(written, record.profile == 0, changes, &seed)
                }
                None => generate::nothing_known(),
            },
            Data::Generate(generated) => self.generated(link, record, generated),
        };
        for spell in &mut employment.employment_records {
            spell.collected_at = record.collected_at;
        }
        employment
    }

    /// Returns a generated working life. Where the scenario changes it, the steps of the scenario
    /// follow the change, as they do for a life that is written out.
    fn generated(&self, link: &Link, record: &Record, generated: &Generated) -> Employment {
        let scenario = self.people.child(link.scenario.name.as_str());
        let seed = scenario.named("employment", link.request.curp.as_bytes());
        let today = record.collected_at.date_naive();
        let changes = link.changes_until(record.collected_at);
        let subject = Subject {
            curp: &link.request.curp,
            email: link.request.email.as_deref(),
            source: link.request.institution.source,
            changes: if generated.overrides.is_some() { &[] } else { changes },
        };
        let life = generate::employment(&generated.profile, subject, &seed, today);
        let Some(overrides) = &generated.overrides else { return life };
        let changed = generate::overridden(&life, overrides, today);
        let seed = self.people.named("written", link.request.curp.as_bytes());
        generate::written_life(&changed, true, changes, &seed)
    }

    /// Returns a record that is written out, with all that follows from what is written.
    fn resolved(&self, written: &WrittenRecord, link: &Link, record: &Record) -> Employment {
        let curp = &link.request.curp;
        written.resolved(&Reading {
            curp,
            email: link.request.email.as_deref(),
            source: link.request.institution.source,
            login: link.created_at.date_naive(),
            today: record.collected_at.date_naive(),
            document_number: &|kind, first_day| {
                generate::document_number(kind, curp, self.people, first_day)
            },
        })
    }

    fn link_of(&self, record: &Record) -> &'a Link {
        self.links.get(record.link).expect("records are dropped together with their link")
    }
}
