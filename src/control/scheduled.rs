//! `/_emulator/scheduled`: lists the tasks that will run.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::account::{PageLimit, TaskPlace};
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::query::TypedQuery;

/// The parameters of the list of tasks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduledFilter {
    /// The link whose tasks are listed. The default is all links.
    #[serde(default)]
    #[schemars(with = "Uuid")]
    link: Option<Uuid>,
    /// The `next_after` of the page before. The default is the first page.
    #[serde(default)]
    #[schemars(with = "String")]
    after: Option<TaskPlace>,
    /// The largest number of tasks on the page.
    #[serde(default)]
    limit: PageLimit,
}

pub(crate) async fn list(
    caller: Caller,
    TypedQuery(asked): TypedQuery<ScheduledFilter>,
) -> HttpResponse {
    let ScheduledFilter { link, after, limit } = asked;
    let page = caller
        .accounts()
        .control(caller.slot(), |account| Ok(account.scheduled_tasks(after, limit.get(), link)));
    let page = page.await.and_then(|page| {
        if page.count == 0 {
            caller.accounts().refuse_stranger(caller.slot(), link)?;
        }
        Ok(page)
    });
    caller.reply(page.map(ok))
}
