//! Copies of scenario files, to begin a file of one's own with.

use std::collections::HashSet;
use std::ops::Range;

use jsonc_parser::ast::Value;

use crate::scenario::lint::document::{self, Node};
use crate::scenario::{Curp, Name};

/// The number of letters of a CURP that come from the name of the scenario.
const LETTERS: usize = 4;

/// Returns the text of a scenario under another name and with a CURP of its own. Without a CURP, the
/// text keeps what it claims, and must claim no CURP.
pub(crate) fn copied(text: &str, name: &Name, curp: Option<&Curp>) -> Option<String> {
    let tree: Value<'_> = document::tree(text)?;
    let root = Node::root(&tree);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    edits.push((root.get("name")?.range(), format!("{:?}", name.as_str())));
    if let Some(curp) = curp {
        let curp = format!("{:?}", curp.as_str());
        edits.push(match (root.find("when.curp"), root.get("when")) {
            (Some(own), _) => (own.range(), curp),
            (None, Some(when)) => {
                let start = when.range().start + 1;
                let comma = if when.members().next().is_some() { "," } else { " " };
                (start..start, format!(" \"curp\": {curp}{comma}"))
            }
            (None, None) => {
                let end = root.get("description")?.range().end;
                (end..end, format!(",\n  \"when\": {{ \"curp\": {curp} }}"))
            }
        });
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut copy = text.to_owned();
    for (range, edit) in edits.into_iter().rev() {
        copy.replace_range(range, &edit);
    }
    Some(copy)
}

/// Returns a CURP that no person has, that reminds of a name, and that nobody claims.
pub(crate) fn invented_curp(name: &Name, claimed: &HashSet<&str>) -> Option<Curp> {
    let letters = name.as_str().chars().filter(char::is_ascii_alphabetic);
    let letters: String = letters.chain("xxxx".chars()).take(LETTERS).collect();
    let days = (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day)));
    let curps = days.map(|(month, day)| {
        format!("{}90{month:02}{day:02}MXXXXX00", letters.to_ascii_uppercase())
    });
    let mut free = curps.filter(|curp| !claimed.contains(curp.as_str()));
    free.next().and_then(|curp| Curp::try_from(curp).ok())
}
