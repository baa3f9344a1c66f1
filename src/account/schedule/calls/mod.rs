//! The calls of `/_emulator/scheduled`. This file lists the tasks that will run, `acting` changes
//! them, and `order` knows what must not be changed.

mod acting;
mod order;
#[cfg(test)]
mod tests;

pub use acting::{DroppedTasks, RanTask};
pub(crate) use acting::{NewTime, PlannedFailure};

use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::{LinkNumber, TaskId};
use crate::account::log::task_run::TaskRun;
use crate::account::schedule::row::{ScheduledTask, ScheduledTasks, TaskPlace};
use crate::account::schedule::{Task, TaskKey};
use crate::operations::Operation;

/// The note on the planned faults of a refresh.
const STRIKES_NOTHING: &str = "A refresh sends a webhook only if it finds news or if its login fails. \
                               If it sends none, its faults strike nothing, and are gone.";

impl Account {
    /// Returns a page of the tasks, in the order in which they are due: those of a link, or all.
    pub(crate) fn scheduled_tasks(
        &self,
        after: Option<TaskPlace>,
        limit: usize,
        link: Option<Uuid>,
    ) -> ScheduledTasks {
        let schedule = &self.outbox.schedule;
        let after = after.map(TaskPlace::key);
        let (count, tasks): (usize, Vec<(TaskKey, Task)>) = match link {
            None => (schedule.len(), schedule.after(after).take(limit + 1).collect()),
            Some(link) => {
                let number = self.number_of_link(link).into_iter();
                let of_link: Vec<_> = number.flat_map(|number| schedule.of_link(number)).collect();
                let rest = of_link.iter().filter(|(key, _)| after.is_none_or(|after| *key > after));
                (of_link.len(), rest.take(limit + 1).copied().collect())
            }
        };
        let page = &tasks[..tasks.len().min(limit)];
        let last = page.last().map(|(key, _)| TaskPlace::of(*key));
        ScheduledTasks {
            scheduled: page.iter().filter_map(|(key, task)| self.row_of(*key, *task)).collect(),
            count,
            now: self.now,
            next_after: last.filter(|_| tasks.len() > limit),
        }
    }

    /// Returns the tasks of a link, in the order in which they are due.
    pub(in crate::account) fn rows_of_link(
        &self,
        link: LinkNumber,
    ) -> impl Iterator<Item = ScheduledTask> {
        let tasks = self.outbox.schedule.of_link(link);
        tasks.filter_map(|(key, task)| self.row_of(key, task))
    }

    /// Returns a task by its id.
    fn row(&self, id: TaskId) -> Option<ScheduledTask> {
        let (due, task) = self.outbox.schedule.get(id)?;
        self.row_of((due, id), task)
    }

    fn row_of(&self, (due, id): TaskKey, task: Task) -> Option<ScheduledTask> {
        let run = self.task_run(id, task)?;
        let faults = self.faults.planned_for(id).iter().map(|planned| planned.fault.name());
        let faults: Vec<&'static str> = faults.collect();
        let may_strike_nothing = matches!(task, Task::Refresh(_)) && !faults.is_empty();
        Some(ScheduledTask {
            id,
            due,
            what: run.what(),
            link: run.link,
            caused_by: run.caused_by,
            operation: self.operation_of(&run).map(Operation::as_str),
            delivery: task.delivery(),
            brings_webhook: self.brings_webhook(&task),
            faults,
            note: may_strike_nothing.then_some(STRIKES_NOTHING),
        })
    }

    /// Returns the operation of the request that caused a task.
    fn operation_of(&self, run: &TaskRun) -> Option<Operation> {
        let begun = |link: LinkNumber| {
            let link = self.links.get(link)?;
            (Some(link.begun_by) == run.caused_by).then_some(link.begun_with)
        };
        match run.task {
            Task::Load(_, load) => load.operation,
            Task::Delete(..) => Some(Operation::DestroyLink),
            Task::Send(link, _) => begun(link).or_else(|| {
                let (_, _, exchange) = self.log.request(run.caused_by?)?;
                exchange.operation
            }),
            _ => begun(run.task.link()),
        }
    }
}
