//! Serves Belvo's API over HTTP. This file is the table of contents of the API.
//!
//! A handler turns a request into one call of the core, and the core's answer into a response;
//! `account` has the behaviour of the API. Credentials are checked first. Only the call that
//! creates a token has its credentials in the body.

mod current_employments;
mod employment_metrics;
mod employment_records;
mod institutions;
mod links;
mod owners;
mod root;
mod token;

use crate::http::routing::{Answering, Incoming};
use crate::operations::Operation;

/// Answers a request to an operation of Belvo's API.
pub(crate) fn answer(operation: Operation, incoming: Incoming) -> Answering {
    match operation {
        Operation::CheckKeys => incoming.to(root::show),
        Operation::ListLinks => incoming.to(links::list),
        Operation::RegisterLink => incoming.to(links::create),
        Operation::PatchBody => incoming.to(links::resume),
        Operation::DetailLink => incoming.to(links::detail),
        Operation::ChangeAccessMode => incoming.to(links::update),
        Operation::UpdateLink => incoming.to(links::renew_credentials),
        Operation::DestroyLink => incoming.to(links::delete),
        Operation::RefreshLink => incoming.to(links::refresh),
        Operation::ListEmploymentRecords => incoming.to(employment_records::list),
        Operation::RetrieveEmploymentRecords => incoming.to(employment_records::retrieve),
        Operation::DetailEmploymentRecord => incoming.to(employment_records::detail),
        Operation::DestroyEmploymentRecord => incoming.to(employment_records::delete),
        Operation::ListOwners => incoming.to(owners::list),
        Operation::RetrieveOwners => incoming.to(owners::retrieve),
        Operation::PatchOwners => incoming.to(owners::resume),
        Operation::DetailOwner => incoming.to(owners::detail),
        Operation::DestroyOwner => incoming.to(owners::delete),
        Operation::ListCurrentEmployments => incoming.to(current_employments::list),
        Operation::RetrieveCurrentEmployments => incoming.to(current_employments::retrieve),
        Operation::DetailCurrentEmployment => incoming.to(current_employments::detail),
        Operation::DestroyCurrentEmployment => incoming.to(current_employments::delete),
        Operation::ListEmploymentMetrics => incoming.to(employment_metrics::list),
        Operation::RetrieveEmploymentMetricDetails => incoming.to(employment_metrics::retrieve),
        Operation::DetailEmploymentMetric => incoming.to(employment_metrics::detail),
        Operation::DestroyEmploymentMetric => incoming.to(employment_metrics::delete),
        Operation::ListInstitutions => incoming.to(institutions::list),
        Operation::DetailInstitution => incoming.to(institutions::detail),
        Operation::CreateToken => incoming.to(token::create),
    }
}
