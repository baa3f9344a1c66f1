//! `belvo-emulator errors`: lists every documented error, and the request that brings it about
//! here.

use serde::Serialize;

use crate::cli::TableFormat;
use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::table::{as_json, table};
use crate::error::{CODES, ErrorSource};
use crate::scenario::{Login, Scenario};

#[derive(Serialize)]
struct ErrorRow {
    status: u16,
    code: String,
    /// The message. `{}` stands for a value.
    message: String,
    /// The request that brings the error about here.
    cause: String,
    /// The page that documents the error.
    source: String,
}

pub(super) fn run(flags: &Flags, format: TableFormat) -> Result<(), ExitError> {
    let catalogue = flags.catalogue().map_err(ExitError::Usage)?;
    let scenarios = catalogue.scenarios().iter();
    let mut rows: Vec<ErrorRow> =
        own_rows().chain(scenarios.filter_map(|s| scenario_row(s))).collect();
    rows.sort_by_key(|row| row.status);
    match format {
        TableFormat::Table => print(&as_table(&rows)),
        TableFormat::Json => print(&as_json(&rows)),
    }
}

/// Returns the errors of Belvo and of its framework, without those of institutions.
fn own_rows() -> impl Iterator<Item = ErrorRow> {
    CODES.iter().filter_map(|code| {
        Some(ErrorRow {
            status: code.status,
            code: code.name.to_owned(),
            message: code.message.to_owned(),
            cause: code.cause.to_owned(),
            source: match code.source {
                ErrorSource::ErrorPage => "page of error codes",
                ErrorSource::ApiDescription => "API description",
                ErrorSource::Framework => "framework",
                ErrorSource::Emulator => return None,
            }
            .to_owned(),
        })
    })
}

fn scenario_row(scenario: &Scenario) -> Option<ErrorRow> {
    let Login::Refuse(refusal) = &scenario.login else { return None };
    let cause = match (scenario.condition(), scenario.curp()) {
        (Some(condition), Some(_)) => format!("CURP {condition}"),
        (Some(condition), None) => condition,
        (None, _) => format!("--scenario {}", scenario.name.as_str()),
    };
    Some(ErrorRow {
        status: refusal.status.number(),
        code: refusal.code.clone(),
        message: refusal.message.clone(),
        cause,
        source: scenario.documented_in.clone().unwrap_or_default(),
    })
}

fn as_table(rows: &[ErrorRow]) -> String {
    let header = ["STATUS", "CODE", "HOW TO GET IT HERE", "DOCUMENTED IN", "MESSAGE"];
    let cells = rows.iter().map(|row| {
        let status = row.status.to_string();
        [status, row.code.clone(), row.cause.clone(), row.source.clone(), row.message.clone()]
    });
    table(header, cells)
}
