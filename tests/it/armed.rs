//! Choosing a failure over HTTP: by header, by arming, by an account's default, and in a dry run.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, app, app_with};

const ARMED: &str = "/_emulator/armed";
const DEFAULT: &str = "/_emulator/default-scenario";
const RESOLVE: &str = "/_emulator/dry-run";
const HEADER: &str = "X-Emulator-Scenario";
/// The CURP of `nss_not_found`.
const REFUSED: &str = "FAIL400002HXXXXX00";

fn new_link(curp: &str) -> Value {
    json!({"institution": "planet_mx_employment", "username": curp})
}

/// The code of a refusal, or `accepted`.
fn outcome(answer: &Answer) -> String {
    match answer.status {
        200..300 => "accepted".to_owned(),
        status => answer.problem(status).0,
    }
}

#[actix_web::test]
async fn header_armed_curp_account_and_process_default_answer_in_this_order() {
    for (header, armed, curp, default, expected) in [
        (
            Some("institution_down"),
            Some("permission_denied"),
            REFUSED,
            Some("too_many_sessions"),
            "institution_down",
        ),
        (
            Some("employed"),
            Some("permission_denied"),
            REFUSED,
            Some("too_many_sessions"),
            "accepted",
        ),
        (None, Some("permission_denied"), REFUSED, Some("too_many_sessions"), "permission_denied"),
        (None, Some("permission_denied"), "short", Some("too_many_sessions"), "permission_denied"),
        (None, Some("employed"), REFUSED, None, "accepted"),
        (None, None, REFUSED, Some("too_many_sessions"), "login_error"),
        (None, None, "short", Some("too_many_sessions"), "login_error"),
        (None, None, CURP, Some("too_many_sessions"), "too_many_sessions"),
        (None, None, CURP, None, "accepted"),
    ] {
        let case = format!("{header:?} {armed:?} {curp} {default:?}");
        let app = app_with(&[]).await;
        if let Some(scenario) = armed {
            app.post(ARMED, json!({"scenario": scenario})).await.created();
        }
        if let Some(scenario) = default {
            app.put(DEFAULT, json!({"scenario": scenario})).await.ok();
        }
        let asked = json!({"curp": curp, "scenario": header});
        let dry = app.post(RESOLVE, asked).await.ok();
        let code = dry["refusal"]["code"].as_str().unwrap_or("accepted");
        assert_eq!(code, expected, "{case}");
        let request = app.request(Method::POST, "/api/links/").set_json(new_link(curp));
        let answer = app.call(match header {
            Some(name) => request.insert_header((HEADER, name)),
            None => request,
        });
        let answer = answer.await;
        assert_eq!(outcome(&answer), expected, "{case}");
        let id = answer.headers.get("X-Request-Id").unwrap().to_str().unwrap();
        let explained = app.get(&format!("/_emulator/requests/{id}")).await.ok();
        assert_eq!(explained["scenario"], dry["scenario"], "{case}");
    }
}

#[actix_web::test]
async fn what_is_armed_answers_so_many_calls_that_match_and_can_be_taken_back() {
    let app = app_with(&[]).await;
    let twice = json!({"scenario": "institution_down", "times": 2});
    let entry = app.post(ARMED, twice).await.created();
    let expected = json!({
        "id": 1, "scenario": "institution_down", "operation": null, "curp": null, "left": 2,
    });
    assert_eq!(entry, expected);
    let one = json!({"scenario": "permission_denied", "operation": "RefreshLink", "curp": CURP});
    app.post(ARMED, one).await.created();
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(outcome(&app.create_link(CURP).await));
    }
    assert_eq!(codes, ["institution_down", "institution_down", "accepted"]);
    let left = app.get(ARMED).await.ok();
    let expected = json!({"armed": [{
        "id": 2, "scenario": "permission_denied", "operation": "RefreshLink", "curp": CURP, "left": 1,
    }]});
    assert_eq!(left, expected);

    let other = app.create_link("LONG700101MXXXXX00").await.id();
    let mine = app.create_link(CURP).await.id();
    let refresh = async |link: &str| {
        outcome(&app.post(&format!("/api/links/{link}/refresh/"), json!({})).await)
    };
    assert_eq!(refresh(&other).await, "accepted");
    assert_eq!(refresh(&mine).await, "permission_denied");
    assert_eq!(refresh(&mine).await, "accepted");

    for scenario in ["too_many_sessions", "employed", "issste"] {
        app.post(ARMED, json!({"scenario": scenario})).await.created();
    }
    app.delete("/_emulator/armed/3").await.no_content();
    app.delete("/_emulator/armed/3").await.not_found();
    app.delete("/_emulator/armed/x").await.not_found();
    app.log_in_as("other", "password");
    app.delete("/_emulator/armed/4").await.not_found();
    assert_eq!(outcome(&app.create_link(CURP).await), "accepted");
    app.log_in_as("id", "password");
    app.delete(ARMED).await.no_content();
    assert_eq!(app.get(ARMED).await.ok(), json!({"armed": []}));
    app.delete(ARMED).await.no_content();
}

