//! `/_emulator/scheduled`: lists the tasks that will run, runs, moves and drops one, and makes its
//! webhooks fail.

use actix_web::HttpResponse;
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::account::{NewTime, PageLimit, PlannedFailure, TaskPlace};
use crate::control::clock::timestamp;
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::query::TypedQuery;
use crate::http::routing::PathId;
use crate::model::duration;

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

/// The new time of a task. The body has exactly one of the two keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveBody {
    /// A duration such as `1h`, by which the task is put off.
    #[serde(default, deserialize_with = "duration::deserialize_some")]
    #[schemars(with = "Option<String>")]
    by: Option<TimeDelta>,
    /// A timestamp after the account's present.
    #[serde(default, deserialize_with = "timestamp")]
    #[schemars(with = "Option<DateTime<Utc>>")]
    to: Option<DateTime<Utc>>,
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

pub(crate) async fn run(caller: Caller, id: PathId) -> HttpResponse {
    caller.control(|account| account.run_task(&id).map(ok)).await
}

pub(crate) async fn move_task(
    caller: Caller,
    id: PathId,
    Typed(body): Typed<MoveBody>,
) -> HttpResponse {
    let time = match body {
        MoveBody { by: Some(time), to: None } => NewTime::By(time),
        MoveBody { by: None, to: Some(time) } => NewTime::To(time),
        _ => {
            let sentence = "Give either by, a duration such as \"1h\", or to, a timestamp.";
            return caller.reply(Err(Error::invalid(sentence)));
        }
    };
    caller.control(|account| account.move_task(&id, time).map(ok)).await
}

pub(crate) async fn drop_task(caller: Caller, id: PathId) -> HttpResponse {
    caller.control(|account| account.drop_task(&id).map(ok)).await
}

pub(crate) async fn fail(
    caller: Caller,
    id: PathId,
    Typed(failure): Typed<PlannedFailure>,
) -> HttpResponse {
    caller.control(|account| account.fail_task(&id, failure).map(ok)).await
}
