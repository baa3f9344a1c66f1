//! The dry run of a login: which scenario would answer, and which tasks would follow.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::account::Account;
use crate::account::institutions::Institution;
use crate::account::journal::explain::MatchedScenario;
use crate::account::links::UserId;
use crate::account::login::matching::{LoginFacts, refusal_of_call};
use crate::account::request::context::Overrides;
use crate::account::request::names::operation_named;
use crate::error::{Error, Problem};
use crate::model::duration;
use crate::model::profile::DataSource;
use crate::operations::Operation;
use crate::scenario::{Login, Match};

/// The result of a dry run.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DryRun {
    /// The scenario that would answer. It is null for an operation that does not log in and that no
    /// scenario refuses.
    pub scenario: Option<MatchedScenario>,
    /// The error that would refuse the call. It is null when the call would be accepted.
    pub refusal: Option<RefusedWith>,
    /// The tasks that the new link would have, in order.
    pub scheduled: Vec<Planned>,
    /// Sentences on what the link would not bring, and on what its scenario asks for and a person
    /// with the CURP cannot have.
    pub notes: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RefusedWith {
    pub status: u16,
    pub code: String,
    pub message: String,
}

/// A task that the link would have.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Planned {
    /// The time from the login to the task, such as `15s`.
    #[serde(serialize_with = "duration::serialize")]
    #[schemars(with = "String")]
    pub after: TimeDelta,
    pub what: &'static str,
}

/// The login that a dry run asks about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DryRunRequest<'a> {
    pub curp: &'a str,
    /// The name of the institution. Without it, a link of the CURP at any institution counts, and
    /// the login is one at the IMSS.
    pub institution: Option<&'a str>,
    /// The person's e-mail address, from `username2`.
    pub email: Option<&'a str>,
    /// The operationId of the call. The default is `RegisterLink`. For any other operation the dry
    /// run looks at no link.
    pub operation: Option<&'a str>,
    /// The scenario that the header `X-Emulator-Scenario` names.
    pub header: Option<&'a str>,
}

impl Account {
    /// Finds the scenario that would answer if the call were made now. This changes nothing: no
    /// login is counted, and no armed scenario is used up. The result is None when the operation
    /// does not log in and no scenario refuses it, and when the CURP is a misspelt one of the
    /// reserved ones.
    ///
    /// # Errors
    /// 400 with every name of a scenario, an operation or an institution that is unknown.
    pub(crate) fn resolve(&self, question: &DryRunRequest<'_>) -> Result<Option<Match>, Error> {
        let DryRunRequest { curp, institution, email, operation, header } = *question;
        let mut problems: Vec<Problem> = Vec::new();
        let mut note = |error: Error| problems.extend(error.problems);
        let institution = institution.map(Institution::named).transpose().map_err(&mut note);
        let operation =
            operation.map_or(Ok(Operation::RegisterLink), operation_named).map_err(&mut note);
        let scenario =
            header.map(|name| self.scenario_for(name, "scenario")).transpose().map_err(&mut note);
        let (Ok(institution), Ok(operation), Ok(scenario)) = (institution, operation, scenario)
        else {
            return Err(Error::of(400, problems));
        };
        let overrides = Overrides { operation, scenario };
        if !operation.logs_in() {
            return Ok(refusal_of_call(&self.armed, &overrides).map(|(matched, _)| matched));
        }
        let source = institution.map_or(DataSource::Imss, |institution| institution.source);
        let mut facts =
            LoginFacts { curp, source, email_taken: false, curp_has_a_link: false, link: None };
        if operation == Operation::RegisterLink {
            facts.email_taken =
                email.is_some_and(|email| self.links.email_belongs_to_another_curp(email, curp));
            facts.curp_has_a_link = Institution::all()
                .filter(|other| institution.is_none_or(|asked| asked.name == other.name))
                .map(|other| UserId::new(other.name, curp, &self.people))
                .any(|user| self.links.has_user(&user));
        }
        let matched = self.contenders().decide(Some(&overrides), &facts);
        let registers = operation == Operation::RegisterLink;
        let is_refused = registers && self.contenders().refuse_unclaimed(&matched, &facts).is_err();
        Ok((!is_refused).then_some(matched))
    }

    /// Runs a call without making it. For `RegisterLink` the link is a single link that fetches the
    /// employment records. This changes nothing.
    ///
    /// # Errors
    /// 400 with every name of a scenario, an operation or an institution that is unknown.
    pub(crate) fn dry_run(&self, question: &DryRunRequest<'_>) -> Result<DryRun, Error> {
        let found = self.resolve(question)?;
        let registers =
            question.operation.is_none_or(|name| name == Operation::RegisterLink.as_str());
        let (outcome, scheduled, notes) = match registers {
            true => self.dry_run_register(question),
            false => (found.as_ref().map_or(Ok(()), answer_of), Vec::new(), Vec::new()),
        };
        let scenario = found.as_ref().map(MatchedScenario::of);
        Ok(DryRun { scenario, refusal: outcome.err().and_then(RefusedWith::of), scheduled, notes })
    }

    /// Creates the link in a fork of the account, so that the dry run shows all that the call would
    /// do. The fork shares links, records and tasks with its original, so it is cheap.
    fn dry_run_register(
        &self,
        question: &DryRunRequest<'_>,
    ) -> (Result<(), Error>, Vec<Planned>, Vec<String>) {
        let mut copy = self.clone();
        let body = json!({
            "institution": question.institution,
            "username": question.curp,
            "username2": question.email,
            "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        });
        let number = copy.links.next_number();
        let mut context = copy.begin_request();
        let outcome = copy
            .begin_call(&mut context, Some(Operation::RegisterLink), question.header)
            .and_then(|()| copy.create_link(&mut context, body.to_string().as_bytes()).map(|_| ()));
        let planned = copy
            .rows_of_link(number)
            .map(|task| Planned { after: task.due - self.now, what: task.what });
        (outcome, planned.collect(), context.notes)
    }
}

/// Returns the answer to a later login. A later login asks for a token only if an override asks for
/// it.
fn answer_of(found: &Match) -> Result<(), Error> {
    match &found.scenario.login {
        Login::Refuse(refusal) => Err(refusal.error()),
        Login::AskToken(_) if found.by.is_override() => Err(Error::token_required()),
        Login::AskToken(_) | Login::Accept(_) => Ok(()),
    }
}

impl RefusedWith {
    fn of(error: Error) -> Option<RefusedWith> {
        let status = error.status;
        let problem = error.problems.into_iter().next()?;
        Some(RefusedWith {
            status,
            code: problem.code.into_owned(),
            message: problem.message.into_owned(),
        })
    }
}
