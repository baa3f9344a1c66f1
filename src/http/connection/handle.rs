//! The handle of a connection, which the requests of the connection share.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_http::ConnectionType;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use crate::accounts::UnwrittenAnswer;

/// The state of a connection that its requests know.
pub(crate) struct Connection {
    local_addr: Option<SocketAddr>,
    /// The answers that actix has, and that are not at the socket yet.
    unwritten: RefCell<Vec<UnwrittenAnswer>>,
    /// True while actix has a request without an answer.
    is_answering: Cell<bool>,
    /// Reads the next request when the answer is there.
    reader: Cell<Option<Waker>>,
    /// The longest time in which the client takes nothing of the present answer.
    taken_within: Cell<Option<Duration>>,
    is_reset: Cell<bool>,
    ends: Cell<bool>,
    client_has_closed: Cell<bool>,
    is_left: Cell<bool>,
    left: RefCell<Option<LeftSocket>>,
}

/// The socket of a connection that actix has ended, and the bytes that it still has to write.
pub(super) struct LeftSocket {
    pub socket: TcpStream,
    pub unsent: Vec<u8>,
}

impl Connection {
    pub(super) fn new(local_addr: Option<SocketAddr>) -> Connection {
        Connection {
            local_addr,
            unwritten: RefCell::default(),
            is_answering: Cell::new(false),
            reader: Cell::new(None),
            taken_within: Cell::new(None),
            is_reset: Cell::new(false),
            ends: Cell::new(false),
            client_has_closed: Cell::new(false),
            is_left: Cell::new(false),
            left: RefCell::default(),
        }
    }

    /// Returns the connection of a request. In a test without a server there is none.
    pub(crate) fn of(request: &HttpRequest) -> Option<&Rc<Connection>> {
        request.conn_data::<Rc<Connection>>()
    }

    /// Returns the address that the client has connected to.
    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        self.local_addr
    }

    /// Makes the end of this connection a reset.
    pub(crate) fn reset_at_end(&self) {
        self.is_reset.set(true);
    }

    /// Ends this connection after the next answer, which announces it.
    pub(crate) fn end_after_answer(&self) {
        self.ends.set(true);
    }

    /// Ends this connection if the client takes nothing of the present answer for so long.
    pub(crate) fn end_unless_taken_within(&self, time: Duration) {
        self.taken_within.set(Some(time));
    }

    pub(super) fn taken_within(&self) -> Option<Duration> {
        self.taken_within.get()
    }

    pub(super) fn is_reset(&self) -> bool {
        self.is_reset.get()
    }

    pub(super) fn client_has_closed(&self) {
        self.client_has_closed.set(true);
    }

    pub(super) fn has_been_closed(&self) -> bool {
        self.client_has_closed.get()
    }

    pub(super) fn begin_answering(&self) {
        self.is_answering.set(true);
    }

    pub(super) fn end_answering(&self) {
        self.is_answering.set(false);
        self.taken_within.set(None);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    /// Is ready when actix has the answers to all requests that it has.
    pub(super) fn poll_answered(&self, context: &mut Context<'_>) -> Poll<()> {
        if !self.is_answering.get() {
            return Poll::Ready(());
        }
        self.reader.set(Some(context.waker().clone()));
        Poll::Pending
    }

    pub(super) fn all_is_written(&self) {
        drop(self.unwritten.take());
    }

    pub(super) fn leave(&self, socket: TcpStream, unsent: Vec<u8>) {
        self.is_left.set(true);
        self.left.replace(Some(LeftSocket { socket, unsent }));
        self.all_is_written();
    }

    pub(super) fn take_left(&self) -> Option<LeftSocket> {
        self.left.take()
    }

    /// Keeps the webhooks of an answer back until actix has written all that it has.
    fn keep(&self, answer: UnwrittenAnswer) {
        if !self.is_left.get() {
            self.unwritten.borrow_mut().push(answer);
        }
    }
}

/// A body that knows when actix has taken the last of its bytes: it is dropped then.
struct TakenBody {
    body: BoxBody,
    connection: Rc<Connection>,
    answer: Option<UnwrittenAnswer>,
}

impl MessageBody for TakenBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let part = Pin::new(&mut self.body).poll_next(context);
        if let Some(answer) = &mut self.answer {
            answer.waits_for_client(part.is_ready());
        }
        part
    }
}

impl Drop for TakenBody {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            self.connection.keep(answer);
        }
        self.connection.end_answering();
    }
}

/// Prepares an answer for its connection. The answer announces the end of the connection if it is the
/// last, and lets the webhooks that the request has caused go when it is at the socket.
pub(crate) fn on_connection(request: &HttpRequest, mut response: HttpResponse) -> HttpResponse {
    let mut answer = response.extensions_mut().remove::<UnwrittenAnswer>();
    let Some(connection) = Connection::of(request).cloned() else { return response };
    if connection.ends.get() {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    if let Some(answer) = &mut answer {
        answer.waits_for_client(true);
    }
    response.map_body(|_, body| TakenBody { body, connection, answer }.boxed())
}
