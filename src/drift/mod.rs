//! Where an OpenAPI description of Belvo's differs from that of the emulator, field by field.
//!
//! The walk is led by ours: it goes only where both descriptions go, so the size of theirs does not
//! matter, and a schema that contains itself ends it.

mod document;
mod kind;
mod operation;
mod shape;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::drift::document::Document;
use crate::drift::operation::{Operation, operations};
use crate::drift::walk::compare_positions;

pub use crate::drift::document::Problem;

/// Statuses that the emulator answers and Belvo does not document.
const UNDOCUMENTED: [&str; 4] = ["405", "413", "415", "default"];

/// What a comparison found.
#[derive(Debug)]
pub struct Comparison {
    /// Sorted.
    pub differences: Vec<Difference>,
    /// How many endpoints of ours were looked up in theirs.
    pub endpoints: usize,
    /// How many endpoints only they have.
    pub only_theirs: usize,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub endpoint: Endpoint,
    pub place: Place,
    /// Such as `employment_records[].state`; empty where all of the place is meant.
    pub field: String,
    pub change: Change,
}

/// Shown as `POST /api/links/`, as we write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    pub path: String,
    pub method: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Endpoint,
    Parameter,
    Request,
    /// With the status.
    Response(String),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Endpoint => formatter.pad("endpoint"),
            Place::Parameter => formatter.pad("parameter"),
            Place::Request => formatter.pad("request"),
            Place::Response(status) => formatter.pad(&format!("response {status}")),
        }
    }
}

/// With the types as they are shown; an endpoint and a status have none.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// In theirs, not in ours. What is inside an added object is not listed.
    Added {
        theirs: String,
    },
    /// In ours, not in theirs.
    Removed {
        ours: String,
    },
    Retyped {
        ours: String,
        theirs: String,
    },
}

/// What `theirs` has that `ours` has not, and the other way round.
pub fn compare(ours: &Value, theirs: &Value) -> Result<Comparison, Problem> {
    let mut ours = operations(Document::new("the emulator's description", ours)?)?;
    let mut theirs = operations(Document::new("the OpenAPI description", theirs)?)?;
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
                place: Place::Endpoint,
                field: String::new(),
                change: Change::Removed { ours: String::new() },
            }),
        }
    }
    differences.sort();
    Ok(Comparison { differences, endpoints, only_theirs: theirs.len() })
}

/// What Belvo cannot have.
fn is_emulators_own(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    ["/livez", "/readyz", "/_emulator"].contains(&path) || path.starts_with("/_emulator/")
}

fn compare_operations(
    ours: &Operation<'_>,
    theirs: &Operation<'_>,
) -> Result<Vec<Difference>, Problem> {
    let mut rows = compare_parameters(ours, theirs)?;
    rows.extend(at(
        Place::Request,
        compare_positions("(body)", ours.with(ours.request()?), theirs.with(theirs.request()?))?,
    ));
    for (status, our_body, their_body) in pair_up(ours.responses()?, theirs.responses()?) {
        let place = Place::Response(status.clone());
        let nothing = String::new();
        let fields = match (our_body, their_body) {
            (Some(our_body), Some(their_body)) => {
                compare_positions("(body)", ours.with(our_body), theirs.with(their_body))?
            }
            (Some(_), None) if UNDOCUMENTED.contains(&status.as_str()) => Vec::new(),
            (Some(_), None) => vec![(nothing.clone(), Change::Removed { ours: nothing })],
            (None, _) => vec![(nothing.clone(), Change::Added { theirs: nothing })],
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

fn compare_parameters(ours: &Operation<'_>, theirs: &Operation<'_>) -> Result<Vec<Row>, Problem> {
    let mut rows = Vec::new();
    for (_, our_parameter, their_parameter) in pair_up(ours.parameters()?, theirs.parameters()?) {
        let Some(name) = our_parameter.as_ref().or(their_parameter.as_ref()).map(|p| &p.name)
        else {
            continue;
        };
        let name = name.clone();
        let our_type = ours.with(our_parameter.map(|parameter| parameter.position));
        let their_type = theirs.with(their_parameter.map(|parameter| parameter.position));
        rows.extend(at(Place::Parameter, compare_positions(&name, our_type, their_type)?));
    }
    Ok(rows)
}

/// A difference within one endpoint.
type Row = (Place, String, Change);

fn at(place: Place, fields: Vec<(String, Change)>) -> impl Iterator<Item = Row> {
    fields.into_iter().map(move |(field, change)| (place.clone(), field, change))
}

/// Each key of two maps, in order, with what the one and the other have under it.
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
