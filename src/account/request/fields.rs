//! A request body as typed values, with every problem collected.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::account::request::parse_error;
use crate::error::{Error, Problem};

/// The fields of a JSON object. Each reader returns a value or notes a problem; [`Fields::finish`]
/// tells which of the two it was.
pub(crate) struct Fields {
    object: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Fields {
    /// Reads a body; an empty one is an empty object.
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

    /// A text that must be there and not blank.
    pub(crate) fn required_text(&mut self, field: &'static str) -> Option<String> {
        match self.object.remove(field) {
            None => self.refuse(Error::required().on(field)),
            Some(Value::Null) => self.refuse(Error::null().on(field)),
            Some(value) => self.text(field, value),
        }
    }

    /// A text that is absent, null or not blank.
    pub(crate) fn optional_text(&mut self, field: &'static str) -> Option<String> {
        let value = self.take(field)?;
        self.text(field, value)
    }

    /// A text that is as good as absent when it is blank, as optional credentials are.
    pub(crate) fn blankable_text(&mut self, field: &'static str) -> Option<String> {
        let blank = self.object.get(field).and_then(Value::as_str).is_some_and(is_blank);
        if blank { None } else { self.optional_text(field) }
    }

    /// A UUID that must be there.
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

    /// A boolean, in any of the spellings that the framework knows.
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

    /// A list that is absent or null, or any list.
    pub(crate) fn optional_list(&mut self, field: &'static str) -> Option<Vec<Value>> {
        match self.take(field)? {
            Value::Array(items) => Some(items),
            // Belvo's sample of this error names no field.
            other => self.refuse(Error::not_a_list(python_type(&other))),
        }
    }

    /// Any value. Null counts as absent: generated clients send every option.
    pub(crate) fn take(&mut self, field: &'static str) -> Option<Value> {
        self.object.remove(field).filter(|value| !value.is_null())
    }

    /// Whether there is a value to take.
    pub(crate) fn has(&self, field: &'static str) -> bool {
        self.object.get(field).is_some_and(|value| !value.is_null())
    }

    /// Notes a problem.
    pub(crate) fn refuse<T>(&mut self, error: Error) -> Option<T> {
        self.problems.extend(error.problems);
        None
    }

    /// All problems together, if there are any.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(Error::of(400, self.problems)),
        }
    }

    /// Numbers are read as text, as the framework does; other types are refused.
    fn text(&mut self, field: &'static str, value: Value) -> Option<String> {
        match value {
            Value::String(text) if is_blank(&text) => self.refuse(Error::blank().on(field)),
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => self.refuse(Error::not_a_string().on(field)),
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The name that Python has for a JSON type.
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
