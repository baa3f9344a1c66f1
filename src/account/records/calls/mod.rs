//! The calls of the resources, one method for each, and the steps that they share.

mod current_employments;
mod employment_metrics;
mod employment_records;
pub(in crate::account) mod owners;

use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::LinkNumber;
use crate::account::records::{IndexedRecords, LinkedRecord, Record};
use crate::account::request::fields::Fields;
use crate::account::request::filter::{Field, Filter};
use crate::account::request::names::parse_id;
use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::link::Resource;
use crate::model::page::Page;
use crate::operations::Operation;

/// The beginnings of the names of parameters that no index knows, so that a list walks over all
/// objects.
pub(in crate::account) const WALKED: &[&str] = &["collected_at", "email", "display_name"];

/// The result of a retrieval.
#[derive(Debug)]
pub(crate) enum Retrieved<T> {
    /// The data, of which some is stored for the first time.
    New(T),
    /// The data, of which nothing is new.
    Known(T),
    /// The data will be loaded in the background. The webhook repeats this request id.
    Later(Uuid),
}

/// The keys that the body of each retrieval has.
struct Retrieval {
    link: Uuid,
    save_data: bool,
}

impl Retrieval {
    /// Parses the body of a retrieval. `more` reads the keys that only some resources have.
    fn parse<T>(body: &[u8], more: impl FnOnce(&mut Fields) -> T) -> Result<(Retrieval, T), Error> {
        let mut fields = Fields::parse(body)?;
        let link = fields.required_uuid("link");
        let more = more(&mut fields);
        let save_data = fields.optional_bool("save_data", true);
        fields.finish()?;
        let link = link.expect("a field without a value has noted a problem");
        Ok((Retrieval { link, save_data }, more))
    }
}

fn attach_pdf(fields: &mut Fields) -> bool {
    fields.optional_bool("attach_pdf", false)
}

/// The number of records that a page shows in the time that other requests can wait. A link takes a
/// sixteenth of the time.
const FEW_RECORDS: usize = 16;
const FEW_LINKS: usize = 16 * FEW_RECORDS;

impl Account {
    /// Tells that a list takes so long that requests of other accounts would be late.
    pub(crate) fn is_long_list(&self, operation: Option<Operation>, query: &Query) -> bool {
        let records = |resource| (self.records.of(resource).len(), FEW_RECORDS);
        let (count, few) = match operation {
            Some(Operation::ListLinks) => (self.links.len(), FEW_LINKS),
            Some(Operation::ListEmploymentRecords) => records(Resource::EmploymentRecords),
            Some(Operation::ListOwners) => records(Resource::Owners),
            Some(Operation::ListCurrentEmployments) => records(Resource::CurrentEmployments),
            Some(Operation::ListEmploymentMetrics) => records(Resource::EmploymentMetrics),
            _ => return false,
        };
        if count <= few || query.text("link").or(query.text("id")).is_some() {
            return false;
        }
        let is_walk = WALKED.iter().any(|name| query.asks(name));
        is_walk || query.page_size(self.settings.page_size) > few
    }

    /// Tells that the account has a link or a record with this id.
    pub(crate) fn has(&self, id: Uuid) -> bool {
        self.links.number_of(id).is_some() || self.records.has(id)
    }

    /// Returns the link that a retrieval names.
    ///
    /// # Errors
    /// 400 when there is no such link, or when its institution does not have the resource.
    fn link_to_retrieve(
        &self,
        retrieval: &Retrieval,
        resource: Resource,
    ) -> Result<LinkNumber, Error> {
        let unknown = || {
            let lookup = format_args!("id={}", retrieval.link);
            Error::does_not_exist(lookup).on("link")
        };
        let number = self.links.number_of(retrieval.link).ok_or_else(unknown)?;
        match self.known_link(number).request.institution.serves(resource) {
            true => Ok(number),
            false => Err(Error::unsupported_operation()),
        }
    }

    /// Reads a resource of a link that has just logged in, and stores the records if `save_data`
    /// says so. Returns the records, and true when one of them is stored for the first time.
    fn read_now(
        &mut self,
        number: LinkNumber,
        resource: Resource,
        with_pdf: bool,
        save_data: bool,
    ) -> (Vec<Record>, bool) {
        let records = self.read(number, resource, with_pdf);
        if !save_data {
            return (records, false);
        }
        let new = records.into_iter().map(|record| self.store(resource, record).1);
        let is_new = new.fold(false, |some, is_new| some | is_new);
        self.plan_expiry_of_data(number);
        (self.records.of(resource).of_link(number).cloned().collect(), is_new)
    }

    /// Returns a page of the records of a resource that fit the filters of a query.
    fn page_of<'a, T>(
        &'a self,
        resource: Resource,
        fields: &'static [Field<Record>],
        query: &'a Query,
        show: impl Fn(&'a Record) -> T,
    ) -> Result<Page<T>, Error> {
        let filter = Filter::<Record>::parse(fields, query)?;
        let records = self.indexed_records(resource);
        let found = |number| self.linked_record(resource, number);
        filter
            .select(&records)
            .page(query, self.settings.page_size, found, |found| show(found.record))
    }

    fn indexed_records(&self, resource: Resource) -> IndexedRecords<'_> {
        let records = self.records.of(resource);
        IndexedRecords { records, links: &self.links, people: &self.people }
    }

    /// Returns the record with a number that an index has.
    fn linked_record(&self, resource: Resource, number: u64) -> LinkedRecord<'_> {
        let record = self.records.of(resource).numbered_as(number);
        let record = record.expect("an index has the numbers of records that exist");
        LinkedRecord { record, link: self.known_link(record.link) }
    }

    /// Returns the record with the id that a path names.
    fn record(&self, resource: Resource, id: &str) -> Result<&Record, Error> {
        self.records.of(resource).get(parse_id(id)?).ok_or_else(Error::not_found)
    }

    /// Deletes the record with the id that a path names.
    fn delete_record(&mut self, resource: Resource, id: &str) -> Result<(), Error> {
        let id = parse_id(id)?;
        self.records.of_mut(resource).remove(id).map(drop).ok_or_else(Error::not_found)
    }
}
