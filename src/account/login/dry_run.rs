//! A login that is not made: what would answer it, and what would follow?

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::account::Account;
use crate::account::journal::explain::MatchedScenario;
use crate::account::login::matching::DryRunRequest;
use crate::error::Error;
use crate::model::duration;
use crate::operations::Operation;
use crate::scenario::{Login, Match};

/// What a login would come to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DryRun {
    /// Null for an operation that does not log in, where nothing refuses it.
    pub scenario: Option<MatchedScenario>,
    /// Null when the login would be accepted.
    pub refusal: Option<RefusedWith>,
    /// What would happen to the new link, in order.
    pub scheduled: Vec<Planned>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RefusedWith {
    pub status: u16,
    pub code: String,
    pub message: String,
}

/// Something that would happen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Planned {
    /// From the login on, such as `15s`.
    #[serde(serialize_with = "duration::serialize")]
    #[schemars(with = "String")]
    pub after: TimeDelta,
    pub what: String,
}

impl Account {
    /// What would come of a call that logs in; for `RegisterLink`, of a single link that fetches the
    /// employment records. Changes nothing.
    ///
    /// # Errors
    /// 400 with all names of scenarios, operations and institutions that are unknown.
    pub fn dry_run(&self, question: &DryRunRequest<'_>) -> Result<DryRun, Error> {
        let choice = self.resolve(question)?;
        let registers =
            question.operation.is_none_or(|name| name == Operation::RegisterLink.as_str());
        let (outcome, scheduled) = match registers {
            true => self.dry_run_register(question),
            false => (choice.as_ref().map_or(Ok(()), answer_of), Vec::new()),
        };
        let scenario = choice.as_ref().map(MatchedScenario::of);
        Ok(DryRun { scenario, refusal: outcome.err().and_then(RefusedWith::of), scheduled })
    }

    /// Made on a copy: what it comes to is what it would come to.
    fn dry_run_register(&self, question: &DryRunRequest<'_>) -> (Result<(), Error>, Vec<Planned>) {
        let mut copy = self.fork(self.seed.clone());
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
        let planned =
            copy.plans_of(number).map(|(at, what)| Planned { after: at - self.now, what });
        (outcome, planned.collect())
    }
}

/// What a later login is answered with; a token is asked for only where the client wished it.
fn answer_of(choice: &Match) -> Result<(), Error> {
    match &choice.scenario.login {
        Login::Refuse(refusal) => Err(refusal.error()),
        Login::AskToken(_) if choice.by.is_override() => Err(Error::token_required()),
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
