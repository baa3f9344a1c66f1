//! Writes to the log the tasks that run, and what calls and tasks bring about.

use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::TaskId;
use crate::account::log::task_run::TaskRun;
use crate::account::log::{EntryKind, Setting, TasksAdded};
use crate::account::schedule::Task;
use crate::model::Timestamp;

impl Account {
    /// Logs a task before its effects, so that a reader finds the cause first. Returns the request
    /// that caused the task.
    pub(super) fn log_task(&mut self, id: TaskId, task: Task) -> Option<Uuid> {
        let run = self.task_run(id, task)?;
        self.log.append(self.now, EntryKind::TaskRun(run));
        run.caused_by
    }

    /// Logs what a call or a task has brought about since this was last done: the faults that were
    /// injected, the links that changed, and the tasks that were scheduled. `request_id` is the call
    /// into whose answer faults were injected, `caused_by` the cause of the changes.
    pub(in crate::account) fn log_changes(
        &mut self,
        request_id: Option<Uuid>,
        caused_by: Option<Uuid>,
    ) {
        let now = self.now;
        for injected in self.faults.take_injected() {
            let request_id = request_id.filter(|_| injected.link.is_none());
            self.log.append(now, EntryKind::FaultInjected { injected, request_id });
        }
        for change in self.links.take_changes() {
            self.log.append(now, EntryKind::LinkChanged { change, caused_by });
        }
        if let Some(added) = self.tasks_added() {
            self.log.append(now, EntryKind::TasksScheduled(added));
        }
    }

    /// Logs that a call has changed a setting.
    pub(in crate::account) fn log_setting(&mut self, setting: Setting) {
        self.log.append(self.now, EntryKind::SettingChanged(setting));
    }

    /// Logs that a call has moved the time from `from` to the present, or has set the mode of the
    /// clock.
    pub(crate) fn log_clock(&mut self, from: Timestamp, to: Timestamp) {
        self.log.append(self.now, EntryKind::ClockChanged { from, to });
    }

    /// Tells that the log has what calls and tasks brought about.
    pub(in crate::account) fn changes_are_logged(&self) -> bool {
        self.links.are_told() && self.faults.are_told() && self.outbox.schedule.are_told()
    }

    /// Returns the tasks that were added since this was last asked, if one of them is still there.
    /// All of them belong to one link.
    fn tasks_added(&mut self) -> Option<TasksAdded> {
        let (first, last) = self.outbox.schedule.take_added()?;
        let (id, task) = (first.0..=last.0).map(TaskId).find_map(|id| {
            let (_, task) = self.outbox.schedule.get(id)?;
            Some((id, task))
        })?;
        let TaskRun { link, caused_by, .. } = self.task_run(id, task)?;
        Some(TasksAdded { first, last, link, caused_by })
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
