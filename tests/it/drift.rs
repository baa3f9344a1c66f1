//! `belvo-emulator drift` with the description that is served, with a cut of Belvo's, and with planted
//! changes. `tests/clients/tap` has the whole of Belvo's.

use std::fs;

use serde_json::{Value, json};

use crate::process::{Finished, Server, run};

/// Compares the emulator with a description.
fn drift(spec: &Value, arguments: &[&str]) -> Finished {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spec.json");
    fs::write(&path, spec.to_string()).unwrap();
    run(&[&["drift", path.to_str().unwrap()], arguments].concat())
}

/// The differences of a comparison, without its summary.
fn differences(finished: &Finished) -> Vec<&str> {
    match finished.code {
        0 => Vec::new(),
        _ => finished.stdout.split("\n\n").next().unwrap().lines().collect(),
    }
}

type Plant = fn(&mut Value);

/// Changes of a description, and the start of the one line that each of them brings.
const PLANTED: &[(&str, Plant)] = &[
    ("Spell.weeks_employed: Belvo calls it weeks;", |spec| {
        let fields = schema(spec, "Spell")["properties"].as_object_mut().unwrap();
        let weeks = fields.remove("weeks_employed").unwrap();
        fields.insert("weeks".to_owned(), weeks);
    }),
    ("Spell.shift: only Belvo sends it (enum DAY|NIGHT);", |spec| {
        schema(spec, "Spell")["properties"]["shift"] =
            json!({"type": "string", "enum": ["NIGHT", "DAY"]});
    }),
    ("Spell.state: only the emulator sends it (string|null);", |spec| {
        schema(spec, "Spell")["properties"].as_object_mut().unwrap().remove("state");
    }),
    ("Spell.weeks_employed: Belvo sends string, the emulator integer;", |spec| {
        schema(spec, "Spell")["properties"]["weeks_employed"]["type"] = "string".into();
    }),
    ("Spell.end_date: the emulator sends null too, Belvo does not;", |spec| {
        schema(spec, "Spell")["properties"]["end_date"]["type"] = "string".into();
    }),
    ("Link.status: Belvo sends paused too, the emulator does not;", |spec| {
        push(&mut schema(spec, "Status")["enum"], "paused");
    }),
    ("Link.status: the emulator sends token_required too, Belvo does not;", |spec| {
        schema(spec, "Status")["enum"].as_array_mut().unwrap().pop();
    }),
    ("access_mode: Belvo takes weekly, the emulator does not;", |spec| {
        let body = &mut spec["paths"]["/api/links/{id}/"]["patch"]["requestBody"];
        let schema = &mut body["content"]["application/json"]["schema"];
        schema["properties"]["access_mode"] = json!({"enum": ["single", "recurrent", "weekly"]});
    }),
    ("external_id: Belvo requires it, the emulator does not;", |spec| {
        let body = &mut spec["paths"]["/api/links/"]["post"]["requestBody"];
        push(&mut body["content"]["application/json"]["schema"]["required"], "external_id");
    }),
    ("InvalidProblem.field: Belvo always sends it, the emulator does not;", |spec| {
        push(&mut schema(spec, "InvalidProblem")["required"], "field");
    }),
    ("tenant: Belvo requires it (string), the emulator does not know it;", |spec| {
        let tenant = json!({"name": "tenant", "in": "query", "required": true, "schema": {"type": "string"}});
        spec["paths"]["/api/links/"]["get"]["parameters"].as_array_mut().unwrap().push(tenant);
    }),
    ("status 428: only the emulator has it;", |spec| {
        let register = &mut spec["paths"]["/api/links/"]["post"];
        register["responses"].as_object_mut().unwrap().remove("428");
    }),
    ("status 402: only Belvo answers with it;", |spec| {
        spec["paths"]["/api/links/"]["post"]["responses"]["402"] = json!({"description": "Pay."});
    }),
    ("POST /api/links/{id}/refresh/: only the emulator has it;", |spec| {
        spec["paths"].as_object_mut().unwrap().remove("/api/links/{id}/refresh/");
    }),
];

fn schema<'a>(spec: &'a mut Value, name: &str) -> &'a mut Value {
    &mut spec["components"]["schemas"][name]
}

fn push(list: &mut Value, word: &str) {
    list.as_array_mut().unwrap().push(word.into());
}

