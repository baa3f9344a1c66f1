//! `belvo-emulator scenarios` without a command: lists the scenarios, as a table or as JSON.

use serde::Serialize;

use crate::cli::TableFormat;
use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::table::{as_json, table};
use crate::model::profile::DataSource;
use crate::scenario::{Catalogue, Login, Scenario};

/// A scenario as JSON. The status is never null: it is 201 for an accepted login.
#[derive(Serialize)]
struct ScenarioRow<'a> {
    name: &'a str,
    description: &'a str,
    curp: Option<&'a str>,
    rule: Option<String>,
    /// The institution whose logins the scenario answers; null for any.
    source: Option<DataSource>,
    status: u16,
    code: Option<&'a str>,
    message: Option<&'a str>,
    /// The number of employment records that the link will have; null when the login is refused.
    profiles: Option<usize>,
}

pub(super) fn run(flags: &Flags, format: TableFormat) -> Result<(), ExitError> {
    let catalogue = flags.catalogue().map_err(ExitError::Usage)?;
    match format {
        TableFormat::Table => print(&as_table(&catalogue)),
        TableFormat::Json => {
            let rows: Vec<ScenarioRow<'_>> = catalogue.scenarios().iter().map(|s| row(s)).collect();
            print(&as_json(&rows))
        }
    }
}

fn row(scenario: &Scenario) -> ScenarioRow<'_> {
    let (status, code, message, profiles) = match &scenario.login {
        Login::Accept(accept) => (201, None, None, Some(accept.data.profiles())),
        Login::AskToken(ask) => {
            (428, Some("token_required"), None, Some(ask.accept.data.profiles()))
        }
        Login::Refuse(refusal) => {
            let (code, message) = (refusal.code.as_str(), refusal.message.as_str());
            (refusal.status.number(), Some(code), Some(message), None)
        }
    };
    ScenarioRow {
        name: scenario.name.as_str(),
        description: &scenario.description,
        curp: scenario.curp(),
        rule: scenario.rule().map(ToString::to_string),
        source: scenario.source(),
        status,
        code,
        message,
        profiles,
    }
}

fn as_table(catalogue: &Catalogue) -> String {
    let rows = catalogue.scenarios().iter().map(|scenario| {
        [scenario.name.as_str().to_owned(), when(scenario, catalogue), effect(scenario)]
    });
    table(["NAME", "CURP OR RULE", "WHAT IT DOES"], rows)
}

fn when(scenario: &Scenario, catalogue: &Catalogue) -> String {
    match scenario.condition() {
        Some(condition) => condition,
        None if catalogue.is_default(&scenario.name) => "any other CURP".to_owned(),
        None => "only by name (--scenario)".to_owned(),
    }
}

fn effect(scenario: &Scenario) -> String {
    match &scenario.login {
        Login::Accept(_) | Login::AskToken(_) => scenario.description.clone(),
        Login::Refuse(refusal) => {
            format!("{} {}: {}", refusal.status.number(), refusal.code, scenario.description)
        }
    }
}
