//! The parts of a schema that name words and keys, and the findings about them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value as Json;

use crate::model::quote::quoted;
use crate::model::suggestion::nearest;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};

/// Returns the types that a schema allows.
pub(super) fn types(schema: &Json) -> Vec<&str> {
    match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Returns the words that a schema allows, if it allows no others.
pub(super) fn words_of(schema: &Json) -> Option<Vec<&str>> {
    let words = schema["enum"].as_array().map(Vec::as_slice);
    let word = schema.get("const").map(std::slice::from_ref);
    Some(words.or(word)?.iter().filter_map(Json::as_str).collect())
}

/// Adds a finding if a text is none of these words.
pub(super) fn check_word(node: Node<'_>, words: &[&str], findings: &mut Findings) {
    let Some(word) = node.text() else { return };
    if words.contains(&word) {
        return;
    }
    let message = format!("{} is not among: {}.", quoted(word), words.join(", "));
    let finding = findings.add(Check::UnknownValue, node.range(), message);
    if let Some(meant) = nearest(word, words.iter().copied()) {
        finding.help(format!("did you mean {meant:?}?")).fix(node.range(), format!("{meant:?}"));
    }
}

/// Adds a finding for each key that stood there before.
pub(super) fn check_twice(node: Node<'_>, findings: &mut Findings) {
    let mut first: HashMap<&str, Node<'_>> = HashMap::new();
    for (key, value) in node.members() {
        match first.entry(key) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(before) => {
                let before = findings.place(before.get().key_range());
                let message = format!("The key {} stands here twice.", quoted(key));
                findings
                    .add(Check::DuplicateKey, value.key_range(), message)
                    .related(before, "it is first written here")
                    .help("delete one of them");
            }
        }
    }
}

/// Adds a finding about a key that is none. Returns the key that was probably meant.
pub(super) fn add_unknown_key<'k>(
    key: &str,
    value: Node<'_>,
    known: &[&'k str],
    findings: &mut Findings,
) -> Option<&'k str> {
    let all = if known.is_empty() { "there are none".into() } else { known.join(", ") };
    let message = format!("{} is no key here; the keys are: {all}.", quoted(key));
    let finding = findings.add(Check::UnknownKey, value.key_range(), message);
    let meant = nearest(key, known.iter().copied())?;
    finding.help(format!("did you mean {meant:?}?"));
    finding.fix(value.key_range(), format!("{meant:?}"));
    Some(meant)
}
