//! Answers what is no request. Actix would answer it without a body and without a word in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use actix_web::http::StatusCode;

use crate::account::RefusedRequest;
use crate::error::Error;

/// How an answer of actix without a body begins.
const BARE: [&[u8]; 2] = [b"HTTP/1.1 4", b"HTTP/1.0 4"];

/// A reason why a connection ends without a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Malformed,
    Tls,
    Http2,
    HeadTooLarge,
    TooManyHeaders,
    HeadTimeout,
}

/// Gives an error a request id.
type Refuse = dyn Fn(Error) -> RefusedRequest + Send + Sync;

/// Writes the answers to what is no request.
#[derive(Clone)]
pub(super) struct Refusals {
    refuse: Arc<Refuse>,
    /// The kinds that were logged, a bit each. A client that goes on and on fills no log.
    logged: Arc<AtomicU8>,
}

impl Refusal {
    fn error(self) -> Error {
        match self {
            Refusal::Malformed => Error::malformed_request(
                "This is no HTTP/1.1 request: its head is malformed, it has no Host, or its \
                 headers contradict each other about the length of its body.",
            ),
            Refusal::Tls => Error::malformed_request(
                "The client speaks TLS to a port that speaks plain HTTP: use http:// in place of \
                 https://.",
            ),
            Refusal::Http2 => Error::malformed_request(
                "The client speaks HTTP/2 to a port that speaks HTTP/1.1: let it use HTTP/1.1 \
                 (curl: without --http2-prior-knowledge).",
            ),
            Refusal::HeadTooLarge => {
                Error::head_too_large("The head of the request is larger than 64 KiB.")
            }
            Refusal::TooManyHeaders => {
                Error::head_too_large("The request has more than 96 header lines.")
            }
            Refusal::HeadTimeout => Error::head_timeout(super::HEAD_WITHIN.as_secs()),
        }
    }
}

impl Refusals {
    pub(super) fn new(
        refuse: impl Fn(Error) -> RefusedRequest + Send + Sync + 'static,
    ) -> Refusals {
        Refusals { refuse: Arc::new(refuse), logged: Arc::default() }
    }

    /// Returns the whole answer to what is no request.
    pub(super) fn answer(&self, refusal: Refusal, date: &str) -> Vec<u8> {
        let refused = (self.refuse)(refusal.error());
        let message = refused.error.problems.first().map(|problem| problem.message.clone());
        let bit = 1 << refusal as u8;
        if self.logged.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
            let message = message.unwrap_or_default();
            tracing::warn!("not a request: {message} (this is said once)");
        }
        let status = refused.error.status;
        let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let body = refused.error.body(refused.request_id);
        let head = format!(
            "HTTP/1.1 {status} {}\r\ncontent-length: {}\r\nconnection: close\r\n\
             content-type: application/json\r\nx-request-id: {}\r\n{date}\r\n",
            reason.unwrap_or_default(),
            body.len(),
            refused.request_id.simple(),
        );
        [head.into_bytes(), body].concat()
    }
}

/// An answer of actix to what is no request, at the end of what it writes.
pub(super) struct BareAnswer<'a> {
    /// The place at which it begins.
    pub start: usize,
    /// Its line with the date, or nothing.
    pub date: &'a str,
}

impl BareAnswer<'_> {
    /// Finds the answer. All answers of the emulator's own have a request id, and no body of theirs
    /// ends with an empty line.
    pub(super) fn find(written: &[u8]) -> Option<BareAnswer<'_>> {
        if !written.ends_with(b"\r\n\r\n") {
            return None;
        }
        let length = BARE[0].len();
        let start = written.windows(length).rposition(|window| BARE.contains(&window))?;
        let head = std::str::from_utf8(&written[start..]).ok()?;
        let has = |name: &str| head.split_inclusive('\n').find(|line| line.starts_with(name));
        if has("x-request-id:").is_some() || head.matches("\r\n\r\n").count() != 1 {
            return None;
        }
        Some(BareAnswer { start, date: has("date:").unwrap_or_default() })
    }
}
