//! The schedule of an account: its tasks by the time at which they are due.

pub(super) mod calls;
mod load;
pub(super) mod row;

pub(super) use load::Load;

use std::ops::Bound;

use imbl::{OrdMap, OrdSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::{DeliveryId, LinkNumber, TaskId};
use crate::model::Timestamp;
use crate::scenario::StepId;

/// The time at which a task is due, and its id. Tasks of one time run in the order of their ids.
pub(super) type TaskKey = (Timestamp, TaskId);

/// A task that will run later.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Runs a step of the link's scenario.
    Step(LinkNumber, StepId),
    /// Loads data that a request asked for, and announces it by webhooks.
    Load(LinkNumber, Load),
    /// Refreshes a recurrent link.
    Refresh(LinkNumber),
    /// Ends the storage period of the credentials.
    ExpireCredentials(LinkNumber),
    /// Removes the data at the end of its life.
    ExpireData(LinkNumber),
    /// Deletes a link in the background, for the request with this id.
    Delete(LinkNumber, Uuid),
    /// Makes the next attempt of a delivery.
    Send(LinkNumber, DeliveryId),
}

/// The kind of a task, for [`Schedule::cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TaskKind {
    Step,
    Load,
    Refresh,
    ExpireCredentials,
    ExpireData,
    Delete,
    Send,
}

/// The tasks, in three maps. They share their nodes with those of a fork, and a write copies the
/// nodes on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    tasks: OrdMap<TaskKey, Task>,
    of_links: OrdSet<LinkTask>,
    due_by_id: OrdMap<TaskId, Timestamp>,
    added: u64,
    moved: u64,
    /// The number of added tasks of which the log has told.
    told: u64,
}

/// The key of a task in the index by link. Tasks of one kind are neighbours, and so are the tasks
/// of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LinkTask {
    link: LinkNumber,
    kind: TaskKind,
    /// The delivery of a send. A task of another kind has the first id.
    delivery: DeliveryId,
    key: TaskKey,
}

const FIRST_KEY: TaskKey = (Timestamp::MIN_UTC, TaskId(0));
const LAST_KEY: TaskKey = (Timestamp::MAX_UTC, TaskId(u64::MAX));
const FIRST_DELIVERY: DeliveryId = DeliveryId(0);
const LAST_DELIVERY: DeliveryId = DeliveryId(u64::MAX);

impl Schedule {
    /// Returns an empty schedule whose next task has the id after `added`.
    pub(super) fn numbered_from(added: u64) -> Schedule {
        Schedule { added, told: added, ..Schedule::default() }
    }

    pub(super) fn add(&mut self, due: Timestamp, task: Task) {
        self.added += 1;
        self.insert((due, TaskId(self.added)), task);
    }

    /// Returns the first and the last id of the tasks that were added since this was last asked.
    pub(super) fn take_added(&mut self) -> Option<(TaskId, TaskId)> {
        let first = std::mem::replace(&mut self.told, self.added) + 1;
        (first <= self.added).then_some((TaskId(first), TaskId(self.added)))
    }

    /// Tells that the log has told of all tasks that were added.
    pub(super) fn are_told(&self) -> bool {
        self.told == self.added
    }

    /// Tells that an id was given, and that its task is not there.
    pub(super) fn is_free(&self, id: TaskId) -> bool {
        (1..=self.added).contains(&id.0) && !self.due_by_id.contains_key(&id)
    }

    /// Puts a task back under its id. Returns false when the id is not free.
    pub(super) fn restore(&mut self, due: Timestamp, id: TaskId, task: Task) -> bool {
        let is_free = self.is_free(id);
        if is_free {
            self.insert((due, id), task);
        }
        is_free
    }

    /// Returns the id of the task that was added last. It is 0 before the first.
    pub(super) fn last_id(&self) -> TaskId {
        TaskId(self.added)
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.tasks.get_min().map(|((due, _), _)| *due)
    }

    /// Returns the number of tasks that were ever added or moved, and the number of those that are
    /// left. One of the two changes with every task that is added, moved or removed.
    pub(super) fn counts(&self) -> (u64, usize) {
        (self.added + self.moved, self.tasks.len())
    }

