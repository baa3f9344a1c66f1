//! The ten documented IMSS errors, and the others that a login can meet. The table is written out
//! here, not read from `scenarios/`: it is what the files are checked against.

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{Answer, CURP, RECEIVER, app, app_with};

const INTERNAL: &str = "Belvo is unable to process the request due to an internal system issue or \
                        to an unsupported response from an institution";

#[track_caller]
fn assert_problem(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.problem(status), (code.into(), None, message.into()));
}

#[actix_web::test]
async fn reserved_curps_bring_their_errors_byte_for_byte() {
    #[rustfmt::skip]
    let cases = [
        ("FAIL400001HXXXXX00", 400, "invalid_credentials", "El NSS capturado no coincide con la CURP"),
        ("FAIL400002HXXXXX00", 400, "login_error", "El NSS no fue localizado en el IMSS"),
        ("FAIL400003HXXXXX00", 400, "login_error", "El CURP proporcionado no fue localizado en la entidad externa RENAPO"),
        ("BLPM951331IONVGR5-", 400, "login_error", "CURP es incorrecto"),
        ("blpm951331ionvgr54", 400, "login_error", "CURP es incorrecto"),
        ("BLPM95133IIONVGR54", 400, "login_error", "CURP es incorrecto"),
        ("BLPM951331IONVGR5Ñ", 400, "login_error", "CURP es incorrecto"),
        ("BLPM951331IONVGR5", 400, "login_error", "Por favor, ingresa un CURP válido. Debe contener 18 caracteres"),
        ("BLPM951331IONVGR544", 400, "login_error", "Por favor, ingresa un CURP válido. Debe contener 18 caracteres"),
        ("x", 400, "login_error", "Por favor, ingresa un CURP válido. Debe contener 18 caracteres"),
        ("FAIL400006HXXXXX00", 400, "login_error", "La persona no cuenta con NSS"),
        ("FAIL400007HXXXXX00", 400, "login_error", "Los datos registrados en el IMSS asociados a la CURP, presentan alguna inconsistencia, por favor acude a tu Subdelegación para obtener tu Número de Seguridad Social."),
        ("FAIL400008HXXXXX00", 400, "login_error", "Es necesario que acudas a la subdelegación más cercana a tu domicilio a presentar tu trámite"),
        ("FAIL400011HXXXXX00", 400, "institution_down", "The financial institution is down, try again later"),
        ("FAIL400012HXXXXX00", 400, "institution_unavailable", "The financial institution is unavailable"),
        ("FAIL400013HXXXXX00", 400, "institution_inactive", "The institution has been temporarily deactivated"),
        ("FAIL400014HXXXXX00", 400, "unavailable_data", "The institution did not return any data for the request."),
        ("FAIL400015HXXXXX00", 400, "too_many_sessions", "Impossible to login, a session is already opened with the institution for these credentials"),
        ("FAIL400016HXXXXX00", 400, "validation_error", "Bad request"),
        ("FAIL400018HXXXXX00", 400, "activation_failed", "The credentials provided were not accepted by the institution."),
        ("FAIL400021HXXXXX00", 400, "login_error", "Invalid credentials provided to login to the institution"),
        ("FAIL400022HXXXXX00", 400, "login_error", "A MFA token is required by the institution, but it's not supported yet by Belvo."),
        ("FAIL400023HXXXXX00", 400, "login_error", "Impossible to login, something unexpected happened while logging into the institution. Try again later."),
        ("FAIL400024HXXXXX00", 400, "login_error", "Login not attempted due to invalid credentials"),
        ("FAIL400025HXXXXX00", 400, "login_error", "Missing credentials to login to the institution"),
        ("FAIL400026HXXXXX00", 400, "login_error", "The user account access was forbidden by the institution"),
        ("FAIL400027HXXXXX00", 400, "login_error", "The user account is locked, user needs to contact the institution to unlock it"),
        ("FAIL403003HXXXXX00", 403, "access_to_production_denied", "You don’t have access to production API."),
        ("FAIL403004HXXXXX00", 403, "permission_denied", "You do not have permission to perform this action."),
        ("FAIL403005HXXXXX00", 403, "quota_limit_reached", "The quota limit has been reached."),
        ("FAIL428002HXXXXX00", 428, "activation_required", "This user doesn't have web access activated yet."),
        ("FAIL403002HXXXXX00", 403, "access_to_resource_denied", "You don't have access to this resource."),
        ("FAIL408001HXXXXX00", 408, "request_timeout", "The request timed out, you can retry asking for less data by changing your query parameters"),
        ("FAIL500001HXXXXX00", 500, "unexpected_error", INTERNAL),
        ("FAIL500002HXXXXX00", 500, "service_unavailable", INTERNAL),
    ];
    let app = app().await;
    for (curp, status, code, message) in cases {
        assert_problem(&app.create_link(curp).await, status, code, message);
    }
    assert_eq!(app.get("/api/links/").await.ok()["count"], 0, "a refused login makes no link");
}

