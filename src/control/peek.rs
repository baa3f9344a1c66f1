//! `/_emulator/links` and `/_emulator/employment-records`: what Belvo's lists show, for those who look
//! on. Such a call is no request of the client under test, so it leaves no trace.

use actix_web::HttpResponse;
use uuid::Uuid;

use crate::account::{CallContext, Query};
use crate::http::answer::ok;
use crate::http::authentication::Caller;

pub(super) async fn links(caller: Caller, query: Query) -> HttpResponse {
    // The call draws no id, and its keys may read every link.
    let context = CallContext::new(Uuid::nil());
    caller.control(|account| account.list_links(&context, &query).map(ok)).await
}

pub(super) async fn employment_records(caller: Caller, query: Query) -> HttpResponse {
    caller.control(|account| account.list_employment_records(&query).map(ok)).await
}