    /// Removes and returns the first task that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<(TaskKey, Task)> {
        let (key, task) = *self.tasks.get_min().filter(|((due, _), _)| *due <= now)?;
        self.remove(key, &task);
        Some((key, task))
    }

    /// Returns a task by its id, with the time at which it is due.
    pub(super) fn get(&self, id: TaskId) -> Option<(Timestamp, Task)> {
        let due = *self.due_by_id.get(&id)?;
        Some((due, *self.tasks.get(&(due, id))?))
    }

    /// Removes and returns a task.
    pub(super) fn take(&mut self, id: TaskId) -> Option<Task> {
        let (due, task) = self.get(id)?;
        self.remove((due, id), &task);
        Some(task)
    }

    /// Gives a task another time.
    pub(super) fn move_to(&mut self, id: TaskId, due: Timestamp) {
        let Some(task) = self.take(id) else { return };
        self.moved += 1;
        self.insert((due, id), task);
    }

    /// Returns the tasks after a place, in the order in which they are due.
    pub(super) fn after(&self, place: Option<TaskKey>) -> impl Iterator<Item = (TaskKey, Task)> {
        let from = place.map_or(Bound::Unbounded, Bound::Excluded);
        self.tasks.range((from, Bound::Unbounded)).map(|(key, task)| (*key, *task))
    }

    /// Returns all tasks in the order in which they are due.
    pub(super) fn all(&self) -> impl Iterator<Item = (Timestamp, Task)> {
        self.tasks.iter().map(|((due, _), task)| (*due, *task))
    }

    /// Returns the tasks of a link in the order in which they are due.
    pub(super) fn of_link(&self, link: LinkNumber) -> impl Iterator<Item = (TaskKey, Task)> {
        let mut keys = self.keys_of(link, TaskKind::Step, TaskKind::Send);
        keys.sort_unstable();
        keys.into_iter().filter_map(|key| Some((key, *self.tasks.get(&key)?)))
    }

    /// Returns the task that sends a delivery of a link.
    pub(super) fn send_of(&self, link: LinkNumber, delivery: DeliveryId) -> Option<TaskId> {
        self.sends_of(link, delivery).next().map(|task| task.key.1)
    }

    /// Returns the id of the request whose answer said that the link will be deleted.
    pub(super) fn deletion_of(&self, link: LinkNumber) -> Option<Uuid> {
        let keys = self.keys_of(link, TaskKind::Delete, TaskKind::Delete);
        match self.tasks.get(keys.first()?)? {
            Task::Delete(_, request_id) => Some(*request_id),
            _ => None,
        }
    }

    /// Tells that a link has a task of this kind.
    pub(super) fn has(&self, link: LinkNumber, kind: TaskKind) -> bool {
        self.range(link, kind, kind).next().is_some()
    }

    /// Returns the number of tasks.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Removes the tasks of this kind of a link.
    pub(super) fn cancel(&mut self, link: LinkNumber, kind: TaskKind) {
        self.drop_all(self.keys_of(link, kind, kind));
    }

    /// Removes the task that sends a delivery of a link.
    pub(super) fn cancel_send(&mut self, link: LinkNumber, delivery: DeliveryId) {
        self.drop_all(self.sends_of(link, delivery).map(|task| task.key).collect());
    }

    /// Removes all tasks of a link.
    pub(super) fn cancel_all(&mut self, link: LinkNumber) {
        self.drop_all(self.keys_of(link, TaskKind::Step, TaskKind::Send));
    }

    /// Checks that the index by link agrees with the tasks, and that a link has at most one task of
    /// each single kind.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(super) fn invariants(&self) -> Result<(), String> {
        let of_links: OrdSet<LinkTask> =
            self.tasks.iter().map(|(key, task)| LinkTask::new(task, *key)).collect();
        check(of_links == self.of_links, || "tasks are found by their link".to_owned())?;
        let due_by_id: OrdMap<TaskId, Timestamp> =
            self.tasks.keys().map(|(due, id)| (*id, *due)).collect();
        check(due_by_id == self.due_by_id && due_by_id.len() == self.tasks.len(), || {
            "tasks are found by their id".to_owned()
        })?;
        let last = due_by_id.get_max().map_or(TaskId(0), |(id, _)| *id);
        check(last <= self.last_id(), || format!("{last:?} was given to a task"))?;
        let single = self.of_links.iter().filter(|task| task.kind.is_single());
        let next = single.clone().skip(1);
        let twice =
            single.zip(next).find(|(one, two)| (one.link, one.kind) == (two.link, two.kind));
        check(twice.is_none(), || format!("a link has one task of a kind: {twice:?}"))
    }

    fn keys_of(&self, link: LinkNumber, first: TaskKind, last: TaskKind) -> Vec<TaskKey> {
        self.range(link, first, last).map(|task| task.key).collect()
    }

    fn range(
        &self,
        link: LinkNumber,
        first: TaskKind,
        last: TaskKind,
    ) -> impl Iterator<Item = &LinkTask> {
        let from = LinkTask { link, kind: first, delivery: FIRST_DELIVERY, key: FIRST_KEY };
        let to = LinkTask { link, kind: last, delivery: LAST_DELIVERY, key: LAST_KEY };
        self.of_links.range(from..=to)
    }

    fn sends_of(&self, link: LinkNumber, delivery: DeliveryId) -> impl Iterator<Item = &LinkTask> {
        let task = LinkTask { link, kind: TaskKind::Send, delivery, key: FIRST_KEY };
        self.of_links.range(task..=LinkTask { key: LAST_KEY, ..task })
    }

    fn insert(&mut self, key: TaskKey, task: Task) {
        self.due_by_id.insert(key.1, key.0);
        self.tasks.insert(key, task);
        self.of_links.insert(LinkTask::new(&task, key));
    }

    fn drop_all(&mut self, keys: Vec<TaskKey>) {
        for key in keys {
            if let Some(task) = self.tasks.get(&key).copied() {
                self.remove(key, &task);
            }
        }
    }

    fn remove(&mut self, key: TaskKey, task: &Task) {
        self.tasks.remove(&key);
        self.due_by_id.remove(&key.1);
        self.of_links.remove(&LinkTask::new(task, key));
    }
}

