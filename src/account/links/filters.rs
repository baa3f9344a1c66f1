//! The filters of the list of links.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::account::base::number_set::NumberSet;
use crate::account::links::link::Link;
use crate::account::links::store::Links;
use crate::account::links::user::UserId;
use crate::account::request::filter::{
    EQUAL, EQUAL_OR_IN, Field, Indexes, Listed, Operator, TIMES, Value, ValueKind,
};
use crate::model::Timestamp;
use crate::model::link::{AccessMode, Status};
use crate::seed::Seed;

/// A link of the list.
pub(crate) struct ListedLink<'a> {
    pub link: &'a Link,
    people: &'a Seed,
    user: OnceCell<String>,
}

impl<'a> ListedLink<'a> {
    pub(crate) fn new(link: &'a Link, people: &'a Seed) -> ListedLink<'a> {
        ListedLink { link, people, user: OnceCell::new() }
    }

    fn user(&self) -> &str {
        self.user.get_or_init(|| self.link.user(self.people).text())
    }
}

impl Listed for Link {
    type Object<'a> = ListedLink<'a>;
    type Index = LinkIndex;
}

/// The indexes of links.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LinkIndex {
    Id,
    Institution,
    AccessMode,
    CreatedAt,
    Creator,
    ExternalId,
    User,
    RefreshRate,
    Status,
}

impl Indexes<Link> for Links {
    fn all(&self) -> &NumberSet {
        &self.indexes.all
    }

    fn with_value(&self, index: LinkIndex, value: &Value<'_>) -> Cow<'_, NumberSet> {
        let indexes = &self.indexes;
        match (index, value) {
            (LinkIndex::Id, Value::Uuid(id)) => self.with_id(*id),
            (LinkIndex::Creator, Value::Uuid(creator)) => indexes.by_creator.get(creator),
            (LinkIndex::Institution, Value::Text(name)) => indexes.by_institution.get(*name),
            (LinkIndex::AccessMode, Value::Text(mode)) => indexes.by_access_mode.get(*mode),
            (LinkIndex::Status, Value::Text(status)) => indexes.by_status.get(*status),
            (LinkIndex::ExternalId, Value::Text(id)) => indexes.with_external_id(id),
            (LinkIndex::User, Value::Text(text)) => {
                UserId::parse(text).map(|user| self.of_user(&user)).unwrap_or_default()
            }
            (LinkIndex::RefreshRate, Value::Text(rate)) => {
                let has_rate = |mode: &&str| {
                    let mode = mode.parse::<AccessMode>();
                    mode.is_ok_and(|mode| mode.refresh_rate().unwrap_or("null") == *rate)
                };
                let mode = AccessMode::WORDS.iter().find(|mode| has_rate(mode));
                mode.map(|mode| indexes.by_access_mode.get(mode)).unwrap_or_default()
            }
            _ => Cow::default(),
        }
    }

    fn time(&self, _: LinkIndex, number: u64) -> Option<Timestamp> {
        self.rising_time(number)
    }
}

/// The parameters of `GET /api/links/`.
pub(crate) const FIELDS: &[Field<Link>] = &[
    Field {
        name: "id",
        kind: ValueKind::Uuid,
        operators: EQUAL_OR_IN,
        value: |listed| Value::Uuid(listed.link.id),
        index: Some(LinkIndex::Id),
    },
    Field {
        name: "institution",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |listed| Value::Text(listed.link.request.institution.name),
        index: Some(LinkIndex::Institution),
    },
    Field {
        name: "access_mode",
        kind: ValueKind::Match(AccessMode::WORDS),
        operators: EQUAL,
        value: |listed| Value::Text(listed.link.request.access_mode.as_str()),
        index: Some(LinkIndex::AccessMode),
    },
    Field {
        name: "created_at",
        kind: ValueKind::Time,
        operators: TIMES,
        value: |listed| Value::Time(listed.link.created_at),
        index: Some(LinkIndex::CreatedAt),
    },
    Field {
        name: "created_by",
        kind: ValueKind::Uuid,
        operators: &[Operator::NotIn],
        value: |listed| Value::Uuid(listed.link.created_by),
        index: Some(LinkIndex::Creator),
    },
    Field {
        name: "external_id",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |listed| listed.link.request.external_id.as_deref().map_or(Value::Null, Value::Text),
        index: Some(LinkIndex::ExternalId),
    },
    Field {
        name: "institution_user_id",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |listed| Value::Text(listed.user()),
        index: Some(LinkIndex::User),
    },
    Field {
        name: "refresh_rate",
        kind: ValueKind::Match(&["6h", "12h", "24h", "7d", "30d", "null"]),
        operators: EQUAL,
        value: |listed| {
            let mode = listed.link.request.access_mode;
            mode.refresh_rate().map_or(Value::Null, Value::Text)
        },
        index: Some(LinkIndex::RefreshRate),
    },
    Field {
        name: "status",
        kind: ValueKind::Match(Status::WORDS),
        operators: EQUAL_OR_IN,
        value: |listed| Value::Text(listed.link.status.as_str()),
        index: Some(LinkIndex::Status),
    },
];
