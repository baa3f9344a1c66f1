//! The tasks of a schedule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::schedule::load::Load;
use crate::scenario::StepId;

/// A task that will run later.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Runs a step of the link's scenario.
    Step(LinkNumber, StepId),
    /// Loads data that a request asked for, and announces it by webhooks.
    Load(LinkNumber, Load),
    /// Refreshes a recurrent link.
    Refresh(LinkNumber),
    /// Ends the storage period of the credentials.
    ExpireCredentials(LinkNumber),
    /// Removes the data at the end of its life.
    ExpireData(LinkNumber),
    /// Deletes a link in the background, for the request with this id.
    Delete(LinkNumber, Uuid),
    /// Makes the next attempt of a delivery.
    Send(LinkNumber, DeliveryId),
}

/// The kind of a task. The schedule cancels the tasks of a link by their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TaskKind {
    Step,
    Load,
    Refresh,
    ExpireCredentials,
    ExpireData,
    Delete,
    Send,
}

impl TaskKind {
    /// All kinds, in their order.
    pub(super) const ALL: [TaskKind; 7] = [
        TaskKind::Step,
        TaskKind::Load,
        TaskKind::Refresh,
        TaskKind::ExpireCredentials,
        TaskKind::ExpireData,
        TaskKind::Delete,
        TaskKind::Send,
    ];

    /// Tells that a link has at most one task of this kind.
    pub(crate) fn is_single(self) -> bool {
        match self {
            TaskKind::Refresh
            | TaskKind::ExpireCredentials
            | TaskKind::ExpireData
            | TaskKind::Delete => true,
            TaskKind::Step | TaskKind::Load | TaskKind::Send => false,
        }
    }
}

impl Task {
    pub(crate) fn link(&self) -> LinkNumber {
        match self {
            Task::Step(link, _)
            | Task::Load(link, _)
            | Task::Refresh(link)
            | Task::ExpireCredentials(link)
            | Task::ExpireData(link)
            | Task::Delete(link, _)
            | Task::Send(link, _) => *link,
        }
    }

    pub(crate) fn kind(&self) -> TaskKind {
        match self {
            Task::Step(..) => TaskKind::Step,
            Task::Load(..) => TaskKind::Load,
            Task::Refresh(_) => TaskKind::Refresh,
            Task::ExpireCredentials(_) => TaskKind::ExpireCredentials,
            Task::ExpireData(_) => TaskKind::ExpireData,
            Task::Delete(..) => TaskKind::Delete,
            Task::Send(..) => TaskKind::Send,
        }
    }

    /// Returns the delivery that the task sends, if it sends one.
    pub(crate) fn delivery(&self) -> Option<DeliveryId> {
        match self {
            Task::Send(_, delivery) => Some(*delivery),
            _ => None,
        }
    }

    /// Returns the name of what the task does. A send is the first attempt of its delivery, or a
    /// retry.
    pub(crate) fn what(&self, is_first_attempt: bool) -> &'static str {
        match self {
            Task::Step(_, step) => step.event(),
            Task::Load(..) => "load and webhook",
            Task::Refresh(_) => "refresh",
            Task::ExpireCredentials(_) => "credentials expire",
            Task::ExpireData(_) => "data expires",
            Task::Delete(..) => "deletion and webhook",
            Task::Send(..) if is_first_attempt => "first attempt",
            Task::Send(..) => "retry",
        }
    }
}
