//! The tasks of the schedule as clients see them.

use std::fmt::{self, Display, Formatter};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, TaskId};
use crate::account::schedule::TaskKey;
use crate::model::{Timestamp, hex_or_null, show, six_digits, six_digits_schema};
use crate::operations::Operation;

/// A task that will run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScheduledTask {
    /// The id of the task. It stays the same when the task is moved, in a snapshot and in a fork.
    pub id: TaskId,
    /// The time at which the task runs. Tasks of one time run in the order of their ids.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub due: Timestamp,
    /// The step of the scenario, such as `load`, `webhook` or `raise`, or else `load and webhook`,
    /// `refresh`, `first attempt`, `retry`, `data expires`, `credentials expire` or `deletion and
    /// webhook`.
    pub what: &'static str,
    pub link: Uuid,
    /// The id of the request that caused it, as that request's answer shows it.
    #[serde(serialize_with = "hex_or_null")]
    #[schemars(with = "Option<String>")]
    pub caused_by: Option<Uuid>,
    /// The operationId of that request. It is null when it is not known any more.
    #[schemars(with = "Option<Operation>")]
    pub operation: Option<&'static str>,
    /// The delivery of an attempt.
    pub delivery: Option<DeliveryId>,
    /// True when the task sends a webhook, or may bring one about.
    pub brings_webhook: bool,
    /// The names of the faults that will strike its webhooks because a call made the task fail.
    pub faults: Vec<&'static str>,
    /// A sentence where these faults may strike nothing. It is null otherwise.
    pub note: Option<&'static str>,
}

/// A page of the tasks that will run, in the order in which they are due.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScheduledTasks {
    pub scheduled: Vec<ScheduledTask>,
    /// The number of tasks on all pages.
    pub count: usize,
    /// The account's time.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub now: Timestamp,
    /// The value of `after` for the next page. It is null on the last page.
    #[schemars(with = "Option<String>")]
    pub next_after: Option<TaskPlace>,
}

/// A place between two tasks: behind the task that is due at this time and has this id. A task that
/// runs or moves meanwhile does not make it invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct TaskPlace {
    due: Timestamp,
    id: TaskId,
}

impl TaskPlace {
    pub(super) fn of((due, id): TaskKey) -> TaskPlace {
        TaskPlace { due, id }
    }

    pub(super) fn key(self) -> TaskKey {
        (self.due, self.id)
    }
}

impl Display for TaskPlace {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{},{}", show(&self.due), self.id.0)
    }
}

impl From<TaskPlace> for String {
    fn from(place: TaskPlace) -> String {
        place.to_string()
    }
}

impl TryFrom<String> for TaskPlace {
    type Error = String;

    fn try_from(text: String) -> Result<TaskPlace, String> {
        let parse = || {
            let (due, id) = text.split_once(',')?;
            Some(TaskPlace { due: due.parse().ok()?, id: TaskId(id.parse().ok()?) })
        };
        parse().ok_or_else(|| "expected the next_after of the page before".to_owned())
    }
}
