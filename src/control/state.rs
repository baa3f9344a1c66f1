//! `/_emulator/reset`, `/_emulator/fork` and `/_emulator/snapshot`: resets, copies, saves and
//! restores the account.

use actix_web::{HttpResponse, web};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::account::Answer;
use crate::accounts::{AccountFile, Credentials, SavedAccount};
use crate::error::Error;
use crate::http::answer::{no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;

/// The largest snapshot, in both directions: every snapshot that is answered can be put back. A
/// loaded link takes about 700 bytes, so this is enough for some 1,500,000 links.
const LARGEST_SNAPSHOT_BYTES: usize = 1024 * 1024 * 1024;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fork {
    /// The keys of the new account, as `ID:PASSWORD`.
    credentials: String,
}

/// The body of a reset, which has no keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {}

pub(crate) async fn reset(caller: Caller, Typed(Reset {}): Typed<Reset>) -> HttpResponse {
    caller.reply(Ok(ok(caller.accounts().reset(caller.slot()).await)))
}

pub(crate) async fn snapshot(caller: Caller) -> HttpResponse {
    let written = match caller.accounts().saved(caller.slot()).await {
        Ok(saved) => web::block(move || written(&saved)).await,
        Err(error) => Ok(Err(error)),
    };
    caller.reply(written.unwrap_or_else(|_| Err(Error::unexpected())))
}

fn written(saved: &SavedAccount) -> Result<Answer, Error> {
    let answer = ok(saved.file());
    check_size(answer.body.len())?;
    Ok(answer)
}

/// Refuses a snapshot that is too large to be put back.
fn check_size(bytes: usize) -> Result<(), Error> {
    match bytes <= LARGEST_SNAPSHOT_BYTES {
        true => Ok(()),
        false => Err(Error::invalid(format_args!(
            "The account is too large for a snapshot: it takes {bytes} bytes, of \
             {LARGEST_SNAPSHOT_BYTES} at most. Delete links, or fork the account instead."
        ))),
    }
}

pub(crate) async fn restore(
    caller: Caller,
    Typed(file): Typed<AccountFile, LARGEST_SNAPSHOT_BYTES>,
) -> HttpResponse {
    caller.reply(caller.accounts().restore(caller.slot(), file).await.map(ok))
}

pub(crate) async fn fork(caller: Caller, Typed(fork): Typed<Fork>) -> HttpResponse {
    let Some(credentials) = Credentials::parse(&fork.credentials) else {
        let sentence = "Write the keys as ID:PASSWORD, with a colon and both parts not empty.";
        return caller.reply(Err(Error::invalid(sentence).on("credentials")));
    };
    caller.reply(caller.accounts().fork(caller.slot(), credentials).await.map(no_content))
}

#[cfg(test)]
mod tests {
    use crate::control::state::{LARGEST_SNAPSHOT_BYTES, check_size};

    #[test]
    fn a_snapshot_is_given_out_only_if_it_can_be_put_back() {
        assert!(check_size(LARGEST_SNAPSHOT_BYTES).is_ok());
        assert!(check_size(LARGEST_SNAPSHOT_BYTES + 1).is_err());
    }
}
