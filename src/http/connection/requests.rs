//! Follows the requests in the bytes that a client sends, so that heads are told from bodies.

use crate::http::connection::head::{BodyLength, Head};
use crate::http::connection::refusal::Refusal;

/// Bytes that actix takes for no request. It answers 400 when the answers to the requests before
/// are written, and ends the connection.
const NO_REQUEST: &[u8] = b"\0\r\n\r\n";

/// The place of a connection in the request that it reads.
#[derive(Debug)]
pub(super) struct Requests {
    place: Place,
    /// The part of a head that has arrived.
    head: Vec<u8>,
    /// The reason why the connection ends with a refusal.
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Head,
    /// In a body of which so many bytes are missing.
    Body(u64),
    Chunks(Chunk),
    /// After something that is no request. What follows is ignored.
    Refused,
}

/// The place in a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chunk {
    /// In the digits of a size.
    Size(u64),
    /// Behind the digits, in the rest of their line.
    Extension(u64),
    /// In data of which so many bytes are missing, and then the end of its line.
    Data(u64),
    DataEnd,
    /// In a line after the last chunk. True when nothing of it has come.
    Trailer(bool),
}

impl Requests {
    pub(super) fn new() -> Requests {
        Requests { place: Place::Head, head: Vec::new(), refusal: None }
    }

    /// Tells that the client has not sent the whole of a head.
    pub(super) fn wait_for_head(&self) -> bool {
        self.place == Place::Head
    }

    /// Tells that a head has begun to arrive.
    pub(super) fn has_part_of_head(&self) -> bool {
        !self.head.is_empty()
    }

    /// Ends the connection when the answers to the requests before are written.
    pub(super) fn refuse(&mut self, refusal: Refusal, to_actix: &mut Vec<u8>) {
        self.place = Place::Refused;
        self.head = Vec::new();
        self.refusal = Some(refusal);
        to_actix.extend_from_slice(NO_REQUEST);
    }

    /// Takes bytes from the client to the end of a request, and appends what actix gets of them.
    /// Returns the number of bytes that were taken.
    pub(super) fn take(&mut self, bytes: &[u8], to_actix: &mut Vec<u8>) -> usize {
        let mut left = bytes;
        while !left.is_empty() {
            left = match self.place {
                Place::Head => self.take_head(left, to_actix),
                Place::Body(missing) => {
                    let (body, rest) = split(left, missing);
                    to_actix.extend_from_slice(body);
                    self.place = body_with(missing - body.len() as u64);
                    rest
                }
                Place::Chunks(chunk) => self.take_chunk(chunk, left, to_actix),
                Place::Refused => return bytes.len(),
            };
            if self.place == Place::Head {
                break;
            }
        }
        bytes.len() - left.len()
    }

    fn take_head<'a>(&mut self, bytes: &'a [u8], to_actix: &mut Vec<u8>) -> &'a [u8] {
        let before = self.head.len();
        if before > 0 {
            self.head.extend_from_slice(bytes);
        }
        // Only the end of a line can complete a head. Without this, a client that sends a byte at a
        // time makes it read a thousand times.
        if before > 0 && !bytes.contains(&b'\n') && self.head.len() < LONGEST_LINE {
            return &[];
        }
        let arrived = if before > 0 { &self.head[..] } else { bytes };
        match Head::read(arrived) {
            Ok(None) => {
                if before == 0 {
                    self.head.extend_from_slice(bytes);
                }
                &[]
            }
            Ok(Some(head)) => {
                let sent = &arrived[..head.length];
                to_actix.extend_from_slice(head.rewritten.as_deref().unwrap_or(sent));
                self.place = match head.body {
                    BodyLength::Known(length) => body_with(length),
                    BodyLength::Chunked => Place::Chunks(Chunk::Size(0)),
                };
                self.head.clear();
                &bytes[head.length - before..]
            }
            Err(refusal) => {
                self.refuse(refusal, to_actix);
                &[]
            }
        }
    }

    fn take_chunk<'a>(
        &mut self,
        chunk: Chunk,
        bytes: &'a [u8],
        to_actix: &mut Vec<u8>,
    ) -> &'a [u8] {
        let length = if let Chunk::Data(missing) = chunk { missing } else { 1 };
        let (part, rest) = split(bytes, length);
        to_actix.extend_from_slice(part);
        self.place = match chunk {
            Chunk::Data(missing) if missing == part.len() as u64 => Place::Chunks(Chunk::DataEnd),
            Chunk::Data(missing) => Place::Chunks(Chunk::Data(missing - part.len() as u64)),
            line => line.after(part[0]).map_or(Place::Head, Place::Chunks),
        };
        rest
    }
}

