//! Looking back: what was asked, why it was answered so, and was it what a test expects?

use std::fs;

use actix_web::HttpMessage;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{Answer, CURP, app, app_with};

const JOURNAL: &str = "/_emulator/requests";
const VERIFY: &str = "/_emulator/requests/verify";
const HEADER: &str = "X-Emulator-Scenario";

fn request_id(answer: &Answer) -> String {
    answer.headers.get("X-Request-Id").unwrap().to_str().unwrap().to_owned()
}

fn path_of(answer: &Answer) -> String {
    format!("{JOURNAL}/{}", request_id(answer))
}

/// Each request of a list as `cursor method path operation status`.
fn rows(list: &Value) -> Vec<String> {
    let row = |request: &Value| {
        let text = |key: &str| request[key].as_str().unwrap_or("-").to_owned();
        let [method, path, operation] = ["method", "path", "operation"].map(text);
        format!("{} {method} {path} {operation} {}", request["cursor"], request["status"])
    };
    list["requests"].as_array().unwrap().iter().map(row).collect()
}

#[actix_web::test]
async fn every_request_below_api_is_in_the_journal_however_it_was_answered() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    app.get(&format!("/api/links/{link}?fields=id")).await.ok();
    app.call(app.request(Method::HEAD, "/api/links/")).await;
    app.get("/api/nothing/").await.not_found();
    app.put("/api/links/", json!({})).await.problem(405);
    app.post_text("/api/links/", "nope").await.problem(400);
    let plain = app.request(Method::POST, "/api/links/").insert_header(("Content-Type", "text/x"));
    app.call(plain.set_payload("hello")).await.problem(415);
    app.post_text("/api/links/", &" ".repeat(1024 * 1024 + 1)).await.problem(413);
    app.create_token_with(json!({})).await.ok();
    app.create_token_with(json!({"scopes": null})).await.problem(400);
    app.get("/_emulator/clock").await.ok();
    app.log_in_as("", "");
    app.get("/api/").await.problem(401);
    app.log_in_as("id", "password");

    let list = app.get(JOURNAL).await.ok();
    assert_eq!(
        rows(&list),
        [
            "1 POST /api/links/ RegisterLink 201".to_owned(),
            format!("4 GET /api/links/{link} DetailLink 200"),
            "5 HEAD /api/links/ ListLinks 200".to_owned(),
            "6 GET /api/nothing/ - 404".to_owned(),
            "7 PUT /api/links/ - 405".to_owned(),
            "8 POST /api/links/ RegisterLink 400".to_owned(),
            "9 POST /api/links/ RegisterLink 415".to_owned(),
            "10 POST /api/links/ RegisterLink 413".to_owned(),
            "11 POST /api/token/ CreateToken 200".to_owned(),
        ]
    );
    assert_eq!((&list["evicted"], &list["last_cursor"]), (&json!(0), &json!(11)));
    let requests = &list["requests"];
    assert_eq!(requests[0]["body"]["username"], CURP);
    assert_eq!(requests[0]["answer"]["id"], link);
    assert_eq!(requests[0]["at"], "2026-03-01T12:00:00.000000Z");
    assert_eq!(requests[1]["query"], json!({"fields": "id"}));
    assert_eq!(requests[1]["headers"]["host"], "localhost:23586");
    assert_eq!(requests[1]["body"], Value::Null);
    assert_eq!(requests[1]["answer"], json!({"id": link}));
    assert_eq!(requests[5]["body"], "nope");
    assert_eq!(requests[5]["answer"][0]["code"], "parse_error");
    assert_eq!(requests[6]["body"], "hello");
    assert_eq!(requests[7]["body"], Value::Null);
}

