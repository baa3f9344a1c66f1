//! A link, and the credentials that Belvo stores for it.

use std::sync::Arc;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::links::body::LinkRequest;
use crate::account::links::user::UserId;
use crate::generate::Change;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resource, Status};
use crate::model::{Timestamp, later};
use crate::operations::Operation;
use crate::scenario::{Accept, Scenario, StepId};
use crate::seed::Seed;

/// A link, with everything that later calls and tasks need.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub id: Uuid,
    pub created_by: Uuid,
    pub request: LinkRequest,
    pub status: Status,
    pub credentials: StoredCredentials,
    pub created_at: Timestamp,
    /// The id of the request that began the link's lifecycle.
    pub begun_by: Uuid,
    /// The operation of that request: `RegisterLink`, or `PatchBody` after a token.
    pub begun_with: Operation,
    pub last_accessed_at: Option<Timestamp>,
    /// The scenario of the link. It accepts the login, at once or after a token.
    pub scenario: Arc<Scenario>,
    /// The number of failed retrievals since the last successful one.
    pub failures: u8,
    pub refreshed_at: Option<Timestamp>,
    /// The session that waits for a token.
    pub session: Option<Box<Session>>,
    /// The changes that the scenario made to the person's working life, each with its time, in
    /// order.
    pub changes: Vec<(Timestamp, Change)>,
    /// The number of stored records and sent events. The ids of the next ones are drawn from it.
    pub records: u64,
    pub events: u64,
}

/// The state of the credentials that Belvo stores for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoredCredentials {
    Work,
    /// The storage period is over, or the credentials were never stored.
    Expired,
    /// The institution refuses the credentials, as this step of the link's scenario says.
    Refused(StepId),
    /// The institution asks for a token before it accepts a login.
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

    /// Returns the resources that a load brings: those that the link names, or those of its
    /// institution that need no request, for a recurrent link that names none.
    pub(crate) fn loads(&self) -> Vec<Resource> {
        let LinkRequest { access_mode, fetch_resources, institution, .. } = &self.request;
        match access_mode {
            AccessMode::Recurrent if fetch_resources.is_empty() => institution.unasked_resources(),
            _ => fetch_resources.to_vec(),
        }
    }

    /// Returns the resources that a refresh brings when its request names none: those of the
    /// institution, without those that need a request and that the link did not ask for.
    pub(crate) fn refreshed_unasked(&self) -> Vec<Resource> {
        let LinkRequest { fetch_resources, institution, .. } = &self.request;
        let all = institution.resources.iter().copied();
        all.filter(|one| !one.is_opt_in() || fetch_resources.contains(one)).collect()
    }

    /// Returns the changes of the person's working life that happened until `read_at`.
    pub(crate) fn changes_until(&self, read_at: Timestamp) -> &[(Timestamp, Change)] {
        &self.changes[..self.changes.partition_point(|(at, _)| *at <= read_at)]
    }

    /// Returns the bytes of the link's texts.
    pub(super) fn text_bytes(&self) -> usize {
        let LinkRequest { curp, email, external_id, .. } = &self.request;
        let optional = [email, external_id].map(|text| text.as_ref().map_or(0, |text| text.len()));
        curp.len() + optional.iter().sum::<usize>()
    }

    /// Returns the id of the person at the institution.
    pub(crate) fn user(&self, people: &Seed) -> UserId {
        UserId::new(self.request.institution.name, &self.request.curp, people)
    }

    /// Returns the time at which credentials that were stored at `stored_at` expire.
    pub(crate) fn credentials_expire_at(&self, stored_at: Timestamp) -> Option<Timestamp> {
        match self.request.credentials_storage {
            CredentialsStorage::Days(Days(days)) => {
                Some(later(stored_at, TimeDelta::days(days.into())))
            }
            CredentialsStorage::Store | CredentialsStorage::NoStore => None,
        }
    }
}
