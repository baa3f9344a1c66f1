//! The types of values, as far as a difference between them matters.

use std::collections::BTreeSet;

use serde_json::Value;

/// The formats that are part of a type. Others, such as `int32` and `float`, are ignored.
const FORMATS: [&str; 5] = ["date", "date-time", "email", "uri", "uuid"];

/// A type that a value can have. Null is none of them, because a shape notes it separately.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TypeKind<'a> {
    Boolean,
    Integer,
    Number,
    /// A string, with its format.
    Text(Option<&'a str>),
    Array,
    Object,
    /// A string of an enum.
    Word(&'a str),
    /// Another value of an enum.
    Literal(String),
}

/// The types that a value can have. `None` stands for any type.
pub(super) type TypeKinds<'a> = Option<BTreeSet<TypeKind<'a>>>;

/// Returns the types that a schema itself describes, without its parts.
pub(super) fn kinds_of(schema: &Value) -> TypeKinds<'_> {
    let values = values(schema);
    if !values.is_empty() {
        return Some(values.into_iter().filter_map(value_kind).collect());
    }
    let names = types(schema);
    if names.is_empty() {
        let implied = [("properties", TypeKind::Object), ("items", TypeKind::Array)];
        let kinds: BTreeSet<TypeKind<'_>> = implied
            .into_iter()
            .filter(|(key, _)| schema.get(*key).is_some())
            .map(|(_, kind)| kind)
            .collect();
        return Some(kinds).filter(|kinds| !kinds.is_empty());
    }
    let format = schema.get("format").and_then(Value::as_str).filter(|f| FORMATS.contains(f));
    Some(widest(names.into_iter().filter_map(|name| named_kind(name, format)).collect()))
}

/// Tells that a schema itself allows null, in the words of OpenAPI 3.0 or 3.1.
pub(super) fn allows_null(schema: &Value) -> bool {
    schema.get("nullable") == Some(&Value::Bool(true))
        || types(schema).contains(&"null")
        || values(schema).contains(&&Value::Null)
}

fn values(schema: &Value) -> Vec<&Value> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).collect()
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(name) => name.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

fn named_kind<'a>(name: &str, format: Option<&'a str>) -> Option<TypeKind<'a>> {
    match name {
        "boolean" => Some(TypeKind::Boolean),
        "integer" => Some(TypeKind::Integer),
        "number" => Some(TypeKind::Number),
        "string" => Some(TypeKind::Text(format)),
        "array" => Some(TypeKind::Array),
        "object" => Some(TypeKind::Object),
        _ => None,
    }
}

fn value_kind(value: &Value) -> Option<TypeKind<'_>> {
    match value {
        Value::Null => None,
        Value::String(word) => Some(TypeKind::Word(word)),
        other => Some(TypeKind::Literal(other.to_string())),
    }
}

/// Returns the types of values that fit one of two.
pub(super) fn either<'a>(one: TypeKinds<'a>, other: TypeKinds<'a>) -> TypeKinds<'a> {
    Some(widest(one?.into_iter().chain(other?).collect()))
}

/// Removes each kind that another kind covers: "a number or an integer" is "a number".
fn widest(kinds: BTreeSet<TypeKind<'_>>) -> BTreeSet<TypeKind<'_>> {
    let covered = |kind: &TypeKind<'_>| kinds.iter().any(|wider| wider.covers(kind));
    kinds.iter().filter(|kind| !covered(kind)).cloned().collect()
}

/// Returns the types of values that fit both of two. If there are none, it returns those that fit
/// one of the two, so that a contradiction is shown and not hidden.
pub(super) fn both<'a>(one: TypeKinds<'a>, other: TypeKinds<'a>) -> TypeKinds<'a> {
    let (one, other) = match (one, other) {
        (None, kinds) | (kinds, None) => return kinds,
        (Some(one), Some(other)) => (one, other),
    };
    let narrow: BTreeSet<TypeKind<'_>> = one
        .iter()
        .filter(|kind| kind.is_within(&other))
        .chain(other.iter().filter(|kind| kind.is_within(&one)))
        .cloned()
        .collect();
    if narrow.is_empty() { either(Some(one), Some(other)) } else { Some(narrow) }
}

/// Tells that a sender has types that its reader does not have. Words of an enum are not told here
/// where the reader has an enum too.
pub(super) fn unknown_types(sender: &TypeKinds<'_>, reader: &TypeKinds<'_>) -> bool {
    let Some(reader) = reader else { return false };
    let Some(sender) = sender else { return true };
    let has_values = reader.iter().any(TypeKind::is_value);
    let unknown = |kind: &TypeKind<'_>| !(kind.is_within(reader) || has_values && kind.is_value());
    sender.iter().any(unknown)
}

/// Returns the values of an enum that a sender has and its reader, which has an enum too, has not.
pub(super) fn unknown_values(sender: &TypeKinds<'_>, reader: &TypeKinds<'_>) -> Vec<String> {
    let (Some(sender), Some(reader)) = (sender, reader) else { return Vec::new() };
    if !reader.iter().any(TypeKind::is_value) {
        return Vec::new();
    }
    let unknown = sender.iter().filter(|kind| kind.is_value() && !kind.is_within(reader));
    unknown.filter_map(show_value).collect()
}

impl TypeKind<'_> {
    fn is_value(&self) -> bool {
        matches!(self, TypeKind::Word(_) | TypeKind::Literal(_))
    }

    /// Tells that one of the types is this one or contains it.
    fn is_within(&self, kinds: &BTreeSet<TypeKind<'_>>) -> bool {
        kinds.iter().any(|wider| wider == self || wider.covers(self))
    }

    /// Tells that this type contains the other and more.
    fn covers(&self, other: &TypeKind<'_>) -> bool {
        match (self, other) {
            (TypeKind::Text(None), TypeKind::Text(Some(_)))
            | (TypeKind::Text(_), TypeKind::Word(_))
            | (TypeKind::Number, TypeKind::Integer) => true,
            (TypeKind::Boolean, TypeKind::Literal(text)) => text == "true" || text == "false",
            (TypeKind::Number, TypeKind::Literal(text)) => text.parse::<f64>().is_ok(),
            (TypeKind::Integer, TypeKind::Literal(text)) => text.parse::<i64>().is_ok(),
            _ => false,
        }
    }
}

/// Shows the values of an enum as `enum a|b`, sorted.
pub(super) fn show_values(kinds: &BTreeSet<TypeKind<'_>>) -> Option<String> {
    let shown: BTreeSet<String> = kinds.iter().filter_map(show_value).collect();
    let list = shown.into_iter().collect::<Vec<String>>().join("|");
    Some(format!("enum {list}")).filter(|_| !list.is_empty())
}

/// Shows a value of an enum. One that could be misread is quoted.
fn show_value(kind: &TypeKind<'_>) -> Option<String> {
    match kind {
        TypeKind::Word(word) if is_plain(word) => Some((*word).to_owned()),
        TypeKind::Word(word) => Some(format!("{word:?}")),
        TypeKind::Literal(text) => Some(text.clone()),
        _ => None,
    }
}

/// Tells that a word cannot be mistaken for null, a number, or the end of an enum.
fn is_plain(word: &str) -> bool {
    let odd = |char: char| char == '|' || char == '"' || char.is_control();
    !word.is_empty() && !word.contains(odd) && serde_json::from_str::<Value>(word).is_err()
}
