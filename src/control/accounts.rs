//! `/_emulator/accounts`: lists the accounts of all keys, for the operator of the emulator.

use actix_web::{HttpRequest, HttpResponse};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::account::PageLimit;
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::overview;
use crate::http::query::TypedQuery;

/// The parameters of the list of accounts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountFilter {
    /// The number of an account. The list shows those that began after it.
    #[serde(default)]
    after: u64,
    /// The largest number of accounts on the page.
    #[serde(default)]
    limit: PageLimit,
}

pub(crate) async fn list(
    caller: Caller,
    request: HttpRequest,
    TypedQuery(asked): TypedQuery<AccountFilter>,
) -> HttpResponse {
    let allowed: Result<(), Error> = overview::check(&request);
    let page = match allowed {
        Ok(()) => Ok(caller.accounts().list(asked.after, asked.limit.get()).await),
        Err(error) => Err(error),
    };
    caller.reply(page.map(ok))
}
