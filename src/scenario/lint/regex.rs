//! Finds the place in a regular expression from which on it is none.

use std::ops::Range;

use regex_lite::Regex;

use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};

/// The number of characters up to which the place of a mistake is looked for. Each beginning of the
/// expression is tried.
const MOST_TRIED: usize = 500;

/// Adds a finding if a text is no regular expression.
pub(super) fn check(node: Node<'_>, pattern: &str, source: &str, findings: &mut Findings) {
    let Err(problem) = Regex::new(pattern) else { return };
    let message = format!("This is not a regular expression: {problem}.");
    let range = culprit(pattern).and_then(|character| in_source(node, source, character));
    findings.add(Check::NotARegex, range.unwrap_or(node.range()), message);
}

/// Returns the number of the first character that no beginning of the expression can contain and be
/// right.
fn culprit(pattern: &str) -> Option<usize> {
    let ends: Vec<usize> = pattern.char_indices().map(|(at, it)| at + it.len_utf8()).collect();
    if ends.len() > MOST_TRIED {
        return None;
    }
    let last_right = ends.iter().rposition(|end| Regex::new(&pattern[..*end]).is_ok());
    Some(last_right.map_or(0, |place| place + 1))
}

/// Returns the place of a character of a text in its source, where it may be an escape.
fn in_source(node: Node<'_>, source: &str, character: usize) -> Option<Range<usize>> {
    let Range { start, end } = node.range();
    let (start, end) = (start + 1, end - 1);
    let source = source.get(start..end)?;
    let mut rest = source.char_indices().peekable();
    let mut number = 0;
    while let Some((at, first)) = rest.next() {
        let mut is_pair = false;
        if first == '\\'
            && let Some((_, 'u')) = rest.next()
        {
            let digits: String = rest.by_ref().take(4).map(|(_, digit)| digit).collect();
            // A character beyond the first 65,536 is written as two escapes.
            is_pair =
                u32::from_str_radix(&digits, 16).is_ok_and(|it| (0xd800..0xdc00).contains(&it));
        }
        if is_pair {
            rest.by_ref().take(6).for_each(drop);
        }
        if number == character {
            let end = rest.peek().map_or(source.len(), |(end, _)| *end);
            return Some(start + at..start + end);
        }
        number += 1;
    }
    None
}
