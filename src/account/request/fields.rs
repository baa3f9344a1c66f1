//! Reads a request body as typed values, and collects every problem.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::account::request::parse_error;
use crate::error::{Error, Problem};

/// The number of problems that one error names. A list can hold a hundred thousand.
const MOST_PROBLEMS: usize = 100;

/// The fields of a JSON object. Each reader returns a value or notes a problem. [`Fields::finish`]
/// returns the problems as one error.
pub(crate) struct Fields {
    object: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Fields {
    /// Parses a body. An empty body counts as an empty object.
    pub(crate) fn parse(body: &[u8]) -> Result<Fields, Error> {
        let value = if body.is_empty() {
            Value::Object(Map::new())
        } else {
            serde_json::from_slice(body)
                .map_err(|_| Error::parse_error(&parse_error::diagnose(body)))?
        };
        match value {
            Value::Object(object) => Ok(Fields { object, problems: Vec::new() }),
            other => Err(Error::not_an_object(python_type(&other))),
        }
    }

    /// Reads a text that must be there and must not be blank.
    pub(crate) fn required_text(&mut self, field: &'static str) -> Option<String> {
        match self.object.remove(field) {
            None => self.refuse(Error::required().on(field)),
            Some(Value::Null) => self.refuse(Error::null().on(field)),
            Some(value) => self.text(field, value),
        }
    }

    /// Reads a text that may be absent or null, but must not be blank.
    pub(crate) fn optional_text(&mut self, field: &'static str) -> Option<String> {
        let value = self.take(field)?;
        self.text(field, value)
    }

    /// Reads a text that counts as absent when it is blank, as optional credentials do.
    pub(crate) fn blankable_text(&mut self, field: &'static str) -> Option<String> {
        let blank = self.object.get(field).and_then(Value::as_str).is_some_and(is_blank);
        if blank { None } else { self.optional_text(field) }
    }

    /// Reads a text as [`Fields::blankable_text`] does, and refuses a long one.
    pub(crate) fn short_text(&mut self, field: &'static str, longest: usize) -> Option<String> {
        let text = self.blankable_text(field)?;
        match text.chars().nth(longest) {
            None => Some(text),
            Some(_) => self.refuse(Error::max_length(longest).on(field)),
        }
    }

    /// Reads a UUID that must be there.
    pub(crate) fn required_uuid(&mut self, field: &'static str) -> Option<Uuid> {
        match self.object.remove(field) {
            None => self.refuse(Error::required().on(field)),
            Some(Value::Null) => self.refuse(Error::null().on(field)),
            Some(value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let id = text.parse().ok();
                id.or_else(|| self.refuse(Error::invalid_uuid(&text).on(field)))
            }
        }
    }

    /// Reads a date such as `2023-03-01`.
    pub(crate) fn optional_date(&mut self, field: &'static str) -> Option<NaiveDate> {
        let value = self.take(field)?;
        let date = value.as_str().and_then(parse_date);
        date.or_else(|| self.refuse(Error::invalid_date().on(field)))
    }

    /// Reads a boolean in any spelling that Belvo's framework accepts.
    pub(crate) fn optional_bool(&mut self, field: &'static str, default: bool) -> bool {
        let Some(value) = self.take(field) else { return default };
        let word = value.as_str().map_or_else(|| value.to_string(), str::to_lowercase);
        match word.as_str() {
            "true" | "1" | "t" | "yes" | "y" | "on" => true,
            "false" | "0" | "f" | "no" | "n" | "off" => false,
            _ => {
                self.refuse::<()>(Error::not_a_boolean().on(field));
                default
            }
        }
    }

    /// Reads a list that may be absent or null.
    pub(crate) fn optional_list(&mut self, field: &'static str) -> Option<Vec<Value>> {
        match self.take(field)? {
            Value::Array(items) => Some(items),
            // Belvo's sample of this error names no field.
            other => self.refuse(Error::not_a_list(python_type(&other))),
        }
    }

    /// Gives the field a value if the body has none.
    pub(crate) fn set_default(&mut self, field: &'static str, value: Value) {
        if !self.has(field) {
            self.object.insert(field.to_owned(), value);
        }
    }

    /// Takes any value. Null counts as absent, because generated clients send every option.
    pub(crate) fn take(&mut self, field: &'static str) -> Option<Value> {
        self.object.remove(field).filter(|value| !value.is_null())
    }

    /// Tells that the field has a value that is not null.
    pub(crate) fn has(&self, field: &'static str) -> bool {
        self.object.get(field).is_some_and(|value| !value.is_null())
    }

    /// Notes a problem.
    pub(crate) fn refuse<T>(&mut self, error: Error) -> Option<T> {
        let room = MOST_PROBLEMS - self.problems.len();
        self.problems.extend(error.problems.into_iter().take(room));
        None
    }

    /// Returns all noted problems as one error, if there are any.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(Error::of(400, self.problems)),
        }
    }

    /// Reads a number as text, as Belvo's framework does, and refuses other types.
    fn text(&mut self, field: &'static str, value: Value) -> Option<String> {
        match value {
            Value::String(text) if is_blank(&text) => self.refuse(Error::blank().on(field)),
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => self.refuse(Error::not_a_string().on(field)),
        }
    }
}

/// Parses a date of the years 1 to 9999, in exactly this form.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let is_date = text.len() == 10 && text.is_ascii();
    let date = text.parse().ok().filter(|_| is_date);
    date.filter(|date: &NaiveDate| (1..=9999).contains(&date.year()))
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Returns Python's name for a JSON type.
fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}
