//! A snapshot that is restored beside a scenario file that was edited since.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{RECEIVER, app_with};

const SNAPSHOT: &str = "/_emulator/snapshot";
const PERSON: &str = "EDIT900101MXXXXX00";

/// A step that refuses all logins with a message of its own.
fn refusing(message: &str) -> Value {
    let refusal = json!({"status": 400, "code": "login_error", "message": message});
    json!({"after": "10d", "event": {"refuse_logins": refusal}})
}

/// A directory with a scenario of these steps, after the data was loaded.
fn scenario_with(steps: &[Value]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut later = vec![json!({"event": "load"}), json!({"event": "webhook"})];
    later.extend_from_slice(steps);
    let scenario = json!({
        "name": "edited",
        "description": "Is edited while snapshots of its links exist",
        "when": {"curp": PERSON},
        "login": {"accept": {"data": {"generate": {"status": "EMPLOYED", "employers": [1, 1]}}, "later": later}},
    });
    std::fs::write(directory.path().join("edited.json"), scenario.to_string()).unwrap();
    directory
}

/// An account whose link is refused by the first of two steps, the second still to come.
async fn snapshot() -> Value {
    let directory = scenario_with(&[refusing("The first"), refusing("The second")]);
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    app.create_link(PERSON).await.created();
    app.advance(TimeDelta::days(11));
    app.get(SNAPSHOT).await.ok()
}

#[actix_web::test]
async fn a_restored_link_runs_the_steps_that_it_had_before_the_scenario_was_edited() {
    let file = snapshot().await;
    let other = json!({"event": {"refuse_logins": refusing("Another")["event"]["refuse_logins"]}});
    let directory = scenario_with(&[other, refusing("The first"), refusing("The second")]);
    let flags = ["--scenarios", directory.path().to_str().unwrap(), "--webhook-url", RECEIVER];
    let app = app_with(&flags).await;
    app.put(SNAPSHOT, file.clone()).await.ok();
    let link = file["account"]["links"][0]["id"].as_str().unwrap();
    assert_eq!(app.retrieve(link).await.problem(400).2, "The first");
    app.advance(TimeDelta::days(10));
    assert_eq!(app.retrieve(link).await.problem(400).2, "The second");
}

#[actix_web::test]
async fn a_snapshot_whose_step_was_edited_away_is_refused_with_its_place() {
    let file = snapshot().await;
    let cases = [
        (vec![refusing("The second")], "account.links[0].credentials"),
        (vec![refusing("The first")], "account.scheduled[0]"),
        (vec![refusing("The first"), refusing("Changed")], "account.scheduled[0]"),
    ];
    for (steps, place) in cases {
        let directory = scenario_with(&steps);
        let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
        let (_, field, message) = app.put(SNAPSHOT, file.clone()).await.problem(400);
        assert_eq!(field.as_deref(), Some(place), "{message}");
    }
}
