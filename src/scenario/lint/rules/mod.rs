//! Looks at the meaning of a scenario whose form is right.

pub(super) mod claims;
mod curps;
mod known;
mod people;
mod refusals;
mod rivals;
mod spells;
mod steps;

use chrono::NaiveDate;

use crate::model::profile::DataSource;
use crate::model::written_record::Reading;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::Findings;
use crate::scenario::{Accept, Data, Login, Scenario, StepKind};

/// Checks one scenario by itself.
pub(super) fn check(
    scenario: &Scenario,
    root: Node<'_>,
    today: NaiveDate,
    findings: &mut Findings,
) {
    let claim = root.find("when.curp");
    if let Some(node) = claim {
        curps::check_claim(node, scenario.accepts().is_some(), findings);
    }
    let Some(login) = root.get("login") else { return };
    match &scenario.login {
        Login::Refuse(refusal) => refusals::check(refusal, login.get("refuse"), findings),
        Login::AskToken(ask) => {
            refusals::check(&ask.wrong, login.find("ask_token.wrong"), findings);
            check_accept(&ask.accept, login.find("ask_token.accept"), claim, today, findings);
        }
        Login::Accept(accept) => {
            check_accept(accept, login.get("accept"), claim, today, findings);
        }
    }
}

fn check_accept(
    accept: &Accept,
    node: Option<Node<'_>>,
    claim: Option<Node<'_>>,
    today: NaiveDate,
    findings: &mut Findings,
) {
    let Some(node) = node else { return };
    if let Some(list) = node.get("later") {
        steps::check(accept, list, findings);
        for ((_, step), node) in accept.later.iter().zip(list.items()) {
            if let StepKind::RefuseLogins(refusal) = &step.event {
                refusals::check(refusal, node.find("event.refuse_logins"), findings);
            }
        }
    }
    if let Some(spells) = node.find("data.override.employment_records") {
        spells::check_changed(spells, today, findings);
    }
    let records = node.find("data.records").into_iter().flat_map(Node::items);
    if let Data::Records(written) = &accept.data {
        let reading = Reading {
            curp: claim.and_then(Node::text).unwrap_or_default(),
            email: None,
            source: DataSource::Imss,
            login: today,
            today,
            document_number: &|_, _| String::new(),
        };
        for (written, node) in written.iter().zip(records) {
            let record = written.resolved(&reading);
            people::check(&record, node, claim, findings);
            spells::check(&record, node, today, findings);
        }
    }
}