#[actix_web::test]
async fn a_second_link_of_a_person_is_a_duplicate_where_the_curp_asks_for_it() {
    let app = app().await;
    let link = app.create_link("FAIL400017HXXXXX00").await.created();
    let answer = app.create_link("FAIL400017HXXXXX00").await;
    assert_eq!(answer.status, 400);
    let problem = answer.json()[0].clone();
    assert_eq!(
        (&problem["code"], &problem["message"]),
        (&json!("duplicated"), &json!("Link already exists"))
    );
    assert_eq!(problem["institution_user_id"], link["institution_user_id"]);
    let elsewhere = json!({"institution": "imss_mx_employment"});
    app.create_link_with("FAIL400017HXXXXX00", elsewhere).await.created();
    app.delete(&format!("/api/links/{}/", link["id"].as_str().unwrap())).await.no_content();
    app.create_link("FAIL400017HXXXXX00").await.created();
}

const EMAIL_TAKEN: &str = "El correo ya está registrado con otro CURP";

#[actix_web::test]
async fn an_email_belongs_to_one_curp_as_long_as_it_has_a_link() {
    let app = app().await;
    let (owner, other) = (CURP, "LOLJ970312MBSPPN08");
    let email = json!({"username2": "someone@example.com"});
    let first = app.create_link_with(owner, email.clone()).await.id();
    let second = app.create_link_with(owner, email.clone()).await.id();
    assert_problem(
        &app.create_link_with(other, email.clone()).await,
        400,
        "login_error",
        EMAIL_TAKEN,
    );
    let capitals = json!({"username2": "Someone@Example.com"});
    assert_problem(&app.create_link_with(other, capitals).await, 400, "login_error", EMAIL_TAKEN);

    app.log_in_as("another", "account");
    let elsewhere = app.create_link_with(other, email.clone()).await.id();
    app.delete(&format!("/api/links/{elsewhere}/")).await.no_content();

    app.log_in_as("id", "password");
    app.delete(&format!("/api/links/{first}/")).await.no_content();
    assert_problem(
        &app.create_link_with(other, email.clone()).await,
        400,
        "login_error",
        EMAIL_TAKEN,
    );
    app.delete(&format!("/api/links/{second}/")).await.no_content();
    app.create_link_with(other, email).await.created();
}

