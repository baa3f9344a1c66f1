//! The filters of the lists of records.

use crate::account::records::{LinkedRecord, Record};
use crate::account::request::filter::{EQUAL_OR_IN, Field, Listed, TIMES, Value, ValueKind};

impl Listed for Record {
    type Object<'a> = LinkedRecord<'a>;
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
    },
    Field {
        name: "link",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |found| Value::Uuid(found.link.id),
    },
    Field {
        name: "collected_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |found| Value::Time(found.record.collected_at),
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |found| Value::Time(found.record.created_at),
    },
    Field {
        name: "internal_identification",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |found| Value::Text(&found.link.request.curp),
    },
];
