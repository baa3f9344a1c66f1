//! The employment records of an account.
//!
//! A record holds only when it was read and which one of its link's it is; its content follows from
//! (seed, scenario, CURP, time) and is made when it is asked for.

pub mod calls;
pub mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::links::Links;
use crate::account::request::filter::{EQUAL_OR_IN, Field, TIMES, Value, ValueKind};
use crate::model::Timestamp;

/// The place of a record in the order of creation; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordNumber(u64);

#[derive(Clone, Debug)]
pub struct Record {
    pub id: Uuid,
    pub link: LinkNumber,
    pub link_id: Uuid,
    pub curp: Box<str>,
    /// Which of the records of the link's scenario it is.
    pub profile: usize,
    pub created_at: Timestamp,
    pub collected_at: Timestamp,
    /// Whether the retrieval asked for the PDF.
    pub with_pdf: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Records {
    by_number: BTreeMap<RecordNumber, Record>,
    by_id: HashMap<Uuid, RecordNumber>,
    by_link: BTreeSet<(LinkNumber, RecordNumber)>,
    created: u64,
}

impl Records {
    /// Adds a record, or brings the one of the same link and profile up to date. Returns its id and
    /// whether it is new.
    pub fn upsert(&mut self, record: Record) -> (Uuid, bool) {
        let known = self.of_link(record.link).find(|other| other.profile == record.profile);
        let Some(number) = known.and_then(|other| self.by_id.get(&other.id)).copied() else {
            let id = record.id;
            self.insert(record);
            return (id, true);
        };
        let known = self.by_number.get_mut(&number).expect("a number in the index has a record");
        known.collected_at = record.collected_at;
        known.with_pdf = record.with_pdf;
        (known.id, false)
    }

    /// None yet; so many have been.
    pub fn numbered_from(created: u64) -> Records {
        Records { created, ..Records::default() }
    }

    /// How many there have been.
    pub fn created(&self) -> u64 {
        self.created
    }

    /// In the order of creation.
    pub fn numbered(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.by_number.iter().map(|(number, record)| (number.0, record))
    }

    /// Puts a record back; its number and id must be free.
    pub fn restore(&mut self, number: u64, record: Record) -> Result<(), String> {
        let is_free = number < self.created
            && !self.by_number.contains_key(&RecordNumber(number))
            && self.get(record.id).is_none();
        check(is_free, || "Its number or its id is taken, or was never given.".to_owned())?;
        self.index(RecordNumber(number), &record);
        self.by_number.insert(RecordNumber(number), record);
        Ok(())
    }

    fn index(&mut self, number: RecordNumber, record: &Record) {
        self.by_id.insert(record.id, number);
        self.by_link.insert((record.link, number));
    }

    fn insert(&mut self, record: Record) {
        let number = RecordNumber(self.created);
        self.created += 1;
        self.index(number, &record);
        self.by_number.insert(number, record);
    }

    pub fn get(&self, id: Uuid) -> Option<&Record> {
        self.by_number.get(self.by_id.get(&id)?)
    }

    pub fn remove(&mut self, id: Uuid) -> Option<Record> {
        let number = self.by_id.remove(&id)?;
        let record = self.by_number.remove(&number)?;
        self.by_link.remove(&(record.link, number));
        Some(record)
    }

    pub fn remove_all_of(&mut self, link: LinkNumber) {
        let ids: Vec<Uuid> = self.of_link(link).map(|record| record.id).collect();
        for id in ids {
            self.remove(id);
        }
    }

    /// Whether what records are looked up by agrees with them, and each has its link.
    pub fn invariants(&self, links: &Links) -> Result<(), String> {
        let ids = self.by_number.iter().map(|(number, record)| (record.id, *number)).collect();
        let of_links = self.by_number.iter().map(|(number, record)| (record.link, *number));
        check(self.by_id == ids && self.by_link == of_links.collect(), || {
            "what records are looked up by agrees with them".to_owned()
        })?;
        let mut profiles = BTreeSet::new();
        for (number, record) in &self.by_number {
            let is_of_link = links.get(record.link).is_some_and(|link| link.id == record.link_id);
            check(is_of_link && number.0 < self.created, || {
                format!("record {} has its link: {record:?}", number.0)
            })?;
            check(profiles.insert((record.link, record.profile)), || {
                format!("a link has one record of a profile: {record:?}")
            })?;
        }
        Ok(())
    }

    /// The newest first.
    pub fn of_link(&self, link: LinkNumber) -> impl Iterator<Item = &Record> {
        self.by_link
            .range((link, RecordNumber(0))..=(link, RecordNumber(u64::MAX)))
            .rev()
            .filter_map(|(_, number)| self.by_number.get(number))
    }

    /// The newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Record> {
        self.by_number.values().rev()
    }
}

/// What a list of current employments can be asked: not whose they are.
pub const CURRENT_EMPLOYMENT_FIELDS: &[Field<Record>] = FIELDS.split_last().unwrap().1;

/// What a list of employment records can be asked.
pub const FIELDS: &[Field<Record>] = &[
    Field {
        name: "id",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |record| Value::Uuid(record.id),
    },
    Field {
        name: "link",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |record| Value::Uuid(record.link_id),
    },
    Field {
        name: "collected_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |record| Value::Time(record.collected_at),
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |record| Value::Time(record.created_at),
    },
    Field {
        name: "internal_identification",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |record| Value::Text(&record.curp),
    },
];
