//! The place where a scenario is written, for people who look it up.

use crate::scenario::Scenario;

/// A file and the lines in it that matter. Lines are counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// `scenarios/NAME.json` for a built-in one, else as `--scenarios` leads to it.
    pub file: String,
    pub name_line: usize,
    /// The line of `curp` in `when`, or of `rule`.
    pub claim_line: Option<usize>,
}

impl Origin {
    pub(crate) fn new(file: &str, text: &str, scenario: &Scenario) -> Origin {
        let claim = match (scenario.curp(), scenario.rule()) {
            (Some(curp), _) => Some(Position::of(text, "curp", Some(curp))),
            (None, Some(_)) => Some(Position::of(text, "rule", None)),
            (None, None) => None,
        };
        Origin {
            file: file.to_owned(),
            name_line: Position::of(text, "name", Some(scenario.name.as_str())).line,
            claim_line: claim.map(|place| place.line),
        }
    }
}

/// A line and a column in a file, counted from 1. Columns are counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// Where a text of JSON says `"key": "value"`, or `"key":` and anything: the place of what
    /// stands behind the colon. The beginning, when it is written in another way, with escapes.
    pub(super) fn of(text: &str, key: &str, value: Option<&str>) -> Position {
        let key = format!("\"{key}\"");
        let value = value.map_or_else(String::new, |value| format!("\"{value}\""));
        let found = text.match_indices(&key).find_map(|(offset, _)| {
            let rest = text[offset + key.len()..].trim_start().strip_prefix(':')?.trim_start();
            rest.starts_with(&value).then_some(text.len() - rest.len())
        });
        Position::at(text, found.unwrap_or_default())
    }

    /// The place of the byte at an offset.
    pub(in crate::scenario) fn at(text: &str, offset: usize) -> Position {
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        Position { line, column }
    }
}
