//! `/_emulator/scenarios`: lists the scenarios, and the small future that each brings.

use actix_web::HttpResponse;
use actix_web::rt::task::yield_now;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::{ListedScenario, PageLimit};
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::query::TypedQuery;

/// The number of dry runs that are made before other calls have their turn.
const LISTED_AT_ONCE: usize = 8;

/// The parameters of the list of scenarios.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioFilter {
    /// The `next_after` of the page before. The default is the first page.
    #[serde(default)]
    #[schemars(with = "String")]
    after: Option<String>,
    /// The largest number of scenarios on the page.
    #[serde(default)]
    limit: PageLimit,
}

/// A page of the scenarios, in the order of loading.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Scenarios {
    scenarios: Vec<ListedScenario>,
    /// The value of `after` for the next page. It is null on the last page.
    next_after: Option<String>,
}

pub(crate) async fn list(
    caller: Caller,
    TypedQuery(asked): TypedQuery<ScenarioFilter>,
) -> HttpResponse {
    caller.reply(page(&caller, &asked).await.map(ok))
}

async fn page(caller: &Caller, asked: &ScenarioFilter) -> Result<Scenarios, Error> {
    let (accounts, slot) = (caller.accounts(), caller.slot());
    let after = asked.after.as_deref();
    let mut names = accounts.control(slot, |account| account.names_of_scenarios(after)).await?;
    let is_last = names.len() <= asked.limit.get();
    names.truncate(asked.limit.get());
    let mut scenarios = Vec::new();
    for listed_at_once in names.chunks(LISTED_AT_ONCE) {
        let listed = accounts.control(slot, |account| account.list_scenarios(listed_at_once));
        scenarios.extend(listed.await?);
        yield_now().await;
    }
    let next_after = if is_last { None } else { names.pop() };
    Ok(Scenarios { scenarios, next_after })
}
