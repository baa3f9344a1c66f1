//! `/_emulator/faults`: adds, lists and removes the faults of answers and of webhooks.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Serialize;

use crate::account::{FaultEntry, NewFault};
use crate::http::answer::{created, no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::routing::PathId;

/// The faults of the account, in the order in which they were added.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AllFaults<'a> {
    faults: &'a [FaultEntry],
}

pub(crate) async fn list(caller: Caller) -> HttpResponse {
    caller.control(|account| Ok(ok(AllFaults { faults: account.faults() }))).await
}

pub(crate) async fn add(caller: Caller, Typed(fault): Typed<NewFault>) -> HttpResponse {
    caller.control(|account| account.add_fault(fault).map(created)).await
}

pub(crate) async fn remove_all(caller: Caller) -> HttpResponse {
    caller
        .control(|account| {
            account.remove_faults();
            Ok(no_content(()))
        })
        .await
}

pub(crate) async fn remove(caller: Caller, id: PathId) -> HttpResponse {
    caller.control(|account| account.remove_fault(&id).map(no_content)).await
}
