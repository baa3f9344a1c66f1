//! Requests that a web page causes: under a rebound name, from another site, with `--cors`.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::app::{CURP, app, app_with};

/// A path of each face, with a method that reads and one that changes.
const CALLS: [(&str, &str); 9] = [
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/_emulator/openapi.json"),
    ("GET", "/_emulator/snapshot"),
    ("POST", "/_emulator/reset"),
    ("GET", "/api/links/"),
    ("POST", "/api/links/"),
    ("POST", "/api/token/"),
    ("GET", "/no/such/path"),
];

fn call(method: &str, path: &str, headers: &[(&'static str, &'static str)]) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = TestRequest::with_uri(path).method(method);
    headers.iter().fold(request, |request, header| request.insert_header(*header))
}

#[actix_web::test]
async fn a_name_that_can_be_rebound_is_refused_before_the_keys_are_read_on_every_face() {
    let app = app().await;
    for (method, path) in CALLS {
        for host in ["attacker.example", "attacker.example:23586", "127.0.0.1.attacker.example."] {
            let request = call(method, path, &[("Host", host)]);
            let (code, field, message) = app.call_unchecked(request).await.problem(421);
            assert_eq!((code.as_str(), field), ("host_not_allowed", None), "{method} {path}");
            let name = host.trim_end_matches('.').trim_end_matches(":23586");
            assert!(message.ends_with(&format!("with --allow-host {name}.")), "{message}");
        }
    }
}

#[actix_web::test]
async fn the_host_of_the_target_counts_as_well() {
    let app = app().await;
    let request = call("GET", "http://attacker.example/livez", &[("Host", "localhost")]);
    app.call_unchecked(request).await.problem(421);
    let twice = call("GET", "/livez", &[("Host", "localhost")]);
    let twice = twice.append_header(("Host", "attacker.example"));
    app.call_unchecked(twice).await.problem(421);
}

#[actix_web::test]
async fn allowed_names_and_the_host_of_the_public_url_are_let_in() {
    let flags = ["--allow-host", "*.svc.cluster.local", "--public-url", "https://Belvo.example/x"];
    let app = app_with(&flags).await;
    for host in ["emulator.demo.svc.cluster.local:80", "belvo.example", "localhost", "emulator"] {
        assert_eq!(app.call_unchecked(call("GET", "/livez", &[("Host", host)])).await.status, 200);
    }
    let other = call("GET", "/livez", &[("Host", "other.example")]);
    app.call_unchecked(other).await.problem(421);
}

#[actix_web::test]
async fn a_page_of_another_site_changes_nothing_and_reads_nothing_that_needs_keys() {
    let app = app().await;
    app.create_link(CURP).await.created();
    let origins: [&[(&str, &str)]; 6] = [
        &[("Origin", "http://attacker.example")],
        &[("Origin", "null")],
        &[("Origin", "http://localhost:4200"), ("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", "http://localhost:23586"), ("Sec-Fetch-Site", "cross-site")],
    ];
    for (method, path) in CALLS.into_iter().chain([("OPTIONS", "/api/links/"), ("POST", "/livez")])
    {
        let is_open = method == "GET" && ["/livez", "/readyz", "/no/such/path"].contains(&path);
        for headers in origins {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = app.request(method.clone(), path);
            let request = headers.iter().fold(request, |request, h| request.insert_header(*h));
            let answer = app.call_unchecked(request).await;
            if is_open {
                assert_ne!(answer.status, 403, "{method} {path}");
                continue;
            }
            let (code, _, message) = answer.problem(403);
            assert_eq!(code, "cross_site_request", "{method} {path}");
            assert!(message.contains("--cors"), "{message}");
            assert!(answer.headers.get("Access-Control-Allow-Origin").is_none());
        }
    }
    let requests = app.get("/_emulator/requests").await.ok();
    assert_eq!(requests["requests"].as_array().unwrap().len(), 1, "that of the client");
}

