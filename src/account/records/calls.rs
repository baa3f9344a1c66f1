//! The calls of `/api/employment-records/` and `/api/mx/current-employments/`, one method for each.

use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::LinkNumber;
use crate::account::lifecycle::{CURRENT_EMPLOYMENT, EMPLOYMENT_RECORD};
use crate::account::records::{CURRENT_EMPLOYMENT_FIELDS, FIELDS, LinkedRecord, Record, Records};
use crate::account::request::context::CallContext;
use crate::account::request::fields::Fields;
use crate::account::request::filter::Filter;
use crate::account::request::mode::RequestMode;
use crate::account::request::names::parse_id;
use crate::account::request::projection::Projected;
use crate::account::request::query::Query;
use crate::account::schedule::Load;
use crate::error::Error;
use crate::model::current_employment::CurrentEmployment;
use crate::model::employment_record::EmploymentRecord;
use crate::model::page::Page;

/// The result of a retrieval.
#[derive(Debug)]
pub(crate) enum Retrieved<T> {
    /// The data, of which some is stored for the first time.
    New(Vec<T>),
    /// The data, of which nothing is new.
    Known(Vec<T>),
    /// The data will be loaded in the background. The webhook repeats this request id.
    Later(Uuid),
}

/// The body of a retrieval.
struct Retrieval {
    link: Uuid,
    attach_pdf: bool,
    save_data: bool,
}

impl Retrieval {
    fn parse(body: &[u8]) -> Result<Retrieval, Error> {
        let mut fields = Fields::parse(body)?;
        let link = fields.required_uuid("link");
        let attach_pdf = fields.optional_bool("attach_pdf", false);
        let save_data = fields.optional_bool("save_data", true);
        fields.finish()?;
        let link = link.expect("a field without a value has noted a problem");
        Ok(Retrieval { link, attach_pdf, save_data })
    }
}

