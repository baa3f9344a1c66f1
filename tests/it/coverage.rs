//! `tests/COVERAGE.md` is held against the operations that the emulator describes.

use std::collections::BTreeSet;
use std::fs;

use crate::app::app_with;

/// A row of the table: operation, statuses, tests.
struct Row {
    operation: String,
    statuses: Vec<String>,
    tests: Vec<String>,
}

fn rows() -> Vec<Row> {
    let path = format!("{}/tests/COVERAGE.md", env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(path).unwrap();
    let lines = page.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let row = |line: &str| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.replace('`', "")).collect();
        let list = |cell: &str| cell.split(',').map(|part| part.trim().to_owned()).collect();
        let operation = cells[1].trim().to_owned();
        Row { operation, statuses: list(&cells[2]), tests: list(&cells[3]) }
    };
    lines.map(row).collect()
}

#[test]
fn every_test_that_the_table_names_exists() {
    for Row { operation, tests, .. } in rows() {
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let path = format!("{}/tests/it/{file}.rs", env!("CARGO_MANIFEST_DIR"));
            let source = fs::read_to_string(path).unwrap();
            assert!(source.contains(&format!("fn {name}(")), "{operation}: {test}");
        }
    }
}

#[actix_web::test]
async fn every_status_of_every_operation_is_met_by_a_test() {
    let described = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    let mut expected = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters");
        for (method, operation) in methods.filter(|_| path.starts_with("/api/")) {
            let endpoint = format!("{} {path}", method.to_uppercase());
            for status in operation["responses"].as_object().unwrap().keys() {
                expected.insert((endpoint.clone(), status.clone()));
            }
        }
    }
    let mut listed = BTreeSet::new();
    for Row { operation, statuses, .. } in rows() {
        for status in statuses {
            let pairs: Vec<_> = match operation.as_str() {
                "every one" => {
                    expected.iter().filter(|(_, other)| *other == status).cloned().collect()
                }
                _ => vec![(operation.clone(), status)],
            };
            listed.extend(pairs);
        }
    }
    assert_eq!(listed, expected);
}
