//! Writes the tasks that run to the log.

use crate::account::Account;
use crate::account::log::EntryKind;
use crate::account::log::task_run::TaskRun;
use crate::account::schedule::Task;

impl Account {
    /// Logs a task before its effects, so that a reader finds the cause first.
    pub(super) fn log_task(&mut self, task: Task) {
        let pending = task.delivery().and_then(|delivery| self.outbox.pending(delivery));
        let run = match (task, pending) {
            // A link can be gone before its last webhook is sent.
            (Task::Send(..), Some(pending)) => {
                let content = &pending.content;
                TaskRun { task, link: content.link, caused_by: content.caused_by }
            }
            (Task::Send(..), None) => return,
            (task, _) => {
                let link = self.known_link(task.link());
                let caused_by = Some(match task {
                    Task::Load(_, load) => load.request_id,
                    Task::Delete(_, request_id) => request_id,
                    _ => link.begun_by,
                });
                TaskRun { task, link: link.id, caused_by }
            }
        };
        self.log.append(self.now, EntryKind::TaskRun(run));
    }
}
