//! The faults that a client has planned for the webhooks of one task.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::base::ids::TaskId;
use crate::account::faults::kinds::WebhookFault;
use crate::account::faults::{Faults, Moment};
use crate::account::webhooks::injection::WebhookInjection;
use crate::error::Error;

/// The largest number of tasks that have planned faults.
const MOST_TASKS: usize = 1000;
/// The largest number of planned faults of one task.
const MOST_OF_TASK: usize = 10;

/// A fault that strikes each webhook that its task brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedFault {
    pub fault: WebhookFault,
    /// The number of attempts that the fault strikes. None stands for all attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
}

/// The planned faults of a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskFaults {
    task: TaskId,
    faults: Vec<PlannedFault>,
}

/// The occasion on which a webhook is announced.
#[derive(Clone, Copy, Debug)]
pub(in crate::account) struct Occasion<'a> {
    pub moment: Moment,
    /// The faults that are planned for the task that announces it.
    pub planned: &'a [PlannedFault],
}

impl Occasion<'static> {
    /// The announcement of an event that no task brings.
    pub(in crate::account) const OF_CALL: Occasion<'static> =
        Occasion { moment: Moment::OnTime, planned: &[] };
}

impl WebhookInjection {
    /// Returns the injection of planned faults. While one webhook is held back, another one is not.
    pub(in crate::account) fn planned(
        faults: &[PlannedFault],
        one_is_held: bool,
    ) -> WebhookInjection {
        let mut injection = WebhookInjection::default();
        for PlannedFault { fault, attempts } in faults {
            if !(one_is_held && *fault == WebhookFault::Reorder) {
                fault.inject_into(&mut injection, *attempts);
            }
        }
        injection
    }
}

impl Faults {
    /// Plans a fault for the webhooks of a task.
    ///
    /// # Errors
    /// 400 when the task, or the account, has no room for another planned fault.
    pub(in crate::account) fn plan(
        &mut self,
        task: TaskId,
        fault: PlannedFault,
        is_scheduled: impl Fn(TaskId) -> bool,
    ) -> Result<(), Error> {
        if let Some(planned) = self.planned.iter_mut().find(|planned| planned.task == task) {
            if planned.faults.len() == MOST_OF_TASK {
                let sentence =
                    format_args!("{MOST_OF_TASK} faults, which is the most, strike it already.");
                return Err(Error::invalid(sentence).on("fault"));
            }
            planned.faults.push(fault);
            return Ok(());
        }
        // A task that was cancelled together with its link leaves its faults here.
        self.planned.retain(|planned| is_scheduled(planned.task));
        if self.planned.len() == MOST_TASKS {
            let sentence = format_args!(
                "{MOST_TASKS} tasks, which is the most, have faults already. Run or drop some."
            );
            return Err(Error::invalid(sentence).on("fault"));
        }
        self.planned.push(TaskFaults { task, faults: vec![fault] });
        Ok(())
    }

    /// Returns the planned faults of a task.
    pub(in crate::account) fn planned_for(&self, task: TaskId) -> &[PlannedFault] {
        let planned = self.planned.iter().find(|planned| planned.task == task);
        planned.map_or(&[], |planned| &planned.faults)
    }

    /// Removes and returns the planned faults of a task.
    pub(in crate::account) fn take_planned(&mut self, task: TaskId) -> Vec<PlannedFault> {
        let place = self.planned.iter().position(|planned| planned.task == task);
        place.map_or_else(Vec::new, |place| self.planned.remove(place).faults)
    }

    /// Tells that the planned faults are within their limits.
    pub(super) fn has_few_planned(&self) -> bool {
        self.planned.len() <= MOST_TASKS
            && self.planned.iter().all(|planned| planned.faults.len() <= MOST_OF_TASK)
    }
}
