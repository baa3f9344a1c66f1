//! Compares a document with the schema of scenario files.
//!
//! The schema comes from the types, by schemars. It uses a dozen keywords, and these are all that is
//! understood here. A crate that validates JSON Schema would add more to the binary than it finds,
//! and its errors would not say what to write instead.

use serde_json::Value as Json;

use crate::model::plain_words::expected_instead;
use crate::scenario::lint::choice::choose;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::lint::literal::{check_number, check_text, kind_of, mended, shown, words_for};
use crate::scenario::lint::words::{add_unknown_key, check_twice, check_word, types, words_of};
use crate::scenario::schema;

/// Compares a document with the schema, and adds all that differs.
pub(super) fn check(root: Node<'_>, text: &str, findings: &mut Findings) {
    if root.value().as_array().is_some() {
        let sentence = "A file holds one scenario, an object: put each into a file of its own.";
        findings.add(Check::WrongType, root.key_range(), sentence);
        return;
    }
    check_value(root, schema::document(), text, findings);
}

/// Compares a value with a schema.
fn check_value(node: Node<'_>, schema: &Json, text: &str, findings: &mut Findings) {
    if findings.is_full() {
        return;
    }
    let schema = schema::resolved(schema);
    if let Some(choices) = ["oneOf", "anyOf"].iter().find_map(|key| schema[key].as_array()) {
        for (node, schema) in choose(node, choices, text, findings) {
            check_value(node, schema, text, findings);
        }
        return;
    }
    if !has_type(node, schema, text, findings) {
        return;
    }
    if let Some(words) = words_of(schema) {
        return check_word(node, &words, findings);
    }
    match kind_of(node) {
        "object" => check_object(node, schema, text, findings),
        "array" => check_list(node, schema, text, findings),
        "string" => check_text(node, schema, text, findings),
        "integer" | "number" => check_number(node, schema, findings),
        _ => {}
    }
}

/// Adds a finding if the value has none of the types that the schema allows.
fn has_type(node: Node<'_>, schema: &Json, text: &str, findings: &mut Findings) -> bool {
    let (types, kind) = (types(schema), kind_of(node));
    let is_number = |allowed: &&str| *allowed == "number" && kind == "integer";
    if types.is_empty() || types.iter().any(|allowed| *allowed == kind || is_number(allowed)) {
        return true;
    }
    let expected: Vec<&str> = types.iter().map(|allowed| words_for(allowed)).collect();
    let sentence = expected_instead(&expected.join(" or "), Some(shown(node, text)));
    let finding = findings.add(Check::WrongType, node.range(), sentence);
    if let Some(mended) = types.iter().find_map(|allowed| mended(node, allowed, schema, text)) {
        finding.help(format!("write {mended}")).fix(node.range(), mended);
    } else if let Some(example) = example(schema) {
        finding.help(format!("write it as {example}"));
    }
    false
}

fn check_object(node: Node<'_>, schema: &Json, text: &str, findings: &mut Findings) {
    check_twice(node, findings);
    let properties = schema["properties"].as_object();
    let known: Vec<&str> = properties.into_iter().flatten().map(|(key, _)| &**key).collect();
    let mut missing = missing_keys(node, schema);
    for (key, value) in node.members() {
        match properties.and_then(|properties| properties.get(key)) {
            Some(schema) => check_value(value, schema, text, findings),
            None if schema["additionalProperties"] == false => {
                let meant = add_unknown_key(key, value, &known, findings);
                // It is there, and misspelt.
                missing.retain(|other| Some(*other) != meant);
            }
            None => {}
        }
    }
    for key in missing {
        let example = properties.and_then(|all| example(all.get(key)?));
        let message = format!("The key {key:?} is missing.");
        let finding = findings.add(Check::MissingKey, node.key_range(), message);
        if let Some(example) = example {
            finding.help(format!("add it, such as {key:?}: {example}"));
        }
    }
}

fn missing_keys<'s>(node: Node<'_>, schema: &'s Json) -> Vec<&'s str> {
    let required = schema["required"].as_array().into_iter().flatten();
    let is_missing = |key: &&str| node.get(key).is_none();
    required.filter_map(Json::as_str).filter(is_missing).collect()
}

/// Returns a value that the schema gives as an example.
fn example(schema: &Json) -> Option<String> {
    match schema::resolved(schema)["examples"].get(0)? {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(Json::to_string).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        example => Some(example.to_string()),
    }
}

fn check_list(node: Node<'_>, schema: &Json, text: &str, findings: &mut Findings) {
    for (index, item) in node.items().enumerate() {
        let of_place = schema["prefixItems"].get(index);
        if let Some(schema) = of_place.or(schema.get("items")) {
            check_value(item, schema, text, findings);
        }
    }
    let items = node.items().count();
    let fits = |keyword: &str, fits: fn(u64, u64) -> bool| {
        schema[keyword].as_u64().is_none_or(|limit| fits(items as u64, limit))
    };
    if !fits("minItems", |items, least| items >= least)
        || !fits("maxItems", |items, most| items <= most)
    {
        let expected = match (schema["minItems"].as_u64(), schema["maxItems"].as_u64()) {
            (Some(least), Some(most)) if least == most => format!("a list of {least} values"),
            (least, most) => format!(
                "a list of {} to {} values",
                least.unwrap_or_default(),
                most.map_or("any number of".to_owned(), |most| most.to_string())
            ),
        };
        let sentence = expected_instead(&expected, Some(format!("of {items}")));
        let finding = findings.add(Check::OutOfBounds, node.range(), sentence);
        if let Some(example) = example(schema) {
            finding.help(format!("write it as {example}"));
        }
    }
}
