//! Matching: which scenario answers a call.
//!
//! The precedence of a login is in [`Contenders::decide`], and nowhere else.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::account::login::armed::Armed;
use crate::account::login::counts::LoginCounts;
use crate::account::request::context::{CallContext, Overrides};
use crate::error::Error;
use crate::model::Timestamp;
use crate::scenario::{Catalogue, Login, LoginAttempt, Match, MatchedBy, Matching, Scenario};

/// The header that names the scenario of a request.
pub(crate) const HEADER: &str = "X-Emulator-Scenario";

/// The scenarios that can answer a login, and the logins that some of them count.
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
    /// True when `username2` is that of a link with another CURP.
    pub email_taken: bool,
    pub curp_has_a_link: bool,
    /// The link's own scenario, where it decides by itself on a later login.
    pub link: Option<&'a Arc<Scenario>>,
}

impl Contenders<'_> {
    /// The precedence: the header of the call, the scenarios armed for it, the link's own scenario
    /// where a step or a session of it decides, those that claim the CURP and those whose rule holds,
    /// the default of the account, that of the process. Changes nothing: no login is counted and no
    /// armed scenario is used up.
    pub(crate) fn decide(&self, overrides: Option<&Overrides>, facts: &LoginFacts<'_>) -> Match {
        let LoginFacts { curp, email_taken, curp_has_a_link, link } = *facts;
        let attempt = LoginAttempt {
            curp,
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

/// The scenario that refuses a call that does not log in, and its error.
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

/// Lets a match take effect: an armed scenario is used up once, and the call remembers the match.
pub(crate) fn settle(armed: &mut Armed, context: Option<&mut CallContext>, matched: &Match) {
    if let MatchedBy::Armed(id) = matched.by {
        armed.use_once(id);
    }
    if let Some(context) = context {
        context.matched = Some(matched.clone());
    }
}
