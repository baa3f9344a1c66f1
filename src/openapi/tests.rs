use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::operation::Operation;
use crate::openapi::description;

#[test]
fn the_operations_are_those_below_api() {
    let paths = description()["paths"].as_object().unwrap();
    let items = paths.iter().filter(|(path, _)| path.starts_with("/api/"));
    let methods = items.flat_map(|(_, item)| item.as_object().unwrap().values());
    let described: BTreeSet<&str> =
        methods.filter_map(|method| method.get("operationId").and_then(Value::as_str)).collect();
    assert_eq!(described, BTreeSet::from_iter(Operation::WORDS.iter().copied()));
}
