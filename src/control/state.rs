//! `/_emulator/reset`, `/_emulator/fork`: the account as a whole.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::accounts::Credentials;
use crate::error::Error;
use crate::http::answer::{no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// The keys of the new account, as `ID:PASSWORD`.
    credentials: String,
}

pub async fn reset(caller: Caller) -> HttpResponse {
    caller.reply(Ok(ok(caller.accounts().reset(caller.tenant()).await)))
}

pub async fn fork(caller: Caller, Typed(fork): Typed<Fork>) -> HttpResponse {
    let Some(credentials) = Credentials::parse(&fork.credentials) else {
        let sentence = "Write the keys as ID:PASSWORD, with a colon and both parts not empty.";
        return caller.reply(Err(Error::invalid(sentence).on("credentials")));
    };
    caller.reply(caller.accounts().fork(caller.tenant(), credentials).map(no_content))
}
