//! The calls of the control API for overrides: armed scenarios, and the account's default scenario.

use std::sync::Arc;

use crate::account::Account;
use crate::account::links::body::LONGEST_TEXT;
use crate::account::log::Setting;
use crate::account::login::armed::ArmedEntry;
use crate::account::login::matching::{HEADER, refusal_of_call, settle};
use crate::account::request::context::{CallContext, Overrides};
use crate::account::request::names::operation_named;
use crate::error::{Error, Problem};
use crate::operations::Operation;
use crate::scenario::{ArmedId, Catalogue, Login, Scenario};

/// The largest number of calls that one armed scenario answers.
pub(in crate::account) const MOST_TIMES: u32 = 1_000_000;
/// The largest number of scenarios that are armed at a time.
pub(in crate::account) const MOST_ARMED: usize = 1000;

impl Account {
    /// Begins the operation of a call. The caller has called [`Account::advance`] before. The
    /// scenario of the header answers all logins of the call, if there is one, else the scenarios
    /// that are armed for it. A call without an operation ignores both.
    ///
    /// # Errors
    /// 400 for a header that names no scenario; the error of a scenario that refuses a
    /// call without a login.
    pub(crate) fn begin_call(
        &mut self,
        context: &mut CallContext,
        operation: Option<Operation>,
        header: Option<&str>,
    ) -> Result<(), Error> {
        let Some(operation) = operation else { return Ok(()) };
        let scenario = header.map(|name| self.scenario_for(name, HEADER)).transpose()?;
        let overrides = Overrides { operation, scenario };
        let refusal = refusal_of_call(&self.armed, &overrides);
        context.overrides = Some(overrides);
        match refusal {
            Some((matched, refusal)) => {
                settle(&mut self.armed, Some(context), matched);
                Err(refusal)
            }
            None => Ok(()),
        }
    }

    /// Arms a scenario: it answers the next `times` calls that match. Without an operation it
    /// matches every call that logs in, and without a CURP every CURP.
    ///
    /// # Errors
    /// 400 with all problems: an unknown name, `times` outside of 1 to 1000000, or an
    /// operation without a login together with a CURP or with a scenario that does not refuse.
    pub(crate) fn arm(
        &mut self,
        scenario: &str,
        operation: Option<&str>,
        curp: Option<&str>,
        times: u32,
    ) -> Result<ArmedEntry, Error> {
        let mut problems: Vec<Problem> = Vec::new();
        let mut note = |error: Error| problems.extend(error.problems);
        let scenario = self.scenario_for(scenario, "scenario").map_err(&mut note).ok();
        let operation = operation.map(operation_named).transpose().map_err(&mut note);
        if curp.is_some_and(|curp| curp.trim().is_empty()) {
            note(Error::blank().on("curp"));
        }
        if curp.is_some_and(|curp| curp.chars().nth(LONGEST_TEXT).is_some()) {
            note(Error::max_length(LONGEST_TEXT).on("curp"));
        }
        if !(1..=MOST_TIMES).contains(&times) {
            note(Error::invalid(format_args!("Must be from 1 to {MOST_TIMES}.")).on("times"));
        }
        if let (Some(scenario), Ok(operation)) = (&scenario, &operation) {
            check_armed(scenario, *operation, curp).into_iter().for_each(&mut note);
        }
        if self.armed.list().len() >= MOST_ARMED {
            let sentence = "scenarios are armed already, which is the most; disarm some.";
            note(Error::invalid(format_args!("{MOST_ARMED} {sentence}")));
        }
        self.check_room()?;
        match (scenario, operation) {
            (Some(scenario), Ok(operation)) if problems.is_empty() => {
                self.log_setting(Setting::Armed);
                Ok(self.armed.arm(scenario, operation, curp.map(Arc::from), times))
            }
            _ => Err(Error::of(400, problems)),
        }
    }

    /// Returns the armed scenarios in the order of use.
    pub(crate) fn armed(&self) -> &[ArmedEntry] {
        self.armed.list()
    }

    /// Disarms the scenario with the id that a path names. The error is 404 when there is none.
    pub(crate) fn disarm(&mut self, id: &str) -> Result<(), Error> {
        let id = id.parse().map(ArmedId).map_err(|_| Error::not_found())?;
        if !self.armed.disarm(id) {
            return Err(Error::not_found());
        }
        self.log_setting(Setting::Armed);
        Ok(())
    }

    /// Disarms all scenarios.
    pub(crate) fn disarm_all(&mut self) {
        self.armed.disarm_all();
        self.log_setting(Setting::Armed);
    }

    /// Sets the account's default scenario, which answers a login that no other scenario matches.
    /// None brings back the default of the process.
    pub(crate) fn set_default_scenario(&mut self, name: Option<&str>) -> Result<(), Error> {
        self.default_scenario = name.map(|name| self.scenario_for(name, "scenario")).transpose()?;
        self.log_setting(Setting::DefaultScenario);
        Ok(())
    }

    /// Sets the scenarios in force. The default of the account and armed scenarios become those of the
    /// same name, if there is one; links keep the scenario that they began with.
    pub(crate) fn use_scenarios(&mut self, scenarios: Arc<Catalogue>) {
        if Arc::ptr_eq(&self.scenarios, &scenarios) {
            return;
        }
        let renewed =
            |old: &Arc<Scenario>| scenarios.find(old.name.as_str()).unwrap_or(old).clone();
        self.default_scenario = self.default_scenario.as_ref().map(renewed);
        self.armed.renew(renewed);
        self.scenarios = scenarios;
    }

    /// Returns the names of the account's default scenario and of the process's.
    pub(crate) fn default_scenarios(&self) -> (Option<&str>, &str) {
        let own = self.default_scenario.as_ref().map(|scenario| scenario.name.as_str());
        (own, self.scenarios.default_scenario().name.as_str())
    }
}

/// Returns the errors of an armed scenario. For an operation without a login, only a refusal can be
/// armed, and no CURP.
pub(in crate::account) fn check_armed(
    scenario: &Scenario,
    operation: Option<Operation>,
    curp: Option<&str>,
) -> Vec<Error> {
    let mut errors = Vec::new();
    let Some(operation) = operation.filter(|operation| !operation.logs_in()) else {
        return errors;
    };
    let operation = operation.as_str();
    if !matches!(scenario.login, Login::Refuse(_)) {
        let name = scenario.name.as_str();
        errors.push(
            Error::invalid(format_args!(
                "{operation} does not log in, so a scenario can only refuse it, and {name:?} \
                 refuses nothing."
            ))
            .on("scenario"),
        );
    }
    if curp.is_some() {
        let sentence = format_args!("{operation} does not log in, so it has no CURP.").to_string();
        errors.push(Error::invalid(sentence).on("curp"));
    }
    errors
}
