//! Compares two values field by field, as deep as both go, in the direction in which the value is
//! sent.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::drift::difference::{ChangeKind, Side};
use crate::drift::document::{DEEPEST, SpecDocument, UnusableSpec};
use crate::drift::pair_up;
use crate::drift::shape::{SchemaPosition, Shape};
use crate::drift::type_kind::{TypeKind, unknown_types, unknown_values};

/// A difference at one place.
pub(super) struct Row {
    pub subject: String,
    pub kind: ChangeKind,
    pub ours: String,
    pub theirs: String,
}

type Sources = BTreeSet<*const Value>;

pub(super) struct Walk<'a> {
    side: Side,
    ours: SpecDocument<'a>,
    theirs: SpecDocument<'a>,
    /// The pairs of values that are being compared further up, that were found to be compatible, or
    /// whose differences are noted already.
    known: BTreeSet<(Sources, Sources)>,
    pub rows: Vec<Row>,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(side: Side, ours: SpecDocument<'a>, theirs: SpecDocument<'a>) -> Walk<'a> {
        Walk { side, ours, theirs, known: BTreeSet::new(), rows: Vec::new(), depth: 0 }
    }

    /// Compares a value that both have. `subject` names it; the name of a body is empty. Where an
    /// answer of Belvo's has alternatives, it is enough to send one of them.
    pub(super) fn value(
        &mut self,
        subject: &str,
        ours: &SchemaPosition<'a>,
        theirs: &SchemaPosition<'a>,
    ) -> Result<(), UnusableSpec> {
        let alternatives = match theirs {
            SchemaPosition::One(schema) if self.side == Side::Answer => {
                self.theirs.alternatives(schema)?
            }
            _ => Vec::new(),
        };
        let (known, rows) = (self.known.clone(), std::mem::take(&mut self.rows));
        let mut nearest = None;
        let alternatives = alternatives.into_iter().map(SchemaPosition::One);
        for candidate in std::iter::once(theirs.clone()).chain(alternatives) {
            self.known.clone_from(&known);
            let shape = Shape::of(self.ours, ours)?;
            self.shapes(subject, shape, Shape::of(self.theirs, &candidate)?)?;
            let found = (std::mem::take(&mut self.rows), std::mem::take(&mut self.known));
            let is_nearer = |(other, _): &(Vec<Row>, _)| found.0.len() < other.len();
            if nearest.as_ref().is_none_or(is_nearer) {
                nearest = Some(found);
            }
        }
        let (nearest, known) = nearest.unwrap_or_default();
        (self.known, self.rows) = (known, rows);
        self.rows.extend(nearest);
        Ok(())
    }

    /// Compares a parameter that both have. A list is text whose values are joined by commas, so
    /// that one value is a list too.
    pub(super) fn parameter(
        &mut self,
        name: &str,
        ours: &SchemaPosition<'a>,
        theirs: &SchemaPosition<'a>,
    ) -> Result<(), UnusableSpec> {
        let (mut ours, theirs) = (Shape::of(self.ours, ours)?, Shape::of(self.theirs, theirs)?);
        if let Some(items) = ours.items.as_ref().filter(|_| !has(&theirs, &TypeKind::Array)) {
            ours = Shape::of(self.ours, items)?;
        }
        self.shapes(name, ours, theirs)
    }

    fn shapes(
        &mut self,
        subject: &str,
        ours: Shape<'a>,
        theirs: Shape<'a>,
    ) -> Result<(), UnusableSpec> {
        self.types(subject, &ours, &theirs)?;
        let pair = (ours.sources.clone(), theirs.sources.clone());
        if self.depth == DEEPEST || !self.known.insert(pair.clone()) {
            return Ok(());
        }
        let before = self.rows.len();
        let has_name = ours.component.is_some();
        self.depth += 1;
        self.inside(subject, ours, theirs)?;
        self.depth -= 1;
        // The fields of a schema without a name have another name elsewhere.
        if self.rows.len() > before && !has_name {
            self.known.remove(&pair);
        }
        Ok(())
    }

    /// Lists a field that only one of the two has.
    pub(super) fn only(
        &mut self,
        subject: &str,
        ours: Option<&SchemaPosition<'a>>,
        theirs: Option<&SchemaPosition<'a>>,
        is_always_theirs: bool,
    ) -> Result<(), UnusableSpec> {
        let shown = |document, position: Option<&SchemaPosition<'a>>| match position {
            Some(position) => Shape::of(document, position)?.show(document),
            None => Ok(String::new()),
        };
        let kind = match (ours, is_always_theirs) {
            (Some(_), _) => ChangeKind::OnlyOurs,
            (None, true) => ChangeKind::OnlyTheirsAlways,
            (None, false) => ChangeKind::OnlyTheirs,
        };
        let (ours, theirs) = (shown(self.ours, ours)?, shown(self.theirs, theirs)?);
        self.note(subject, kind, ours, theirs);
        Ok(())
    }

    pub(super) fn note(&mut self, subject: &str, kind: ChangeKind, ours: String, theirs: String) {
        let subject = if subject.is_empty() { "the body" } else { subject };
        self.rows.push(Row { subject: subject.to_owned(), kind, ours, theirs });
    }

    fn types(
        &mut self,
        subject: &str,
        ours: &Shape<'a>,
        theirs: &Shape<'a>,
    ) -> Result<(), UnusableSpec> {
        let (sender, reader) = match self.side {
            Side::Answer => (ours, theirs),
            Side::Request => (theirs, ours),
        };
        if sender.nullable && !reader.nullable && reader.kinds.is_some() {
            self.note(subject, ChangeKind::Null, String::new(), String::new());
        }
        if unknown_types(&sender.kinds, &reader.kinds) {
            let (ours, theirs) = (ours.show(self.ours)?, theirs.show(self.theirs)?);
            self.note(subject, ChangeKind::Type, ours, theirs);
            return Ok(());
        }
        for value in unknown_values(&sender.kinds, &reader.kinds) {
            let (ours, theirs) = match self.side {
                Side::Answer => (value, String::new()),
                Side::Request => (String::new(), value),
            };
            self.note(subject, ChangeKind::Value, ours, theirs);
        }
        if self.side == Side::Answer {
            for value in unknown_values(&reader.kinds, &sender.kinds) {
                self.note(subject, ChangeKind::ValueNeverSent, String::new(), value);
            }
        }
        Ok(())
    }

    fn inside(
        &mut self,
        subject: &str,
        mut ours: Shape<'a>,
        mut theirs: Shape<'a>,
    ) -> Result<(), UnusableSpec> {
        let owner = ours.component.unwrap_or(subject);
        if has(&ours, &TypeKind::Object) && has(&theirs, &TypeKind::Object) {
            let ours_required = std::mem::take(&mut ours.required);
            let theirs_required = std::mem::take(&mut theirs.required);
            for (name, one, other) in pair_up(ours.properties, theirs.properties) {
                let subject = below(owner, name);
                let always = (ours_required.contains(name), theirs_required.contains(name));
                self.field(&subject, (one, other), always)?;
            }
        }
        match (ours.items, theirs.items) {
            (Some(ours), Some(theirs)) => self.value(&format!("{owner}[]"), &ours, &theirs),
            _ => Ok(()),
        }
    }

    /// Compares a field of an object. `always` tells for each of the two that the field is required.
    fn field(
        &mut self,
        subject: &str,
        pair: (Option<SchemaPosition<'a>>, Option<SchemaPosition<'a>>),
        always: (bool, bool),
    ) -> Result<(), UnusableSpec> {
        let (ours, theirs) = match &pair {
            (Some(ours), Some(theirs)) => (ours, theirs),
            // An answer of the emulator's may be read by strict clients. A request may have less.
            (Some(_), None) if self.side == Side::Request => {
                if always.0 {
                    self.note(subject, ChangeKind::Optional, String::new(), String::new());
                }
                return Ok(());
            }
            (ours, theirs) => {
                return self.only(subject, ours.as_ref(), theirs.as_ref(), always.1);
            }
        };
        let kind = match (self.side, always) {
            (Side::Answer, (false, true)) | (Side::Request, (true, false)) => {
                Some(ChangeKind::Optional)
            }
            (Side::Request, (false, true)) => Some(ChangeKind::NotRequired),
            _ => None,
        };
        if let Some(kind) = kind {
            self.note(subject, kind, String::new(), String::new());
        }
        self.value(subject, ours, theirs)
    }
}

fn has(shape: &Shape<'_>, kind: &TypeKind<'_>) -> bool {
    shape.kinds.as_ref().is_some_and(|kinds| kinds.contains(kind))
}

/// Returns the path of a field. The body itself has no name in it.
fn below(owner: &str, name: &str) -> String {
    if owner.is_empty() { name.to_owned() } else { format!("{owner}.{name}") }
}
