//! Checks what a written record says about a person against the CURP, and the numbers of documents.

use std::ops::Range;

use chrono::NaiveDate;

use crate::model::curp;
use crate::model::employment_record::{DocumentType, Employment};
use crate::model::nss;
use crate::model::profile::EmploymentStatus;
use crate::model::quote::quoted;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};

/// The number of digits of an NSS, the number of a person at IMSS.
const NSS_DIGITS: usize = 11;
/// The number of characters with which the RFC and the CURP of a person begin alike.
const ALIKE: usize = 10;

/// Checks a record. `claim` is the CURP in `when`.
pub(super) fn check(
    record: &Employment,
    node: Node<'_>,
    claim: Option<Node<'_>>,
    findings: &mut Findings,
) {
    let documents: Vec<(DocumentType, Node<'_>)> = documents(record, node).collect();
    let own = documents.iter().find(|(kind, _)| *kind == DocumentType::Curp).map(|it| it.1);
    let curp = claim.or(own);
    for (kind, number) in &documents {
        match kind {
            DocumentType::Nss => check_nss(*number, findings),
            DocumentType::Rfc => check_rfc(*number, curp, findings),
            DocumentType::Curp => check_curp(*number, claim, findings),
        }
    }
    if let (Some(date), Some(curp)) = (node.find("personal_data.birth_date"), curp) {
        check_birth_date(record.personal_data.birth_date, date, curp, findings);
    }
    check_status(record, node, findings);
}

/// Returns the numbers of the documents that are written out.
fn documents<'a>(
    record: &Employment,
    node: Node<'a>,
) -> impl Iterator<Item = (DocumentType, Node<'a>)> {
    let nodes = node.find("personal_data.document_ids").into_iter().flat_map(Node::items);
    let documents = record.personal_data.document_ids.iter().zip(nodes);
    documents.filter_map(|(document, node)| {
        let number = node.get("document_number").filter(|number| number.text().is_some())?;
        Some((document.document_type?, number))
    })
}

fn check_nss(node: Node<'_>, findings: &mut Findings) {
    let number = node.text().unwrap_or_default();
    if number.len() != NSS_DIGITS || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("An NSS has {NSS_DIGITS} digits, not {}.", quoted(number));
        findings.add(Check::Nss, node.range(), message);
        return;
    }
    let right = nss::check_digit(&number[..NSS_DIGITS - 1]).to_string();
    if !number.ends_with(&right) {
        let digit = last(node);
        let message = format!("The check digit of this NSS is {right}.");
        let finding = findings.add(Check::Nss, digit.clone(), message);
        finding.help(format!("write {right} as its last digit")).fix(digit, right);
    }
}

/// The place of the last character of a text.
fn last(node: Node<'_>) -> Range<usize> {
    let end = node.range().end - 1;
    end - 1..end
}

fn check_rfc(node: Node<'_>, curp: Option<Node<'_>>, findings: &mut Findings) {
    let rfc = node.text().unwrap_or_default();
    let Some(curp) = curp else { return };
    let beginning = curp.text().and_then(|curp| curp.get(..ALIKE)).unwrap_or_default();
    if !rfc.starts_with(beginning) {
        let message = format!("The RFC of this person begins with {beginning}, as the CURP does.");
        let place = findings.place(curp.range());
        findings.add(Check::Rfc, node.range(), message).related(place, "the CURP");
    }
}

fn check_curp(node: Node<'_>, claim: Option<Node<'_>>, findings: &mut Findings) {
    let Some(claim) = claim.filter(|claim| claim.text() != node.text()) else { return };
    let claimed = claim.text().unwrap_or_default();
    let place = findings.place(claim.range());
    let message = format!("The scenario answers {claimed}, and its record is of another CURP.");
    findings
        .add(Check::OtherCurp, node.range(), message)
        .related(place, "the CURP that it answers")
        .help("write the CURP that it answers")
        .fix(node.range(), format!("{claimed:?}"));
}

fn check_birth_date(
    written: Option<NaiveDate>,
    date: Node<'_>,
    curp: Node<'_>,
    findings: &mut Findings,
) {
    let Some(born) = curp.text().and_then(curp::birth_date) else { return };
    if written.is_none_or(|written| written == born) {
        return;
    }
    let place = findings.place(curp.range());
    findings
        .add(
            Check::BirthDate,
            date.range(),
            format!("The CURP says that the person was born on {born}."),
        )
        .related(place, "the CURP")
        .help("write that date")
        .fix(date.range(), format!("\"{born}\""));
}

fn check_status(record: &Employment, node: Node<'_>, findings: &mut Findings) {
    let Some(status) = node.find("personal_data.entitlements.status") else { return };
    let spells = &record.employment_records;
    let open = spells.iter().position(|spell| spell.end_date.is_none());
    let (message, help) = match (record.personal_data.entitlements.status, open) {
        (Some(EmploymentStatus::Employed), None) => (
            "The person is EMPLOYED, and no spell of employment is open.",
            "write null as the end_date of the present job, or another status",
        ),
        (Some(EmploymentStatus::Unemployed), Some(_)) => (
            "The person is UNEMPLOYED, and a spell of employment is open.",
            "write an end_date for every job, or another status",
        ),
        _ => return,
    };
    let open = open.and_then(|open| node.get("employment_records")?.items().nth(open));
    let place = open.map(|open| findings.place(open.get("end_date").unwrap_or(open).key_range()));
    let finding = findings.add(Check::StatusOfSpells, status.range(), message);
    finding.help(help);
    if let Some(place) = place {
        finding.related(place, "this spell is open");
    }
}
