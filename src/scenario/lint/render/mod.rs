//! Writes findings for people, for programs and for the checks of GitHub.

mod github;
mod json;
mod text;

pub(crate) use github::as_github;
pub(crate) use json::as_json;
pub(crate) use text::{Drawing, as_text, one_line};

use crate::scenario::lint::Report;
use crate::scenario::lint::finding::{Finding, Severity};

/// Returns the message of a finding and the help, as sentences in one line.
fn sentences(finding: &Finding) -> String {
    match &finding.help {
        None => finding.message.clone(),
        Some(help) => {
            let mut letters = help.chars();
            let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
            let end = if help.ends_with(['.', '?']) { "" } else { "." };
            format!("{} {first}{}{end}", finding.message, letters.as_str())
        }
    }
}

/// Counts the findings and the files.
fn summary(report: &Report) -> String {
    let files = count_of(report.files(), "file");
    match (report.count(Severity::Error), report.count(Severity::Warning)) {
        (0, 0) => format!("no mistakes in {files}"),
        (errors, 0) => format!("{} in {files}", count_of(errors, "error")),
        (0, warnings) => format!("{} in {files}", count_of(warnings, "warning")),
        (errors, warnings) => format!(
            "{} and {} in {files}",
            count_of(errors, "error"),
            count_of(warnings, "warning")
        ),
    }
}

fn count_of(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
