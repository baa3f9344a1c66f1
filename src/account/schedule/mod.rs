//! The schedule of an account: its tasks by the time at which they are due.

pub(super) mod calls;
mod load;
pub(super) mod row;
mod task;

pub(super) use load::Load;

use std::ops::Bound;

use imbl::OrdSet;
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::chunks::Chunks;
use crate::account::base::ids::{DeliveryId, LinkNumber, TaskId};
use crate::model::Timestamp;

pub(crate) use task::{Task, TaskKind};

/// The time at which a task is due, and its id. Tasks of one time run in the order of their ids.
pub(super) type TaskKey = (Timestamp, TaskId);

/// The tasks by their id, and the orders in which they are looked for. They share their memory with
/// those of a fork, and a write copies a few tasks and the nodes on the way to them.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    by_id: Chunks<Scheduled>,
    by_due: OrdSet<TaskKey>,
    of_links: OrdSet<LinkTask>,
    added: u64,
    moved: u64,
    /// The number of added tasks of which the log has told.
    told: u64,
}

#[derive(Clone, Copy, Debug)]
struct Scheduled {
    due: Timestamp,
    task: Task,
}

/// The key of a task in the index by link. Tasks of one kind are neighbours, and so are the tasks
/// of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LinkTask {
    link: LinkNumber,
    purpose: Purpose,
    id: TaskId,
}

/// The kind of a task, and the delivery of a send, in one number: the index has one for each task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Purpose(u64);

/// The bits of the delivery. No snapshot has a larger number, and no program makes as many.
const DELIVERY_BITS: u32 = 56;

impl Purpose {
    /// Returns the purpose of a task. A task of a kind that sends nothing has the first delivery.
    const fn new(kind: TaskKind, delivery: DeliveryId) -> Purpose {
        Purpose((kind as u64) << DELIVERY_BITS | delivery.0)
    }

    fn is_single(self) -> bool {
        TaskKind::ALL[(self.0 >> DELIVERY_BITS) as usize].is_single()
    }
}

