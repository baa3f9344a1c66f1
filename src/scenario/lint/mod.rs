//! Finds what is wrong in scenario files: everything, in all files, with its place and the fix.
//!
//! A file is read into a tree that knows its places (`document`). The tree is compared with the schema
//! of the format (`shape`). If nothing is wrong there, serde reads the file, which must agree. The
//! `rules` then look at the meaning of the scenario, and at all scenarios together.

mod choice;
pub(super) mod document;
mod finding;
mod literal;
mod regex;
mod render;
mod rules;
mod shape;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use finding::{Check, Finding, Severity};
pub(crate) use render::{Drawing, as_github, as_json, as_text};

use chrono::NaiveDate;

use crate::model::json;
use crate::scenario::Scenario;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::Findings;
use crate::scenario::lint::render::one_line;
use crate::scenario::lint::rules::claims::{self, Claimant};

/// The largest number of findings that a log has.
const MOST_LINES: usize = 20;

/// A scenario file as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The path as people write it.
    pub path: String,
    pub text: String,
    /// True for a file in the binary.
    pub built_in: bool,
    /// The number of its folder. Files of one folder cannot share a name.
    pub folder: usize,
}

/// The findings about some files.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub sources: Vec<Source>,
    /// In the order of the files and of the places in them.
    pub findings: Vec<Finding>,
    /// The files of which only the first findings are here.
    pub cut: Vec<usize>,
}

impl Report {
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.check.severity() == severity).count()
    }

    /// The findings, a line each, for a log.
    pub(crate) fn lines(&self) -> Vec<String> {
        let first = self.findings.iter().take(MOST_LINES);
        let mut lines: Vec<String> = first.map(|finding| one_line(self, finding)).collect();
        let more = self.findings.len().saturating_sub(MOST_LINES);
        if more > 0 {
            lines.push(format!("{more} more: belvo-emulator scenarios check shows all"));
        }
        lines
    }

    /// Leaves the errors, where warnings would only stand in the way.
    pub(crate) fn without_warnings(mut self) -> Report {
        self.findings.retain(|finding| finding.check.severity() == Severity::Error);
        self
    }

    /// The number of files that are not in the binary, or of all if there are no others.
    pub(crate) fn files(&self) -> usize {
        let own = self.sources.iter().filter(|source| !source.built_in).count();
        if own == 0 { self.sources.len() } else { own }
    }
}

/// Checks files together. Returns the findings, and the scenario of each file that could be read.
/// `today` is the day on which a job starts in the future if it starts later.
pub(crate) fn check(sources: Vec<Source>, today: NaiveDate) -> (Report, Vec<Option<Scenario>>) {
    let mut scenarios = Vec::new();
    let mut all: Vec<Findings> = Vec::new();
    let mut claimants = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let mut findings = Findings::of(number);
        let tree = document::parse(&source.text, &mut findings);
        let root = tree.as_ref().map(Node::root);
        let scenario = root.and_then(|root| read(root, &source.text, &mut findings));
        if let (Some(root), Some(scenario)) = (root, &scenario) {
            rules::check(scenario, root, today, &mut findings);
        }
        claimants.push(root.map(Claimant::of));
        all.push(findings);
        scenarios.push(scenario);
    }
    claims::check(&sources, &scenarios, &claimants, &mut all);
    let mut report = Report { sources, ..Report::default() };
    for (number, findings) in all.into_iter().enumerate() {
        let (found, is_cut) = findings.finish();
        report.findings.extend(found);
        report.cut.extend(is_cut.then_some(number));
    }
    (report, scenarios)
}

/// Reads a file into its type. The schema has found what serde refuses, but for what no schema can
/// say.
fn read(root: Node<'_>, text: &str, findings: &mut Findings) -> Option<Scenario> {
    shape::check(root, text, findings);
    if findings.has_errors() {
        return None;
    }
    let mistake = match json::parse(text.as_bytes()) {
        Ok(scenario) => return Some(scenario),
        Err(mistake) => mistake,
    };
    let range = root.find(&mistake.path).unwrap_or(root).range();
    findings.add(Check::RefusedValue, range, mistake.sentence);
    None
}
