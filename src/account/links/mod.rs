//! The links of an account and what they are looked up by.

pub mod body;
pub mod calls;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::links::body::LinkRequest;
use crate::account::request::filter::{
    EQUAL, EQUAL_OR_IN, Field, Operator, TIMES, Value, ValueKind,
};
use crate::generate::Change;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resource, Status};
use crate::model::{Timestamp, later};
use crate::scenario::{Accept, Scenario, StepId};
use crate::seed::Seed;

#[derive(Clone, Debug)]
pub struct Link {
    pub id: Uuid,
    pub created_by: Uuid,
    pub institution_user_id: Box<str>,
    pub request: LinkRequest,
    pub status: Status,
    pub credentials: StoredCredentials,
    pub created_at: Timestamp,
    /// The request with which it began to live.
    pub begun_by: Uuid,
    pub last_accessed_at: Option<Timestamp>,
    /// Always one that accepts, if only after a token.
    pub scenario: Arc<Scenario>,
    /// Retrievals that failed since the last that worked.
    pub failures: u8,
    pub refreshed_at: Option<Timestamp>,
    /// What waits for a token.
    pub session: Option<Session>,
    /// What the scenario did to the person, and when, in order.
    pub changes: Vec<(Timestamp, Change)>,
    /// Records that were stored and events that were sent, for the ids of the next.
    pub records: u64,
    pub events: u64,
}

/// The state of the login that Belvo has stored for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoredCredentials {
    Work,
    /// The storage period is over, or there was none.
    Expired,
    /// The institution refuses them, in the words of a step of the link's scenario.
    Refused(StepId),
    /// The institution asks for a token.
    NeedToken,
}

/// A login that waits for its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug, Default)]
pub struct Links {
    by_number: BTreeMap<LinkNumber, Link>,
    by_id: HashMap<Uuid, LinkNumber>,
    by_external_id: HashMap<Box<str>, BTreeSet<LinkNumber>>,
    /// How many links each CURP has with an e-mail address, in lower case.
    curps_of_emails: HashMap<String, BTreeMap<Box<str>, usize>>,
    /// How many links each person has at an institution.
    links_of_users: HashMap<Box<str>, usize>,
    created: u64,
}

impl Links {
    /// The number that the next link will have.
    pub fn next_number(&self) -> LinkNumber {
        LinkNumber(self.created)
    }

    /// None yet; so many have been.
    pub fn numbered_from(created: u64) -> Links {
        Links { created, ..Links::default() }
    }

    /// Puts a link back; its number and id must be free.
    pub fn restore(&mut self, number: LinkNumber, link: Link) -> Result<(), String> {
        let is_free = number.0 < self.created
            && self.get(number).is_none()
            && self.number_of(link.id).is_none();
        check(is_free, || "Its number or its id is taken, or was never given.".to_owned())?;
        self.index(number, &link);
        self.by_number.insert(number, link);
        Ok(())
    }

    pub fn insert(&mut self, link: Link) -> LinkNumber {
        let number = self.next_number();
        self.created += 1;
        self.index(number, &link);
        self.by_number.insert(number, link);
        number
    }

    fn index(&mut self, number: LinkNumber, link: &Link) {
        self.by_id.insert(link.id, number);
        if let Some(external_id) = &link.request.external_id {
            self.by_external_id.entry(external_id.clone()).or_default().insert(number);
        }
        if let Some(email) = &link.request.email {
            let curps = self.curps_of_emails.entry(email.to_lowercase()).or_default();
            *curps.entry(link.request.curp.clone()).or_default() += 1;
        }
        *self.links_of_users.entry(link.institution_user_id.clone()).or_default() += 1;
    }

