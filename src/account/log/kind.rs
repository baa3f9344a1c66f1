//! The kinds of entries, with their contents.

use std::sync::Arc;

use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, TaskId};
use crate::account::links::changes::LinkChange;
use crate::account::log::delivery::{AttemptMade, Finished};
use crate::account::log::exchange::Exchange;
use crate::account::log::injected::InjectedFault;
use crate::account::log::task_run::{TaskChange, TaskRun};
use crate::model::Timestamp;
use crate::model::words::words;

/// Something that happened, with its content.
#[derive(Debug)]
pub(crate) enum EntryKind {
    RequestAnswered(Arc<Exchange>),
    LinkChanged {
        change: LinkChange,
        /// The request that caused the change, or the task that did.
        caused_by: Option<Uuid>,
    },
    TasksScheduled(TasksAdded),
    TaskRun(TaskRun),
    /// A client has changed a task that was scheduled.
    TaskChanged(TaskRun, TaskChange),
    /// A webhook was announced to an endpoint.
    DeliveryAnnounced {
        delivery: DeliveryId,
        link: Uuid,
        /// The request that caused the event.
        caused_by: Option<Uuid>,
    },
    AttemptMade(AttemptMade),
    DeliveryFinished(Arc<Finished>),
    FaultInjected {
        injected: InjectedFault,
        /// The request into whose answer the fault was injected.
        request_id: Option<Uuid>,
    },
    /// A call has moved the time, or has set the mode of the clock.
    ClockChanged {
        from: Timestamp,
        to: Timestamp,
    },
    /// A call has changed a setting.
    SettingChanged(Setting),
}

/// Tasks that were added to the schedule by one call or one task. Their ids follow one another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TasksAdded {
    pub first: TaskId,
    pub last: TaskId,
    pub link: Uuid,
    pub caused_by: Option<Uuid>,
}

words! {
    /// A setting of the account.
    Setting {
        Armed = "armed",
        DefaultScenario = "default_scenario",
        Endpoint = "endpoint",
        Faults = "faults",
    }
}

impl EntryKind {
    /// Returns the memory that the content takes beside the entry.
    pub(super) fn bytes(&self) -> usize {
        match self {
            EntryKind::RequestAnswered(exchange) => exchange.bytes(),
            EntryKind::LinkChanged { change, .. } => change.bytes(),
            EntryKind::AttemptMade(attempt) => attempt.outcome.bytes(),
            EntryKind::DeliveryFinished(finished) => {
                size_of::<Finished>() + finished.content.bytes()
            }
            EntryKind::TasksScheduled(_)
            | EntryKind::TaskRun(_)
            | EntryKind::TaskChanged(..)
            | EntryKind::DeliveryAnnounced { .. }
            | EntryKind::FaultInjected { .. }
            | EntryKind::ClockChanged { .. }
            | EntryKind::SettingChanged(_) => 0,
        }
    }
}
