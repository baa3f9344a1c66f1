//! The store of records, and the indexes that find them.
//!
//! All maps are persistent, so that a fork shares their nodes.

use std::collections::BTreeSet;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::links::Links;
use crate::account::records::Record;

/// The number of a record, in the order of creation. No number is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordNumber(u64);

/// The records of one resource in the order of creation, with their indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    by_number: OrdMap<RecordNumber, Record>,
    by_id: OrdMap<Uuid, RecordNumber>,
    by_link: OrdSet<(LinkNumber, RecordNumber)>,
    created: u64,
}

impl Records {
    /// Adds a record, or updates the record with the same link and profile. Returns its id, and
    /// true when it is new.
    pub(crate) fn upsert(&mut self, record: Record) -> (Uuid, bool) {
        let known = self.number_of(record.link, record.profile);
        let Some(known) = known.and_then(|number| self.by_number.get_mut(&number)) else {
            let id = record.id;
            self.insert(record);
            return (id, true);
        };
        known.collected_at = record.collected_at;
        known.with_pdf = record.with_pdf;
        known.calculation = record.calculation;
        (known.id, false)
    }

    /// Returns a store without records whose next record has the number after `created`.
    pub(crate) fn numbered_from(created: u64) -> Records {
        Records { created, ..Records::default() }
    }

    /// Returns the number of records that were ever created.
    pub(crate) fn created(&self) -> u64 {
        self.created
    }

    pub(crate) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Returns the records with their numbers, in the order of creation.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.by_number.iter().map(|(number, record)| (number.0, record))
    }

    /// Puts a record back under its number.
    ///
    /// # Errors
    /// A sentence when the number or the id is in use, or when the link has another record
    /// of this profile.
    pub(crate) fn restore(&mut self, number: u64, record: Record) -> Result<(), String> {
        let is_free = number < self.created
            && !self.by_number.contains_key(&RecordNumber(number))
            && self.get(record.id).is_none();
        check(is_free, || {
            "The number or the id of this record is taken, or the number was never given."
                .to_owned()
        })?;
        let is_only = self.number_of(record.link, record.profile).is_none();
        check(is_only, || {
            "The link of this record has another record of the same profile.".to_owned()
        })?;
        self.put(RecordNumber(number), record);
        Ok(())
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&Record> {
        self.by_number.get(self.by_id.get(&id)?)
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Record> {
        let number = self.by_id.remove(&id)?;
        let record = self.by_number.remove(&number)?;
        self.by_link.remove(&(record.link, number));
        Some(record)
    }

    pub(crate) fn remove_all_of(&mut self, link: LinkNumber) {
        let ids: Vec<Uuid> = self.of_link(link).map(|record| record.id).collect();
        for id in ids {
            self.remove(id);
        }
    }

    /// Returns the records of a link, the newest first.
    pub(crate) fn of_link(&self, link: LinkNumber) -> impl Iterator<Item = &Record> {
        self.numbers_of(link).rev().filter_map(|number| self.by_number.get(&number))
    }

    /// Returns all records, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Record> {
        self.by_number.iter().rev().map(|(_, record)| record)
    }

    /// Checks that the indexes agree with the records, and that each record has its link.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(crate) fn invariants(&self, links: &Links) -> Result<(), String> {
        let mut again = Records { created: self.created, ..Records::default() };
        let mut profiles = BTreeSet::new();
        for (number, record) in &self.by_number {
            again.index(*number, record);
            check(links.get(record.link).is_some() && number.0 < self.created, || {
                format!("record {} has its link: {record:?}", number.0)
            })?;
            check(profiles.insert((record.link, record.profile)), || {
                format!("a link has one record of a profile: {record:?}")
            })?;
        }
        check(again.by_id == self.by_id && again.by_link == self.by_link, || {
            "what records are looked up by agrees with them".to_owned()
        })
    }

    /// Returns the number of the record of a link with this profile.
    fn number_of(&self, link: LinkNumber, profile: usize) -> Option<RecordNumber> {
        let is_of_profile = |number: &RecordNumber| {
            self.by_number.get(number).is_some_and(|record| record.profile == profile)
        };
        self.numbers_of(link).find(is_of_profile)
    }

    /// Returns the numbers of the records of a link, in the order of creation.
    fn numbers_of(&self, link: LinkNumber) -> impl DoubleEndedIterator<Item = RecordNumber> {
        let all = (link, RecordNumber(0))..=(link, RecordNumber(u64::MAX));
        self.by_link.range(all).map(|(_, number)| *number)
    }

    fn insert(&mut self, record: Record) {
        let number = RecordNumber(self.created);
        self.created += 1;
        self.put(number, record);
    }

    fn put(&mut self, number: RecordNumber, record: Record) {
        self.index(number, &record);
        self.by_number.insert(number, record);
    }

    fn index(&mut self, number: RecordNumber, record: &Record) {
        self.by_id.insert(record.id, number);
        self.by_link.insert((record.link, number));
    }
}
