//! The filters of the lists of records.

use std::borrow::Cow;

use crate::account::base::ids::LinkNumber;
use crate::account::base::number_set::NumberSet;
use crate::account::institutions::Institution;
use crate::account::links::{Links, UserId};
use crate::account::records::{LinkedRecord, Record, Records};
use crate::account::request::filter::{
    EQUAL_OR_IN, Field, Indexes, Listed, TIMES, Value, ValueKind,
};
use crate::model::Timestamp;
use crate::seed::Seed;

impl Listed for Record {
    type Object<'a> = LinkedRecord<'a>;
    type Index = RecordIndex;
}

/// The indexes of records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RecordIndex {
    Id,
    Link,
    CreatedAt,
    Person,
}

/// The records of a resource, with the parts of the account that find them.
pub(crate) struct IndexedRecords<'a> {
    pub records: &'a Records,
    pub links: &'a Links,
    /// The seed of the people.
    pub people: &'a Seed,
}

impl IndexedRecords<'_> {
    /// Returns the numbers of the records of a person at all institutions.
    fn of_person(&self, curp: &str) -> NumberSet {
        let users = Institution::all().map(|one| UserId::new(one.name, curp, self.people));
        let links = users.map(|user| self.links.of_user(&user));
        let records = links.flat_map(|links| {
            let links: Vec<u64> = links.iter().collect();
            links.into_iter().flat_map(|link| self.records.numbers_of(LinkNumber(link)))
        });
        NumberSet::of(records)
    }
}

impl<T: Listed<Index = RecordIndex>> Indexes<T> for IndexedRecords<'_> {
    fn all(&self) -> &NumberSet {
        self.records.all()
    }

    fn with_value(&self, index: RecordIndex, value: &Value<'_>) -> Cow<'_, NumberSet> {
        Cow::Owned(match (index, value) {
            (RecordIndex::Id, Value::Uuid(id)) => NumberSet::of(self.records.number_with(*id)),
            (RecordIndex::Link, Value::Uuid(id)) => {
                let link = self.links.number_of(*id).into_iter();
                NumberSet::of(link.flat_map(|link| self.records.numbers_of(link)))
            }
            (RecordIndex::Person, Value::Text(curp)) => self.of_person(curp),
            _ => NumberSet::default(),
        })
    }

    fn time(&self, _: RecordIndex, number: u64) -> Option<Timestamp> {
        self.records.rising_time(number)
    }
}

/// The filters of the list of current employments. There is no filter by person.
pub(crate) const CURRENT_EMPLOYMENT_FIELDS: &[Field<Record>] = FIELDS.split_last().unwrap().1;

/// The filters of the list of employment metrics: by id and by link.
pub(crate) const EMPLOYMENT_METRIC_FIELDS: &[Field<Record>] = FIELDS.split_at(2).0;

/// The filters of the list of employment records.
pub(crate) const FIELDS: &[Field<Record>] = &[
    Field {
        name: "id",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |found| Value::Uuid(found.record.id),
        index: Some(RecordIndex::Id),
    },
    Field {
        name: "link",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |found| Value::Uuid(found.link.id),
        index: Some(RecordIndex::Link),
    },
    Field {
        name: "collected_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |found| Value::Time(found.record.collected_at),
        index: None,
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |found| Value::Time(found.record.created_at),
        index: Some(RecordIndex::CreatedAt),
    },
    Field {
        name: "internal_identification",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |found| Value::Text(&found.link.request.curp),
        index: Some(RecordIndex::Person),
    },
];
