//! `belvo-emulator drift` with the description that is served, and with one that differs from it.

use std::fs;

use serde_json::{Value, json};

use crate::process::{Server, run};

#[test]
fn exactly_the_known_differences_are_reported() {
    let mut spec = Server::start(&[]).get("/_emulator/openapi.json");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spec.json");
    let drift = |spec: &Value| {
        fs::write(&path, spec.to_string()).unwrap();
        run(&["drift", path.to_str().unwrap()])
    };
    let same = drift(&spec);
    assert_eq!((same.code, same.stdout.lines().count()), (0, 2), "{}", same.stdout);

    let schemas = &mut spec["components"]["schemas"];
    let spell = schemas["Spell"]["properties"].as_object_mut().unwrap();
    spell.insert("shift".into(), json!({"type": "string", "enum": ["NIGHT", "DAY"]}));
    spell.remove("state");
    spell["weeks_employed"] = json!({"type": "number"});
    let paths = spec["paths"].as_object_mut().unwrap();
    paths.remove("/api/links/{id}/refresh/");
    paths.retain(|path, _| path.starts_with("/api/"));
    spec["paths"]["/api/accounts/"] = json!({"get": {"responses": {}}});
    // The same schema appears where records are listed, retrieved and shown.
    let expected = [
        ("GET /api/employment-records/", "response 200", "results[]."),
        ("POST /api/employment-records/", "response 200", "[]."),
        ("POST /api/employment-records/", "response 201", "[]."),
        ("GET /api/employment-records/{id}/", "response 200", ""),
    ];
    let mut rows: Vec<String> = expected
        .iter()
        .flat_map(|(endpoint, place, prefix)| {
            [
                format!(
                    "{endpoint} {place} {prefix}employment_records[].shift added: enum DAY|NIGHT"
                ),
                format!(
                    "{endpoint} {place} {prefix}employment_records[].state removed: string|null"
                ),
                format!(
                    "{endpoint} {place} {prefix}employment_records[].weeks_employed retyped: \
                     integer -> number"
                ),
            ]
        })
        .collect();
    rows.push("POST /api/links/{id}/refresh/ endpoint - removed".into());
    rows.sort();
    let different = drift(&spec);
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let table = different.stdout.split("\n\n").next().unwrap();
    let mut reported: Vec<String> = table.lines().skip(1).map(words).collect();
    reported.sort();
    assert_eq!((different.code, reported), (1, rows));
    let summary = different.stdout.split("\n\n").nth(1).unwrap();
    assert_eq!(
        summary,
        "4 fields added, 4 removed, 4 retyped; 1 endpoint removed\n\
         only in Belvo's description: 1 endpoint\n"
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
