//! The calls of `/api/employment-metrics/`.

use crate::account::Account;
use crate::account::records::EMPLOYMENT_METRIC_FIELDS;
use crate::account::records::calls::{Retrieval, Retrieved};
use crate::account::request::context::CallContext;
use crate::account::request::projection::Projected;
use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::employment_metrics::EmploymentMetrics;
use crate::model::link::Resource;
use crate::model::page::Page;

const RESOURCE: Resource = Resource::EmploymentMetrics;

/// Metrics with the keys that the client asked for.
type Shown<'a> = Projected<'a, EmploymentMetrics>;

impl Account {
    /// `POST /api/employment-metrics/`: computes the metrics from the employment records that the
    /// link has. It does not log in.
    ///
    /// # Errors
    /// 404 for a link without employment records.
    pub(crate) fn retrieve_employment_metrics<'a>(
        &'a mut self,
        context: &mut CallContext,
        body: &[u8],
        query: &'a Query,
    ) -> Result<Retrieved<Shown<'a>>, Error> {
        let (retrieval, reference_date) =
            Retrieval::parse(body, |fields| fields.optional_date("reference_date"))?;
        let number = self.link_to_retrieve(&retrieval, RESOURCE)?;
        let Some(metrics) = self.calculate(number, reference_date) else {
            let link = retrieval.link;
            context.notes.push(format!(
                "link {link} has no employment records to compute metrics from; POST \
                 /api/employment-records/ retrieves them"
            ));
            return Err(Error::not_found());
        };
        if !retrieval.save_data {
            return Ok(Retrieved::Known(query.select(self.reader().show_metrics(&metrics))));
        }
        let (id, _) = self.store(RESOURCE, metrics);
        self.plan_expiry_of_data(number);
        let stored = self.records.of(RESOURCE).get(id).expect("it was stored just now");
        Ok(Retrieved::New(query.select(self.reader().show_metrics(stored))))
    }

    /// `GET /api/employment-metrics/`.
    pub(crate) fn list_employment_metrics<'a>(
        &'a self,
        query: &'a Query,
    ) -> Result<Page<Shown<'a>>, Error> {
        self.page_of(RESOURCE, EMPLOYMENT_METRIC_FIELDS, query, |record| {
            query.select(self.reader().show_metrics(record))
        })
    }

    /// `GET /api/employment-metrics/{id}/`.
    pub(crate) fn employment_metrics<'a>(
        &'a self,
        id: &str,
        query: &'a Query,
    ) -> Result<Shown<'a>, Error> {
        Ok(query.select(self.reader().show_metrics(self.record(RESOURCE, id)?)))
    }

    /// `DELETE /api/employment-metrics/{id}/`.
    pub(crate) fn delete_employment_metrics(&mut self, id: &str) -> Result<(), Error> {
        self.delete_record(RESOURCE, id)
    }
}
