//! The log lines of requests, and the warnings of keys that are refused.

use serde_json::{Value, json};

use crate::app::CURP;
use crate::process::{Server, call};

fn body() -> Value {
    json!({"institution": "planet_mx_employment", "username": CURP})
}

/// The lines of requests in a log.
fn requests(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains(" request_id=")).collect()
}

/// Stops the server and returns its log, whose end a line of the test's own marks.
fn whole_log(server: &mut Server) -> String {
    server.request("GET", "/the-end", None);
    let log = server.log_with(|log| log.contains("/the-end"));
    assert_eq!(server.stop("TERM").code(), Some(0));
    log
}

#[test]
fn every_request_has_a_line_when_asked_for() {
    let mut server = Server::start(&["--log-requests"]);
    server.create_link(CURP);
    server.request("GET", "/api/links/?external_id=BLPM951331IONVGR54", None);
    server.request("POST", "/api/links/", Some(&json!({})));
    server.get("/_emulator/clock");
    server.get("/livez");
    let log = whole_log(&mut server);
    let lines = requests(&log);
    let expected = [
        ["DEBUG POST /api/links/ 201 in ", " ms account=\"id\" request_id="],
        ["DEBUG GET /api/links/ 200 in ", " ms account=\"id\" request_id="],
        [" INFO POST /api/links/ 400 required in ", " ms account=\"id\" request_id="],
        ["DEBUG GET /_emulator/clock 200 in ", " ms account=\"id\" request_id="],
        ["DEBUG GET /livez 200 in ", " ms request_id="],
        [" INFO GET /the-end 404 not_found in ", " ms request_id="],
    ];
    assert_eq!(lines.len(), expected.len(), "{log}");
    for (line, [beginning, end]) in lines.iter().zip(expected) {
        assert!(line.contains(beginning) && line.contains(end), "{line} lacks {beginning}{end}");
    }
    let lines = lines.join("\n");
    assert!(!lines.contains(CURP) && !lines.contains("password"), "{log}");
    let by_variable = {
        let mut command = crate::process::command(&["--port", "0"]);
        command.env("BELVO_EMULATOR_LOG_REQUESTS", "1");
        let mut server = Server::spawn(command);
        server.get("/livez");
        whole_log(&mut server)
    };
    assert!(by_variable.contains("GET /livez 200 in "), "{by_variable}");
}

#[test]
fn only_what_was_refused_has_a_line_without_being_asked_for() {
    let mut server = Server::start(&[]);
    server.create_link(CURP);
    let (_, refused) = server.request("POST", "/api/links/", Some(&json!({})));
    server.request("GET", "/nowhere", None);
    // A probe that does not exist asks every few seconds too.
    server.request("GET", "/healthz", None);
    server.get("/readyz");
    let log = whole_log(&mut server);
    let lines = requests(&log);
    assert_eq!(lines.len(), 3, "{log}");
    let request_id = refused[0]["request_id"].as_str().unwrap();
    assert!(lines[0].contains(&format!("request_id=\"{request_id}\"")), "{log}");
    assert!(lines[1].contains("GET /nowhere 404 not_found in "), "{log}");
}

#[test]
fn a_refusal_names_the_scenario_that_brought_it() {
    let mut server = Server::start(&[]);
    let body = json!({"institution": "planet_mx_employment", "username": "FAIL400001HXXXXX00"});
    assert_eq!(server.request("POST", "/api/links/", Some(&body)).0, 400);
    let log = whole_log(&mut server);
    let line = requests(&log)[0];
    assert!(line.contains("POST /api/links/ 400 invalid_credentials in "), "{line}");
    assert!(line.contains(" scenario=\"nss_curp_mismatch\""), "{line}");
    assert!(!requests(&log)[1].contains("scenario="), "{log}");
}

#[test]
fn quiet_is_quiet_also_about_requests() {
    let mut server = Server::start(&["--quiet", "--log-requests", "--credentials", "a:b"]);
    server.request("GET", "/nowhere", None);
    server.request("GET", "/api/links/", None);
    assert_eq!(server.stop("TERM").code(), Some(0));
    assert_eq!(server.log(), "");
}

