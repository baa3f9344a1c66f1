use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::account::{
    Account, Budget, CallContext, Delay, DryRunRequest, LogBudget, Query, RequestMode, Retries,
    Settings,
};
use crate::error::{Error, Problem};
use crate::model::Timestamp;
use crate::operations::Operation;
use crate::scenario::{self, ArmedId, Match, MatchedBy};
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
        scenarios: scenario::load(&[], "employed", false).unwrap(),
        seed: Seed::new(0),
        webhook_delay: Delay { shortest: TimeDelta::seconds(15), longest: TimeDelta::seconds(15) },
        webhook_targets: Vec::new(),
        webhook_retries: Retries { count: 0, delay: TimeDelta::seconds(10) },
        page_size: 10,
        webhook_sends_per_receiver: 32,
        rate_limits: false,
        log_budget: Arc::new(LogBudget::new(1 << 20)),
    };
    let mut account = Account::new(Arc::new(settings), Seed::new(1));
    let _ = account.advance(now(), &mut Budget::unlimited());
    account
}

fn body(curp: &str) -> Value {
    json!({"institution": "imss_mx_employment", "username": curp})
}

/// The answer of one call: the id of the link or of the load.
fn call(
    account: &mut Account,
    operation: Operation,
    header: Option<&str>,
    subject: &Subject,
) -> Result<String, Error> {
    let mut context = account.begin_request();
    call_in(&mut context, account, operation, header, subject)
}

/// The answer of one call, and the scenario that answered its login.
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

/// What a call is about.
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

/// A call that begins and comes to nothing, and the scenario that refused it.
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

/// An account with a link, and a call on it that could be made: for a session, one that waits.
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

fn chosen(choice: &Match) -> (&str, &'static str) {
    (choice.scenario.name.as_str(), choice.by.as_str())
}

/// Each problem as `field: message`.
fn problems<T>(answer: Result<T, Error>) -> Vec<String> {
    let error = answer.err().unwrap();
    assert_eq!(error.status, 400);
    let row = |problem: &Problem| {
        format!("{}: {}", problem.field.as_deref().unwrap_or("none"), problem.message)
    };
    error.problems.iter().map(row).collect()
}

/// Each source of a scenario against the one after it, for a login that both claim.
#[test]
fn the_precedence_holds_between_neighbours() {
    let short = "BLPM951331IONVGR5";
    let cases = [
        // header, armed, CURP, e-mail of another CURP, account default: who answers
        (
            Some("institution_down"),
            Some("institution_inactive"),
            REFUSED,
            false,
            None,
            "institution_down",
            "header",
        ),
        (
            Some("employed"),
            Some("institution_inactive"),
            REFUSED,
            false,
            None,
            "employed",
            "header",
        ),
        (None, Some("institution_inactive"), REFUSED, false, None, "institution_inactive", "armed"),
        (None, Some("institution_inactive"), short, false, None, "institution_inactive", "armed"),
        (None, None, REFUSED, true, Some("institution_down"), "nss_not_found", "curp"),
        // Of those that name the CURP, one that accepts it comes after the rules.
        (None, None, LONG, true, Some("institution_down"), "email_taken", "rule"),
        (None, None, LONG, false, Some("institution_down"), "long_career", "curp"),
        (None, None, short, false, Some("institution_down"), "curp_wrong_length", "rule"),
        (None, None, CURP, false, Some("institution_down"), "institution_down", "account_default"),
        (None, None, CURP, false, None, "employed", "process_default"),
    ];
    for (header, armed, curp, email_taken, default, name, by) in cases {
        let case = format!("{header:?} {armed:?} {curp} {email_taken} {default:?}");
        let mut account = account();
        let email = email_taken.then_some(EMAIL);
        if email_taken {
            let mut other = body("IDLE900101HXXXXX00");
            other["username2"] = EMAIL.into();
            create(&mut account, None, other).unwrap();
        }
        if let Some(armed) = armed {
            account.arm(armed, None, None, 1).unwrap();
        }
        account.set_default_scenario(default).unwrap();
        let question = DryRunRequest { curp, institution: None, email, operation: None, header };
        let dry = account.resolve(&question).unwrap().unwrap();
        assert_eq!(chosen(&dry), (name, by), "{case}");
        let mut body = body(curp);
        body["username2"] = email.into();
        let subject = Subject::with_body(body);
        let (answer, choice) =
            matched_call(&mut account, Operation::RegisterLink, header, &subject);
        assert_eq!(chosen(&choice), (name, by), "{case}");
        assert_eq!(answer.is_ok(), choice.scenario.accepts().is_some(), "{case}");
    }
}

