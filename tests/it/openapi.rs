//! The OpenAPI description is held against the routes, and against every answer that a test gets.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, app, app_with, events_in};

pub const PATH: &str = "/_emulator/openapi.json";
const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// The OpenAPI description that the emulator serves.
pub struct Description {
    document: Value,
    /// True where scenarios of the test refuse logins with statuses that are not described.
    has_own_scenarios: bool,
}

impl Description {
    pub fn new(document: Value, has_own_scenarios: bool) -> Description {
        Description { document, has_own_scenarios }
    }

    /// The paths as they are described.
    fn paths(&self) -> Vec<&str> {
        self.document["paths"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    /// The described methods of a described path; `HEAD` goes with `GET`.
    fn methods(&self, path: &str) -> BTreeSet<String> {
        let item = self.document["paths"][path].as_object().unwrap();
        let methods = item.keys().map(|key| key.to_uppercase());
        methods.filter(|key| METHODS.contains(&key.as_str())).collect()
    }

    /// Checks that an answer is one of those that are described.
    #[track_caller]
    pub fn check(&self, method: &Method, called: &str, answer: &Answer) {
        let Answer { status, headers, body } = answer;
        let what = format!("{method} {called}: {status} {:.1000}", String::from_utf8_lossy(body));
        let described = if *method == Method::HEAD { "GET" } else { method.as_str() };
        let response = match self.paths().into_iter().find(|path| is_called(path, called)) {
            None => {
                assert!([401, 403, 404].contains(status), "the path is not described: {what}");
                response("/api/links/{id}/", "get", 404)
            }
            Some(path) if !self.methods(path).contains(described) => {
                assert!([401, 403, 405].contains(status), "the method is not described: {what}");
                if *status == 405 {
                    assert_eq!(self.methods(path), allowed(answer), "{what}");
                }
                response("/api/links/{id}/", "get", 404)
            }
            Some(path) => {
                let exact = response(path, described, *status);
                let is_described = self.document.pointer(&exact).is_some();
                if is_described || !self.has_own_scenarios {
                    exact
                } else {
                    response(path, described, 400)
                }
            }
        };
        let content = self.document.pointer(&response);
        let content = content.unwrap_or_else(|| panic!("the status is not described: {what}"));
        let content = content["content"].as_object();
        let media_types = content.map(|content| content.keys().map(String::as_str).collect());
        let media_type = headers.get("Content-Type").map(|value| value.to_str().unwrap());
        assert_eq!(media_type.as_slice(), media_types.unwrap_or(vec![]), "{what}");
        if media_type == Some("text/event-stream") {
            return self.check_events(&String::from_utf8_lossy(body));
        }
        if media_type.is_some() && *method != Method::HEAD {
            let body = serde_json::from_slice(body).unwrap();
            let problems = self.problems(&schema(&response), &body);
            assert!(problems.is_empty(), "{problems:#?}\n{what}");
        }
    }

    /// Checks that each event of a stream is an entry of the log as it is described, or another event
    /// that the stream has.
    #[track_caller]
    pub fn check_events(&self, text: &str) {
        let kinds = &self.document["components"]["schemas"]["LogEntryKind"]["enum"];
        let kinds = kinds.as_array().expect("the kinds are described");
        let others = ["evicted", "catalogue_changed", "reset", "dropped", "stopping"];
        for event in events_in(text) {
            match kinds.iter().any(|kind| *kind == event.name.as_str()) {
                true => {
                    assert_eq!(event.data["kind"], event.name.as_str());
                    assert_eq!(event.data["cursor"].as_u64(), event.id);
                    let problems = self.problems("/components/schemas/LogEntry", &event.data);
                    assert!(problems.is_empty(), "{problems:#?} {event:?}");
                }
                false => assert!(others.contains(&event.name.as_str()), "{event:?}"),
            }
        }
    }

    /// The sentences of the problems that a value has by the schema at a JSON pointer.
    fn problems(&self, at: &str, value: &Value) -> Vec<String> {
        let validator = validator(&self.document, at);
        let problem = |error: jsonschema::ValidationError<'_>| {
            format!("{error} at {}", error.instance_path())
        };
        validator.iter_errors(value).map(problem).collect()
    }
}

/// The JSON pointer of a response.
fn response(path: &str, method: &str, status: u16) -> String {
    format!("/paths/{}/{}/responses/{status}", escape(path), method.to_lowercase())
}

/// The JSON pointer of the schema of a response or of a request body.
fn schema(at: &str) -> String {
    format!("{at}/content/application~1json/schema")
}

#[track_caller]
fn allowed(answer: &Answer) -> BTreeSet<String> {
    let allow = answer.headers.get(ALLOW).expect("405 says what is allowed");
    allow.to_str().unwrap().split(", ").map(str::to_owned).collect()
}

/// The validator of a part of the document. They are kept: most tests need the same.
fn validator(document: &Value, at: &str) -> Arc<Validator> {
    static KEPT: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap();
    let make = || {
        let mut schema = document.pointer(at).unwrap().clone();
        schema["components"] = document["components"].clone();
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap())
    };
    kept.entry(at.to_owned()).or_insert_with(make).clone()
}

