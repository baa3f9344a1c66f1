//! The reasons why a task cannot run at another time, or cannot be dropped.

use crate::account::Account;
use crate::account::base::ids::{LinkNumber, TaskId};
use crate::account::schedule::{Task, TaskKey};
use crate::model::show;
use crate::scenario::StepKind;

/// A scheduled step of a scenario that loads data or announces it.
#[derive(Clone, Copy)]
pub(super) struct LoadingStep {
    pub id: TaskId,
    due: TaskKey,
    /// The place of the step among the steps of its scenario.
    place: usize,
    pub is_load: bool,
}

impl LoadingStep {
    fn name(&self) -> &'static str {
        if self.is_load { "load" } else { "webhook" }
    }
}

impl Account {
    /// Returns the reason why a task must not run at a place of the schedule.
    pub(super) fn out_of_order(&self, task: Task, place: TaskKey) -> Option<String> {
        let link = task.link();
        let deletion = || {
            let tasks = self.outbox.schedule.of_link(link);
            let mut deletions = tasks.filter(|(_, task)| matches!(task, Task::Delete(..)));
            let ((due, id), _) = deletions.find(|(due, _)| *due < place)?;
            let due = show(&due);
            Some(format!(
                "Task {} deletes the link at {due}, so this task would never run. Move that task \
                 first, or drop it.",
                id.0
            ))
        };
        match task {
            Task::Delete(..) | Task::Send(..) => None,
            Task::Step(..) => self.overtakes(link, place).or_else(deletion),
            _ => deletion(),
        }
    }

    /// Returns the reason why a task must not be dropped.
    pub(super) fn must_stay(task: Task) -> Option<&'static str> {
        match task {
            Task::Refresh(_) => Some(
                "A valid recurrent link is refreshed every week. PATCH /api/links/{id}/ with \
                 access_mode single ends that; PATCH /_emulator/scheduled/{task_id} moves this \
                 refresh.",
            ),
            Task::ExpireData(_) => Some(
                "Data has an end, which stale_in of the link sets. PATCH \
                 /_emulator/scheduled/{task_id} moves it.",
            ),
            Task::ExpireCredentials(_) => Some(
                "Credentials that are stored for days have an end. PUT /api/links/{id}/ begins their \
                 time anew; PATCH /_emulator/scheduled/{task_id} moves the end.",
            ),
            Task::Step(..) | Task::Load(..) | Task::Delete(..) | Task::Send(..) => None,
        }
    }

    /// Returns the reason why a step that loads or announces would leave the order of its scenario:
    /// a webhook must not come before its load.
    fn overtakes(&self, link: LinkNumber, (due, id): TaskKey) -> Option<String> {
        let steps = self.loading_steps(link);
        let own = steps.iter().find(|step| step.id == id)?;
        let is_overtaken = |other: &&LoadingStep| {
            (other.place < own.place && other.due > (due, id))
                || (other.place > own.place && other.due < (due, id))
        };
        let other = steps.iter().find(is_overtaken)?;
        let (relation, action) = match other.place < own.place {
            true => ("comes before it", "Run or move that task first."),
            false => ("comes after it", "Move that task first."),
        };
        Some(format!(
            "This is a {} of its scenario, and task {}, a {} that {relation}, is due at {}. {action}",
            own.name(),
            other.id.0,
            other.name(),
            show(&other.due.0),
        ))
    }

    /// Returns the scheduled steps of a link that load data or announce it, in the order of its
    /// scenario.
    pub(super) fn loading_steps(&self, link: LinkNumber) -> Vec<LoadingStep> {
        let tasks = self.outbox.schedule.of_link(link);
        let loading = tasks.filter_map(|(due, task)| {
            let Task::Step(_, step) = task else { return None };
            let mut steps = self.known_link(link).accept().later.iter().enumerate();
            let (place, (_, step)) = steps.find(|(_, (other, _))| *other == step)?;
            let is_load = matches!(step.event, StepKind::Load);
            let is_loading = step.event.loads_or_announces();
            is_loading.then_some(LoadingStep { id: due.1, due, place, is_load })
        });
        let mut loading: Vec<LoadingStep> = loading.collect();
        loading.sort_by_key(|step| step.place);
        loading
    }
}
