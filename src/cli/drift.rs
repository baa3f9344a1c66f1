//! `belvo-emulator drift`: lists the differences between Belvo's OpenAPI description and ours.

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use crate::cli::exit_error::ExitError;
use crate::cli::output::print;
use crate::cli::table::table;
use crate::drift::{Comparison, Difference, FieldChange, SpecPart, compare};
use crate::files;

/// The size of the largest description. Belvo's has 2 MiB.
const LARGEST_BYTES: usize = 64 * 1024 * 1024;

/// Compares the two descriptions. The exit code is 1 if they differ.
pub(super) fn run(ours: &Value, spec: &Path) -> Result<ExitCode, ExitError> {
    let comparison = comparison(ours, spec).map_err(ExitError::Usage)?;
    print(&report(&comparison))?;
    Ok(if comparison.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn comparison(ours: &Value, spec: &Path) -> Result<Comparison, String> {
    let shown = spec.display();
    let text = files::read_text(spec, LARGEST_BYTES)
        .map_err(|problem| format!("cannot read {shown}: {problem}"))?;
    let theirs = serde_json::from_str(&text).map_err(|problem| {
        let (line, column) = (problem.line(), problem.column());
        let sentence = problem.to_string();
        let suffix = format!(" at line {line} column {column}");
        let sentence = sentence.strip_suffix(&suffix).unwrap_or(&sentence);
        format!("{shown}:{line}:{column}: this is no JSON: {sentence}")
    })?;
    compare(ours, &theirs).map_err(|problem| format!("{shown}: {problem}"))
}

fn report(comparison: &Comparison) -> String {
    let mut report = match comparison.differences.as_slice() {
        [] => format!("no differences in {}\n", counted(comparison.endpoints, "endpoint")),
        differences => format!("{}\n{}\n", as_table(differences), summary(differences)),
    };
    if comparison.only_theirs > 0 {
        let others = counted(comparison.only_theirs, "endpoint");
        report.push_str(&format!("only in Belvo's description: {others}\n"));
    }
    report
}

fn as_table(differences: &[Difference]) -> String {
    let rows = differences.iter().map(|difference| {
        let field = if difference.field.is_empty() { "-" } else { &difference.field };
        let (endpoint, place) = (difference.endpoint.to_string(), difference.place.to_string());
        [endpoint, place, field.to_owned(), change(&difference.change)]
    });
    table(["ENDPOINT", "WHERE", "FIELD", "CHANGE"], rows)
}

fn change(change: &FieldChange) -> String {
    let (word, what) = match change {
        FieldChange::Added { theirs } => ("added", theirs.clone()),
        FieldChange::Removed { ours } => ("removed", ours.clone()),
        FieldChange::Retyped { ours, theirs } => ("retyped", format!("{ours} -> {theirs}")),
    };
    if what.is_empty() { word.to_owned() } else { format!("{word}: {what}") }
}

/// Counts the differences by kind, such as `3 fields added, 1 removed; 1 endpoint removed`.
fn summary(differences: &[Difference]) -> String {
    let of = |noun| differences.iter().filter(move |difference| self::noun(difference) == noun);
    ["field", "parameter", "status", "endpoint"]
        .into_iter()
        .map(|noun| changes(noun, of(noun)))
        .filter(|changes| !changes.is_empty())
        .collect::<Vec<String>>()
        .join("; ")
}

fn changes<'a>(noun: &str, differences: impl Iterator<Item = &'a Difference>) -> String {
    let mut counts = [("added", 0), ("removed", 0), ("retyped", 0)];
    for difference in differences {
        let index = match difference.change {
            FieldChange::Added { .. } => 0,
            FieldChange::Removed { .. } => 1,
            FieldChange::Retyped { .. } => 2,
        };
        counts[index].1 += 1;
    }
    let mut phrases = Vec::new();
    for (word, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        phrases.push(match phrases.is_empty() {
            true => format!("{} {word}", counted(count, noun)),
            false => format!("{count} {word}"),
        });
    }
    phrases.join(", ")
}

fn noun(difference: &Difference) -> &'static str {
    match difference.place {
        SpecPart::Endpoint => "endpoint",
        SpecPart::Parameter => "parameter",
        SpecPart::Response(_) if difference.field.is_empty() => "status",
        SpecPart::Request | SpecPart::Response(_) => "field",
    }
}

