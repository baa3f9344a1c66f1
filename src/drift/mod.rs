//! Lists the differences between Belvo's OpenAPI description and the emulator's that can matter to a
//! client.
//!
//! Compatibility has a direction. An answer of the emulator's may be narrower than Belvo's
//! description, because whoever reads what is described reads it too; a request may be taken more
//! widely. A difference is what can break a client that believes Belvo's description, what Belvo
//! sends or takes and the emulator does not, and what passes here and is refused by Belvo.
//!
//! The walk goes only where both descriptions go, so the size of Belvo's does not matter, and it
//! ends at a schema that contains itself. Differences that are accepted are in [`known_list`], each
//! with its reason.

mod compare;
mod difference;
mod document;
mod known;
mod known_list;
mod operation;
mod rename;
mod shape;
#[cfg(test)]
mod tests;
mod type_kind;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::drift::compare::compare_operations;
use crate::drift::difference::{ChangeKind, Place, Side, SpecPart, collected};
use crate::drift::document::SpecDocument;
use crate::drift::known::{Split, split};
use crate::drift::known_list::KNOWN;
use crate::drift::operation::operations;
use crate::drift::rename::pair_renamed;

pub(crate) use crate::drift::difference::Difference;
pub(crate) use crate::drift::document::UnusableSpec;
pub(crate) use crate::drift::known::KnownDifference;

/// The result of a comparison.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// The differences that are not known, sorted.
    pub differences: Vec<Difference>,
    /// The known differences, sorted, each with its row of the list.
    pub known: Vec<(Difference, &'static KnownDifference)>,
    /// The rows of the list of known differences that no longer say what is the case.
    pub obsolete: Vec<&'static KnownDifference>,
    /// The number of the emulator's endpoints that were looked up in Belvo's description.
    pub endpoints: usize,
    /// The number of endpoints that only Belvo's description has.
    pub only_theirs: usize,
}

/// Compares the emulator's description with Belvo's.
pub(crate) fn compare(ours: &Value, theirs: &Value) -> Result<Comparison, UnusableSpec> {
    compare_with(ours, theirs, KNOWN)
}

fn compare_with(
    ours: &Value,
    theirs: &Value,
    known: &'static [KnownDifference],
) -> Result<Comparison, UnusableSpec> {
    let mut ours = operations(SpecDocument::new("the emulator's description", ours)?)?;
    let mut theirs = operations(SpecDocument::new("the OpenAPI description", theirs)?)?;
    ours.retain(|_, operation| !is_emulators_own(&operation.endpoint.path));
    let endpoints = ours.len();
    let mut found = Vec::new();
    for (key, our_operation) in ours {
        match theirs.remove(&key) {
            Some(their_operation) => {
                found.extend(compare_operations(&our_operation, &their_operation)?);
            }
            None => found.push(Difference {
                side: Side::Request,
                subject: our_operation.endpoint.to_string(),
                kind: ChangeKind::OnlyOurs,
                ours: String::new(),
                theirs: String::new(),
                places: vec![Place { endpoint: our_operation.endpoint, part: SpecPart::Whole }],
            }),
        }
    }
    let Split { unknown, known, obsolete } = split(found, known);
    let differences = pair_renamed(collected(unknown));
    Ok(Comparison { differences, known, obsolete, endpoints, only_theirs: theirs.len() })
}

/// Tells that a path is the emulator's own, so that Belvo cannot have it.
fn is_emulators_own(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    ["/livez", "/readyz", "/_emulator"].contains(&path) || path.starts_with("/_emulator/")
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
