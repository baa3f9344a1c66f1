//! The HTTP of one thread of the server.
//!
//! Actix keeps the date for its answers, and a timer renews it twice a second. Here actix's HTTP is
//! made for the first connection and dropped with the last one, so that no timer wakes a process that
//! nobody is connected to.

use std::cell::RefCell;
use std::future::ready;
use std::net::SocketAddr;
use std::rc::{Rc, Weak};
use std::time::Duration;

use actix_http::body::{BoxBody, MessageBody};
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::boxed::{self, RcService};
use actix_service::{Service, ServiceFactory, fn_factory};
use actix_web::dev::Extensions;
use actix_web::http::KeepAlive;
use actix_web::rt::net::TcpStream;

use crate::http::connection::closing::close;
use crate::http::connection::refusal::Refusals;
use crate::http::connection::{ClientStream, KEEP_ALIVE};

/// The longest time that actix waits for the rest of a request that it has answered early.
const DISCONNECT_WITHIN: Duration = Duration::from_secs(1);

/// Actix's HTTP, which serves connections.
type Handler = RcService<(ClientStream, Protocol, Option<SocketAddr>), (), DispatchError>;

/// The application of one thread, and the HTTP around it while there are connections.
pub(super) struct Http<S, B> {
    application: Rc<S>,
    begins: B,
    current: RefCell<Weak<Handler>>,
}

impl<S, A, B> Http<S, B>
where
    S: Service<Request, Response = Response<A>, Error = Response<BoxBody>> + 'static,
    S::Future: 'static,
    A: MessageBody + 'static,
    B: Fn(&mut Extensions) + Clone + 'static,
{
    pub(super) fn new(application: S, begins: B) -> Rc<Http<S, B>> {
        let (application, current) = (Rc::new(application), RefCell::default());
        Rc::new(Http { application, begins, current })
    }

    /// Serves the requests of a connection, and closes it.
    pub(super) async fn serve(
        &self,
        socket: TcpStream,
        refusals: Refusals,
    ) -> Result<(), DispatchError> {
        let peer = socket.peer_addr().ok();
        let stream = ClientStream::new(socket, refusals);
        let connection = Rc::clone(&stream.connection);
        let handler = self.handler().await;
        let outcome = handler.call((stream, Protocol::Http1, peer)).await;
        close(&connection).await;
        outcome
    }

    /// Returns actix's HTTP, which lives as long as a connection has it.
    async fn handler(&self) -> Rc<Handler> {
        if let Some(handler) = self.current.borrow().upgrade() {
            return handler;
        }
        let (application, begins) = (self.application.clone(), self.begins.clone());
        let http = HttpService::build()
            .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
            .client_request_timeout(Duration::ZERO) // the stream waits for heads itself
            .client_disconnect_timeout(DISCONNECT_WITHIN)
            // Whoever closes the connection does not wait any more: an advance ends at once then.
            .h1_allow_half_closed(false)
            .on_connect_ext(move |stream: &ClientStream, connection: &mut Extensions| {
                begins(connection);
                connection.insert(stream.connection.clone());
            })
            .finish(fn_factory(move || ready(Ok::<_, ()>(application.clone()))));
        let handler = http.new_service(()).await.expect("the application is there already");
        let handler = Rc::new(boxed::rc_service(handler));
        self.current.replace(Rc::downgrade(&handler));
        handler
    }
}
