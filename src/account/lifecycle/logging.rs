//! Writes the tasks that run to the log.

use crate::account::Account;
use crate::account::base::ids::TaskId;
use crate::account::log::EntryKind;
use crate::account::log::task_run::TaskRun;
use crate::account::schedule::Task;

impl Account {
    /// Logs a task before its effects, so that a reader finds the cause first.
    pub(super) fn log_task(&mut self, id: TaskId, task: Task) {
        if let Some(run) = self.task_run(id, task) {
            self.log.append(self.now, EntryKind::TaskRun(run));
        }
    }

    /// Returns what the log keeps of a task. It is None for a send whose delivery is finished.
    pub(in crate::account) fn task_run(&self, id: TaskId, task: Task) -> Option<TaskRun> {
        let Some(delivery) = task.delivery() else {
            let link = self.known_link(task.link());
            let caused_by = Some(match task {
                Task::Load(_, load) => load.request_id,
                Task::Delete(_, request_id) => request_id,
                _ => link.begun_by,
            });
            return Some(TaskRun { id, task, link: link.id, caused_by, is_first_attempt: false });
        };
        // A link can be gone before its last webhook is sent.
        let pending = self.outbox.pending(delivery)?;
        let content = &pending.content;
        Some(TaskRun {
            id,
            task,
            link: content.link,
            caused_by: content.caused_by,
            is_first_attempt: pending.attempts.made == 0,
        })
    }
}