/// A part of a JSON pointer.
fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// True where a called path is a described one. Below `/api/` the last slash can be left out.
fn is_called(path: &str, called: &str) -> bool {
    let called = if path.ends_with('/') && !called.ends_with('/') {
        format!("{called}/")
    } else {
        called.to_owned()
    };
    let (path, called): (Vec<&str>, Vec<&str>) =
        (path.split('/').collect(), called.split('/').collect());
    path.len() == called.len()
        && path.iter().zip(&called).all(|(described, called)| {
            described == called || described.starts_with('{') && !called.is_empty()
        })
}

#[actix_web::test]
async fn exactly_the_described_methods_are_served() {
    let app = app().await;
    tokio::time::pause(); // one of them waits
    for path in app.description.paths() {
        let described = app.description.methods(path);
        for method in METHODS {
            let request = app.request(
                method.parse().unwrap(),
                &path
                    .replace("{id}", UNKNOWN_ID)
                    .replace("{institution_id}", "9454")
                    .replace("{fault_id}", "1")
                    .replace("{delivery_id}", "1"),
            );
            let status = app.call(request).await.status;
            let method_described = if method == "HEAD" { "GET" } else { method };
            let is_described = described.contains(method_described);
            assert_eq!(status != 405, is_described, "{method} {path}: {status}");
        }
    }
}

