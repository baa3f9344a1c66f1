//! Two whole descriptions, and every way in which they differ.

use serde_json::{Value, json};

use crate::drift::compare;
use crate::drift::tests::{content, description, reference, rows};

/// As the emulator writes it: 3.1.
fn ours() -> Value {
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
