//! Every validation error that creating a link can meet.

use serde_json::{Value, json};

use crate::app::{CURP, app};

/// A field and its value, and the only problem that it brings: code, field, message.
type Case = (&'static str, Option<Value>, &'static str, Option<&'static str>, String);

#[actix_web::test]
async fn each_field_is_checked_as_documented() {
    let required = "This field is required.";
    let null = "This field may not be null.";
    let blank = "This field may not be blank.";
    let storage = "Must be \"store\", \"nostore\" or a number of days from 1d to 365d.";
    let stale = "Must be a number of days, such as 365d, of three digits at most.";
    let resources =
        "The institution only supports the following resources: EMPLOYMENT_RECORDS, OWNERS";
    let characters = "Only letters, digits, hyphens and underscores are allowed.";
    let not_a_list = |kind: &str| format!("Expected a list but got type \"{kind}\".");
    let no_choice = |value: &str| format!("\"{value}\" is not a valid choice.");
    let unknown = |name: &str| format!("Object with name={name} does not exist.");
    let cases: Vec<Case> = vec![
        ("institution", None, "required", Some("institution"), required.into()),
        ("institution", Some(json!(null)), "null", Some("institution"), null.into()),
        ("institution", Some(json!("")), "blank", Some("institution"), blank.into()),
        ("institution", Some(json!("  ")), "blank", Some("institution"), blank.into()),
        (
            "institution",
            Some(json!("narnia")),
            "does_not_exist",
            Some("institution"),
            unknown("narnia"),
        ),
        ("institution", Some(json!(9454)), "does_not_exist", Some("institution"), unknown("9454")),
        (
            "institution",
            Some(json!([])),
            "invalid",
            Some("institution"),
            "Not a valid string.".into(),
        ),
        ("username", None, "required", Some("username"), required.into()),
        ("username", Some(json!(null)), "null", Some("username"), null.into()),
        ("username", Some(json!("")), "blank", Some("username"), blank.into()),
        ("username", Some(json!(true)), "invalid", Some("username"), "Not a valid string.".into()),
        ("username2", Some(json!({})), "invalid", Some("username2"), "Not a valid string.".into()),
        (
            "access_mode",
            Some(json!("Australia")),
            "invalid_choice",
            Some("access_mode"),
            no_choice("Australia"),
        ),
        ("access_mode", Some(json!("")), "invalid_choice", Some("access_mode"), no_choice("")),
        ("access_mode", Some(json!(5)), "invalid_choice", Some("access_mode"), no_choice("5")),
        (
            "fetch_resources",
            Some(json!("EMPLOYMENT_RECORDS")),
            "not_a_list",
            None,
            not_a_list("str"),
        ),
        ("fetch_resources", Some(json!({})), "not_a_list", None, not_a_list("dict")),
        ("fetch_resources", Some(json!(1)), "not_a_list", None, not_a_list("int")),
        ("fetch_resources", Some(json!(1.5)), "not_a_list", None, not_a_list("float")),
        ("fetch_resources", Some(json!(true)), "not_a_list", None, not_a_list("bool")),
        (
            "fetch_resources",
            Some(json!(["TRANSACTIONS"])),
            "invalid",
            Some("resources"),
            resources.into(),
        ),
        (
            "fetch_resources",
            Some(json!(["OWNERS", 7])),
            "invalid",
            Some("resources"),
            resources.into(),
        ),
        (
            "external_id",
            Some(json!("ab")),
            "min_length",
            Some("external_id"),
            "Ensure this field has at least 3 characters.".into(),
        ),
        (
            "external_id",
            Some(json!("x".repeat(257))),
            "max_length",
            Some("external_id"),
            "Ensure this field has no more than 256 characters.".into(),
        ),
        ("external_id", Some(json!("")), "blank", Some("external_id"), blank.into()),
        ("external_id", Some(json!("a b c")), "invalid", Some("external_id"), characters.into()),
        ("external_id", Some(json!("niño")), "invalid", Some("external_id"), characters.into()),
        (
            "credentials_storage",
            Some(json!("0d")),
            "invalid",
            Some("credentials_storage"),
            storage.into(),
        ),
        (
            "credentials_storage",
            Some(json!("366d")),
            "invalid",
            Some("credentials_storage"),
            storage.into(),
        ),
        (
            "credentials_storage",
            Some(json!("+30d")),
            "invalid",
            Some("credentials_storage"),
            storage.into(),
        ),
        (
            "credentials_storage",
            Some(json!("1000d")),
            "invalid",
            Some("credentials_storage"),
            storage.into(),
        ),
        (
            "credentials_storage",
            Some(json!(30)),
            "invalid",
            Some("credentials_storage"),
            storage.into(),
        ),
        ("stale_in", Some(json!("soon")), "invalid", Some("stale_in"), stale.into()),
        ("stale_in", Some(json!("1000d")), "invalid", Some("stale_in"), stale.into()),
    ];
    let app = app().await;
    for (field, value, code, about, message) in cases {
        let mut body = json!({
            "institution": "planet_mx_employment",
            "username": CURP,
            "access_mode": "single",
        });
        match &value {
            Some(value) => body[field] = value.clone(),
            None => drop(body.as_object_mut().unwrap().remove(field)),
        }
        let problem = app.post("/api/links/", body).await.problem(400);
        let expected = (code.to_owned(), about.map(str::to_owned), message);
        assert_eq!(problem, expected, "{field}: {value:?}");
    }
}

/// Belvo's error page has the sentence; the guide leaves `fetch_historical` out.
#[actix_web::test]
async fn a_single_link_that_names_resources_may_not_refuse_their_history() {
    let app = app().await;
    let message = "For single links, you must set fetch_historical to true when using the \
                   resources request parameter.";
    let problem = app.create_link_with(CURP, json!({"fetch_historical": false})).await.problem(400);
    assert_eq!(problem, ("unsupported_operation".into(), None, message.into()));
    for fields in [
        json!({"fetch_historical": true}),
        json!({"fetch_historical": null}),
        json!({"fetch_historical": false, "fetch_resources": []}),
        json!({"fetch_historical": false, "access_mode": "recurrent"}),
    ] {
        app.create_link_with(CURP, fields).await.created();
    }
    app.advance(chrono::TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn the_storage_rules_name_no_field() {
    let recurrent = ("invalid_credentials_storage", "Recurrent links must store the credentials");
    let single =
        ("invalid_fetch_resources", "Single links without stored credentials must fetch resources");
    let cases = [
        (json!({"access_mode": "recurrent", "credentials_storage": "nostore"}), recurrent),
        (json!({"access_mode": "recurrent", "credentials_storage": "30d"}), recurrent),
        (json!({"access_mode": null, "credentials_storage": "365d"}), recurrent),
        (json!({"credentials_storage": "nostore", "fetch_resources": []}), single),
        (json!({"credentials_storage": "nostore", "fetch_resources": null}), single),
    ];
    let app = app().await;
    for (fields, (code, message)) in cases {
        let problem = app.create_link_with(CURP, fields.clone()).await.problem(400);
        assert_eq!(problem, (code.into(), None, message.into()), "{fields}");
    }
    for fields in [
        json!({"credentials_storage": "nostore"}),
        json!({"credentials_storage": "store"}),
        json!({"credentials_storage": "1d"}),
        json!({"access_mode": "recurrent", "credentials_storage": "store"}),
    ] {
        let link = app.create_link_with(CURP, fields.clone()).await.created();
        assert_eq!(link["credentials_storage"], fields["credentials_storage"]);
    }
}

#[actix_web::test]
async fn all_problems_of_a_body_come_together() {
    let body = json!({
        "institution": "narnia",
        "username": "",
        "access_mode": "recurrent",
        "external_id": "x",
        "credentials_storage": "nostore",
        "stale_in": "x",
        "fetch_resources": "OWNERS",
    });
    let problems = app().await.post("/api/links/", body).await.problems(400);
    let codes: Vec<(&str, Option<&str>)> =
        problems.iter().map(|(code, field, _)| (code.as_str(), field.as_deref())).collect();
    assert_eq!(
        codes,
        [
            ("does_not_exist", Some("institution")),
            ("blank", Some("username")),
            ("not_a_list", None),
            ("min_length", Some("external_id")),
            ("invalid", Some("stale_in")),
            ("invalid_credentials_storage", None),
        ]
    );
}

#[actix_web::test]
async fn an_external_id_that_looks_personal_becomes_null() {
    let app = app().await;
    for (external_id, stored) in [
        (CURP, Value::Null),
        ("LOLJ970312MBSPPN08", Value::Null),
        ("lolj970312mbsppn08", Value::Null),
        ("someone@example.com", Value::Null),
        ("12345678901", json!("12345678901")),
        ("a_B-9", json!("a_B-9")),
    ] {
        let link = app.create_link_with(CURP, json!({"external_id": external_id})).await.created();
        assert_eq!(link["external_id"], stored, "{external_id}");
    }
}

#[actix_web::test]
async fn broken_json_is_described_in_pythons_words() {
    let app = app().await;
    for (body, message) in [
        (
            "{\n  \"institution\": \"planet_mx_employment\", \"x\": \"yy\",\n}",
            "JSON parse error - Expecting property name enclosed in double quotes: line 3 column 1 (char 54)",
        ),
        ("nope", "JSON parse error - Expecting value: line 1 column 1 (char 0)"),
        ("{} {}", "JSON parse error - Extra data: line 1 column 4 (char 3)"),
    ] {
        let problem = app.post_text("/api/links/", body).await.problem(400);
        assert_eq!(problem, ("parse_error".into(), None, message.into()), "{body}");
    }
}

#[actix_web::test]
async fn bodies_that_are_no_object_are_refused() {
    let app = app().await;
    for (body, kind) in [("[]", "list"), ("\"x\"", "str"), ("1", "int"), ("null", "NoneType")] {
        let (code, field, message) = app.post_text("/api/links/", body).await.problem(400);
        assert_eq!((code.as_str(), field), ("invalid", None), "{body}");
        assert_eq!(message, format!("Invalid data. Expected a dictionary, but got {kind}."));
    }
    let problems = app.post_text("/api/links/", "").await.problems(400);
    assert_eq!(problems.len(), 2, "an empty body lacks the two required fields: {problems:?}");
}
