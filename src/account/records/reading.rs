//! Makes the content of a stored record.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

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
    /// The day as of which people are what their scenarios say, if it is not that of the
    /// registration.
    pub careers_as_of: Option<NaiveDate>,
}

/// A record whose content is made when it is written, so that a page of a thousand records holds the
/// content of one at a time.
pub(crate) struct WrittenLater<'a> {
    reader: RecordReader<'a>,
    record: &'a Record,
}

impl<'a> WrittenLater<'a> {
    pub(in crate::account) fn new(
        reader: RecordReader<'a>,
        record: &'a Record,
    ) -> WrittenLater<'a> {
        WrittenLater { reader, record }
    }
}

impl Serialize for WrittenLater<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.reader.show_record(self.record).serialize(serializer)
    }
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
        let jobs = generate::current_jobs(&employment, self.people, today);
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
        let today = record.collected_at.date_naive();
        let changes = link.changes_until(record.collected_at);
        let drawn = if generated.overrides.is_some() { &[] } else { changes };
        let subject = Subject { changes: drawn, ..self.subject(link) };
        let seed = self.career_seed(link);
        let life = generate::employment(&generated.profile, subject, &seed, today);
        let Some(overrides) = &generated.overrides else { return life };
        let changed = generate::overridden(&life, overrides, today);
        let seed = self.people.named("written", link.request.curp.as_bytes());
        generate::written_life(&changed, true, changes, &seed)
    }

    /// Returns sentences on what the scenario of a link asks for and its person cannot have.
    pub(crate) fn shortfalls(&self, link: &Link) -> Vec<String> {
        let Data::Generate(generated) = &link.accept().data else { return Vec::new() };
        let (id, scenario) = (link.id, link.scenario.name.as_str());
        let (subject, seed) = (self.subject(link), self.career_seed(link));
        let found = generate::shortfalls(&generated.profile, subject, &seed);
        let note =
            |why| format!("link {id} has not all that its scenario {scenario} asks for: {why}");
        found.into_iter().map(note).collect()
    }

    fn subject<'b>(&'b self, link: &'b Link) -> Subject<'b> {
        Subject {
            curp: &link.request.curp,
            people: self.people,
            email: link.request.email.as_deref(),
            source: link.request.institution.source,
            registered_on: self.careers_as_of.unwrap_or(link.created_at.date_naive()),
            changes: &[],
        }
    }

    fn career_seed(&self, link: &Link) -> Seed {
        generate::career_seed(self.people, link.scenario.name.as_str(), &link.request.curp)
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
