//! All scenarios together, and which of them answers a login.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::error::Error;
use crate::model::duration;
use crate::scenario::{
    Accept, Curp, Login, LoginLimit, MatchedBy, Matching, Mismatch, Name, Rule, Scenario, When,
};

/// The end of CURPs that no person has: there is no state XX.
const RESERVED_END: &str = "XXXXX00";

/// The scenarios by name, and in the order in which they are asked.
#[derive(Debug)]
pub(crate) struct Catalogue {
    scenarios: Vec<Arc<Scenario>>,
    /// Scenarios that name a CURP, the one with a rule first.
    by_curp: HashMap<String, Vec<Arc<Scenario>>>,
    /// Scenarios with a rule for any CURP.
    by_rule: Vec<Arc<Scenario>>,
    default: Arc<Scenario>,
    /// The CURPs that some file names.
    claimed: HashSet<String>,
}

/// The facts about a login that the rules of scenarios ask for.
pub(crate) struct LoginAttempt<'a> {
    pub curp: &'a str,
    /// Tells that a link with another CURP has this `username2`.
    pub email_belongs_to_another_curp: bool,
    /// Tells that the CURP has a link at the same institution.
    pub curp_has_a_link: bool,
    /// How often the CURP logged in within that time before now.
    pub recent_logins: &'a dyn Fn(TimeDelta) -> usize,
}

impl Catalogue {
    /// `scenarios` in the order of loading. `default` answers what no other claims.
    /// `claimed` are the CURPs that the files name.
    pub(crate) fn new(
        scenarios: Vec<Arc<Scenario>>,
        default: Arc<Scenario>,
        claimed: HashSet<String>,
    ) -> Catalogue {
        let mut by_curp: HashMap<String, Vec<Arc<Scenario>>> = HashMap::new();
        let mut by_rule = Vec::new();
        for scenario in &scenarios {
            match &scenario.when {
                Some(When { curp: Some(curp), .. }) => {
                    by_curp.entry(curp.as_str().to_owned()).or_default().push(scenario.clone());
                }
                Some(When { rule: Some(_), .. }) => by_rule.push(scenario.clone()),
                Some(When { curp: None, rule: None, .. }) | None => {}
            }
        }
        for claims in by_curp.values_mut() {
            claims.sort_by_key(|scenario| scenario.rule().is_none());
        }
        // Stable: of two scenarios with the same kind of rule, the one loaded last is asked first.
        by_rule.reverse();
        by_rule.sort_by_key(|scenario| scenario.rule().map(Rule::order));
        Catalogue { scenarios, by_curp, by_rule, default, claimed }
    }

    /// Lets those that claim a login contend for it:
    ///
    /// 1. one that names the CURP and whose rule holds, or that refuses the CURP always;
    /// 2. one whose rule holds for any CURP;
    /// 3. one that names the CURP and accepts it.
    pub(crate) fn claim(&self, matching: &mut Matching, attempt: &LoginAttempt<'_>) {
        let claims = self.by_curp.get(attempt.curp).map_or(&[][..], Vec::as_slice);
        let always_accepts = |scenario: &&Arc<Scenario>| {
            scenario.rule().is_none() && !matches!(scenario.login, Login::Refuse(_))
        };
        let objection =
            |scenario: &Scenario| scenario.rule().and_then(|rule| rule.objection(attempt));
        for scenario in claims.iter().filter(|scenario| !always_accepts(scenario)) {
            matching.enter(scenario, MatchedBy::Curp, || objection(scenario));
        }
        // A rule that no login asked about needs no explanation.
        for scenario in &self.by_rule {
            if !matching.is_decided() {
                matching.enter(scenario, MatchedBy::Rule, || objection(scenario));
            }
        }
        for scenario in claims.iter().filter(always_accepts) {
            matching.enter(scenario, MatchedBy::Curp, || None);
        }
    }

    /// The scenario that answers when no other does.
    pub(crate) fn default_scenario(&self) -> &Arc<Scenario> {
        &self.default
    }

