//! `/_emulator/faults`: what goes wrong between the account, its client and its receivers.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::account::NewFault;
use crate::http::answer::{created, no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;

pub async fn list(caller: Caller) -> HttpResponse {
    caller.control(|account| Ok(ok(account.faults())))
}

pub async fn add(caller: Caller, Typed(fault): Typed<NewFault>) -> HttpResponse {
    caller.control(|account| account.add_fault(fault).map(created))
}

pub async fn remove_all(caller: Caller) -> HttpResponse {
    caller.control(|account| {
        account.remove_faults();
        Ok(no_content(()))
    })
}

pub async fn remove(caller: Caller, id: Path<String>) -> HttpResponse {
    caller.control(|account| account.remove_fault(&id).map(no_content))
}
