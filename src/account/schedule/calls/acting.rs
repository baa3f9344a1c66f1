//! The calls that change the future: they run, move and drop a task, and make its webhooks fail.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::account::base::ids::TaskId;
use crate::account::faults::Fault;
use crate::account::faults::Moment;
use crate::account::faults::calls::problems_of_attempts;
use crate::account::faults::kinds::WebhookFault;
use crate::account::faults::planned::PlannedFault;
use crate::account::journal::happened::Happened;
use crate::account::log::EntryKind;
use crate::account::log::page::{MOST_SCANNED, PageLimit, Reach};
use crate::account::log::task_run::TaskChange;
use crate::account::schedule::Task;
use crate::account::schedule::row::ScheduledTask;
use crate::account::webhooks::delivery::Delivery;
use crate::error::{Error, Problem};
use crate::model::quote::quoted;
use crate::model::{END, Timestamp, later, show};

/// The new time of a task.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NewTime {
    /// Later than now by this time.
    By(TimeDelta),
    To(Timestamp),
}

/// A task that was run now, and the webhooks that it brought.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RanTask {
    /// The task. The list is empty when the log (`--log-budget`) has no room for it.
    pub happened: Vec<Happened>,
    /// The number of webhooks that the task announced or finished.
    pub deliveries_count: u64,
    /// The first page of these webhooks, which are sent after this answer. For an attempt it is the
    /// delivery.
    pub deliveries: Vec<Delivery>,
    #[serde(flatten)]
    pub reach: Reach,
}

/// The tasks that a call dropped.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DroppedTasks {
    /// The task, and behind a load the webhooks that would have announced it.
    pub dropped: Vec<ScheduledTask>,
}

/// The fault that a client plans for the webhooks of a task.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedFailure {
    /// A fault of webhooks, but `webhook_before_answer`.
    fault: Fault,
    /// The number of attempts that the fault strikes; the retries after them are right. Only
    /// webhook_malformed_body and webhook_wrong_authorization have it. The default is all attempts.
    #[serde(default)]
    attempts: Option<u32>,
}

impl Account {
    /// Runs a task now, as if it had been due.
    ///
    /// # Errors
    /// 404 for an id without a task; 409 for a webhook before its load.
    pub(crate) fn run_task(&mut self, id: &str) -> Result<RanTask, Error> {
        let (id, task) = self.task_with(id)?;
        self.check_order(task, (self.now, id))?;
        let (before, tasks) = (self.delivery_mark(), self.log.tasks());
        self.put_off(id, task, self.now);
        self.outbox.schedule.take(id);
        self.run(id, task, Moment::OnTime);
        let limit = PageLimit::default().get();
        let page = self.deliveries(before.cursor, limit, |_, _| true)?;
        let has_run = usize::from(self.log.tasks() > tasks);
        let attempted = task.delivery().and_then(|id| self.outbox.find(&self.log, id));
        let is_new = |delivery: &Delivery| page.deliveries.iter().all(|new| new.id != delivery.id);
        Ok(RanTask {
            happened: self.happened_after(before.cursor, has_run),
            deliveries_count: self.deliveries_changed_since(before),
            deliveries: attempted.filter(is_new).into_iter().chain(page.deliveries).collect(),
            reach: page.reach,
        })
    }

    /// Gives a task another time.
    ///
    /// # Errors
    /// 404 for an id without a task; 400 for a time that is not after the present; 409 where the
    /// order of the account forbids the time.
    pub(crate) fn move_task(&mut self, id: &str, time: NewTime) -> Result<ScheduledTask, Error> {
        let (id, task) = self.task_with(id)?;
        let (field, due) = match time {
            NewTime::By(time) => ("by", later(self.due_of(id), time)),
            NewTime::To(time) => ("to", time),
        };
        let sentence = match due {
            _ if due <= self.now => Some(format!(
                "It is {} for this account. POST /_emulator/scheduled/{}/run runs the task now.",
                show(&self.now),
                id.0
            )),
            _ if due > END => Some(format!("No account lives beyond {}.", show(&END))),
            _ => None,
        };
        if let Some(sentence) = sentence {
            return Err(Error::invalid(sentence).on(field));
        }
        self.check_order(task, (due, id))?;
        self.put_off(id, task, due);
        self.log_change(id, task, TaskChange::Moved);
        self.row(id).ok_or_else(Error::unexpected)
    }

    /// Drops a task, so that it never runs. The webhooks of a load are dropped with it.
    ///
    /// # Errors
    /// 404 for an id without a task; 409 for a task without which its link would not be as Belvo
    /// describes it.
    pub(crate) fn drop_task(&mut self, id: &str) -> Result<DroppedTasks, Error> {
        let (id, task) = self.task_with(id)?;
        if let Some(reason) = Account::must_stay(task) {
            return Err(Error::task_refused(reason));
        }
        let ids = [id].into_iter().chain(self.webhooks_of_load(id, task));
        let mut dropped = Vec::new();
        for id in ids.collect::<Vec<_>>() {
            dropped.extend(self.row(id));
            let Some((_, task)) = self.outbox.schedule.get(id) else { continue };
            self.log_change(id, task, TaskChange::Dropped);
            self.outbox.schedule.take(id);
            self.faults.take_planned(id);
            if let Task::Send(_, delivery) = task {
                self.outbox.drop_delivery(&mut self.log, self.now, delivery);
            }
        }
        Ok(DroppedTasks { dropped })
    }

