//! A scenario can refuse any login, not only the first, with any status.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::app_with;

/// Three people whose later logins are refused: by a step, by a wrong token, by a rule.
fn scenarios(refusal: &Value) -> TempDir {
    let data = json!({"generate": {"status": "EMPLOYED", "employers": [1, 1]}});
    let by_step =
        json!({"accept": {"data": data, "later": [{"event": {"refuse_logins": refusal}}]}});
    let by_token = json!({"ask_token": {
        "token": "1", "instructions": "", "type": "numeric", "wrong": refusal,
        "accept": {"data": data},
    }});
    let by_rule = json!({"refuse": refusal});
    let rule = json!({"logins_exceed": {"logins": 1, "within": "1h"}});
    let directory = tempfile::tempdir().unwrap();
    for (name, when, login) in [
        ("by_step", json!({"curp": "STEP900101HXXXXX00"}), by_step),
        ("by_token", json!({"curp": "TOKE900101HXXXXX00"}), by_token),
        ("by_rule", json!({"curp": "RULE900101HXXXXX00", "rule": rule}), by_rule),
    ] {
        let file = json!({"name": name, "description": name, "when": when, "login": login});
        fs::write(directory.path().join(format!("{name}.json")), file.to_string()).unwrap();
    }
    directory
}

#[actix_web::test]
async fn later_logins_are_refused_with_400_403_408_428_and_500() {
    for status in [400, 403, 408, 428, 500] {
        let refusal = json!({"status": status, "code": "refused", "message": "No."});
        let directory = scenarios(&refusal);
        let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
        let expected = ("refused".to_owned(), None, "No.".to_owned());

        let link = app.create_link("STEP900101HXXXXX00").await.id();
        app.advance(chrono::TimeDelta::seconds(1));
        let body = json!({"link": link});
        assert_eq!(app.retrieve(&link).await.problem(status), expected);
        for path in ["/api/mx/current-employments/", "/api/owners/"] {
            assert_eq!(app.post(path, body.clone()).await.problem(status), expected, "{path}");
        }
        let refresh = app.post(&format!("/api/links/{link}/refresh/"), json!({})).await;
        assert_eq!(refresh.problem(status), expected);

        let waiting = app.create_link("TOKE900101HXXXXX00").await.token_required();
        let wrong = json!({"session": waiting["session"], "link": waiting["link"], "token": "2"});
        for path in ["/api/links/", "/api/owners/"] {
            assert_eq!(app.patch(path, wrong.clone()).await.problem(status), expected, "{path}");
        }

        let link = app.create_link("RULE900101HXXXXX00").await.id();
        let renewed = app.put(&format!("/api/links/{link}/"), json!({})).await;
        assert_eq!(renewed.problem(status), expected);
        assert_eq!(app.create_link("RULE900101HXXXXX00").await.problem(status), expected);
    }
}
