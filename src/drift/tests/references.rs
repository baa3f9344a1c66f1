//! References: followed, endless, deep and broken.

use serde_json::{Map, Value, json};

use crate::drift::compare;
use crate::drift::tests::{answering, reference, rows};

#[test]
fn schemas_that_contain_themselves_come_to_an_end() {
    let spec = |extra: Value| {
        answering(json!({
            "Body": {"type": "object", "properties": {
                "tree": reference("Tree"), "again": reference("Tree"), "loop": reference("Loop"),
                "json": reference("Json"),
            }},
            "Tree": {"type": "object", "properties": {
                "left": reference("Tree"),
                "twigs": {"type": "array", "items": reference("Twig")},
                "extra": extra,
            }},
            "Twig": {"type": "object", "properties": {"back": reference("Tree")}},
            "Loop": {"allOf": [reference("Loop"), {"type": "object"}]},
            "Json": {"oneOf": [{"type": "string"}, {"type": "array", "items": reference("Json")}]},
        }))
    };
    let expected = "Tree.extra: Belvo sends integer, the emulator string; a client that reads integer \
                    may fail here (GET /api/things/ 200)";
    let (one, other) = (spec(json!({"type": "string"})), spec(json!({"type": "integer"})));
    assert_eq!(rows(&one, &other), [expected]);
}

#[test]
fn a_reference_that_cannot_be_followed_is_named() {
    let cases = [
        ("#/components/schemas/None", "leads nowhere"),
        ("https://example.com/a.json#/A", "leads to another file"),
    ];
    let ours = answering(json!({"Body": {"type": "object"}}));
    for (reference, what) in cases {
        let theirs = answering(json!({"Body": {"$ref": reference}}));
        let problem = compare(&ours, &theirs).unwrap_err().to_string();
        assert!(problem.contains(&format!("$ref {reference:?} that {what}")), "{problem}");
    }
    let schema = json!("#/paths/~1api~1things~1%7Bid%7D/get");
    let mut encoded = answering(json!({"Body": {"$ref": schema}}));
    encoded["paths"]["/api/things/{id}"] = json!({"get": {"type": "object"}});
    assert_eq!(rows(&ours, &encoded), [""; 0]);
}

/// Schemas that each hold the next, and two ways to it, so that there are more paths than stars;
/// with text to bring it to the size of Belvo's.
fn large() -> Value {
    let mut schemas = Map::new();
    let text = "x".repeat(400);
    for number in 0..5000 {
        let next = reference(&format!("S{}", number + 1));
        let schema = json!({"type": "object", "description": text, "properties": {
            "one": next,
            "other": {"nullable": true, "allOf": [next]},
            "many": {"type": "array", "items": next},
        }});
        schemas.insert(format!("S{number}"), schema);
    }
    schemas.insert("S5000".to_owned(), json!({"type": "string"}));
    schemas.insert("Body".to_owned(), reference("S0"));
    answering(Value::Object(schemas))
}

#[test]
fn a_large_description_with_deep_references_does_not_overflow_the_stack() {
    let large = large();
    let text = large.to_string();
    assert!(text.len() > 2_000_000);
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(rows(&large, &read), [""; 0]);
    let small = answering(json!({"Body": {"type": "object", "properties": {}}}));
    assert_eq!(rows(&small, &read).len(), 3);
}

#[test]
fn a_chain_of_references_without_an_end_is_an_error() {
    let mut schemas = Map::new();
    for number in 0..5000 {
        schemas.insert(format!("S{number}"), reference(&format!("S{}", number + 1)));
    }
    schemas.insert("Body".to_owned(), json!({"allOf": [reference("S0")]}));
    let chain = answering(Value::Object(schemas));
    let problem = compare(&chain, &chain).unwrap_err().to_string();
    assert!(problem.contains("more than 128 $ref"), "{problem}");
}

/// Each level has two ways to the next, so that there are more ways than stars.
#[test]
fn alternatives_without_end_are_an_error() {
    let two = |next: &str| {
        let inner = json!({"type": "object", "properties": {"a": reference(next)}});
        (json!({"oneOf": [inner, inner]}), json!({"allOf": [reference(next), reference(next)]}))
    };
    for (name, part) in [("fields", 0), ("parts", 1)] {
        let mut schemas = Map::from_iter([("S60".to_owned(), json!({"type": "integer"}))]);
        let mut ours = json!({"type": "string"});
        for number in (0..60).rev() {
            let both = two(&format!("S{}", number + 1));
            schemas.insert(format!("S{number}"), [both.0, both.1][part].clone());
            ours = json!({"type": "object", "properties": {"a": ours}});
        }
        schemas.insert("Body".to_owned(), reference("S0"));
        let ours = answering(json!({"Body": ours}));
        let problem = compare(&ours, &answering(Value::Object(schemas))).unwrap_err().to_string();
        assert!(problem.contains("too many alternatives within alternatives"), "{name}: {problem}");
    }
}
