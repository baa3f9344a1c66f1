//! Arming, and the problems that it names.

use serde_json::json;

use crate::account::login::matching::tests::{
    CURP, LONG, account, begin, body, code, create, problems, retrieve,
};
use crate::account::{Account, DryRunRequest};
use crate::error::Error;
use crate::operations::Operation;
use crate::scenario::ArmedId;

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
