//! Listens for clients, and gives actix their connections.

use std::fmt::Debug;
use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request, Response};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, apply_fn_factory, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Extensions, Server, Service, ServiceFactory};
use actix_web::http::KeepAlive;
use actix_web::rt::net::TcpStream;

use crate::account::RefusedRequest;
use crate::error::Error;
use crate::http::connection::closing::close;
use crate::http::connection::refusal::Refusals;
use crate::http::connection::{ClientStream, KEEP_ALIVE};

/// The longest time that actix waits for the rest of a request that it has answered early.
const DISCONNECT_WITHIN: Duration = Duration::from_secs(1);

/// The place where clients connect, and how many may.
pub(crate) struct Listening<L> {
    pub listeners: L,
    pub threads: usize,
    pub connections_of_a_thread: usize,
}

/// Serves an application on listeners, calls `begins` for each connection that
/// begins, and answers what is no request by `refuse`. actix's own
/// server does not let anything stand between a socket and HTTP.
///
/// # Errors
/// A listener cannot be used.
pub(crate) fn listen<F, I, S, B>(
    listening: Listening<impl IntoIterator<Item = TcpListener>>,
    refuse: impl Fn(Error) -> RefusedRequest + Send + Sync + 'static,
    begins: impl Fn(&mut Extensions) + Send + Clone + 'static,
    application: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error>,
    S::InitError: Debug,
    S::Response: Into<Response<B>>,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let refusals = Refusals::new(refuse);
    let serve = move || {
        let begins = begins.clone();
        let application = application().into_factory();
        let application = application.map_err(|error| error.into().error_response());
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
            .finish(map_config(application, |()| AppConfig::default()));
        let refusals = refusals.clone();
        apply_fn_factory(http, move |socket: TcpStream, http| {
            let peer = socket.peer_addr().ok();
            let stream = ClientStream::new(socket, refusals.clone());
            let connection = Rc::clone(&stream.connection);
            let served = http.call((stream, Protocol::Http1, peer));
            async move {
                let outcome = served.await;
                close(&connection).await;
                outcome
            }
        })
    };
    let server = Server::build()
        .workers(listening.threads)
        .max_concurrent_connections(listening.connections_of_a_thread);
    let server = listening
        .listeners
        .into_iter()
        .try_fold(server, |server, listener| server.listen("http", listener, serve.clone()))?;
    Ok(server.disable_signals().run())
}
