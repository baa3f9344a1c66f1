//! The filters of the list of links.

use crate::account::links::link::Link;
use crate::account::request::filter::{
    EQUAL, EQUAL_OR_IN, Field, Listed, Operator, TIMES, Value, ValueKind,
};
use crate::model::link::{AccessMode, Status};

impl Listed for Link {
    type Object<'a> = Link;
}

/// The parameters of `GET /api/links/`.
pub(crate) const FIELDS: &[Field<Link>] = &[
    Field {
        name: "id",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |link| Value::Uuid(link.id),
    },
    Field {
        name: "institution",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |link| Value::Text(link.request.institution.name),
    },
    Field {
        name: "access_mode",
        kind: ValueKind::Match(AccessMode::WORDS),
        operators: EQUAL,
        value: |link| Value::Text(link.request.access_mode.as_str()),
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |link| Value::Time(link.created_at),
    },
    Field {
        name: "created_by",
        kind: ValueKind::Uuid,
        operators: &[Operator::NotIn],
        value: |link| Value::Uuid(link.created_by),
    },
    Field {
        name: "external_id",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |link| link.request.external_id.as_deref().map_or(Value::Null, Value::Text),
    },
    Field {
        name: "institution_user_id",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |link| Value::Text(&link.institution_user_id),
    },
    Field {
        name: "refresh_rate",
        kind: ValueKind::Match(&["6h", "12h", "24h", "7d", "30d", "null"]),
        operators: EQUAL,
        value: |link| link.refresh_rate().map_or(Value::Null, Value::Text),
    },
    Field {
        name: "status",
        kind: ValueKind::Match(Status::WORDS),
        operators: EQUAL_OR_IN,
        value: |link| Value::Text(link.status.as_str()),
    },
];
