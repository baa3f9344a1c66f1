//! No message of any face is written in the words of Rust.

use std::fs;

use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use belvo_emulator::Config;
use serde_json::{Map, Value, json};

use crate::app::app_with;

/// Words of Rust and of its libraries, which say nothing to a user.
const RUST_WORDS: [&str; 34] = [
    "struct",
    "variant",
    "newtype",
    "tuple",
    "u8",
    "u16",
    "u32",
    "u64",
    "usize",
    "i64",
    "f64",
    "invalid type",
    "invalid value",
    "invalid length",
    "missing field",
    "unknown field",
    "duplicate field",
    "untagged",
    "expected unit",
    "sequence",
    "a map",
    "identifier",
    "`",
    "::",
    "found in string",
    "EOF",
    "UUID parsing",
    "end of input",
    "out of range",
    "did not match any",
    "target type",
    "float literal",
    "trailing characters",
    "boolean",
];

/// The deepest key of a body that is made wrong.
const DEEPEST: usize = 7;

/// Values of all kinds. A key takes some of them; the key after it is always wrong.
fn wrong_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(1e30),
        json!(""),
        json!("nonsense"),
        json!("2019-02-30"),
        json!([]),
        json!([1, "a"]),
        json!({}),
        json!({"nonsense": 1}),
        json!({"one": 1, "two": 2}),
    ]
}

#[track_caller]
fn check(message: &str, about: &str) {
    for word in RUST_WORDS {
        assert!(!message.contains(word), "{about}: {message:?} has the word {word:?}");
    }
}

/// Collects the places of a schema's values: each is a list of keys, and 0 for an item of a list.
fn places(document: &Value, schema: &Value, path: &[Value], found: &mut Vec<Vec<Value>>) {
    if path.len() > DEEPEST {
        return;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let resolved = &document.pointer(name.trim_start_matches('#')).unwrap();
        return places(document, resolved, path, found);
    }
    for alternatives in ["oneOf", "anyOf", "allOf"] {
        for alternative in schema[alternatives].as_array().into_iter().flatten() {
            places(document, alternative, path, found);
        }
    }
    let below = |key: Value| [path, &[key]].concat();
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        found.push(below(key.as_str().into()));
        places(document, property, &below(key.as_str().into()), found);
    }
    if schema["items"].is_object() {
        found.push(below(json!(0)));
        places(document, &schema["items"], &below(json!(0)), found);
    }
}

/// A body with one value, at this place.
fn body_with(path: &[Value], value: Value) -> Value {
    path.iter().rev().fold(value, |inner, key| match key.as_str() {
        Some(key) => Value::Object(Map::from_iter([(key.to_owned(), inner)])),
        None => json!([inner]),
    })
}

/// Each call of the control API that takes a body: its method, its path and the body's schema.
fn calls_with_body(document: &Value) -> Vec<(Method, String, &Value)> {
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let schema = &call["requestBody"]["content"]["application/json"]["schema"];
            if path.starts_with("/_emulator") && !schema.is_null() {
                let method = method.to_uppercase().parse().unwrap();
                let path = match path.split_once('{') {
                    Some((before, rest)) => {
                        format!("{before}1{}", &rest[rest.find('}').unwrap() + 1..])
                    }
                    None => path.clone(),
                };
                calls.push((method, path, schema));
            }
        }
    }
    calls
}

#[actix_web::test]
async fn every_control_call_refuses_wrong_bodies_in_plain_words() {
    let app = app_with(&[]).await;
    let document = app.get("/_emulator/openapi.json").await.ok();
    let calls = calls_with_body(&document);
    assert!(calls.len() >= 13, "{}", calls.len());
    // The receiver of the demo takes any body.
    for (method, path, schema) in calls.into_iter().filter(|(_, path, _)| !path.contains("/demo/"))
    {
        let mut found = vec![Vec::new()];
        places(&document, schema, &[], &mut found);
        assert!(found.len() > 1 || path.ends_with("reset"), "{path}: {schema}");
        for place in found {
            for value in wrong_values() {
                let mut body = body_with(&place, value);
                // So no body is right, and no call has an effect.
                if let Some(object) = body.as_object_mut() {
                    object.insert("~".into(), json!(1));
                }
                let request = app.request(method.clone(), &path).set_json(&body);
                let answer = app.call_unchecked(request).await;
                assert_eq!(answer.status, 400, "{method} {path}: {body}");
                for (_, _, message) in answer.problems(400) {
                    check(&message, &format!("{method} {path}: {body}"));
                }
            }
        }
    }
}

#[actix_web::test]
async fn what_is_no_json_is_refused_in_plain_words() {
    let app = app_with(&[]).await;
    for (body, says) in [
        ("{", "The text ends before the } of an object. (line 1, column 1)"),
        ("{\"scenario\": }", "A value must stand here"),
        ("{\"scenario\": \"a\",}", "Delete the comma after the last item. (line 1, column 18)"),
        ("{'scenario': 'a'}", "Write double quotes (\") in place of single ones."),
        ("{“scenario”: “a”}", "Write straight double quotes (\") in place of “."),
        ("{\"scenario\": \"a\"} x", "The JSON has ended before this text; delete it."),
        ("{\"scenario\": yes}", "A value must stand here"),
        ("// arm\n{}", "JSON has no comments: delete this one."),
        ("{\"scenario\": \"a\" \"times\": 1}", "A comma or the } of the object is missing here."),
        ("[]", "Expected an object, not a list."),
        ("{\"scenario\": \"a\", \"scenario\": \"b\"}", "The key \"scenario\" stands here twice."),
    ] {
        let request = app.request(Method::POST, "/_emulator/armed");
        let request = request.insert_header((CONTENT_TYPE, "application/json"));
        let (_, _, message) = app.call(request.set_payload(body)).await.problem(400);
        assert!(message.contains(says), "{body}: {message}");
        check(&message, body);
    }
}

