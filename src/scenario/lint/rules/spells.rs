//! Checks the spells of employment of a written record: their dates, amounts and sums.

use chrono::NaiveDate;

use crate::model::employment_record::{Employment, Spell};
use crate::model::money::Money;
use crate::model::quote::quoted;
use crate::model::state::{STATES, State};
use crate::model::suggestion::nearest;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};

/// The currency of IMSS and ISSSTE.
const PESOS: &str = "MXN";
/// The difference in weeks that comes from counting begun weeks or not.
const WEEKS_APART: i64 = 1;
/// The difference in cents that comes from rounding.
const CENTS_APART: i64 = 1;

/// Checks the spells of a record.
pub(super) fn check(
    record: &Employment,
    node: Node<'_>,
    today: NaiveDate,
    findings: &mut Findings,
) {
    let nodes: Vec<Node<'_>> =
        node.get("employment_records").into_iter().flat_map(Node::items).collect();
    let spells: Vec<(&Spell, Node<'_>)> = record.employment_records.iter().zip(nodes).collect();
    for (spell, node) in &spells {
        check_dates(spell, *node, today, findings);
        check_salary(*node, findings);
        check_amounts(*node, findings);
        check_words(*node, findings);
        check_updates(spell, *node, findings);
        check_figures(spell, *node, findings);
    }
    check_order(&spells, findings);
    check_sum(record, node, findings);
}

fn check_dates(spell: &Spell, node: Node<'_>, today: NaiveDate, findings: &mut Findings) {
    let Some(start) = node.get("start_date") else { return };
    if let (Some(end), Some(written)) = (spell.end_date, node.get("end_date"))
        && end < spell.start_date
    {
        let place = findings.place(start.range());
        let message = "This spell ends before it starts.";
        let finding = findings.add(Check::EndsBeforeStart, written.range(), message);
        finding.related(place, "it starts here").help("exchange the dates, or mend one of them");
    }
    check_start(spell.start_date, start, today, findings);
}

/// Checks the spells of a generated life that a file changes.
pub(super) fn check_changed(spells: Node<'_>, today: NaiveDate, findings: &mut Findings) {
    for start in spells.members().filter_map(|(_, spell)| spell.get("start_date")) {
        if let Some(date) = start.text().and_then(|text| text.parse().ok()) {
            check_start(date, start, today, findings);
        }
    }
}

fn check_start(date: NaiveDate, node: Node<'_>, today: NaiveDate, findings: &mut Findings) {
    if date > today {
        let message = "This spell starts in the future.";
        let finding = findings.add(Check::StartsInTheFuture, node.range(), message);
        finding.help("write an earlier date, or add a job later with the step new_job");
    }
}

/// Refuses a spell of which nobody can tell the salary.
fn check_salary(node: Node<'_>, findings: &mut Findings) {
    let is_given = |node: Node<'_>| node.value().as_number_lit().is_some();
    let updates = node.get("employment_status_updates").into_iter().flat_map(Node::items);
    let of_update = updates.last().and_then(|update| update.get("base_salary"));
    if node.get("most_recent_base_salary").or(of_update).is_none_or(|it| !is_given(it)) {
        let message = "This spell has no salary.";
        let finding = findings.add(Check::NoSalary, node.key_range(), message);
        finding.help("add it, such as \"most_recent_base_salary\": 762.54");
    }
}

/// Refuses amounts below zero.
fn check_amounts(node: Node<'_>, findings: &mut Findings) {
    let updates = node.get("employment_status_updates").into_iter().flat_map(Node::items);
    let amounts = updates.filter_map(|update| update.get("base_salary"));
    let keys = ["weeks_employed", "most_recent_base_salary", "monthly_salary"];
    for amount in keys.iter().filter_map(|key| node.get(key)).chain(amounts) {
        if amount.value().as_number_lit().is_some_and(|number| number.value.starts_with('-')) {
            let message = "This number is below zero.";
            findings.add(Check::Negative, amount.range(), message).help("write 0 or more");
        }
    }
}

fn check_words(node: Node<'_>, findings: &mut Findings) {
    if let Some(currency) = node.get("currency").filter(|it| it.text() != Some(PESOS)) {
        let message = "IMSS and ISSSTE write amounts in pesos.";
        let finding = findings.add(Check::Currency, currency.range(), message);
        finding.help("write \"MXN\"").fix(currency.range(), "\"MXN\"");
    }
    let Some((node, name)) = node.get("state").and_then(|node| Some((node, node.text()?))) else {
        return;
    };
    if State::by_name(name).is_some() {
        return;
    }
    let message = format!("IMSS names no state {}.", quoted(name));
    let finding = findings.add(Check::UnknownState, node.range(), message);
    match state_meant(name) {
        Some(meant) => {
            finding.help(format!("did you mean {meant:?}?"));
            finding.fix(node.range(), format!("{meant:?}"));
        }
        None => {
            let names: Vec<&str> = STATES.iter().map(|state| state.name).collect();
            finding.help(format!("the states are: {}", names.join(", ")));
        }
    }
}

/// Returns the state that a name means. IMSS's name of Mexico City is the one of old.
fn state_meant(name: &str) -> Option<&'static str> {
    let folded = name.to_uppercase().replace(['.', ','], "");
    match folded.as_str() {
        "CDMX" | "CIUDAD DE MÉXICO" | "CIUDAD DE MEXICO" | "MEXICO CITY" => {
            State::by_code("DF").map(|state| state.name)
        }
        _ => State::by_code(&folded)
            .map(|state| state.name)
            .or_else(|| nearest(name, STATES.iter().map(|state| state.name))),
    }
}

