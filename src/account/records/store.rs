//! The store of records, and the indexes that find them. A fork shares its memory, and a write
//! copies a few records and the nodes on the way to them.

use std::collections::BTreeSet;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::chunks::Chunks;
use crate::account::base::ids::LinkNumber;
use crate::account::base::number_set::NumberSet;
use crate::account::base::rising_times::RisingTimes;
use crate::account::links::Links;
use crate::account::records::Record;
use crate::model::Timestamp;

/// The records of one resource, with their indexes. Each record has a number, in the order of
/// creation, and no number is used twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    by_number: Chunks<Record>,
    all: NumberSet,
    by_id: OrdMap<Uuid, u64>,
    by_link: OrdSet<(LinkNumber, u64)>,
    times: RisingTimes,
    created: u64,
}

impl Records {
    /// Adds a record, or updates the record with the same link and profile. Returns its id, and
    /// true when it is new.
    pub(crate) fn upsert(&mut self, record: Record) -> (Uuid, bool) {
        let known = self.number_of(record.link, record.profile);
        let Some(known) = known.and_then(|number| self.by_number.get_mut(number)) else {
            let id = record.id;
            let number = self.created;
            self.created += 1;
            self.put(number, record);
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
        self.by_number.iter()
    }

    /// Puts a record back under its number.
    ///
    /// # Errors
    /// A sentence when the number or the id is in use, or when the link has another record
    /// of this profile.
    pub(crate) fn restore(&mut self, number: u64, record: Record) -> Result<(), String> {
        let is_free = number < self.created
            && self.by_number.get(number).is_none()
            && self.get(record.id).is_none();
        check(is_free, || {
            "The number or the id of this record is taken, or the number was never given."
                .to_owned()
        })?;
        let is_only = self.number_of(record.link, record.profile).is_none();
        check(is_only, || {
            "The link of this record has another record of the same profile.".to_owned()
        })?;
        self.put(number, record);
        Ok(())
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&Record> {
        self.by_number.get(self.number_with(id)?)
    }

    pub(crate) fn numbered_as(&self, number: u64) -> Option<&Record> {
        self.by_number.get(number)
    }

    /// Returns the number of the record with this id.
    pub(crate) fn number_with(&self, id: Uuid) -> Option<u64> {
        self.by_id.get(&id).copied()
    }

    /// Returns the numbers of all records.
    pub(crate) fn all(&self) -> &NumberSet {
        &self.all
    }

    /// Returns the time at which a record was created, if such times rise with the numbers of
    /// records.
    pub(crate) fn rising_time(&self, number: u64) -> Option<Timestamp> {
        self.by_number.get(number).filter(|_| self.times.hold()).map(|record| record.created_at)
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Record> {
        let number = self.by_id.remove(&id)?;
        let record = self.by_number.remove(number)?;
        self.all.remove(number);
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
        self.numbers_of(link).rev().filter_map(|number| self.by_number.get(number))
    }

    /// Returns the numbers of the records of a link, in the order of creation.
    pub(crate) fn numbers_of(&self, link: LinkNumber) -> impl DoubleEndedIterator<Item = u64> {
        let all = (link, 0)..=(link, u64::MAX);
        self.by_link.range(all).map(|(_, number)| *number)
    }

    /// Checks that the indexes agree with the records, and that each record has its link.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(crate) fn invariants(&self, links: &Links) -> Result<(), String> {
        let mut again = Records { created: self.created, ..Records::default() };
        let mut profiles = BTreeSet::new();
        for (number, record) in self.numbered() {
            again.index(number, record);
            check(links.get(record.link).is_some() && number < self.created, || {
                format!("record {number} has its link: {record:?}")
            })?;
            check(profiles.insert((record.link, record.profile)), || {
                format!("a link has one record of a profile: {record:?}")
            })?;
        }
        let agrees =
            again.all == self.all && again.by_id == self.by_id && again.by_link == self.by_link;
        check(agrees, || "what records are looked up by agrees with them".to_owned())?;
        let rise = self.numbered().map(|(_, record)| record.created_at).is_sorted();
        check(rise || !self.times.hold(), || "records are as old as their numbers say".to_owned())
    }

    /// Returns the number of the record of a link with this profile.
    fn number_of(&self, link: LinkNumber, profile: usize) -> Option<u64> {
        let is_of_profile = |number: &u64| {
            self.by_number.get(*number).is_some_and(|record| record.profile == profile)
        };
        self.numbers_of(link).find(is_of_profile)
    }

    fn put(&mut self, number: u64, record: Record) {
        self.index(number, &record);
        self.times.note(number, record.created_at);
        self.by_number.insert(number, record);
    }

    fn index(&mut self, number: u64, record: &Record) {
        self.all.insert(number);
        self.by_id.insert(record.id, number);
        self.by_link.insert((record.link, number));
    }
}
