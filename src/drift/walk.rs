//! Compares two bodies, field by field, as deep as both go.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::drift::document::{DEEPEST, SpecDocument, UnusableSpec};
use crate::drift::shape::{SchemaPosition, Shape};
use crate::drift::type_kind::TypeKind;
use crate::drift::{FieldChange, pair_up};

/// A place in a description. It is None when the description has no such place.
pub(super) struct Side<'a> {
    pub document: SpecDocument<'a>,
    pub position: Option<SchemaPosition<'a>>,
}

/// Lists the differences at a place and below it. `name` is shown for the place itself.
pub(super) fn compare_positions(
    name: &str,
    ours: Side<'_>,
    theirs: Side<'_>,
) -> Result<Vec<(String, FieldChange)>, UnusableSpec> {
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
    ours: SpecDocument<'a>,
    theirs: SpecDocument<'a>,
    /// The pairs of places that are being compared further up, or that were found to be equal.
    known: BTreeSet<(Sources, Sources)>,
    rows: Vec<(String, FieldChange)>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn place(
        &mut self,
        path: &str,
        ours: Option<SchemaPosition<'a>>,
        theirs: Option<SchemaPosition<'a>>,
    ) -> Result<(), UnusableSpec> {
        let ours = ours.map(|position| Shape::of(self.ours, &position)).transpose()?;
        let theirs = theirs.map(|position| Shape::of(self.theirs, &position)).transpose()?;
        let our_type = ours.as_ref().map(|shape| shape.show(self.ours)).transpose()?;
        let their_type = theirs.as_ref().map(|shape| shape.show(self.theirs)).transpose()?;
        let change = match (our_type, their_type) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                Some(FieldChange::Retyped { ours, theirs })
            }
            (Some(ours), None) => Some(FieldChange::Removed { ours }),
            (None, Some(theirs)) => Some(FieldChange::Added { theirs }),
            _ => None,
        };
        self.rows.extend(change.map(|change| (path.to_owned(), change)));
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => self.inside(path, ours, theirs),
            _ => Ok(()),
        }
    }

    fn inside(
        &mut self,
        path: &str,
        ours: Shape<'a>,
        theirs: Shape<'a>,
    ) -> Result<(), UnusableSpec> {
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

    fn fields(
        &mut self,
        path: &str,
        ours: Shape<'a>,
        theirs: Shape<'a>,
    ) -> Result<(), UnusableSpec> {
        if has(&ours, &TypeKind::Object) && has(&theirs, &TypeKind::Object) {
            for (name, one, other) in pair_up(ours.properties, theirs.properties) {
                self.place(&below(path, &format!(".{name}")), one, other)?;
            }
        }
        // The comparison of the arrays' types has compared the types of their items.
        if let (Some(ours), Some(theirs)) = (ours.items, theirs.items) {
            let (ours, theirs) = (Shape::of(self.ours, &ours)?, Shape::of(self.theirs, &theirs)?);
            self.inside(&below(path, "[]"), ours, theirs)?;
        }
        Ok(())
    }
}

fn has(shape: &Shape<'_>, kind: &TypeKind<'_>) -> bool {
    shape.kinds.as_ref().is_some_and(|kinds| kinds.contains(kind))
}

/// Returns the path of a field. The body itself has no name in it.
fn below(path: &str, step: &str) -> String {
    match path {
        "(body)" => step.trim_start_matches('.').to_owned(),
        _ => format!("{path}{step}"),
    }
}
