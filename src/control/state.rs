//! `/_emulator/reset`, `/_emulator/fork`, `/_emulator/snapshot`: the account as a whole.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::accounts::{AccountFile, Credentials};
use crate::error::Error;
use crate::http::answer::{no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;

/// A link takes about a kilobyte.
const LARGEST_SNAPSHOT_BYTES: usize = 64 * 1024 * 1024;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// The keys of the new account, as `ID:PASSWORD`.
    credentials: String,
}

/// A body without keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {}

pub async fn reset(caller: Caller, Typed(Reset {}): Typed<Reset>) -> HttpResponse {
    caller.reply(Ok(ok(caller.accounts().reset(caller.slot()).await)))
}

pub async fn snapshot(caller: Caller) -> HttpResponse {
    caller.reply(caller.accounts().snapshot(caller.slot()).await.map(ok))
}

pub async fn restore(
    caller: Caller,
    Typed(file): Typed<AccountFile, LARGEST_SNAPSHOT_BYTES>,
) -> HttpResponse {
    caller.reply(caller.accounts().restore(caller.slot(), file).await.map(ok))
}

pub async fn fork(caller: Caller, Typed(fork): Typed<Fork>) -> HttpResponse {
    let Some(credentials) = Credentials::parse(&fork.credentials) else {
        let sentence = "Write the keys as ID:PASSWORD, with a colon and both parts not empty.";
        return caller.reply(Err(Error::invalid(sentence).on("credentials")));
    };
    caller.reply(caller.accounts().fork(caller.slot(), credentials).await.map(no_content))
}
