//! A request of the API and its answer, as the log stores them.
//!
//! Storing an exchange copies its bytes, into one block. `journal` parses them, and leaves out the
//! secrets, when a client looks at the request: nobody looks at most of them.

use std::borrow::Cow;

use uuid::Uuid;

use crate::account::request::call::Call;
use crate::operations::Operation;
use crate::scenario::Match;

/// The part of a body that is kept.
const LARGEST_BODY_BYTES: usize = 16 * 1024;

/// One request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub request_id: Uuid,
    /// The operation. It is None where the path or its method is unknown.
    pub operation: Option<Operation>,
    pub status: u16,
    texts: Texts,
    /// True for the body, and for the answer, if all of it was kept.
    is_whole: [bool; 2],
    /// The scenario that answered the login of the request.
    pub matched: Option<Match>,
    /// The names of the injected faults.
    pub faults: Box<[&'static str]>,
    /// Sentences on what the success will not bring.
    pub notes: Box<[String]>,
}

/// The beginning of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptBody<'a> {
    pub bytes: &'a [u8],
    pub is_whole: bool,
}

/// The method, the path, the query, the header lines, the body and the answer.
#[derive(Debug)]
struct Texts {
    bytes: Box<[u8]>,
    /// The place at which each text but the last ends.
    ends: [u32; 5],
}

impl Exchange {
    pub(crate) fn new(
        call: &Call<'_>,
        request_id: Uuid,
        status: u16,
        answer: &[u8],
        matched: Option<Match>,
        faults: &[&'static str],
        notes: &[String],
    ) -> Exchange {
        let (body, answer) = (KeptBody::of(call.body), KeptBody::of(answer));
        Exchange {
            request_id,
            operation: call.operation,
            status,
            texts: Texts::of(call, body.bytes, answer.bytes),
            is_whole: [body.is_whole, answer.is_whole],
            matched,
            faults: faults.into(),
            notes: notes.into(),
        }
    }

    pub(crate) fn method(&self) -> Cow<'_, str> {
        self.texts.text(0)
    }

    pub(crate) fn path(&self) -> Cow<'_, str> {
        self.texts.text(1)
    }

    /// Returns the query as it was sent, with its secrets.
    pub(crate) fn query(&self) -> Cow<'_, str> {
        self.texts.text(2)
    }

    /// Returns the headers, one on each line, as they were sent, with their secrets.
    pub(crate) fn headers(&self) -> Cow<'_, str> {
        self.texts.text(3)
    }

    pub(crate) fn body(&self) -> KeptBody<'_> {
        KeptBody { bytes: self.texts.part(4), is_whole: self.is_whole[0] }
    }

    pub(crate) fn answer(&self) -> KeptBody<'_> {
        KeptBody { bytes: self.texts.part(5), is_whole: self.is_whole[1] }
    }

    /// Returns the memory that the exchange takes.
    pub(crate) fn bytes(&self) -> usize {
        let matched = self.matched.as_ref().map_or(0, |matched| size_of_val(&*matched.tried));
        size_of::<Exchange>()
            + self.texts.bytes.len()
            + size_of_val(&*self.faults)
            + self.notes.iter().map(|note| size_of::<String>() + note.len()).sum::<usize>()
            + matched
    }
}

impl<'a> KeptBody<'a> {
    fn of(bytes: &'a [u8]) -> KeptBody<'a> {
        let kept = &bytes[..bytes.len().min(LARGEST_BODY_BYTES)];
        KeptBody { bytes: kept, is_whole: kept.len() == bytes.len() }
    }
}

impl Texts {
    fn of(call: &Call<'_>, body: &[u8], answer: &[u8]) -> Texts {
        let lines = call.headers.iter().map(|(name, value)| name.len() + value.len() + 3);
        let headers: usize = lines.sum();
        let [method, path, query] = [call.method, &call.path, call.query].map(str::as_bytes);
        let length = [method, path, query, body, answer].map(<[u8]>::len).iter().sum::<usize>();
        let mut bytes = Vec::with_capacity(length + headers);
        let mut ends = [0; 5];
        let mut end = |number: usize, bytes: &Vec<u8>| ends[number] = place(bytes);
        for (number, part) in [method, path, query].into_iter().enumerate() {
            bytes.extend_from_slice(part);
            end(number, &bytes);
        }
        for (name, value) in &call.headers {
            for part in [name.as_bytes(), b": ", value, b"\n"] {
                bytes.extend_from_slice(part);
            }
        }
        end(3, &bytes);
        bytes.extend_from_slice(body);
        end(4, &bytes);
        bytes.extend_from_slice(answer);
        Texts { bytes: bytes.into(), ends }
    }

    fn part(&self, number: usize) -> &[u8] {
        let begin = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let end = self.ends.get(number).map_or(self.bytes.len(), |end| *end as usize);
        &self.bytes[begin..end]
    }

    fn text(&self, number: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.part(number))
    }
}

/// Returns the place behind what was written. A request has no more than some MiB.
fn place(written: &[u8]) -> u32 {
    u32::try_from(written.len()).expect("the parts of a request are limited")
}
