//! The schemas of errors: each status has the keys that its problems can have, and no others.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::error::WireProblem;

/// The objects of an error array, by the keys that they can have beside [`KEYS`].
struct ProblemSchema {
    name: &'static str,
    description: &'static str,
    optional: &'static [&'static str],
}

/// Every problem has these keys.
const KEYS: [&str; 3] = ["code", "message", "request_id"];

const PLAIN: ProblemSchema = ProblemSchema {
    name: "Problem",
    description: "One object of Belvo's error array.",
    optional: &[],
};

const INVALID: ProblemSchema = ProblemSchema {
    name: "InvalidProblem",
    description: "One object of the error array of a status 400.",
    optional: &["field", "institution_user_id"],
};

const TOKEN_REQUIRED: ProblemSchema = ProblemSchema {
    name: "TokenRequiredProblem",
    description: "One object of the error array of a status 428: the institution asks for a token. \
                  It lacks the keys about the session where a scenario refuses with this status.",
    optional: &["session", "expiry", "link", "token_generation_data"],
};

/// The control API's statuses 409 and 429. Belvo's have the keys of all problems alone.
const OF_CONTROL: ProblemSchema = ProblemSchema {
    name: "ControlProblem",
    description: "One object of the error array of a status 409 or 429 of the control API.",
    optional: &["field", "delivery"],
};

/// The schema of an error's body.
pub(super) fn problems(status: u16, is_control: bool) -> Value {
    let schema = match (status, is_control) {
        (400, _) => INVALID,
        (409 | 429, true) => OF_CONTROL,
        (428, _) => TOKEN_REQUIRED,
        _ => PLAIN,
    };
    let problem = json!({"$ref": format!("#/components/schemas/{}", schema.name)});
    json!({"type": "array", "items": problem, "minItems": 1})
}

/// Puts the schemas in the place of the one that has the keys of all problems, because all of them
/// are serialized from one type.
pub(super) fn divide(schemas: &mut Map<String, Value>) {
    let whole = schemas.remove(&*WireProblem::schema_name()).expect("all errors have a schema");
    for schema in [PLAIN, INVALID, TOKEN_REQUIRED, OF_CONTROL] {
        let ProblemSchema { name, description, optional } = schema;
        let mut part = whole.clone();
        part["description"] = description.into();
        let properties = part["properties"].as_object_mut().expect("a problem is an object");
        properties.retain(|key, _| KEYS.iter().chain(optional).any(|other| other == key));
        assert_eq!(properties.len(), KEYS.len() + optional.len(), "{name} has its keys");
        part["required"] = json!(KEYS);
        if optional.contains(&"session") {
            part["dependentRequired"] =
                json!({"session": ["expiry", "link", "token_generation_data"]});
        }
        schemas.insert(name.to_owned(), part);
    }
}
