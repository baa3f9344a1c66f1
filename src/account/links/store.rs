//! The store of links, and the indexes that find them.
//!
//! All maps are persistent: a fork shares their nodes and the links, and a write copies one link
//! and the nodes on the way to it. For the same reason the order of creation is kept in chunks of a
//! few links each.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::links::body::{LinkRequest, is_email_address};
use crate::account::links::changes::{LinkChange, TouchedLinks};
use crate::account::links::link::Link;
use crate::model::profile::DataSource;

/// The links in the order of creation, with their indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    by_number: OrdMap<LinkNumber, Arc<Link>>,
    by_id: OrdMap<Uuid, LinkNumber>,
    by_external_id: OrdSet<(Arc<str>, LinkNumber)>,
    /// The number of links of the IMSS for each pair of an e-mail address, in lower case, and a CURP.
    by_email: OrdMap<(Arc<str>, Arc<str>), usize>,
    /// The number of links that each person has at an institution.
    by_user: OrdMap<Arc<str>, usize>,
    created: u64,
    touched: TouchedLinks,
}

impl Links {
    /// Returns the number that the next link will have.
    pub(crate) fn next_number(&self) -> LinkNumber {
        LinkNumber(self.created)
    }

    /// Returns a store without links whose next link has the number after `created`.
    pub(crate) fn numbered_from(created: u64) -> Links {
        Links { created, ..Links::default() }
    }

    /// Puts a link back under its number.
    ///
    /// # Errors
    /// A sentence when the number or the id is in use.
    pub(crate) fn restore(&mut self, number: LinkNumber, link: Link) -> Result<(), String> {
        let is_free = number.0 < self.created
            && self.get(number).is_none()
            && self.number_of(link.id).is_none();
        check(is_free, || {
            "The number or the id of this link is taken, or the number was never given.".to_owned()
        })?;
        self.put(number, link);
        Ok(())
    }

    pub(crate) fn insert(&mut self, link: Link) -> LinkNumber {
        let number = self.next_number();
        self.created += 1;
        self.touched.note(number, &link, true);
        self.put(number, link);
        number
    }

    pub(crate) fn remove(&mut self, number: LinkNumber) -> Option<Link> {
        let link = self.by_number.remove(&number)?;
        self.touched.note(number, &link, false);
        self.by_id.remove(&link.id);
        if let Some(external_id) = &link.request.external_id {
            self.by_external_id.remove(&(external_id.clone(), number));
        }
        if let Some(key) = email_key(&link) {
            count_down(&mut self.by_email, &key);
        }
        count_down(&mut self.by_user, &link.institution_user_id);
        Some(Arc::unwrap_or_clone(link))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(crate) fn get(&self, number: LinkNumber) -> Option<&Link> {
        self.by_number.get(&number).map(Arc::as_ref)
    }

    /// Returns a link to be changed. The caller must not change the fields that the indexes use.
    pub(crate) fn get_mut(&mut self, number: LinkNumber) -> Option<&mut Link> {
        let link = self.by_number.get_mut(&number)?;
        self.touched.note(number, link, false);
        Some(Arc::make_mut(link))
    }

    /// Returns the changes of links since they were last taken.
    pub(crate) fn take_changes(&mut self) -> Vec<LinkChange> {
        match self.touched.is_empty() {
            true => Vec::new(),
            false => self.touched.take(|number| self.by_number.get(&number).map(Arc::as_ref)),
        }
    }

    /// Tells that all changes of links were taken.
    pub(crate) fn are_told(&self) -> bool {
        self.touched.is_empty()
    }

    pub(crate) fn number_of(&self, id: Uuid) -> Option<LinkNumber> {
        self.by_id.get(&id).copied()
    }

    /// Returns the links with their numbers, in the order of creation.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (LinkNumber, &Link)> {
        self.by_number.iter().map(|(number, link)| (*number, &**link))
    }

    /// Returns the links, the newest first. A known id or external id narrows the search.
    pub(crate) fn newest_first(
        &self,
        id: Option<Uuid>,
        external_id: Option<&str>,
    ) -> Box<dyn Iterator<Item = &Link> + '_> {
        if let Some(id) = id {
            Box::new(self.number_of(id).and_then(|number| self.get(number)).into_iter())
        } else if let Some(external_id) = external_id {
            let from: (Arc<str>, LinkNumber) = (external_id.into(), LinkNumber(0));
            let to = (from.0.clone(), LinkNumber(u64::MAX));
            let numbers = self.by_external_id.range(from..=to).rev();
            Box::new(numbers.filter_map(|(_, number)| self.get(*number)))
        } else {
            Box::new(self.by_number.iter().rev().map(|(_, link)| &**link))
        }
    }

    /// Tells that the person has a link.
    pub(crate) fn has_user(&self, institution_user_id: &str) -> bool {
        self.by_user.contains_key(institution_user_id)
    }

    /// Tells that a link of the IMSS with another CURP has this e-mail address.
    pub(crate) fn email_belongs_to_another_curp(&self, email: &str, curp: &str) -> bool {
        let first: (Arc<str>, Arc<str>) = (email.to_lowercase().into(), "".into());
        let email = first.0.clone();
        self.by_email
            .range(first..)
            .map(|(key, _)| key)
            .take_while(|(other, _)| *other == email)
            .any(|(_, owner)| **owner != *curp)
    }

    /// Checks that the indexes agree with the links.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(crate) fn invariants(&self) -> Result<(), String> {
        let mut again = Links { created: self.created, ..Links::default() };
        for (number, link) in self.numbered() {
            check(number.0 < self.created, || format!("link {} was created", number.0))?;
            again.index(number, link);
        }
        let agrees = again.by_id == self.by_id
            && again.by_external_id == self.by_external_id
            && again.by_email == self.by_email
            && again.by_user == self.by_user;
        check(agrees, || "what links are looked up by agrees with them".to_owned())
    }

    fn put(&mut self, number: LinkNumber, link: Link) {
        self.index(number, &link);
        self.by_number.insert(number, Arc::new(link));
    }

    fn index(&mut self, number: LinkNumber, link: &Link) {
        self.by_id.insert(link.id, number);
        if let Some(external_id) = &link.request.external_id {
            self.by_external_id.insert((external_id.clone(), number));
        }
        if let Some(key) = email_key(link) {
            *self.by_email.entry(key).or_default() += 1;
        }
        *self.by_user.entry(link.institution_user_id.clone()).or_default() += 1;
    }
}

/// Returns the e-mail address that a link registers at the IMSS, and its CURP. The ISSSTE takes no
/// addresses, and a text of another form belongs to nobody.
fn email_key(link: &Link) -> Option<(Arc<str>, Arc<str>)> {
    let LinkRequest { institution, email, curp, .. } = &link.request;
    let email = email.as_ref().filter(|email| is_email_address(email))?;
    let registers = institution.source == DataSource::Imss;
    registers.then(|| (email.to_lowercase().into(), curp.clone()))
}

/// Subtracts one from a count, and removes a count that reaches zero.
fn count_down<K: Ord + Clone>(counts: &mut OrdMap<K, usize>, key: &K) {
    let Some(count) = counts.get_mut(key) else { return };
    *count -= 1;
    if *count == 0 {
        counts.remove(key);
    }
}
