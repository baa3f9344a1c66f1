//! The filters of lists: the parameters of a list, and the objects that they select.
//!
//! Each resource has a table of [`Field`]s, which says what a query can ask of its objects. An
//! object is listed if it fits all parameters. A parameter that is not in the table is ignored.

mod selection;

use std::cmp::Ordering;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use uuid::Uuid;

use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::Timestamp;

pub(crate) use selection::Indexes;

/// A value that a filter compares: one of an object, or one that a client asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Uuid(Uuid),
    Text(&'a str),
    Time(Timestamp),
    List(Vec<Value<'a>>),
    Null,
}

/// The way in which the text of a parameter is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueKind {
    Uuid,
    Text,
    /// One of these words.
    Match(&'static [&'static str]),
    /// A date, which stands for the whole day in UTC, or a timestamp.
    Time,
}

/// A comparison, named by the end of the parameter's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    In,
    NotIn,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// The value lies between two others, both included.
    Range,
    /// The list contains all of the values.
    AllIn,
    /// The text contains the value, whose case makes no difference. The parameter has no ending.
    Contains,
    /// As [`Operator::Contains`], with an ending.
    IContains,
}

pub(crate) const EQUAL: &[Operator] = &[Operator::Equal];
pub(crate) const EQUAL_OR_IN: &[Operator] = &[Operator::Equal, Operator::In];
pub(crate) const ALL_IN: &[Operator] = &[Operator::AllIn];
pub(crate) const CONTAINS: &[Operator] = &[Operator::Contains];
pub(crate) const ICONTAINS: &[Operator] = &[Operator::IContains];
pub(crate) const TIMES: &[Operator] = &[
    Operator::Equal,
    Operator::Greater,
    Operator::GreaterOrEqual,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Range,
];

/// A resource whose objects can be listed.
pub(crate) trait Listed: 'static {
    /// An object, together with the objects that some of its values come from.
    type Object<'a>;
    /// The names of the indexes of the store.
    type Index: Copy + 'static;
}

/// A value of the objects of a resource, and the comparisons that a query can make with it.
pub(crate) struct Field<T: Listed> {
    pub name: &'static str,
    pub kind: ValueKind,
    pub operators: &'static [Operator],
    pub value: for<'o, 'a> fn(&'o T::Object<'a>) -> Value<'o>,
    /// The index that finds objects by this value.
    pub index: Option<T::Index>,
}

/// A parameter of a list, as the API's description needs it.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub name: String,
    pub kind: ValueKind,
    /// True if the parameter takes several values, joined by commas.
    pub is_list: bool,
}

/// Returns the parameters that a table of fields makes.
pub(crate) fn parameters<T: Listed>(fields: &[Field<T>]) -> Vec<Parameter> {
    let of_field = |field: &Field<T>| {
        let (name, kind) = (field.name, field.kind);
        let parameter = move |operator: &Operator| Parameter {
            name: format!("{name}{}", operator.suffix()),
            kind,
            is_list: operator.takes_a_list(),
        };
        field.operators.iter().map(parameter).collect::<Vec<_>>()
    };
    fields.iter().flat_map(of_field).collect()
}

/// The conditions of a query on the objects of a resource.
pub(crate) struct Filter<'q, T: Listed> {
    conditions: Vec<Condition<'q, T>>,
}

struct Condition<'q, T: Listed> {
    field: &'static Field<T>,
    operator: Operator,
    asked: Vec<Asked<'q>>,
}

/// A value that a client asks for.
#[derive(Debug)]
enum Asked<'q> {
    Exactly(Value<'q>),
    /// Any time of this day.
    Day(NaiveDate),
}

impl<'q, T: Listed> Filter<'q, T> {
    /// Parses all filters of a query. The error for a value that cannot be parsed names its
    /// parameter.
    pub(crate) fn parse(
        fields: &'static [Field<T>],
        query: &'q Query,
    ) -> Result<Filter<'q, T>, Error> {
        let mut conditions = Vec::new();
        for field in fields {
            for operator in field.operators {
                let name = format!("{}{}", field.name, operator.suffix());
                let Some(text) = query.text(&name) else { continue };
                let asked = operator
                    .split(text)
                    .into_iter()
                    .map(|part| field.kind.parse(part))
                    .collect::<Result<Vec<_>, Error>>()
                    .and_then(|asked| operator.check(asked))
                    .map_err(|error| error.on(name))?;
                conditions.push(Condition { field, operator: *operator, asked });
            }
        }
        Ok(Filter { conditions })
    }

    pub(crate) fn lets_through(&self, object: &T::Object<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(object))
    }
}

