//! A client that writes bytes and reads answers, to see what a pooled client would meet.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::process::Server;

/// Long enough for a loaded machine; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(60);
/// `id:password`, as the header has it.
pub const KEYS: &str = "Authorization: Basic aWQ6cGFzc3dvcmQ=\r\n";

pub struct Raw {
    pub socket: TcpStream,
    arrived: Vec<u8>,
}

#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    /// The lines of the head in lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl RawAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        lines.filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, v)| v)
    }

    pub fn closes(&self) -> bool {
        self.header("connection") == Some("close")
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Raw {
    pub fn to(server: &Server) -> Raw {
        let socket = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Raw { socket, arrived: Vec::new() }
    }

    /// Sends bytes. A server that has closed is found when the answer is read.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Raw {
        let _ = self.socket.write_all(bytes.as_ref());
        self
    }

    /// Sends a request with the keys, a host and the body's length.
    pub fn request(&mut self, line: &str, headers: &str, body: &str) -> &mut Raw {
        let length = body.len();
        self.send(format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\n{KEYS}Content-Type: application/json\r\n\
             {headers}Content-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// Reads an answer to a request other than HEAD.
    #[track_caller]
    pub fn answer(&mut self) -> RawAnswer {
        let mut answer = self.head();
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.arrived.len() < length {
            assert_ne!(self.read(), 0, "the body is cut: {answer:?}");
        }
        answer.body = self.arrived.drain(..length).collect();
        answer
    }

    /// Reads an answer to a request other than HEAD. None is a connection that ends without one.
    pub fn may_answer(&mut self) -> Option<RawAnswer> {
        let has_answer = self.socket.peek(&mut [0]).is_ok_and(|count| count == 1);
        has_answer.then(|| self.answer())
    }

    /// Reads an answer without a body.
    #[track_caller]
    pub fn head(&mut self) -> RawAnswer {
        let end = loop {
            if let Some(end) = self.arrived.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            assert_ne!(self.read(), 0, "no answer: {:?}", String::from_utf8_lossy(&self.arrived));
        };
        let head: Vec<u8> = self.arrived.drain(..end + 4).collect();
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let status = head["http/1.1 ".len()..][..3].parse().unwrap();
        RawAnswer { status, head, body: Vec::new() }
    }

    /// Begins a stream of events of the account of the keys.
    pub fn events(&mut self) -> &mut Raw {
        self.send(format!("GET /_emulator/events HTTP/1.1\r\nHost: localhost\r\n{KEYS}\r\n"));
        assert_eq!(self.head().status, 200);
        self
    }

    /// Reads on until a text has come, and returns all that came with it.
    #[track_caller]
    pub fn until(&mut self, text: &str) -> String {
        loop {
            let arrived = String::from_utf8_lossy(&self.arrived).into_owned();
            if arrived.contains(text) {
                self.arrived.clear();
                return arrived;
            }
            assert_ne!(self.read(), 0, "{text} has not come: {arrived}");
        }
    }

    /// Waits until the server has closed the connection, without a reset and without a word.
    #[track_caller]
    pub fn end(&mut self) {
        let count = self.read();
        assert_eq!(count, 0, "{:?}", String::from_utf8_lossy(&self.arrived));
    }

    #[track_caller]
    fn read(&mut self) -> usize {
        let mut bytes = [0; 4096];
        let count = match self.socket.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("the server is silent"),
            read => read.unwrap(),
        };
        self.arrived.extend_from_slice(&bytes[..count]);
        count
    }
}
