//! Serves the emulator's own API over HTTP. This file is the table of contents of that API.
//!
//! Every call acts on the account of its keys, and on no other account.

pub(crate) mod accounts;
pub(crate) mod clock;
pub(crate) mod deliveries;
mod demo;
pub(crate) mod endpoint;
pub(crate) mod faults;
pub(crate) mod log;
pub(crate) mod matching;
mod peek;
pub(crate) mod requests;
pub(crate) mod scenarios;
pub(crate) mod scheduled;
pub(crate) mod state;
pub(crate) mod webhooks;

use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::error::Error;
use crate::http::authentication::refuse;
use crate::http::routing::{Answering, Incoming};
use crate::operations::ControlOperation;

/// Answers a call of the control API.
pub(crate) fn answer(operation: ControlOperation, incoming: Incoming) -> Answering {
    match operation {
        ControlOperation::ShowClock => incoming.to(clock::show),
        ControlOperation::SetClock => incoming.to(clock::set),
        ControlOperation::AdvanceClock => incoming.to(clock::advance),
        ControlOperation::ListScheduled => incoming.to(scheduled::list),
        ControlOperation::MoveTask => incoming.to(scheduled::move_task),
        ControlOperation::DropTask => incoming.to(scheduled::drop_task),
        ControlOperation::RunTask => incoming.to(scheduled::run),
        ControlOperation::FailTask => incoming.to(scheduled::fail),
        ControlOperation::AwaitWebhook => incoming.to(webhooks::wait),
        ControlOperation::ListAccounts => incoming.to(accounts::list),
        ControlOperation::ShowDemoAccount => incoming.to(demo::show),
        ControlOperation::ListLog => incoming.to(log::list),
        ControlOperation::StreamEvents => incoming.to(log::events),
        ControlOperation::ListRequests => incoming.to(requests::list),
        ControlOperation::VerifyRequests => incoming.to(requests::verification),
        ControlOperation::ExplainRequest => incoming.to(requests::explain),
        ControlOperation::PeekLinks => incoming.to(peek::links),
        ControlOperation::PeekEmploymentRecords => incoming.to(peek::employment_records),
        ControlOperation::Arm => incoming.to(matching::arm),
        ControlOperation::ListArmed => incoming.to(matching::list_armed),
        ControlOperation::DisarmAll => incoming.to(matching::disarm_all),
        ControlOperation::Disarm => incoming.to(matching::disarm),
        ControlOperation::ShowDefaultScenario => incoming.to(matching::show_default),
        ControlOperation::SetDefaultScenario => incoming.to(matching::set_default),
        ControlOperation::DropDefaultScenario => incoming.to(matching::drop_default),
        ControlOperation::DryRun => incoming.to(matching::dry_run),
        ControlOperation::ListScenarios => incoming.to(scenarios::list),
        ControlOperation::ListFaults => incoming.to(faults::list),
        ControlOperation::AddFault => incoming.to(faults::add),
        ControlOperation::DeleteFaults => incoming.to(faults::remove_all),
        ControlOperation::DeleteFault => incoming.to(faults::remove),
        ControlOperation::ShowEndpoint => incoming.to(endpoint::show),
        ControlOperation::SetEndpoint => incoming.to(endpoint::set),
        ControlOperation::RemoveEndpoint => incoming.to(endpoint::remove),
        ControlOperation::ListDeliveries => incoming.to(deliveries::list),
        ControlOperation::ShowDelivery => incoming.to(deliveries::show),
        ControlOperation::ReplayDelivery => incoming.to(deliveries::replay),
        ControlOperation::TriggerWebhook => incoming.to(deliveries::trigger),
        ControlOperation::Reset => incoming.to(state::reset),
        ControlOperation::TakeSnapshot => incoming.to(state::snapshot),
        ControlOperation::RestoreSnapshot => incoming.to(state::restore),
        ControlOperation::Fork => incoming.to(state::fork),
    }
}

/// Answers a call to a path that does not exist.
pub(crate) async fn no_such_call(request: &HttpRequest) -> HttpResponse {
    let path = request.path();
    let error = Error::unknown(format_args!(
        "There is no {path}; GET /_emulator/openapi.json lists what there is."
    ));
    refuse(request, error).await.error_response()
}
