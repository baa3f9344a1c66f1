//! A task that has run, as the log stores it.

use uuid::Uuid;

use crate::account::base::ids::TaskId;
use crate::account::schedule::Task;

/// A task that has run, or that a client has moved or dropped.
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

impl TaskRun {
    /// Returns the name of what happened.
    pub(crate) fn what(&self) -> &'static str {
        self.task.what(self.is_first_attempt)
    }
}