    pub fn remove(&mut self, number: LinkNumber) -> Option<Link> {
        let link = self.by_number.remove(&number)?;
        self.by_id.remove(&link.id);
        if let Some(external_id) = &link.request.external_id
            && let Some(numbers) = self.by_external_id.get_mut(external_id)
        {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_external_id.remove(external_id);
            }
        }
        if let Some(email) = &link.request.email {
            self.forget_email(&email.to_lowercase(), &link.request.curp);
        }
        if let Some(links) = self.links_of_users.get_mut(&link.institution_user_id) {
            *links -= 1;
            if *links == 0 {
                self.links_of_users.remove(&link.institution_user_id);
            }
        }
        Some(link)
    }

    pub fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Whether a person has a link.
    pub fn has_user(&self, institution_user_id: &str) -> bool {
        self.links_of_users.contains_key(institution_user_id)
    }

    /// In the order of creation.
    pub fn numbered(&self) -> impl Iterator<Item = (LinkNumber, &Link)> {
        self.by_number.iter().map(|(number, link)| (*number, link))
    }

    /// Whether what links are looked up by agrees with them.
    pub fn invariants(&self) -> Result<(), String> {
        let mut again = Links { created: self.created, ..Links::default() };
        for (number, link) in self.numbered() {
            check(number.0 < self.created, || format!("link {} was created", number.0))?;
            again.index(number, link);
        }
        let agrees = again.by_id == self.by_id
            && again.by_external_id == self.by_external_id
            && again.curps_of_emails == self.curps_of_emails
            && again.links_of_users == self.links_of_users;
        check(agrees, || "what links are looked up by agrees with them".to_owned())
    }

    fn forget_email(&mut self, email: &str, curp: &str) {
        let Some(curps) = self.curps_of_emails.get_mut(email) else { return };
        if let Some(links) = curps.get_mut(curp) {
            *links -= 1;
            if *links == 0 {
                curps.remove(curp);
            }
        }
        if curps.is_empty() {
            self.curps_of_emails.remove(email);
        }
    }

    pub fn get(&self, number: LinkNumber) -> Option<&Link> {
        self.by_number.get(&number)
    }

    pub fn get_mut(&mut self, number: LinkNumber) -> Option<&mut Link> {
        self.by_number.get_mut(&number)
    }

    pub fn number_of(&self, id: Uuid) -> Option<LinkNumber> {
        self.by_id.get(&id).copied()
    }

    /// The newest first. A known id or external id narrows what is walked.
    pub fn newest_first(
        &self,
        id: Option<Uuid>,
        external_id: Option<&str>,
    ) -> Box<dyn Iterator<Item = &Link> + '_> {
        if let Some(id) = id {
            Box::new(self.number_of(id).and_then(|number| self.get(number)).into_iter())
        } else if let Some(external_id) = external_id {
            let numbers = self.by_external_id.get(external_id).into_iter().flatten();
            let numbers: Vec<_> = numbers.copied().collect();
            Box::new(numbers.into_iter().rev().filter_map(|number| self.get(number)))
        } else {
            Box::new(self.by_number.values().rev())
        }
    }

    /// Whether a link with another CURP has this e-mail address.
    pub fn email_belongs_to_another_curp(&self, email: &str, curp: &str) -> bool {
        self.curps_of_emails
            .get(&email.to_lowercase())
            .is_some_and(|curps| curps.keys().any(|owner| &**owner != curp))
    }
}

impl Link {
    pub fn accept(&self) -> &Accept {
        self.scenario.accepts().expect("a link exists only where its scenario accepts the login")
    }

    /// The resources that a load brings: those that the link names, or all for recurrent ones that
    /// name none.
    pub fn loads(&self) -> Vec<Resource> {
        let LinkRequest { access_mode, fetch_resources, institution, .. } = &self.request;
        match access_mode {
            AccessMode::Recurrent if fetch_resources.is_empty() => institution.resources.to_vec(),
            _ => fetch_resources.to_vec(),
        }
    }

    /// What had happened to the person when a record was read.
    pub fn changes_until(&self, read_at: Timestamp) -> &[(Timestamp, Change)] {
        &self.changes[..self.changes.partition_point(|(at, _)| *at <= read_at)]
    }

    /// Recurrent links are refreshed once a week by default.
    pub fn refresh_rate(&self) -> Option<&'static str> {
        match self.request.access_mode {
            AccessMode::Single => None,
            AccessMode::Recurrent => Some("7d"),
        }
    }

    /// When the credentials expire that are stored now.
    pub fn credentials_expire_at(&self, stored_at: Timestamp) -> Option<Timestamp> {
        match self.request.credentials_storage {
            CredentialsStorage::Days(Days(days)) => {
                Some(later(stored_at, TimeDelta::days(days.into())))
            }
            CredentialsStorage::Store | CredentialsStorage::NoStore => None,
        }
    }
}

/// The same for the same person at the same institution: 32 bytes in base64.
pub fn institution_user_id(institution: &str, curp: &str, seed: &Seed) -> Box<str> {
    let seed = seed.child(institution).named("institution_user_id", curp.as_bytes());
    URL_SAFE.encode(seed.bytes()).into()
}

/// What `GET /api/links/` can be asked.
pub const FIELDS: &[Field<Link>] = &[
    Field {
        name: "id",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |link| Value::Uuid(link.id),
    },
    Field {
        name: "institution",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |link| Value::Text(link.request.institution.name),
    },
    Field {
        name: "access_mode",
        kind: ValueKind::Match(AccessMode::WORDS),
        operators: EQUAL,
        value: |link| Value::Text(link.request.access_mode.as_str()),
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |link| Value::Time(link.created_at),
    },
    Field {
        name: "created_by",
        kind: ValueKind::Uuid,
        operators: &[Operator::NotIn],
        value: |link| Value::Uuid(link.created_by),
    },
    Field {
        name: "external_id",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |link| link.request.external_id.as_deref().map_or(Value::Null, Value::Text),
    },
    Field {
        name: "institution_user_id",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |link| Value::Text(&link.institution_user_id),
    },
    Field {
        name: "refresh_rate",
        kind: ValueKind::Match(&["6h", "12h", "24h", "7d", "30d", "null"]),
        operators: EQUAL,
        value: |link| link.refresh_rate().map_or(Value::Null, Value::Text),
    },
    Field {
        name: "status",
        kind: ValueKind::Match(Status::WORDS),
        operators: EQUAL_OR_IN,
        value: |link| Value::Text(link.status.as_str()),
    },
];
