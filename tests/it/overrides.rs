//! Generated records of which a scenario file changes some values.

use std::fs;
use std::path::Path;

use belvo_emulator::Config;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::app_with;

const PERSON: &str = "PINS900101MXXXXX00";

/// Writes a scenario of a person with these data, to whom these steps happen.
fn write(directory: &Path, status: &str, overrides: &Value, steps: &[Value]) {
    let mut data = json!({"generate": {"status": status, "employers": [2, 2]}});
    if !overrides.is_null() {
        data["override"] = overrides.clone();
    }
    let mut later = vec![json!({"event": "load"}), json!({"event": "webhook"})];
    later.extend_from_slice(steps);
    let scenario = json!({
        "name": "pinned",
        "description": "As generated, but",
        "when": {"curp": PERSON},
        "login": {"accept": {"data": data, "later": later}},
    });
    fs::write(directory.join("pinned.json"), scenario.to_string()).unwrap();
}

/// The record of the person some days after the link was created, and retrieved once more.
async fn record_after(days: i64, status: &str, overrides: Value, steps: &[Value]) -> Value {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), status, &overrides, steps);
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    let link = app.create_link(PERSON).await.created();
    app.advance(TimeDelta::days(days));
    app.send_webhooks();
    app.retrieve(link["id"].as_str().unwrap()).await.created()[0].clone()
}

async fn record(status: &str, overrides: Value) -> Value {
    record_after(1, status, overrides, &[]).await
}

fn last_spell(record: &Value) -> &Value {
    record["employment_records"].as_array().unwrap().last().unwrap()
}

fn weeks(record: &Value) -> i64 {
    let spells = record["employment_records"].as_array().unwrap();
    spells.iter().map(|spell| spell["weeks_employed"].as_i64().unwrap()).sum()
}

/// The differences of two values, each with the path to it.
fn changed(one: &Value, other: &Value, path: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
            for (key, value) in one {
                changed(value, &other[key], &format!("{path}.{key}"), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                changed(one, other, &format!("{path}.{index}"), found);
            }
        }
        _ if one == other => {}
        _ => found.push(path.trim_start_matches('.').to_owned()),
    }
}

#[actix_web::test]
async fn a_pinned_salary_changes_what_follows_from_it_and_nothing_else() {
    let generated = record("EMPLOYED", Value::Null).await;
    let keys = json!({"current": {"most_recent_base_salary": 500}});
    let pinned = record("EMPLOYED", json!({"employment_records": keys})).await;
    let spell = last_spell(&pinned);
    assert_eq!(
        (&spell["most_recent_base_salary"], &spell["monthly_salary"]),
        (&json!(500.0), &json!(15208.33))
    );
    let update = spell["employment_status_updates"].as_array().unwrap().last().unwrap();
    assert_eq!(update["base_salary"], 500.0);
    let estimate = pinned["salary_estimation"]["base_salary_estimate"].as_f64().unwrap();
    assert!((480.0..520.0).contains(&estimate), "{estimate}");
    let mut found = Vec::new();
    changed(&generated, &pinned, "", &mut found);
    let follows = |path: &String| {
        path.ends_with("salary") || path == "salary_estimation.base_salary_estimate"
    };
    assert!(found.iter().all(follows) && found.len() >= 4, "{found:?}");
}

#[actix_web::test]
async fn a_monthly_salary_brings_the_daily_one_and_both_stay_as_they_are_written() {
    let keys = json!({"current": {"monthly_salary": 15208.33}});
    let pinned = record("EMPLOYED", json!({"employment_records": keys})).await;
    assert_eq!(last_spell(&pinned)["most_recent_base_salary"], 500.0);
    let keys = json!({"last": {"monthly_salary": 9000, "most_recent_base_salary": 400}});
    let both = record("EMPLOYED", json!({"employment_records": keys})).await;
    let spell = last_spell(&both);
    assert_eq!(
        (&spell["most_recent_base_salary"], &spell["monthly_salary"]),
        (&json!(400.0), &json!(9000.0))
    );
}

#[actix_web::test]
async fn objects_are_merged_lists_are_replaced_and_null_is_a_value() {
    let generated = record("EMPLOYED", Value::Null).await;
    let overrides = json!({
        "personal_data": {"first_name": "ANA", "birth_date": null, "entitlements": {"valid_until": "2030-01-31"}},
        "social_security_summary": {"weeks_redeemed": 7},
        "employment_records": {"first": {"employer": "LA ESQUINA SA DE CV"}},
        "employment_scores": [],
        "salary_estimation": null,
    });
    let changed = record("EMPLOYED", overrides).await;
    let (person, before) = (&changed["personal_data"], &generated["personal_data"]);
    assert_eq!((&person["first_name"], &person["birth_date"]), (&json!("ANA"), &Value::Null));
    assert_eq!(person["last_name"], before["last_name"]);
    let whole_name = format!("ANA {}", before["last_name"].as_str().unwrap());
    assert_eq!(person["official_name"], whole_name);
    assert_eq!(person["entitlements"]["valid_until"], "2030-01-31");
    assert_eq!(person["entitlements"]["status"], "EMPLOYED");
    let weeks = &changed["social_security_summary"];
    assert_eq!(weeks["weeks_redeemed"], 7);
    assert_eq!(
        weeks["weeks_contributed"],
        generated["social_security_summary"]["weeks_contributed"]
    );
    assert_eq!(changed["employment_records"][0]["employer"], "LA ESQUINA SA DE CV");
    assert_eq!(
        (&changed["employment_scores"], &changed["salary_estimation"]),
        (&json!([]), &Value::Null)
    );
}