/// What a step of a link's scenario decided comes after the client's wish, and before the CURP's.
#[test]
fn the_scenario_of_the_link_stands_between_the_armed_and_the_curp() {
    let mut account = account();
    let link = create(&mut account, Some("refused_later"), body(REFUSED)).unwrap();
    let _ = account.advance(now() + TimeDelta::seconds(1), &mut Budget::unlimited());
    let subject = Subject::with_link(&link);
    let retrieve_matched = |account: &mut Account, header| {
        matched_call(account, Operation::RetrieveEmploymentRecords, header, &subject)
    };
    let (answer, choice) = retrieve_matched(&mut account, None);
    assert_eq!(code(answer), "login_error");
    assert_eq!(chosen(&choice), ("refused_later", "link"));
    account.arm("institution_down", None, None, 1).unwrap();
    let (answer, choice) = retrieve_matched(&mut account, None);
    assert_eq!(code(answer), "institution_down");
    assert_eq!(chosen(&choice), ("institution_down", "armed"));
    let (answer, choice) = retrieve_matched(&mut account, Some("employed"));
    answer.unwrap();
    assert_eq!(chosen(&choice), ("employed", "header"));
    assert_eq!(code(retrieve(&mut account, None, &link)), "login_error");
}

#[test]
fn those_that_were_tried_say_why_they_lost() {
    let mut account = account();
    account.arm("institution_down", Some("RefreshLink"), None, 1).unwrap();
    account.arm("institution_inactive", None, Some(LONG), 1).unwrap();
    account.set_default_scenario(Some("retired")).unwrap();
    let mut tried = |curp, header| -> Vec<(String, &'static str, String)> {
        let subject = Subject::with_body(body(curp));
        let (_, choice) = matched_call(&mut account, Operation::RegisterLink, header, &subject);
        let rows = choice.tried.iter().map(|tried| {
            (tried.scenario.name.as_str().to_owned(), tried.by.as_str(), tried.why.to_string())
        });
        rows.collect()
    };
    let rows = |rows: &[(&str, &'static str, &str)]| -> Vec<(String, &'static str, String)> {
        rows.iter().map(|(name, by, why)| (name.to_string(), *by, why.to_string())).collect()
    };
    let refresh = ("institution_down", "armed", "the armed scenario is for RefreshLink");
    let long =
        ("institution_inactive", "armed", "the armed scenario is for CURP LONG700101MXXXXX00");
    let length = ("curp_wrong_length", "rule", "rule does not hold: the CURP has 18 characters");
    let form = ("curp_incorrect", "rule", "rule does not hold: the CURP matches");
    let email = ("email_taken", "rule", "rule does not hold: username2 belongs to no other CURP");
    let process = ("employed", "process_default", "the default of the account has precedence");
    assert_eq!(tried(CURP, None), rows(&[refresh, long, length, form, email, process]));
    let limit = ("daily_login_limit", "curp", "rule does not hold: earlier logins within 1d: 0");
    assert_eq!(
        tried("FAIL403001HXXXXX00", None),
        rows(&[refresh, long, limit, length, form, email, process])
    );
    let link =
        ("duplicated", "curp", "rule does not hold: the CURP has no link at the institution");
    assert_eq!(
        tried("FAIL400017HXXXXX00", None),
        rows(&[refresh, long, link, length, form, email, process])
    );
    let header = "the header X-Emulator-Scenario has precedence";
    assert_eq!(
        tried(REFUSED, Some("employed")),
        rows(&[
            ("institution_down", "armed", header),
            ("institution_inactive", "armed", header),
            ("nss_not_found", "curp", header),
            ("retired", "account_default", header),
            ("employed", "process_default", header),
        ])
    );
    let armed = "the armed scenario 2 has precedence";
    assert_eq!(
        tried(LONG, None),
        rows(&[
            refresh,
            ("long_career", "curp", armed),
            ("retired", "account_default", armed),
            ("employed", "process_default", armed),
        ])
    );
}

#[test]
fn the_next_calls_use_up_what_is_armed_in_the_order_of_arming() {
    let mut account = account();
    let first = account.arm("institution_down", None, None, 2).unwrap();
    let second = account.arm("too_many_sessions", None, None, 1).unwrap();
    assert_eq!((first.id, second.id), (ArmedId(1), ArmedId(2)));
    let times = |account: &Account| -> Vec<(u64, u32)> {
        account.armed().iter().map(|entry| (entry.id.0, entry.left)).collect()
    };
    assert_eq!(times(&account), [(1, 2), (2, 1)]);
    assert_eq!(code(create(&mut account, None, body(CURP))), "institution_down");
    assert_eq!(times(&account), [(1, 1), (2, 1)]);
    assert_eq!(code(create(&mut account, None, body(CURP))), "institution_down");
    assert_eq!(code(create(&mut account, None, body(CURP))), "too_many_sessions");
    assert_eq!(times(&account), []);
    create(&mut account, None, body(CURP)).unwrap();
}

#[test]
fn only_an_answer_uses_up_what_is_armed() {
    let mut account = account();
    let link = create(&mut account, None, body(CURP)).unwrap();
    account.arm("institution_down", None, None, 1).unwrap();
    assert_eq!(code(create(&mut account, None, json!({}))), "required");
    let unknown = "00000000-0000-0000-0000-000000000000";
    assert_eq!(code(retrieve(&mut account, None, unknown)), "does_not_exist");
    let question =
        DryRunRequest { curp: CURP, institution: None, email: None, operation: None, header: None };
    account.resolve(&question).unwrap();
    begin(&mut account, Some(Operation::ListLinks), None).unwrap();
    assert_eq!(account.armed()[0].left, 1);
    assert_eq!(code(retrieve(&mut account, None, &link)), "institution_down");
    assert!(account.armed().is_empty());
}

/// An armed scenario waits for its operation and its CURP.
#[test]
fn what_is_armed_answers_nothing_else() {
    let mut account = account();
    let link = create(&mut account, None, body(CURP)).unwrap();
    account.arm("institution_down", Some("RetrieveEmploymentRecords"), Some(CURP), 1).unwrap();
    create(&mut account, None, body(CURP)).unwrap();
    let long = create(&mut account, None, body(LONG)).unwrap();
    retrieve(&mut account, None, &long).unwrap();
    assert_eq!(code(retrieve(&mut account, None, &link)), "institution_down");
    retrieve(&mut account, None, &link).unwrap();
}

#[test]
fn disarming_takes_back_one_or_all() {
    let mut account = account();
    for _ in 0..3 {
        account.arm("institution_down", None, None, 1).unwrap();
    }
    account.disarm("2").unwrap();
    for id in ["2", "4", "-1", "two", ""] {
        assert_eq!(account.disarm(id).unwrap_err(), Error::not_found(), "{id}");
    }
    account.disarm_all();
    assert!(account.armed().is_empty());
    create(&mut account, None, body(CURP)).unwrap();
    assert_eq!(account.arm("institution_down", None, None, 1).unwrap().id, ArmedId(4));
}

/// The header and an armed scenario answer every kind of login in the same way.
#[test]
fn every_login_can_be_refused_asked_for_a_token_and_accepted() {
    for operation in EVERY_LOGIN {
        for armed in [false, true] {
            let answer = |scenario: &str, token| {
                let (mut account, subject) = ready_for(operation);
                let subject = Subject { token, ..subject };
                if armed {
                    account.arm(scenario, Some(operation.as_str()), None, 1).unwrap();
                }
                let header = (!armed).then_some(scenario);
                let (answer, choice) = matched_call(&mut account, operation, header, &subject);
                assert!(account.armed().is_empty(), "{operation:?} {scenario}");
                assert_eq!(choice.by.is_override(), scenario != "none", "{operation:?} {scenario}");
                answer
            };
            let case = format!("{operation:?} {armed}");
            let refused = answer("request_timeout", Some("1")).unwrap_err();
            assert_eq!(refused.status, 408, "{case}");
            let asked = answer("token_required", None).unwrap_err();
            assert_eq!(asked.status, 428, "{case}");
            let session = asked.problems[0].extra.session.as_ref().unwrap();
            let instructions = session.token_generation_data.as_ref().unwrap();
            assert_eq!(instructions.kind, "numeric", "{case}");
            answer("unemployed", Some("1")).unwrap();
            answer("unemployed", None).unwrap();
        }
    }
}

/// What a token is asked for at the client's wish can be resumed, or be forgotten.
#[test]
fn a_token_that_was_wished_for_is_checked_and_asked_for_once() {
    let (mut account, subject) = ready_for(Operation::PatchBody);
    let header = Some("token_required");
    let wrong = Subject { token: Some("1"), ..subject };
    assert_eq!(code(call(&mut account, Operation::PatchBody, header, &wrong)), "login_error");
    let right = Subject { token: Some("123456"), ..wrong };
    call(&mut account, Operation::PatchBody, header, &right).unwrap();

    let (mut account, subject) = ready_for(Operation::PatchBody);
    let query = Query::new(String::new(), "");
    let status = |account: &Account| {
        serde_json::to_value(account.link(&subject.link, &query).unwrap()).unwrap()["status"]
            .clone()
    };
    assert_eq!(status(&account), "token_required");
    retrieve(&mut account, None, &subject.link).unwrap();
    assert_eq!(status(&account), "valid");
    assert_eq!(code(call(&mut account, Operation::PatchBody, None, &subject)), "not_found");
}

/// The data are those of the link's own scenario, whatever answers a later login.
#[test]
fn a_link_keeps_the_scenario_that_it_was_made_with() {
    let mut account = account();
    let records = |account: &mut Account, link: &str, header| {
        let mut context = account.begin_request();
        account
            .begin_call(&mut context, Some(Operation::RetrieveEmploymentRecords), header)
            .unwrap();
        let body = json!({"link": link}).to_string();
        let query = Query::new(String::new(), "");
        let answer = account.retrieve_employment_records(
            &mut context,
            body.as_bytes(),
            RequestMode::Sync,
            &query,
        );
        match answer.unwrap() {
            crate::account::Retrieved::New(records) => records.len(),
            _ => panic!("the records are stored"),
        }
    };
    let link = create(&mut account, Some("no_records"), body(CURP)).unwrap();
    assert_eq!(records(&mut account, &link, None), 0);
    assert_eq!(records(&mut account, &link, Some("employed")), 0);
    let link = create(&mut account, Some("employed"), body(REFUSED)).unwrap();
    assert_eq!(code(retrieve(&mut account, None, &link)), "login_error");
    assert_eq!(records(&mut account, &link, Some("no_records")), 1);
}

#[test]
fn the_weekly_refresh_uses_nothing_that_a_client_asked_for() {
    let mut account = account();
    let link = create(&mut account, None, body(CURP)).unwrap();
    account.arm("login_locked", None, None, 1).unwrap();
    // A call that broke off before its login.
    begin(&mut account, Some(Operation::RefreshLink), Some("login_forbidden")).unwrap();
    let _ = account.advance(now() + TimeDelta::days(8), &mut Budget::unlimited());
    let query = Query::new(String::new(), "");
    let link = serde_json::to_value(account.link(&link, &query).unwrap()).unwrap();
    assert_eq!(link["status"], "valid");
    assert_eq!(link["last_accessed_at"], "2026-03-08T12:00:00.000000Z");
    assert_eq!(account.armed().len(), 1);
}

#[test]
fn calls_that_do_not_log_in_can_only_be_refused() {
    for word in Operation::WORDS {
        let operation: Operation = word.parse().unwrap();
        if operation.logs_in() {
            continue;
        }
        let mut account = account();
        for accepting in ["employed", "token_required"] {
            begin(&mut account, Some(operation), Some(accepting)).unwrap();
        }
        let refused = begin(&mut account, Some(operation), Some("service_unavailable"));
        let (refused, choice) = refused.unwrap_err();
        assert_eq!(refused.status, 500, "{word}");
        assert_eq!(choice.unwrap().by, MatchedBy::Header, "{word}");
        // What is armed for logins, or for another call, waits.
        account.arm("institution_down", None, None, 1).unwrap();
        let other = if *word == "ListLinks" { "CheckKeys" } else { "ListLinks" };
        account.arm("institution_inactive", Some(other), None, 1).unwrap();
        account.arm("request_timeout", Some(word), None, 1).unwrap();
        let question = DryRunRequest {
            curp: CURP,
            institution: None,
            email: None,
            operation: Some(word),
            header: None,
        };
        let dry = account.resolve(&question).unwrap().unwrap();
        assert_eq!(chosen(&dry), ("request_timeout", "armed"), "{word}");
        let (refused, choice) = begin(&mut account, Some(operation), None).unwrap_err();
        assert_eq!(refused.status, 408, "{word}");
        let choice = choice.unwrap();
        assert_eq!(choice.by, MatchedBy::Armed(ArmedId(3)), "{word}");
        let why = format!("the armed scenario is for {other}");
        assert_eq!(choice.tried.len(), 1, "{word}");
        assert_eq!(choice.tried[0].why.to_string(), why, "{word}");
        begin(&mut account, Some(operation), None).unwrap();
        assert_eq!(account.armed().len(), 2, "{word}");
        assert!(account.resolve(&question).unwrap().is_none(), "{word}");
    }
}

#[test]
fn arming_names_all_that_is_wrong() {
    let mut account = account();
    let lists = "The command belvo-emulator scenarios lists them.";
    let operations = Operation::WORDS.join(", ");
    let range = "times: Must be from 1 to 1000000.";
    let cases = [
        (
            ("institution_dwn", None, None, 1),
            vec![format!(
                "scenario: No scenario is named \"institution_dwn\". Did you mean \
                 \"institution_down\"? {lists}"
            )],
        ),
        (("xyz", None, None, 1), vec![format!("scenario: No scenario is named \"xyz\". {lists}")]),
        (
            ("employed", Some("registerlinks"), Some(" "), 0),
            vec![
                format!(
                    "operation: No operation is named \"registerlinks\". Did you mean \
                     \"RegisterLink\"? There are {operations}."
                ),
                "curp: This field may not be blank.".to_owned(),
                range.to_owned(),
            ],
        ),
        (("employed", None, None, 1_000_001), vec![range.to_owned()]),
        (
            ("token_required", Some("ListLinks"), None, 1),
            vec![
                "scenario: ListLinks does not log in, so a scenario can only refuse it, and \
                 \"token_required\" refuses nothing."
                    .to_owned(),
            ],
        ),
        (
            ("institution_down", Some("DestroyLink"), Some(CURP), 1),
            vec!["curp: DestroyLink does not log in, so it has no CURP.".to_owned()],
        ),
    ];
    for ((scenario, operation, curp, times), expected) in cases {
        assert_eq!(problems(account.arm(scenario, operation, curp, times)), expected);
    }
    assert!(account.armed().is_empty());
    account.arm("employed", None, None, 1_000_000).unwrap();
    for _ in 1..1000 {
        account.arm("employed", None, None, 1).unwrap();
    }
    assert_eq!(
        problems(account.arm("employed", None, None, 1)),
        ["none: 1000 scenarios are armed already, which is the most; disarm some."]
    );
}

#[test]
fn unknown_names_are_told_of_where_they_are_written() {
    let mut account = account();
    let meant = |field: &str| {
        format!(
            "{field}: No scenario is named \"employd\". Did you mean \"employed\"? The command \
             belvo-emulator scenarios lists them."
        )
    };
    let header = begin(&mut account, Some(Operation::ListLinks), Some("employd"));
    assert_eq!(problems(header.map_err(|(error, _)| error)), [meant("X-Emulator-Scenario")]);
    let default = account.set_default_scenario(Some("employd"));
    assert_eq!(problems(default), [meant("scenario")]);
    let question = DryRunRequest {
        curp: CURP,
        institution: Some("narnia"),
        email: None,
        operation: Some("Narnia"),
        header: Some("employd"),
    };
    let resolved = problems(account.resolve(&question));
    assert_eq!(resolved[0], "institution: Object with name=narnia does not exist.");
    assert!(resolved[1].starts_with("operation: No operation is named \"Narnia\". There are "));
    assert_eq!(resolved[2], meant("scenario"));
    // A path that is no operation of Belvo's has no use for the header.
    begin(&mut account, None, Some("employd")).unwrap();
}

#[test]
fn the_default_of_the_account_comes_and_goes() {
    let mut account = account();
    account.set_default_scenario(Some("institution_down")).unwrap();
    assert_eq!(account.default_scenarios(), (Some("institution_down"), "employed"));
    assert_eq!(code(create(&mut account, None, body(CURP))), "institution_down");
    account.set_default_scenario(None).unwrap();
    assert_eq!(account.default_scenarios(), (None, "employed"));
    create(&mut account, None, body(CURP)).unwrap();
}

/// The rules of a first login look at the institution that is asked about.
#[test]
fn a_dry_run_counts_nothing_and_looks_where_it_is_told() {
    let mut account = account();
    let curp = "FAIL400017HXXXXX00";
    create(&mut account, None, body(curp)).unwrap();
    let name = |account: &Account, institution, operation| {
        let question = DryRunRequest { curp, institution, email: None, operation, header: None };
        let choice = account.resolve(&question).unwrap().unwrap();
        choice.scenario.name.as_str().to_owned()
    };
    assert_eq!(name(&account, None, None), "duplicated");
    assert_eq!(name(&account, Some("imss_mx_employment"), None), "duplicated");
    assert_eq!(name(&account, Some("issste_mx_employment"), None), "employed");
    assert_eq!(name(&account, None, Some("RefreshLink")), "employed");
    let curp = "FAIL403001HXXXXX00";
    let question =
        DryRunRequest { curp, institution: None, email: None, operation: None, header: None };
    for _ in 0..5 {
        let choice = account.resolve(&question).unwrap().unwrap();
        assert_eq!(chosen(&choice), ("employed", "process_default"));
    }
}

#[test]
fn a_scenario_knows_where_it_is_written() {
    let account = account();
    let origin = |curp| {
        let question =
            DryRunRequest { curp, institution: None, email: None, operation: None, header: None };
        account.resolve(&question).unwrap().unwrap().scenario.origin.clone()
    };
    let nss = origin(REFUSED);
    assert_eq!((nss.file.as_str(), nss.name_line), ("scenarios/nss_not_found.json", 2));
    assert_eq!(nss.claim_line, Some(5));
    let length = origin("SHORT");
    assert_eq!(length.file, "scenarios/curp_wrong_length.json");
    assert_eq!((length.name_line, length.claim_line), (2, Some(5)));
    let employed = origin(CURP);
    assert_eq!((employed.file.as_str(), employed.claim_line), ("scenarios/employed.json", None));
}
