//! Answers that no resource gives: for paths, methods, media types and sizes.

use actix_web::dev::Payload;
use actix_web::http::Method;
use serde_json::json;

use crate::app::{CURP, app, app_with};

fn body() -> serde_json::Value {
    json!({"institution": "planet_mx_employment", "username": CURP})
}

#[actix_web::test]
async fn the_root_says_that_the_keys_are_right() {
    let app = app().await;
    for path in ["/api/", "/api"] {
        assert_eq!(app.get(path).await.ok(), json!({}));
    }
}

#[actix_web::test]
async fn every_path_works_with_and_without_its_last_slash_in_place() {
    let app = app().await;
    for slash in ["/", ""] {
        let link = app.post(&format!("/api/links{slash}"), body()).await.id();
        app.get(&format!("/api/links{slash}?external_id=")).await.ok();
        app.get(&format!("/api/links/{link}{slash}")).await.ok();
        app.advance(chrono::TimeDelta::seconds(15));
        app.send_webhooks();
        let list = app.get(&format!("/api/employment-records{slash}?link={link}")).await.ok();
        let record = list["results"][0]["id"].as_str().unwrap().to_owned();
        app.get(&format!("/api/employment-records/{record}{slash}")).await.ok();
        app.delete(&format!("/api/employment-records/{record}{slash}")).await.no_content();
        app.delete(&format!("/api/links/{link}{slash}")).await.no_content();
    }
}

/// Base URLs end in a slash in Belvo's own tables, and clients put their paths behind it.
#[actix_web::test]
async fn slashes_are_merged_in_place_and_in_what_refers_to_the_path() {
    let app = app_with(&["--page-size", "1"]).await;
    app.call_unchecked(app.request(Method::GET, "//api/")).await.ok();
    for slashes in ["/api/links/", "//api/links/", "//api///links//"] {
        let request = app.request(Method::POST, slashes).set_json(body());
        let link = app.call_unchecked(request).await.id();
        let path = format!("/{slashes}/{link}//?fields=id");
        assert_eq!(app.call_unchecked(app.request(Method::GET, &path)).await.id(), link);
    }
    let page = app.call_unchecked(app.request(Method::GET, "//api//links//")).await.ok();
    assert_eq!(page["next"], "http://localhost:23586/api/links/?page=2");
    let found = app.get("/_emulator/requests?path=/api/links/").await.ok();
    assert_eq!(found["requests"].as_array().unwrap().len(), 4);
    app.advance(chrono::TimeDelta::seconds(15));
    app.send_webhooks();
}

