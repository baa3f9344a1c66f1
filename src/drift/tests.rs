use serde_json::{Map, Value, json};

use crate::drift::{FieldChange, compare};

/// A description with these schemas and, under a path and a method, these operations.
fn description(version: &str, schemas: Value, operations: &[(&str, &str, Value)]) -> Value {
    let mut paths = Map::new();
    for (path, method, operation) in operations {
        let item = paths.entry(*path).or_insert_with(|| json!({}));
        item[*method] = operation.clone();
    }
    json!({"openapi": version, "paths": paths, "components": {"schemas": schemas}})
}

fn content(schema: Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A description whose only endpoint answers 200 with the schema `Body`.
fn answering(schemas: Value) -> Value {
    let operation = json!({"responses": {"200": content(reference("Body"))}});
    description("3.0.3", schemas, &[("/api/things/", "get", operation)])
}

/// The differences, each as `endpoint, place, field, change`.
#[track_caller]
fn rows(ours: &Value, theirs: &Value) -> Vec<String> {
    let comparison = compare(ours, theirs).unwrap();
    let rows = comparison.differences.iter().map(|difference| {
        let change = match &difference.change {
            FieldChange::Added { theirs } => format!("+ {theirs}"),
            FieldChange::Removed { ours } => format!("- {ours}"),
            FieldChange::Retyped { ours, theirs } => format!("{ours} -> {theirs}"),
        };
        let (endpoint, place) = (&difference.endpoint, &difference.place);
        format!("{endpoint}, {place}, {}, {change}", difference.field)
    });
    rows.collect()
}

/// As the emulator writes it: 3.1.
fn ours() -> Value {
    let schemas = json!({
        "Link": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "uuid", "description": "Ours."},
                "status": {"enum": ["valid", "invalid"]},
                "external_id": {"type": "string"},
                "score": {"type": "integer", "format": "int32"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "ours_only": {"type": "boolean"},
            },
        },
        "Person": {
            "type": "object",
            "properties": {
                "name": {"type": ["string", "null"]},
                "manager": {"anyOf": [reference("Person"), {"type": "null"}]},
            },
        },
        "Record": {
            "type": "object",
            "properties": {
                "person": reference("Person"),
                "employment_records": {"type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "state": {"type": "string"},
                        "entry": {"type": "string", "format": "date"},
                    },
                }},
                "document": {"oneOf": [
                    {"type": "object", "properties": {"nss": {"type": "string"}}},
                    {"type": "object", "properties": {"rfc": {"type": "string"}}},
                ]},
            },
        },
        "UnusableSpec": {"type": "array", "items": {"type": "object", "properties": {
            "code": {"type": "string"},
        }}},
    });
    let register = json!({
        "requestBody": content(json!({"type": "object", "properties": {
            "username": {"type": "string"},
        }})),
        "responses": {
            "201": content(reference("Link")),
            "400": content(reference("UnusableSpec")),
            "409": {},
            "413": {},
        },
    });
    let list = json!({
        "parameters": [
            {"name": "page", "in": "query", "schema": {"type": "integer"}},
            {"name": "id", "in": "path", "schema": {"type": "string"}},
            {"name": "trace", "in": "header", "schema": {"type": "string"}},
        ],
        "responses": {"200": content(reference("Record"))},
    });
    let operations = [
        ("/api/links/", "post", register),
        ("/api/links/", "delete", json!({})),
        ("/api/records/{id}/", "get", list),
        ("/api/gone/", "get", json!({})),
        ("/_emulator/clock/", "get", json!({})),
        ("/livez", "get", json!({})),
        ("/readyz", "get", json!({})),
    ];
    description("3.1.0", schemas, &operations)
}