    /// Returns the refusal of a CURP that has the form of the reserved ones and is none of them. It
    /// is misspelt, because no person has such a CURP.
    pub(crate) fn refuse_unclaimed(&self, curp: &str) -> Result<(), Error> {
        let is_reserved = Curp::try_from(curp.to_owned()).is_ok() && curp.ends_with(RESERVED_END);
        if !is_reserved || self.claimed.contains(curp) {
            return Ok(());
        }
        let mut known: Vec<&str> = self.claimed.iter().map(String::as_str).collect();
        known.sort_unstable_by_key(|other| (differences(other, curp), *other));
        let nearest = known.first().map(|other| format!(" Did you mean {other}?"));
        Err(Error::unclaimed_curp(format_args!(
            "{curp}, and no person has it: CURPs that end in {RESERVED_END} are kept for scenarios.{}",
            nearest.unwrap_or_default()
        ))
        .on("username"))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Scenario>> {
        self.scenarios.iter().find(|scenario| scenario.name.as_str() == name)
    }

    /// The longest time over which some scenario counts the logins of a CURP.
    pub(crate) fn counts_logins_within(&self, curp: &str) -> Option<TimeDelta> {
        let claims = self.by_curp.get(curp).into_iter().flatten();
        claims
            .chain(&self.by_rule)
            .filter_map(|scenario| match scenario.rule() {
                Some(Rule::LoginsExceed(limit)) => Some(limit.within),
                _ => None,
            })
            .max()
    }

    /// All scenarios, in the order of loading.
    pub(crate) fn scenarios(&self) -> &[Arc<Scenario>] {
        &self.scenarios
    }

    /// Tells that this scenario answers when no other does.
    pub(crate) fn is_default(&self, name: &Name) -> bool {
        self.default.name == *name
    }
}

/// Counts the places at which two texts differ.
fn differences(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).filter(|(one, other)| one != other).count()
}

impl Scenario {
    pub(crate) fn rule(&self) -> Option<&Rule> {
        self.when.as_ref()?.rule.as_ref()
    }

    pub(crate) fn curp(&self) -> Option<&str> {
        self.when.as_ref()?.curp.as_ref().map(|curp| curp.as_str())
    }

    /// The steps that follow an accepted login.
    pub(crate) fn accepts(&self) -> Option<&Accept> {
        match &self.login {
            Login::Accept(accept) => Some(accept),
            Login::AskToken(ask) => Some(&ask.accept),
            Login::Refuse(_) => None,
        }
    }

    /// Tells that the scenario refuses because of the number of logins. A login that it refuses does
    /// not count.
    pub(crate) fn refuses_by_logins(&self) -> bool {
        matches!((self.rule(), &self.login), (Some(Rule::LoginsExceed(_)), Login::Refuse(_)))
    }
}

impl Rule {
    /// The reason why the rule does not hold, if it does not.
    fn objection(&self, attempt: &LoginAttempt<'_>) -> Option<Mismatch> {
        let (holds, instead) = match self {
            Rule::CurpLengthIsNot(length) => {
                let characters = attempt.curp.chars().count();
                (characters != *length, Mismatch::CurpHasCharacters(characters))
            }
            Rule::CurpDoesNotMatch(pattern) => {
                (!pattern.0.is_match(attempt.curp), Mismatch::CurpMatches)
            }
            Rule::EmailBelongsToAnotherCurp => {
                (attempt.email_belongs_to_another_curp, Mismatch::EmailBelongsToNoOtherCurp)
            }
            Rule::CurpHasALink => (attempt.curp_has_a_link, Mismatch::CurpHasNoLink),
            Rule::LoginsExceed(LoginLimit { logins: most, within }) => {
                let logins = (attempt.recent_logins)(*within);
                (logins >= *most, Mismatch::Logins { logins, within: *within })
            }
        };
        (!holds).then_some(instead)
    }

    /// A CURP of the wrong length also misses the pattern: the length is asked first.
    fn order(&self) -> u8 {
        match self {
            Rule::CurpLengthIsNot(_) => 0,
            Rule::CurpDoesNotMatch(_) => 1,
            Rule::EmailBelongsToAnotherCurp => 2,
            Rule::CurpHasALink => 3,
            Rule::LoginsExceed(_) => 4,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::CurpLengthIsNot(length) => write!(formatter, "CURP length is not {length}"),
            Rule::CurpDoesNotMatch(pattern) => {
                write!(formatter, "CURP does not match {}", pattern.0.as_str())
            }
            Rule::EmailBelongsToAnotherCurp => {
                formatter.write_str("username2 belongs to another CURP")
            }
            Rule::CurpHasALink => formatter.write_str("CURP has a link already"),
            Rule::LoginsExceed(LoginLimit { logins, within }) => {
                write!(formatter, "more than {logins} logins within {}", duration::show(*within))
            }
        }
    }
}
