//! Overrides: the scenario of a call's header, scenarios that are armed, the default of the account.

use std::sync::Arc;

use crate::account::Account;
use crate::account::login::armed::ArmedEntry;
use crate::account::login::matching::{HEADER, refusal_of_call, settle};
use crate::account::request::context::{CallContext, Overrides};
use crate::account::request::names::operation_named;
use crate::error::{Error, Problem};
use crate::operations::Operation;
use crate::scenario::{ArmedId, Login, Scenario};

/// How often one armed scenario answers at most.
const MOST_TIMES: u32 = 1_000_000;
/// How many scenarios can be armed at a time.
const MOST_ARMED: usize = 1000;

impl Account {
    /// Begins the operation of a call, after [`Account::advance`]: all its logins are answered by the
    /// scenario of its header, if it has one, or by those that are armed for it. A call without an
    /// operation has no use for either.
    ///
    /// # Errors
    /// 400 for a header that names no scenario; the error of a scenario that refuses a call that does
    /// not log in.
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
                settle(&mut self.armed, Some(context), &matched);
                Err(refusal)
            }
            None => Ok(()),
        }
    }

    /// The next `times` calls that match are answered by this scenario: those of the operation, or
    /// any that log in, with the CURP, or with any.
    ///
    /// # Errors
    /// 400 with all that is wrong: a name that is unknown, `times` beyond 1 to 1000000, an operation
    /// that does not log in with a scenario that does not refuse or with a CURP.
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
        match (scenario, operation) {
            (Some(scenario), Ok(operation)) if problems.is_empty() => {
                Ok(self.armed.arm(scenario, operation, curp.map(Arc::from), times))
            }
            _ => Err(Error::of(400, problems)),
        }
    }

    /// In the order of use.
    pub(crate) fn armed(&self) -> &[ArmedEntry] {
        self.armed.list()
    }

    /// Takes back what is armed with an id from a path; 404 when there is none.
    pub(crate) fn disarm(&mut self, id: &str) -> Result<(), Error> {
        let id = id.parse().map(ArmedId).map_err(|_| Error::not_found())?;
        if self.armed.disarm(id) { Ok(()) } else { Err(Error::not_found()) }
    }

    /// Takes back all that is armed.
    pub(crate) fn disarm_all(&mut self) {
        self.armed.disarm_all();
    }

    /// What answers a login that nothing else claims, in place of `--scenario`; None is `--scenario`
    /// again.
    pub(crate) fn set_default_scenario(&mut self, name: Option<&str>) -> Result<(), Error> {
        self.default_scenario = name.map(|name| self.scenario_for(name, "scenario")).transpose()?;
        Ok(())
    }

    /// The name of what [`Account::set_default_scenario`] set, and that of `--scenario`.
    pub(crate) fn default_scenarios(&self) -> (Option<&str>, &str) {
        let own = self.default_scenario.as_ref().map(|scenario| scenario.name.as_str());
        (own, self.settings.scenarios.default_scenario().name.as_str())
    }
}

/// The errors of what is armed for an operation. One that does not log in can be refused and nothing
/// else, and has no CURP.
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
