//! Differences that are accepted: how a row of the list is written, and which differences it is
//! about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::drift::difference::{self, ChangeKind, Difference, Side};

/// The subject of a row that is about whole bodies.
const EVERYTHING: &str = "everything";

/// A row of the list of known differences.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KnownDifference {
    side: Side,
    pub subject: &'static str,
    kind: ChangeKind,
    /// Belvo's types of the field, or the values of an enum: the row is about these alone. It is
    /// empty where the kind of the difference says it all.
    details: &'static [&'static str],
    /// The operations, or the parts of them, such as `POST /api/links/ body`. It is empty where the
    /// row is about every operation.
    places: &'static [&'static str],
    pub reason: &'static str,
}

/// One line: the field, the kind of the difference, and where the row expects it.
impl fmt::Display for KnownDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Answer => "in answers",
            Side::Request => "in requests",
        };
        write!(formatter, "{} {side}, {:?}", self.subject, self.kind)?;
        for word in self.details.iter().chain(self.places) {
            write!(formatter, ", {word}")?;
        }
        Ok(())
    }
}

/// A difference in the emulator's answers.
pub(super) const fn answer(
    subject: &'static str,
    kind: ChangeKind,
    reason: &'static str,
) -> KnownDifference {
    KnownDifference { side: Side::Answer, subject, kind, details: &[], places: &[], reason }
}

/// All differences between two answers, at the places of the row. They are about different things.
pub(super) const fn whole_answer(reason: &'static str) -> KnownDifference {
    answer(EVERYTHING, ChangeKind::Type, reason)
}

/// A difference in what the emulator takes.
pub(super) const fn request(
    subject: &'static str,
    kind: ChangeKind,
    reason: &'static str,
) -> KnownDifference {
    KnownDifference { side: Side::Request, subject, kind, details: &[], places: &[], reason }
}

impl KnownDifference {
    pub(super) const fn of(self, details: &'static [&'static str]) -> KnownDifference {
        KnownDifference { details, ..self }
    }

    pub(super) const fn at(self, places: &'static [&'static str]) -> KnownDifference {
        KnownDifference { places, ..self }
    }

    /// Returns the detail and the place of this row that a difference has.
    fn met(&self, difference: &Difference) -> Option<(&'static str, &'static str)> {
        let is_all = self.subject == EVERYTHING;
        let is_field = self.subject == difference.subject && self.kind == difference.kind;
        let is_it = self.side == difference.side && (is_all || is_field);
        let place = difference.places.first().filter(|_| is_it)?.to_string();
        let is_there = |written: &&&str| {
            place
                .strip_prefix(**written)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let place =
            or_empty(self.places).iter().find(|written| written.is_empty() || is_there(written))?;
        let detail = difference.detail();
        let detail = or_empty(self.details)
            .iter()
            .find(|each| **each == detail || self.details.is_empty())?;
        Some((detail, place))
    }

    /// The number of pairs of a detail and a place that the row has.
    fn pairs(&self) -> usize {
        self.details.len().max(1) * self.places.len().max(1)
    }
}

/// Returns a list that has an empty text in place of none.
fn or_empty(list: &'static [&'static str]) -> &'static [&'static str] {
    if list.is_empty() { &[""] } else { list }
}

pub(super) struct Split {
    pub unknown: Vec<Difference>,
    pub known: Vec<(Difference, &'static KnownDifference)>,
    /// The rows of which a part is met by no difference.
    pub obsolete: Vec<&'static KnownDifference>,
}

/// Tells differences of one place each apart by the list.
pub(super) fn split(found: Vec<Difference>, list: &'static [KnownDifference]) -> Split {
    let mut met: BTreeMap<&KnownDifference, BTreeSet<(&str, &str)>> = BTreeMap::new();
    let (mut unknown, mut known) = (Vec::new(), Vec::new());
    for difference in found {
        let row = list.iter().find_map(|row| Some((row, row.met(&difference)?)));
        match row {
            Some((row, pair)) => {
                met.entry(row).or_default().insert(pair);
                known.push((difference, row));
            }
            None => unknown.push(difference),
        }
    }
    let is_met =
        |row: &KnownDifference| met.get(row).is_some_and(|pairs| pairs.len() == row.pairs());
    let obsolete = list.iter().filter(|row| !is_met(row)).collect();
    Split { unknown, known: collected(known), obsolete }
}

/// Puts the places of equal differences together.
fn collected(
    known: Vec<(Difference, &'static KnownDifference)>,
) -> Vec<(Difference, &'static KnownDifference)> {
    let mut by_row: BTreeMap<&'static KnownDifference, Vec<Difference>> = BTreeMap::new();
    for (difference, row) in known {
        by_row.entry(row).or_default().push(difference);
    }
    let of_row = |(row, found): (&'static KnownDifference, Vec<Difference>)| {
        difference::collected(found).into_iter().map(move |difference| (difference, row))
    };
    by_row.into_iter().flat_map(of_row).collect()
}
