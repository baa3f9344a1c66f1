//! Drift, tried on descriptions: how the tests write them, and what they compare.

mod descriptions;
mod fields;
mod known;
mod references;
mod requests;

use serde_json::{Map, Value, json};

use crate::drift::compare_with;

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

/// The differences as they are shown, without any known ones.
#[track_caller]
fn rows(ours: &Value, theirs: &Value) -> Vec<String> {
    let comparison = compare_with(ours, theirs, &[]).unwrap();
    comparison.differences.iter().map(ToString::to_string).collect()
}
