//! A name that is given for another kind of thing is understood or explained.

use belvo_emulator::Config;
use serde_json::{Value, json};

use crate::app::{CURP, app_with};

const ARMED: &str = "/_emulator/armed";

#[actix_web::test]
async fn a_name_of_another_kind_is_explained() {
    let app = app_with(&[]).await;
    let lists = " The command belvo-emulator scenarios lists them.";
    for (name, says) in [
        (
            "login_error",
            "It is an error code; the scenarios that answer it are: nss_not_found, \
             curp_not_in_renapo, curp_incorrect, ",
        ),
        (
            "forbidden_by_host",
            "It is an error code; the scenarios that answer it are: daily_login_limit.",
        ),
        ("invalid_link", "It is an error code, and no scenario answers it. It comes from: a retr"),
        (
            "FAIL400002HXXXXX00",
            "It is a CURP, and the scenario that names it is \"nss_not_found\".",
        ),
        ("idle900101hxxxxx00", "It is a CURP, and the scenario that names it is \"unemployed\"."),
        (CURP, "It is a CURP: register a link with it as the username."),
        ("scenarios/institution_down.json", "Write \"institution_down\"."),
        ("Institution Down", "Write \"institution_down\"."),
        ("institution-down", "Write \"institution_down\"."),
        ("El NSS no fue localizado en el IMSS", "It is a text of the scenario \"nss_not_found\"."),
        ("IMSS does not know the NSS", "It is a text of the scenario \"nss_not_found\"."),
        ("428", "It is a status; the scenarios that answer it are: activation_required."),
        ("job_loss", "It is an event, which stands in \"later\" of a scenario file."),
        ("ListLinks", "It is an operation; a scenario says how the institution answers it."),
        ("reset_peer", "It is a fault: POST /_emulator/faults injects it."),
        ("unemployd", "Did you mean \"unemployed\"?"),
    ] {
        let (_, field, message) = app.post(ARMED, json!({"scenario": name})).await.problem(400);
        assert_eq!(field.as_deref(), Some("scenario"));
        let expected = format!("No scenario is named {name:?}. {says}");
        assert!(message.starts_with(&expected), "{name}: {message}");
        assert!(message.ends_with(lists), "{name}: {message}");
    }
}

/// Each scenario of the binary, and nothing else.
#[actix_web::test]
async fn a_scenario_in_the_place_of_a_fault_is_explained() {
    let app = app_with(&[]).await;
    let named = async |fault: Value| {
        let (_, field, message) =
            app.post("/_emulator/faults", json!({"fault": fault})).await.problem(400);
        assert!(field.as_deref().is_some_and(|field| field.starts_with("fault")), "{field:?}");
        message
    };
    let mut count = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let expected =
            format!("No fault is named {name:?}. It is a scenario: POST /_emulator/armed arms it.");
        assert_eq!(named(json!(name)).await, expected);
        assert_eq!(named(json!({name: {}})).await, expected);
        count += 1;
    }
    assert!(count > 20, "{count}");
    let message = named(json!("reset_pear")).await;
    assert!(message.ends_with("Did you mean \"reset_peer\"?"), "{message}");
}

#[test]
fn the_default_scenario_is_suggested_and_not_all_names() {
    let refused = |name: &str| Config::from_flags(["--scenario", name]).err().unwrap();
    let sentence = refused("unemployd");
    assert!(sentence.contains("Did you mean \"unemployed\"?"), "{sentence}");
    assert!(!sentence.contains("long_career"), "{sentence}");
    assert!(refused("IDLE900101HXXXXX00").contains("\"unemployed\""));
}

#[actix_web::test]
async fn an_operation_is_known_by_other_verbs_and_by_its_path() {
    let app = app_with(&[]).await;
    for (name, meant) in [
        ("DeleteLink", "DestroyLink"),
        ("RemoveLink", "DestroyLink"),
        ("GetLink", "DetailLink"),
        ("GetLinks", "ListLinks"),
        ("CreateLink", "RegisterLink"),
        ("PutLink", "UpdateLink"),
        ("DeleteEmploymentRecords", "DestroyEmploymentRecord"),
        ("CreateEmploymentRecords", "RetrieveEmploymentRecords"),
        ("GetInstitution", "DetailInstitution"),
        ("registerlink", "RegisterLink"),
        ("DELETE /api/links/{id}/", "DestroyLink"),
        ("POST /api/employment-records", "RetrieveEmploymentRecords"),
    ] {
        let body = json!({"scenario": "institution_down", "operation": name});
        let (_, field, message) = app.post(ARMED, body).await.problem(400);
        assert_eq!(field.as_deref(), Some("operation"));
        let expected = format!("No operation is named {name:?}. Did you mean {meant:?}? There are");
        assert!(message.starts_with(&expected), "{message}");
    }
}