const FIRST_DELIVERY: DeliveryId = DeliveryId(0);
const LAST_DELIVERY: DeliveryId = DeliveryId((1 << DELIVERY_BITS) - 1);

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
        (1..=self.added).contains(&id.0) && self.by_id.get(id.0).is_none()
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
        self.by_due.get_min().map(|(due, _)| *due)
    }

    /// Returns the number of tasks that were ever added or moved, and the number of those that are
    /// left. One of the two changes with every task that is added, moved or removed.
    pub(super) fn counts(&self) -> (u64, usize) {
        (self.added + self.moved, self.by_id.len())
    }

    /// Removes and returns the first task that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Timestamp) -> Option<(TaskKey, Task)> {
        let key = *self.by_due.get_min().filter(|(due, _)| *due <= now)?;
        Some((key, self.take(key.1)?))
    }

    /// Returns a task by its id, with the time at which it is due.
    pub(super) fn get(&self, id: TaskId) -> Option<(Timestamp, Task)> {
        self.by_id.get(id.0).map(|scheduled| (scheduled.due, scheduled.task))
    }

    /// Removes and returns a task.
    pub(super) fn take(&mut self, id: TaskId) -> Option<Task> {
        let Scheduled { due, task } = self.by_id.remove(id.0)?;
        self.by_due.remove(&(due, id));
        self.of_links.remove(&LinkTask::new(&task, id));
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
        let keys = self.by_due.range((from, Bound::Unbounded));
        keys.filter_map(|key| Some((*key, self.by_id.get(key.1.0)?.task)))
    }

    /// Returns all tasks in the order in which they are due.
    pub(super) fn all(&self) -> impl Iterator<Item = (Timestamp, Task)> {
        self.after(None).map(|((due, _), task)| (due, task))
    }

    /// Returns the tasks of a link in the order in which they are due.
    pub(super) fn of_link(&self, link: LinkNumber) -> impl Iterator<Item = (TaskKey, Task)> {
        let ids = self.ids_of(link, TaskKind::Step, TaskKind::Send);
        let known = |id| self.get(id).map(|(due, task)| ((due, id), task));
        let mut tasks: Vec<(TaskKey, Task)> = ids.into_iter().filter_map(known).collect();
        tasks.sort_unstable_by_key(|(key, _)| *key);
        tasks.into_iter()
    }

    /// Returns the task that sends a delivery of a link.
    pub(super) fn send_of(&self, link: LinkNumber, delivery: DeliveryId) -> Option<TaskId> {
        self.sends_of(link, delivery).next().map(|task| task.id)
    }

    /// Returns the id of the request whose answer said that the link will be deleted.
    pub(super) fn deletion_of(&self, link: LinkNumber) -> Option<Uuid> {
        let ids = self.ids_of(link, TaskKind::Delete, TaskKind::Delete);
        match self.get(*ids.first()?)?.1 {
            Task::Delete(_, request_id) => Some(request_id),
            _ => None,
        }
    }

    /// Tells that a link has a task of this kind.
    pub(super) fn has(&self, link: LinkNumber, kind: TaskKind) -> bool {
        self.range(link, kind, kind).next().is_some()
    }

    /// Returns the number of tasks.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Removes the tasks of this kind of a link.
    pub(super) fn cancel(&mut self, link: LinkNumber, kind: TaskKind) {
        self.drop_all(self.ids_of(link, kind, kind));
    }

    /// Removes the task that sends a delivery of a link.
    pub(super) fn cancel_send(&mut self, link: LinkNumber, delivery: DeliveryId) {
        self.drop_all(self.sends_of(link, delivery).map(|task| task.id).collect());
    }

    /// Removes all tasks of a link.
    pub(super) fn cancel_all(&mut self, link: LinkNumber) {
        self.drop_all(self.ids_of(link, TaskKind::Step, TaskKind::Send));
    }

    /// Checks that the index by link agrees with the tasks, and that a link has at most one task of
    /// each single kind.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(super) fn invariants(&self) -> Result<(), String> {
        let mut again = Schedule::default();
        for (id, scheduled) in self.by_id.iter() {
            again.insert((scheduled.due, TaskId(id)), scheduled.task);
        }
        let is_found = again.of_links == self.of_links && again.by_due == self.by_due;
        check(is_found, || "tasks are found by their link and by their time".to_owned())?;
        let last = self.by_id.iter().last().map_or(TaskId(0), |(id, _)| TaskId(id));
        check(last <= self.last_id(), || format!("{last:?} was given to a task"))?;
        let single = self.of_links.iter().filter(|task| task.purpose.is_single());
        let next = single.clone().skip(1);
        let twice =
            single.zip(next).find(|(one, two)| (one.link, one.purpose) == (two.link, two.purpose));
        check(twice.is_none(), || format!("a link has one task of a kind: {twice:?}"))
    }

    fn ids_of(&self, link: LinkNumber, first: TaskKind, last: TaskKind) -> Vec<TaskId> {
        self.range(link, first, last).map(|task| task.id).collect()
    }

    fn range(
        &self,
        link: LinkNumber,
        first: TaskKind,
        last: TaskKind,
    ) -> impl Iterator<Item = &LinkTask> {
        let from = Purpose::new(first, FIRST_DELIVERY);
        let to = Purpose::new(last, LAST_DELIVERY);
        self.between(link, from, to)
    }

    fn sends_of(&self, link: LinkNumber, delivery: DeliveryId) -> impl Iterator<Item = &LinkTask> {
        let purpose = Purpose::new(TaskKind::Send, delivery);
        self.between(link, purpose, purpose)
    }

    fn between(
        &self,
        link: LinkNumber,
        from: Purpose,
        to: Purpose,
    ) -> impl Iterator<Item = &LinkTask> {
        let first = LinkTask { link, purpose: from, id: TaskId(0) };
        let last = LinkTask { link, purpose: to, id: TaskId(u64::MAX) };
        self.of_links.range(first..=last)
    }

    fn insert(&mut self, (due, id): TaskKey, task: Task) {
        self.by_due.insert((due, id));
        self.of_links.insert(LinkTask::new(&task, id));
        self.by_id.insert(id.0, Scheduled { due, task });
    }

    fn drop_all(&mut self, ids: Vec<TaskId>) {
        for id in ids {
            self.take(id);
        }
    }
}

impl LinkTask {
    fn new(task: &Task, id: TaskId) -> LinkTask {
        let delivery = task.delivery().unwrap_or(FIRST_DELIVERY);
        LinkTask { link: task.link(), purpose: Purpose::new(task.kind(), delivery), id }
    }
}
