//! Checks of the CURP that a scenario claims.

use crate::model::curp;
use crate::model::quote::quoted;
use crate::model::state::State;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::lint::rules::known::KNOWN;

/// Belvo's own test CURP. It names no date, no sex and no state.
const OF_BELVO: &str = "BLPM951331IONVGR54";
/// The two letters of a person who was born abroad.
const ABROAD: &str = "NE";

/// Checks the CURP in `when`, whose form is right. Its date and sex matter where there is a record.
pub(super) fn check_claim(node: Node<'_>, has_record: bool, findings: &mut Findings) {
    let is_known = |curp: &str| curp == OF_BELVO || KNOWN.curps.contains(curp);
    let Some(curp) = node.text().filter(|curp| curp.len() == 18 && !is_known(curp)) else {
        return;
    };
    let part = |from: usize, to: usize| node.range().start + 1 + from..node.range().start + 1 + to;
    let birth_date = curp::birth_date(curp);
    if birth_date.is_none() && has_record {
        let message =
            format!("The CURP has {} for a date of birth: no such day exists.", &curp[4..10]);
        let finding = findings.add(Check::BirthDate, part(4, 10), message);
        finding.help("write year, month and day, two digits each");
    }
    let sex = curp::sex(curp);
    if sex.is_none() && &curp[10..11] != "X" && has_record {
        let message = format!("The CURP has {} for a sex.", quoted(&curp[10..11]));
        let finding = findings.add(Check::Sex, part(10, 11), message);
        finding.help("write H for a man, M for a woman or X");
    }
    let state = curp::state(curp).unwrap_or_default();
    let is_of_a_state = state == ABROAD || State::by_code(state).is_some();
    if birth_date.is_some()
        && sex.is_some()
        && is_of_a_state
        && curp.ends_with(curp::check_digit(curp))
    {
        let message = "A person can have this CURP: its date, state and check digit are right.";
        let finding = findings.add(Check::CurpOfAPerson, node.range(), message);
        finding.help("write XX for the state, which is none").fix(part(11, 13), "XX");
    }
}