#[actix_web::test]
async fn every_control_query_is_refused_in_plain_words() {
    let app = app_with(&[]).await;
    let document = app.get("/_emulator/openapi.json").await.ok();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let parameters = methods["get"]["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            for value in ["nonsense", "-1", "1.5", "99999999999999999999"] {
                let url = format!("{path}?{name}={value}");
                let answer = app.call_unchecked(app.request(Method::GET, &url)).await;
                if path.starts_with("/_emulator") && answer.status == 400 {
                    asked += 1;
                    check(&answer.problem(400).2, &url);
                }
            }
        }
    }
    assert!(asked > 15, "{asked}");
    for (query, says) in [
        ("status=often", "Expected a whole number, not \"often\"."),
        ("link=abc", "Expected an id such as 8dc0ca53-4682-481d-b3b5-98e928384938, not \"abc\"."),
        ("status=200&status=404", "The key \"status\" stands here twice."),
        ("statsu=200", "\"statsu\" is no key here; the keys are: "),
    ] {
        let (_, _, message) = app.get(&format!("/_emulator/requests?{query}")).await.problem(400);
        assert!(message.starts_with(says), "{query}: {message}");
    }
}

/// The message of a start with one scenario file.
fn refused_file(text: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("mine.json"), text).unwrap();
    let flags = ["--scenarios".into(), directory.path().as_os_str().to_owned()];
    let Err(sentence) = Config::from_flags(flags) else { panic!("accepted: {text}") };
    sentence.replace(&directory.path().display().to_string(), "DIR")
}

#[test]
fn mistakes_in_scenario_files_are_told_with_the_fix() {
    let with_login =
        |login: &str| format!(r#"{{"name": "mine", "description": "d", "login": {login}}}"#);
    let with_data = |data: &str| with_login(&format!(r#"{{"accept": {{"data": {data}}}}}"#));
    let with_step = |event: &str| {
        let data = r#"{"generate": {"status": "EMPLOYED", "employers": [1, 2]}}"#;
        let later = format!(r#"[{{"event": "load"}}, {{"event": {event}}}]"#);
        with_login(&format!(r#"{{"accept": {{"data": {data}, "later": {later}}}}}"#))
    };
    let refusal = r#"{"status": 400, "code": "c", "message": "m"}"#;
    for (text, says) in [
        (
            "// a person\n{}".to_owned(),
            "JSON has no comments: delete this one.\n --> DIR/mine.json:1:1\n",
        ),
        ("{\n  # a person\n}".to_owned(), " --> DIR/mine.json:2:3\n"),
        ("{“name”: 1}".to_owned(), "Write straight double quotes (\") in place of “."),
        ("[{}, {}]".to_owned(), "A file holds one scenario, an object: put each into a file"),
        (
            with_login(&format!(
                r#"{{"accept": {{"data": {{"records": []}}}}, "refuse": {refusal}}}"#
            )),
            "Write exactly one of accept, refuse, ask_token, not \"accept\" and \"refuse\" together.",
        ),
        (with_login("{}"), "Write exactly one of accept, refuse, ask_token, not an empty"),
        (with_login("3"), "Write exactly one of accept, refuse, ask_token, not 3."),
        (
            with_data(r#"{"generate": {"status": "EMPLOYED", "employers": 3}}"#),
            "write it as [1, 3]",
        ),
        (with_step(r#"{"raise": {"percent": 10}}"#), "Write \"raise\" alone: it has no values."),
        (
            with_step(r#""refuse_logins""#),
            "Write {\"refuse_logins\": {...}} with its keys inside: code, message, status, \
             with_institution_user_id.",
        ),
        (
            with_data(
                r#"{"records": [{"personal_data": {"official_name": null, "birth_date": "2019-02-30"}}]}"#,
            ),
            "Expected a date that exists, such as 2026-03-01, or one that is relative to the day of \
             the login, such as -2y or +7d, not \"2019-02-30\".",
        ),
        (
            with_login(&format!(r#"{{"refuse": {}}}"#, refusal.replace("400", "70000"))),
            "Expected a number from 400 to 599, not 70000.",
        ),
        (
            with_login(r#"{"refuse": {"status": 400, "code": "c"}}"#),
            "The key \"message\" is missing.",
        ),
    ] {
        let sentence = refused_file(&text);
        assert!(sentence.contains(says), "{text}\n{sentence}");
        check(&sentence, &text);
    }
}

#[test]
fn flags_are_refused_in_plain_words() {
    for (flag, value) in [
        ("--seed", "abc"),
        ("--page-size", "0.5"),
        ("--page-size", "99999999999999999999"),
        ("--accounts", ""),
        ("--webhook-retries", "many"),
        ("--webhook-retry-delay", "5"),
        ("--log-budget", "x"),
        ("--clock", "6o"),
        ("--rate-limits", "yes"),
    ] {
        let Err(sentence) = Config::from_flags([flag, value]) else {
            panic!("{flag} takes {value}")
        };
        assert!(sentence.contains(flag), "{sentence}");
        // These are clap's own words, and plain ones.
        check(&sentence.replace("invalid value", ""), flag);
    }
}