#[actix_web::test]
async fn secrets_are_in_no_answer_of_the_journal() {
    let app = app_with(&[]).await;
    app.log_in_as("id", "hunter-of-keys");
    let mut made = Vec::new();
    made.push(app.create_link_with(CURP, json!({"password": "hunter-1"})).await);
    made.push(app.create_link_with(CURP, json!({"nested": [{"password2": "hunter-2"}]})).await);
    for text in [
        r#"{"password": "hunter-3"#,
        r#"{"password" : "a\" hunter-3", nope}"#,
        "{'password': 'hunter-3'}",
        "username=x&password=hunter-3&scope=y",
        r#"{"PASSWORD":hunter-3}"#,
    ] {
        made.push(app.post_text("/api/links/", text).await);
    }
    let pair = app.create_token_with(json!({})).await;
    let bearer = pair.json()["access"].as_str().unwrap().to_owned();
    app.call_with(&bearer, Method::GET, "/api/institutions/", None).await.ok();
    made.push(pair);

    let list = app.get(JOURNAL).await;
    let scheme = |place: usize| list.json()["requests"][place]["headers"]["authorization"].clone();
    assert_eq!((scheme(0), scheme(8)), (json!("Basic [redacted]"), json!("Bearer [redacted]")));
    assert_eq!(list.json()["requests"][0]["body"]["password"], "[redacted]");
    let form = "username=x&password=[redacted]&scope=y";
    assert_eq!(list.json()["requests"][5]["body"], form);
    let mut texts = vec![list.body];
    for answer in &made {
        texts.push(app.get(&path_of(answer)).await.body);
    }
    let expected = json!({"requests": [{"count": 0}]});
    texts.push(app.post(VERIFY, expected).await.body);
    let basic = app.request(Method::GET, "/").to_request();
    let basic = basic.headers().get(AUTHORIZATION).unwrap().to_str().unwrap().to_owned();
    for text in texts {
        let text = String::from_utf8(text).unwrap();
        for secret in ["hunter", basic.split_once(' ').unwrap().1, &bearer[..40]] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

#[actix_web::test]
async fn of_long_bodies_the_beginning_is_kept() {
    let app = app_with(&[]).await;
    app.create_link_with(CURP, json!({"external_id": "a".repeat(20_000)})).await.problem(400);
    app.create_link("LONG700101MXXXXX00").await.created();
    app.advance(TimeDelta::seconds(15));
    app.get("/api/employment-records/").await.ok();
    let list = app.get(JOURNAL).await.ok();
    let [long, short, records] = [0, 1, 2].map(|place| &list["requests"][place]);
    let lengths = (long["body"].as_str().unwrap().len(), long["body_truncated"].clone());
    assert_eq!(lengths, (16 * 1024, json!(true)));
    assert_eq!(short["body_truncated"], false);
    assert_eq!(short["answer_truncated"], false);
    let is_cut = records["answer"].as_str().is_some_and(|text| text.len() == 16 * 1024);
    assert_eq!(json!(is_cut), records["answer_truncated"]);
    let expected = json!({"requests": [{"body": {"external_id": "b"}, "status": 400}]});
    let (_, _, text) = app.post(VERIFY, expected).await.problem(409);
    assert!(text.ends_with("\n  body: too long to be compared"), "{text}");
}

#[actix_web::test]
async fn lists_narrow_by_every_parameter_and_refuse_others() {
    let app = app_with(&[]).await;
    let link = app.create_link(CURP).await.id();
    app.create_link("nope").await.problem(400);
    app.retrieve(&link).await.created();
    app.get(&format!("/api/employment-records?link={link}")).await.ok();
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    for (query, cursors) in [
        ("", "1 4 5 7 8"),
        ("operation=RegisterLink", "1 4"),
        ("method=post", "1 4 5"),
        ("path=/api/employment-records/", "5 7"),
        ("path=/api/links", "1 4"),
        ("status=400", "4"),
        ("status=&method=", "1 4 5 7 8"),
        ("after=5", "7 8"),
        ("after=9", ""),
        (&format!("link={link}"), "1 5 7 8"),
        (&format!("link={link}&method=GET&after=1"), "7"),
    ] {
        let list = app.get(&format!("{JOURNAL}?{query}")).await.ok();
        let found: Vec<String> =
            rows(&list).iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(found.join(" "), cursors, "{query}");
        assert_eq!(list["last_cursor"], 9, "{query}");
    }
    for (query, field, sentence) in [
        (
            "operatoin=x",
            "operatoin",
            "\"operatoin\" is no key here; the keys are: operation, method, path, status, link, \
             external_id, curp, after, limit. Did you mean \"operation\"?",
        ),
        ("status=often", "status", "Expected a whole number, not \"often\"."),
        ("limit=0", "limit", "0: expected 1 to 1000"),
        (
            "after=10",
            "after",
            "10 is past the last cursor, which is 9. Was the account reset since?",
        ),
    ] {
        let problem = app.get(&format!("{JOURNAL}?{query}")).await.problem(400);
        assert_eq!(problem, ("invalid".to_owned(), Some(field.to_owned()), sentence.to_owned()));
    }
    let (_, field, sentence) =
        app.get(&format!("{JOURNAL}?operation=RegistrLink")).await.problem(400);
    assert_eq!(field.as_deref(), Some("operation"));
    let start = "No operation is named \"RegistrLink\". Did you mean \"RegisterLink\"? There are ";
    assert!(sentence.starts_with(start), "{sentence}");
}

#[actix_web::test]
async fn the_oldest_requests_make_room_and_that_can_be_seen() {
    let app = app_with(&["--log-budget", "64KiB"]).await;
    let first = app.get("/api/").await;
    // Each is kept with 16 KiB of its body.
    for _ in 0..4 {
        app.post_text("/api/links/", &"x".repeat(20_000)).await.problem(400);
    }
    app.get("/api/").await.ok();
    let list = app.get(JOURNAL).await.ok();
    let evicted = list["evicted"].as_u64().unwrap();
    assert_eq!(list["last_cursor"], 6);
    assert_eq!(evicted, 2);
    assert_eq!(list["requests"][0]["cursor"], evicted + 1);
    assert_eq!(list["requests"].as_array().unwrap().len(), 4);
    let since = app.get(&format!("{JOURNAL}?after=5")).await.ok();
    assert_eq!(rows(&since), ["6 GET /api/ CheckKeys 200"]);
    let (code, _, sentence) = app.get(&path_of(&first)).await.problem(404);
    assert_eq!(code, "not_found");
    assert_eq!(
        sentence,
        "The journal of this account has no such request. It no longer has what happened up to \
         cursor 2 (--log-budget). Requests that were answered 401, and those below /_emulator/, \
         belong to no account."
    );

    // What is gone cannot be counted, unless it does not matter.
    let gone = |after: u64| {
        format!(
            "the log no longer has what happened up to cursor 2, so the number and the order of the \
             requests after {after} cannot be told; verify after cursor 2 or later, or raise \
             --log-budget"
        )
    };
    for (body, expected) in [
        (json!({"requests": [{"count": 5}]}), Err(gone(0))),
        (json!({"requests": [{"at_most": 9}]}), Err(gone(0))),
        (json!({"requests": [{}], "in_order": true, "after": 1}), Err(gone(1))),
        (json!({"requests": [{"at_least": 3}]}), Ok(4)),
        (json!({"requests": [{"count": 4}], "after": 2}), Ok(4)),
    ] {
        let answer = app.post(VERIFY, body.clone()).await;
        match expected {
            Err(sentence) => assert_eq!(answer.problem(409).2, sentence, "{body}"),
            Ok(count) => assert_eq!(answer.ok()["matched"][0]["count"], count, "{body}"),
        }
    }
}

#[actix_web::test]
async fn requests_and_deliveries_are_read_in_pages_of_one_shape() {
    let app = app().await;
    for _ in 0..5 {
        app.create_link(CURP).await.created();
    }
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks().len(), 5);
    for (path, key) in [(JOURNAL, "requests"), ("/_emulator/webhooks/deliveries", "deliveries")] {
        let (mut after, mut cursors, mut sizes) = (json!(0), Vec::new(), Vec::new());
        while !after.is_null() {
            let page = app.get(&format!("{path}?limit=2&after={after}")).await.ok();
            let things = page[key].as_array().unwrap();
            cursors.extend(things.iter().map(|thing| thing["cursor"].as_u64().unwrap()));
            sizes.push(things.len());
            assert_eq!(page.as_object().unwrap().len(), 4, "{page}");
            assert_eq!((&page["last_cursor"], &page["evicted"]), (&json!(45), &json!(0)));
            after = page["next_after"].clone();
        }
        assert_eq!(sizes, [2, 2, 1], "{path}");
        assert!(cursors.is_sorted_by(|one, next| one < next), "{cursors:?}");
        let all = app.get(path).await.ok();
        let all: Vec<u64> = all[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["cursor"].as_u64().unwrap())
            .collect();
        assert_eq!(cursors, all);
        let whole = app.get(&format!("{path}?limit=5")).await.ok();
        assert_eq!(whole["next_after"], Value::Null, "nothing is left for another page");
    }
}

#[actix_web::test]
async fn a_page_of_long_requests_ends_early_and_says_where_to_go_on() {
    let app = app_with(&[]).await;
    for _ in 0..150 {
        app.post_text("/api/links/", &"x".repeat(16 * 1024)).await.problem(400);
    }
    let first = app.get(&format!("{JOURNAL}?limit=1000")).await.ok();
    let shown = first["requests"].as_array().unwrap().len();
    assert!((100..150).contains(&shown), "{shown}");
    assert_eq!(first["next_after"], shown);
    let second = app.get(&format!("{JOURNAL}?limit=1000&after={shown}")).await.ok();
    assert_eq!(second["requests"].as_array().unwrap().len(), 150 - shown);
    assert_eq!(second["next_after"], Value::Null);
    let all = app.post(VERIFY, json!({"requests": [{"count": 150}]})).await.ok();
    assert_eq!(all["matched"][0]["request_ids"].as_array().unwrap().len(), 100, "not all ids");
}

#[actix_web::test]
async fn a_verification_has_limits_and_says_which() {
    let app = app_with(&[]).await;
    let many = |count: usize| json!({"requests": vec![json!({}); count]});
    let (_, field, sentence) = app.post(VERIFY, many(1001)).await.problem(400);
    assert_eq!((field.as_deref(), &*sentence), (Some("requests"), "Expect 1000 requests at most."));
    for _ in 0..1001 {
        app.get("/api/").await.ok();
    }
    let (_, field, sentence) = app.post(VERIFY, many(1000)).await.problem(400);
    assert_eq!(field.as_deref(), Some("after"));
    assert!(sentence.starts_with("More than 1000 requests came after cursor 0"), "{sentence}");
    let matched = app.post(VERIFY, many(100)).await;
    assert_eq!(matched.ok()["matched"][99]["count"], 1001);
    assert!(matched.body.len() < 500_000, "{}", matched.body.len());
    let failed = json!({"requests": vec![json!({"status": 500}); 100]});
    let (_, _, text) = app.post(VERIFY, failed).await.problem(409);
    assert_eq!(text.matches(" of 100: ").count(), 10, "{text}");
    assert!(text.ends_with("and 90 more expectations failed"), "{text}");
}

#[actix_web::test]
async fn an_account_has_its_own_journal_and_a_reset_or_a_fork_begins_another() {
    let app = app_with(&[]).await;
    let mine = app.get("/api/").await;
    app.log_in_as("other", "password");
    assert_eq!(rows(&app.get(JOURNAL).await.ok()), [""; 0]);
    let (_, _, sentence) = app.get(&path_of(&mine)).await.problem(404);
    assert_eq!(
        sentence,
        "The journal of this account has no such request. Requests that were answered 401, and \
         those below /_emulator/, belong to no account."
    );
    app.log_in_as("id", "password");
    app.post("/_emulator/fork", json!({"credentials": "fork:password"})).await.no_content();
    app.get(&path_of(&mine)).await.ok();
    app.post("/_emulator/reset", json!({})).await.ok();
    assert_eq!(rows(&app.get(JOURNAL).await.ok()), [""; 0]);
    assert_eq!(app.get(JOURNAL).await.ok()["last_cursor"], 0);
    app.log_in_as("fork", "password");
    let fork = app.get(JOURNAL).await.ok();
    assert_eq!(rows(&fork), [""; 0]);
    assert_eq!((&fork["last_cursor"], &fork["evicted"]), (&json!(1), &json!(1)), "it counts on");
}

#[actix_web::test]
async fn requests_that_were_made_are_verified_with_their_ids() {
    let app = app_with(&[]).await;
    let link = app.create_link_with(CURP, json!({"external_id": "user-1"})).await;
    let [made, link] = [request_id(&link), link.id()];
    let read = app.get(&format!("/api/employment-records/?link={link}&page=1")).await;
    let gone = app.delete(&format!("/api/links/{link}/")).await;
    let [read, gone] = [request_id(&read), request_id(&gone)];
    for (body, matched) in [
        (json!({"requests": [{"operation": "RegisterLink"}]}), json!([[made]])),
        (json!({"requests": [{"method": "post", "path": "/api/links"}]}), json!([[made]])),
        (json!({"requests": [{"body": {"external_id": "user-1"}}]}), json!([[made]])),
        (
            json!({"requests": [{"body": {"fetch_resources": ["EMPLOYMENT_RECORDS"]}}]}),
            json!([[made]]),
        ),
        (json!({"requests": [{"query": {"link": link}}]}), json!([[read]])),
        (
            json!({"requests": [{"headers": {"Host": "localhost:23586"}, "count": 3}]}),
            json!([[made, read, gone]]),
        ),
        (json!({"requests": [{"status": 201}, {"status": 204}]}), json!([[made], [gone]])),
        (json!({"requests": [{"status": 500, "count": 0}]}), json!([[]])),
        (json!({"requests": [{"at_least": 2, "at_most": 3}]}), json!([[made, read, gone]])),
        (json!({"requests": [{"operation": "RegisterLink", "count": 0}], "after": 1}), json!([[]])),
        (
            json!({"in_order": true, "requests": [
                {"method": "POST"}, {"operation": "ListLinks", "count": 0}, {"method": "DELETE"},
            ]}),
            json!([[made], [], [gone]]),
        ),
        (
            json!({"in_order": true, "requests": [{"count": 1}, {"count": 1}, {"count": 1}]}),
            json!([[made], [read], [gone]]),
        ),
    ] {
        let answer = app.post(VERIFY, body.clone()).await.ok();
        let met: Vec<&Value> =
            answer["matched"].as_array().unwrap().iter().map(|met| &met["request_ids"]).collect();
        assert_eq!(json!(met), matched, "{body}");
        assert_eq!((&answer["evicted"], &answer["last_cursor"]), (&json!(0), &json!(6)));
    }
}

#[actix_web::test]
async fn what_was_not_made_is_told_with_the_nearest_request_field_by_field() {
    let app = app_with(&[]).await;
    let nothing = app.post(VERIFY, json!({"requests": [{"method": "GET"}]})).await.problem(409);
    assert_eq!(nothing.0, "verification_failed");
    assert_eq!(nothing.2, "expectation 1 of 1: GET\nexpected at least 1 request, found 0 among 0");
    let other = json!({"external_id": "user-1", "fetch_resources": ["OWNERS"]});
    let made = [
        request_id(&app.create_link_with(CURP, other).await),
        request_id(&app.get("/api/links/?page=2").await),
        request_id(&app.get("/api/").await),
        request_id(&app.get("/api/").await),
    ];
    let [first, second, third, fourth] = &made;
    let cases = [
        (
            json!({"requests": [
                {"status": 201},
                {"operation": "RegisterLink", "status": 201,
                 "body": {"username": "A", "fetch_resources": ["EMPLOYMENT_RECORDS"], "stale_in": "7d"}},
            ]}),
            format!(
                "expectation 2 of 2: RegisterLink, body {{\"fetch_resources\":[\
                 \"EMPLOYMENT_RECORDS\"],\"stale_in\":\"7d\",\"username\":\"A\"}}, status 201\n\
                 expected at least 1 request, found 0 among 4\n\
                 nearest: POST /api/links/ answered 201 (cursor 1, request {first})\n  \
                 body.fetch_resources[0]: expected \"EMPLOYMENT_RECORDS\", was \"OWNERS\"\n  \
                 body.stale_in: expected \"7d\", was absent\n  \
                 body.username: expected \"A\", was \"{CURP}\""
            ),
        ),
        (
            json!({"requests": [{"method": "GET", "path": "/api/links", "query": {"page": "1"},
                                 "headers": {"X-Trace": "1"}, "status": 200}]}),
            format!(
                "expectation 1 of 1: GET /api/links, query.page \"1\", headers.X-Trace \"1\", \
                 status 200\n\
                 expected at least 1 request, found 0 among 4\n\
                 nearest: GET /api/links/ answered 404 (cursor 4, request {second})\n  \
                 query.page: expected \"1\", was \"2\"\n  \
                 headers.x-trace: expected \"1\", was absent\n  \
                 status: expected 200, was 404"
            ),
        ),
        (
            json!({"requests": [{"path": "/api/", "count": 1}, {"path": "/api/", "at_least": 3}]}),
            format!(
                "expectation 1 of 2: /api/\n\
                 expected exactly 1 request, found 2 among 4\n\
                 found: GET /api/ answered 200 (cursor 5, request {third})\n\
                 found: GET /api/ answered 200 (cursor 6, request {fourth})\n\n\
                 expectation 2 of 2: /api/\n\
                 expected at least 3 requests, found 2 among 4\n\
                 found: GET /api/ answered 200 (cursor 5, request {third})\n\
                 found: GET /api/ answered 200 (cursor 6, request {fourth})\n\
                 nearest: GET /api/links/ answered 404 (cursor 4, request {second})\n  \
                 path: expected \"/api/\", was \"/api/links/\""
            ),
        ),
        (
            json!({"requests": [{"count": 0}], "after": 5}),
            format!(
                "expectation 1 of 1: any request\n\
                 expected no request, found 1 among 1\n\
                 found: GET /api/ answered 200 (cursor 6, request {fourth})"
            ),
        ),
        (
            json!({"in_order": true, "requests": [{"path": "/api/"}, {"method": "POST"}]}),
            format!(
                "expectation 2 of 2: POST\n\
                 expected at least 1 request after cursor 5, where the expectation before it is \
                 met, found 0 among 1\n\
                 nearest: GET /api/ answered 200 (cursor 6, request {fourth})\n  \
                 method: expected \"POST\", was \"GET\"\n\
                 too early: POST /api/links/ answered 201 (cursor 1, request {first})"
            ),
        ),
        (
            json!({"in_order": true, "requests": [
                {"method": "POST"}, {"status": 404, "at_most": 0}, {"path": "/api", "count": 2},
            ]}),
            format!(
                "expectation 2 of 3: status 404\n\
                 expected no request before cursor 5, found 1 among 1\n\
                 found: GET /api/links/ answered 404 (cursor 4, request {second})"
            ),
        ),
    ];
    for (body, text) in cases {
        let (code, field, message) = app.post(VERIFY, body.clone()).await.problem(409);
        assert_eq!((code.as_str(), field), ("verification_failed", None));
        assert_eq!(message, text, "{body}");
    }
}

#[actix_web::test]
async fn expectations_that_make_no_sense_are_refused() {
    let app = app_with(&[]).await;
    for (body, field, start) in [
        (json!({}), Some("requests"), "The key \"requests\" is missing."),
        (json!({"requests": []}), Some("requests"), "Expect at least one request; {} is any"),
        (
            json!({"requests": [{}, {"metod": "GET"}]}),
            Some("requests[1].metod"),
            "\"metod\" is no key here; the keys are: method, ",
        ),
        (
            json!({"requests": [{"operation": "Registerlink"}]}),
            Some("requests[0].operation"),
            "No operation is named \"Registerlink\". Did you mean \"RegisterLink\"?",
        ),
        (
            json!({"requests": [{"count": 1, "at_most": 2}]}),
            Some("requests[0].count"),
            "Give either count or at_least and at_most.",
        ),
        (
            json!({"requests": [{}, {"at_least": 3, "at_most": 2}]}),
            Some("requests[1].at_least"),
            "3 is more than at_most, which is 2.",
        ),
        (
            json!({"requests": [{"query": {"page": 1}}]}),
            Some("requests[0].query.page"),
            "Expected a text, not 1.",
        ),
        (json!({"requests": [{}], "after": 1}), Some("after"), "1 is past the last cursor"),
    ] {
        let (code, at, sentence) = app.post(VERIFY, body.clone()).await.problem(400);
        assert_eq!((code.as_str(), at.as_deref()), ("invalid", field), "{body} {sentence}");
        assert!(sentence.starts_with(start), "{body} {sentence}");
    }
}

/// The explanation's scenario in short: name, by, why, file:line.
fn scenario(explanation: &Value) -> [String; 4] {
    let text = |key: &str| explanation["scenario"][key].as_str().unwrap().to_owned();
    [text("name"), text("by"), text("why"), place(&explanation["scenario"])]
}

fn place(candidate: &Value) -> String {
    format!("{}:{}", candidate["file"].as_str().unwrap(), candidate["line"])
}

/// Those that were tried: name, by, why.
fn tried(explanation: &Value) -> Vec<[String; 3]> {
    let text = |tried: &Value, key: &str| tried[key].as_str().unwrap().to_owned();
    let all = explanation["scenario"]["tried"].as_array().unwrap();
    all.iter().map(|one| ["name", "by", "why"].map(|key| text(one, key))).collect()
}

#[actix_web::test]
async fn an_explanation_says_which_scenario_answered_and_why_the_others_did_not() {
    let app = app_with(&[]).await;
    let explain = async |answer: Answer| app.get(&path_of(&answer)).await.ok();

    let by_rule = explain(app.create_link("short").await).await;
    assert_eq!(
        scenario(&by_rule),
        [
            "curp_wrong_length",
            "rule",
            "its rule holds: CURP length is not 18",
            "scenarios/curp_wrong_length.json:5"
        ]
    );
    assert_eq!(
        tried(&by_rule),
        [["employed", "process_default", "a rule that holds has precedence"]]
    );

    let by_curp = explain(app.create_link("FAIL400002HXXXXX00").await).await;
    assert_eq!(
        scenario(&by_curp),
        [
            "nss_not_found",
            "curp",
            "it names the CURP FAIL400002HXXXXX00",
            "scenarios/nss_not_found.json:5"
        ]
    );
    let by_default = explain(app.create_link(CURP).await).await;
    assert_eq!(
        scenario(&by_default),
        [
            "employed",
            "process_default",
            "nothing else claims the login; --scenario",
            "scenarios/employed.json:2"
        ]
    );
    let not_held = |why: &str| format!("rule does not hold: {why}");
    assert_eq!(
        tried(&by_default).into_iter().map(|[_, _, why]| why).collect::<Vec<_>>(),
        [
            not_held("the CURP has 18 characters"),
            not_held("the CURP matches"),
            not_held("username2 belongs to no other CURP"),
        ]
    );

    let arm = json!({"scenario": "institution_down", "curp": "LONG700101MXXXXX00"});
    app.post("/_emulator/armed", arm).await.created();
    let arm = json!({"scenario": "institution_inactive", "operation": "RegisterLink"});
    app.post("/_emulator/armed", arm).await.created();
    let armed = explain(app.create_link(CURP).await).await;
    let expected = "scenarios/institution_inactive.json:2";
    assert_eq!(scenario(&armed), ["institution_inactive", "armed", "it was armed as 2", expected]);
    let stranger = "the armed scenario is for CURP LONG700101MXXXXX00";
    assert_eq!(tried(&armed)[0], ["institution_down", "armed", stranger]);

    let named = app.request(Method::POST, "/api/links/").insert_header((HEADER, "retired"));
    let body = json!({"institution": "planet_mx_employment", "username": CURP});
    let by_header = explain(app.call(named.set_json(body)).await).await;
    let why = "the header X-Emulator-Scenario names it";
    assert_eq!(scenario(&by_header), ["retired", "header", why, "scenarios/retired.json:2"]);

    app.put("/_emulator/default-scenario", json!({"scenario": "no_records"})).await.ok();
    let own = explain(app.create_link(CURP).await).await;
    let why = "nothing else claims the login; the account's default";
    let expected = "scenarios/no_records.json:2";
    assert_eq!(scenario(&own), ["no_records", "account_default", why, expected]);

    let link = app.create_link("GONE900101HXXXXX00").await.id();
    app.advance(TimeDelta::seconds(15));
    let later = explain(app.retrieve(&link).await).await;
    let why = "a step or a session of the link decides, and this made the link";
    assert_eq!(scenario(&later)[1..3], ["link", why]);

    let no_login = explain(app.get("/api/links/").await).await;
    assert_eq!(no_login["scenario"], Value::Null);
    let mistaken = explain(app.create_link_with(CURP, json!({"institution": ""})).await).await;
    assert_eq!(mistaken["scenario"], Value::Null);
}

#[actix_web::test]
async fn a_users_scenario_is_explained_with_its_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.json");
    let text = r#"{
  "name": "mine",
  "description": "Mine",

  "when": {
    "curp": "MINE900101HXXXXX00"
  },
  "login": {"refuse": {"status": 400, "code": "login_error", "message": "No."}}
}"#;
    fs::write(&file, text).unwrap();
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    let answer = app.create_link("MINE900101HXXXXX00").await;
    let explanation = app.get(&path_of(&answer)).await.ok();
    assert_eq!(scenario(&explanation)[3], format!("{}:6", file.display()));
}