/// The description has one spelling, so it is not asked about these.
#[actix_web::test]
async fn a_path_is_found_in_each_of_its_spellings() {
    let app = app().await;
    let spellings = ["/api/lin%6Bs/", "/livez/", "/_emulator/clock/", "/_emulator/openapi.json/"];
    for path in spellings {
        let answer = app.call_unchecked(app.request(Method::GET, path)).await;
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[actix_web::test]
async fn unknown_paths_are_404_in_belvos_shape() {
    let app = app().await;
    for path in ["/api/accounts/", "/api/links/a/b/", "/apis/", "/", "/favicon.ico"] {
        for method in [Method::GET, Method::POST, Method::PUT] {
            app.call(app.request(method, path)).await.not_found();
        }
    }
}

#[actix_web::test]
async fn wrong_methods_are_405_and_say_which_are_allowed() {
    let app = app().await;
    let cases = [
        ("/api/", "GET", vec!["POST", "DELETE"]),
        ("/api/links/", "GET, POST, PATCH", vec!["PUT", "DELETE", "OPTIONS", "BREW"]),
        ("/api/links/nope", "GET, PATCH, PUT, DELETE", vec!["POST", "TRACE"]),
        ("/api/links/nope/refresh/", "POST", vec!["GET", "PUT"]),
        ("/api/employment-records", "GET, POST", vec!["PUT", "PATCH"]),
        ("/api/employment-records/nope/", "GET, DELETE", vec!["POST", "PUT"]),
        ("/livez", "GET", vec!["POST", "OPTIONS"]),
        ("/readyz", "GET", vec!["DELETE"]),
        ("/api/institutions/", "GET", vec!["POST", "DELETE"]),
        ("/api/institutions/9454", "GET", vec!["PATCH"]),
    ];
    for (path, allow, methods) in cases {
        for method in methods {
            let request = app.request(Method::from_bytes(method.as_bytes()).unwrap(), path);
            let answer = app.call(request.set_payload("{}")).await;
            let message = format!("Method \"{method}\" not allowed.");
            assert_eq!(answer.problem(405), ("method_not_allowed".into(), None, message));
            assert_eq!(answer.headers.get("Allow").unwrap(), allow, "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let app = app().await;
    for path in ["/api/", "/api/links/", "/livez", "/readyz"] {
        assert_eq!(app.call(app.request(Method::HEAD, path)).await.status, 200, "{path}");
    }
}

#[actix_web::test]
async fn only_json_is_understood() {
    let app = app().await;
    let text = body().to_string();
    let form = "application/x-www-form-urlencoded";
    for media_type in ["text/plain", form, "application/jsonx", "application/json-patch+json", ""] {
        let request = app.request(Method::POST, "/api/links/");
        let request = request.insert_header(("Content-Type", media_type));
        let problem = app.call(request.set_payload(text.clone())).await.problem(415);
        let message = format!("Unsupported media type \"{media_type}\" in request.");
        assert_eq!(problem, ("unsupported_media_type".into(), None, message));
    }
    for media_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        let request = app.request(Method::POST, "/api/links/");
        let request = request.insert_header(("Content-Type", media_type));
        app.call(request.set_payload(text.clone())).await.created();
    }
    let bare = app.request(Method::POST, "/api/links/").set_payload(text);
    assert_eq!(app.call(bare).await.problem(415).0, "unsupported_media_type");
}

/// Where the words need not be Belvo's, they say what to do.
#[actix_web::test]
async fn what_is_forgotten_with_curl_is_said() {
    let app = app().await;
    let bare = app.request(Method::POST, "/_emulator/clock/advance").set_payload("{}");
    let (_, _, message) = app.call(bare).await.problem(415);
    let hint = "Send it with the header Content-Type: application/json.";
    assert!(message.ends_with(hint), "{message}");
    for path in ["/_emulator/clok", "/_emulator/pages", "/_emulator/webhooks/awiat"] {
        let (code, _, message) = app.get(path).await.problem(404);
        assert_eq!(code, "not_found");
        let there_is = "GET /_emulator/openapi.json lists what there is.";
        assert_eq!(message, format!("There is no {path}; {there_is}"));
    }
}

#[actix_web::test]
async fn a_body_on_get_or_delete_is_no_concern() {
    let app = app().await;
    let link = app.post("/api/links/", body()).await.id();
    for method in [Method::GET, Method::DELETE] {
        let request = app.request(method, &format!("/api/links/{link}/"));
        let request = request.insert_header(("Content-Type", "application/json"));
        assert!(app.call(request.set_payload("{")).await.status < 300);
    }
}

#[actix_web::test]
async fn bodies_are_limited_to_a_mebibyte() {
    let app = app().await;
    let padded = |bytes: usize| {
        let mut body = body();
        let frame = body.to_string().len() + r#","padding":"""#.len();
        body["padding"] = json!("x".repeat(bytes - frame));
        body.to_string()
    };
    app.post_text("/api/links/", &padded(1024 * 1024)).await.created();
    let problem = app.post_text("/api/links/", &padded(1024 * 1024 + 1)).await.problem(413);
    let message = "The request body is larger than 1048576 bytes.".to_owned();
    assert_eq!(problem, ("request_too_large".into(), None, message));
}

#[actix_web::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let app = app().await;
    let request = app.request(Method::POST, "/api/links/").to_request();
    let silence: actix_http::BoxedPayloadStream = Box::pin(futures_util::stream::pending());
    let (request, _) = request.replace_payload(Payload::Stream { payload: silence });
    tokio::time::pause(); // half a minute passes as soon as nothing else is left to do
    let problem = app.call_as_is(request).await.problem(408);
    let message = "The request body did not arrive within 30 seconds.".to_owned();
    assert_eq!(problem, ("request_timeout".into(), None, message));
}

#[actix_web::test]
async fn nothing_a_client_sends_brings_a_5xx() {
    let app = app().await;
    let mut deep = "[".repeat(100_000);
    deep.push_str(&"]".repeat(100_000));
    let bodies = [
        "\0",
        "{\"institution\": \"\\ud800\"}",
        "{\"institution\": 1e999}",
        "{\"username\": NaN}",
        &deep,
        "{\"a\":",
        "\u{feff}{}",
        "[[[",
        "{\"access_mode\": {\"a\": [1]}}",
        "-",
        "1e5",
        "{\"username\": \"\\u0000\", \"institution\": \"planet_mx_employment\"}",
    ];
    for body in bodies {
        let answer = app.post_text("/api/links/", body).await;
        assert!((400..500).contains(&answer.status), "{body:.40}");
        answer.problems(answer.status);
    }
    let odd = app
        .request(Method::POST, "/api/links/")
        .insert_header(("Content-Type", "application/json"));
    let problem = app.call(odd.set_payload(vec![b'{', 0xff])).await.problem(400);
    assert!(
        problem.2.contains("'utf-8' codec can't decode byte 0xff in position 1"),
        "{problem:?}"
    );
    let queries = [
        "%",
        "%ff=%ff",
        "page=%ff",
        "page_size=1e3",
        "page=+1",
        "page=0x1",
        "&&&",
        "=",
        "id=%00",
        "page=18446744073709551615&page_size=1000",
        "page_size=18446744073709551616",
    ];
    for query in queries {
        for list in ["links", "employment-records"] {
            let answer = app.get(&format!("/api/{list}/?{query}")).await;
            assert!(answer.status < 500, "{query}");
        }
    }
}
