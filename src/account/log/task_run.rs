//! A task that has run, as the log stores it.

use uuid::Uuid;

use crate::account::schedule::Task;

/// A task that has run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaskRun {
    pub task: Task,
    pub link: Uuid,
    /// The request that caused the task, also where the task is one of the link's lifecycle.
    pub caused_by: Option<Uuid>,
}

impl TaskRun {
    /// Returns the name of what happened.
    pub(crate) fn what(&self) -> &'static str {
        match self.task {
            Task::Step(_, step) => step.event(),
            Task::Load(..) => "load and webhook",
            Task::Refresh(_) => "refresh",
            Task::ExpireCredentials(_) => "credentials expire",
            Task::ExpireData(_) => "data expires",
            Task::Delete(..) => "deletion and webhook",
            Task::Send(..) => "retry",
        }
    }
}
