//! The number of open connections, and which of them are closed after one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use actix_web::dev::Extensions;
use actix_web::http::ConnectionType;
use actix_web::{HttpRequest, HttpResponse};

/// The number of open connections.
pub(crate) struct ConnectionCount {
    open: AtomicUsize,
    kept_alive: usize,
    /// The limit of file descriptors, for the warning.
    descriptors: usize,
    is_said: AtomicBool,
}

/// The place of one connection, which is free when this is dropped.
struct Place {
    count: Arc<ConnectionCount>,
    is_beyond: bool,
}

impl ConnectionCount {
    pub(crate) fn new(kept_alive: usize, descriptors: usize) -> Arc<ConnectionCount> {
        let (open, is_said) = (AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(ConnectionCount { open, kept_alive, descriptors, is_said })
    }

    /// Counts a new connection for as long as it is open.
    pub(crate) fn count(self: &Arc<Self>, connection: &mut Extensions) {
        let before = self.open.fetch_add(1, Ordering::SeqCst);
        let is_beyond = before >= self.kept_alive;
        if is_beyond && !self.is_said.swap(true, Ordering::SeqCst) {
            self.warn();
        }
        connection.insert(Place { count: self.clone(), is_beyond });
    }

    fn warn(&self) {
        let (clients, descriptors) = (self.kept_alive, self.descriptors);
        tracing::warn!(
            hint = "raise the limit (ulimit -n), or let clients close or share connections",
            "{clients} connections are open, and the limit of {descriptors} file descriptors has \
             room for few more: each further connection is closed after one request"
        );
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.count.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Tells that the connection of a request is one of those that are closed after one request.
pub(crate) fn is_beyond(request: &HttpRequest) -> bool {
    request.conn_data::<Place>().is_some_and(|place| place.is_beyond)
}

/// Lets the connection of a request end with its answer if too many are open.
pub(crate) fn close_if_beyond(request: &HttpRequest, response: &mut HttpResponse) {
    if is_beyond(request) {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
}