/// As Belvo writes it: 3.0.
fn theirs() -> Value {
    let schemas = json!({
        "Base": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid", "example": "x"},
            "status": {"type": "string", "enum": ["valid", "token_required", "invalid"]},
        }},
        "Link": {"allOf": [reference("Base"), {"type": "object", "properties": {
            "external_id": {"type": "string", "nullable": true},
            "score": {"type": "number", "format": "float"},
            "tags": {"type": "array", "items": {"type": "string", "format": "email"}},
            "added": {"type": "object", "properties": {"inner": {"type": "string"}}},
        }}]},
        "Person": {"type": "object", "properties": {
            "name": {"type": "string", "nullable": true, "title": "Name"},
            "age": {"type": "integer"},
            "manager": {"nullable": true, "allOf": [reference("Person")]},
        }},
        "State": {"type": "string", "enum": ["MX", "JA"]},
        "Nss": {"type": "object", "properties": {
            "nss": {"type": "string"},
            "kind": {"type": "string"},
        }},
        "Rfc": {"type": "object", "properties": {"rfc": {"type": "integer"}}},
        "Record": {"type": "object", "properties": {
            "person": reference("Person"),
            "employment_records": {"type": "array", "items": {"type": "object", "properties": {
                "state": reference("State"),
                "entry": {"type": "string", "format": "date"},
            }}},
            "document": {
                "oneOf": [reference("Nss"), reference("Rfc")],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"NSS": "#/components/schemas/Nss"},
                },
            },
        }},
        "UnusableSpec": {"type": "array", "items": {"type": "object", "properties": {
            "code": {"type": "string", "pattern": "^[a-z_]+$"},
            "request_id": {"type": "string"},
        }}},
    });
    let register = json!({
        "requestBody": content(json!({"type": "object", "properties": {
            "username": {"type": "string"},
            "password": {"type": "string"},
        }})),
        "responses": {
            "201": content(reference("Link")),
            "400": content(reference("UnusableSpec")),
            "408": {},
        },
    });
    let record = json!({
        "parameters": [
            {"name": "record", "in": "path", "schema": {"type": "string", "format": "uuid"}},
            {"name": "page", "in": "query", "schema": {"type": "integer"}},
            {"name": "omit", "in": "query", "schema": {"type": "string"}},
        ],
        "responses": {"200": content(reference("Record"))},
    });
    let operations = [
        ("/api/links", "post", register),
        ("/api/records/{record}", "get", record),
        ("/api/banks/", "get", json!({})),
        ("/api/banks/", "post", json!({})),
    ];
    description("3.0.3", schemas, &operations)
}

#[test]
fn every_difference_is_a_row_and_nothing_else_is() {
    let expected = [
        "GET /api/gone/, endpoint, , - ",
        "DELETE /api/links/, endpoint, , - ",
        "POST /api/links/, request, password, + string",
        "POST /api/links/, response 201, added, + object",
        "POST /api/links/, response 201, external_id, string -> string|null",
        "POST /api/links/, response 201, ours_only, - boolean",
        "POST /api/links/, response 201, score, integer -> number",
        "POST /api/links/, response 201, status, \
         enum invalid|valid -> enum invalid|token_required|valid",
        "POST /api/links/, response 201, tags, array of string -> array of string(email)",
        "POST /api/links/, response 400, [].request_id, + string",
        "POST /api/links/, response 408, , + ",
        "POST /api/links/, response 409, , - ",
        "GET /api/records/{id}/, parameter, omit, + string",
        "GET /api/records/{id}/, parameter, {id}, string -> string(uuid)",
        "GET /api/records/{id}/, response 200, document.kind, + string",
        "GET /api/records/{id}/, response 200, document.rfc, string -> integer",
        "GET /api/records/{id}/, response 200, employment_records[].state, string -> enum JA|MX",
        "GET /api/records/{id}/, response 200, person.age, + integer",
    ];
    assert_eq!(rows(&ours(), &theirs()), expected);
    let comparison = compare(&ours(), &theirs()).unwrap();
    assert_eq!((comparison.endpoints, comparison.only_theirs), (4, 2));
}

#[test]
fn a_description_does_not_differ_from_itself() {
    for description in [ours(), theirs()] {
        assert_eq!(rows(&description, &description), [""; 0]);
    }
}

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
    let expected = [
        "GET /api/things/, response 200, again.extra, string -> integer",
        "GET /api/things/, response 200, tree.extra, string -> integer",
    ];
    let (one, other) = (spec(json!({"type": "string"})), spec(json!({"type": "integer"})));
    assert_eq!(rows(&one, &other), expected);
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
