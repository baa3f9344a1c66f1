//! The connection of a client: the bytes between its socket and actix.
//!
//! Actix ends a connection for a wish to upgrade, answers what is no request without a body, gives
//! up an answer when something malformed follows its request, and does not tell when an answer is
//! written. This stands between, and mends the four.

mod closing;
mod handle;
mod head;
mod http;
mod listen;
mod refusal;
mod requests;
#[cfg(test)]
mod tests;
mod unread;

pub(crate) use handle::{Connection, on_connection};
pub(crate) use listen::{Listening, listen};

use std::future::Future;
use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::http::connection::refusal::{BareAnswer, Refusal, Refusals};
use crate::http::connection::requests::Requests;
use crate::http::connection::unread::Unread;

/// Longer than clients keep connections that are idle (Go and reqwest: 90 s, .NET: two minutes,
/// OkHttp: five): a request on one that is just being closed fails, and clients do not repeat a POST.
const KEEP_ALIVE: Duration = Duration::from_secs(330);
/// The longest time from the first byte of a head to its last.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// The number of bytes that are read at a time.
const READ_BYTES: usize = 8 * 1024;
/// The number of bytes from which on no more are read before the answer to an earlier request.
const MOST_AHEAD_BYTES: usize = 64 * 1024;

/// The socket of a client, as actix sees it.
struct ClientStream {
    /// The socket. It is None only while this is dropped.
    socket: Option<TcpStream>,
    connection: Rc<Connection>,
    refusals: Refusals,
    requests: Requests,
    /// The bytes that have arrived, and that no request has taken.
    arrived: Unread,
    to_actix: Unread,
    /// The bytes of a refusal that are not written yet.
    to_client: Vec<u8>,
    /// The time at which the client is given up, and true when a head had begun to arrive.
    patience: Option<(Pin<Box<Sleep>>, bool)>,
    /// The time at which a client that takes nothing is given up.
    stalled: Option<Pin<Box<Sleep>>>,
    had_request: bool,
}

impl ClientStream {
    fn new(socket: TcpStream, refusals: Refusals) -> ClientStream {
        // An answer that follows another one at once is not held back until the client has
        // acknowledged that.
        let _ = socket.set_nodelay(true);
        ClientStream {
            connection: Rc::new(Connection::new(socket.local_addr().ok())),
            socket: Some(socket),
            refusals,
            requests: Requests::new(),
            arrived: Unread::default(),
            to_actix: Unread::default(),
            to_client: Vec::new(),
            patience: None,
            stalled: None,
            had_request: false,
        }
    }

    fn socket(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.socket.as_mut().expect("the socket is there until this is dropped"))
    }

    /// Gives actix what is left to read. Returns false when nothing is.
    fn give(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let left = self.to_actix.rest();
        let given = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..given]);
        self.to_actix.note_read(given);
        given > 0
    }

    /// Takes the next part of a request from what has arrived. Returns false when there is none.
    /// Requests wait until actix has answered the one before: it would give up that answer if
    /// something malformed followed.
    fn take(&mut self, context: &mut Context<'_>) -> bool {
        let begins = self.requests.wait_for_head();
        if self.arrived.is_empty()
            || (begins && self.connection.poll_answered(context).is_pending())
        {
            return false;
        }
        let taken = self.requests.take(self.arrived.rest(), &mut self.to_actix.bytes);
        self.arrived.note_read(taken);
        if begins && !self.to_actix.is_empty() {
            self.connection.begin_answering();
            self.had_request = true;
        }
        if !self.requests.has_part_of_head() {
            self.patience = None;
        }
        true
    }

    /// Reads what arrives. Returns false at the end.
    fn poll_arrived(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.arrived.rest().len() >= MOST_AHEAD_BYTES {
            return Poll::Pending;
        }
        let mut bytes = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        if !self.connection.has_been_closed() {
            ready!(self.socket().poll_read(context, &mut buffer))?;
            self.arrived.bytes.extend_from_slice(buffer.filled());
            if buffer.filled().is_empty() {
                self.connection.client_has_closed();
            }
        }
        // Before the end comes what has arrived.
        match self.connection.has_been_closed() {
            true if !self.arrived.is_empty() => Poll::Pending,
            is_end => Poll::Ready(Ok(!is_end)),
        }
    }

    /// Is ready when the client has taken too long to send a head. What has arrived is taken before
    /// this is asked, so a head that came in time counts, however late it is read.
    fn poll_impatience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let has_part = self.requests.has_part_of_head();
        // Actix itself closes a connection that is idle after a request.
        if !self.requests.wait_for_head() || (self.had_request && !has_part) {
            return Poll::Pending;
        }
        if self.patience.as_ref().is_none_or(|(_, had_part)| *had_part != has_part) {
            let time = if has_part { HEAD_WITHIN } else { KEEP_ALIVE };
            self.patience = Some((Box::pin(sleep(time)), has_part));
        }
        let (sleep, _) = self.patience.as_mut().expect("it was just set");
        sleep.as_mut().poll(context)
    }

    /// Writes to the socket. Where the answer is limited in time, a client that takes nothing is given
    /// up.
    fn poll_socket_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.socket().poll_write(context, bytes);
        let Some(time) = self.connection.taken_within().filter(|_| written.is_pending()) else {
            self.stalled = None;
            return written;
        };
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(time)));
        ready!(stalled.as_mut().poll(context));
        let seconds = time.as_secs();
        tracing::warn!("an event stream ended: its client took nothing of it for {seconds} s");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Writes the refusal.
    fn poll_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.to_client.is_empty() {
            let bytes = std::mem::take(&mut self.to_client);
            let written = self.socket().poll_write(context, &bytes);
            let count = if let Poll::Ready(Ok(count)) = written { count } else { 0 };
            self.to_client = bytes[count..].to_vec();
            if ready!(written)? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while !this.give(buffer) {
            if this.take(context) {
                continue;
            }
            match this.poll_arrived(context)? {
                Poll::Ready(false) => return Poll::Ready(Ok(())),
                Poll::Ready(true) => {}
                Poll::Pending => {
                    ready!(this.poll_impatience(context));
                    this.patience = None;
                    if !this.requests.has_part_of_head() {
                        return Poll::Ready(Ok(()));
                    }
                    this.requests.refuse(Refusal::HeadTimeout, &mut this.to_actix.bytes);
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match BareAnswer::find(bytes) {
            None => self.poll_socket_write(context, bytes),
            Some(BareAnswer { start: 0, date }) => {
                let refusal = self.requests.refusal.unwrap_or(Refusal::Malformed);
                self.to_client = self.refusals.answer(refusal, date);
                Poll::Ready(Ok(bytes.len()))
            }
            Some(bare) => self.socket().poll_write(context, &bytes[..bare.start]),
        }
    }

    /// Actix calls this when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refusal(context))?;
        ready!(self.socket().poll_flush(context))?;
        self.connection.all_is_written();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(pin!(&mut *self).poll_flush(context))?;
        self.socket().poll_shutdown(context)
    }
}

impl Drop for ClientStream {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.connection.leave(socket, std::mem::take(&mut self.to_client));
        }
    }
}
