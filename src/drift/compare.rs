//! Compares one operation of the two descriptions.

use std::collections::BTreeMap;

use crate::drift::difference::{ChangeKind, Difference, Place, Side, SpecPart};
use crate::drift::document::UnusableSpec;
use crate::drift::operation::{SpecOperation, SpecParameter, SpecRequest};
use crate::drift::pair_up;
use crate::drift::shape::SchemaPosition;
use crate::drift::walk::Walk;

/// The bodies of an operation's answers by status; None is an answer without JSON.
type Responses<'a> = BTreeMap<String, Option<SchemaPosition<'a>>>;

/// Lists the differences of an operation that both descriptions have, each with one place.
pub(super) fn compare_operations(
    ours: &SpecOperation<'_>,
    theirs: &SpecOperation<'_>,
) -> Result<Vec<Difference>, UnusableSpec> {
    let mut operation = Compared { ours, theirs, differences: Vec::new() };
    operation.parameters()?;
    operation.request()?;
    operation.responses()?;
    Ok(operation.differences)
}

struct Compared<'a> {
    ours: &'a SpecOperation<'a>,
    theirs: &'a SpecOperation<'a>,
    differences: Vec<Difference>,
}

impl<'a> Compared<'a> {
    fn parameters(&mut self) -> Result<(), UnusableSpec> {
        for (_, ours, theirs) in pair_up(self.ours.parameters()?, self.theirs.parameters()?) {
            let Some(either) = ours.as_ref().or(theirs.as_ref()) else { continue };
            let part = either.part.clone();
            let mut walk = self.walk(Side::Request);
            match (&ours, &theirs) {
                (Some(ours), Some(theirs)) => compare_parameter(&mut walk, ours, theirs)?,
                (Some(ours), None) if ours.is_required => {
                    walk.note(&ours.name, ChangeKind::Optional, String::new(), String::new());
                }
                (None, Some(theirs)) => {
                    walk.only(&theirs.name, None, Some(&theirs.position), theirs.is_required)?;
                }
                _ => {}
            }
            self.collect(walk, Side::Request, part);
        }
        Ok(())
    }

    fn request(&mut self) -> Result<(), UnusableSpec> {
        match (self.ours.request()?, self.theirs.request()?) {
            (Some(ours), Some(theirs)) => self.bodies(&ours, &theirs),
            (Some(ours), None) if ours.is_required => {
                self.note_body(Side::Request, ChangeKind::Optional, SpecPart::Body(None));
                Ok(())
            }
            (None, Some(theirs)) => {
                for (name, body) in &theirs.alternatives {
                    let mut walk = self.walk(Side::Request);
                    walk.only("", None, Some(body), theirs.is_required)?;
                    self.collect(walk, Side::Request, SpecPart::Body(name.clone()));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn bodies(
        &mut self,
        ours: &SpecRequest<'a>,
        theirs: &SpecRequest<'a>,
    ) -> Result<(), UnusableSpec> {
        match (ours.is_required, theirs.is_required) {
            (true, false) => {
                self.note_body(Side::Request, ChangeKind::Optional, SpecPart::Body(None));
            }
            (false, true) => {
                self.note_body(Side::Request, ChangeKind::NotRequired, SpecPart::Body(None));
            }
            _ => {}
        }
        let all = ours.alternatives.iter().map(|(_, body)| body.clone()).collect();
        let ours = SchemaPosition::Any(all);
        for (name, body) in &theirs.alternatives {
            let mut walk = self.walk(Side::Request);
            walk.value("", &ours, body)?;
            self.collect(walk, Side::Request, SpecPart::Body(name.clone()));
        }
        Ok(())
    }

    fn responses(&mut self) -> Result<(), UnusableSpec> {
        let (ours, mut theirs) = (self.ours.responses()?, self.theirs.responses()?);
        for (status, our_body) in ours {
            let part = SpecPart::Response(status.clone());
            let Some(their_body) = described(&mut theirs, &status) else {
                self.note_status(&status, ChangeKind::OnlyOurs);
                continue;
            };
            let mut walk = self.walk(Side::Answer);
            match (our_body, their_body) {
                (Some(ours), Some(theirs)) => walk.value("", &ours, &theirs)?,
                (None, None) => {}
                (ours, theirs) => walk.only("", ours.as_ref(), theirs.as_ref(), true)?,
            }
            self.collect(walk, Side::Answer, part);
        }
        for status in theirs.keys().filter(|status| status.parse::<u16>().is_ok()) {
            self.note_status(status, ChangeKind::OnlyTheirs);
        }
        Ok(())
    }

    fn walk(&self, side: Side) -> Walk<'a> {
        Walk::new(side, self.ours.document, self.theirs.document)
    }

    fn collect(&mut self, walk: Walk<'a>, side: Side, part: SpecPart) {
        let place = Place { endpoint: self.ours.endpoint.clone(), part };
        self.differences.extend(walk.rows.into_iter().map(|row| Difference {
            side,
            subject: row.subject,
            kind: row.kind,
            ours: row.ours,
            theirs: row.theirs,
            places: vec![place.clone()],
        }));
    }

    fn note_body(&mut self, side: Side, kind: ChangeKind, part: SpecPart) {
        let mut walk = self.walk(side);
        walk.note("", kind, String::new(), String::new());
        self.collect(walk, side, part);
    }

    fn note_status(&mut self, status: &str, kind: ChangeKind) {
        let mut walk = self.walk(Side::Answer);
        walk.note(&format!("status {status}"), kind, String::new(), String::new());
        self.collect(walk, Side::Answer, SpecPart::Whole);
    }
}

/// Takes the description of a status, or looks up that of its class or of all statuses.
fn described<'a>(theirs: &mut Responses<'a>, status: &str) -> Option<Option<SchemaPosition<'a>>> {
    let class = format!("{}XX", status.get(..1).unwrap_or_default());
    let general = || theirs.get(&class).or(theirs.get("default")).cloned();
    let general = general();
    theirs.remove(status).or(general)
}

fn compare_parameter<'a>(
    walk: &mut Walk<'a>,
    ours: &SpecParameter<'a>,
    theirs: &SpecParameter<'a>,
) -> Result<(), UnusableSpec> {
    let kind = match (ours.is_required, theirs.is_required) {
        (true, false) => Some(ChangeKind::Optional),
        (false, true) => Some(ChangeKind::NotRequired),
        _ => None,
    };
    if let Some(kind) = kind {
        walk.note(&ours.name, kind, String::new(), String::new());
    }
    walk.parameter(&ours.name, &ours.position, &theirs.position)
}
