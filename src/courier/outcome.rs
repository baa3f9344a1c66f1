//! Makes the outcome of an attempt from the answer of a receiver.

use std::pin::Pin;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::time::Sleep;

use crate::account::{Dispatch, Outcome};
use crate::courier::advice::advice;

/// The part of an answer's body that is kept. The courier reads this far too, so that the
/// connection can be used again.
const LONGEST_KEPT_BYTES: usize = 16 * 1024;
const LONGEST_DRAINED_BYTES: usize = 64 * 1024;
/// The part of an answer that a log line has.
const LONGEST_QUOTE_CHARS: usize = 200;

/// Reads an answer, and its body until the time is over.
pub(super) async fn answered(
    attempt: &Dispatch,
    mut response: reqwest::Response,
    mut time_is_over: Pin<&mut Sleep>,
    timeout: Duration,
) -> Outcome {
    let headers = response.headers().iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let mut body = Vec::new();
    let (mut bytes, mut error) = (0, None);
    while bytes < LONGEST_DRAINED_BYTES {
        let chunk = tokio::select! {
            biased;
            chunk = response.chunk() => chunk,
            () = &mut time_is_over => {
                error = Some(format!("the answer did not end within {} s", timeout.as_secs()));
                break;
            }
        };
        let chunk = match chunk {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(_) => {
                error = Some("the answer was cut short: its body ended early".to_owned());
                break;
            }
        };
        bytes += chunk.len();
        let room = LONGEST_KEPT_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    let outcome = Outcome {
        status: Some(response.status().as_u16()),
        headers,
        body_truncated: bytes > body.len(),
        body: String::from_utf8_lossy(&body).into_owned(),
        error,
        ..Outcome::default()
    };
    Outcome { hint: advice(attempt, &outcome), ..outcome }
}

/// Returns the beginning of the receiver's own words, on one line. Of a page it is the title.
pub(super) fn own_words(body: &str) -> Option<String> {
    let title = body.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let words = title.map_or(body, |(title, _)| title).split_whitespace();
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_QUOTE_CHARS) {
        _ if line.is_empty() => None,
        Some((end, _)) => Some(format!("{}…", &line[..end])),
        None => Some(line),
    }
}

#[cfg(test)]
mod tests {
    use super::own_words;

    #[test]
    fn a_receivers_own_words_are_one_line_of_a_log() {
        let long = "né ".repeat(1000);
        for (body, words) in [
            ("", None),
            (" \r\n", None),
            ("no such\r\n\tuser\n", Some("no such user")),
            ("{\n  \"error\": \"x\"\n}", Some("{ \"error\": \"x\" }")),
            ("<html><head>\n<title>403\nForbidden</title>", Some("403 Forbidden")),
            ("<title>never ends", Some("<title>never ends")),
        ] {
            assert_eq!(own_words(body).as_deref(), words);
        }
        assert_eq!(own_words(&long).unwrap().chars().count(), 201);
    }
}