fn check_updates(spell: &Spell, node: Node<'_>, findings: &mut Findings) {
    let updates = spell.employment_status_updates.iter().flatten();
    let nodes = node.get("employment_status_updates").into_iter().flat_map(Node::items);
    let mut before: Option<(NaiveDate, Node<'_>)> = None;
    for (update, node_of_update) in updates.zip(nodes) {
        let Some(date) = node_of_update.get("update_date") else { continue };
        let day = update.update_date;
        let is_late = spell.end_date.is_some_and(|end| end >= spell.start_date && day > end);
        if day < spell.start_date || is_late {
            let bound = node.get(if is_late { "end_date" } else { "start_date" });
            let place = findings.place(bound.unwrap_or(node).range());
            let message = format!("This update of {day} lies outside of its spell.");
            let finding = findings.add(Check::UpdateOutsideSpell, date.range(), message);
            finding.related(place, if is_late { "the spell ends here" } else { "it starts here" });
        }
        if let Some((earlier, other)) = before.filter(|(earlier, _)| day < *earlier) {
            let place = findings.place(other.range());
            let message = format!("This update of {day} stands behind one of {earlier}.");
            let finding = findings.add(Check::NotSorted, date.range(), message);
            finding.related(place, "the later update").help("write the oldest update first");
        }
        before = Some((day, date));
    }
}

/// Checks the figures that follow from others of the spell.
fn check_figures(spell: &Spell, node: Node<'_>, findings: &mut Findings) {
    if let (Some(end), Some(weeks)) = (spell.end_date, node.get("weeks_employed"))
        && end >= spell.start_date
    {
        let right = (end - spell.start_date).num_weeks();
        if (spell.weeks_employed - right).abs() > WEEKS_APART {
            let message = format!("From {} to {end} there are {right} weeks.", spell.start_date);
            let finding = findings.add(Check::DoesNotAddUp, weeks.range(), message);
            finding.help(format!("write {right}")).fix(weeks.range(), right.to_string());
        }
    }
    let salary = spell.most_recent_base_salary;
    if let Some(last) = spell.employment_status_updates.iter().flatten().last()
        && last.base_salary != salary
        && let Some(node) = node.get("most_recent_base_salary")
    {
        let right = last.base_salary;
        let message = format!("The last update of the salary is to {right}.");
        let finding = findings.add(Check::DoesNotAddUp, node.range(), message);
        finding.help(format!("write {right}")).fix(node.range(), right.to_string());
    }
    check_monthly(spell, node, findings);
}

/// The salary of a month is 365 / 12 days at IMSS, and 30 at ISSSTE.
fn check_monthly(spell: &Spell, node: Node<'_>, findings: &mut Findings) {
    let Some(monthly) = node.get("monthly_salary") else { return };
    let salary = spell.most_recent_base_salary;
    let (of_imss, of_issste) = (salary.times(365, 12), salary.times(30, 1));
    let is_near = |right: Money| {
        right.cents().abs_diff(spell.monthly_salary.cents()) <= CENTS_APART.unsigned_abs()
    };
    if is_near(of_imss) || is_near(of_issste) {
        return;
    }
    let right = if spell.employer_id.is_some() { of_imss } else { of_issste };
    let rule = if spell.employer_id.is_some() { "× 365 / 12" } else { "× 30" };
    let message = format!("A daily {salary} is {right} a month ({rule}).");
    let finding = findings.add(Check::DoesNotAddUp, monthly.range(), message);
    finding.help(format!("write {right}")).fix(monthly.range(), right.to_string());
}

fn check_order(spells: &[(&Spell, Node<'_>)], findings: &mut Findings) {
    for pair in spells.windows(2) {
        let [(earlier, before), (later, after)] = pair else { continue };
        if later.start_date < earlier.start_date {
            let [before, after] =
                [before, after].map(|node| node.get("start_date").unwrap_or(*node));
            let place = findings.place(before.range());
            let message =
                format!("This spell starts before {}, that of the one above.", earlier.start_date);
            let finding = findings.add(Check::NotSorted, after.range(), message);
            finding.related(place, "the later spell").help("write the oldest spell first");
        }
    }
    let mut sorted: Vec<&(&Spell, Node<'_>)> = spells.iter().collect();
    sorted.sort_by_key(|(spell, _)| (&spell.employer, &spell.employer_id, spell.start_date));
    for pair in sorted.windows(2) {
        let [(earlier, before), (later, after)] = pair else { continue };
        let is_same =
            earlier.employer == later.employer && earlier.employer_id == later.employer_id;
        if is_same && earlier.end_date.is_none_or(|end| later.start_date < end) {
            let [before, after] =
                [before, after].map(|node| node.get("start_date").unwrap_or(*node));
            let place = findings.place(before.range());
            let message = format!("Two spells at {} overlap.", quoted(&later.employer));
            let finding = findings.add(Check::OverlappingSpells, after.range(), message);
            finding
                .related(place, "the other one starts here")
                .help("let one end before the other starts");
        }
    }
}

/// Compares the weeks of the summary with those of the spells. Weeks of spells at the same time count
/// once, so the sum is an upper bound then.
fn check_sum(record: &Employment, node: Node<'_>, findings: &mut Findings) {
    let Some(summary) = &record.social_security_summary else { return };
    let Some(node) = node.find("social_security_summary.weeks_contributed") else { return };
    let weeks = record.employment_records.iter().map(|spell| spell.weeks_employed);
    let Some(sum) = weeks.clone().try_fold(0, i64::checked_add) else { return };
    let moved = summary.weeks_reinstated.saturating_sub(summary.weeks_redeemed);
    let overlap = record
        .employment_records
        .windows(2)
        .any(|pair| pair[0].end_date.is_none_or(|end| end > pair[1].start_date));
    let least = if overlap { weeks.max().unwrap_or(0) } else { sum };
    let contributed = summary.weeks_contributed;
    let fits = |weeks: i64| (least..=sum).contains(&weeks);
    if fits(contributed) || fits(contributed.saturating_sub(moved)) {
        return;
    }
    let message = format!("The spells have {sum} weeks together, not {contributed}.");
    let finding = findings.add(Check::DoesNotAddUp, node.range(), message);
    finding.help(format!("write {sum}")).fix(node.range(), sum.to_string());
}
