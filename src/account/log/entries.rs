//! The entries of the log as clients see them: what happened, in brief. The bodies are in the lists
//! of requests and of deliveries.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, TaskId};
use crate::account::links::changes::LinkChangeKind;
use crate::account::log::delivery::DeliveryState;
use crate::account::log::kind::Setting;
use crate::account::log::page::{MOST_SCANNED, Reach};
use crate::account::log::task_run::{TaskChange, TaskRun};
use crate::account::log::{Entry, EntryKind, Log};
use crate::model::link::Status;
use crate::model::words::words;
use crate::model::{Timestamp, hex_or_null, six_digits, six_digits_or_null, six_digits_schema};
use crate::operations::Operation;

words! {
    /// The kind of an entry.
    LogEntryKind {
        RequestAnswered = "request_answered",
        LinkCreated = "link_created",
        LinkUpdated = "link_updated",
        LinkDeleted = "link_deleted",
        TasksScheduled = "tasks_scheduled",
        TaskRan = "task_ran",
        TaskMoved = "task_moved",
        TaskDropped = "task_dropped",
        TaskMadeToFail = "task_made_to_fail",
        DeliveryAnnounced = "delivery_announced",
        AttemptEnded = "attempt_ended",
        DeliveryFinished = "delivery_finished",
        FaultInjected = "fault_injected",
        ClockChanged = "clock_changed",
        SettingChanged = "setting_changed",
    }
}

/// An entry of the log, in brief. A key is absent where the entry has no such thing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LogEntry {
    /// The number of the entry in the log of the account.
    pub cursor: u64,
    /// The account's time when it happened.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub at: Timestamp,
    /// The word for what happened.
    #[schemars(with = "LogEntryKind")]
    pub kind: &'static str,
    /// The link that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Uuid")]
    pub link: Option<Uuid>,
    /// The status of a link after its change. For a link that was deleted it is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Status")]
    pub link_status: Option<&'static str>,
    /// The fields of a link that have other values. `credentials` are those that Belvo stores: they
    /// work, are expired or refused, or need a token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<&'static str>,
    /// The id of a request that was answered, or into whose answer a fault was injected.
    #[serde(serialize_with = "hex_or_null", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub request_id: Option<Uuid>,
    /// The operationId of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Operation")]
    pub operation: Option<&'static str>,
    /// The HTTP status of the answer to the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u16")]
    pub status: Option<u16>,
    /// The id of the request that caused it.
    #[serde(serialize_with = "hex_or_null", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub caused_by: Option<Uuid>,
    /// The id of the task, or of the first of several tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TaskId")]
    pub task: Option<TaskId>,
    /// The id of the last task that was scheduled. Those between have the ids between.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TaskId")]
    pub last_task: Option<TaskId>,
    /// The word for the task, as in the list of scheduled tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub what: Option<&'static str>,
    /// The delivery of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DeliveryId")]
    pub delivery: Option<DeliveryId>,
    /// The number of the attempt, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32")]
    pub attempt: Option<u32>,
    /// The state in which a delivery ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DeliveryState")]
    pub state: Option<DeliveryState>,
    /// The name of the injected fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub fault: Option<&'static str>,
    /// The id of the fault. It is absent for a fault that was planned for one task.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pub fault_id: Option<u64>,
    /// The account's time before a call moved it or set the mode of its clock.
    #[serde(serialize_with = "six_digits_or_null", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "six_digits_schema")]
    pub from: Option<Timestamp>,
    /// The account's time after that. It equals `from` when only the mode was set.
    #[serde(serialize_with = "six_digits_or_null", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "six_digits_schema")]
    pub to: Option<Timestamp>,
    /// The setting that a call changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Setting")]
    pub setting: Option<&'static str>,
}

/// A page of the log, the oldest entries first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LogPage {
    pub entries: Vec<LogEntry>,
    #[serde(flatten)]
    pub reach: Reach,
}

impl Log {
    /// Returns the first entries after a cursor that `selects` accepts, `limit` at most.
    pub(crate) fn page(
        &self,
        after: u64,
        limit: usize,
        selects: impl Fn(&LogEntry) -> bool,
    ) -> LogPage {
        let (mut entries, mut last) = (Vec::new(), after);
        let mut next_after = None;
        for (scanned, (cursor, entry)) in self.after(after).enumerate() {
            let brief = LogEntry::of(cursor, entry);
            let is_selected = selects(&brief);
            if scanned == MOST_SCANNED || (is_selected && entries.len() == limit) {
                next_after = Some(last);
                break;
            }
            if is_selected {
                entries.push(brief);
            }
            last = cursor;
        }
        LogPage { entries, reach: self.reach(next_after) }
    }
}

