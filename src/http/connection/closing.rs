//! The end of a connection.

use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::http::connection::handle::{Connection, LeftSocket};

/// The longest time to wait for a client to close its side of a connection that has ended.
const CLOSES_WITHIN: Duration = Duration::from_secs(2);

/// Closes a connection that actix has ended, so that the client reads the last answer: a socket that
/// is closed while bytes of the client are unread is reset, and the answer is lost.
pub(super) async fn close(connection: &Connection) {
    let Some(left) = connection.take_left() else { return };
    if connection.is_reset() {
        // Closing a socket resets the connection if unsent data may linger for no time.
        let _ = SockRef::from(&left.socket).set_linger(Some(Duration::ZERO));
    } else if !connection.has_been_closed() {
        let _ = tokio::time::timeout(CLOSES_WITHIN, read_to_end(left)).await;
    }
}

async fn read_to_end(LeftSocket { mut socket, unsent }: LeftSocket) {
    let mut bytes = [0; 4096];
    if socket.write_all(&unsent).await.is_ok() && socket.shutdown().await.is_ok() {
        while socket.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
    }
}
