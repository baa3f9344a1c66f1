//! Extracts the arguments of a handler from a request, and answers requests that have no handler.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::{ALLOW, HOST, HeaderValue};
use actix_web::web::Data;
use actix_web::{
    FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError,
};
use futures_util::future::LocalBoxFuture;

use crate::account::{Query, RequestMode};
use crate::error::Error;
use crate::http::authentication::refuse;
use crate::http::connection::Connection;
use crate::operations::{Route, merge_slashes};

/// The source of the base of the URLs in answers.
pub(crate) enum UrlSource {
    /// The header `Host` of the request.
    Host,
    /// The headers `Forwarded` or `X-Forwarded-Host` and `X-Forwarded-Proto` of a proxy. Any client
    /// can send them.
    Forwarded,
    /// A fixed base, from the flag `--public-url`.
    Public(String),
}

/// The base of the URLs in an answer, without a slash at its end.
pub(crate) struct BaseUrl(pub String);

/// A request on its way to a handler.
pub(crate) struct Incoming {
    pub request: HttpRequest,
    pub payload: Payload,
}

/// The future of a handler's answer.
pub(crate) type Answering = LocalBoxFuture<'static, HttpResponse>;

/// The segment that stands for the `{name}` of the operation's path.
pub(crate) struct PathId(Box<str>);

impl Incoming {
    /// Extracts the handler's arguments from the request and calls it.
    pub(crate) fn to<F, Args>(self, handler: F) -> Answering
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let Incoming { request, mut payload } = self;
        Box::pin(async move {
            match Args::from_request(&request, &mut payload).await {
                Ok(arguments) => {
                    handler.call(arguments).await.respond_to(&request).map_into_boxed_body()
                }
                Err(error) => HttpResponse::from_error(error),
            }
        })
    }
}

/// Answers a request whose path does not exist.
pub(crate) async fn no_such_path(request: &HttpRequest) -> HttpResponse {
    refuse(request, Error::not_found()).await.error_response()
}

/// Answers a request whose path exists, and has other methods.
pub(crate) async fn other_method(request: &HttpRequest, route: &Route) -> HttpResponse {
    let error = Error::method_not_allowed(request.method().as_str());
    let mut response = refuse(request, error).await.error_response();
    let allow = HeaderValue::from_str(&route.allow()).expect("names of methods fit a header");
    response.headers_mut().insert(ALLOW, allow);
    response
}

impl Deref for PathId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl FromRequest for PathId {
    type Error = actix_web::Error;
    type Future = Ready<Result<PathId, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let parameter = extensions.get::<Route>().and_then(|route| route.parameter.clone());
        ready(Ok(PathId(parameter.expect("the path of the operation has a {name}"))))
    }
}

impl FromRequest for Query {
    type Error = actix_web::Error;
    type Future = Ready<Result<Query, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let url = format!("{}{}", BaseUrl::of(request).0, merge_slashes(request.path()));
        ready(Ok(Query::new(url, request.query_string())))
    }
}

impl BaseUrl {
    pub(crate) fn of(request: &HttpRequest) -> BaseUrl {
        let source = request.app_data::<Data<UrlSource>>().map(|source| source.get_ref());
        BaseUrl(match source {
            Some(UrlSource::Public(url)) => url.clone(),
            Some(UrlSource::Forwarded) => {
                let called = request.connection_info();
                // Without a name from the client or a proxy, actix makes one up.
                match called.host() == request.app_config().host() {
                    true => return BaseUrl::called(request),
                    false => format!("{}://{}", called.scheme(), called.host()),
                }
            }
            Some(UrlSource::Host) | None => return BaseUrl::called(request),
        })
    }

    /// Returns the base without its scheme.
    pub(crate) fn host(&self) -> &str {
        self.0.split_once("://").map_or(&self.0, |(_, host)| host)
    }

    /// Returns the base from the host that the client used. Forwarding headers are ignored.
    pub(crate) fn called(request: &HttpRequest) -> BaseUrl {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        BaseUrl(match host {
            Some(host) => format!("http://{host}"),
            None => {
                let called = Connection::of(request).and_then(|connection| connection.local_addr());
                format!("http://{}", called.unwrap_or(request.app_config().local_addr()))
            }
        })
    }
}

impl FromRequest for BaseUrl {
    type Error = actix_web::Error;
    type Future = Ready<Result<BaseUrl, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(BaseUrl::of(request)))
    }
}

impl FromRequest for RequestMode {
    type Error = actix_web::Error;
    type Future = Ready<Result<RequestMode, actix_web::Error>>;

    /// Parses the request mode. Belvo documents only `async`; any other value counts as absent.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = request.headers().get("X-Belvo-Request-Mode");
        let in_background =
            asked.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"async"));
        ready(Ok(if in_background { RequestMode::Async } else { RequestMode::Sync }))
    }
}