/// Belvo documents these for its calls without a login.
const REFUSALS: [(u16, &str); 5] = [
    (400, "institution_down"),
    (403, "permission_denied"),
    (408, "request_timeout"),
    (428, "activation_required"),
    (500, "unexpected_error"),
];

#[actix_web::test]
async fn calls_without_a_login_are_refused_with_400_403_408_428_and_500() {
    let app = app_with(&[]).await;
    let imss = json!({"institution": "imss_mx_employment"});
    let link = app.create_link_with(CURP, imss).await.id();
    let first = |records: Value| records[0]["id"].as_str().unwrap().to_owned();
    let record = first(app.retrieve(&link).await.created());
    let body = json!({"link": link});
    let current = first(app.post("/api/mx/current-employments/", body).await.created());
    let [links, records] = ["/api/links/", "/api/employment-records/"];
    let currents = "/api/mx/current-employments/";
    let owners = "/api/owners/";
    let owner = first(app.post(owners, json!({"link": link})).await.created());
    let metrics = "/api/employment-metrics/";
    let metric = app.post(metrics, json!({"link": link})).await.created();
    let metric = metric["id"].as_str().unwrap().to_owned();
    for (method, operation, path, statuses) in [
        (Method::GET, "ListLinks", links.to_owned(), &[403, 408, 500][..]),
        (Method::GET, "DetailLink", format!("{links}{link}/"), &[403, 408, 428, 500]),
        (Method::PATCH, "ChangeAccessMode", format!("{links}{link}/"), &[400, 403, 428, 500]),
        (Method::DELETE, "DestroyLink", format!("{links}{link}/"), &[403, 408, 428, 500]),
        (Method::GET, "ListEmploymentRecords", records.to_owned(), &[403, 408, 500]),
        (Method::GET, "DetailEmploymentRecord", format!("{records}{record}/"), &[403, 408, 500]),
        (
            Method::DELETE,
            "DestroyEmploymentRecord",
            format!("{records}{record}/"),
            &[403, 408, 500],
        ),
        (Method::GET, "ListOwners", owners.to_owned(), &[400, 403, 408, 428, 500]),
        (Method::GET, "DetailOwner", format!("{owners}{owner}/"), &[403, 408, 428, 500]),
        (Method::DELETE, "DestroyOwner", format!("{owners}{owner}/"), &[403, 408, 428, 500]),
        (Method::GET, "ListEmploymentMetrics", metrics.to_owned(), &[403, 408, 500]),
        (
            Method::POST,
            "RetrieveEmploymentMetricDetails",
            metrics.to_owned(),
            &[400, 403, 408, 500],
        ),
        (Method::GET, "DetailEmploymentMetric", format!("{metrics}{metric}/"), &[403, 408, 500]),
        (
            Method::DELETE,
            "DestroyEmploymentMetric",
            format!("{metrics}{metric}/"),
            &[403, 408, 500],
        ),
        (Method::GET, "ListCurrentEmployments", currents.to_owned(), &[400, 403, 408, 428, 500]),
        (
            Method::GET,
            "DetailCurrentEmployment",
            format!("{currents}{current}/"),
            &[400, 403, 408, 428, 500],
        ),
        (
            Method::DELETE,
            "DestroyCurrentEmployment",
            format!("{currents}{current}/"),
            &[400, 403, 408, 428, 500],
        ),
    ] {
        for (status, scenario) in REFUSALS.iter().filter(|(status, _)| statuses.contains(status)) {
            let arm = json!({"scenario": scenario, "operation": operation});
            app.post(ARMED, arm).await.created();
            let answer = app.call(app.request(method.clone(), &path)).await;
            assert_eq!(answer.problem(*status).0, *scenario, "{operation}");
        }
        assert_eq!(app.get(ARMED).await.ok(), json!({"armed": []}), "{operation}");
    }
    // What was refused was not done.
    for path in
        [(links, link), (records, record), (currents, current), (owners, owner), (metrics, metric)]
    {
        app.get(&format!("{}{}/", path.0, path.1)).await.ok();
    }
}

