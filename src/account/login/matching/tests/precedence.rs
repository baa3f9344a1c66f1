//! The precedence of scenarios that could answer the same login.

use chrono::TimeDelta;

use crate::account::login::matching::tests::{
    CURP, EMAIL, LONG, REFUSED, Subject, account, body, code, create, matched_call, now, retrieve,
    scenario_and_source,
};
use crate::account::{Account, Budget, DryRunRequest};
use crate::operations::Operation;

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
        assert_eq!(scenario_and_source(&dry), (name, by), "{case}");
        let mut body = body(curp);
        body["username2"] = email.into();
        let subject = Subject::with_body(body);
        let (answer, found) = matched_call(&mut account, Operation::RegisterLink, header, &subject);
        assert_eq!(scenario_and_source(&found), (name, by), "{case}");
        assert_eq!(answer.is_ok(), found.scenario.accepts().is_some(), "{case}");
    }
}

/// A step of a link's scenario comes after overrides and before the scenario of the CURP.
#[test]
fn the_scenario_of_the_link_stands_between_the_armed_and_the_curp() {
    let mut account = account();
    let link = create(&mut account, Some("refused_later"), body(REFUSED)).unwrap();
    let _ = account.advance(now() + TimeDelta::seconds(1), &mut Budget::unlimited());
    let subject = Subject::with_link(&link);
    let retrieve_matched = |account: &mut Account, header| {
        matched_call(account, Operation::RetrieveEmploymentRecords, header, &subject)
    };
    let (answer, found) = retrieve_matched(&mut account, None);
    assert_eq!(code(answer), "login_error");
    assert_eq!(scenario_and_source(&found), ("refused_later", "link"));
    account.arm("institution_down", None, None, 1).unwrap();
    let (answer, found) = retrieve_matched(&mut account, None);
    assert_eq!(code(answer), "institution_down");
    assert_eq!(scenario_and_source(&found), ("institution_down", "armed"));
    let (answer, found) = retrieve_matched(&mut account, Some("employed"));
    answer.unwrap();
    assert_eq!(scenario_and_source(&found), ("employed", "header"));
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
        let (_, found) = matched_call(&mut account, Operation::RegisterLink, header, &subject);
        let rows = found.tried.iter().map(|tried| {
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
        let found = account.resolve(&question).unwrap().unwrap();
        found.scenario.name.as_str().to_owned()
    };
    assert_eq!(name(&account, None, None), "duplicated");
    assert_eq!(name(&account, Some("imss_mx_employment"), None), "duplicated");
    assert_eq!(name(&account, Some("issste_mx_employment"), None), "employed");
    assert_eq!(name(&account, None, Some("RefreshLink")), "employed");
    let curp = "FAIL403001HXXXXX00";
    let question =
        DryRunRequest { curp, institution: None, email: None, operation: None, header: None };
    for _ in 0..5 {
        let found = account.resolve(&question).unwrap().unwrap();
        assert_eq!(scenario_and_source(&found), ("employed", "process_default"));
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