#[actix_web::test]
async fn a_request_of_the_same_site_or_of_no_page_is_answered() {
    let app = app().await;
    let headers: [&[(&str, &str)]; 4] = [
        &[],
        &[("Origin", "http://localhost:23586")],
        &[("Origin", "http://localhost:23586"), ("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "none")],
    ];
    for headers in headers {
        let request = app.request(Method::POST, "/api/links/");
        let request =
            headers.iter().fold(request, |request, header| request.insert_header(*header));
        let body = json!({"institution": "planet_mx_employment", "username": CURP});
        app.call(request.set_json(body)).await.created();
    }
}

#[actix_web::test]
async fn a_page_of_another_site_makes_no_account() {
    let app = app_with(&["--accounts", "1"]).await;
    let link = app.create_link(CURP).await.id();
    for number in 0..3 {
        app.log_in_as(&format!("stranger-{number}"), "password");
        let request = app.request(Method::GET, "/api/links/");
        let request = request.insert_header(("Sec-Fetch-Site", "cross-site"));
        app.call_unchecked(request).await.problem(403);
    }
    app.log_in_as("id", "password");
    app.get(&format!("/api/links/{link}/")).await.ok();
}

#[actix_web::test]
async fn a_page_that_cors_names_reads_every_answer_of_the_api_and_of_nothing_else() {
    let page = "http://localhost:4200";
    let app = app_with(&["--cors", page, "--cors", "https://app.example"]).await;
    let body = json!({"institution": "planet_mx_employment", "username": CURP});
    let from_page = |method, path| {
        let request = app.request(method, path).insert_header(("Sec-Fetch-Site", "same-site"));
        request.insert_header(("Origin", page))
    };
    for (method, path, body, status) in [
        (Method::POST, "/api/links/", body, 201),
        (Method::POST, "/api/links/", json!({}), 400),
        (Method::GET, "/api/links/nope/", json!(null), 404),
        (Method::GET, "/api/nope/", json!(null), 404),
        (Method::PUT, "/api/links/", json!({}), 405),
    ] {
        let answer = app.call_unchecked(from_page(method, path).set_json(body)).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.headers.get("Access-Control-Allow-Origin").unwrap(), page);
        assert_eq!(answer.headers.get("Vary").unwrap(), "Origin");
        let exposed = answer.headers.get("Access-Control-Expose-Headers").unwrap();
        assert_eq!(exposed, "X-Request-Id, Retry-After");
    }
    let without_keys = call("GET", "/api/links/", &[("Origin", "http://localhost:4200")]);
    let answer = app.call_unchecked(without_keys).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.headers.get("Access-Control-Allow-Origin").unwrap(), page);

    for path in ["/_emulator/snapshot", "/_emulator/openapi.json"] {
        let answer = app.call_unchecked(from_page(Method::GET, path)).await;
        answer.problem(403);
        assert!(answer.headers.get("Access-Control-Allow-Origin").is_none());
    }
    let stranger = call("GET", "/api/links/", &[("Origin", "http://localhost:4201")]);
    let answer = app.call_unchecked(stranger).await;
    answer.problem(403);
    assert!(answer.headers.get("Access-Control-Allow-Origin").is_none());
    let client = app.get("/api/links/").await;
    assert!(client.headers.get("Access-Control-Allow-Origin").is_none());
    assert_eq!(client.headers.get("Vary").unwrap(), "Origin");
}

#[actix_web::test]
async fn an_answer_with_a_fault_can_be_read_by_the_page_too() {
    let app = app_with(&["--cors", "http://localhost:4200"]).await;
    app.fault(json!({"fault": {"status": {"status": 503}}})).await;
    let request = app.request(Method::GET, "/api/links/");
    let answer = app.call_with_faults(request.insert_header(("Origin", "http://localhost:4200")));
    let answer = answer.await;
    assert_eq!(answer.status, 503);
    assert!(answer.headers.get("Access-Control-Allow-Origin").is_some());
}

#[actix_web::test]
async fn a_preflight_is_answered_without_keys_where_the_page_may_call() {
    let app = app_with(&["--cors", "http://localhost:4200"]).await;
    let ask = |path, origin| {
        let request = call("OPTIONS", path, &[("Access-Control-Request-Method", "POST")]);
        let request = request.insert_header(("Origin", origin));
        request.insert_header(("Access-Control-Request-Headers", "authorization,content-type"))
    };
    for path in ["/api/links/", "/api/token/", "/api/nope/"] {
        let request = ask(path, "http://localhost:4200");
        let request = request.insert_header(("Access-Control-Request-Private-Network", "true"));
        let answer = app.call_unchecked(request).await;
        let header = |name| answer.headers.get(name).unwrap().to_str().unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (204, &b""[..]));
        assert_eq!(header("Access-Control-Allow-Origin"), "http://localhost:4200");
        assert_eq!(header("Access-Control-Allow-Methods"), "GET, POST, PUT, PATCH, DELETE");
        assert_eq!(header("Access-Control-Allow-Headers"), "authorization,content-type");
        assert_eq!(header("Access-Control-Allow-Private-Network"), "true");
        assert_eq!(header("Access-Control-Max-Age"), "60");
    }
    for (path, origin) in [
        ("/api/links/", "http://localhost:4201"),
        ("/_emulator/clock", "http://localhost:4200"),
        ("/livez", "http://attacker.example"),
    ] {
        app.call_unchecked(ask(path, origin)).await.problem(403);
    }
}

#[actix_web::test]
async fn a_content_type_that_is_not_json_is_refused_without_a_body_as_well() {
    let app = app().await;
    for path in ["/api/links/", "/_emulator/reset", "/_emulator/clock/advance"] {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            let request = app.request(Method::POST, path).insert_header(("Content-Type", kind));
            assert_eq!(app.call(request).await.problem(415).0, "unsupported_media_type", "{path}");
        }
    }
    app.call(app.request(Method::POST, "/_emulator/reset")).await.ok();
}