impl LogEntry {
    fn of(cursor: u64, entry: &Entry) -> LogEntry {
        let new = |kind| LogEntry::new(cursor, entry.at, kind);
        match &entry.kind {
            EntryKind::RequestAnswered(exchange) => LogEntry {
                request_id: Some(exchange.request_id),
                operation: exchange.operation.map(Operation::as_str),
                status: Some(exchange.status),
                ..new(LogEntryKind::RequestAnswered)
            },
            EntryKind::LinkChanged { change, caused_by } => {
                let (kind, fields) = match &change.kind {
                    LinkChangeKind::Created => (LogEntryKind::LinkCreated, &[][..]),
                    LinkChangeKind::Updated(fields) => (LogEntryKind::LinkUpdated, &**fields),
                    LinkChangeKind::Deleted => (LogEntryKind::LinkDeleted, &[][..]),
                };
                LogEntry {
                    link: Some(change.link),
                    link_status: Some(change.status.as_str()),
                    fields: fields.to_vec(),
                    caused_by: *caused_by,
                    ..new(kind)
                }
            }
            EntryKind::TasksScheduled(added) => LogEntry {
                link: Some(added.link),
                caused_by: added.caused_by,
                task: Some(added.first),
                last_task: Some(added.last),
                ..new(LogEntryKind::TasksScheduled)
            },
            EntryKind::TaskRun(run) => new(LogEntryKind::TaskRan).about(run),
            EntryKind::TaskChanged(run, change) => new(kind_of(*change)).about(run),
            EntryKind::DeliveryAnnounced { delivery, link, caused_by } => LogEntry {
                link: Some(*link),
                caused_by: *caused_by,
                delivery: Some(*delivery),
                ..new(LogEntryKind::DeliveryAnnounced)
            },
            EntryKind::AttemptMade(attempt) => LogEntry {
                link: Some(attempt.link),
                delivery: Some(attempt.delivery),
                attempt: Some(attempt.number),
                ..new(LogEntryKind::AttemptEnded)
            },
            EntryKind::DeliveryFinished(finished) => LogEntry {
                link: Some(finished.content.link),
                caused_by: finished.content.caused_by,
                delivery: Some(finished.content.id),
                state: Some(finished.state),
                ..new(LogEntryKind::DeliveryFinished)
            },
            EntryKind::FaultInjected { injected, request_id } => LogEntry {
                link: injected.link,
                request_id: *request_id,
                fault: Some(injected.name),
                fault_id: injected.fault,
                ..new(LogEntryKind::FaultInjected)
            },
            EntryKind::ClockChanged { from, to } => {
                LogEntry { from: Some(*from), to: Some(*to), ..new(LogEntryKind::ClockChanged) }
            }
            EntryKind::SettingChanged(setting) => {
                LogEntry { setting: Some(setting.as_str()), ..new(LogEntryKind::SettingChanged) }
            }
        }
    }

    fn about(self, run: &TaskRun) -> LogEntry {
        LogEntry {
            link: Some(run.link),
            caused_by: run.caused_by,
            task: Some(run.id),
            what: Some(run.what()),
            delivery: run.task.delivery(),
            ..self
        }
    }

    fn new(cursor: u64, at: Timestamp, kind: LogEntryKind) -> LogEntry {
        LogEntry {
            cursor,
            at,
            kind: kind.as_str(),
            link: None,
            link_status: None,
            fields: Vec::new(),
            request_id: None,
            operation: None,
            status: None,
            caused_by: None,
            task: None,
            last_task: None,
            what: None,
            delivery: None,
            attempt: None,
            state: None,
            fault: None,
            fault_id: None,
            from: None,
            to: None,
            setting: None,
        }
    }
}

fn kind_of(change: TaskChange) -> LogEntryKind {
    match change {
        TaskChange::Moved => LogEntryKind::TaskMoved,
        TaskChange::Dropped => LogEntryKind::TaskDropped,
        TaskChange::MadeToFail => LogEntryKind::TaskMadeToFail,
    }
}
