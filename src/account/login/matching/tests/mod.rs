//! Matching, tried on an account: the calls that the tests make.

mod arming;
mod logins;
mod precedence;

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::account::{
    Account, Budget, CallContext, Delay, LogBudget, Query, RequestMode, Retries, Settings,
};
use crate::error::{Error, Problem};
use crate::model::Timestamp;
use crate::operations::Operation;
use crate::scenario::{self, Match};
use crate::seed::Seed;

const CURP: &str = "BLPM951331IONVGR54";
/// The CURP of `nss_not_found`, which refuses it.
const REFUSED: &str = "FAIL400002HXXXXX00";
/// The CURP of `long_career`, which accepts it.
const LONG: &str = "LONG700101MXXXXX00";
const EMAIL: &str = "person@example.com";
const EVERY_LOGIN: [Operation; 6] = [
    Operation::RegisterLink,
    Operation::PatchBody,
    Operation::UpdateLink,
    Operation::RefreshLink,
    Operation::RetrieveEmploymentRecords,
    Operation::RetrieveCurrentEmployments,
];

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn account() -> Account {
    let settings = Settings {
        scenarios: scenario::load(&[], "employed", false, NaiveDate::default()).unwrap().into(),
        seed: Seed::new(0),
        careers_as_of: None,
        webhook_delay: Delay { shortest: TimeDelta::seconds(15), longest: TimeDelta::seconds(15) },
        webhook_targets: Vec::new(),
        allowed_addresses: Default::default(),
        webhook_retries: Retries { count: 0, delay: TimeDelta::seconds(10) },
        page_size: 10,
        webhook_sends_per_receiver: 32,
        rate_limits: false,
        log_budget: Arc::new(LogBudget::new(1 << 20)),
        account_memory: 1 << 20,
    };
    let mut account = Account::new(Arc::new(settings), Seed::new(1), Uuid::nil());
    let _ = account.advance(now(), &mut Budget::unlimited());
    account
}

fn body(curp: &str) -> Value {
    json!({"institution": "imss_mx_employment", "username": curp})
}

/// Returns the answer of one call: the id of the link or of the load.
fn call(
    account: &mut Account,
    operation: Operation,
    header: Option<&str>,
    subject: &Subject,
) -> Result<String, Error> {
    let mut context = account.begin_request();
    call_in(&mut context, account, operation, header, subject)
}

/// Returns the answer of one call, and the scenario that answered its login.
fn matched_call(
    account: &mut Account,
    operation: Operation,
    header: Option<&str>,
    subject: &Subject,
) -> (Result<String, Error>, Match) {
    let mut context = account.begin_request();
    let answer = call_in(&mut context, account, operation, header, subject);
    (answer, context.matched.expect("the call logs in"))
}

fn call_in(
    context: &mut CallContext,
    account: &mut Account,
    operation: Operation,
    header: Option<&str>,
    subject: &Subject,
) -> Result<String, Error> {
    account.begin_call(context, Some(operation), header)?;
    let link = &subject.link;
    let bytes = |body: Value| body.to_string().into_bytes();
    let retrieval = bytes(json!({"link": link}));
    let resume = json!({"session": subject.session, "link": link, "token": subject.token});
    let query = Query::new(String::new(), "");
    match operation {
        Operation::RegisterLink => account
            .create_link(context, &bytes(subject.body.clone()))
            .map(|link| link.id.to_string()),
        Operation::PatchBody => {
            account.resume_link(context, &bytes(resume)).map(|link| link.id.to_string())
        }
        Operation::UpdateLink => {
            account.renew_credentials(context, link, b"{}").map(|link| link.id.to_string())
        }
        Operation::RefreshLink => {
            account.refresh_link(context, link, b"{}").map(|id| id.to_string())
        }
        Operation::RetrieveEmploymentRecords => account
            .retrieve_employment_records(context, &retrieval, RequestMode::Sync, &query)
            .map(|_| String::new()),
        Operation::RetrieveCurrentEmployments => {
            account.retrieve_current_employments(context, &retrieval).map(|_| String::new())
        }
        other => panic!("{other:?} does not log in"),
    }
}

/// The link, the body and the session that a call is about.
#[derive(Default)]
struct Subject {
    /// Of a new link.
    body: Value,
    link: String,
    session: String,
    token: Option<&'static str>,
}

impl Subject {
    fn with_body(body: Value) -> Subject {
        Subject { body, ..Subject::default() }
    }

    fn with_link(link: &str) -> Subject {
        Subject { link: link.to_owned(), ..Subject::default() }
    }
}

/// Begins a call that goes no further, and returns the scenario that refused it.
fn begin(
    account: &mut Account,
    operation: Option<Operation>,
    header: Option<&str>,
) -> Result<(), (Error, Option<Match>)> {
    let mut context = account.begin_request();
    let begun = account.begin_call(&mut context, operation, header);
    assert!(begun.is_err() || context.matched.is_none(), "only a refusal has an author yet");
    begun.map_err(|error| (error, context.matched))
}

fn create(account: &mut Account, header: Option<&str>, body: Value) -> Result<String, Error> {
    call(account, Operation::RegisterLink, header, &Subject::with_body(body))
}

fn retrieve(account: &mut Account, header: Option<&str>, link: &str) -> Result<String, Error> {
    call(account, Operation::RetrieveEmploymentRecords, header, &Subject::with_link(link))
}

/// Returns an account with a link, and a call on it. For a session, one waits for its token.
fn ready_for(operation: Operation) -> (Account, Subject) {
    let mut account = account();
    let link = create(&mut account, None, body(CURP)).unwrap();
    let mut subject =
        Subject { body: body(CURP), link, token: Some("123456"), ..Default::default() };
    if operation == Operation::PatchBody {
        let asked = retrieve(&mut account, Some("token_required"), &subject.link).unwrap_err();
        subject.session = asked.problems[0].extra.session.clone().unwrap().session;
    }
    (account, subject)
}

fn code<T>(answer: Result<T, Error>) -> String {
    answer.err().unwrap().problems[0].code.to_string()
}

fn scenario_and_source(found: &Match) -> (&str, &'static str) {
    (found.scenario.name.as_str(), found.by.as_str())
}

/// Returns each problem as `field: message`.
fn problems<T>(answer: Result<T, Error>) -> Vec<String> {
    let error = answer.err().unwrap();
    assert_eq!(error.status, 400);
    let row = |problem: &Problem| {
        format!("{}: {}", problem.field.as_deref().unwrap_or("none"), problem.message)
    };
    error.problems.iter().map(row).collect()
}
