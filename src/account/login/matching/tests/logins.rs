//! The logins that scenarios answer, and the calls that are none.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::account::login::matching::tests::{
    CURP, EVERY_LOGIN, REFUSED, Subject, account, begin, body, call, code, create, matched_call,
    now, ready_for, retrieve, scenario_and_source,
};
use crate::account::{Account, Budget, CallContext, DryRunRequest, Query, RequestMode};
use crate::operations::Operation;
use crate::scenario::{ArmedId, MatchedBy};

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
                let (answer, found) = matched_call(&mut account, operation, header, &subject);
                assert!(account.armed().is_empty(), "{operation:?} {scenario}");
                assert_eq!(found.by.is_override(), scenario != "none", "{operation:?} {scenario}");
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

/// A token that an override asks for can be given, or be forgotten.
#[test]
fn a_token_that_was_wished_for_is_checked_and_asked_for_once() {
    let (mut account, subject) = ready_for(Operation::PatchBody);
    let header = Some("token_required");
    let wrong = Subject { token: Some("1"), ..subject };
    assert_eq!(code(call(&mut account, Operation::PatchBody, header, &wrong)), "login_error");
    let right = Subject { token: Some("123456"), ..wrong };
    call(&mut account, Operation::PatchBody, header, &right).unwrap();

    let (mut account, subject) = ready_for(Operation::PatchBody);
    let (context, query) = (CallContext::new(Uuid::nil()), Query::new(String::new(), ""));
    let status = |account: &Account| {
        serde_json::to_value(account.link(&context, &subject.link, &query).unwrap()).unwrap()["status"]
            .clone()
    };
    assert_eq!(status(&account), "token_required");
    retrieve(&mut account, None, &subject.link).unwrap();
    assert_eq!(status(&account), "valid");
    assert_eq!(code(call(&mut account, Operation::PatchBody, None, &subject)), "not_found");
}

/// The link's own scenario gives the data, whichever scenario answers a later login.
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
    let (context, query) = (CallContext::new(Uuid::nil()), Query::new(String::new(), ""));
    let link = serde_json::to_value(account.link(&context, &link, &query).unwrap()).unwrap();
    assert_eq!(link["status"], "valid");
    assert_eq!(link["last_accessed_at"], "2026-03-08T12:00:15.000000Z");
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
        let (refused, found) = refused.unwrap_err();
        assert_eq!(refused.status, 500, "{word}");
        assert_eq!(found.unwrap().by, MatchedBy::Header, "{word}");
        // Scenarios that are armed for logins or for another call stay armed.
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
        assert_eq!(scenario_and_source(&dry), ("request_timeout", "armed"), "{word}");
        let (refused, found) = begin(&mut account, Some(operation), None).unwrap_err();
        assert_eq!(refused.status, 408, "{word}");
        let found = found.unwrap();
        assert_eq!(found.by, MatchedBy::Armed(ArmedId(3)), "{word}");
        let why = format!("the armed scenario is for {other}");
        assert_eq!(found.tried.len(), 1, "{word}");
        assert_eq!(found.tried[0].why.to_string(), why, "{word}");
        begin(&mut account, Some(operation), None).unwrap();
        assert_eq!(account.armed().len(), 2, "{word}");
        assert!(account.resolve(&question).unwrap().is_none(), "{word}");
    }
}
