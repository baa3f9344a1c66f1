//! Finds rules that can never win a login, and the scenario that always wins it instead.

use std::mem::discriminant;

use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::lint::rules::claims::Claim;
use crate::scenario::{LoginLimit, Rule, Scenario};

/// The number of characters of a CURP that a scenario can claim.
const CURP_CHARACTERS: usize = 18;

/// Adds a finding for each rule that never wins. Rules in the binary are beaten on purpose.
pub(super) fn check(claims: &[Claim<'_>], all: &mut [Findings]) {
    let own = || claims.iter().enumerate().filter(|(_, claim)| !claim.source.built_in);
    for (place, claim) in own() {
        if let (Some(range), None, None) =
            (claim.source_key(), claim.scenario.curp(), claim.scenario.rule())
        {
            let message = "An institution alone selects no login.";
            let finding = all[claim.file].add(Check::NeverAnswers, range, message);
            finding.help("write the key curp or rule beside it, or leave this key out");
        }
        let Some(rule) = claim.scenario.rule() else { continue };
        if let Some(curp) = claim.scenario.curp() {
            check_rule_of_curp(rule, curp, claim, claims, all);
            continue;
        }
        // Of two rules of one kind, the one that was loaded later is asked first.
        let later = claims[place + 1..].iter().find(|later| {
            later.scenario.curp().is_none()
                && answers_wherever(later.scenario, claim.scenario)
                && later.scenario.rule().is_some_and(|other| holds_wherever(other, rule))
        });
        if let Some(winner) = later {
            let name = winner.scenario.name.as_str();
            let message = format!("This rule never wins: {name:?} holds wherever it does.");
            let finding = all[claim.file].add(Check::NeverAnswers, claim.place().range, message);
            finding.related(winner.place(), "this one is asked first");
            finding.help("leave one of the rules out, or let them differ");
        }
    }
}

/// The rule of a scenario that names a CURP may be decided by the CURP alone.
fn check_rule_of_curp(
    rule: &Rule,
    curp: &str,
    claim: &Claim<'_>,
    claims: &[Claim<'_>],
    all: &mut [Findings],
) {
    let holds = match rule {
        Rule::CurpLengthIsNot(length) => *length != CURP_CHARACTERS,
        Rule::CurpDoesNotMatch(pattern) => !pattern.is_match(curp),
        Rule::LoginsExceed(limit) if limit.logins == 0 => true,
        _ => return,
    };
    if !holds {
        let message = format!("This rule never holds for the CURP {curp}.");
        let finding = all[claim.file].add(Check::NeverAnswers, claim.place().range, message);
        finding.help("leave the rule out, and the scenario answers the CURP always");
        return;
    }
    let loser = claims.iter().find(|other| {
        other.scenario.curp() == Some(curp)
            && answers_wherever(claim.scenario, other.scenario)
            && other.scenario.rule().is_none()
            && !other.source.built_in
    });
    if let Some(loser) = loser {
        let name = claim.scenario.name.as_str();
        let message = format!("The scenario never answers: {name:?} always answers the CURP.");
        let finding = all[loser.file].add(Check::NeverAnswers, loser.place().range, message);
        finding.related(claim.place(), "this rule always holds for the CURP");
        finding.help("leave one of the scenarios out, or mend the rule");
    }
}

/// Tells that one scenario answers at each institution at which another does.
fn answers_wherever(one: &Scenario, other: &Scenario) -> bool {
    one.source().is_none() || one.source() == other.source()
}

/// Tells that `later` holds for every login for which `earlier` does.
fn holds_wherever(later: &Rule, earlier: &Rule) -> bool {
    match (later, earlier) {
        (Rule::CurpLengthIsNot(one), Rule::CurpLengthIsNot(other)) => one == other,
        (Rule::CurpDoesNotMatch(one), Rule::CurpDoesNotMatch(other)) => {
            one.as_str() == other.as_str()
        }
        (Rule::LoginsExceed(one), Rule::LoginsExceed(other)) => {
            let LoginLimit { logins, within } = one;
            *logins <= other.logins && *within >= other.within
        }
        (later, earlier) => discriminant(later) == discriminant(earlier),
    }
}
