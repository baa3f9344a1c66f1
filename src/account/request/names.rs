//! What a client names in words of its own: scenarios, operations, institutions.

use std::sync::Arc;

use crate::account::Account;
use crate::account::institutions::Institution;
use crate::error::Error;
use crate::model::suggestion::did_you_mean;
use crate::operations::Operation;
use crate::scenario::{Catalogue, Scenario};

impl Account {
    /// 400 on the field, or header, where an unknown name is written.
    pub(in crate::account) fn scenario_for(
        &self,
        name: &str,
        field: &'static str,
    ) -> Result<Arc<Scenario>, Error> {
        let scenarios = &self.settings.scenarios;
        scenarios.find(name).cloned().ok_or_else(|| unknown_scenario(name, scenarios).on(field))
    }
}

fn unknown_scenario(name: &str, scenarios: &Catalogue) -> Error {
    let names = scenarios.scenarios().iter().map(|scenario| scenario.name.as_str());
    let meant = did_you_mean(name, names);
    Error::invalid(format_args!(
        "No scenario is named {name:?}.{meant} The command belvo-emulator scenarios lists them."
    ))
}

pub fn operation_named(name: &str) -> Result<Operation, Error> {
    name.parse().map_err(|()| {
        let meant = did_you_mean(name, Operation::WORDS.iter().copied());
        let all = Operation::WORDS.join(", ");
        let sentence = format!("No operation is named {name:?}.{meant} There are {all}.");
        Error::invalid(sentence).on("operation")
    })
}

pub fn institution_named(name: &str) -> Result<&'static Institution, Error> {
    Institution::find(name).ok_or_else(|| {
        let lookup = format_args!("name={name}").to_string();
        Error::does_not_exist(lookup).on("institution")
    })
}
