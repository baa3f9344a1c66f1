//! What a value can be, as far as a difference in it matters.

use std::collections::BTreeSet;

use serde_json::Value;

/// The formats that are part of a type; `int32`, `float` and the like are not.
const FORMATS: [&str; 5] = ["date", "date-time", "email", "uri", "uuid"];

/// One thing that a value can be. Null is not among them: a shape says it apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind<'a> {
    Boolean,
    Integer,
    Number,
    /// With its format.
    Text(Option<&'a str>),
    Array,
    Object,
    /// A string of an enum.
    Word(&'a str),
    /// Another value of an enum.
    Literal(String),
}

/// What a value can be; `None` is anything.
pub type Kinds<'a> = Option<BTreeSet<Kind<'a>>>;

/// What a schema says itself, without its parts.
pub fn kinds_of(schema: &Value) -> Kinds<'_> {
    let values = values(schema);
    if !values.is_empty() {
        return Some(values.into_iter().filter_map(value_kind).collect());
    }
    let names = types(schema);
    if names.is_empty() {
        let implied = [("properties", Kind::Object), ("items", Kind::Array)];
        let kinds: BTreeSet<Kind<'_>> = implied
            .into_iter()
            .filter(|(key, _)| schema.get(*key).is_some())
            .map(|(_, kind)| kind)
            .collect();
        return Some(kinds).filter(|kinds| !kinds.is_empty());
    }
    let format = schema.get("format").and_then(Value::as_str).filter(|f| FORMATS.contains(f));
    Some(widest(names.into_iter().filter_map(|name| named_kind(name, format)).collect()))
}

/// Whether a schema says itself that null is allowed, in the words of 3.0 or 3.1.
pub fn allows_null(schema: &Value) -> bool {
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

fn named_kind<'a>(name: &str, format: Option<&'a str>) -> Option<Kind<'a>> {
    match name {
        "boolean" => Some(Kind::Boolean),
        "integer" => Some(Kind::Integer),
        "number" => Some(Kind::Number),
        "string" => Some(Kind::Text(format)),
        "array" => Some(Kind::Array),
        "object" => Some(Kind::Object),
        _ => None,
    }
}

fn value_kind(value: &Value) -> Option<Kind<'_>> {
    match value {
        Value::Null => None,
        Value::String(word) => Some(Kind::Word(word)),
        other => Some(Kind::Literal(other.to_string())),
    }
}

/// What fits one of two.
pub fn either<'a>(one: Kinds<'a>, other: Kinds<'a>) -> Kinds<'a> {
    Some(widest(one?.into_iter().chain(other?).collect()))
}

/// Without what another kind covers: a number or an integer is a number.
fn widest(kinds: BTreeSet<Kind<'_>>) -> BTreeSet<Kind<'_>> {
    let covered = |kind: &Kind<'_>| kinds.iter().any(|wider| wider.covers(kind));
    kinds.iter().filter(|kind| !covered(kind)).cloned().collect()
}

/// What fits both of two; where nothing does, what fits one: a contradiction is shown, not hidden.
pub fn both<'a>(one: Kinds<'a>, other: Kinds<'a>) -> Kinds<'a> {
    let (one, other) = match (one, other) {
        (None, kinds) | (kinds, None) => return kinds,
        (Some(one), Some(other)) => (one, other),
    };
    let within = |kind: &Kind<'_>, set: &BTreeSet<Kind<'_>>| {
        set.iter().any(|wider| wider == kind || wider.covers(kind))
    };
    let narrow: BTreeSet<Kind<'_>> = one
        .iter()
        .filter(|kind| within(kind, &other))
        .chain(other.iter().filter(|kind| within(kind, &one)))
        .cloned()
        .collect();
    if narrow.is_empty() { either(Some(one), Some(other)) } else { Some(narrow) }
}

impl Kind<'_> {
    /// Whether all that the other is, this is too, and more.
    fn covers(&self, other: &Kind<'_>) -> bool {
        match (self, other) {
            (Kind::Text(None), Kind::Text(Some(_)))
            | (Kind::Text(_), Kind::Word(_))
            | (Kind::Number, Kind::Integer) => true,
            (Kind::Boolean, Kind::Literal(text)) => text == "true" || text == "false",
            (Kind::Number, Kind::Literal(text)) => text.parse::<f64>().is_ok(),
            (Kind::Integer, Kind::Literal(text)) => text.parse::<i64>().is_ok(),
            _ => false,
        }
    }
}

/// The values of an enum as `enum a|b`, sorted; those that could be misread are quoted.
pub fn show_values(kinds: &BTreeSet<Kind<'_>>) -> Option<String> {
    let shown: BTreeSet<String> = kinds
        .iter()
        .filter_map(|kind| match kind {
            Kind::Word(word) if is_plain(word) => Some((*word).to_owned()),
            Kind::Word(word) => Some(format!("{word:?}")),
            Kind::Literal(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    let list = shown.into_iter().collect::<Vec<String>>().join("|");
    Some(format!("enum {list}")).filter(|_| !list.is_empty())
}

/// Whether a word cannot be taken for null, a number, or the end of an enum.
fn is_plain(word: &str) -> bool {
    let odd = |char: char| char == '|' || char == '"' || char.is_control();
    !word.is_empty() && !word.contains(odd) && serde_json::from_str::<Value>(word).is_err()
}
