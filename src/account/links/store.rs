//! The store of links. A fork shares its memory, and a write copies a few links and the nodes on the
//! way to them.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::chunks::Chunks;
use crate::account::base::ids::LinkNumber;
use crate::account::base::number_set::NumberSet;
use crate::account::base::rising_times::RisingTimes;
use crate::account::links::changes::{LinkChange, TouchedLinks};
use crate::account::links::indexes::{Changeable, LinkIndexes};
use crate::account::links::link::Link;
use crate::account::links::user::UserId;
use crate::model::Timestamp;
use crate::seed::Seed;

/// The links in the order of creation, with their indexes.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    by_number: Chunks<Link>,
    pub(super) indexes: LinkIndexes,
    times: RisingTimes,
    created: u64,
    text_bytes: usize,
    touched: TouchedLinks,
    /// The seed of the people, from which their ids at the institutions follow.
    people: Seed,
}

/// A link that is being changed. The indexes know of the changes when this is dropped.
pub(crate) struct LinkMut<'l> {
    number: LinkNumber,
    link: &'l mut Link,
    indexes: &'l mut LinkIndexes,
    before: Changeable,
}

impl Links {
    /// Returns a store without links whose next link has the number after `created`.
    pub(crate) fn numbered_from(created: u64, people: Seed) -> Links {
        Links {
            by_number: Chunks::default(),
            indexes: LinkIndexes::default(),
            times: RisingTimes::default(),
            created,
            text_bytes: 0,
            touched: TouchedLinks::default(),
            people,
        }
    }

    /// Returns the number that the next link will have.
    pub(crate) fn next_number(&self) -> LinkNumber {
        LinkNumber(self.created)
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
        let link = self.by_number.remove(number.0)?;
        self.touched.note(number, &link, false);
        self.indexes.remove(number, &link, &self.people);
        self.text_bytes -= link.text_bytes();
        Some(link)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Returns the bytes of the texts of all links.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    pub(crate) fn get(&self, number: LinkNumber) -> Option<&Link> {
        self.by_number.get(number.0)
    }

    /// Returns a link to be changed. The caller must not change the id, the institution, the CURP,
    /// the e-mail address, the external id or the creator.
    pub(crate) fn get_mut(&mut self, number: LinkNumber) -> Option<LinkMut<'_>> {
        let link = self.by_number.get_mut(number.0)?;
        self.touched.note(number, link, false);
        let before = Changeable::of(link);
        Some(LinkMut { number, link, indexes: &mut self.indexes, before })
    }

    /// Returns the changes of links since they were last taken.
    pub(crate) fn take_changes(&mut self) -> Vec<LinkChange> {
        match self.touched.is_empty() {
            true => Vec::new(),
            false => self.touched.take(|number| self.by_number.get(number.0)),
        }
    }

    /// Tells that all changes of links were taken.
    pub(crate) fn are_told(&self) -> bool {
        self.touched.is_empty()
    }

    pub(crate) fn number_of(&self, id: Uuid) -> Option<LinkNumber> {
        self.indexes.number_of(id)
    }

    /// Returns the links with their numbers, in the order of creation.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (LinkNumber, &Link)> {
        self.by_number.iter().map(|(number, link)| (LinkNumber(number), link))
    }

    /// Returns the link that was created last.
    pub(crate) fn newest(&self) -> Option<&Link> {
        self.by_number.get(self.indexes.all.last()?)
    }

    /// Returns the number of the link with this id, as a set.
    pub(crate) fn with_id(&self, id: Uuid) -> Cow<'_, NumberSet> {
        Cow::Owned(NumberSet::of(self.number_of(id).map(|number| number.0)))
    }

    /// Returns the numbers of the links that a person has at an institution.
    pub(crate) fn of_user(&self, user: &UserId) -> Cow<'_, NumberSet> {
        let numbers = self.indexes.by_user.get(&user.half());
        let first = numbers.iter().next().and_then(|number| self.by_number.get(number));
        match first.is_some_and(|link| link.user(&self.people) == *user) {
            true => numbers,
            false => Cow::default(),
        }
    }

    /// Tells that the person has a link.
    pub(crate) fn has_user(&self, user: &UserId) -> bool {
        self.indexes.by_user.contains(&user.half())
    }

    /// Tells that a link of the IMSS with another CURP has this e-mail address.
    pub(crate) fn email_belongs_to_another_curp(&self, email: &str, curp: &str) -> bool {
        self.indexes.email_belongs_to_another_curp(email, curp)
    }

    /// Returns the time at which a link was created, if such times rise with the numbers of links.
    pub(super) fn rising_time(&self, number: u64) -> Option<Timestamp> {
        self.by_number.get(number).filter(|_| self.times.hold()).map(|link| link.created_at)
    }

    /// Checks that the indexes agree with the links.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(crate) fn invariants(&self) -> Result<(), String> {
        let is_given = self.numbered().all(|(number, _)| number.0 < self.created);
        check(is_given, || "each link has a number that was given".to_owned())?;
        let rise = self.numbered().map(|(_, link)| link.created_at).is_sorted();
        check(rise || !self.times.hold(), || "links are as old as their numbers say".to_owned())?;
        let bytes: usize = self.numbered().map(|(_, link)| link.text_bytes()).sum();
        check(bytes == self.text_bytes, || format!("the texts of links take {bytes} bytes"))?;
        self.indexes.invariants(self.numbered(), &self.people)
    }

    fn put(&mut self, number: LinkNumber, link: Link) {
        self.indexes.insert(number, &link, &self.people);
        self.times.note(number.0, link.created_at);
        self.text_bytes += link.text_bytes();
        self.by_number.insert(number.0, link);
    }
}

impl Deref for LinkMut<'_> {
    type Target = Link;

    fn deref(&self) -> &Link {
        self.link
    }
}

impl DerefMut for LinkMut<'_> {
    fn deref_mut(&mut self) -> &mut Link {
        self.link
    }
}

impl Drop for LinkMut<'_> {
    fn drop(&mut self) {
        self.indexes.change(self.number, self.before, Changeable::of(self.link));
    }
}
