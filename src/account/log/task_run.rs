//! A task that has run or was changed, as the log stores it.

use uuid::Uuid;

use crate::account::base::ids::TaskId;
use crate::account::schedule::Task;

/// A task that has run, or that a client has moved, dropped or made to fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaskRun {
    pub id: TaskId,
    pub task: Task,
    pub link: Uuid,
    /// The request that caused the task, also where the task is one of the link's lifecycle.
    pub caused_by: Option<Uuid>,
    /// True when the task makes the first attempt of a delivery.
    pub is_first_attempt: bool,
}

/// The change that a client has made to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskChange {
    Moved,
    Dropped,
    /// A fault will strike its webhooks.
    MadeToFail,
}

impl TaskRun {
    /// Returns the name of what happened.
    pub(crate) fn what(&self) -> &'static str {
        self.task.what(self.is_first_attempt)
    }
}
