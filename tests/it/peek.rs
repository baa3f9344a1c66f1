//! Lists for those who look on: as Belvo's, without a trace.

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{CURP, app_with};

#[actix_web::test]
async fn looking_on_shows_the_lists_and_leaves_no_trace() {
    let app = app_with(&["--rate-limits", "documented"]).await;
    let link = app.create_link(CURP).await.id();
    app.advance(TimeDelta::seconds(15));
    let fault = json!({"fault": {"status": {"status": 500, "code": "a", "message": "b"}}});
    app.post("/_emulator/faults", fault).await.created();
    app.post("/_emulator/armed", json!({"scenario": "unexpected_error", "operation": "ListLinks"}))
        .await
        .created();
    for _ in 0..400 {
        let links = app.get("/_emulator/links?fields=id").await.ok();
        assert_eq!(links["results"][0]["id"], *link);
    }
    let records = app.get(&format!("/_emulator/employment-records?link={link}")).await.ok();
    assert_eq!(records["results"][0]["internal_identification"], CURP);
    app.get("/_emulator/links?page=2").await.problem(404);
    app.get("/_emulator/links?created_at=soon").await.problem(400);

    let requests = app.get("/_emulator/requests").await.ok();
    assert_eq!(requests["requests"].as_array().unwrap().len(), 1, "{requests}");
    let faults = app.get("/_emulator/faults").await.ok();
    assert_eq!(faults["faults"][0]["matched"], 0);
    assert_eq!(app.get("/_emulator/armed").await.ok()["armed"][0]["left"], 1);
}