#[actix_web::test]
async fn an_explanation_says_what_the_request_set_in_motion() {
    let app = app().await;
    let answer = app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await;
    let (path, link) = (path_of(&answer), answer.id());
    let scheduled = async || {
        let explanation = app.get(&path).await.ok();
        let rows = explanation["scheduled"].as_array().unwrap().clone();
        let row = |row: &Value| {
            assert_eq!(row["link"], link);
            let time = row["due"].as_str().unwrap();
            format!("{} {}", &time[..19], row["what"].as_str().unwrap())
        };
        (rows.iter().map(row).collect::<Vec<String>>(), explanation["deliveries"].clone())
    };
    let (rows, deliveries) = scheduled().await;
    assert_eq!(
        rows,
        ["2026-03-01T12:00:15 load", "2026-03-01T12:00:15 webhook", "2026-03-08T12:00:15 refresh"]
    );
    assert_eq!(deliveries, json!([]));
    app.advance(TimeDelta::seconds(15));
    assert_eq!(app.send_webhooks_to(|_| false).len(), 1);
    let (rows, deliveries) = scheduled().await;
    assert_eq!(
        rows,
        [
            "2026-03-01T12:00:25 retry",
            "2026-03-08T12:00:15 refresh",
            "2027-03-01T12:00:15 data expires"
        ]
    );
    assert_eq!(deliveries, json!([1]));
    let dashed: uuid::Uuid = request_id(&answer).parse().unwrap();
    assert_eq!(app.get(&format!("{JOURNAL}/{dashed}")).await.ok()["deliveries"], json!([1]));

    let refresh = app.post(&format!("/api/links/{link}/refresh/"), json!({})).await;
    let explanation = app.get(&path_of(&refresh)).await.ok();
    assert_eq!(explanation["scheduled"][1]["what"], "load and webhook");
    app.delete(&format!("/api/links/{link}/")).await.no_content();
    assert_eq!(scheduled().await, (vec![], json!([1])));
    let expired = app.create_link_with(CURP, json!({"credentials_storage": "9d"})).await;
    let explanation = app.get(&path_of(&expired)).await.ok();
    assert_eq!(explanation["scheduled"][2]["what"], "credentials expire");
    let header = ("X-Belvo-Request-Mode", "async");
    let path = format!("/api/links/{}/", expired.id());
    let delete = app.call(app.request(Method::DELETE, &path).insert_header(header)).await;
    delete.accepted();
    let explanation = app.get(&path_of(&delete)).await.ok();
    assert_eq!(explanation["scheduled"][0]["what"], "deletion and webhook");
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.send_webhooks().len(), 1);
    assert_eq!(app.get(&path_of(&delete)).await.ok()["deliveries"], json!([2]));
}

#[actix_web::test]
async fn the_faults_that_struck_are_in_the_journal() {
    let app = app_with(&[]).await;
    let status = json!({"status": {"status": 500}});
    for fault in [status, json!({"slow_body": {"over": "1ms"}})] {
        app.fault(json!({"fault": fault, "operation": "ListLinks", "times": 1})).await;
    }
    app.post(
        "/_emulator/armed",
        json!({"scenario": "permission_denied", "operation": "ListLinks"}),
    )
    .await
    .created();
    for (status, faults, scenario) in [
        (500, json!(["status"]), Value::Null),
        (403, json!(["slow_body"]), json!("permission_denied")),
        (200, json!([]), Value::Null),
    ] {
        let answer = app.call(app.request(Method::GET, "/api/links/")).await;
        let explanation = app.get(&path_of(&answer)).await.ok();
        assert_eq!((answer.status, &explanation["status"]), (status, &json!(status)));
        assert_eq!(explanation["faults"], faults);
        assert_eq!(explanation["scenario"]["name"], scenario);
    }
}
