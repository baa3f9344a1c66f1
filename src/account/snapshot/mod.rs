//! The snapshot of an account: its state as a file. This module takes it, and `restore` puts it
//! back.
//!
//! A snapshot leaves out the past (finished deliveries, the log), the settings of the flags and of
//! the owner of the keys (endpoints with their secrets, retries), and facts that last for seconds
//! (the windows of `--rate-limits documented`).

mod limits;
mod records;
mod restore;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Datelike, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::{LinkNumber, TaskId};
use crate::account::faults::Faults;
use crate::account::links::{Link, Session, StoredCredentials};
use crate::account::login::armed::ArmedEntry;
use crate::account::schedule::{Task, TaskKey};
use crate::account::snapshot::records::RecordState;
use crate::account::webhooks::injection::Spoilt;
use crate::account::webhooks::outbox::PendingDelivery;
use crate::generate::Change;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resource, Status};
use crate::model::{NEVER, Timestamp, show};
use crate::operations::Operation;
use crate::seed::Seed;

/// The version of the format. Snapshots of another version are refused.
const VERSION: u32 = 2;

/// The whole state of an account.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snapshot {
    version: u32,
    now: Moment,
    /// The seed of people and their lives. It keeps them the same under another `--seed`.
    #[schemars(with = "String")]
    people: Seed,
    counters: Counters,
    default_scenario: Option<String>,
    links: Vec<LinkState>,
    employment_records: Vec<RecordState>,
    #[serde(default)]
    owners: Vec<RecordState>,
    current_employments: Vec<RecordState>,
    #[serde(default)]
    employment_metrics: Vec<RecordState>,
    /// The times at which each CURP logged in, where a scenario counts them.
    logins: BTreeMap<String, Vec<Moment>>,
    /// The used tokens of the widget, each with the second at which it expires.
    spent_tokens: BTreeMap<String, i64>,
    scheduled: Vec<TaskState>,
    /// The webhooks that were not finished. They go to the endpoints of the account into which the
    /// snapshot is put.
    webhooks: Vec<WebhookState>,
    armed: Vec<ArmedState>,
    #[schemars(with = "Value")]
    faults: Faults,
}

/// The numbers of things that were ever made. With them, no id is given twice.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Counters {
    requests: Count,
    sessions: Count,
    links: Count,
    employment_records: Count,
    #[serde(default)]
    owners: Count,
    current_employments: Count,
    #[serde(default)]
    employment_metrics: Count,
    tokens: Count,
    deliveries: Count,
    armed: Count,
    /// The tasks that were ever scheduled. Snapshots of older versions lack it.
    #[serde(default)]
    tasks: Count,
}

/// A number of things that were made. It is limited by what programs can make.
#[derive(Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u64")]
#[schemars(extend("maximum" = MOST))]
struct Count(u64);

const MOST: u64 = 1 << 53;

