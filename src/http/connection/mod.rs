//! The connection of a client: the bytes between its socket and actix.
//!
//! Actix ends a connection for a wish to upgrade, answers what is no request without a body, and
//! does not tell when an answer is written. This stands between, and mends the three.

mod closing;
mod handle;
mod head;
mod listen;
mod refusal;
mod requests;
#[cfg(test)]
mod tests;

pub(crate) use handle::{Connection, on_connection};
pub(crate) use listen::{Listening, listen};

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::http::connection::refusal::{BareAnswer, Refusal, Refusals};
use crate::http::connection::requests::Requests;

/// Longer than clients keep connections that are idle (Go and reqwest: 90 s, .NET: two minutes,
/// OkHttp: five): a request on one that is just being closed fails, and clients do not repeat a POST.
const KEEP_ALIVE: Duration = Duration::from_secs(330);
/// The longest time from the first byte of a head to its last.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// The number of bytes that are read at a time.
const READ_BYTES: usize = 8 * 1024;

/// The socket of a client, as actix sees it.
struct ClientStream {
    /// The socket. It is None only while this is dropped.
    socket: Option<TcpStream>,
    connection: Rc<Connection>,
    refusals: Refusals,
    requests: Requests,
    /// The bytes that actix has not read, from `read` on.
    to_actix: Vec<u8>,
    read: usize,
    /// The bytes of a refusal that are not written yet.
    to_client: Vec<u8>,
    /// The time at which the client is given up, and true when a head had begun to arrive.
    patience: Option<(Pin<Box<Sleep>>, bool)>,
    had_request: bool,
}

impl ClientStream {
    fn new(socket: TcpStream, refusals: Refusals) -> ClientStream {
        ClientStream {
            connection: Rc::new(Connection::new(socket.local_addr().ok())),
            socket: Some(socket),
            refusals,
            requests: Requests::new(),
            to_actix: Vec::new(),
            read: 0,
            to_client: Vec::new(),
            patience: None,
            had_request: false,
        }
    }

    fn socket(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.socket.as_mut().expect("the socket is there until this is dropped"))
    }

    /// Gives actix what is left to read. Returns false when nothing is.
    fn give(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let left = &self.to_actix[self.read..];
        let given = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..given]);
        self.read += given;
        if self.read == self.to_actix.len() {
            self.to_actix.clear();
            self.read = 0;
        }
        given > 0
    }

    /// Takes what has arrived, and returns the number of bytes. 0 is the end.
    fn poll_arrived(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut bytes = [0; READ_BYTES];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(self.socket().poll_read(context, &mut buffer))?;
        self.requests.take(buffer.filled(), &mut self.to_actix);
        self.had_request |= !self.to_actix.is_empty();
        if !self.requests.has_part_of_head() {
            self.patience = None;
        }
        Poll::Ready(Ok(buffer.filled().len()))
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
            match this.poll_arrived(context)? {
                Poll::Ready(0) => {
                    this.connection.client_has_closed();
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(_) => {}
                Poll::Pending => {
                    ready!(this.poll_impatience(context));
                    this.patience = None;
                    if !this.requests.has_part_of_head() {
                        return Poll::Ready(Ok(()));
                    }
                    this.requests.refuse(Refusal::HeadTimeout, &mut this.to_actix);
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
            None => self.socket().poll_write(context, bytes),
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
