//! Compares a value with a choice of schemas: a word, or an object with one key.

use serde_json::Value as Json;

use crate::model::quote::quoted;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::lint::literal::{kind_of, shown, words_for};
use crate::scenario::lint::words::{add_unknown_key, check_twice, check_word, types, words_of};
use crate::scenario::schema;

/// A value, and the schema that it was most likely written for.
pub(super) type Chosen<'n, 's> = Vec<(Node<'n>, &'s Json)>;

/// Returns the schema that a value was most likely written for. It is that of its members if the
/// value has several that exclude one another. Nothing is returned if the value is right already, or
/// if a finding says that no schema fits it.
pub(super) fn choose<'n, 's>(
    node: Node<'n>,
    choices: &'s [Json],
    text: &str,
    findings: &mut Findings,
) -> Chosen<'n, 's> {
    let choices: Vec<&Json> = choices.iter().map(schema::resolved).collect();
    let (of_null, others): (Vec<&Json>, Vec<&Json>) =
        choices.into_iter().partition(|choice| allows(choice, "null"));
    let kind = kind_of(node);
    match (kind, others.as_slice()) {
        ("null", _) if !of_null.is_empty() => Vec::new(),
        (_, [only]) => vec![(node, *only)],
        ("string", _) => {
            check_text(node, &others, findings);
            Vec::new()
        }
        ("object", others) => choose_object(node, others, findings),
        (_, others) => {
            let fitting = others.iter().copied().find(|choice| allows(choice, kind));
            if fitting.is_none() {
                add_wrong_kind(node, others, text, findings);
            }
            fitting.map(|choice| (node, choice)).into_iter().collect()
        }
    }
}

fn allows(schema: &Json, kind: &str) -> bool {
    types(schema).contains(&kind)
}

/// The words of a choice, and the keys of its objects that have one key.
struct Alternatives<'s> {
    words: Vec<&'s str>,
    keys: Vec<(&'s str, &'s Json)>,
}

fn alternatives<'s>(choices: &[&'s Json]) -> Alternatives<'s> {
    let words = choices.iter().filter_map(|choice| words_of(choice)).flatten().collect();
    let keys = choices.iter().filter_map(|choice| Some((only_key(choice)?, *choice)));
    Alternatives { words, keys: keys.collect() }
}

/// Returns the key of a schema of an object that has no other key.
fn only_key(schema: &Json) -> Option<&str> {
    let keys = schema["properties"].as_object().filter(|keys| keys.len() == 1)?;
    keys.keys().next().map(String::as_str)
}

impl Alternatives<'_> {
    fn names(&self) -> Vec<&str> {
        self.words.iter().copied().chain(self.keys.iter().map(|(key, _)| *key)).collect()
    }
}

fn check_text(node: Node<'_>, choices: &[&Json], findings: &mut Findings) {
    let Some(word) = node.text() else { return };
    let alternatives = alternatives(choices);
    if alternatives.words.contains(&word) {
        return;
    }
    let Some((_, object)) = alternatives.keys.iter().find(|(key, _)| *key == word) else {
        return check_word(node, &alternatives.names(), findings);
    };
    let inside = schema::resolved(&object["properties"][word]);
    let keys: Vec<&str> =
        inside["properties"].as_object().into_iter().flatten().map(|(key, _)| &**key).collect();
    let sentence = match keys.is_empty() {
        true => format!("Write {{{word:?}: ...}} with its value."),
        false => format!("Write {{{word:?}: {{...}}}} with its keys inside: {}.", keys.join(", ")),
    };
    findings.add(Check::WrongType, node.range(), sentence);
}

fn choose_object<'n, 's>(
    node: Node<'n>,
    choices: &[&'s Json],
    findings: &mut Findings,
) -> Chosen<'n, 's> {
    let Alternatives { words, keys } = alternatives(choices);
    let members: Vec<(&str, Node<'n>)> = node.members().collect();
    let schema_of = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|it| it.1);
    if let [(name, _)] = members.as_slice()
        && let Some(schema) = schema_of(name)
    {
        return vec![(node, schema)];
    }
    let whole = choices.iter().copied().filter(|choice| allows(choice, "object"));
    let whole = whole.filter(|choice| only_key(choice).is_none());
    let fitting = whole.max_by_key(|it| members.iter().filter(|(key, _)| has(it, key)).count());
    if let Some(fitting) = fitting {
        return vec![(node, fitting)];
    }
    match members.as_slice() {
        [(name, _)] if words.contains(name) => {
            let message = format!("Write {name:?} alone: it has no values.");
            let finding = findings.add(Check::WrongType, node.range(), message);
            finding.help(format!("write {name:?}")).fix(node.range(), format!("{name:?}"));
        }
        members => {
            let keys = keys.iter().map(|(key, _)| *key);
            let names: Vec<&str> = words.iter().copied().chain(keys).collect();
            check_members(node, members, &names, findings);
        }
    }
    let of_member =
        |(name, value): &(&str, Node<'n>)| Some((*value, &schema_of(name)?["properties"][*name]));
    members.iter().filter_map(of_member).collect()
}

fn has(schema: &Json, key: &str) -> bool {
    schema["properties"].get(key).is_some()
}

/// Checks the keys of an object that must have one of these, and no other.
fn check_members(
    node: Node<'_>,
    members: &[(&str, Node<'_>)],
    names: &[&str],
    findings: &mut Findings,
) {
    check_twice(node, findings);
    let (known, unknown): (Vec<_>, Vec<_>) =
        members.iter().partition(|(name, _)| names.contains(name));
    for (name, value) in unknown {
        add_unknown_key(name, value, names, findings);
    }
    let found = match known.as_slice() {
        [] if members.is_empty() => "an empty object".to_owned(),
        [] | [_] => return,
        several => {
            let several: Vec<String> = several.iter().map(|(name, _)| quoted(name)).collect();
            format!("{} together", several.join(" and "))
        }
    };
    let names = names.join(", ");
    let message = format!("Write exactly one of {names}, not {found}.");
    findings.add(Check::UnknownValue, node.key_range(), message);
}

fn add_wrong_kind(node: Node<'_>, choices: &[&Json], text: &str, findings: &mut Findings) {
    let names = alternatives(choices);
    let names = names.names();
    let found = shown(node, text);
    let message = match names.is_empty() {
        false => format!("Write exactly one of {}, not {found}.", names.join(", ")),
        true => {
            let kinds: Vec<&str> =
                choices.iter().flat_map(|choice| types(choice)).map(words_for).collect();
            format!("Expected {}, not {found}.", kinds.join(" or "))
        }
    };
    findings.add(Check::WrongType, node.range(), message);
}