impl TaskKind {
    /// Tells that a link has at most one task of this kind.
    pub(crate) fn is_single(self) -> bool {
        match self {
            TaskKind::Refresh
            | TaskKind::ExpireCredentials
            | TaskKind::ExpireData
            | TaskKind::Delete => true,
            TaskKind::Step | TaskKind::Load | TaskKind::Send => false,
        }
    }
}

impl LinkTask {
    fn new(task: &Task, key: TaskKey) -> LinkTask {
        let delivery = task.delivery().unwrap_or(FIRST_DELIVERY);
        LinkTask { link: task.link(), kind: task.kind(), delivery, key }
    }
}

impl Task {
    pub(crate) fn link(&self) -> LinkNumber {
        match self {
            Task::Step(link, _)
            | Task::Load(link, _)
            | Task::Refresh(link)
            | Task::ExpireCredentials(link)
            | Task::ExpireData(link)
            | Task::Delete(link, _)
            | Task::Send(link, _) => *link,
        }
    }

    pub(crate) fn kind(&self) -> TaskKind {
        match self {
            Task::Step(..) => TaskKind::Step,
            Task::Load(..) => TaskKind::Load,
            Task::Refresh(_) => TaskKind::Refresh,
            Task::ExpireCredentials(_) => TaskKind::ExpireCredentials,
            Task::ExpireData(_) => TaskKind::ExpireData,
            Task::Delete(..) => TaskKind::Delete,
            Task::Send(..) => TaskKind::Send,
        }
    }

    /// Returns the delivery that the task sends, if it sends one.
    pub(crate) fn delivery(&self) -> Option<DeliveryId> {
        match self {
            Task::Send(_, delivery) => Some(*delivery),
            _ => None,
        }
    }

    /// Returns the name of what the task does. A send is the first attempt of its delivery, or a
    /// retry.
    pub(crate) fn what(&self, is_first_attempt: bool) -> &'static str {
        match self {
            Task::Step(_, step) => step.event(),
            Task::Load(..) => "load and webhook",
            Task::Refresh(_) => "refresh",
            Task::ExpireCredentials(_) => "credentials expire",
            Task::ExpireData(_) => "data expires",
            Task::Delete(..) => "deletion and webhook",
            Task::Send(..) if is_first_attempt => "first attempt",
            Task::Send(..) => "retry",
        }
    }
}
