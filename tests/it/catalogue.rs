//! `GET /_emulator/scenarios`: every scenario, with what a registration would bring.

use serde_json::{Value, json};

use crate::app::{CURP, app_with};
use crate::process::run;

const PATH: &str = "/_emulator/scenarios";

fn named<'a>(page: &'a Value, name: &str) -> &'a Value {
    let scenarios = page["scenarios"].as_array().unwrap();
    scenarios.iter().find(|scenario| scenario["name"] == name).unwrap()
}

#[actix_web::test]
async fn the_list_is_that_of_the_command_line_and_its_pages_partition_it() {
    let app = app_with(&[]).await;
    let all = app.get(PATH).await.ok();
    let rows = run(&["scenarios", "--format", "json"]).json();
    let (rows, all) = (rows.as_array().unwrap(), all["scenarios"].as_array().unwrap());
    assert_eq!(rows.len(), all.len());
    for (row, scenario) in rows.iter().zip(all) {
        for key in ["name", "description", "curp", "rule"] {
            assert_eq!(row[key], scenario[key]);
        }
        let status = scenario["refusal"]["status"].as_u64().unwrap_or(201);
        assert_eq!(row["status"], status, "{scenario}");
        assert_eq!(row["code"], scenario["refusal"]["code"], "{scenario}");
        assert!(scenario["scheduled"].as_array().unwrap().is_empty() == (status >= 400));
    }
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{PATH}?limit=7{after}")).await.ok();
        paged.extend(page["scenarios"].as_array().unwrap().clone());
        let Some(next) = page["next_after"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(paged, *all);
}

#[actix_web::test]
async fn a_scenario_shows_its_group_and_its_future() {
    let page = app_with(&[]).await.get(PATH).await.ok();
    for (name, group) in [
        ("employed", "people"),
        ("no_records", "people"),
        ("nss_not_found", "refusals"),
        ("token_required", "refusals"),
        ("job_changes", "later_events"),
        ("refused_later", "later_events"),
        ("webhook_never", "webhook_mishaps"),
        ("webhook_twice", "webhook_mishaps"),
        ("slow_institution", "webhook_mishaps"),
        ("persona_nurse", "personas"),
        ("persona_market_vendor", "personas"),
    ] {
        assert_eq!(named(&page, name)["group"], group, "{name}");
    }
    let changes = named(&page, "job_changes")["scheduled"].as_array().unwrap().clone();
    let raise = json!({"after": "50d 15s", "what": "raise"});
    assert!(changes.contains(&raise), "{changes:#?}");
    let refusal = &named(&page, "nss_not_found")["refusal"];
    assert_eq!(refusal["message"], "El NSS no fue localizado en el IMSS");
}

#[actix_web::test]
async fn own_scenarios_are_listed_and_nothing_is_changed() {
    let directory = tempfile::tempdir().unwrap();
    let own = json!({
        "name": "mine",
        "description": "One of my own",
        "login": {"accept": {"data": {"records": []}}},
    });
    std::fs::write(directory.path().join("mine.json"), own.to_string()).unwrap();
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    app.create_link(CURP).await.created();
    let before = app.get("/_emulator/snapshot").await.ok();
    let page = app.get(PATH).await.ok();
    assert_eq!(named(&page, "mine")["group"], "own");
    assert!(named(&page, "mine")["file"].as_str().unwrap().ends_with("mine.json"));
    assert_eq!(app.get("/_emulator/snapshot").await.ok(), before);

    let (_, field, message) = app.get(&format!("{PATH}?after=nobody")).await.problem(400);
    assert_eq!(field.as_deref(), Some("after"));
    assert!(message.contains("No scenario is named \"nobody\""), "{message}");
    app.get(&format!("{PATH}?limit=0")).await.problem(400);
}
