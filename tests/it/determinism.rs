//! The same seed and the same requests give the same bytes, whoever else is served meanwhile.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, RECEIVER, app_with};

/// The answers to a script, and the webhooks; with other accounts in between, or without.
async fn run_script(flags: &[&str], others_before: usize, others_between: usize) -> Vec<String> {
    let app = app_with(&[&["--webhook-url", RECEIVER], flags].concat()).await;
    let mut log = Vec::new();
    let others = async |count: usize| {
        for number in 0..count {
            app.log_in_as("other", &number.to_string());
            app.create_link(["TWIN900101MXXXXX00", "nope", CURP][number % 3]).await;
            app.get("/api/links/?id=bad").await.problems(400);
        }
        app.log_in_as("id", "password");
    };
    let keep =
        |log: &mut Vec<String>, bytes: &[u8]| log.push(String::from_utf8_lossy(bytes).into());
    others(others_before).await;
    for curp in [CURP, "GOVT850101MXXXXX00", "FAIL400002HXXXXX00", "TWIN900101MXXXXX00", "short"] {
        let fields = json!({"external_id": "user-1", "username2": format!("{curp}@example.com")});
        keep(&mut log, &app.create_link_with(curp, fields).await.body);
        others(others_between).await;
        app.advance(TimeDelta::milliseconds(1500));
    }
    app.advance(TimeDelta::seconds(30));
    let own: Vec<String> = app.get("/api/links/").await.ok()["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["id"].as_str().unwrap().to_owned())
        .collect();
    for sent in app.send_webhooks() {
        if own.iter().any(|id| sent.body()["link_id"] == id.as_str()) {
            keep(&mut log, &sent.bytes);
        }
    }
    for path in ["/api/links/", "/api/employment-records/", "/api/links/nope/"] {
        keep(&mut log, &app.get(path).await.body);
    }
    log
}

#[actix_web::test]
async fn the_same_seed_gives_the_same_bytes_ids_included() {
    assert_eq!(run_script(&[], 0, 0).await, run_script(&[], 0, 0).await);
}

#[actix_web::test]
async fn other_accounts_change_nothing() {
    let alone = run_script(&[], 0, 0).await;
    assert_eq!(alone, run_script(&[], 3, 2).await);
    assert_eq!(alone, run_script(&[], 0, 7).await);
}

#[actix_web::test]
async fn another_seed_gives_other_ids_and_another_person() {
    let (one, two) = (run_script(&[], 0, 0).await, run_script(&["--seed", "8"], 0, 0).await);
    assert!(one.iter().zip(&two).all(|(one, two)| one != two));
}

/// The files need no redaction: ids and times follow from the seed and the clock. After an intended
/// change, `UPDATE_GOLDEN=1 cargo test golden` writes them anew.
#[actix_web::test]
async fn golden_files() {
    let app = app_with(&["--webhook-url", RECEIVER]).await;
    let fields = json!({"external_id": "user-1", "username2": "someone@example.com"});
    let link = app.create_link_with(CURP, fields).await;
    let government = app.create_link("GOVT850101MXXXXX00").await.id();
    let refused = app.create_link("FAIL400002HXXXXX00").await;
    app.advance(TimeDelta::seconds(15));
    let webhook = app.send_webhooks().remove(0);
    let records = |link: String| format!("/api/employment-records/?link={link}");
    let files = [
        ("link", link.body.clone()),
        ("login_error", refused.body),
        ("webhook", webhook.bytes),
        ("records_imss", app.get(&records(link.id())).await.body),
        ("records_issste", app.get(&records(government)).await.body),
    ];
    for (name, bytes) in files {
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let shown = serde_json::to_string_pretty(&value).unwrap() + "\n";
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/golden/{name}.json"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &shown).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap();
        assert_eq!(shown, golden, "{name}.json differs; see this test's comment");
    }
}
