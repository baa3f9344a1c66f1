//! The calls of `/api/mx/current-employments/`.

use crate::account::Account;
use crate::account::records::CURRENT_EMPLOYMENT_FIELDS;
use crate::account::records::calls::{Retrieval, Retrieved, attach_pdf};
use crate::account::request::context::CallContext;
use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::current_employment::CurrentEmployment;
use crate::model::link::Resource;
use crate::model::page::Page;

const RESOURCE: Resource = Resource::CurrentEmployments;

impl Account {
    /// `POST /api/mx/current-employments/`: reads the present employment, which exists for IMSS
    /// only.
    pub(crate) fn retrieve_current_employments(
        &mut self,
        context: &mut CallContext,
        body: &[u8],
    ) -> Result<Retrieved<Vec<CurrentEmployment<'_>>>, Error> {
        let (retrieval, _) = Retrieval::parse(body, attach_pdf)?;
        let number = self.link_to_retrieve(&retrieval, RESOURCE)?;
        self.logins().log_in_again(Some(context), number)?;
        let (records, is_new) = self.read_now(number, RESOURCE, false, retrieval.save_data);
        let shown = records.iter().map(|record| self.reader().show_current_employment(record));
        let shown = shown.collect();
        Ok(if is_new { Retrieved::New(shown) } else { Retrieved::Known(shown) })
    }

    /// `GET /api/mx/current-employments/`.
    pub(crate) fn list_current_employments(
        &self,
        query: &Query,
    ) -> Result<Page<CurrentEmployment<'_>>, Error> {
        self.page_of(RESOURCE, CURRENT_EMPLOYMENT_FIELDS, query, |record| {
            self.reader().show_current_employment(record)
        })
    }

    /// `GET /api/mx/current-employments/{id}/`.
    pub(crate) fn current_employment(&self, id: &str) -> Result<CurrentEmployment<'_>, Error> {
        Ok(self.reader().show_current_employment(self.record(RESOURCE, id)?))
    }

    /// `DELETE /api/mx/current-employments/{id}/`.
    pub(crate) fn delete_current_employment(&mut self, id: &str) -> Result<(), Error> {
        self.delete_record(RESOURCE, id)
    }
}
