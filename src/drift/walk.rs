//! Down two bodies at once, as far as both go.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::drift::document::{DEEPEST, Document, Problem};
use crate::drift::kind::Kind;
use crate::drift::shape::{Position, Shape};
use crate::drift::{Change, pair_up};

/// A place in a description; none where that description has no such place.
pub struct Side<'a> {
    pub document: Document<'a>,
    pub position: Option<Position<'a>>,
}

/// What differs at a place and below it. `name` is shown for the place itself.
pub fn compare_positions(
    name: &str,
    ours: Side<'_>,
    theirs: Side<'_>,
) -> Result<Vec<(String, Change)>, Problem> {
    let mut walk = Walk {
        ours: ours.document,
        theirs: theirs.document,
        known: BTreeSet::new(),
        rows: Vec::new(),
        depth: 0,
    };
    walk.place(name, ours.position, theirs.position)?;
    Ok(walk.rows)
}

type Sources = BTreeSet<*const Value>;

struct Walk<'a> {
    ours: Document<'a>,
    theirs: Document<'a>,
    /// Pairs that are being compared further up, or that were found to be the same.
    known: BTreeSet<(Sources, Sources)>,
    rows: Vec<(String, Change)>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn place(
        &mut self,
        path: &str,
        ours: Option<Position<'a>>,
        theirs: Option<Position<'a>>,
    ) -> Result<(), Problem> {
        let ours = ours.map(|position| Shape::of(self.ours, &position)).transpose()?;
        let theirs = theirs.map(|position| Shape::of(self.theirs, &position)).transpose()?;
        let our_type = ours.as_ref().map(|shape| shape.show(self.ours)).transpose()?;
        let their_type = theirs.as_ref().map(|shape| shape.show(self.theirs)).transpose()?;
        let change = match (our_type, their_type) {
            (Some(ours), Some(theirs)) if ours != theirs => Some(Change::Retyped { ours, theirs }),
            (Some(ours), None) => Some(Change::Removed { ours }),
            (None, Some(theirs)) => Some(Change::Added { theirs }),
            _ => None,
        };
        self.rows.extend(change.map(|change| (path.to_owned(), change)));
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => self.inside(path, ours, theirs),
            _ => Ok(()),
        }
    }

    fn inside(&mut self, path: &str, ours: Shape<'a>, theirs: Shape<'a>) -> Result<(), Problem> {
        let pair = (ours.sources.clone(), theirs.sources.clone());
        if self.depth == DEEPEST || !self.known.insert(pair.clone()) {
            return Ok(());
        }
        let before = self.rows.len();
        self.depth += 1;
        self.fields(path, ours, theirs)?;
        self.depth -= 1;
        if self.rows.len() > before {
            self.known.remove(&pair);
        }
        Ok(())
    }

    fn fields(&mut self, path: &str, ours: Shape<'a>, theirs: Shape<'a>) -> Result<(), Problem> {
        if has(&ours, &Kind::Object) && has(&theirs, &Kind::Object) {
            for (name, one, other) in pair_up(ours.properties, theirs.properties) {
                self.place(&below(path, &format!(".{name}")), one, other)?;
            }
        }
        // What the items are is part of the type of their array, which has been compared.
        if let (Some(ours), Some(theirs)) = (ours.items, theirs.items) {
            let (ours, theirs) = (Shape::of(self.ours, &ours)?, Shape::of(self.theirs, &theirs)?);
            self.inside(&below(path, "[]"), ours, theirs)?;
        }
        Ok(())
    }
}

fn has(shape: &Shape<'_>, kind: &Kind<'_>) -> bool {
    shape.kinds.as_ref().is_some_and(|kinds| kinds.contains(kind))
}

/// The body has no name in the paths of its fields.
fn below(path: &str, step: &str) -> String {
    match path {
        "(body)" => step.trim_start_matches('.').to_owned(),
        _ => format!("{path}{step}"),
    }
}
