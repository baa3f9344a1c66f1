//! The coverage table is checked against the OpenAPI description.

use std::fs;

use crate::app::app_with;

/// The rows of the coverage table: endpoint, statuses, tests.
fn coverage() -> Vec<(String, Vec<String>, Vec<String>)> {
    let path = format!("{}/tests/COVERAGE.md", env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(path).unwrap();
    let rows = table.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<String> = line.split('|').map(|cell| cell.replace('`', "")).collect();
            let list = |cell: &str| cell.split(',').map(|part| part.trim().to_owned()).collect();
            (cells[1].trim().to_owned(), list(&cells[2]), list(&cells[3]))
        })
        .collect()
}

#[actix_web::test]
async fn the_coverage_table_has_every_described_status_and_names_tests_that_exist() {
    let rows = coverage();
    for (endpoint, _, tests) in &rows {
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let path = format!("{}/tests/it/{file}.rs", env!("CARGO_MANIFEST_DIR"));
            let source = fs::read_to_string(path).unwrap();
            assert!(source.contains(&format!("fn {name}(")), "{endpoint}: {test}");
        }
    }
    let described = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    for (path, item) in described["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters");
        for (method, operation) in methods.filter(|_| path.starts_with("/api/")) {
            let endpoint = format!("{} {path}", method.to_uppercase());
            for status in operation["responses"].as_object().unwrap().keys() {
                let covered = rows.iter().any(|(row, statuses, _)| {
                    (*row == endpoint || row == "every one") && statuses.contains(status)
                });
                assert!(covered, "{endpoint} {status}");
            }
        }
    }
}
