//! The employment records of an account.
//!
//! A record stores only the time at which it was read and the number of its profile. Its content
//! follows from the seed, the scenario, the CURP and the time, and is made for each answer.

pub(super) mod calls;
mod filters;
pub(super) mod reading;
mod store;
mod stores;

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::account::base::ids::LinkNumber;
use crate::account::links::Link;
use crate::model::Timestamp;

pub(super) use filters::{
    CURRENT_EMPLOYMENT_FIELDS, EMPLOYMENT_METRIC_FIELDS, FIELDS, IndexedRecords, RecordIndex,
};
pub(super) use store::Records;
pub(super) use stores::RecordStores;

/// One reading of the data of a link. The link has its id and the CURP.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub id: Uuid,
    pub link: LinkNumber,
    /// The index of the record among the records of the link's scenario.
    pub profile: usize,
    pub created_at: Timestamp,
    pub collected_at: Timestamp,
    /// True when the retrieval asked for the PDF.
    pub with_pdf: bool,
    /// The calculation of employment metrics. Records of other resources have none.
    pub calculation: Option<Arc<Calculation>>,
}

/// A calculation of employment metrics. Its figures follow from it, and are computed for each answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Calculation {
    pub at: Timestamp,
    /// The date that the client asked for.
    pub reference_date: Option<NaiveDate>,
    /// The profiles of the employment records that the link had then, in order.
    pub profiles: Vec<usize>,
}

impl Calculation {
    /// Returns the date up to which the figures are computed.
    pub(super) fn until(&self) -> NaiveDate {
        self.reference_date.unwrap_or(self.at.date_naive())
    }
}

/// A record with its link, which has the facts that the record does not store.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkedRecord<'a> {
    pub record: &'a Record,
    pub link: &'a Link,
}
