//! Bodies that are wrong somewhere.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

/// A body in which one value, at any depth, is missing, new, or another.
pub fn spoiled(body: &Value, random: &mut ChaCha8Rng) -> Value {
    let mut spoiled = body.clone();
    spoil(&mut spoiled, random);
    spoiled
}

fn spoil(value: &mut Value, random: &mut ChaCha8Rng) {
    let goes_deeper = random.random_bool(0.8);
    match value {
        Value::Object(object) if goes_deeper && !object.is_empty() => {
            let keys: Vec<String> = object.keys().cloned().collect();
            let key = keys.choose(random).unwrap();
            match random.random_range(0..8) {
                0 => drop(object.remove(key)),
                1 => drop(object.insert("unheard_of".to_owned(), json!(1))),
                _ => spoil(&mut object[key], random),
            }
        }
        Value::Array(items) if goes_deeper && !items.is_empty() => {
            let place = random.random_range(0..items.len());
            match random.random_range(0..4) {
                0 => drop(items.remove(place)),
                1 => items.push(items[place].clone()),
                _ => spoil(&mut items[place], random),
            }
        }
        _ => *value = another(value, random),
    }
}

/// A value that is seldom right where this one was.
fn another(value: &Value, random: &mut ChaCha8Rng) -> Value {
    let near = match value {
        Value::Number(number) => json!(number.as_i64().unwrap_or_default().wrapping_add(1)),
        Value::String(text) => json!(text.chars().rev().collect::<String>()),
        Value::Bool(is_so) => json!(!is_so),
        _ => json!({}),
    };
    let wrong = [near, json!(null), json!(-1), json!(u64::MAX), json!(0.5), json!(""), json!([])];
    wrong.choose(random).unwrap().clone()
}
