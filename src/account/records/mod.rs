//! The employment records of an account.
//!
//! A record holds only when it was read and which one of its link's it is; its content follows from
//! (seed, scenario, CURP, time) and is made when it is asked for.

pub(super) mod calls;
mod filters;
pub(super) mod reading;
mod store;

use uuid::Uuid;

use crate::account::base::ids::LinkNumber;
use crate::account::links::Link;
use crate::model::Timestamp;

pub(super) use filters::{CURRENT_EMPLOYMENT_FIELDS, FIELDS};
pub(super) use store::Records;

/// One reading of the data of a link. Its link's id and CURP are those of the link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub id: Uuid,
    pub link: LinkNumber,
    /// Which of the records of the link's scenario it is.
    pub profile: usize,
    pub created_at: Timestamp,
    pub collected_at: Timestamp,
    /// Whether the retrieval asked for the PDF.
    pub with_pdf: bool,
}

/// A record beside its link, which has what the record does not store.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkedRecord<'a> {
    pub record: &'a Record,
    pub link: &'a Link,
}
