//! Which scenario answers a call.
//!
//! The precedence of a login is in [`Account::choose`], and nowhere else.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::account::Account;
use crate::account::institutions::Institution;
use crate::account::links::institution_user_id;
use crate::account::request::context::{CallContext, Overrides};
use crate::account::request::names::{institution_named, operation_named};
use crate::error::{Error, Problem};
use crate::operations::Operation;
use crate::scenario::{Login, LoginAttempt, Match, MatchedBy, Matching, Scenario};

/// The header that names the scenario of a request.
pub const HEADER: &str = "X-Emulator-Scenario";

/// What decides on a login.
#[derive(Clone, Copy)]
pub struct LoginFacts<'a> {
    pub curp: &'a str,
    /// Whether `username2` is that of a link with another CURP.
    pub email_taken: bool,
    pub curp_has_a_link: bool,
    /// The link's own scenario, where it decides by itself on a later login.
    pub link: Option<&'a Arc<Scenario>>,
}

/// A login that is not made: what would answer it?
#[derive(Clone, Copy, Debug)]
pub struct DryRunRequest<'a> {
    pub curp: &'a str,
    /// Without it, a link of the CURP at any institution counts.
    pub institution: Option<&'a str>,
    /// `username2`.
    pub email: Option<&'a str>,
    /// `RegisterLink`, unless it says otherwise. No link is looked at for the others.
    pub operation: Option<&'a str>,
    /// `X-Emulator-Scenario`.
    pub header: Option<&'a str>,
}

impl Account {
    /// A call begins, after [`Account::advance`]: all its logins are answered by the scenario of its
    /// header, if it has one, or by what is armed for it. Without an operation neither counts.
    ///
    /// # Errors
    /// 400 for a header that names no scenario; what a scenario refuses a call with that does not
    /// log in.
    pub fn begin_call(
        &mut self,
        context: &mut CallContext,
        operation: Option<Operation>,
        header: Option<&str>,
    ) -> Result<(), Error> {
        let Some(operation) = operation else { return Ok(()) };
        let scenario = header.map(|name| self.scenario_for(name, HEADER)).transpose()?;
        let wanted = Overrides { operation, scenario };
        let refusal = self.refusal_of_call(&wanted);
        context.overrides = Some(wanted);
        match refusal {
            Some((choice, refusal)) => {
                self.answered_by(Some(context), &choice);
                Err(refusal)
            }
            None => Ok(()),
        }
    }

    /// Who would answer, if the call were made now. Changes nothing: no login is counted and nothing
    /// armed is used up. None when the operation does not log in and nothing refuses it.
    ///
    /// # Errors
    /// 400 with all names of scenarios, operations and institutions that are unknown.
    pub fn resolve(&self, question: &DryRunRequest<'_>) -> Result<Option<Match>, Error> {
        let DryRunRequest { curp, institution, email, operation, header } = *question;
        let mut problems: Vec<Problem> = Vec::new();
        let mut note = |error: Error| problems.extend(error.problems);
        let institution = institution.map(institution_named).transpose().map_err(&mut note);
        let operation =
            operation.map_or(Ok(Operation::RegisterLink), operation_named).map_err(&mut note);
        let scenario =
            header.map(|name| self.scenario_for(name, "scenario")).transpose().map_err(&mut note);
        let (Ok(institution), Ok(operation), Ok(scenario)) = (institution, operation, scenario)
        else {
            return Err(Error::of(400, problems));
        };
        let wanted = Overrides { operation, scenario };
        if !operation.logs_in() {
            return Ok(self.refusal_of_call(&wanted).map(|(choice, _)| choice));
        }
        let mut facts = LoginFacts { curp, email_taken: false, curp_has_a_link: false, link: None };
        if operation == Operation::RegisterLink {
            facts.email_taken =
                email.is_some_and(|email| self.links.email_belongs_to_another_curp(email, curp));
            facts.curp_has_a_link = Institution::all()
                .filter(|other| institution.is_none_or(|asked| asked.name == other.name))
                .map(|other| institution_user_id(other.name, curp, &self.people))
                .any(|user| self.links.has_user(&user));
        }
        Ok(Some(self.choose(Some(&wanted), &facts)))
    }

    /// What a scenario refuses a call with that does not log in.
    fn refusal_of_call(&self, wanted: &Overrides) -> Option<(Match, Error)> {
        if wanted.operation.logs_in() {
            return None;
        }
        let mut matching = Matching::default();
        let refuses = |scenario: &&Arc<Scenario>| matches!(scenario.login, Login::Refuse(_));
        if let Some(scenario) = wanted.scenario.as_ref().filter(refuses) {
            matching.enter(scenario, MatchedBy::Header, || None);
        }
        self.armed.contend_for_call(&mut matching, wanted.operation);
        let choice = matching.decide()?;
        let Login::Refuse(refusal) = &choice.scenario.login else {
            panic!("only what refuses is armed for a call that does not log in");
        };
        let refusal = refusal.error();
        Some((choice, refusal))
    }
}

impl Account {
    /// The precedence: the header of the call, what is armed for it, the link's own scenario where
    /// a step or a session of it decides, those that claim the CURP and those whose rule holds, the
    /// default of the account, that of the process.
    pub(in crate::account) fn choose(
        &self,
        wanted: Option<&Overrides>,
        facts: &LoginFacts<'_>,
    ) -> Match {
        let LoginFacts { curp, email_taken, curp_has_a_link, link } = *facts;
        let attempt = LoginAttempt {
            curp,
            email_belongs_to_another_curp: email_taken,
            curp_has_a_link,
            recent_logins: &|within| self.login_counts.count(curp, self.now, within),
        };
        let scenarios = &self.settings.scenarios;
        let mut matching = Matching::default();
        if let Some(wanted) = wanted {
            if let Some(scenario) = &wanted.scenario {
                matching.enter(scenario, MatchedBy::Header, || None);
            }
            self.armed.contend_for_login(&mut matching, wanted.operation, curp);
        }
        if let Some(link) = link {
            matching.enter(link, MatchedBy::Link, || None);
        }
        scenarios.claim(&mut matching, &attempt);
        if let Some(default) = &self.default_scenario {
            matching.enter(default, MatchedBy::AccountDefault, || None);
        }
        matching.enter(scenarios.default_scenario(), MatchedBy::ProcessDefault, || None);
        matching.decide().expect("nothing speaks against a default")
    }

    /// A choice takes effect: one time of what is armed is used up, and the call remembers it.
    pub(in crate::account) fn answered_by(
        &mut self,
        context: Option<&mut CallContext>,
        choice: &Match,
    ) {
        if let MatchedBy::Armed(id) = choice.by {
            self.armed.use_once(id);
        }
        if let Some(context) = context {
            context.matched = Some(choice.clone());
        }
    }
}