#[actix_web::test]
async fn calls_that_log_in_are_refused_with_what_is_armed() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    let body = json!({"link": link});
    for (status, scenario) in REFUSALS {
        for (method, operation, path, body) in [
            (Method::POST, "RegisterLink", "/api/links/".to_owned(), new_link(CURP)),
            (Method::PUT, "UpdateLink", format!("/api/links/{link}/"), json!({})),
            (Method::POST, "RefreshLink", format!("/api/links/{link}/refresh/"), json!({})),
            (
                Method::POST,
                "RetrieveEmploymentRecords",
                "/api/employment-records/".to_owned(),
                body.clone(),
            ),
            (Method::POST, "RetrieveOwners", "/api/owners/".to_owned(), body.clone()),
            (
                Method::POST,
                "RetrieveCurrentEmployments",
                "/api/mx/current-employments/".to_owned(),
                body.clone(),
            ),
        ] {
            let arm = json!({"scenario": scenario, "operation": operation});
            app.post(ARMED, arm).await.created();
            let answer = app.call(app.request(method, &path).set_json(body)).await;
            assert_eq!(answer.problem(status).0, scenario, "{operation}");
            // New credentials make the link valid again after too many failures.
            app.put(&format!("/api/links/{link}/"), json!({})).await.ok();
        }
    }
}

#[actix_web::test]
async fn a_call_that_is_not_answered_uses_nothing_up() {
    let app = app_with(&[]).await;
    app.post(ARMED, json!({"scenario": "institution_down"})).await.created();
    app.post_text("/api/links/", "nope").await.problem(400);
    app.create_link_with(CURP, json!({"institution": "narnia"})).await.problem(400);
    app.retrieve("00000000-0000-4000-8000-000000000000").await.problem(400);
    app.get("/api/links/").await.ok();
    let plain = app.request(Method::POST, "/api/links/").set_payload("{}");
    app.call(plain).await.problem(415);
    assert_eq!(outcome(&app.create_link(CURP).await), "institution_down");
}

#[actix_web::test]
async fn the_default_of_an_account_is_its_own_and_ends_with_a_reset() {
    let app = app_with(&["--scenario", "retired"]).await;
    let own = |name: Value| json!({"scenario": name, "process": "retired"});
    assert_eq!(app.get(DEFAULT).await.ok(), own(Value::Null));
    let set = app.put(DEFAULT, json!({"scenario": "institution_down"})).await.ok();
    assert_eq!(set, own("institution_down".into()));
    assert_eq!(app.get(DEFAULT).await.ok(), own("institution_down".into()));
    assert_eq!(outcome(&app.create_link(CURP).await), "institution_down");
    app.log_in_as("other", "password");
    assert_eq!(outcome(&app.create_link(CURP).await), "accepted");
    app.log_in_as("id", "password");
    app.delete(DEFAULT).await.no_content();
    assert_eq!(outcome(&app.create_link(CURP).await), "accepted");
    app.put(DEFAULT, json!({"scenario": "institution_down"})).await.ok();
    app.post(ARMED, json!({"scenario": "too_many_sessions"})).await.created();
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(app.get(DEFAULT).await.ok(), own(Value::Null));
    assert_eq!(app.get(ARMED).await.ok(), json!({"armed": []}));
}

#[actix_web::test]
async fn mistakes_are_told_all_together_with_what_was_meant() {
    let app = app_with(&[]).await;
    let unknown = "No scenario is named \"institution_dwn\". Did you mean \"institution_down\"? \
                   The command belvo-emulator scenarios lists them.";
    let no_login = "DetailLink does not log in, so a scenario can only refuse it, and \"employed\" \
                    refuses nothing.";
    for (path, body, expected) in [
        (ARMED, json!({"scenario": "institution_dwn"}), vec![("scenario", unknown)]),
        (
            ARMED,
            json!({"scenario": "institution_dwn", "times": 0}),
            vec![("scenario", unknown), ("times", "Must be from 1 to 1000000.")],
        ),
        (
            ARMED,
            json!({"scenario": "employed", "operation": "DetailLink", "curp": CURP}),
            vec![
                ("scenario", no_login),
                ("curp", "DetailLink does not log in, so it has no CURP."),
            ],
        ),
        (
            ARMED,
            json!({"scenraio": "employed"}),
            vec![(
                "scenraio",
                "\"scenraio\" is no key here; the keys are: scenario, operation, curp, times. Did you \
                 mean \"scenario\"?",
            )],
        ),
        (
            RESOLVE,
            json!({"curp": CURP, "scenario": "institution_dwn"}),
            vec![("scenario", unknown)],
        ),
        (
            RESOLVE,
            json!({"curp": CURP, "institution": "narnia"}),
            vec![("institution", "Object with name=narnia does not exist.")],
        ),
    ] {
        let problems = app.post(path, body.clone()).await.problems(400);
        let told: Vec<(&str, &str)> = problems
            .iter()
            .map(|(_, field, message)| (field.as_deref().unwrap(), message.as_str()))
            .collect();
        assert_eq!(told, expected, "{body}");
    }
    let misspelt = app.put(DEFAULT, json!({"scenario": "institution_dwn"})).await.problem(400);
    assert_eq!((misspelt.1.as_deref(), misspelt.2.as_str()), (Some("scenario"), unknown));
    let request =
        app.request(Method::GET, "/api/links/").insert_header((HEADER, "institution_dwn"));
    let misspelt = app.call(request).await.problems(400);
    assert_eq!((misspelt[0].1.as_deref(), misspelt[0].2.as_str()), (Some(HEADER), unknown));
}

