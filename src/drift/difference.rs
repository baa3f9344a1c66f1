//! A difference between the two descriptions that can matter to a client, and its sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A difference, with all places in which it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub side: Side,
    /// The field, such as `Link.external_id`: the schema of the emulator's description that has the
    /// field, and the way from there. It is a status or an operation where it is about one.
    pub subject: String,
    pub kind: ChangeKind,
    /// The emulator's type, value or name.
    pub ours: String,
    /// Belvo's type, value or name.
    pub theirs: String,
    /// Never empty, and sorted.
    pub places: Vec<Place>,
}

/// The way of the data. It decides which of two types may be the wider one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// The emulator sends. It may send less than Belvo describes.
    Answer,
    /// The client sends. The emulator may take more than Belvo describes.
    Request,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ChangeKind {
    /// Only the emulator has the operation, the status, the body or the field.
    OnlyOurs,
    /// Only Belvo has it.
    OnlyTheirs,
    /// Only Belvo has it, and requires it in requests or promises it in answers.
    OnlyTheirsAlways,
    /// Each has a field of this type that the other lacks.
    Renamed,
    /// The reader of a value does not understand its type.
    Type,
    /// The reader of a value does not understand null.
    Null,
    /// The reader of a value does not know this word of its enum.
    Value,
    /// Belvo sends this word of an enum, and the emulator does not.
    ValueNeverSent,
    /// The sender may leave out what its reader needs.
    Optional,
    /// Belvo requires in a request what the emulator does not.
    NotRequired,
}

/// A part of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub endpoint: SpecEndpoint,
    pub part: SpecPart,
}

/// An endpoint, shown in the emulator's notation, such as `POST /api/links/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SpecEndpoint {
    pub path: String,
    pub method: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpecPart {
    Whole,
    Path,
    Query,
    /// The JSON body of the request. The name is that of one alternative of Belvo's, if there are
    /// several.
    Body(Option<String>),
    /// The answer with this status.
    Response(String),
}

impl Difference {
    /// Returns the word by which the list of known differences tells two differences of one kind
    /// and field apart.
    pub(super) fn detail(&self) -> &str {
        match self.kind {
            ChangeKind::Type | ChangeKind::ValueNeverSent => &self.theirs,
            ChangeKind::Value if self.side == Side::Request => &self.theirs,
            ChangeKind::Value => &self.ours,
            _ => "",
        }
    }

    /// Says how the descriptions differ, and then what it means for a client.
    pub(crate) fn sentences(&self) -> (String, String) {
        match self.side {
            Side::Answer => self.of_an_answer(),
            Side::Request => self.of_a_request(),
        }
    }

    fn of_an_answer(&self) -> (String, String) {
        let Difference { ours, theirs, .. } = self;
        let (differ, meaning) = match self.kind {
            ChangeKind::OnlyOurs if ours.is_empty() => (
                "only the emulator has it".to_owned(),
                "a client of Belvo does not expect it".to_owned(),
            ),
            ChangeKind::OnlyOurs => (
                format!("only the emulator sends it ({ours})"),
                "a client that reads it finds nothing at Belvo, and a strict one refuses it here"
                    .to_owned(),
            ),
            ChangeKind::OnlyTheirs if theirs.is_empty() => (
                "only Belvo answers with it".to_owned(),
                "a client is never tried with it, unless a fault injects it".to_owned(),
            ),
            ChangeKind::OnlyTheirs => (
                format!("only Belvo sends it ({theirs})"),
                "a client that reads it finds nothing here".to_owned(),
            ),
            ChangeKind::OnlyTheirsAlways => (
                format!("only Belvo sends it ({theirs}), and always"),
                "a client that relies on it fails here".to_owned(),
            ),
            ChangeKind::Renamed => (
                format!("Belvo calls it {theirs}"),
                format!("a client that reads {theirs} finds nothing here"),
            ),
            ChangeKind::Type => (
                format!("Belvo sends {theirs}, the emulator {ours}"),
                format!("a client that reads {theirs} may fail here"),
            ),
            ChangeKind::Null => (
                "the emulator sends null too, Belvo does not".to_owned(),
                "a client that does not expect null may fail here".to_owned(),
            ),
            ChangeKind::Value => (
                format!("the emulator sends {ours} too, Belvo does not"),
                "a client that knows Belvo's values alone may fail here".to_owned(),
            ),
            ChangeKind::ValueNeverSent => (
                format!("Belvo sends {theirs} too, the emulator does not"),
                "a client is never tried with it".to_owned(),
            ),
            ChangeKind::Optional | ChangeKind::NotRequired => (
                "Belvo always sends it, the emulator does not".to_owned(),
                "a client that relies on it may fail here".to_owned(),
            ),
        };
        (differ, meaning)
    }

