//! Matching: finds the scenario that answers a call.
//!
//! Only [`Contenders::decide`] has the precedence of scenarios for a login.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::account::login::armed::Armed;
use crate::account::login::counts::LoginCounts;
use crate::account::request::context::{CallContext, Overrides};
use crate::error::Error;
use crate::model::Timestamp;
use crate::model::profile::DataSource;
use crate::scenario::{Catalogue, Login, LoginAttempt, Match, MatchedBy, Matching, Scenario};

/// The header that names the scenario of a request.
pub(crate) const HEADER: &str = "X-Emulator-Scenario";

/// The scenarios that can answer a login, and the counts of logins that some of them ask for.
#[derive(Clone, Copy)]
pub(crate) struct Contenders<'a> {
    pub scenarios: &'a Catalogue,
    pub account_default: Option<&'a Arc<Scenario>>,
    pub armed: &'a Armed,
    pub counts: &'a LoginCounts,
    pub now: Timestamp,
}

/// The facts of a login that scenarios are matched with.
#[derive(Clone, Copy)]
pub(crate) struct LoginFacts<'a> {
    pub curp: &'a str,
    /// The institution at which the login is made.
    pub source: DataSource,
    /// True when a link with another CURP has this `username2`.
    pub email_taken: bool,
    pub curp_has_a_link: bool,
    /// The link's own scenario, if one of its steps or its session answers later logins.
    pub link: Option<&'a Arc<Scenario>>,
}

impl Contenders<'_> {
    /// Finds the scenario that answers. The precedence is: the header of the call, the armed
    /// scenarios, the link's own scenario where a step or a session of it decides, the scenarios
    /// that claim the CURP and those whose rule holds, the account's default, the process's
    /// default. This changes nothing: no login is counted, and no armed scenario is used up.
    pub(crate) fn decide(&self, overrides: Option<&Overrides>, facts: &LoginFacts<'_>) -> Match {
        let LoginFacts { curp, source, email_taken, curp_has_a_link, link } = *facts;
        let attempt = LoginAttempt {
            curp,
            source,
            email_belongs_to_another_curp: email_taken,
            curp_has_a_link,
            recent_logins: &|within| self.counts.count(curp, self.now, within),
        };
        let mut matching = Matching::default();
        if let Some(overrides) = overrides {
            if let Some(scenario) = &overrides.scenario {
                matching.enter(scenario, MatchedBy::Header, || None);
            }
            self.armed.contend_for_login(&mut matching, overrides.operation, curp);
        }
        if let Some(link) = link {
            matching.enter(link, MatchedBy::Link, || None);
        }
        self.scenarios.claim(&mut matching, &attempt);
        if let Some(default) = self.account_default {
            matching.enter(default, MatchedBy::AccountDefault, || None);
        }
        matching.enter(self.scenarios.default_scenario(), MatchedBy::ProcessDefault, || None);
        matching.decide().expect("nothing speaks against a default")
    }
}

impl Contenders<'_> {
    /// Refuses a first login that only a default answers, if the CURP is a misspelt one of the
    /// reserved ones, or one of another institution.
    pub(crate) fn refuse_unclaimed(
        &self,
        matched: &Match,
        facts: &LoginFacts<'_>,
    ) -> Result<(), Error> {
        match matched.by {
            MatchedBy::AccountDefault | MatchedBy::ProcessDefault => {
                self.scenarios.refuse_unclaimed(facts.curp, facts.source)
            }
            _ => Ok(()),
        }
    }
}

/// Returns the scenario that refuses a call without a login, and its error.
pub(crate) fn refusal_of_call(armed: &Armed, overrides: &Overrides) -> Option<(Match, Error)> {
    if overrides.operation.logs_in() {
        return None;
    }
    let mut matching = Matching::default();
    let refuses = |scenario: &&Arc<Scenario>| matches!(scenario.login, Login::Refuse(_));
    if let Some(scenario) = overrides.scenario.as_ref().filter(refuses) {
        matching.enter(scenario, MatchedBy::Header, || None);
    }
    armed.contend_for_call(&mut matching, overrides.operation);
    let matched = matching.decide()?;
    let Login::Refuse(refusal) = &matched.scenario.login else {
        panic!("only what refuses is armed for a call that does not log in");
    };
    let refusal = refusal.error();
    Some((matched, refusal))
}

/// Applies a match: uses an armed scenario up once, and notes the match in the context of the call.
pub(crate) fn settle(armed: &mut Armed, context: Option<&mut CallContext>, matched: Match) {
    if let MatchedBy::Armed(id) = matched.by {
        armed.use_once(id);
    }
    if let Some(context) = context {
        context.matched = Some(matched);
    }
}
