//! What will happen later: rows, keyed by when.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::copy_on_write::CopyOnWrite;
use crate::account::links::LinkNumber;
use crate::account::webhooks::delivery::DeliveryId;
use crate::model::Timestamp;

/// When a row is due, and its place among those of the same moment.
type TaskKey = (Timestamp, u64);

/// Something that will happen.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A step of the link's scenario, by its place there.
    Step(LinkNumber, usize),
    /// A load that a request asked for, and the webhooks that announce it.
    Load(LinkNumber, Load),
    /// The regular update of a recurrent link.
    Refresh(LinkNumber),
    /// The end of the storage period of the credentials.
    ExpireCredentials(LinkNumber),
    /// The end of the life of the data.
    ExpireData(LinkNumber),
    /// A deletion that does not make the client wait.
    Delete(LinkNumber, Uuid),
    /// The next attempt of a delivery.
    Send(LinkNumber, DeliveryId),
}

/// A load that a request asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// What the client was told, and what the webhook repeats.
    pub request_id: Uuid,
    pub employment_records: bool,
    pub current_employments: bool,
    pub with_pdf: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Schedule {
    rows: CopyOnWrite<BTreeMap<TaskKey, Task>>,
    of_links: CopyOnWrite<BTreeSet<(LinkNumber, TaskKey)>>,
    added: u64,
}

impl Schedule {
    pub fn add(&mut self, due: Timestamp, row: Task) {
        let key = (due, self.added);
        self.added += 1;
        self.rows.insert(key, row);
        self.of_links.insert((row.link(), key));
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        self.rows.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes the first row that is due at `now`.
    pub fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, Task)> {
        // A look first: what is asked for to be written is copied, if a fork shares it.
        self.next_due().filter(|due| *due <= now)?;
        let (key, row) = self.rows.pop_first()?;
        self.of_links.remove(&(row.link(), key));
        Some((key.0, row))
    }

    /// All that will happen, in order.
    pub fn all(&self) -> impl Iterator<Item = (Timestamp, Task)> {
        self.rows.iter().map(|((due, _), row)| (*due, *row))
    }

    /// What will happen to a link, in order.
    pub fn of_link(&self, link: LinkNumber) -> impl Iterator<Item = (Timestamp, Task)> {
        self.keys_of(link).filter_map(|key| Some((key.0, *self.rows.get(&key)?)))
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Drops the rows of a link that `drops` says.
    pub fn cancel(&mut self, link: LinkNumber, drops: impl Fn(&Task) -> bool) {
        let keys: Vec<TaskKey> = self.keys_of(link).collect();
        for key in keys {
            if self.rows.get(&key).is_some_and(&drops) {
                self.of_links.remove(&(link, key));
                self.rows.remove(&key);
            }
        }
    }

    fn keys_of(&self, link: LinkNumber) -> impl Iterator<Item = TaskKey> {
        let from = (link, (Timestamp::MIN_UTC, 0));
        let to = (link, (Timestamp::MAX_UTC, u64::MAX));
        self.of_links.range(from..=to).map(|(_, key)| *key)
    }

    /// Whether rows are found by their link.
    pub fn invariants(&self) -> Result<(), String> {
        let of_links: BTreeSet<_> = self.rows.iter().map(|(key, row)| (row.link(), *key)).collect();
        check(of_links == *self.of_links, || "rows are found by their link".to_owned())
    }
}

impl Task {
    pub fn link(&self) -> LinkNumber {
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

    /// What is sent, if something is.
    pub fn delivery(&self) -> Option<DeliveryId> {
        match self {
            Task::Send(_, delivery) => Some(*delivery),
            _ => None,
        }
    }
}
