//! Requests: the emulator may take more than Belvo describes.

use serde_json::{Value, json};

use crate::drift::tests::{content, description, rows};

/// A description whose only endpoint takes this body.
fn taking(body: Value) -> Value {
    description("3.0.3", json!({}), &[("/api/things/", "post", json!({"requestBody": body}))])
}

fn with_field(field: &Value, required: Value) -> Value {
    let properties = json!({"field": field});
    taking(content(json!({"type": "object", "properties": properties, "required": required})))
}

/// The first half of the only row.
#[track_caller]
fn difference(ours: &Value, theirs: &Value) -> String {
    let rows = rows(ours, theirs);
    assert!(rows.len() <= 1, "{rows:#?}");
    rows.concat().split(';').next().unwrap().to_owned()
}

#[test]
fn a_request_may_be_taken_more_widely() {
    let cases = [
        (
            json!({"type": "integer"}),
            json!({"type": "number"}),
            "field: Belvo takes number, the emulator integer",
        ),
        (
            json!({"enum": ["a"]}),
            json!({"enum": ["a", "b"]}),
            "field: Belvo takes b, the emulator does not",
        ),
        (
            json!({"enum": ["a"]}),
            json!({"type": "string"}),
            "field: Belvo takes string, the emulator enum a",
        ),
        (
            json!({"type": "string"}),
            json!({"type": ["string", "null"]}),
            "field: Belvo takes null, the emulator does not",
        ),
    ];
    for (narrow, wide, expected) in cases {
        let (narrow, wide) = (with_field(&narrow, json!([])), with_field(&wide, json!([])));
        assert_eq!(difference(&wide, &narrow), "");
        assert_eq!(difference(&narrow, &wide), expected);
    }
}

#[test]
fn a_field_that_one_of_them_requires_is_told_in_both_directions() {
    let text = json!({"type": "string"});
    let (free, required) = (with_field(&text, json!([])), with_field(&text, json!(["field"])));
    assert_eq!(difference(&required, &free), "field: the emulator requires it, Belvo does not");
    assert_eq!(difference(&free, &required), "field: Belvo requires it, the emulator does not");
    let without = taking(content(json!({"type": "object", "properties": {}})));
    assert_eq!(difference(&without, &free), "field: only Belvo takes it (string)");
    let expected = "field: Belvo requires it (string), the emulator does not know it";
    assert_eq!(difference(&without, &required), expected);
    assert_eq!(difference(&free, &without), "");
    assert_eq!(difference(&required, &without), "field: the emulator requires it, Belvo does not");
}

#[test]
fn the_body_itself_can_be_required() {
    let schema = json!({"type": "object"});
    let optional = taking(content(schema.clone()));
    let mut required = content(schema);
    required["required"] = true.into();
    let (required, none) =
        (taking(required), description("3.0.3", json!({}), &[("/api/things/", "post", json!({}))]));
    assert_eq!(
        difference(&required, &optional),
        "the body: the emulator requires it, Belvo does not"
    );
    assert_eq!(
        difference(&optional, &required),
        "the body: Belvo requires it, the emulator does not"
    );
    assert_eq!(difference(&required, &none), "the body: the emulator requires it, Belvo does not");
    assert_eq!(difference(&optional, &none), "");
    assert_eq!(difference(&none, &optional), "the body: only Belvo takes it (object)");
    let expected = "the body: Belvo requires it (object), the emulator does not know it";
    assert_eq!(difference(&none, &required), expected);
}

/// Merged into one, the alternatives would require nothing.
#[test]
fn each_alternative_of_a_body_is_compared_by_itself() {
    let alternative = |required: Value| {
        let properties = json!({"a": {"type": "string"}, "b": {"type": "string"}});
        json!({"type": "object", "properties": properties, "required": required})
    };
    let schemas = json!({"One": alternative(json!(["a"])), "Other": alternative(json!(["b"]))});
    let union = content(json!({"oneOf": [
        {"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Other"},
    ]}));
    let operations = [("/api/things/", "post", json!({"requestBody": union}))];
    let theirs = description("3.0.3", schemas, &operations);
    let passes = "Belvo requires it, the emulator does not; a client that leaves it out passes here and is \
                  refused by Belvo";
    let expected = [
        format!("a: {passes} (POST /api/things/ body One)"),
        format!("b: {passes} (POST /api/things/ body Other)"),
    ];
    let ours = taking(content(alternative(json!([]))));
    assert_eq!(rows(&ours, &theirs), expected);
}

#[test]
fn parameters_are_requests_too() {
    let spec = |parameters: Value| {
        description(
            "3.0.3",
            json!({}),
            &[("/api/things/", "get", json!({"parameters": parameters}))],
        )
    };
    let parameter = |schema: Value, required: bool| {
        spec(json!([{"name": "page", "in": "query", "schema": schema, "required": required}]))
    };
    let (text, words) =
        (json!({"type": "string"}), json!({"type": "array", "items": {"type": "string"}}));
    let (free, required) = (parameter(text.clone(), false), parameter(text, true));
    assert_eq!(difference(&required, &free), "page: the emulator requires it, Belvo does not");
    assert_eq!(difference(&free, &required), "page: Belvo requires it, the emulator does not");
    let none = spec(json!([]));
    assert_eq!(difference(&free, &none), "");
    assert_eq!(difference(&required, &none), "page: the emulator requires it, Belvo does not");
    let expected = "page: Belvo requires it (string), the emulator does not know it";
    assert_eq!(difference(&none, &required), expected);
    // A list is text with commas.
    let list = parameter(words, false);
    assert_eq!(difference(&list, &free), "");
    let expected = "page: Belvo takes array of string, the emulator string";
    assert_eq!(difference(&free, &list), expected);
}