    /// Plans a fault for the webhooks of a task.
    ///
    /// # Errors
    /// 404 for an id without a task; 400 for a fault that is none of webhooks, and with all problems
    /// of the body; 409 for a task that brings no webhook.
    pub(crate) fn fail_task(
        &mut self,
        id: &str,
        failure: PlannedFailure,
    ) -> Result<ScheduledTask, Error> {
        let (id, task) = self.task_with(id)?;
        let fault = planned_fault(failure)?;
        if !self.brings_webhook(&task) {
            return Err(Error::task_refused(
                "This task brings no webhook. GET /_emulator/scheduled shows those that do, with \
                 brings_webhook.",
            ));
        }
        self.check_room()?;
        let schedule = &self.outbox.schedule;
        self.faults.plan(id, fault, |id| schedule.get(id).is_some())?;
        self.log_change(id, task, TaskChange::MadeToFail);
        self.row(id).ok_or_else(Error::unexpected)
    }

    /// Returns the task with the id that a path names.
    fn task_with(&self, id: &str) -> Result<(TaskId, Task), Error> {
        let known = id.parse().ok().map(TaskId);
        let found = known.and_then(|id| Some((id, self.outbox.schedule.get(id)?.1)));
        found.ok_or_else(|| self.unknown_task(id, known))
    }

    fn unknown_task(&self, id: &str, known: Option<TaskId>) -> Error {
        let last = self.outbox.schedule.last_id();
        let entries = self.log.newest_first().take(MOST_SCANNED);
        let mut fates = entries.filter_map(|(_, entry)| match &entry.kind {
            EntryKind::TaskRun(run) if Some(run.id) == known => Some(("ran", entry.at)),
            EntryKind::TaskChanged(run, TaskChange::Dropped) if Some(run.id) == known => {
                Some(("was dropped", entry.at))
            }
            _ => None,
        });
        let fate = match fates.next() {
            Some((fate, at)) => format!("it {fate} at {}", show(&at)),
            None if known.is_some_and(|known| (1..=last.0).contains(&known.0)) => {
                "it has run, was dropped, or went with its link".to_owned()
            }
            None => format!("the last one has the id {}", last.0),
        };
        Error::unknown(format_args!("No task {} is scheduled: {fate}.", quoted(id)))
    }

    fn check_order(&self, task: Task, place: (Timestamp, TaskId)) -> Result<(), Error> {
        self.out_of_order(task, place).map_or(Ok(()), |reason| Err(Error::task_refused(&reason)))
    }

    fn due_of(&self, id: TaskId) -> Timestamp {
        self.outbox.schedule.get(id).map_or(self.now, |(due, _)| due)
    }

    /// Gives a task another time, and tells the delivery that it sends.
    fn put_off(&mut self, id: TaskId, task: Task, due: Timestamp) {
        self.outbox.schedule.move_to(id, due);
        if let Some(delivery) = task.delivery() {
            self.outbox.note_next_attempt(delivery, due);
        }
    }

    fn log_change(&mut self, id: TaskId, task: Task, change: TaskChange) {
        if let Some(run) = self.task_run(id, task) {
            self.log.append(self.now, EntryKind::TaskChanged(run, change));
        }
    }

    /// Returns the webhooks that announce a load of a scenario: those before its next load.
    fn webhooks_of_load(&self, id: TaskId, task: Task) -> Vec<TaskId> {
        let Task::Step(link, _) = task else { return Vec::new() };
        let steps = self.loading_steps(link);
        let from = steps.iter().position(|step| step.id == id && step.is_load);
        let behind = from.map_or(&[][..], |place| &steps[place + 1..]);
        behind.iter().take_while(|step| !step.is_load).map(|step| step.id).collect()
    }
}

/// Checks the fault of a failure.
fn planned_fault(
    PlannedFailure { fault, attempts }: PlannedFailure,
) -> Result<PlannedFault, Error> {
    let errors = problems_of_attempts(&fault, attempts);
    let mut problems: Vec<Problem> = errors.into_iter().flat_map(|error| error.problems).collect();
    let mut refuse =
        |sentence: String| problems.extend(Error::invalid(sentence).on("fault").problems);
    let name = fault.name();
    let fault = match fault {
        Fault::Webhook(WebhookFault::BeforeAnswer) => {
            refuse(format!("{name} strikes within the call, which is answered."));
            None
        }
        Fault::Answer(_) => {
            refuse(format!(
                "{name} is injected into answers to calls: POST /_emulator/faults adds it. A \
                 webhook has faults whose names begin with webhook_; the receiver's own answers \
                 cannot be forced."
            ));
            None
        }
        Fault::Webhook(fault) => Some(fault),
    };
    match fault.filter(|_| problems.is_empty()) {
        Some(fault) => Ok(PlannedFault { fault, attempts }),
        None => Err(Error::of(400, problems)),
    }
}
