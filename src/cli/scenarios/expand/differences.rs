//! The differences between two readings of records.

use serde::Serialize;
use serde_json::Value;

/// A value that is another one in the later reading.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Difference {
    /// The place of the value, such as `[0].employment_records[1].end_date`.
    key: String,
    before: Value,
    after: Value,
}

/// Returns the values that differ, in the order of the keys. A part that only one reading has
/// differs from null.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found
}

fn compare(key: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, new) in new {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                compare(&key, old.get(name).unwrap_or(&Value::Null), new, found);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for place in 0..old.len().max(new.len()) {
                let [old, new] = [old, new].map(|list| list.get(place).unwrap_or(&Value::Null));
                compare(&format!("{key}[{place}]"), old, new, found);
            }
        }
        _ if before == after => {}
        _ => found.push(Difference {
            key: key.to_owned(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::cli::scenarios::expand::differences::differences;

    #[test]
    fn each_value_that_differs_has_its_place() {
        let before = json!([{"id": 1, "jobs": [{"end": null}], "scores": [1, 2]}]);
        let after = json!([{"id": 1, "jobs": [{"end": "2026"}, {"end": null}], "scores": [1]}]);
        let found: Vec<(String, Value, Value)> = differences(&before, &after)
            .into_iter()
            .map(|difference| (difference.key, difference.before, difference.after))
            .collect();
        let difference = |key: &str, before: Value, after: Value| (key.to_owned(), before, after);
        assert_eq!(
            found,
            [
                difference("[0].jobs[0].end", Value::Null, json!("2026")),
                difference("[0].jobs[1]", Value::Null, json!({"end": null})),
                difference("[0].scores[1]", json!(2), Value::Null),
            ]
        );
        assert!(differences(&before, &before).is_empty());
    }
}