fn counted(count: usize, noun: &str) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "status") => format!("{count} statuses"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::ExitCode;

    use serde_json::{Value, json};

    use super::{comparison, report, run};
    use crate::cli::exit_error::ExitError;

    /// Returns a description with two endpoints that answer 200 with these fields.
    fn description(fields: Value, other_path: &str) -> Value {
        let schema = json!({"type": "object", "properties": fields});
        let answer = json!({"content": {"application/json": {"schema": schema}}});
        let operation = json!({"get": {"responses": {"200": answer}}});
        json!({"openapi": "3.1.0", "paths": {"/api/links/": operation, other_path: operation}})
    }

    fn ours() -> Value {
        let fields = json!({"id": {"type": "string"}, "old": {"type": "integer"}});
        description(fields, "/api/records/{id}/")
    }

    /// Returns the exit code and the output of a comparison with a file of this text.
    fn told(text: &str) -> (Option<ExitCode>, String) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("spec.json");
        fs::write(&path, text).unwrap();
        let code = run(&ours(), &path).ok();
        let told = comparison(&ours(), &path).map(|comparison| report(&comparison));
        let without = format!("{}/", directory.path().display());
        (code, told.unwrap_or_else(|sentence| sentence.replace(&without, "")))
    }

    #[test]
    fn differences_are_a_table_and_code_1() {
        let text = json!({"type": ["string", "null"]});
        let fields = json!({"id": text, "one": text, "two": {"type": "boolean"}});
        let (code, table) = told(&description(fields, "/api/banks/").to_string());
        assert_eq!(code, Some(ExitCode::FAILURE));
        let expected = "\
ENDPOINT                WHERE         FIELD  CHANGE
GET /api/links/         response 200  id     retyped: string -> string|null
GET /api/links/         response 200  old    removed: integer
GET /api/links/         response 200  one    added: string|null
GET /api/links/         response 200  two    added: boolean
GET /api/records/{id}/  endpoint      -      removed

2 fields added, 1 removed, 1 retyped; 1 endpoint removed
only in Belvo's description: 1 endpoint
";
        assert_eq!(table, expected);
    }

    #[test]
    fn no_differences_are_a_sentence_and_code_0() {
        let (code, sentence) = told(&ours().to_string());
        assert_eq!(code, Some(ExitCode::SUCCESS));
        assert_eq!(sentence, "no differences in 2 endpoints\n");
    }

    #[test]
    fn what_is_no_description_is_said_with_its_place() {
        let cases = [
            (
                "{\n  \"openapi\": 3,\n  oops}",
                "spec.json:3:3: this is no JSON: key must be a string",
            ),
            ("", "spec.json:1:0: this is no JSON: EOF while parsing a value"),
            ("\u{feff}[]", "spec.json: the OpenAPI description is not OpenAPI 3"),
            ("[]", "spec.json: the OpenAPI description is not OpenAPI 3"),
            (r#"{"swagger": "2.0", "paths": {}}"#, "is not OpenAPI 3"),
            (r#"{"openapi": "3.0.3"}"#, "has no object \"paths\""),
        ];
        for (text, sentence) in cases {
            let (code, told) = told(text);
            assert_eq!(code, None, "{text}");
            assert!(told.contains(sentence), "{told}");
        }
        let absent = std::path::Path::new("/does/not/exist.json");
        let Err(ExitError::Usage(sentence)) = run(&ours(), absent) else { panic!() };
        assert!(sentence.starts_with("cannot read /does/not/exist.json: "), "{sentence}");
    }
}