#[test]
fn a_request_is_an_object_in_a_log_of_json() {
    let mut server = Server::start(&["--log-requests", "--log-format", "json"]);
    server.request("POST", "/api/links/", Some(&json!({})));
    let log = whole_log(&mut server);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["message"] == "request answered").unwrap();
    assert!(line["latency_ms"].is_u64(), "{line}");
    let fields = ["level", "method", "path", "status", "code", "account"];
    let expected = ["INFO", "POST", "/api/links/", "400", "required", "id"];
    for (field, expected) in fields.iter().zip(expected) {
        let value = line[field].as_str().map_or_else(|| line[field].to_string(), str::to_owned);
        assert_eq!(value, expected, "{line}");
    }
    assert_eq!(line["request_id"].as_str().unwrap().len(), 32, "{line}");
}

#[test]
fn an_injected_fault_is_named_in_the_line_of_its_request() {
    let mut server = Server::start(&[]);
    let fault = json!({"fault": "reset_peer", "times": 1});
    let (status, armed) = server.request("POST", "/_emulator/faults", Some(&fault));
    assert_eq!(status, 201, "{armed}");
    let url = format!("{}/api/links/", server.url);
    assert!(call("id:password", "GET", &url, None).is_err());
    let log = whole_log(&mut server);
    assert!(requests(&log)[0].contains("faults=\"reset_peer\""), "{log}");
}

#[test]
fn a_request_whose_client_leaves_has_its_line() {
    let mut server = Server::start(&[]);
    let fault = json!({"fault": {"latency": {"delay": "60s"}}, "times": 1});
    let (status, armed) = server.request("POST", "/_emulator/faults", Some(&fault));
    assert_eq!(status, 201, "{armed}");
    let impatient = ureq::Agent::config_builder();
    let impatient = impatient.timeout_global(Some(std::time::Duration::from_millis(500)));
    let request = impatient.build().new_agent().get(format!("{}/api/links/", server.url));
    assert!(request.header("Authorization", "Basic aWQ6cGFzc3dvcmQ=").call().is_err());
    let gone = "GET /api/links/ not answered: the client closed the connection, or the emulator \
                stopped (after ";
    server.log_with(|log| log.contains(gone));
    assert_eq!(server.stop("TERM").code(), Some(0));
}

#[test]
fn refused_keys_are_a_warning_that_names_the_id_and_the_way_out() {
    let flags = ["--credentials", "app-id:pw1", "--credentials", "other-id:secret"];
    let mut server = Server::start(&flags);
    let url = format!("{}/api/links/", server.url);
    for keys in ["app-id:hidden1", "ap-id:hidden2", "stranger:hidden3", "hidden4"] {
        assert_eq!(call(keys, "GET", &url, None).unwrap().0, 401);
    }
    let by_body = json!({"id": "widget", "password": "hidden5", "scopes": "read_institutions"});
    let token = format!("{}/api/token/", server.url);
    assert_eq!(call("x:hidden6", "POST", &token, Some(&by_body)).unwrap().0, 401);
    let anonymous = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    assert_eq!(anonymous.get(&url).call().unwrap().status(), 401);
    let bearer = anonymous.get(&url).header("Authorization", "Bearer hidden7");
    assert_eq!(bearer.call().unwrap().status(), 401);
    let log = whole_log(&mut server);
    let expected = [
        "keys refused account=\"app-id\" times=1 hint=\"--credentials has this id with another",
        "keys refused account=\"ap-id\" times=1 hint=\"--credentials has 2 pairs, none with this \
         id: correct the id of the client, or add the pair. Did you mean \\\"app-id\\\"?\"",
        "keys refused account=\"stranger\" times=1 hint=\"--credentials has 2 pairs, none with",
        "keys refused times=1 hint=\"send the keys by Basic authentication as ID:PASSWORD, both",
        "keys refused account=\"widget\" times=1",
        "keys refused times=1 hint=\"the request has no Authorization header: send the keys",
        "keys refused times=1 hint=\"the token is unknown, expired or used up, or a control call has one",
    ];
    for expected in expected {
        let found = log.lines().filter(|line| line.contains(expected)).collect::<Vec<&str>>();
        assert_eq!(found.len(), 1, "{expected}: {log}");
        assert!(found[0].contains(" WARN "), "{log}");
    }
    assert!(!log.contains("hidden") && !log.contains("pw1") && !log.contains("secret"), "{log}");
    assert_eq!(requests(&log).len(), 1, "the warnings stand for their requests: {log}");
}

