use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::operation::Operation;
use crate::openapi::description;

#[test]
fn the_operations_are_those_below_api() {
    let paths = description()["paths"].as_object().unwrap();
    let items = paths.iter().filter(|(path, _)| path.starts_with("/api/"));
    let mut described = BTreeSet::new();
    for (path, item) in items {
        for (method, call) in item.as_object().unwrap() {
            let Some(id) = call.get("operationId").and_then(Value::as_str) else { continue };
            let operation = Operation::of(&method.to_uppercase(), path);
            assert_eq!(operation.map(Operation::as_str), Some(id), "{method} {path}");
            described.insert(id);
        }
    }
    assert_eq!(described, BTreeSet::from_iter(Operation::WORDS.iter().copied()));
}
