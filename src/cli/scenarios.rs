//! `belvo-emulator scenarios`: what there is, as a table or as JSON.

use serde::Serialize;

use crate::cli::{Failure, Flags, TableFormat};
use crate::scenario::{Catalogue, Login, Scenario};

/// A scenario as JSON; a null status is never there: 201 is an accepted login.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    description: &'a str,
    curp: Option<&'a str>,
    rule: Option<String>,
    status: u16,
    code: Option<&'a str>,
    message: Option<&'a str>,
    /// How many employment records there will be; null when the login is refused.
    profiles: Option<usize>,
}

pub fn run(flags: &Flags, format: TableFormat) -> Result<(), Failure> {
    let catalogue = flags.catalogue().map_err(Failure::Usage)?;
    match format {
        TableFormat::Table => print!("{}", table(&catalogue)),
        TableFormat::Json => {
            let rows: Vec<Row<'_>> = catalogue.scenarios().iter().map(|s| row(s)).collect();
            println!("{}", serde_json::to_string_pretty(&rows).expect("rows are plain data"));
        }
    }
    Ok(())
}

fn row(scenario: &Scenario) -> Row<'_> {
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
    Row {
        name: scenario.name.as_str(),
        description: &scenario.description,
        curp: scenario.curp(),
        rule: scenario.rule().map(ToString::to_string),
        status,
        code,
        message,
        profiles,
    }
}

fn table(catalogue: &Catalogue) -> String {
    let header = ["NAME", "CURP OR RULE", "WHAT IT DOES"].map(str::to_owned);
    let rows = catalogue.scenarios().iter().map(|scenario| {
        [scenario.name.as_str().to_owned(), when(scenario, catalogue), effect(scenario)]
    });
    let lines: Vec<[String; 3]> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let (name_width, when_width) = (width(0).unwrap_or(0), width(1).unwrap_or(0));
    lines
        .iter()
        .map(|[name, when, effect]| format!("{name:name_width$}  {when:when_width$}  {effect}\n"))
        .collect()
}

fn when(scenario: &Scenario, catalogue: &Catalogue) -> String {
    let rule = scenario.rule().map(ToString::to_string);
    match (scenario.curp(), rule) {
        (Some(curp), Some(rule)) => format!("{curp}, {rule}"),
        (Some(curp), None) => curp.to_owned(),
        (None, Some(rule)) => rule,
        (None, None) if catalogue.is_default(&scenario.name) => "any other CURP".to_owned(),
        (None, None) => "only by name (--scenario)".to_owned(),
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