#[actix_web::test]
async fn a_dry_run_says_what_would_be_answered_and_what_would_follow() {
    let app = app_with(&[]).await;
    let resolve = async |body: Value| app.post(RESOLVE, body).await.ok();
    let rows = |dry: &Value| -> Vec<String> {
        let row = |row: &Value| {
            format!("{} {}", row["after"].as_str().unwrap(), row["what"].as_str().unwrap())
        };
        dry["scheduled"].as_array().unwrap().iter().map(row).collect()
    };
    let accepted = resolve(json!({"curp": "SLOW900101HXXXXX00"})).await;
    assert_eq!(accepted["refusal"], Value::Null);
    assert_eq!(accepted["scenario"]["name"], "slow_institution");
    assert_eq!(rows(&accepted), ["2m load", "2m webhook", "365d credentials expire"]);

    let refused = resolve(json!({"curp": REFUSED})).await;
    let message = "El NSS no fue localizado en el IMSS";
    let refusal = json!({"status": 400, "code": "login_error", "message": message});
    assert_eq!((&refused["refusal"], rows(&refused)), (&refusal, vec![]));

    let asks = resolve(json!({"curp": "FAIL428001HXXXXX00"})).await;
    assert_eq!(asks["refusal"]["code"], "token_required");
    let later = json!({"curp": "FAIL428001HXXXXX00", "operation": "RefreshLink"});
    assert_eq!(resolve(later).await["refusal"], Value::Null);
    let later = json!({"curp": REFUSED, "operation": "RefreshLink"});
    assert_eq!(resolve(later).await["refusal"], refusal);
    let named = json!({"curp": CURP, "operation": "RefreshLink", "scenario": "token_required"});
    assert_eq!(resolve(named).await["refusal"]["status"], 428);
    let list = json!({"curp": CURP, "operation": "ListLinks"});
    let list = resolve(list).await;
    assert_eq!(list, json!({"scenario": null, "refusal": null, "scheduled": [], "notes": []}));

    // The state of the account counts.
    let email = json!({"username2": "me@example.com"});
    app.create_link_with("LONG700101MXXXXX00", email).await.created();
    let taken = resolve(json!({"curp": CURP, "username2": "me@example.com"})).await;
    assert_eq!(taken["scenario"]["name"], "email_taken");
    app.create_link("FAIL400017HXXXXX00").await.created();
    let again = resolve(json!({"curp": "FAIL400017HXXXXX00"})).await;
    assert_eq!(again["refusal"]["code"], "duplicated");
    let elsewhere = json!({"curp": "FAIL400017HXXXXX00", "institution": "imss_mx_employment"});
    assert_eq!(resolve(elsewhere).await["refusal"], Value::Null);
}

/// A script of calls: the same bytes, whether or not something is asked in between.
#[actix_web::test]
async fn a_dry_run_changes_nothing() {
    let mut runs = Vec::new();
    for asks in [false, true] {
        let app = app().await;
        let ask = async || {
            for body in [
                json!({"curp": CURP}),
                json!({"curp": "FAIL403001HXXXXX00"}),
                json!({"curp": "FAIL428001HXXXXX00"}),
                json!({"curp": CURP, "operation": "RefreshLink"}),
                json!({"curp": CURP, "operation": "ListLinks"}),
            ] {
                if asks {
                    app.post(RESOLVE, body).await.ok();
                }
            }
        };
        let mut bytes = Vec::new();
        ask().await;
        app.post(ARMED, json!({"scenario": "institution_down"})).await.created();
        let arm = json!({"scenario": "permission_denied", "operation": "ListLinks"});
        app.post(ARMED, arm).await.created();
        ask().await;
        bytes.push(app.get("/api/links/").await.body);
        for curp in [CURP, CURP, "FAIL428001HXXXXX00"] {
            bytes.push(app.create_link(curp).await.body);
            ask().await;
        }
        for _ in 0..4 {
            bytes.push(app.create_link("FAIL403001HXXXXX00").await.body);
            ask().await;
        }
        app.advance(TimeDelta::seconds(15));
        ask().await;
        bytes.extend(app.send_webhooks().into_iter().map(|sent| sent.bytes));
        bytes.push(app.get("/api/links/").await.body);
        bytes.push(app.get("/api/employment-records/").await.body);
        bytes.push(app.get("/_emulator/requests").await.body);
        bytes.push(app.get("/_emulator/clock").await.body);
        runs.push(
            bytes.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect::<Vec<_>>(),
        );
    }
    assert!(runs[0].len() > 12);
    assert_eq!(runs[0], runs[1]);
}
