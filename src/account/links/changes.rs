//! Notices which links were made, changed or removed, so that the log can tell of each.

use uuid::Uuid;

use crate::account::base::ids::LinkNumber;
use crate::account::links::link::{Link, StoredCredentials};
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resource, Status};

/// The change of a link by one call or one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LinkChange {
    pub link: Uuid,
    pub kind: LinkChangeKind,
    /// The status after the change. For a link that was deleted it is the last one.
    pub status: Status,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkChangeKind {
    Created,
    /// The names of the fields that have other values. `credentials` stands for those that Belvo
    /// stores: whether they work, are expired, or are refused.
    Updated(Box<[&'static str]>),
    Deleted,
}

/// The links that were touched since the changes were last taken.
#[derive(Clone, Debug, Default)]
pub(super) struct TouchedLinks(Vec<Touched>);

#[derive(Clone, Debug)]
struct Touched {
    number: LinkNumber,
    link: Uuid,
    /// The state before. It is None for a link that was made since.
    before: Option<LinkState>,
}

/// The fields of a link whose changes are told. A load changes `last_accessed_at`, and is in the log
/// itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LinkState {
    status: Status,
    credentials: StoredCredentials,
    access_mode: AccessMode,
    credentials_storage: CredentialsStorage,
    stale_in: Option<Days>,
    fetch_resources: u8,
}

impl TouchedLinks {
    /// Notes a link that is made, or one that may be changed or removed, as it is before.
    pub(super) fn note(&mut self, number: LinkNumber, link: &Link, is_new: bool) {
        if self.0.iter().any(|touched| touched.link == link.id) {
            return;
        }
        let before = (!is_new).then(|| LinkState::of(link));
        self.0.push(Touched { number, link: link.id, before });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the changes, and begins anew. `find` returns the link of a number.
    pub(super) fn take<'a>(
        &mut self,
        find: impl Fn(LinkNumber) -> Option<&'a Link>,
    ) -> Vec<LinkChange> {
        let touched = std::mem::take(&mut self.0).into_iter();
        touched.filter_map(|touched| touched.change(find(touched.number))).collect()
    }
}

impl Touched {
    fn change(&self, link: Option<&Link>) -> Option<LinkChange> {
        let (kind, status) = match (self.before, link.map(LinkState::of)) {
            (None, Some(after)) => (LinkChangeKind::Created, after.status),
            (Some(before), None) => (LinkChangeKind::Deleted, before.status),
            (Some(before), Some(after)) if before != after => {
                (LinkChangeKind::Updated(before.differences(&after)), after.status)
            }
            _ => return None,
        };
        Some(LinkChange { link: self.link, kind, status })
    }
}

impl LinkState {
    fn of(link: &Link) -> LinkState {
        let place = |resource| Resource::ALL.iter().position(|other| *other == resource);
        let resources = link.request.fetch_resources.iter();
        let bits = resources
            .filter_map(|resource| place(*resource))
            .fold(0, |bits, place| bits | 1 << place);
        LinkState {
            status: link.status,
            credentials: link.credentials,
            access_mode: link.request.access_mode,
            credentials_storage: link.request.credentials_storage,
            stale_in: link.request.stale_in,
            fetch_resources: bits,
        }
    }

    /// Returns the names of the fields that differ.
    fn differences(&self, after: &LinkState) -> Box<[&'static str]> {
        let fields = [
            ("status", self.status != after.status),
            ("credentials", self.credentials != after.credentials),
            ("access_mode", self.access_mode != after.access_mode),
            ("credentials_storage", self.credentials_storage != after.credentials_storage),
            ("stale_in", self.stale_in != after.stale_in),
            ("fetch_resources", self.fetch_resources != after.fetch_resources),
        ];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }
}

impl LinkChange {
    /// Returns the memory that the change takes beside itself.
    pub(crate) fn bytes(&self) -> usize {
        match &self.kind {
            LinkChangeKind::Updated(fields) => size_of_val(&**fields),
            LinkChangeKind::Created | LinkChangeKind::Deleted => 0,
        }
    }
}
