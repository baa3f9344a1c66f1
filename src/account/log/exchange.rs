//! A request of the API and its answer, as the log stores them.
//!
//! Storing an exchange copies its bytes. `journal` parses them when a client looks at the request.

use uuid::Uuid;

use crate::account::request::call::Call;
use crate::model::redact;
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
    pub method: Box<str>,
    pub path: Box<str>,
    pub query: Box<str>,
    /// The headers, one on each line, as they were sent, without secrets.
    pub headers: Box<str>,
    pub body: KeptBody,
    pub status: u16,
    pub answer: KeptBody,
    /// The scenario that answered the login of the request.
    pub matched: Option<Match>,
    /// The names of the injected faults.
    pub faults: Box<[&'static str]>,
    /// Sentences on what the success will not bring.
    pub notes: Box<[String]>,
}

/// The beginning of a body.
#[derive(Debug)]
pub(crate) struct KeptBody {
    pub bytes: Box<[u8]>,
    pub is_whole: bool,
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
        Exchange {
            request_id,
            operation: call.operation,
            method: call.method.into(),
            path: call.path.as_ref().into(),
            query: call.query.into(),
            headers: header_lines(call),
            body: KeptBody::of(call.body),
            status,
            answer: KeptBody::of(answer),
            matched,
            faults: faults.into(),
            notes: notes.into(),
        }
    }

    /// Returns the memory that the exchange takes.
    pub(crate) fn bytes(&self) -> usize {
        let texts = [&self.method, &self.path, &self.query, &self.headers].map(|text| text.len());
        let matched = self.matched.as_ref().map_or(0, |matched| size_of_val(&*matched.tried));
        size_of::<Exchange>()
            + texts.iter().sum::<usize>()
            + self.body.bytes.len()
            + self.answer.bytes.len()
            + size_of_val(&*self.faults)
            + self.notes.iter().map(|note| size_of::<String>() + note.len()).sum::<usize>()
            + matched
    }
}

impl KeptBody {
    fn of(bytes: &[u8]) -> KeptBody {
        let kept = &bytes[..bytes.len().min(LARGEST_BODY_BYTES)];
        KeptBody { bytes: kept.into(), is_whole: kept.len() == bytes.len() }
    }
}

/// Writes the headers, without the secrets in their values.
fn header_lines(call: &Call<'_>) -> Box<str> {
    let mut lines = String::with_capacity(256);
    for (name, value) in &call.headers {
        lines.push_str(name);
        lines.push_str(": ");
        lines.push_str(&redact::header(name, value));
        lines.push('\n');
    }
    lines.into()
}
