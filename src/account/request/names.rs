//! Looks up scenarios, operations and ids by the texts that a client writes.

use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

use crate::error::Error;
use crate::model::suggestion::did_you_mean;
use crate::operations::Operation;
use crate::scenario::{Catalogue, Scenario};

/// Returns the scenario with this name.
///
/// # Errors
/// 400 on `field`, which is a field or a header, for a name that no scenario has.
pub(crate) fn scenario_named(
    scenarios: &Catalogue,
    name: &str,
    field: &'static str,
) -> Result<Arc<Scenario>, Error> {
    scenarios.find(name).cloned().ok_or_else(|| unknown_scenario(name, scenarios).on(field))
}

fn unknown_scenario(name: &str, scenarios: &Catalogue) -> Error {
    let names = scenarios.scenarios().iter().map(|scenario| scenario.name.as_str());
    let meant = did_you_mean(name, names);
    Error::invalid(format_args!(
        "No scenario is named {name:?}.{meant} The command belvo-emulator scenarios lists them."
    ))
}

pub(crate) fn operation_named(name: &str) -> Result<Operation, Error> {
    name.parse().map_err(|()| {
        let meant = did_you_mean(name, Operation::WORDS.iter().copied());
        let all = Operation::WORDS.join(", ");
        let sentence = format!("No operation is named {name:?}.{meant} There are {all}.");
        Error::invalid(sentence).on("operation")
    })
}

/// Parses the id that a path names.
///
/// # Errors
/// 404 for a text that is no UUID, as for an unknown id.
pub(crate) fn parse_id(id: &str) -> Result<Uuid, Error> {
    Uuid::from_str(id).map_err(|_| Error::not_found())
}
