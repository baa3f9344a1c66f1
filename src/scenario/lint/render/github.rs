//! Findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.
//! Source: GitHub's page "Workflow commands for GitHub Actions".

use crate::scenario::lint::Report;
use crate::scenario::lint::finding::{Finding, Severity};
use crate::scenario::lint::render::{sentences, summary};
use crate::scenario::origin::Position;

/// Writes a command for each finding, and a line that counts them.
pub(crate) fn as_github(report: &Report) -> String {
    let commands = report.findings.iter().map(|finding| command(report, finding));
    commands.chain([summary(report) + "\n"]).collect()
}

fn command(report: &Report, finding: &Finding) -> String {
    let source = &report.sources[finding.place.file];
    let start = Position::at(&source.text, finding.place.range.start);
    let end = Position::at(&source.text, finding.place.range.end);
    let level = match finding.check.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!(
        "::{level} file={},line={},endLine={},col={},endColumn={},title={}::{}\n",
        escaped(&source.path).replace(':', "%3A").replace(',', "%2C"),
        start.line,
        end.line,
        start.column,
        end.column,
        finding.check.name(),
        escaped(&sentences(finding)),
    )
}

/// Escapes what would end a command.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
