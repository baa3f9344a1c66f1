//! Makes the outcome of an attempt from the answer of a receiver, or from the lack of one.

use std::error::Error as _;
use std::io;
use std::pin::Pin;

use reqwest::header::HeaderValue;
use tokio::time::Sleep;

use crate::account::Outcome;
use crate::model::address::without_secrets;

/// The error codes of a process or a system without free descriptors: `ENFILE` and `EMFILE` on
/// every Unix, `WSAEMFILE` on Windows.
const NO_DESCRIPTORS: [i32; 3] = [23, 24, 10_024];
/// The part of an answer's body that is kept. The courier reads this far too, so that the
/// connection can be used again.
const LONGEST_KEPT_BYTES: usize = 16 * 1024;
const LONGEST_DRAINED_BYTES: usize = 64 * 1024;

/// Reads an answer, and its body until the time is over.
pub(super) async fn answered(
    mut response: reqwest::Response,
    mut time_is_over: Pin<&mut Sleep>,
) -> Outcome {
    let headers = response.headers().iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let mut body = Vec::new();
    let mut bytes = 0;
    while bytes < LONGEST_DRAINED_BYTES {
        let chunk = tokio::select! {
            biased;
            chunk = response.chunk() => chunk,
            () = &mut time_is_over => break,
        };
        let Ok(Some(chunk)) = chunk else { break };
        bytes += chunk.len();
        let room = LONGEST_KEPT_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Outcome {
        status: Some(response.status().as_u16()),
        headers,
        body_truncated: bytes > body.len(),
        body: String::from_utf8_lossy(&body).into_owned(),
        ..Outcome::default()
    }
}

/// Returns the reason why no answer came and, where it is known, the way to mend it.
pub(super) fn explain(error: &reqwest::Error, url: &str) -> (String, Option<String>) {
    let refused =
        io_cause(error).is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused);
    if !refused {
        return (root_cause(error), None);
    }
    let hint = format!(
        "nothing listens at {}: start the receiver there, or pass its address with \
         --webhook-url (in a container, localhost is the container itself)",
        without_secrets(url)
    );
    ("connection refused".to_owned(), Some(hint))
}

/// Tells that the process had no descriptor left for a socket. This is no fault of the receiver.
pub(super) fn lacks_descriptors(error: &reqwest::Error) -> bool {
    let code = io_cause(error).and_then(io::Error::raw_os_error);
    code.is_some_and(|code| NO_DESCRIPTORS.contains(&code))
}

fn io_cause(error: &reqwest::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = error.to_string();
        cause = error.source();
    }
    sentence
}