/// ISSSTE has no summary of social security.
#[actix_web::test]
async fn a_part_that_is_null_begins_with_zeros() {
    let directory = tempfile::tempdir().unwrap();
    write(
        directory.path(),
        "EMPLOYED",
        &json!({"social_security_summary": {"weeks_redeemed": 7}}),
        &[],
    );
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    let institution = json!({"institution": "issste_mx_employment"});
    let link = app.create_link_with(PERSON, institution).await.created();
    let record = app.retrieve(link["id"].as_str().unwrap()).await.created()[0].clone();
    let expected = json!({"weeks_redeemed": 7, "weeks_reinstated": 0, "weeks_contributed": 0});
    assert_eq!(record["social_security_summary"], expected);
    app.advance(TimeDelta::days(1));
    app.send_webhooks();
}

#[actix_web::test]
async fn dates_bring_weeks_events_and_entitlements() {
    let generated = record("EMPLOYED", Value::Null).await;
    let ended = json!({"current": {"start_date": "2020-01-06", "end_date": "2021-01-04"}});
    let record_of_ended = record("EMPLOYED", json!({"employment_records": ended})).await;
    let spells = record_of_ended["employment_records"].as_array().unwrap();
    let spell = spells.iter().find(|spell| spell["start_date"] == "2020-01-06").unwrap();
    assert_eq!((&spell["end_date"], &spell["weeks_employed"]), (&json!("2021-01-04"), &json!(52)));
    let updates = spell["employment_status_updates"].as_array().unwrap();
    assert_eq!(updates.first().unwrap()["update_date"], "2020-01-06");
    let left = updates.last().unwrap();
    assert_eq!(
        (&left["event"], &left["update_date"]),
        (&json!("DISMISSED_RESIGNED"), &json!("2021-01-04"))
    );
    assert_eq!(record_of_ended["personal_data"]["entitlements"]["status"], "UNEMPLOYED");
    assert_eq!(
        record_of_ended["personal_data"]["entitlements"]["entitled_to_company_benefits"],
        false
    );
    assert_eq!(record_of_ended["salary_estimation"]["base_salary_estimate"], 0.0);
    let contributed =
        |record: &Value| record["social_security_summary"]["weeks_contributed"].as_i64().unwrap();
    let by_weeks = weeks(&record_of_ended) - weeks(&generated);
    assert_eq!(contributed(&record_of_ended) - contributed(&generated), by_weeks);

    let goes_on = json!({"last": {"start_date": "2022-03-01", "end_date": null}});
    let back = record("UNEMPLOYED", json!({"employment_records": goes_on})).await;
    let entitlements = &back["personal_data"]["entitlements"];
    assert_eq!(
        (&entitlements["status"], &entitlements["valid_until"]),
        (&json!("EMPLOYED"), &Value::Null)
    );
    let spell = last_spell(&back);
    let events = spell["employment_status_updates"].to_string();
    assert!(spell["end_date"].is_null() && !events.contains("DISMISSED_RESIGNED"), "{events}");
}

#[actix_web::test]
async fn steps_change_what_is_pinned() {
    let keys = json!({"employment_records": {"current": {"most_recent_base_salary": 500}}});
    let raise = [json!({"after": "30d", "event": "raise"})];
    let raised = record_after(40, "EMPLOYED", keys.clone(), &raise).await;
    let salary = last_spell(&raised)["most_recent_base_salary"].as_f64().unwrap();
    assert!(salary > 500.0 && salary < 1000.0, "{salary}");
    let loss = [json!({"after": "30d", "event": "job_loss"})];
    let lost = record_after(40, "EMPLOYED", keys, &loss).await;
    let spell = last_spell(&lost);
    assert_eq!(spell["most_recent_base_salary"], 500.0);
    assert!(spell["end_date"].is_string(), "{spell}");
    assert_eq!(lost["personal_data"]["entitlements"]["status"], "UNEMPLOYED");
}

#[test]
fn what_cannot_be_is_a_mistake_of_the_file_at_its_place() {
    let spells = |keys: Value| json!({"employment_records": keys});
    let cases = [
        ("EMPLOYED", json!({"salary": 1}), "salary"),
        ("EMPLOYED", json!({"personal_data": {"name": "ANA"}}), "name"),
        ("EMPLOYED", json!({"social_security_summary": {"weeks_redeemed": "7"}}), "a whole number"),
        ("EMPLOYED", spells(json!({"current": {"most_recent_base_salary": "500"}})), "a number"),
        ("EMPLOYED", spells(json!({"currant": {"state": null}})), "current"),
        ("EMPLOYED", spells(json!([])), "an object"),
        ("EMPLOYED", spells(json!({"current": {"collected_at": "2020-01-01"}})), "collected_at"),
        ("EMPLOYED", spells(json!({"current": {"start_date": "2020-13-01"}})), "start_date"),
        (
            "EMPLOYED",
            spells(json!({"current": {"start_date": "2021-01-01", "end_date": "2020-01-01"}})),
            "would end on 2020-01-01, before it begins on 2021-01-01",
        ),
        (
            "EMPLOYED",
            spells(json!({"current": {"end_date": "2020-01-01"}})),
            "without a start_date",
        ),
        ("EMPLOYED", spells(json!({"first": {"start_date": "2020-01-01"}})), "without an end_date"),
        ("RETIRED", spells(json!({"current": {"state": null}})), "no current job"),
    ];
    for (status, overrides, expected) in cases {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), status, &overrides, &[]);
        let flags = ["--scenarios".into(), directory.path().as_os_str().to_owned()];
        let Err(sentence) = Config::from_flags(flags) else { panic!("accepted: {overrides}") };
        assert!(sentence.contains("pinned.json:1:"), "{sentence}");
        assert!(sentence.contains(expected), "{overrides}: {sentence}");
    }
}
