//! The indexes of links. They find the links that have a value, and count them.

use std::borrow::Cow;
use std::sync::Arc;

use imbl::OrdMap;
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::base::number_index::NumberIndex;
use crate::account::base::number_set::NumberSet;
use crate::account::links::body::{LinkRequest, is_email_address};
use crate::account::links::link::Link;
use crate::model::link::{AccessMode, Status};
use crate::model::profile::DataSource;
use crate::seed::Seed;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LinkIndexes {
    pub all: NumberSet,
    by_id: OrdMap<Uuid, LinkNumber>,
    pub by_external_id: NumberIndex<Arc<str>>,
    pub without_external_id: NumberSet,
    pub by_institution: NumberIndex<&'static str>,
    pub by_access_mode: NumberIndex<&'static str>,
    pub by_status: NumberIndex<&'static str>,
    pub by_creator: NumberIndex<Uuid>,
    /// The links by a half of the id of their person.
    pub by_user: NumberIndex<[u8; 16]>,
    /// The number of links of the IMSS for each pair of an e-mail address, in lower case, and a CURP.
    by_email: OrdMap<(Arc<str>, Arc<str>), usize>,
}

/// The values of a link that change while the indexes know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Changeable {
    status: Status,
    access_mode: AccessMode,
}

impl Changeable {
    pub(super) fn of(link: &Link) -> Changeable {
        Changeable { status: link.status, access_mode: link.request.access_mode }
    }
}

impl LinkIndexes {
    pub(super) fn insert(&mut self, number: LinkNumber, link: &Link, people: &Seed) {
        let LinkNumber(at) = number;
        self.all.insert(at);
        self.by_id.insert(link.id, number);
        match &link.request.external_id {
            Some(external_id) => self.by_external_id.insert(external_id.clone(), at),
            None => self.without_external_id.insert(at),
        }
        self.by_institution.insert(link.request.institution.name, at);
        self.insert_changeable(number, Changeable::of(link));
        self.by_creator.insert(link.created_by, at);
        self.by_user.insert(link.user(people).half(), at);
        if let Some(key) = email_key(link) {
            *self.by_email.entry(key).or_default() += 1;
        }
    }

    pub(super) fn remove(&mut self, number: LinkNumber, link: &Link, people: &Seed) {
        let LinkNumber(at) = number;
        self.all.remove(at);
        self.by_id.remove(&link.id);
        match &link.request.external_id {
            Some(external_id) => self.by_external_id.remove(external_id, at),
            None => self.without_external_id.remove(at),
        }
        self.by_institution.remove(link.request.institution.name, at);
        self.remove_changeable(number, Changeable::of(link));
        self.by_creator.remove(&link.created_by, at);
        self.by_user.remove(&link.user(people).half(), at);
        if let Some(key) = email_key(link) {
            count_down(&mut self.by_email, &key);
        }
    }

    /// Notes that values of a link have changed.
    pub(super) fn change(&mut self, number: LinkNumber, from: Changeable, to: Changeable) {
        if from != to {
            self.remove_changeable(number, from);
            self.insert_changeable(number, to);
        }
    }

    pub(super) fn number_of(&self, id: Uuid) -> Option<LinkNumber> {
        self.by_id.get(&id).copied()
    }

    /// Returns the links with this external id. `null` also stands for those without one.
    pub(super) fn with_external_id(&self, external_id: &str) -> Cow<'_, NumberSet> {
        let mut numbers = self.by_external_id.get(external_id);
        if external_id == "null" {
            *numbers.to_mut() |= &self.without_external_id;
        }
        numbers
    }

    /// Tells that a link of the IMSS with another CURP has this e-mail address.
    pub(super) fn email_belongs_to_another_curp(&self, email: &str, curp: &str) -> bool {
        let first: (Arc<str>, Arc<str>) = (email.to_lowercase().into(), "".into());
        let email = first.0.clone();
        self.by_email
            .range(first..)
            .map(|(key, _)| key)
            .take_while(|(other, _)| *other == email)
            .any(|(_, owner)| **owner != *curp)
    }

    /// Checks that the indexes are those of the links.
    ///
    /// # Errors
    /// A sentence when they are not.
    pub(super) fn invariants<'l>(
        &self,
        links: impl Iterator<Item = (LinkNumber, &'l Link)>,
        people: &Seed,
    ) -> Result<(), String> {
        let mut again = LinkIndexes::default();
        links.for_each(|(number, link)| again.insert(number, link, people));
        check(again == *self, || "what links are found by agrees with them".to_owned())
    }

    fn insert_changeable(&mut self, LinkNumber(at): LinkNumber, values: Changeable) {
        self.by_status.insert(values.status.as_str(), at);
        self.by_access_mode.insert(values.access_mode.as_str(), at);
    }

    fn remove_changeable(&mut self, LinkNumber(at): LinkNumber, values: Changeable) {
        self.by_status.remove(values.status.as_str(), at);
        self.by_access_mode.remove(values.access_mode.as_str(), at);
    }
}

/// Returns the e-mail address that a link registers at the IMSS, and its CURP. The ISSSTE takes no
/// addresses, and a text of another form belongs to nobody.
fn email_key(link: &Link) -> Option<(Arc<str>, Arc<str>)> {
    let LinkRequest { institution, email, curp, .. } = &link.request;
    let email = email.as_ref().filter(|email| is_email_address(email))?;
    let registers = institution.source == DataSource::Imss;
    let lower = || match email.to_lowercase() {
        lower if *lower == **email => email.clone(),
        lower => lower.into(),
    };
    registers.then(|| (lower(), curp.clone()))
}

/// Subtracts one from a count, and removes a count that reaches zero.
fn count_down<K: Ord + Clone>(counts: &mut OrdMap<K, usize>, key: &K) {
    let Some(count) = counts.get_mut(key) else { return };
    *count -= 1;
    if *count == 0 {
        counts.remove(key);
    }
}
