//! The calls of `/api/institutions/`, one method for each.

use crate::account::Account;
use crate::account::institutions::{FIELDS, Institution};
use crate::account::request::filter::Filter;
use crate::account::request::projection::Projected;
use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::institution;
use crate::model::page::Page;

impl Account {
    /// Answers `GET /api/institutions/` with the institutions in the order of their names.
    pub(crate) fn list_institutions<'q>(
        &self,
        query: &'q Query,
    ) -> Result<Page<Projected<'q, institution::Institution<'static>>>, Error> {
        let filter = Filter::<Institution>::parse(FIELDS, query)?;
        let matches = Institution::all().filter(|institution| filter.lets_through(institution));
        query.page(self.settings.page_size, matches, |found| query.select(found.show()))
    }

    /// Answers `GET /api/institutions/{id}/`.
    pub(crate) fn institution<'q>(
        &self,
        id: &str,
        query: &'q Query,
    ) -> Result<Projected<'q, institution::Institution<'static>>, Error> {
        let institution = Institution::with_id(id).ok_or_else(Error::not_found)?;
        Ok(query.select(institution.show()))
    }
}