impl<T: Listed> Condition<'_, T> {
    fn holds(&self, object: &T::Object<'_>) -> bool {
        let value = (self.field.value)(object);
        let order = |asked: &Asked<'_>| asked.order_of(&value);
        let any_is = |wanted: Ordering| self.asked.iter().any(|asked| order(asked) == Some(wanted));
        match self.operator {
            Operator::Equal | Operator::In => any_is(Ordering::Equal),
            Operator::NotIn => !any_is(Ordering::Equal),
            Operator::Greater => any_is(Ordering::Greater),
            Operator::GreaterOrEqual => any_is(Ordering::Greater) || any_is(Ordering::Equal),
            Operator::Less => any_is(Ordering::Less),
            Operator::LessOrEqual => any_is(Ordering::Less) || any_is(Ordering::Equal),
            Operator::Range => {
                order(&self.asked[0]).is_some_and(Ordering::is_ge)
                    && order(&self.asked[1]).is_some_and(Ordering::is_le)
            }
            Operator::AllIn => self.asked.iter().all(|asked| asked.is_in(&value)),
            Operator::Contains | Operator::IContains => {
                self.asked.iter().all(|asked| asked.is_part_of(&value))
            }
        }
    }
}

impl Asked<'_> {
    /// Compares a value with the one that is asked for. Returns None when the two cannot be
    /// compared.
    fn order_of(&self, value: &Value<'_>) -> Option<Ordering> {
        match (value, self) {
            (Value::Time(time), Asked::Day(day)) => Some(time.date_naive().cmp(day)),
            (Value::Time(time), Asked::Exactly(Value::Time(asked))) => Some(time.cmp(asked)),
            (Value::Null, Asked::Exactly(Value::Text("null"))) => Some(Ordering::Equal),
            (value, Asked::Exactly(asked)) if value == asked => Some(Ordering::Equal),
            _ => None,
        }
    }

    fn is_in(&self, value: &Value<'_>) -> bool {
        let Value::List(items) = value else { return false };
        items.iter().any(|item| self.order_of(item) == Some(Ordering::Equal))
    }

    fn is_part_of(&self, value: &Value<'_>) -> bool {
        let (Value::Text(whole), Asked::Exactly(Value::Text(part))) = (value, self) else {
            return false;
        };
        whole.to_lowercase().contains(&part.to_lowercase())
    }
}

impl ValueKind {
    fn parse(self, text: &str) -> Result<Asked<'_>, Error> {
        match self {
            ValueKind::Uuid => {
                let id = Uuid::from_str(text).map_err(|_| Error::invalid_uuid(text))?;
                Ok(Asked::Exactly(Value::Uuid(id)))
            }
            ValueKind::Text => Ok(Asked::Exactly(Value::Text(text))),
            ValueKind::Match(words) if words.contains(&text) => {
                Ok(Asked::Exactly(Value::Text(text)))
            }
            ValueKind::Match(_) => Err(Error::invalid_choice(text)),
            ValueKind::Time => parse_time(text).ok_or_else(Error::invalid_date),
        }
    }
}

/// Parses `2022-03-03` or a timestamp. A `+` in a query arrives as a blank, because it is decoded.
fn parse_time(text: &str) -> Option<Asked<'static>> {
    if let Ok(day) = NaiveDate::from_str(text) {
        return Some(Asked::Day(day));
    }
    let text = text.replace(' ', "+");
    let with_zone = DateTime::parse_from_rfc3339(&text).map(|time| time.to_utc());
    let time = with_zone.or_else(|_| NaiveDateTime::from_str(&text).map(|time| time.and_utc()));
    time.ok().map(|time| Asked::Exactly(Value::Time(time)))
}

impl Operator {
    fn suffix(self) -> &'static str {
        match self {
            Operator::Equal | Operator::Contains => "",
            Operator::In => "__in",
            Operator::NotIn => "__not_in",
            Operator::Greater => "__gt",
            Operator::GreaterOrEqual => "__gte",
            Operator::Less => "__lt",
            Operator::LessOrEqual => "__lte",
            Operator::Range => "__range",
            Operator::AllIn => "__allin",
            Operator::IContains => "__icontains",
        }
    }

    fn takes_a_list(self) -> bool {
        matches!(self, Operator::In | Operator::NotIn | Operator::Range | Operator::AllIn)
    }

    /// Splits the text of a parameter that takes several values, at the commas.
    fn split(self, text: &str) -> Vec<&str> {
        match self.takes_a_list() {
            true => text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
            false => vec![text],
        }
    }

    fn check(self, asked: Vec<Asked<'_>>) -> Result<Vec<Asked<'_>>, Error> {
        match (self, asked.len()) {
            (Operator::Range, count) if count != 2 => {
                Err(Error::invalid("Two values are expected, joined by a comma."))
            }
            _ => Ok(asked),
        }
    }
}
