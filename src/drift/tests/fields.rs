//! How the type of a field is compared and shown.

use serde_json::{Value, json};

use crate::drift::tests::{answering, reference, rows};

/// Each pair says the same, the first in the words of 3.1 and the second in those of 3.0.
#[test]
fn the_notations_of_3_1_and_3_0_are_the_same() {
    let cases = [
        (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
        (
            json!({"anyOf": [reference("Other"), {"type": "null"}]}),
            json!({"allOf": [reference("Other")], "nullable": true}),
        ),
        (
            json!({"$ref": "#/components/schemas/Other", "description": "x"}),
            json!({"allOf": [reference("Other")], "title": "y"}),
        ),
        (json!({"$ref": "#/components/schemas/Other", "type": "object"}), reference("Other")),
        (json!({"const": "a"}), json!({"type": "string", "enum": ["a"]})),
        (
            json!({"enum": ["a", "", null]}),
            json!({"oneOf": [{"type": "string", "enum": ["a"]}, {"enum": [""]}, {"enum": [null]}]}),
        ),
        (
            json!({"type": ["array", "null"], "items": {"type": ["string", "integer"]}}),
            json!({"nullable": true, "type": "array", "items": {"anyOf": [
                {"type": "string"}, {"type": "integer"},
            ]}}),
        ),
        (json!({"type": ["integer", "number"]}), json!({"type": "number", "format": "double"})),
        (json!({"type": "string"}), json!({"allOf": [{"type": "string"}, {"minLength": 1}]})),
        (json!({"type": "object"}), json!({"type": "object", "additionalProperties": {}})),
        (json!({}), json!({"description": "anything", "nullable": true})),
    ];
    for (ours, theirs) in cases {
        let spec = |field: &Value| {
            answering(json!({
                "Body": {"type": "object", "properties": {"field": field}},
                "Other": {"type": "object", "properties": {"a": {"type": "string"}}},
            }))
        };
        assert_eq!(rows(&spec(&ours), &spec(&theirs)), [""; 0], "{ours} {theirs}");
    }
}

#[test]
fn types_are_shown_compactly() {
    let cases = [
        (json!({"type": "string", "format": "uuid"}), "string(uuid)"),
        (json!({"type": "string", "format": "password"}), "string"),
        (json!({"type": "string", "enum": ["b", "a"], "nullable": true}), "enum a|b|null"),
        (json!({"enum": ["null", "", 1, "1"]}), "enum \"\"|\"1\"|\"null\"|1"),
        (json!({"type": "array", "items": {"enum": ["b", "a"]}}), "array of (enum a|b)"),
        (json!({"type": "array", "items": {"items": {}}}), "array of array of any"),
        (json!({"items": {"type": "integer"}, "nullable": true}), "array of integer|null"),
        (json!({"properties": {}}), "object"),
        (json!({"type": ["null"]}), "null"),
        (json!({"anyOf": [{"type": "string"}, {"enum": ["a"]}]}), "string"),
        (json!({"allOf": [{"type": "string"}, {"enum": ["a"]}]}), "enum a"),
        (json!({"allOf": [{"type": "string"}, {"type": "integer"}]}), "integer|string"),
        (json!({"anyOf": [{"type": "string"}, {}]}), "any"),
    ];
    for (schema, shown) in cases {
        let spec =
            |fields: Value| answering(json!({"Body": {"type": "object", "properties": fields}}));
        let rows = rows(&spec(json!({})), &spec(json!({"field": schema})));
        assert_eq!(rows, [format!("GET /api/things/, response 200, field, + {shown}")], "{schema}");
    }
}

#[test]
fn rows_are_sorted_as_they_are_shown() {
    let spec = |fields: Value| {
        let a = json!({"type": "object", "properties": fields});
        answering(json!({"Body": {"type": "object", "properties": {"a": a, "a-z": fields["z"]}}}))
    };
    let (one, other) = (spec(json!({"z": {}})), spec(json!({"z": {"type": "string"}})));
    let expected = ["a-z", "a.z"]
        .map(|field| format!("GET /api/things/, response 200, {field}, any -> string"));
    assert_eq!(rows(&one, &other), expected);
}

#[test]
fn bodies_themselves_can_differ() {
    let object = json!({"Body": {"type": "object", "properties": {"a": {}}}});
    let list = json!({"Body": {"type": "array", "items": {"type": "object"}}});
    assert_eq!(
        rows(&answering(object.clone()), &answering(list)),
        ["GET /api/things/, response 200, (body), object -> array of object"]
    );
    let mut silent = answering(object.clone());
    silent["paths"]["/api/things/"]["get"]["responses"]["200"] = json!({"description": "x"});
    assert_eq!(
        rows(&answering(object), &silent),
        ["GET /api/things/, response 200, (body), - object"]
    );
}
