//! Generated working lives on the wire: their day, their traits, and what a CURP cannot have.

use std::fs;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{CURP, TestApp, app, app_with};

/// The flags of an emulator with one more scenario, whose profile is given.
fn with_profile(profile: &str) -> (tempfile::TempDir, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let scenario = format!(
        r#"{{"name": "mine", "description": "d", "when": {{"curp": "MINE980101MXXXXX00"}},
            "login": {{"accept": {{"data": {{"generate": {profile}}}}}}}}}"#
    );
    fs::write(directory.path().join("mine.json"), scenario).unwrap();
    let path = directory.path().to_str().unwrap().to_owned();
    (directory, vec!["--scenarios".to_owned(), path])
}

/// Returns the notes of the dry run and of the explanation of a login.
async fn notes<S>(app: &TestApp<S>, curp: &str, fields: Value) -> [Vec<String>; 2]
where
    S: actix_web::dev::Service<
            actix_http::Request,
            Response = actix_web::dev::ServiceResponse,
            Error = actix_web::Error,
        >,
{
    let texts = |answer: &Value| -> Vec<String> {
        let notes = answer["notes"].as_array().unwrap().iter();
        notes.map(|note| note.as_str().unwrap().to_owned()).collect()
    };
    let question = json!({"curp": curp, "institution": fields["institution"]});
    let tried = app.post("/_emulator/dry-run", question).await.ok();
    let created = app.create_link_with(curp, fields).await;
    let id = created.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned();
    let explained = app.get(&format!("/_emulator/requests/{id}")).await.ok();
    [texts(&tried), texts(&explained)]
}

#[actix_web::test]
async fn what_a_curp_cannot_have_is_said_before_and_after() {
    let imss = "imss_mx_employment";
    for (profile, institution, why) in [
        (r#"{"status": "EMPLOYED"}"#, imss, ""),
        (r#"{"status": "RETIRED"}"#, imss, "nobody has a pension before 60"),
        (
            r#"{"status": "EMPLOYED", "salary": [100, 120]}"#,
            imss,
            "salary asks for 100.00 to 120.00",
        ),
        (
            r#"{"status": "EMPLOYED", "salary": [9000, 9001]}"#,
            imss,
            "lay between 330.57 and 2932.75",
        ),
        (r#"{"status": "EMPLOYED", "age_at_first_job": 40}"#, imss, "the first job begins at 2"),
        (
            r#"{"status": "EMPLOYED", "sector": "MINING"}"#,
            "issste_mx_employment",
            "sector changes nothing: the government employs",
        ),
    ] {
        let (_directory, flags) = with_profile(profile);
        let app = app_with(&flags.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let fields = json!({"institution": institution});
        let [before, after] = notes(&app, "MINE980101MXXXXX00", fields).await;
        assert_eq!(before, after, "{profile}");
        match why {
            "" => assert_eq!(after, Vec::<String>::new(), "{profile}"),
            why => {
                assert_eq!(after.len(), 1, "{profile}: {after:?}");
                assert!(after[0].contains(why), "{profile}: {after:?}");
                assert!(after[0].contains("its scenario mine asks for"), "{after:?}");
            }
        }
    }
}

#[actix_web::test]
async fn children_and_the_very_old_are_told_of_and_the_test_curp_is_not() {
    let app = app().await;
    for (curp, why) in [
        ("LOPA150101MDFRRNA1", "nobody works before 15"),
        ("LOPA280101MDFRRNA1", "the person is not yet born"),
        ("LOPA300101MDFRRN01", "nobody works from 75 on"),
        (CURP, ""),
    ] {
        let [before, after] = notes(&app, curp, json!({"institution": "imss_mx_employment"})).await;
        assert_eq!(before, after, "{curp}");
        assert_eq!(after.len(), usize::from(!why.is_empty()), "{curp}: {after:?}");
        assert!(after.iter().all(|note| note.contains(why)), "{curp}: {after:?}");
    }
}

#[actix_web::test]
async fn a_fixed_day_gives_the_same_careers_at_any_time() {
    let record = async |flags: &[&str], days: i64| {
        let app = app_with(flags).await;
        app.advance(TimeDelta::days(days));
        let link = app.create_link(CURP).await.id();
        app.advance(TimeDelta::seconds(15));
        let record = app.records_of(&link).await["results"][0].clone();
        let spells = record["employment_records"].as_array().unwrap().clone();
        spells.iter().map(|spell| spell["start_date"].clone()).collect::<Vec<Value>>()
    };
    let fixed = ["--careers-as-of", "2025-06-30"];
    assert_eq!(record(&fixed, 0).await, record(&fixed, 900).await);
    let later = record(&[], 900).await;
    let [first, last] = [&later[0], later.last().unwrap()];
    assert_eq!(record(&fixed, 0).await[0], *first, "the past is the same");
    assert!(last.as_str().unwrap() > "2024", "somebody of 33 had a new job since: {later:?}");
}

#[test]
fn a_day_that_is_none_is_refused() {
    for day in ["2019-02-30", "yesterday", "1900-01-01", ""] {
        let refused = belvo_emulator::Config::from_flags(["--careers-as-of", day]);
        let sentence = refused.err().unwrap();
        assert!(sentence.contains("--careers-as-of"), "{sentence}");
        assert!(sentence.contains("expected a day from 1944-01-01 to 2200-12-31"), "{sentence}");
    }
}

#[test]
fn traits_that_nobody_can_have_are_mistakes_of_the_file() {
    for (traits, sentence) in [
        (r#""employers": [0, 2]"#, "Expected a number from 1 to 40, not 0."),
        (r#""employer": " ""#, "Expected the name of an employer, 1 to 200 letters."),
        (r#""salary": [500]"#, "Expected a list of 2 values, not of 1."),
        (r#""salary": [600, 500]"#, "such as [400, 600], above 0 and up to 1000000"),
        (r#""salary": [-1, 500]"#, "not [-1.0, 500.0]"),
        (r#""state": "JALISCOO""#, "did you mean \"JALISCO\"?"),
        (r#""state": 14"#, "Expected a text or null, not 14."),
        (r#""sector": "MINE""#, "\"MINE\" is not among: AGRICULTURE, MINING, "),
        (r#""concurrent_jobs": 0"#, "Expected a number from 1 to 4, not 0."),
        (r#""concurrent_jobs": 5"#, "Expected a number from 1 to 4, not 5."),
        (r#""age_at_first_job": 14"#, "Expected a number from 15 to 60, not 14."),
        (r#""employers": [1, 2], "concurrent_jobs": 3"#, "employers allows 2 at most"),
        (r#""source": "ISSSTE", "sector": "HEALTH""#, "sector says nothing with"),
        (r#""source": "ISSSTE", "state": "JALISCO""#, "state says nothing with"),
        (r#""source": "ISSSTE", "employer": "SALUD""#, "employer needs two names joined by ;"),
        (r#""salaries": [1, 2]"#, "\"salaries\" is no key here"),
    ] {
        let (_directory, flags) = with_profile(&format!(r#"{{"status": "EMPLOYED", {traits}}}"#));
        let refused = belvo_emulator::Config::from_flags(&flags).err();
        let found = refused.unwrap_or_else(|| panic!("{traits} is accepted"));
        assert!(found.contains("mine.json:2:") && found.contains(sentence), "{traits}: {found}");
    }
    let (_directory, flags) = with_profile(r#"{"status": "UNEMPLOYED", "concurrent_jobs": 1}"#);
    let found = belvo_emulator::Config::from_flags(&flags).err().unwrap();
    assert!(found.contains("concurrent_jobs needs a person with a job"), "{found}");
}
