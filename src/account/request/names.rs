//! Looks up scenarios, operations and ids by the texts that a client writes.

use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

use crate::error::Error;
use crate::model::quote::quoted;
use crate::model::suggestion::nearest_to_any;
use crate::operations::{AnyOperation, Operation, Route};
use crate::scenario::{Catalogue, Scenario, unknown_name};

/// Verbs and methods that people write, each with the verbs of operationIds that mean it.
const VERBS: &[(&str, &[&str])] = &[
    ("delete", &["Destroy"]),
    ("remove", &["Destroy"]),
    ("drop", &["Destroy"]),
    ("get", &["Detail", "List"]),
    ("show", &["Detail", "List"]),
    ("read", &["Detail", "List"]),
    ("fetch", &["Retrieve", "Detail", "List"]),
    ("load", &["Retrieve"]),
    ("post", &["Register", "Retrieve", "Create"]),
    ("create", &["Register", "Retrieve"]),
    ("add", &["Register"]),
    ("put", &["Update"]),
    ("change", &["Update"]),
];

/// Returns the scenario with this name. `hint` says what else has the name.
///
/// # Errors
/// 400 on `field`, which is a field or a header, for a name that no scenario has.
pub(crate) fn scenario_named(
    scenarios: &Catalogue,
    name: &str,
    field: &'static str,
    hint: Option<&str>,
) -> Result<Arc<Scenario>, Error> {
    let unknown = || Error::invalid(unknown_name(name, scenarios.scenarios(), hint)).on(field);
    scenarios.find(name).cloned().ok_or_else(unknown)
}

pub(crate) fn operation_named(name: &str) -> Result<Operation, Error> {
    name.parse().map_err(|()| {
        let meant = operation_meant_by(name)
            .map(|meant| format!(" Did you mean {meant:?}?"))
            .unwrap_or_default();
        let all = Operation::WORDS.join(", ");
        let name = quoted(name);
        let sentence = format!("No operation is named {name}.{meant} There are {all}.");
        Error::invalid(sentence).on("operation")
    })
}

/// Returns the operation that a method and a path, or another word for the same verb, means.
fn operation_meant_by(name: &str) -> Option<&'static str> {
    if let Some((method, path)) = name.trim().split_once(' ')
        && let Some(AnyOperation::Api(operation)) = Route::of(method, path.trim()).operation
    {
        return Some(operation.as_str());
    }
    let end_of_verb = name.char_indices().skip(1).find(|(_, letter)| letter.is_uppercase());
    let (verb, noun) = name.split_at(end_of_verb.map_or(name.len(), |(at, _)| at));
    let verbs = VERBS.iter().filter(|(other, _)| other.eq_ignore_ascii_case(verb));
    let others = verbs.flat_map(|(_, ours)| ours.iter().map(|ours| format!("{ours}{noun}")));
    let words: Vec<String> = others.chain([name.to_owned()]).collect();
    nearest_to_any(&words, Operation::WORDS.iter().copied())
}

/// Parses the id that a path names.
///
/// # Errors
/// 404 for a text that is no UUID, as for an unknown id.
pub(crate) fn parse_id(id: &str) -> Result<Uuid, Error> {
    Uuid::from_str(id).map_err(|_| Error::not_found())
}
