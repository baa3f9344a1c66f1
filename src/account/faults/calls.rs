//! The calls of `/_emulator/faults`, one method for each.

use crate::account::Account;
use crate::account::faults::kinds::{LONGEST_TEXT, WebhookFault};
use crate::account::faults::{Fault, FaultEntry, FaultId, LOADED, MOST_TIMES, NewFault};
use crate::account::log::Setting;
use crate::account::request::names::operation_named;
use crate::account::webhooks::outbox::MOST_RETRIES;
use crate::error::{Error, Problem};
use crate::model::quote::quoted;
use crate::model::suggestion::did_you_mean;
use crate::model::webhook::WebhookCode;
use crate::operations::Operation;

/// The largest value of `attempts`: one attempt, and as many retries as there can be.
const MOST_ATTEMPTS: u32 = MOST_RETRIES + 1;

impl Account {
    /// Adds a fault. It can be injected from now on.
    ///
    /// # Errors
    /// 400 names every value that is unknown and every field that does not go with the
    /// fault.
    pub(crate) fn add_fault(&mut self, new: NewFault) -> Result<&FaultEntry, Error> {
        let operation = self.check_fault(&new)?;
        self.check_room()?;
        let id = self.faults.add(new, operation)?;
        self.log_setting(Setting::Faults);
        let added = self.faults.entries.iter().find(|entry| entry.id == id);
        added.ok_or_else(Error::unexpected)
    }

    fn check_fault(&self, new: &NewFault) -> Result<Option<Operation>, Error> {
        let mut problems: Vec<Problem> = Vec::new();
        let mut note = |error: Error| problems.extend(error.problems);
        let operation = new.operation.as_deref().map(operation_named).transpose();
        let operation = operation.map_err(&mut note).ok().flatten();
        if let Some(code) = new.webhook_code.as_deref()
            && !WebhookCode::all().contains(&code)
        {
            note(unknown_webhook_code(code));
        }
        if let Some(link) = new.link.filter(|link| self.links.number_of(*link).is_none()) {
            note(Error::does_not_exist(format_args!("id={link}")).on("link"));
        }
        if new.times.is_some_and(|times| !(1..=MOST_TIMES).contains(&times)) {
            note(Error::invalid(format_args!("Must be from 1 to {MOST_TIMES}.")).on("times"));
        }
        problems_of_attempts(&new.fault, new.attempts).into_iter().for_each(&mut note);
        misplaced(new).into_iter().for_each(&mut note);
        if !new.fault.has_short_texts() {
            let sentence =
                format_args!("Its code and its message take {LONGEST_TEXT} characters at most.");
            note(Error::invalid(sentence).on("fault"));
        }
        if problems.is_empty() { Ok(operation) } else { Err(Error::of(400, problems)) }
    }

    /// Returns the faults in the order in which they were added.
    pub(crate) fn faults(&self) -> &[FaultEntry] {
        &self.faults.entries
    }

    /// Removes the fault with the id that a path names. The error is 404 when there is none.
    pub(crate) fn remove_fault(&mut self, id: &str) -> Result<(), Error> {
        let id = id.parse().map(FaultId).map_err(|_| Error::not_found())?;
        if !self.faults.remove(id) {
            return Err(Error::not_found());
        }
        self.log_setting(Setting::Faults);
        Ok(())
    }

    /// Removes all faults.
    pub(crate) fn remove_faults(&mut self) {
        self.faults.entries.clear();
        self.log_setting(Setting::Faults);
    }
}

/// Returns the problems of a number of attempts.
pub(in crate::account) fn problems_of_attempts(fault: &Fault, attempts: Option<u32>) -> Vec<Error> {
    let mut errors = Vec::new();
    let Some(attempts) = attempts else { return errors };
    if !(1..=MOST_ATTEMPTS).contains(&attempts) {
        let sentence = format_args!("Must be from 1 to {MOST_ATTEMPTS}.");
        errors.push(Error::invalid(sentence).on("attempts"));
    }
    if !matches!(fault, Fault::Webhook(fault) if fault.has_attempts()) {
        let name = fault.name();
        let sentence = format_args!(
            "{name} is injected into a whole delivery or call: only webhook_malformed_body and \
             webhook_wrong_authorization have attempts."
        );
        errors.push(Error::invalid(sentence).on("attempts"));
    }
    errors
}

/// Returns an error for each field that does not go with the fault.
fn misplaced(new: &NewFault) -> Vec<Error> {
    let name = new.fault.name();
    let refuse = |field: &'static str, sentence: &str| {
        Error::invalid(format_args!("{name} is injected into {sentence}")).on(field)
    };
    let mut errors = Vec::new();
    match &new.fault {
        Fault::Webhook(fault) => {
            if new.operation.is_some() {
                let sentence = "webhooks, not calls: select them by link and webhook_code.";
                errors.push(refuse("operation", sentence));
            }
            if *fault == WebhookFault::BeforeAnswer
                && new.webhook_code.as_deref().is_some_and(|code| code != LOADED)
            {
                let sentence = format!("webhooks that announce a load, which are {LOADED}.");
                errors.push(refuse("webhook_code", &sentence));
            }
        }
        Fault::Answer(_) => {
            let sentence = "calls, not webhooks: select them by operation.";
            if new.link.is_some() {
                errors.push(refuse("link", sentence));
            }
            if new.webhook_code.is_some() {
                errors.push(refuse("webhook_code", sentence));
            }
        }
    }
    errors
}

fn unknown_webhook_code(code: &str) -> Error {
    let meant = did_you_mean(code, WebhookCode::all());
    let all = WebhookCode::all().join(", ");
    let code = quoted(code);
    let sentence = format!("No webhook has the code {code}.{meant} There are {all}.");
    Error::invalid(sentence).on("webhook_code")
}
