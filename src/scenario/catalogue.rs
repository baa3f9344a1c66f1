//! All scenarios together, and which of them answers a login.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::error::Error;
use crate::model::duration;
use crate::model::profile::DataSource;
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
    /// The institution at which the login is made.
    pub source: DataSource,
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
        let objection = |scenario: &Scenario| scenario.objection(attempt);
        for scenario in claims.iter().filter(|scenario| !always_accepts(scenario)) {
            matching.enter(scenario, MatchedBy::Curp, || objection(scenario));
        }
        // A rule that no login asked about needs no explanation, and neither does one of another
        // institution.
        for scenario in &self.by_rule {
            if !matching.is_decided() && scenario.answers_at(attempt.source) {
                matching.enter(scenario, MatchedBy::Rule, || objection(scenario));
            }
        }
        for scenario in claims.iter().filter(always_accepts) {
            matching.enter(scenario, MatchedBy::Curp, || objection(scenario));
        }
    }

    /// The scenario that answers when no other does.
    pub(crate) fn default_scenario(&self) -> &Arc<Scenario> {
        &self.default
    }

    /// Returns the refusal of a CURP that has the form of the reserved ones and is none of those of
    /// the institution. It is misspelt, because no person has such a CURP, or the error that it
    /// stands for is another institution's.
    pub(crate) fn refuse_unclaimed(&self, curp: &str, source: DataSource) -> Result<(), Error> {
        let is_reserved = curp.ends_with(RESERVED_END) && Curp::try_from(curp.to_owned()).is_ok();
        if !is_reserved {
            return Ok(());
        }
        if self.claimed.contains(curp) {
            return self.refuse_of_other_source(curp, source);
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

    /// Refuses a CURP whose scenarios all answer at another institution.
    fn refuse_of_other_source(&self, curp: &str, source: DataSource) -> Result<(), Error> {
        let mut claims = self.by_curp.get(curp).into_iter().flatten();
        let Some(first) = claims.clone().next() else { return Ok(()) };
        if claims.any(|scenario| scenario.answers_at(source)) {
            return Ok(());
        }
        let (name, source) = (first.name.as_str(), source.as_str());
        let other = first.source().map_or("another institution", DataSource::as_str);
        let sentence = format_args!(
            "{curp} at {source}: its scenario {name} is of {other} alone. Take a CURP whose \
             scenario has no source; belvo-emulator scenarios lists them."
        );
        Err(Error::unclaimed_curp(sentence).on("username"))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Scenario>> {
        self.scenarios.iter().find(|scenario| scenario.name.as_str() == name)
    }

    /// The longest time over which some scenario counts the logins of a CURP at an institution, or
    /// at any for None.
    pub(crate) fn counts_logins_within(
        &self,
        curp: &str,
        source: Option<DataSource>,
    ) -> Option<TimeDelta> {
        let claims = self.by_curp.get(curp).into_iter().flatten();
        claims
            .chain(&self.by_rule)
            .filter(|scenario| source.is_none_or(|source| scenario.answers_at(source)))
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

    /// The institution whose logins it answers; None for any.
    pub(crate) fn source(&self) -> Option<DataSource> {
        self.when.as_ref()?.source
    }

    /// Tells that it answers logins at this institution.
    pub(crate) fn answers_at(&self, source: DataSource) -> bool {
        self.source().is_none_or(|own| own == source)
    }

    /// The condition in words: the CURP, the rule and the institution. None where there is none.
    pub(crate) fn condition(&self) -> Option<String> {
        let rule = self.rule().map(ToString::to_string);
        let source = self.source().map(|source| format!("at {} alone", source.as_str()));
        let parts = [self.curp().map(str::to_owned), rule, source];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The reason why it does not answer a login, if there is one.
    fn objection(&self, attempt: &LoginAttempt<'_>) -> Option<Mismatch> {
        match self.source().filter(|source| *source != attempt.source) {
            Some(source) => Some(Mismatch::OtherSource(source)),
            None => self.rule().and_then(|rule| rule.objection(attempt)),
        }
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
                (!pattern.is_match(attempt.curp), Mismatch::CurpMatches)
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
                write!(formatter, "CURP does not match {}", pattern.as_str())
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