/// A point in time between the years 1970 and 2200.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Timestamp")]
struct Moment(Timestamp);

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LinkState {
    number: Count,
    id: Uuid,
    created_by: Uuid,
    scenario: String,
    institution: String,
    curp: String,
    /// The person's e-mail address, from `username2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    access_mode: AccessMode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    credentials_storage: CredentialsStorage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stale_in: Option<Days>,
    fetch_resources: Vec<Resource>,
    status: Status,
    credentials: StoredCredentials,
    created_at: Moment,
    begun_by: Uuid,
    #[serde(default = "register_link", skip_serializing_if = "is_register_link")]
    begun_with: Operation,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_accessed_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "is_default")]
    failures: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refreshed_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<(Moment, Change)>,
    #[serde(default, skip_serializing_if = "is_default")]
    records: Count,
    #[serde(default, skip_serializing_if = "is_default")]
    events: Count,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SessionState {
    id: Uuid,
    expires_at: Moment,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TaskState {
    /// The id of the task. A task without one gets the next id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Count")]
    id: Option<Count>,
    due: Moment,
    what: Task,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WebhookState {
    /// The number of the webhook's link, which may have been deleted.
    link_number: Count,
    link: Uuid,
    webhook_id: Uuid,
    webhook_type: String,
    webhook_code: String,
    /// The time at which the event happened.
    created_at: Moment,
    due: Moment,
    /// The id of the task that makes the next attempt. A webhook without one gets the next id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Count")]
    task: Option<Count>,
    caused_by: Option<Uuid>,
    /// The attempts that a fault still spoils.
    #[serde(default, skip_serializing_if = "is_default")]
    spoilt: Spoilt,
    /// The payload. It is a text where the payload is not JSON.
    #[schemars(with = "Value")]
    payload: Box<RawValue>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ArmedState {
    id: Count,
    scenario: String,
    operation: Option<Operation>,
    curp: Option<String>,
    left: u32,
}

fn register_link() -> Operation {
    Operation::RegisterLink
}

fn is_register_link(operation: &Operation) -> bool {
    *operation == Operation::RegisterLink
}

/// Tells that a value is the default. A snapshot leaves defaults out, because it can hold a hundred
/// thousand links.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl TryFrom<u64> for Count {
    type Error = String;

    fn try_from(count: u64) -> Result<Count, String> {
        match count <= MOST {
            true => Ok(Count(count)),
            false => Err(format!("{count}: expected {MOST} at most")),
        }
    }
}

impl TryFrom<Timestamp> for Moment {
    type Error = String;

    fn try_from(time: DateTime<Utc>) -> Result<Moment, String> {
        match (1970..).contains(&time.year()) && time <= NEVER {
            true => Ok(Moment(time)),
            false => Err(format!("{time}: expected a time from 1970 to {}", show(&NEVER))),
        }
    }
}

impl Account {
    /// Answers `GET /_emulator/snapshot`.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let created = |resource| Count(self.records.of(resource).created());
        let records =
            |resource| self.records.of(resource).numbered().map(RecordState::of).collect();
        let counters = Counters {
            requests: Count(self.requests),
            sessions: Count(self.sessions),
            links: Count(self.links.next_number().0),
            employment_records: created(Resource::EmploymentRecords),
            owners: created(Resource::Owners),
            current_employments: created(Resource::CurrentEmployments),
            employment_metrics: created(Resource::EmploymentMetrics),
            tokens: Count(self.tokens.issued()),
            deliveries: Count(self.outbox.last_delivery().0),
            armed: Count(self.armed.last_id()),
            tasks: Count(self.outbox.schedule.last_id().0),
        };
        let tasks = self.outbox.schedule.after(None);
        let tasks = tasks.filter(|(_, task)| !matches!(task, Task::Send(..)));
        Snapshot {
            version: VERSION,
            now: Moment(self.now),
            people: self.people.clone(),
            counters,
            default_scenario: self
                .default_scenario
                .as_ref()
                .map(|scenario| scenario.name.as_str().to_owned()),
            links: self.links.numbered().map(LinkState::of).collect(),
            employment_records: records(Resource::EmploymentRecords),
            owners: records(Resource::Owners),
            current_employments: records(Resource::CurrentEmployments),
            employment_metrics: records(Resource::EmploymentMetrics),
            logins: self.counted_logins(),
            spent_tokens: self.tokens.spent().collect(),
            scheduled: tasks.map(TaskState::of).collect(),
            webhooks: self.unfinished_webhooks(),
            armed: self.armed.list().iter().map(ArmedState::of).collect(),
            faults: self.faults.clone(),
        }
    }

    fn counted_logins(&self) -> BTreeMap<String, Vec<Moment>> {
        let logins = self.login_counts.at(self.now).into_iter();
        logins
            .map(|(curp, times)| (curp.to_owned(), times.into_iter().map(Moment).collect()))
            .collect()
    }

    /// Returns one webhook for each event, however many endpoints it has. Events can share a
    /// webhook id: the n-th delivery of an id to one endpoint belongs to the same event as the n-th
    /// delivery of the id to another.
    fn unfinished_webhooks(&self) -> Vec<WebhookState> {
        let mut counts: HashMap<(Uuid, Option<&str>), u32> = HashMap::new();
        let mut known = HashSet::new();
        self.outbox
            .all_pending()
            .filter(|pending| {
                let delivery = &pending.content;
                let count =
                    counts.entry((delivery.webhook_id, delivery.url.as_deref())).or_default();
                *count += 1;
                known.insert((delivery.webhook_id, *count))
            })
            .map(|pending| self.webhook_state(pending))
            .collect()
    }

    fn webhook_state(&self, pending: &PendingDelivery) -> WebhookState {
        let delivery = &pending.content;
        let text = || to_raw_value(&String::from_utf8_lossy(&delivery.body));
        let json = serde_json::from_slice(&delivery.body);
        let task = self.outbox.schedule.send_of(delivery.link_number, delivery.id);
        WebhookState {
            link_number: Count(delivery.link_number.0),
            link: delivery.link,
            webhook_id: delivery.webhook_id,
            webhook_type: delivery.kind.webhook_type().to_owned(),
            webhook_code: delivery.kind.webhook_code().to_owned(),
            created_at: Moment(delivery.created_at),
            due: Moment(pending.next_attempt_at.unwrap_or(self.now)),
            task: task.map(|TaskId(id)| Count(id)),
            caused_by: delivery.caused_by,
            spoilt: pending.spoilt.after(pending.attempts.made),
            payload: json.or_else(|_| text()).expect("a text can be written"),
        }
    }
}

impl LinkState {
    fn of((LinkNumber(number), link): (LinkNumber, &Link)) -> LinkState {
        let request = &link.request;
        let changes = link.changes.iter().map(|(at, change)| (Moment(*at), *change));
        LinkState {
            number: Count(number),
            id: link.id,
            created_by: link.created_by,
            scenario: link.scenario.name.as_str().to_owned(),
            institution: request.institution.name.to_owned(),
            curp: request.curp.to_string(),
            email: request.email.as_deref().map(str::to_owned),
            access_mode: request.access_mode,
            external_id: request.external_id.as_deref().map(str::to_owned),
            credentials_storage: request.credentials_storage,
            stale_in: request.stale_in,
            fetch_resources: request.fetch_resources.to_vec(),
            status: link.status,
            credentials: link.credentials,
            created_at: Moment(link.created_at),
            begun_by: link.begun_by,
            begun_with: link.begun_with,
            last_accessed_at: link.last_accessed_at.map(Moment),
            failures: link.failures,
            refreshed_at: link.refreshed_at.map(Moment),
            session: link.session.as_deref().map(|&Session { id, expires_at }| SessionState {
                id,
                expires_at: Moment(expires_at),
            }),
            changes: changes.collect(),
            records: Count(link.records),
            events: Count(link.events),
        }
    }
}

impl TaskState {
    fn of(((due, id), what): (TaskKey, Task)) -> TaskState {
        TaskState { id: Some(Count(id.0)), due: Moment(due), what }
    }
}

impl ArmedState {
    fn of(entry: &ArmedEntry) -> ArmedState {
        ArmedState {
            id: Count(entry.id.0),
            scenario: entry.scenario.name.as_str().to_owned(),
            operation: entry.operation,
            curp: entry.curp.as_deref().map(str::to_owned),
            left: entry.left,
        }
    }
}
