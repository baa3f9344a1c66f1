//! Lists the differences between Belvo's OpenAPI description and the emulator's, field by field.
//!
//! The walk goes only where both descriptions go, so the size of Belvo's does not matter, and it
//! ends at a schema that contains itself.

mod document;
mod operation;
mod shape;
#[cfg(test)]
mod tests;
mod type_kind;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::drift::document::SpecDocument;
use crate::drift::operation::{SpecOperation, operations};
use crate::drift::walk::compare_positions;

pub(crate) use crate::drift::document::UnusableSpec;

/// Statuses that the emulator answers and Belvo does not document.
const UNDOCUMENTED: [&str; 4] = ["405", "413", "415", "default"];

/// The result of a comparison.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// The differences, sorted.
    pub differences: Vec<Difference>,
    /// The number of the emulator's endpoints that were looked up in Belvo's description.
    pub endpoints: usize,
    /// The number of endpoints that only Belvo's description has.
    pub only_theirs: usize,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub endpoint: SpecEndpoint,
    pub place: SpecPart,
    /// The path of the field, such as `employment_records[].state`; empty where the difference is about
    /// the whole part.
    pub field: String,
    pub change: FieldChange,
}

/// An endpoint, shown in the emulator's notation, such as `POST /api/links/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SpecEndpoint {
    pub path: String,
    pub method: String,
}

impl fmt::Display for SpecEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpecPart {
    Endpoint,
    Parameter,
    Request,
    /// A response with this status.
    Response(String),
}

impl fmt::Display for SpecPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpecPart::Endpoint => formatter.pad("endpoint"),
            SpecPart::Parameter => formatter.pad("parameter"),
            SpecPart::Request => formatter.pad("request"),
            SpecPart::Response(status) => formatter.pad(&format!("response {status}")),
        }
    }
}

/// The kind of a difference, with the types as they are shown. The types are empty for an endpoint
/// and for a status.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FieldChange {
    /// Only Belvo's description has it. The fields inside an added object are not listed.
    Added {
        theirs: String,
    },
    /// Only the emulator's description has it.
    Removed {
        ours: String,
    },
    Retyped {
        ours: String,
        theirs: String,
    },
}

/// Lists the fields, parameters and statuses that only one of two descriptions has, and those that
/// have another type in each.
pub(crate) fn compare(ours: &Value, theirs: &Value) -> Result<Comparison, UnusableSpec> {
    let mut ours = operations(SpecDocument::new("the emulator's description", ours)?)?;
    let mut theirs = operations(SpecDocument::new("the OpenAPI description", theirs)?)?;
    ours.retain(|_, operation| !is_emulators_own(&operation.endpoint.path));
    let endpoints = ours.len();
    let mut differences = Vec::new();
    for (key, our_operation) in ours {
        match theirs.remove(&key) {
            Some(their_operation) => {
                differences.extend(compare_operations(&our_operation, &their_operation)?);
            }
            None => differences.push(Difference {
                endpoint: our_operation.endpoint,
                place: SpecPart::Endpoint,
                field: String::new(),
                change: FieldChange::Removed { ours: String::new() },
            }),
        }
    }
    differences.sort();
    Ok(Comparison { differences, endpoints, only_theirs: theirs.len() })
}

/// Tells that a path is the emulator's own, so that Belvo cannot have it.
fn is_emulators_own(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    ["/livez", "/readyz", "/_emulator"].contains(&path) || path.starts_with("/_emulator/")
}

fn compare_operations(
    ours: &SpecOperation<'_>,
    theirs: &SpecOperation<'_>,
) -> Result<Vec<Difference>, UnusableSpec> {
    let mut rows = compare_parameters(ours, theirs)?;
    rows.extend(at(
        SpecPart::Request,
        compare_positions("(body)", ours.with(ours.request()?), theirs.with(theirs.request()?))?,
    ));
    for (status, our_body, their_body) in pair_up(ours.responses()?, theirs.responses()?) {
        let place = SpecPart::Response(status.clone());
        let nothing = String::new();
        let fields = match (our_body, their_body) {
            (Some(our_body), Some(their_body)) => {
                compare_positions("(body)", ours.with(our_body), theirs.with(their_body))?
            }
            (Some(_), None) if UNDOCUMENTED.contains(&status.as_str()) => Vec::new(),
            (Some(_), None) => vec![(nothing.clone(), FieldChange::Removed { ours: nothing })],
            (None, _) => vec![(nothing.clone(), FieldChange::Added { theirs: nothing })],
        };
        rows.extend(at(place, fields));
    }
    let endpoint = &ours.endpoint;
    Ok(rows
        .into_iter()
        .map(|(place, field, change)| Difference {
            endpoint: endpoint.clone(),
            place,
            field,
            change,
        })
        .collect())
}

fn compare_parameters(
    ours: &SpecOperation<'_>,
    theirs: &SpecOperation<'_>,
) -> Result<Vec<OperationDifference>, UnusableSpec> {
    let mut rows = Vec::new();
    for (_, our_parameter, their_parameter) in pair_up(ours.parameters()?, theirs.parameters()?) {
        let Some(name) = our_parameter.as_ref().or(their_parameter.as_ref()).map(|p| &p.name)
        else {
            continue;
        };
        let name = name.clone();
        let our_type = ours.with(our_parameter.map(|parameter| parameter.position));
        let their_type = theirs.with(their_parameter.map(|parameter| parameter.position));
        rows.extend(at(SpecPart::Parameter, compare_positions(&name, our_type, their_type)?));
    }
    Ok(rows)
}

/// A difference within one endpoint.
type OperationDifference = (SpecPart, String, FieldChange);

fn at(
    place: SpecPart,
    fields: Vec<(String, FieldChange)>,
) -> impl Iterator<Item = OperationDifference> {
    fields.into_iter().map(move |(field, change)| (place.clone(), field, change))
}

/// Returns each key of two maps, in order, with its value in each of them.
fn pair_up<K: Ord + Clone, T>(
    mut ours: BTreeMap<K, T>,
    mut theirs: BTreeMap<K, T>,
) -> Vec<(K, Option<T>, Option<T>)> {
    let keys: BTreeSet<K> = ours.keys().chain(theirs.keys()).cloned().collect();
    keys.into_iter()
        .map(|key| {
            let (one, other) = (ours.remove(&key), theirs.remove(&key));
            (key, one, other)
        })
        .collect()
}
