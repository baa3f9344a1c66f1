//! The calls of `/api/employment-records/`.

use crate::account::Account;
use crate::account::records::FIELDS;
use crate::account::records::calls::{Retrieval, Retrieved, attach_pdf};
use crate::account::records::reading::WrittenLater;
use crate::account::request::context::CallContext;
use crate::account::request::mode::RequestMode;
use crate::account::request::projection::Projected;
use crate::account::request::query::Query;
use crate::account::schedule::Load;
use crate::error::Error;
use crate::model::employment_record::EmploymentRecord;
use crate::model::link::Resource;
use crate::model::page::Page;

const RESOURCE: Resource = Resource::EmploymentRecords;

/// A record with the keys that the client asked for.
type Shown<'a> = Projected<'a, EmploymentRecord<'a>>;

impl Account {
    /// `POST /api/employment-records/`: reads the data now, or in the background.
    pub(crate) fn retrieve_employment_records<'a>(
        &'a mut self,
        context: &mut CallContext,
        body: &[u8],
        mode: RequestMode,
        query: &'a Query,
    ) -> Result<Retrieved<Vec<Shown<'a>>>, Error> {
        let (retrieval, with_pdf) = Retrieval::parse(body, attach_pdf)?;
        let number = self.link_to_retrieve(&retrieval, RESOURCE)?;
        if mode == RequestMode::Async {
            self.check_room()?;
        }
        self.logins().log_in_again(Some(context), number)?;
        if mode == RequestMode::Async {
            let mut load = Load::of(&[RESOURCE], context.request_id);
            load.with_pdf = with_pdf;
            self.schedule_load(context, number, load);
            return Ok(Retrieved::Later(load.request_id));
        }
        let (records, _) = self.read_now(number, RESOURCE, with_pdf, retrieval.save_data);
        let shown = records.iter().map(|record| query.select(self.reader().show_record(record)));
        let shown = shown.collect();
        Ok(if retrieval.save_data { Retrieved::New(shown) } else { Retrieved::Known(shown) })
    }

    /// `GET /api/employment-records/`.
    pub(crate) fn list_employment_records<'a>(
        &'a self,
        query: &'a Query,
    ) -> Result<Page<Projected<'a, WrittenLater<'a>>>, Error> {
        let reader = self.reader();
        self.page_of(RESOURCE, FIELDS, query, |record| {
            query.select(WrittenLater::new(reader, record))
        })
    }

    /// `GET /api/employment-records/{id}/`.
    pub(crate) fn employment_record<'a>(
        &'a self,
        id: &str,
        query: &'a Query,
    ) -> Result<Shown<'a>, Error> {
        Ok(query.select(self.reader().show_record(self.record(RESOURCE, id)?)))
    }

    /// `DELETE /api/employment-records/{id}/`.
    pub(crate) fn delete_employment_record(&mut self, id: &str) -> Result<(), Error> {
        self.record(RESOURCE, id)?;
        self.rate_limits.admit_deletion(self.now)?;
        self.delete_record(RESOURCE, id)
    }
}
