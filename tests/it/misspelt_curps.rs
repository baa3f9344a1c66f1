//! A CURP of the reserved form that no scenario claims is refused, because no person has it.

use serde_json::{Value, json};

use crate::app::{CURP, app, app_with};

const HEADER: &str = "X-Emulator-Scenario";

#[actix_web::test]
async fn a_misspelt_reserved_curp_is_refused_with_the_nearest() {
    let app = app().await;
    for (curp, nearest) in [
        ("FAIL400002MXXXXX00", "FAIL400002HXXXXX00"),
        ("MUTE900101MXXXXX00", "MUTE900101HXXXXX00"),
        ("FAIL400004HXXXXX00", "FAIL400001HXXXXX00"),
        ("FIAL428001HXXXXX00", "FAIL428001HXXXXX00"),
    ] {
        let (code, field, message) = app.create_link(curp).await.problem(400);
        assert_eq!((&*code, field.as_deref()), ("invalid", Some("username")), "{message}");
        let expected = format!(
            "No scenario claims the CURP {curp}, and no person has it: CURPs that end in XXXXX00 \
             are kept for scenarios. Did you mean {nearest}?"
        );
        assert_eq!(message, expected);
        let dry_run = app.post("/_emulator/dry-run", json!({"curp": curp})).await.ok();
        assert_eq!(dry_run["refusal"]["message"], *expected);
        assert_eq!(dry_run["scenario"], Value::Null);
    }
    assert_eq!(app.get("/api/links/").await.ok()["count"], 0);
}

#[actix_web::test]
async fn a_curp_that_can_be_a_persons_is_never_refused_so() {
    let app = app().await;
    // There is no state XX, but each of these differs from the reserved form.
    for curp in [CURP, "XXXX900101HXXXXX01", "XEXX010101HNEXXXA4", "FAIL400002HDFXXX00"] {
        app.create_link(curp).await.created();
    }
}

#[actix_web::test]
async fn whoever_names_the_scenario_gets_it_with_any_curp() {
    let app = app().await;
    let misspelt = "MUTE900101MXXXXX00";
    let body = json!({"institution": "planet_mx_employment", "username": misspelt});
    let request = app.request(actix_web::http::Method::POST, "/api/links/").set_json(body);
    app.call(request.insert_header((HEADER, "employed"))).await.created();
    app.post("/_emulator/armed", json!({"scenario": "no_records"})).await.created();
    app.create_link(misspelt).await.created();
    app.create_link(misspelt).await.problem(400);
}

/// With Belvo's limits the rule of this scenario holds for every CURP; its own stays reserved.
#[actix_web::test]
async fn the_curp_of_the_daily_limit_stays_known_with_belvos_limits() {
    let app = app_with(&["--rate-limits", "documented"]).await;
    app.create_link("FAIL403001HXXXXX00").await.created();
}
