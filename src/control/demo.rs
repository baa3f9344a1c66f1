//! `/_emulator/demo/account`: shows how the account takes part in the demo.

use actix_web::{HttpRequest, HttpResponse};

use crate::demo::DemoAccount;
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::guests;

pub(super) async fn show(caller: Caller, request: HttpRequest) -> HttpResponse {
    let shown = guests::demo(&request)
        .map(|demo| DemoAccount::of(&demo, caller.slot(), caller.guest()))
        .ok_or_else(|| Error::unknown("This emulator is no demo: start it with --demo."));
    caller.reply(shown.map(ok))
}