#[actix_web::test]
async fn the_page_of_endpoints_lists_what_is_described() {
    let app = app().await;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/endpoints.md");
    let page = fs::read_to_string(page).unwrap();
    let mut listed = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| `/")) {
        let words: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        for path in words.iter().filter(|word| word.starts_with('/')) {
            let methods = words.iter().filter(|word| METHODS.contains(word));
            listed.extend(methods.map(|method| format!("{method} {path}")));
        }
    }
    let methods_of = |path: &str| app.description.methods(path);
    let described: BTreeSet<String> = (app.description.paths().into_iter())
        .flat_map(|path| methods_of(path).into_iter().map(move |name| format!("{name} {path}")))
        .collect();
    assert_eq!(listed, described);
}

#[actix_web::test]
async fn it_is_there_without_keys() {
    let app = app().await;
    let document = app.call(TestRequest::with_uri(PATH)).await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let head = app.call(TestRequest::with_uri(PATH).method(Method::HEAD)).await;
    assert_eq!(head.status, 200);
}

/// All values that differ from this one by a key that is missing, or by one that is new.
fn spoiled(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                if key != "field" {
                    let mut less = object.clone();
                    less.remove(key);
                    all.push(less.into());
                }
                for inner in spoiled(inner) {
                    let mut other = object.clone();
                    other[key] = inner;
                    all.push(other.into());
                }
            }
            let mut more = object.clone();
            more.insert("new".to_owned(), Value::Null);
            all.push(more.into());
        }
        Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                for inner in spoiled(inner) {
                    let mut other = items.clone();
                    other[place] = inner;
                    all.push(other.into());
                }
            }
        }
        _ => {}
    }
    all
}

/// [`Description::check`] accepts these answers, as it does all others; here it is seen to refuse.
#[actix_web::test]
async fn every_key_of_an_answer_is_described() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await;
    app.create_link_with("GOVT850101MXXXXX00", json!({"stale_in": "9d"})).await.created();
    app.advance(TimeDelta::seconds(15));
    let records = app.get("/api/employment-records/").await.ok();
    let [issste, imss] = [0, 1].map(|place| &records["results"][place]);
    assert!(issste["social_security_summary"].is_null(), "{issste}");
    assert!(imss["social_security_summary"].is_object(), "{imss}");
    let links = app.get("/api/links/?page_size=1").await.ok();
    let errors = app.post("/api/links/", json!({"access_mode": "once"})).await;
    assert_eq!(errors.problems(400).len(), 3);
    let no_keys = app.call(TestRequest::with_uri("/api/")).await;
    no_keys.problem(401);
    let unknown = app.get(&format!("/api/links/{UNKNOWN_ID}/")).await;
    unknown.not_found();
    let answers = [
        ("/api/links/", "post", 201, link.created()),
        ("/api/links/", "get", 200, links),
        ("/api/employment-records/{id}/", "get", 200, imss.clone()),
        ("/api/employment-records/{id}/", "get", 200, issste.clone()),
        ("/api/links/", "post", 400, errors.json()),
        ("/api/", "get", 401, no_keys.json()),
        ("/api/links/{id}/", "get", 404, unknown.json()),
        ("/livez", "get", 200, app.get("/livez").await.ok()),
    ];
    for (path, method, status, answer) in answers {
        let at = schema(&response(path, method, status));
        assert_eq!(app.description.problems(&at, &answer), [""; 0]);
        for spoiled in spoiled(&answer) {
            assert!(!app.description.problems(&at, &spoiled).is_empty(), "{spoiled}");
        }
    }
}

#[actix_web::test]
async fn a_link_is_made_exactly_of_the_bodies_that_are_described() {
    let app = app_with(&[]).await;
    let at = schema("/paths/~1api~1links~1/post/requestBody");
    let incorrect = include_str!("../../scenarios/curp_incorrect.json");
    let incorrect: Value = serde_json::from_str(incorrect).unwrap();
    let properties = &app.description.document.pointer(&at).unwrap()["properties"];
    let rule = &incorrect["when"]["rule"]["curp_does_not_match"];
    assert_eq!(properties["username"]["pattern"], *rule);
    let variations = [
        ("institution", json!(["imss_mx_employment", "issste_mx_employment", "narnia", "", null])),
        ("username", json!([CURP, "blpm951331ionvgr54", "BLPM951331IONVGR5", "", null])),
        (
            "username2",
            json!(["me@example.com", "x".repeat(256), "x".repeat(257), "", null, [], {}]),
        ),
        ("password", json!(["secret", "", null, 1, {}])),
        ("access_mode", json!(["single", "recurrent", "SINGLE", "", null, true])),
        ("fetch_resources", json!([[], ["OWNERS"], ["owners"], [1], "OWNERS", null])),
        ("external_id", json!(["a-1", "a1", "a b", "ñññ", "_".repeat(256), "_".repeat(257), null])),
        ("stale_in", json!(["0d", "007d", "999d", "1000d", "7", "-1d", null])),
        ("unheard_of", json!([1, null])),
    ];
    let link = || json!({"institution": "planet_mx_employment", "username": CURP});
    let mut bodies = vec![json!({}), json!([]), link()];
    for (field, values) in variations {
        for value in values.as_array().unwrap() {
            bodies.push(link());
            bodies.last_mut().unwrap()[field] = value.clone();
        }
    }
    let days = (0..=400).map(|days| json!(format!("{days}d")));
    for storage in [json!("store"), json!("nostore"), Value::Null].into_iter().chain(days) {
        for access_mode in [json!("single"), json!("recurrent"), Value::Null] {
            for fetch_resources in [json!(["EMPLOYMENT_RECORDS"]), json!([]), Value::Null] {
                bodies.push(link());
                let body = bodies.last_mut().unwrap();
                body["credentials_storage"] = storage.clone();
                body["access_mode"] = access_mode.clone();
                body["fetch_resources"] = fetch_resources;
            }
        }
    }
    for body in bodies {
        let problems = app.description.problems(&at, &body);
        let expected = if problems.is_empty() { 201 } else { 400 };
        let status = app.post("/api/links/", body.clone()).await.status;
        assert_eq!(status, expected, "{body} {problems:?}");
    }
}
