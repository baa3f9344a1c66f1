//! `belvo-emulator drift`: lists the differences between Belvo's OpenAPI description and ours.

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use crate::cli::exit_error::ExitError;
use crate::cli::output::print;
use crate::drift::{Comparison, Difference, compare};
use crate::files;

/// The size of the largest description. Belvo's has 2 MiB.
const LARGEST_BYTES: usize = 64 * 1024 * 1024;

/// Compares the two descriptions. The exit code is 1 if they differ in what is not known.
pub(super) fn run(ours: &Value, spec: &Path, all: bool) -> Result<ExitCode, ExitError> {
    let comparison = comparison(ours, spec).map_err(ExitError::Usage)?;
    print(&report(&comparison, all))?;
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

fn report(comparison: &Comparison, all: bool) -> String {
    let mut lines: Vec<String> = comparison.differences.iter().map(Difference::to_string).collect();
    lines.extend((!lines.is_empty()).then(String::new));
    if all {
        for (known, row) in &comparison.known {
            lines.push(format!("known: {known}\n    {}", row.reason));
        }
        let rows = comparison.obsolete.iter();
        lines.extend(rows.map(|row| format!("obsolete: {row}\n    {}", row.reason)));
        lines.extend((!comparison.known.is_empty()).then(String::new));
    }
    lines.extend(summary(comparison, all));
    lines.join("\n") + "\n"
}

fn summary(comparison: &Comparison, all: bool) -> Vec<String> {
    let Comparison { differences, known, obsolete, endpoints, only_theirs } = comparison;
    let endpoints = counted(*endpoints, "endpoint");
    let how = if all { "" } else { "; --all shows them and the reasons" };
    let mut lines = vec![match differences.len() {
        0 => format!("no differences that matter to a client, in {endpoints}"),
        count => format!("{} in {endpoints}", counted(count, "difference")),
    }];
    if !known.is_empty() {
        lines.push(format!("{}{how}", counted(known.len(), "known difference")));
    }
    if !obsolete.is_empty() {
        let rows = counted(obsolete.len(), "row");
        lines.push(format!("{rows} of the list of known differences found nothing{how}"));
    }
    if *only_theirs > 0 {
        lines.push(format!("only in Belvo's description: {}", counted(*only_theirs, "endpoint")));
    }
    lines
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
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
        let code = run(&ours(), &path, false).ok();
        let told = comparison(&ours(), &path).map(|comparison| report(&comparison, false));
        let without = format!("{}/", directory.path().display());
        (code, told.unwrap_or_else(|sentence| sentence.replace(&without, "")))
    }

    #[test]
    fn differences_are_a_line_each_and_code_1() {
        let text = json!({"type": ["string", "null"]});
        let fields = json!({"id": {"type": "integer"}, "one": text, "two": {"type": "boolean"}});
        let (code, lines) = told(&description(fields, "/api/banks/").to_string());
        assert_eq!(code, Some(ExitCode::FAILURE));
        let start = "\
id: Belvo sends integer, the emulator string; a client that reads integer may fail here (GET /api/links/ 200)
old: only the emulator sends it (integer); a client that reads it finds nothing at Belvo, and a strict one refuses it here (GET /api/links/ 200)
one: only Belvo sends it (string|null); a client that reads it finds nothing here (GET /api/links/ 200)
two: only Belvo sends it (boolean); a client that reads it finds nothing here (GET /api/links/ 200)
GET /api/records/{id}/: only the emulator has it; a client that calls it may fail at Belvo

5 differences in 2 endpoints
";
        assert!(lines.starts_with(start), "{lines}");
        assert!(lines.ends_with("only in Belvo's description: 1 endpoint\n"), "{lines}");
    }

    #[test]
    fn no_differences_are_a_sentence_and_code_0() {
        let (code, sentence) = told(&ours().to_string());
        assert_eq!(code, Some(ExitCode::SUCCESS));
        let start = "no differences that matter to a client, in 2 endpoints\n";
        assert!(sentence.starts_with(start), "{sentence}");
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
        let Err(ExitError::Usage(sentence)) = run(&ours(), absent, false) else { panic!() };
        assert!(sentence.starts_with("cannot read /does/not/exist.json: "), "{sentence}");
    }
}
