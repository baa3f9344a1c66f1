//! The text of a scenario file as a tree of JSON whose keys and values know their places.

use std::ops::Range;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::model::json::{self, Mistake};
use crate::scenario::lint::finding::{Check, Findings};

/// A value of a document, and the place of its key.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Node<'a> {
    value: &'a Value<'a>,
    key: Option<(usize, usize)>,
}

/// Parses a text. A mistake in the syntax is a finding. If the parser can guess past it, such as past
/// a comment, the tree is there all the same.
pub(super) fn parse<'a>(text: &'a str, findings: &mut Findings) -> Option<Value<'a>> {
    if let Err(mistake) = json::parse::<serde_json::Value>(text.as_bytes()) {
        add_mistake(text, &mistake, findings);
    }
    tree(text)
}

/// Parses a text, and guesses past what is not quite JSON.
pub(in crate::scenario) fn tree(text: &str) -> Option<Value<'_>> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    parsed.ok()?.value
}

fn add_mistake(text: &str, mistake: &Mistake, findings: &mut Findings) {
    let at = offset(text, mistake.line, mistake.column);
    let before = text[..at].trim_end();
    // The parser notices at the end of the object, but the comma is what has to go.
    if mistake.sentence.starts_with("Delete the comma") && before.ends_with(',') {
        let comma = before.len() - 1..before.len();
        findings.add(Check::Syntax, comma.clone(), &*mistake.sentence).fix(comma, "");
        return;
    }
    let is_missing_comma = mistake.sentence.starts_with("A comma or the");
    let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
    let finding = findings.add(Check::Syntax, at..end, &*mistake.sentence);
    if is_missing_comma && text[at..].starts_with('"') {
        finding.fix(before.len()..before.len(), ",");
    }
}

/// Returns the place of a line and a column, which serde_json counts from 1 and in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl<'a> Node<'a> {
    pub(in crate::scenario) fn root(value: &'a Value<'a>) -> Node<'a> {
        Node { value, key: None }
    }

    pub(in crate::scenario) fn value(self) -> &'a Value<'a> {
        self.value
    }

    /// The place of the value.
    pub(in crate::scenario) fn range(self) -> Range<usize> {
        let range = self.value.range();
        range.start..range.end
    }

    /// The place of the key, or of the first character of a value without a key.
    pub(in crate::scenario) fn key_range(self) -> Range<usize> {
        let start = self.range().start;
        self.key.map_or(start..start + 1, |(start, end)| start..end)
    }

    pub(in crate::scenario) fn object(self) -> Option<&'a Object<'a>> {
        self.value.as_object()
    }

    /// The members of an object, each with its name. A name can stand there twice.
    pub(in crate::scenario) fn members(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let members = self.object().into_iter().flat_map(|object| &object.properties);
        members.map(|member| {
            let name = member.name.range();
            (member.name.as_str(), Node { value: &member.value, key: Some((name.start, name.end)) })
        })
    }

    /// The items of a list.
    pub(in crate::scenario) fn items(self) -> impl Iterator<Item = Node<'a>> {
        let items = self.value.as_array().into_iter().flat_map(|list| &list.elements);
        items.map(Node::root)
    }

    pub(in crate::scenario) fn get(self, key: &str) -> Option<Node<'a>> {
        self.members().find(|(name, _)| *name == key).map(|(_, node)| node)
    }

    /// The value at a path of keys, such as `login.refuse.code`, and of numbers in lists, such as
    /// `later[0].event`.
    pub(in crate::scenario) fn find(self, path: &str) -> Option<Node<'a>> {
        path.split(['.', '[']).filter(|step| !step.is_empty()).try_fold(self, |node, step| {
            match step.strip_suffix(']') {
                Some(index) => node.items().nth(index.parse().ok()?),
                None => node.get(step),
            }
        })
    }

    pub(in crate::scenario) fn text(self) -> Option<&'a str> {
        self.value.as_string_lit().map(|text| &*text.value)
    }
}
