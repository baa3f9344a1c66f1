//! Reads from the log what happened to an account while its time moved on.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::{DeliveryId, TaskId};
use crate::account::log::EntryKind;
use crate::account::log::page::MOST_SCANNED;
use crate::model::{Timestamp, hex_or_null, six_digits, six_digits_schema};

/// A task that has run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Happened {
    /// The cursor of the task in the log of the account.
    pub cursor: u64,
    /// The id that the task had in the schedule.
    pub task: TaskId,
    /// The time at which the task ran.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub at: Timestamp,
    pub link: Uuid,
    /// The step of the scenario, such as `load`, `webhook` or `raise`, or else `load and webhook`,
    /// `refresh`, `first attempt`, `retry`, `data expires`, `credentials expire` or `deletion and webhook`.
    pub what: &'static str,
    /// The id of the request that caused it, as that request's answer shows it.
    #[serde(serialize_with = "hex_or_null")]
    #[schemars(with = "Option<String>")]
    pub caused_by: Option<Uuid>,
    /// The delivery of an attempt.
    pub delivery: Option<DeliveryId>,
}

impl Account {
    /// Returns the first tasks that ran after a cursor and are still in the log.
    pub(crate) fn happened_after(&self, cursor: u64, limit: usize) -> Vec<Happened> {
        let entries = self.log.after(cursor).take(MOST_SCANNED);
        let tasks = entries.filter_map(|(cursor, entry)| match &entry.kind {
            EntryKind::TaskRun(run) => Some(Happened {
                cursor,
                task: run.id,
                at: entry.at,
                link: run.link,
                what: run.what(),
                caused_by: run.caused_by,
                delivery: run.task.delivery(),
            }),
            _ => None,
        });
        tasks.take(limit).collect()
    }
}
