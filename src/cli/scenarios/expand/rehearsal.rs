//! The life of a link in an account of its own, whose time is moved by hand.

use serde_json::{Value, json};

use crate::account::{
    Account, Answer, AnsweredRequest, Budget, Call, CallContext, Progress, Query, RefusedRequest,
    RequestMode, Retrieved, SCENARIO_HEADER, ScheduledTask,
};
use crate::config::Config;
use crate::error::Error;
use crate::model::Timestamp;
use crate::operations::Operation;
use crate::scenario::{self, Scenario};

/// The largest number of tasks that are shown.
const MOST_TASKS: usize = 100;

/// The login that a scenario answers.
pub(super) struct Login<'a> {
    pub scenario: &'a Scenario,
    pub curp: &'a str,
    pub institution: &'a str,
    pub at: Timestamp,
}

/// A link that was just registered, or the refusal of it.
pub(super) struct Rehearsal {
    account: Account,
    link: Option<Value>,
    /// The answer that refuses the link.
    pub refusal: Option<Value>,
    /// Sentences on what the link will not bring.
    pub notes: Vec<String>,
    pub tasks: Vec<ScheduledTask>,
}

impl Rehearsal {
    /// Registers a link. The account is the first one of an emulator with these settings.
    pub(super) fn of(config: &Config, login: &Login<'_>) -> Rehearsal {
        let (settings, keys) = (&config.settings, config.first_keys());
        let (seed, creator) = (keys.account_seed(&settings.seed), keys.creator(&settings.seed));
        let mut account = Account::new(settings.clone(), seed, creator);
        advance(&mut account, login.at);
        let (body, note) = body(login);
        let answered = call(
            &mut account,
            Operation::RegisterLink,
            Some(login.scenario.name.as_str()),
            &body,
            |account, context, body| {
                let link = account.create_link(context, body)?;
                Ok(serde_json::to_vec(&link).expect("a link is plain data"))
            },
        );
        let page = account.scheduled_tasks(None, MOST_TASKS, None);
        let more = page.count - page.scheduled.len();
        let more = (more > 0).then(|| format!("{more} more tasks are not shown"));
        let (link, refusal, notes) = match answered {
            Ok(answered) => (Some(of_body(&answered.answer.body)), None, answered.notes),
            Err(refused) => (None, Some(answer_of(&refused)), Vec::new()),
        };
        Rehearsal {
            account,
            link: link.map(|mut link| link["id"].take()),
            refusal,
            notes: note.into_iter().chain(notes).chain(more).collect(),
            tasks: page.scheduled,
        }
    }

    /// Returns the account at a later time, without the tasks that are left out.
    pub(super) fn account_at(&self, time: Timestamp, left_out: &[ScheduledTask]) -> Account {
        let mut account = self.account.clone();
        // Those that are due later would not run anyway, and a load takes its webhook with it.
        for task in left_out.iter().take_while(|task| task.due <= time) {
            let _ = account.drop_task(&task.id.0.to_string());
        }
        advance(&mut account, time);
        account
    }

    /// Reads the records at a later time. The error is the answer that refuses it.
    pub(super) fn reading(
        &self,
        time: Timestamp,
        left_out: &[ScheduledTask],
    ) -> Result<Value, Value> {
        let mut account = self.account_at(time, left_out);
        let body = json!({ "link": self.link, "save_data": false });
        let operation = Operation::RetrieveEmploymentRecords;
        let answered = call(&mut account, operation, None, &body, |account, context, body| {
            let query = Query::new(String::new(), "");
            let mode = RequestMode::Sync;
            match account.retrieve_employment_records(context, body, mode, &query)? {
                Retrieved::New(records) | Retrieved::Known(records) => {
                    Ok(serde_json::to_vec(&records).expect("records are plain data"))
                }
                Retrieved::Later(_) => Err(Error::unexpected()),
            }
        });
        answered
            .map(|answered| of_body(&answered.answer.body))
            .map_err(|refused| answer_of(&refused))
    }
}

/// Returns the body of the registration, with the token that the scenario asks for, and a note on the
/// token.
fn body(login: &Login<'_>) -> (Value, Option<String>) {
    let mut body = json!({
        "institution": login.institution,
        "username": login.curp,
        "access_mode": "single",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    let scenario::Login::AskToken(ask) = &login.scenario.login else { return (body, None) };
    body["token"] = ask.token.as_str().into();
    let note = format!(
        "the login is answered 428 until it has the token {:?}, which was sent here at once",
        ask.token
    );
    (body, Some(note))
}

/// Makes a call as a client would. The work gets the body of the request.
fn call(
    account: &mut Account,
    operation: Operation,
    scenario: Option<&str>,
    body: &Value,
    work: impl FnOnce(&mut Account, &mut CallContext, &[u8]) -> Result<Vec<u8>, Error>,
) -> Result<AnsweredRequest, RefusedRequest> {
    let body = body.to_string();
    let call = Call {
        operation: Some(operation),
        method: "POST",
        path: "".into(),
        query: "",
        headers: scenario.map(|name| (SCENARIO_HEADER, name.as_bytes())).into_iter().collect(),
        body: body.as_bytes(),
    };
    account.answer(&call, |account, context| {
        Ok(Answer { status: 201, body: work(account, context, body.as_bytes())? })
    })
}

fn advance(account: &mut Account, time: Timestamp) {
    while account.advance(time, &mut Budget::slice()) == Progress::More {}
}

fn of_body(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("answers are JSON")
}

/// Returns the status and the body of an answer that refuses a call.
fn answer_of(refused: &RefusedRequest) -> Value {
    let body = of_body(&refused.error.body(refused.request_id));
    json!({ "status": refused.error.status, "body": body })
}
