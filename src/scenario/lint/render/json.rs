//! Findings for programs.

use std::ops::Range;

use serde::Serialize;

use crate::scenario::lint::Report;
use crate::scenario::lint::finding::{Finding, Place, Severity};
use crate::scenario::origin::Position;

#[derive(Serialize)]
struct JsonReport<'a> {
    files: usize,
    errors: usize,
    warnings: usize,
    findings: Vec<JsonFinding<'a>>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    check: &'static str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
    help: Option<&'a str>,
    fix: Option<JsonFix<'a>>,
    related: Vec<JsonRelated<'a>>,
}

/// A place in a file. Lines and columns are counted from 1, and columns in characters. The end is
/// behind the last character.
#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    replacement: &'a str,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
}

/// Writes the report as one JSON object.
pub(crate) fn as_json(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| of_finding(report, finding));
    let document = JsonReport {
        files: report.files(),
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        findings: findings.collect(),
    };
    serde_json::to_string_pretty(&document).expect("findings are plain data") + "\n"
}

fn of_finding<'a>(report: &'a Report, finding: &'a Finding) -> JsonFinding<'a> {
    let source = &report.sources[finding.place.file];
    let fix = finding.fix.as_ref().map(|fix| {
        let [start, end] = ends(&source.text, &fix.range);
        JsonFix {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            replacement: &fix.text,
        }
    });
    let related = finding.related.iter();
    JsonFinding {
        check: finding.check.name(),
        severity: finding.check.severity(),
        message: &finding.message,
        place: of_place(report, &finding.place),
        help: finding.help.as_deref(),
        fix,
        related: related
            .map(|(place, message)| JsonRelated { message, place: of_place(report, place) })
            .collect(),
    }
}

fn of_place<'a>(report: &'a Report, place: &Place) -> JsonPlace<'a> {
    let source = &report.sources[place.file];
    let [start, end] = ends(&source.text, &place.range);
    JsonPlace {
        file: &source.path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn ends(text: &str, range: &Range<usize>) -> [Position; 2] {
    [range.start, range.end].map(|offset| Position::at(text, offset))
}