impl Account {
    /// `POST /api/employment-records/`: reads the data now, or in the background.
    pub(crate) fn retrieve_employment_records<'a>(
        &'a mut self,
        context: &mut CallContext,
        body: &[u8],
        mode: RequestMode,
        query: &'a Query,
    ) -> Result<Retrieved<Projected<'a, EmploymentRecord<'a>>>, Error> {
        let retrieval = Retrieval::parse(body)?;
        let number = self.link_to_retrieve(&retrieval)?;
        if mode == RequestMode::Async {
            self.check_room()?;
        }
        self.logins().log_in_again(Some(context), number)?;
        let load = Load {
            request_id: context.request_id,
            employment_records: true,
            current_employments: false,
            with_pdf: retrieval.attach_pdf,
        };
        if mode == RequestMode::Async {
            self.schedule_load(context, number, load);
            return Ok(Retrieved::Later(load.request_id));
        }
        if !retrieval.save_data {
            let profiles = 0..self.known_link(number).accept().data.profiles();
            let records = profiles
                .map(|profile| self.new_record(number, EMPLOYMENT_RECORD, profile, load.with_pdf))
                .map(|record| query.select(self.reader().show_record(&record)))
                .collect();
            return Ok(Retrieved::Known(records));
        }
        self.load(number, load);
        let records = self.employment_records.of_link(number);
        let records = records.map(|record| query.select(self.reader().show_record(record)));
        Ok(Retrieved::New(records.collect()))
    }

    /// `GET /api/employment-records/`.
    pub(crate) fn list_employment_records<'a>(
        &'a self,
        query: &'a Query,
    ) -> Result<Page<Projected<'a, EmploymentRecord<'a>>>, Error> {
        let filter = Filter::<Record>::parse(FIELDS, query)?;
        let matches = self.candidates(&self.employment_records, query);
        let matches = matches.filter(|found| filter.lets_through(found));
        query.page(self.settings.page_size, matches, |found| {
            query.select(self.reader().show_record(found.record))
        })
    }

    /// `GET /api/employment-records/{id}/`.
    pub(crate) fn employment_record<'a>(
        &'a self,
        id: &str,
        query: &'a Query,
    ) -> Result<Projected<'a, EmploymentRecord<'a>>, Error> {
        let record = self.employment_records.get(parse_id(id)?).ok_or_else(Error::not_found)?;
        Ok(query.select(self.reader().show_record(record)))
    }

    /// `DELETE /api/employment-records/{id}/`.
    pub(crate) fn delete_employment_record(&mut self, id: &str) -> Result<(), Error> {
        let id = parse_id(id)?;
        self.employment_records.get(id).ok_or_else(Error::not_found)?;
        self.rate_limits.admit_deletion(self.now)?;
        self.employment_records.remove(id);
        Ok(())
    }

    /// `POST /api/mx/current-employments/`: reads the present employment, which exists for IMSS
    /// only.
    pub(crate) fn retrieve_current_employments(
        &mut self,
        context: &mut CallContext,
        body: &[u8],
    ) -> Result<Retrieved<CurrentEmployment<'_>>, Error> {
        let retrieval = Retrieval::parse(body)?;
        let number = self.link_to_retrieve(&retrieval)?;
        if !self.known_link(number).request.institution.has_current_employments() {
            return Err(Error::unsupported_operation());
        }
        self.logins().log_in_again(Some(context), number)?;
        if !retrieval.save_data {
            let record = self.new_record(number, CURRENT_EMPLOYMENT, 0, false);
            return Ok(Retrieved::Known(vec![self.reader().show_current_employment(&record)]));
        }
        let (id, is_new) = self.read_current_employment(number);
        self.plan_expiry_of_data(number);
        let record = self.current_employments.get(id).expect("it was stored just now");
        let shown = vec![self.reader().show_current_employment(record)];
        Ok(if is_new { Retrieved::New(shown) } else { Retrieved::Known(shown) })
    }

    /// `GET /api/mx/current-employments/`.
    pub(crate) fn list_current_employments(
        &self,
        query: &Query,
    ) -> Result<Page<CurrentEmployment<'_>>, Error> {
        let filter = Filter::<Record>::parse(CURRENT_EMPLOYMENT_FIELDS, query)?;
        let matches = self.candidates(&self.current_employments, query);
        let matches = matches.filter(|found| filter.lets_through(found));
        query.page(self.settings.page_size, matches, |found| {
            self.reader().show_current_employment(found.record)
        })
    }

    /// `GET /api/mx/current-employments/{id}/`.
    pub(crate) fn current_employment(&self, id: &str) -> Result<CurrentEmployment<'_>, Error> {
        let record = self.current_employments.get(parse_id(id)?).ok_or_else(Error::not_found)?;
        Ok(self.reader().show_current_employment(record))
    }

    /// `DELETE /api/mx/current-employments/{id}/`.
    pub(crate) fn delete_current_employment(&mut self, id: &str) -> Result<(), Error> {
        self.current_employments.remove(parse_id(id)?).map(drop).ok_or_else(Error::not_found)
    }

    /// Tells that the account has a link or a record with this id.
    pub(crate) fn has(&self, id: Uuid) -> bool {
        self.links.number_of(id).is_some()
            || self.employment_records.get(id).is_some()
            || self.current_employments.get(id).is_some()
    }

    fn link_to_retrieve(&self, retrieval: &Retrieval) -> Result<LinkNumber, Error> {
        let lookup = format_args!("id={}", retrieval.link);
        self.links.number_of(retrieval.link).ok_or_else(|| Error::does_not_exist(lookup).on("link"))
    }

    /// Returns the records, the newest first. A filter for a known link narrows the search.
    fn candidates<'a>(
        &'a self,
        records: &'a Records,
        query: &Query,
    ) -> Box<dyn Iterator<Item = LinkedRecord<'a>> + 'a> {
        let link_of = |record: &'a Record| self.known_link(record.link);
        match query.uuid("link") {
            None => Box::new(
                records
                    .newest_first()
                    .map(move |record| LinkedRecord { record, link: link_of(record) }),
            ),
            Some(link) => {
                let number = self.links.number_of(link);
                let found = number.into_iter().flat_map(|number| records.of_link(number));
                Box::new(found.map(move |record| LinkedRecord { record, link: link_of(record) }))
            }
        }
    }
}
