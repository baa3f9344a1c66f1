//! Two whole descriptions, and every way in which they differ.

use serde_json::{Value, json};

use crate::drift::compare;
use crate::drift::tests::{content, description, reference, rows};

/// As the emulator writes it: 3.1.
fn ours() -> Value {
    let register = json!({
        "requestBody": content(json!({"type": "object", "properties": {
            "username": {"type": "string"},
        }, "required": ["username"]})),
        "responses": {
            "201": content(reference("Link")),
            "400": content(reference("UnusableSpec")),
            "409": {},
        },
    });
    let list = json!({
        "parameters": [
            {"name": "page", "in": "query", "schema": {"type": "integer"}},
            {"name": "id", "in": "path", "schema": {"type": "integer"}},
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
    description("3.1.0", our_schemas(), &operations)
}

fn our_schemas() -> Value {
    json!({
        "Link": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "uuid", "description": "Ours."},
                "status": {"enum": ["valid", "invalid"]},
                "external_id": {"type": ["string", "null"]},
                "score": {"type": "number", "format": "float"},
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
    })
}

/// As Belvo writes it: 3.0.
fn theirs() -> Value {
    let schemas = json!({
        "Base": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid", "example": "x"},
            "status": {"type": "string", "enum": ["valid", "token_required", "invalid"]},
        }},
        "Link": {"allOf": [reference("Base"), {"type": "object", "properties": {
            "external_id": {"type": "string"},
            "score": {"type": "integer", "format": "int32"},
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
        "Link.external_id: the emulator sends null too, Belvo does not",
        "Link.ours_only: Belvo calls it added",
        "Link.score: Belvo sends integer, the emulator number",
        "Link.status: Belvo sends token_required too, the emulator does not",
        "Link.tags[]: Belvo sends string(email), the emulator string",
        "Person.age: only Belvo sends it (integer)",
        "Record.document.kind: only Belvo sends it (string)",
        "Record.document.rfc: Belvo sends integer, the emulator string",
        "Record.employment_records[].state: Belvo sends enum JA|MX, the emulator string",
        "UnusableSpec[].request_id: only Belvo sends it (string)",
        "status 408: only Belvo answers with it",
        "status 409: only the emulator has it",
        "DELETE /api/links/: only the emulator has it",
        "GET /api/gone/: only the emulator has it",
        "omit: only Belvo takes it (string)",
        "password: only Belvo takes it (string)",
        "username: the emulator requires it, Belvo does not",
        "{id}: Belvo takes string(uuid), the emulator integer",
    ];
    let rows = rows(&ours(), &theirs());
    let differences: Vec<&str> = rows.iter().map(|row| row.split(';').next().unwrap()).collect();
    assert_eq!(differences, expected);
    let comparison = compare(&ours(), &theirs()).unwrap();
    assert_eq!((comparison.endpoints, comparison.only_theirs), (4, 2));
}

#[test]
fn a_description_does_not_differ_from_itself() {
    for description in [ours(), theirs()] {
        assert_eq!(rows(&description, &description), [""; 0]);
    }
}

#[test]
fn a_difference_in_a_schema_is_one_row_with_all_places() {
    let page = |items: Value| json!({"type": "object", "properties": {"results": items}});
    let spec = |kind: &str| {
        let list = page(json!({"type": "array", "items": reference("Thing")}));
        let thing = json!({"type": "object", "properties": {"size": {"type": kind}}});
        let get = json!({"responses": {"200": content(reference("Page"))}});
        let post = json!({"responses": {
            "200": content(reference("Thing")),
            "201": content(reference("Thing")),
        }});
        let operations = [("/api/things/", "get", get), ("/api/things/", "post", post)];
        description("3.0.3", json!({"Page": list, "Thing": thing}), &operations)
    };
    let expected = "Thing.size: Belvo sends string, the emulator integer; a client that reads string \
                    may fail here (GET /api/things/ 200, and 2 more)";
    assert_eq!(rows(&spec("integer"), &spec("string")), [expected]);
}

#[test]
fn statuses_can_be_described_by_their_class_or_all_at_once() {
    let spec = |statuses: Value| {
        description("3.0.3", json!({}), &[("/api/things/", "get", json!({"responses": statuses}))])
    };
    let ours = spec(json!({"200": {}, "404": {}, "500": {}}));
    assert_eq!(rows(&ours, &spec(json!({"200": {}, "4XX": {}, "default": {}}))), [""; 0]);
    let described = rows(&ours, &spec(json!({"200": {}, "4XX": {}, "x-note": {}})));
    assert!(
        described.concat().starts_with("status 500: only the emulator has it"),
        "{described:?}"
    );
}
