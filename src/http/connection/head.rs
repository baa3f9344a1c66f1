//! Reads the head of a request, and rewrites it where actix would end the connection for it.

use std::mem::MaybeUninit;

use httparse::{Error as Malformed, Header, Request, Status};

use crate::http::connection::refusal::Refusal;

/// The most header lines of a head.
const MOST_HEADERS: usize = 96;
/// The largest head. Clients send less than 1 KiB, and tokens and cookies take some more.
const LARGEST_BYTES: usize = 64 * 1024;
/// A TLS connection begins with the type of a handshake record and the major version.
const TLS: &[u8] = &[0x16, 0x03];
const HTTP2: &[u8] = b"PRI * HTTP/2";

/// A head that has arrived whole.
#[derive(Debug)]
pub(super) struct Head {
    /// The head as actix gets it, if it is not as the client sent it.
    pub rewritten: Option<Vec<u8>>,
    /// The number of bytes that the client sent for it.
    pub length: usize,
    pub body: BodyLength,
}

/// The length of the body that follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyLength {
    Known(u64),
    Chunked,
}

impl Head {
    /// Reads a head from the beginning of what has arrived. Returns None if some of it is missing.
    ///
    /// # Errors
    /// The reason why this is no head of a request.
    pub(super) fn read(arrived: &[u8]) -> Result<Option<Head>, Refusal> {
        let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let mut request = Request::new(&mut []);
        match request.parse_with_uninit_headers(arrived, &mut headers) {
            Ok(Status::Complete(length)) if length > LARGEST_BYTES => Err(Refusal::HeadTooLarge),
            Ok(Status::Complete(length)) => Ok(Some(Head {
                rewritten: without_upgrade(&arrived[..length], request.headers),
                length,
                body: body_length(request.headers),
            })),
            Ok(Status::Partial) if arrived.len() >= LARGEST_BYTES => Err(Refusal::HeadTooLarge),
            Ok(Status::Partial) => Ok(None),
            Err(Malformed::TooManyHeaders) => Err(Refusal::TooManyHeaders),
            Err(_) if arrived.starts_with(TLS) => Err(Refusal::Tls),
            Err(_) if arrived.starts_with(HTTP2) => Err(Refusal::Http2),
            Err(_) => Err(Refusal::Malformed),
        }
    }
}

/// Returns the length of the body. Actix refuses heads in which these headers contradict each other.
fn body_length(headers: &[Header<'_>]) -> BodyLength {
    let named = |name: &str| {
        let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok().map(str::trim)
    };
    match named("Transfer-Encoding") {
        Some(coding) if coding.eq_ignore_ascii_case("chunked") => BodyLength::Chunked,
        _ => BodyLength::Known(named("Content-Length").and_then(|n| n.parse().ok()).unwrap_or(0)),
    }
}

/// Returns the head without the wish to change to another protocol, if it has one. Nobody answers
/// that wish here, and actix ends a connection on which it was uttered.
fn without_upgrade(head: &[u8], headers: &[Header<'_>]) -> Option<Vec<u8>> {
    let mut rewritten = None;
    for header in headers.iter().rev() {
        let Some(value) = rewritten_value(header) else { continue };
        let start = header.value.as_ptr().addr() - head.as_ptr().addr();
        let bytes = rewritten.get_or_insert_with(|| head.to_vec());
        bytes.splice(start..start + header.value.len(), value);
    }
    rewritten
}

/// Returns the value that actix gets in place of the client's, if it is another.
fn rewritten_value(header: &Header<'_>) -> Option<Vec<u8>> {
    let is_upgrade = |option: &&[u8]| option.trim_ascii().eq_ignore_ascii_case(b"upgrade");
    let mut options = header.value.split(|byte| *byte == b',');
    if header.name.eq_ignore_ascii_case("Connection") && options.any(|option| is_upgrade(&option)) {
        let options = header.value.split(|byte| *byte == b',');
        let others: Vec<&[u8]> = options.filter(|option| !is_upgrade(option)).collect();
        return Some(others.join(&b','));
    }
    // Actix reads the body of such a request to the end of the connection. It does not know the
    // protocol when an empty element follows in the list, which changes nothing for others.
    let is_websocket = header.value.trim_ascii().eq_ignore_ascii_case(b"websocket");
    (header.name.eq_ignore_ascii_case("Upgrade") && is_websocket)
        .then(|| [header.value, b","].concat())
}

#[cfg(test)]
mod tests {
    use crate::http::connection::head::{BodyLength, Head};
    use crate::http::connection::refusal::Refusal;

    fn rewritten(headers: &str) -> String {
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\n{headers}\r\n");
        let read = Head::read(format!("{head}body").as_bytes()).unwrap().unwrap();
        assert_eq!(read.length, head.len());
        let rewritten = read.rewritten.unwrap_or_else(|| head.clone().into_bytes());
        let rewritten = String::from_utf8(rewritten).unwrap();
        rewritten["POST / HTTP/1.1\r\nHost: h\r\n".len()..].trim_end().to_owned()
    }

    #[test]
    fn a_wish_to_upgrade_is_left_out_and_nothing_else_is() {
        let cases = [
            ("Connection: Upgrade, HTTP2-Settings\r\n", "Connection:  HTTP2-Settings"),
            ("Connection: keep-alive,UPGRADE\r\n", "Connection: keep-alive"),
            ("Connection: close, upgrade\r\n", "Connection: close"),
            ("Connection: upgraded\r\n", "Connection: upgraded"),
            ("Upgrade: h2c\r\n", "Upgrade: h2c"),
            ("Upgrade: WebSocket\r\nA: b\r\n", "Upgrade: WebSocket,\r\nA: b"),
            (
                "connection: Upgrade\r\nA: b\r\nupgrade: websocket\r\nC: d\r\n",
                "connection: \r\nA: b\r\nupgrade: websocket,\r\nC: d",
            ),
        ];
        for (sent, expected) in cases {
            assert_eq!(rewritten(sent), expected, "{sent}");
        }
    }

    #[test]
    fn the_length_of_a_body_is_known_from_its_head() {
        let cases = [
            ("", BodyLength::Known(0)),
            ("content-length: 17 \r\n", BodyLength::Known(17)),
            ("Transfer-Encoding: Chunked\r\n", BodyLength::Chunked),
        ];
        for (headers, expected) in cases {
            let head = format!("POST / HTTP/1.1\r\n{headers}\r\n");
            assert_eq!(Head::read(head.as_bytes()).unwrap().unwrap().body, expected, "{headers}");
        }
    }

    #[test]
    fn each_kind_of_no_head_is_told_apart() {
        let large = format!("GET / HTTP/1.1\r\nA: {}", "x".repeat(64 * 1024));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(97));
        let whole = format!("{large}\r\n\r\n");
        let cases: [(&[u8], Refusal); 7] = [
            (large.as_bytes(), Refusal::HeadTooLarge),
            (whole.as_bytes(), Refusal::HeadTooLarge),
            (many.as_bytes(), Refusal::TooManyHeaders),
            (b"\x16\x03\x01\x02\x00\x01", Refusal::Tls),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Refusal::Http2),
            (b"GET /\r\n\r\n", Refusal::Malformed),
            (b"\0\0\0\0", Refusal::Malformed),
        ];
        for (arrived, expected) in cases {
            assert_eq!(Head::read(arrived).unwrap_err(), expected);
        }
        assert!(Head::read(b"GET / HTT").unwrap().is_none());
    }
}