    fn of_a_request(&self) -> (String, String) {
        let Difference { ours, theirs, .. } = self;
        let refused = |what: &str| format!("a client that sends {what} is refused here");
        match self.kind {
            ChangeKind::OnlyOurs => (
                "only the emulator has it".to_owned(),
                "a client that calls it may fail at Belvo".to_owned(),
            ),
            ChangeKind::OnlyTheirs => (
                format!("only Belvo takes it ({theirs})"),
                "a client that sends it changes nothing here".to_owned(),
            ),
            ChangeKind::OnlyTheirsAlways => (
                format!("Belvo requires it ({theirs}), the emulator does not know it"),
                "a client that leaves it out passes here and is refused by Belvo".to_owned(),
            ),
            ChangeKind::Renamed | ChangeKind::Type => {
                (format!("Belvo takes {theirs}, the emulator {ours}"), refused(theirs))
            }
            ChangeKind::Null => {
                ("Belvo takes null, the emulator does not".to_owned(), refused("null"))
            }
            ChangeKind::Value | ChangeKind::ValueNeverSent => {
                (format!("Belvo takes {theirs}, the emulator does not"), refused("it"))
            }
            ChangeKind::Optional => (
                "the emulator requires it, Belvo does not".to_owned(),
                "a client that leaves it out is refused here".to_owned(),
            ),
            ChangeKind::NotRequired => (
                "Belvo requires it, the emulator does not".to_owned(),
                "a client that leaves it out passes here and is refused by Belvo".to_owned(),
            ),
        }
    }
}

/// One line: the field, both sentences, and where it is found.
impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (differ, meaning) = self.sentences();
        write!(formatter, "{}: {differ}; {meaning}", self.subject)?;
        match self.places.as_slice() {
            [] => Ok(()),
            [only] if only.to_string() == self.subject => Ok(()),
            [only] => write!(formatter, " ({only})"),
            [first, rest @ ..] => write!(formatter, " ({first}, and {} more)", rest.len()),
        }
    }
}

impl fmt::Display for SpecEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = &self.endpoint;
        match &self.part {
            SpecPart::Whole => write!(formatter, "{endpoint}"),
            SpecPart::Path => write!(formatter, "{endpoint} path"),
            SpecPart::Query => write!(formatter, "{endpoint} query"),
            SpecPart::Body(None) => write!(formatter, "{endpoint} body"),
            SpecPart::Body(Some(name)) => write!(formatter, "{endpoint} body {name}"),
            SpecPart::Response(status) => write!(formatter, "{endpoint} {status}"),
        }
    }
}

/// Puts the places of equal differences together.
pub(super) fn collected(found: Vec<Difference>) -> Vec<Difference> {
    let mut places: BTreeMap<Difference, BTreeSet<Place>> = BTreeMap::new();
    for difference in found {
        let without = Difference { places: Vec::new(), ..difference.clone() };
        places.entry(without).or_default().extend(difference.places);
    }
    let complete = |(difference, places): (Difference, BTreeSet<Place>)| Difference {
        places: places.into_iter().collect(),
        ..difference
    };
    places.into_iter().map(complete).collect()
}
