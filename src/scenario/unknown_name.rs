//! Explains a name that no scenario has: it may be the name of something else.

use std::sync::Arc;

use crate::error::CODES;
use crate::model::quote::quoted;
use crate::model::suggestion::did_you_mean;
use crate::operations::Operation;
use crate::scenario::step::EVENTS;
use crate::scenario::{Curp, Login, Refusal, Scenario};

/// The largest number of causes of an error that a message shows.
const MOST_CAUSES: usize = 3;

/// Says that no scenario has the name, what else has it, and which scenario was probably meant.
/// `hint` is what the caller knows about the name.
pub(crate) fn unknown_name(name: &str, scenarios: &[Arc<Scenario>], hint: Option<&str>) -> String {
    let hint = hint
        .map(str::to_owned)
        .or_else(|| spelling(name, scenarios))
        .or_else(|| curp(name, scenarios))
        .or_else(|| error_code(name, scenarios))
        .or_else(|| status(name, scenarios))
        .or_else(|| text(name, scenarios))
        .or_else(|| other_name(name))
        .unwrap_or_else(|| did_you_mean(name, names(scenarios)));
    let name = quoted(name);
    format!("No scenario is named {name}.{hint} The command belvo-emulator scenarios lists them.")
}

fn names(scenarios: &[Arc<Scenario>]) -> impl Iterator<Item = &str> {
    scenarios.iter().map(|scenario| scenario.name.as_str())
}

/// Recognises a file name, and a name in capitals, with blanks or with hyphens.
fn spelling(name: &str, scenarios: &[Arc<Scenario>]) -> Option<String> {
    let file = name.trim().rsplit(['/', '\\']).next().unwrap_or(name);
    let word = file.strip_suffix(".json").unwrap_or(file);
    let word = word.strip_suffix(".belvo").unwrap_or(word).to_lowercase().replace([' ', '-'], "_");
    let meant = names(scenarios).find(|known| *known == word)?;
    Some(format!(" Write {meant:?}."))
}

fn curp(name: &str, scenarios: &[Arc<Scenario>]) -> Option<String> {
    let curp = Curp::try_from(name.trim().to_uppercase()).ok()?;
    let claims = scenarios.iter().find(|scenario| scenario.curp() == Some(curp.as_str()));
    Some(match claims {
        Some(scenario) => {
            format!(
                " It is a CURP, and the scenario that names it is {:?}.",
                scenario.name.as_str()
            )
        }
        None => " It is a CURP: register a link with it as the username.".to_owned(),
    })
}

fn error_code(name: &str, scenarios: &[Arc<Scenario>]) -> Option<String> {
    let word = name.trim().to_lowercase();
    let answers = answering(scenarios, |refusal| refusal.code == word);
    if !answers.is_empty() {
        return Some(format!(
            " It is an error code; the scenarios that answer it are: {}.",
            answers.join(", ")
        ));
    }
    let codes = CODES.iter().filter(|code| code.name == word).take(MOST_CAUSES);
    let causes: Vec<&str> = codes.map(|code| code.cause).collect();
    (!causes.is_empty()).then(|| {
        let causes = causes.join("; ");
        format!(" It is an error code, and no scenario answers it. It comes from: {causes}.")
    })
}

fn status(name: &str, scenarios: &[Arc<Scenario>]) -> Option<String> {
    let status: u16 = name.trim().parse().ok()?;
    let answers = answering(scenarios, |refusal| refusal.status.number() == status);
    (!answers.is_empty()).then(|| {
        format!(" It is a status; the scenarios that answer it are: {}.", answers.join(", "))
    })
}

/// Recognises the message of an error and the description of a scenario.
fn text(name: &str, scenarios: &[Arc<Scenario>]) -> Option<String> {
    let text = name.trim().to_lowercase();
    let by_message = answering(scenarios, |refusal| refusal.message.to_lowercase() == text);
    let described = |scenario: &&Arc<Scenario>| scenario.description.to_lowercase() == text;
    let meant = by_message
        .first()
        .copied()
        .or_else(|| scenarios.iter().find(described).map(|scenario| scenario.name.as_str()))?;
    Some(format!(" It is a text of the scenario {meant:?}."))
}

fn other_name(name: &str) -> Option<String> {
    if EVENTS.contains(&name) {
        return Some(" It is an event, which stands in \"later\" of a scenario file.".to_owned());
    }
    name.parse::<Operation>()
        .ok()
        .map(|_| " It is an operation; a scenario says how the institution answers it.".to_owned())
}

/// Returns the names of the scenarios whose refusal fits.
fn answering(scenarios: &[Arc<Scenario>], fits: impl Fn(&Refusal) -> bool) -> Vec<&str> {
    let refuses = |scenario: &&Arc<Scenario>| match &scenario.login {
        Login::Refuse(refusal) => fits(refusal),
        Login::Accept(_) | Login::AskToken(_) => false,
    };
    scenarios.iter().filter(refuses).map(|scenario| scenario.name.as_str()).collect()
}
