//! Checks the codes and the statuses of refusals against those that Belvo documents.

use crate::error::{CODES, ErrorSource};
use crate::model::quote::quoted;
use crate::model::suggestion::nearest;
use crate::scenario::Refusal;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::lint::rules::known::KNOWN;

/// The code and the status of a login that asks for a token.
const ASKS_FOR_TOKEN: (&str, u16) = ("token_required", 428);

/// Checks a refusal. `node` is its object.
pub(super) fn check(refusal: &Refusal, node: Option<Node<'_>>, findings: &mut Findings) {
    let Some((code, status)) = node.and_then(|node| Some((node.get("code")?, node.get("status")?)))
    else {
        return;
    };
    let number = refusal.status.number();
    if refusal.code == ASKS_FOR_TOKEN.0 {
        let message = "A login that asks for a token is not refused: it can be resumed.";
        let finding = findings.add(Check::CodeOfOtherCalls, code.range(), message);
        finding.help("write \"ask_token\" in place of \"refuse\"");
        return;
    }
    let Some(statuses) = KNOWN.codes.get(&refusal.code) else {
        return add_unknown(refusal, code, findings);
    };
    if !statuses.contains(&number) {
        let right = statuses[0];
        let message =
            format!("Belvo answers {} with {right}, not {number}.", quoted(&refusal.code));
        let finding = findings.add(Check::StatusOfCode, status.range(), message);
        finding.help(format!("write {right}")).fix(status.range(), right.to_string());
    }
}

fn add_unknown(refusal: &Refusal, code: Node<'_>, findings: &mut Findings) {
    let is_of_belvo = |source| source != ErrorSource::Emulator;
    let mut others = CODES.iter().filter(|code| is_of_belvo(code.source));
    if let Some(other) = others.find(|other| other.name == refusal.code) {
        let message = format!("Belvo does not refuse a login with {:?}.", other.name);
        let finding = findings.add(Check::CodeOfOtherCalls, code.range(), message);
        finding.help(format!("the code comes from another request: {}", other.cause));
        return;
    }
    let message = format!("No document of Belvo has the code {}.", quoted(&refusal.code));
    let finding = findings.add(Check::UnknownCode, code.range(), message);
    match nearest(&refusal.code, KNOWN.codes.keys().map(String::as_str)) {
        Some(meant) => {
            finding.help(format!("did you mean {meant:?}?"));
            finding.fix(code.range(), format!("{meant:?}"));
        }
        None => {
            let known: Vec<&str> = KNOWN.codes.keys().map(String::as_str).collect();
            finding.help(format!("Belvo refuses logins with: {}", known.join(", ")));
        }
    }
}