#[test]
fn a_client_that_tries_for_ever_does_not_flood_the_log() {
    let mut server = Server::start(&["--credentials", "app-id:pw1"]);
    let url = format!("{}/api/links/", server.url);
    for _ in 0..120 {
        assert_eq!(call("app:x", "GET", &url, None).unwrap().0, 401);
    }
    for number in 0..130 {
        assert_eq!(call(&format!("{number}:x"), "GET", &url, None).unwrap().0, 401);
    }
    let log = whole_log(&mut server);
    let of_one: Vec<&str> = log.lines().filter(|line| line.contains("\"app\"")).collect();
    assert_eq!(of_one.len(), 3, "{log}");
    for (line, times) in of_one.iter().zip([1, 10, 100]) {
        assert!(line.contains(&format!("times={times} ")), "{line}");
    }
    // 99 more ids are counted each by itself, and the other 31 together.
    let of_many: Vec<&str> =
        log.lines().filter(|line| line.contains("more than 100 ids were refused")).collect();
    assert_eq!((log.matches("keys refused").count(), of_many.len()), (3 + 99 + 2, 2), "{log}");
}

#[test]
fn undeliverable_webhooks_are_said_once_for_each_account() {
    let mut server = Server::start(&["--webhook-delay", "0s", "--clock", "skip"]);
    for keys in ["one:p", "two:p", "one:p", "two:p"] {
        let url = |path: &str| format!("{}{path}", server.url);
        assert_eq!(call(keys, "POST", &url("/api/links/"), Some(&body())).unwrap().0, 201);
        let advance = Some(json!({"by": "1m"}));
        let advanced = call(keys, "POST", &url("/_emulator/clock/advance"), advance.as_ref());
        assert_eq!(advanced.unwrap().0, 200);
    }
    let log = whole_log(&mut server);
    for id in ["one", "two"] {
        let line = format!("(this is said once for each account) account=\"{id}\"");
        assert_eq!(log.matches(&line).count(), 1, "{log}");
    }
    assert_eq!(log.matches("a webhook is kept as undeliverable").count(), 2, "{log}");
}

#[test]
fn a_line_stays_a_line_whatever_a_client_writes() {
    let escape = "\u{1b}[31m";
    for format in ["text", "json"] {
        let flags = ["--log-requests", "--credentials", "a:b", "--log-format", format];
        let mut server = Server::start(&flags);
        let url = format!("{}/api/links/", server.url);
        for keys in [format!("x\ny{escape}\u{9b}\u{2028}:x"), "\r\n\0:x".to_owned()] {
            assert_eq!(call(&keys, "GET", &url, None).unwrap().0, 401);
        }
        server.request("GET", "/%1B%0A%00%22", None);
        let log = whole_log(&mut server);
        assert_eq!(log.matches("keys refused").count(), 2, "{log}");
        let of_text = ['\u{1b}', '\r', '\0', '\u{9b}', '\u{2028}'];
        let of_json = ['\u{1b}', '\r', '\0'];
        let forbidden = if format == "text" { of_text.as_slice() } else { of_json.as_slice() };
        assert!(!log.contains(forbidden), "{log:?}");
        let whole = |line: &&str| line.starts_with("20") || line.starts_with('{');
        let lines =
            log.lines().filter(|line| line.contains("keys refused") || line.contains("request_id"));
        assert!(lines.clone().count() >= 5 && lines.clone().all(|line| whole(&line)), "{log}");
    }
}

#[test]
fn exec_shows_warnings_and_with_verbose_what_serve_shows() {
    let script = "curl -s -o /dev/null -u a:x $BELVO_BASE_URL/api/links/
        curl -s -o /dev/null $BELVO_BASE_URL/nowhere
        curl -s -o /dev/null $BELVO_BASE_URL/readyz";
    let shown = |flags: &[&str]| {
        let flags = [&["exec", "--credentials", "a:b"], flags, &["--", "sh", "-c", script]];
        let finished = crate::process::run(&flags.concat());
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        let has = |text: &str| finished.stderr.contains(text);
        [has("keys refused account=\"a\""), has("GET /nowhere "), has("GET /readyz ")]
    };
    assert_eq!(shown(&[]), [true, false, false]);
    assert_eq!(shown(&["--verbose"]), [true, true, false]);
    assert_eq!(shown(&["--log-requests"]), [true, true, true]);
    assert_eq!(shown(&["--quiet"]), [false, false, false]);
}