/// From this length on, a head is read again with all that arrives, so that one without an end of a
/// line is refused.
const LONGEST_LINE: usize = 64 * 1024;

impl Chunk {
    /// Returns the place after a byte that is no data. None is the end of the body. Actix refuses
    /// what is malformed.
    fn after(self, byte: u8) -> Option<Chunk> {
        Some(match (self, byte) {
            (Chunk::Size(0) | Chunk::Extension(0), b'\n') => Chunk::Trailer(true),
            (Chunk::Size(size) | Chunk::Extension(size), b'\n') => Chunk::Data(size),
            (Chunk::Size(size), digit) => match char::from(digit).to_digit(16) {
                Some(digit) => Chunk::Size(size.saturating_mul(16).saturating_add(digit.into())),
                None => Chunk::Extension(size),
            },
            (Chunk::DataEnd, b'\n') => Chunk::Size(0),
            (Chunk::Trailer(true), b'\n') => return None,
            (Chunk::Trailer(is_blank), b'\r') => Chunk::Trailer(is_blank),
            (Chunk::Trailer(_), byte) => Chunk::Trailer(byte == b'\n'),
            (place, _) => place,
        })
    }
}

fn body_with(missing: u64) -> Place {
    if missing == 0 { Place::Head } else { Place::Body(missing) }
}

fn split(bytes: &[u8], at_most: u64) -> (&[u8], &[u8]) {
    bytes.split_at(usize::try_from(at_most).map_or(bytes.len(), |at| at.min(bytes.len())))
}

#[cfg(test)]
mod tests {
    use crate::http::connection::refusal::Refusal;
    use crate::http::connection::requests::{NO_REQUEST, Requests};

    const UPGRADE: &str = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n\r\n";
    const WITHOUT: &str = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: \r\n\r\n";

    /// Takes the bytes in pieces of each size, and returns what actix gets.
    fn taken(sent: &str) -> String {
        let mut all = [1, 2, 3, 7, 50, usize::MAX].map(|size| {
            let (mut requests, mut to_actix) = (Requests::new(), Vec::new());
            for piece in sent.as_bytes().chunks(size.min(sent.len())) {
                let mut left = piece;
                while !left.is_empty() {
                    left = &left[requests.take(left, &mut to_actix)..];
                }
            }
            String::from_utf8(to_actix).unwrap()
        });
        all.sort_unstable();
        assert_eq!(all.first(), all.last());
        all[0].clone()
    }

    #[test]
    fn the_second_request_is_found_behind_every_kind_of_body() {
        let bodies = [
            "Content-Length: 0\r\n\r\n",
            "Content-Length: 58\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, Upgrade\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\n\r\n\n\r\n1A \r\nConnection: Upgrade\r\n\r\n...\r\n0\r\n\r\n",
            // The data looks like the end of a body to whoever reads the size wrongly.
            "Transfer-Encoding: chunked\r\n\r\n3A\r\nxx\n0\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: x\r\nB: c\r\n\r\n",
        ];
        for body in bodies {
            let first = format!("POST / HTTP/1.1\r\nHost: h\r\n{body}");
            assert_eq!(taken(&format!("{first}{UPGRADE}")), format!("{first}{WITHOUT}"), "{body}");
        }
    }

    #[test]
    fn nothing_that_follows_no_request_is_read() {
        let (mut requests, mut to_actix) = (Requests::new(), Vec::new());
        let sent = format!("{UPGRADE}\0\0{UPGRADE}");
        let first = requests.take(sent.as_bytes(), &mut to_actix);
        assert_eq!(first, UPGRADE.len());
        assert_eq!(requests.take(&sent.as_bytes()[first..], &mut to_actix), 2 + first);
        assert_eq!(requests.take(UPGRADE.as_bytes(), &mut to_actix), UPGRADE.len());
        assert_eq!(requests.refusal, Some(Refusal::Malformed));
        assert_eq!(to_actix, [WITHOUT.as_bytes(), NO_REQUEST].concat());
    }
}
