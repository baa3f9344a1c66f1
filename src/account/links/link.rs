//! A link, and the login that Belvo stores for it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::links::body::LinkRequest;
use crate::generate::Change;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resource, Status};
use crate::model::{Timestamp, later};
use crate::scenario::{Accept, Scenario, StepId};
use crate::seed::Seed;

/// A link, and all that later calls and tasks depend on.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub id: Uuid,
    pub created_by: Uuid,
    pub institution_user_id: Arc<str>,
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
    /// The login that waits for a token.
    pub session: Option<Session>,
    /// How the scenario turned the life of the person, and when, in order.
    pub changes: Vec<(Timestamp, Change)>,
    /// Records that were stored and events that were sent, for the ids of the next.
    pub records: u64,
    pub events: u64,
}

/// The state of the login that Belvo has stored for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoredCredentials {
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
pub(crate) struct Session {
    pub id: Uuid,
    pub expires_at: Timestamp,
}

impl Link {
    pub(crate) fn accept(&self) -> &Accept {
        self.scenario.accepts().expect("a link exists only where its scenario accepts the login")
    }

    /// The resources that a load brings: those that the link names, or all for recurrent ones that
    /// name none.
    pub(crate) fn loads(&self) -> Vec<Resource> {
        let LinkRequest { access_mode, fetch_resources, institution, .. } = &self.request;
        match access_mode {
            AccessMode::Recurrent if fetch_resources.is_empty() => institution.resources.to_vec(),
            _ => fetch_resources.to_vec(),
        }
    }

    /// The turns in the life of the person until a record was read.
    pub(crate) fn changes_until(&self, read_at: Timestamp) -> &[(Timestamp, Change)] {
        &self.changes[..self.changes.partition_point(|(at, _)| *at <= read_at)]
    }

    /// Recurrent links are refreshed once a week by default.
    pub(crate) fn refresh_rate(&self) -> Option<&'static str> {
        match self.request.access_mode {
            AccessMode::Single => None,
            AccessMode::Recurrent => Some("7d"),
        }
    }

    /// When the credentials expire that are stored now.
    pub(crate) fn credentials_expire_at(&self, stored_at: Timestamp) -> Option<Timestamp> {
        match self.request.credentials_storage {
            CredentialsStorage::Days(Days(days)) => {
                Some(later(stored_at, TimeDelta::days(days.into())))
            }
            CredentialsStorage::Store | CredentialsStorage::NoStore => None,
        }
    }
}

/// A person at an institution, whichever the link: 32 bytes in base64.
pub(crate) fn institution_user_id(institution: &str, curp: &str, seed: &Seed) -> Arc<str> {
    let seed = seed.child(institution).named("institution_user_id", curp.as_bytes());
    URL_SAFE.encode(seed.bytes()).into()
}
