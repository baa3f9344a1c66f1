//! Listens for clients, and gives actix their connections.

use std::fmt::Debug;
use std::io;
use std::net::TcpListener;

use actix_http::{Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_factory, fn_service,
    map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Extensions, Server};

use crate::account::RefusedRequest;
use crate::error::Error;
use crate::http::connection::http::Http;
use crate::http::connection::refusal::Refusals;

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
        let (begins, refusals) = (begins.clone(), refusals.clone());
        let application = application().into_factory();
        let application = application
            .map(Into::<Response<B>>::into)
            .map_err(|error| Response::from(error.into().error_response()));
        let application = map_config(application, |()| AppConfig::default());
        fn_factory(move || {
            let application = application.new_service(());
            let (begins, refusals) = (begins.clone(), refusals.clone());
            async move {
                let http = Http::new(application.await?, begins);
                Ok::<_, S::InitError>(fn_service(move |socket| {
                    let (http, refusals) = (http.clone(), refusals.clone());
                    async move { http.serve(socket, refusals).await }
                }))
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