#[test]
fn a_planted_change_is_the_only_line() {
    let served = Server::start(&[]).get("/_emulator/openapi.json");
    let same = drift(&served, &[]);
    assert_eq!(same.code, 0, "{}", same.stdout);
    assert!(
        same.stdout.starts_with("no differences that matter to a client, in "),
        "{}",
        same.stdout
    );
    for (expected, plant) in PLANTED {
        let mut spec = served.clone();
        plant(&mut spec);
        let found = drift(&spec, &[]);
        let lines = differences(&found);
        assert_eq!(found.code, 1, "{expected}");
        assert!(lines.len() == 1 && lines[0].starts_with(expected), "{expected} {lines:#?}");
    }
}

/// A cut of a description in Belvo's notation. It has what the emulator may narrow or widen, and
/// known differences.
fn cut() -> Value {
    let content = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
    let link = json!({"type": "object", "properties": {
        "id": {"type": "string"},
        "institution": {"type": "string"},
        "access_mode": {"type": "string", "nullable": true},
        "last_accessed_at": {"type": "string", "nullable": true, "format": "date-time"},
        "created_at": {"type": "string", "format": "date-time"},
        "external_id": {"type": "string"},
        "institution_user_id": {"type": "string"},
        "status": {"type": "string", "enum": ["valid", "invalid", "unconfirmed", "token_required"]},
        "created_by": {"type": "string", "format": "uuid"},
        "refresh_rate": {"type": "string", "nullable": true},
        "credentials_storage": {"type": "string"},
        "fetch_resources": {"type": "array", "items": {"type": "string"}},
        "stale_in": {"type": "string"},
    }});
    let problem = json!({"type": "object", "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "request_id": {"type": "string"},
    }});
    let problems = content(json!({"type": "array", "items": problem}));
    let mut responses = json!({"200": content(link)});
    for status in ["401", "403", "404", "408", "500"] {
        responses[status] = problems.clone();
    }
    let session = json!({"type": "object", "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "request_id": {"type": "string"},
        "session": {"type": "string"},
        "expiry": {"type": "integer"},
        "link": {"type": "string", "format": "uuid"},
        "token_generation_data": {"type": "object", "properties": {
            "instructions": {"type": "string"},
            "type": {"type": "string"},
            "value": {"type": "string"},
            "expects_user_input": {"type": "boolean"},
        }},
    }});
    responses["428"] = content(json!({"type": "array", "items": session}));
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}});
    let get = json!({"parameters": [id], "responses": responses});
    json!({"openapi": "3.0.2", "paths": {"/api/links/{id}": {"get": get}, "/api/banks/": {"get": {}}}})
}

#[test]
fn what_is_narrower_or_known_is_no_difference() {
    let found = drift(&cut(), &[]);
    let of_links =
        |line: &&str| !line.contains(": only the emulator has it; a client that calls it");
    let lines: Vec<&str> = differences(&found).into_iter().filter(of_links).collect();
    assert_eq!(lines, [""; 0]);
    assert!(
        found.stdout.ends_with("only in Belvo's description: 1 endpoint\n"),
        "{}",
        found.stdout
    );
    let all = drift(&cut(), &["--all"]).stdout;
    let known = "known: Link.external_id: the emulator sends null too, Belvo does not; a client that does not \
                 expect null may fail here (GET /api/links/{id}/ 200)\n    Belvo's texts have null for a \
                 link without one.\n";
    assert!(all.contains(known), "{all}");
    assert!(
        all.contains("obsolete: FormField.value in answers, OnlyOurs\n    Belvo's sandbox"),
        "{all}"
    );
}

#[test]
fn a_file_that_is_no_description_is_said_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spec.json");
    fs::write(&path, "{\n  nope\n}").unwrap();
    let finished = run(&["drift", path.to_str().unwrap()]);
    assert_eq!(finished.code, 2);
    assert!(finished.stderr.contains("spec.json:2:3: "), "{}", finished.stderr);
    assert_eq!(run(&["drift"]).code, 2);
    let endless = run(&["drift", "/dev/zero"]);
    assert_eq!(endless.code, 2);
    let sentence = "cannot read /dev/zero: it is larger than 64MiB";
    assert!(endless.stderr.contains(sentence), "{}", endless.stderr);
}