#[actix_web::test]
async fn an_email_rule_is_about_email_addresses_of_the_imss() {
    let app = app().await;
    let (one, other) = (CURP, "LOLJ970312MBSPPN08");
    for nobodys in ["55 1234 5678", "ana", "ana@localhost", "@example.com", "a b@example.com"] {
        for curp in [one, other] {
            app.create_link_with(curp, json!({"username2": nobodys})).await.created();
        }
    }
    // The ISSSTE takes no address, so it registers none.
    let at = |institution: &str| json!({"institution": institution, "username2": "a@example.com"});
    for curp in [one, other] {
        app.create_link_with(curp, at("issste_mx_employment")).await.created();
    }
    app.create_link_with(one, at("imss_mx_employment")).await.created();
    app.create_link_with(other, at("issste_mx_employment")).await.created();
    let refused = app.create_link_with(other, at("planet_mx_employment")).await;
    assert_problem(&refused, 400, "login_error", EMAIL_TAKEN);
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

const ISSSTE: &str = "issste_mx_employment";

#[actix_web::test]
async fn the_issste_refuses_a_bad_curp_in_its_own_way() {
    let app = app().await;
    for curp in ["BLPM951331IONVGR5-", "blpm951331ionvgr54", "BLPM951331IONVGR544", "x"] {
        let refused = app.create_link_with(curp, json!({"institution": ISSSTE})).await;
        assert_problem(&refused, 400, "validation_error", "Bad request");
        let asked = json!({"curp": curp, "institution": ISSSTE});
        let dry_run = app.post("/_emulator/dry-run", asked).await.ok();
        assert_eq!(dry_run["scenario"]["name"], "issste_curp_invalid");
    }
}

/// A reserved CURP that did nothing would look like an error that was not handled.
#[actix_web::test]
async fn an_error_of_the_imss_is_none_of_the_issste_and_says_so() {
    let app = app().await;
    let of_imss = ["FAIL400001", "FAIL400002", "FAIL400003", "FAIL400006", "FAIL400007"];
    for start in of_imss.iter().chain(&["FAIL400008", "FAIL403001"]) {
        let curp = format!("{start}HXXXXX00");
        let fields = json!({"institution": ISSSTE});
        let (code, field, message) = app.create_link_with(&curp, fields).await.problem(400);
        assert_eq!((&*code, field.as_deref()), ("invalid", Some("username")), "{message}");
        assert!(message.contains("is of IMSS alone") && message.contains(&curp), "{message}");
        let asked = json!({"curp": curp, "institution": ISSSTE});
        let dry_run = app.post("/_emulator/dry-run", asked).await.ok();
        assert_eq!(dry_run["refusal"]["message"], *message);
    }
    // Errors of logins in general are those of both.
    let fields = json!({"institution": ISSSTE});
    let general = app.create_link_with("FAIL400021HXXXXX00", fields).await;
    let message = "Invalid credentials provided to login to the institution";
    assert_problem(&general, 400, "login_error", message);
}

#[actix_web::test]
async fn logins_at_the_issste_do_not_count_at_the_imss() {
    let app = app_with(&["--webhook-url", RECEIVER, "--rate-limits", "documented"]).await;
    for _ in 0..5 {
        app.create_link_with(CURP, json!({"institution": ISSSTE})).await.created();
    }
    for _ in 0..3 {
        app.create_link(CURP).await.created();
    }
    assert_eq!(app.create_link(CURP).await.problem(403).0, "forbidden_by_host");
    app.advance(TimeDelta::seconds(15));
    app.send_webhooks();
}

#[actix_web::test]
async fn a_fourth_login_within_a_day_is_refused_where_the_curp_asks_for_it() {
    let app = app().await;
    let curp = "FAIL403001HXXXXX00";
    let message = "Has agotado el número de solicitudes permitidas por día.";
    for _ in 0..3 {
        let link = app.create_link(curp).await.id();
        app.delete(&format!("/api/links/{link}/")).await.no_content();
        app.advance(TimeDelta::hours(1));
    }
    assert_problem(&app.create_link(curp).await, 403, "forbidden_by_host", message);
    app.log_in_as("another", "account");
    app.create_link(curp).await.created();
    app.log_in_as("id", "password");
    app.advance(TimeDelta::hours(21) - TimeDelta::microseconds(1));
    assert_problem(&app.create_link(curp).await, 403, "forbidden_by_host", message);
    app.advance(TimeDelta::microseconds(1));
    app.create_link(curp).await.created();
    assert_problem(&app.create_link(curp).await, 403, "forbidden_by_host", message);
    app.send_webhooks();
}

#[actix_web::test]
async fn any_other_curp_can_log_in_any_number_of_times() {
    let app = app().await;
    for _ in 0..20 {
        app.create_link(CURP).await.created();
    }
}
