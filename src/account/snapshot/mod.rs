//! The state of an account as a file: taken here, put back in `restore`.
//!
//! What is left out is the past (finished deliveries, the journal), what the flags or the owner of
//! the keys decide (endpoints and their secrets, retries) and what lasts for seconds (the windows of
//! `--rate-limits documented`).

mod restore;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::LinkNumber;
use crate::account::faults::Faults;
use crate::account::links::{Link, Session, StoredCredentials};
use crate::account::login::armed::ArmedEntry;
use crate::account::records::{Record, Records};
use crate::account::schedule::Task;
use crate::account::webhooks::delivery::Delivery;
use crate::generate::Change;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resource, Status};
use crate::model::{NEVER, Timestamp, show};
use crate::operations::Operation;
use crate::seed::Seed;

/// The form of the file; another one is refused.
const VERSION: u32 = 1;

/// All that an account is.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    version: u32,
    now: Moment,
    /// What people and their lives are drawn from, so that they are the same with another `--seed`.
    #[schemars(with = "String")]
    people: Seed,
    counters: Counters,
    default_scenario: Option<String>,
    links: Vec<LinkState>,
    employment_records: Vec<RecordState>,
    current_employments: Vec<RecordState>,
    /// When each CURP logged in, where a scenario counts that.
    logins: BTreeMap<String, Vec<Moment>>,
    /// Tokens of the widget that were used, and their last second.
    spent_tokens: BTreeMap<String, i64>,
    scheduled: Vec<TaskState>,
    /// Webhooks that were not finished. They go to the endpoints of the account that they are
    /// restored in.
    webhooks: Vec<WebhookState>,
    armed: Vec<ArmedState>,
    #[schemars(with = "Value")]
    faults: Faults,
}

/// How many there have been, so that no id is given twice.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Counters {
    requests: Count,
    sessions: Count,
    links: Count,
    employment_records: Count,
    current_employments: Count,
    tokens: Count,
    deliveries: Count,
    armed: Count,
}

/// A number of things that have been; no program makes more.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
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
    institution_user_id: String,
    curp: String,
    /// `username2`.
    email: Option<String>,
    access_mode: AccessMode,
    external_id: Option<String>,
    credentials_storage: CredentialsStorage,
    stale_in: Option<Days>,
    fetch_resources: Vec<Resource>,
    status: Status,
    credentials: StoredCredentials,
    created_at: Moment,
    begun_by: Uuid,
    last_accessed_at: Option<Moment>,
    failures: u8,
    refreshed_at: Option<Moment>,
    session: Option<SessionState>,
    changes: Vec<(Moment, Change)>,
    records: Count,
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
struct RecordState {
    number: Count,
    id: Uuid,
    /// The number of its link.
    link: Count,
    profile: usize,
    created_at: Moment,
    collected_at: Moment,
    with_pdf: bool,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TaskState {
    due: Moment,
    what: Task,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WebhookState {
    /// The number of its link, which may be gone.
    link_number: Count,
    link: Uuid,
    webhook_id: Uuid,
    webhook_type: String,
    webhook_code: String,
    /// When the event happened, and when it is sent next.
    created_at: Moment,
    due: Moment,
    caused_by: Option<Uuid>,
    /// A text where it is no JSON.
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
    /// `GET /_emulator/snapshot`.
    pub fn snapshot(&self) -> Snapshot {
        let counters = Counters {
            requests: Count(self.requests),
            sessions: Count(self.sessions),
            links: Count(self.links.next_number().0),
            employment_records: Count(self.employment_records.created()),
            current_employments: Count(self.current_employments.created()),
            tokens: Count(self.tokens.issued()),
            deliveries: Count(self.outbox.last_delivery().0),
            armed: Count(self.armed.last_id()),
        };
        let rows = self.outbox.schedule.all().filter(|(_, row)| !matches!(row, Task::Send(..)));
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
            employment_records: records(&self.employment_records),
            current_employments: records(&self.current_employments),
            logins: self
                .login_counts
                .all()
                .map(|(curp, times)| (curp.to_owned(), times.iter().copied().map(Moment).collect()))
                .collect(),
            spent_tokens: self.tokens.spent().collect(),
            scheduled: rows.map(|(due, what)| TaskState { due: Moment(due), what }).collect(),
            webhooks: self.unfinished_webhooks(),
            armed: self.armed.list().iter().map(ArmedState::of).collect(),
            faults: self.faults.clone(),
        }
    }

    /// One for each event, however many endpoints it was for.
    fn unfinished_webhooks(&self) -> Vec<WebhookState> {
        let mut known = BTreeSet::new();
        let pending = self.outbox.deliveries().filter(|delivery| !delivery.is_finished());
        pending
            .filter(|delivery| known.insert(delivery.webhook_id))
            .map(|delivery| WebhookState::of(delivery, self.now))
            .collect()
    }
}

fn records(records: &Records) -> Vec<RecordState> {
    records.numbered().map(RecordState::of).collect()
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
            institution_user_id: link.institution_user_id.to_string(),
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
            last_accessed_at: link.last_accessed_at.map(Moment),
            failures: link.failures,
            refreshed_at: link.refreshed_at.map(Moment),
            session: link.session.map(|Session { id, expires_at }| SessionState {
                id,
                expires_at: Moment(expires_at),
            }),
            changes: changes.collect(),
            records: Count(link.records),
            events: Count(link.events),
        }
    }
}

impl RecordState {
    fn of((number, record): (u64, &Record)) -> RecordState {
        RecordState {
            number: Count(number),
            id: record.id,
            link: Count(record.link.0),
            profile: record.profile,
            created_at: Moment(record.created_at),
            collected_at: Moment(record.collected_at),
            with_pdf: record.with_pdf,
        }
    }
}

impl WebhookState {
    fn of(delivery: &Delivery, now: Timestamp) -> WebhookState {
        let text = || to_raw_value(&String::from_utf8_lossy(&delivery.body));
        let json = serde_json::from_slice(&delivery.body);
        WebhookState {
            link_number: Count(delivery.link_number.0),
            link: delivery.link,
            webhook_id: delivery.webhook_id,
            webhook_type: delivery.webhook_type.to_owned(),
            webhook_code: delivery.webhook_code.to_owned(),
            created_at: Moment(delivery.created_at),
            due: Moment(delivery.next_attempt_at.unwrap_or(now)),
            caused_by: delivery.caused_by,
            payload: json.or_else(|_| text()).expect("a text can be written"),
        }
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
