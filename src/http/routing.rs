//! How the table of contents is turned into routes.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HOST, HeaderValue};
use actix_web::web::Data;
use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, ResponseError, Route,
    guard, web,
};

use crate::account::{Query, RequestMode};
use crate::error::Error;
use crate::http::authentication::refuse;

/// Where the base of the URLs in answers comes from.
pub enum UrlSource {
    /// The `Host` that the client used.
    Host,
    /// `Forwarded` or `X-Forwarded-Host` and `-Proto` of a proxy, which anybody can send.
    Forwarded,
    /// A fixed one.
    Public(String),
}

/// The base of the URLs in an answer, without a slash at its end.
pub struct BaseUrl(pub String);

/// A path, with and without a slash at its end, and its methods; the others are answered with 405.
pub fn endpoint<const N: usize>(path: &str, routes: [(Method, Route); N]) -> Resource {
    let methods: Vec<&str> = routes.iter().map(|(method, _)| method.as_str()).collect();
    let allow = methods.join(", ");
    let resource = routes
        .into_iter()
        .fold(web::resource([path.to_owned(), format!("{path}/")]), |resource, (_, route)| {
            resource.route(route)
        });
    resource.default_service(web::to(move |request: HttpRequest| {
        let error = Error::method_not_allowed(request.method().as_str());
        let failure = refuse(&request, error);
        let allow = HeaderValue::from_str(&allow).expect("names of methods fit a header");
        let mut response = failure.error_response();
        response.headers_mut().insert(ALLOW, allow);
        ready(response)
    }))
}

/// `GET`, and `HEAD` with it.
pub fn get<F, Args>(handler: F) -> (Method, Route)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let guard = guard::Any(guard::Get()).or(guard::Head());
    (Method::GET, web::route().guard(guard).to(handler))
}

/// A method and the handler that answers it.
macro_rules! methods {
    ($($name:ident = $method:ident),+ $(,)?) => {$(
        pub fn $name<F, Args>(handler: F) -> (Method, Route)
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            (Method::$method, web::$name().to(handler))
        }
    )+};
}

methods! { post = POST, put = PUT, patch = PATCH, delete = DELETE }

/// A path that does not exist.
pub async fn no_such_path(request: HttpRequest) -> HttpResponse {
    refuse(&request, Error::not_found()).error_response()
}

impl FromRequest for Query {
    type Error = actix_web::Error;
    type Future = Ready<Result<Query, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let url = format!("{}{}", BaseUrl::of(request).0, request.path());
        ready(Ok(Query::new(url, request.query_string())))
    }
}

impl BaseUrl {
    fn of(request: &HttpRequest) -> BaseUrl {
        let source = request.app_data::<Data<UrlSource>>().map(|source| source.get_ref());
        BaseUrl(match source {
            Some(UrlSource::Public(url)) => url.clone(),
            Some(UrlSource::Forwarded) => {
                let called = request.connection_info();
                format!("{}://{}", called.scheme(), called.host())
            }
            Some(UrlSource::Host) | None => called_url(request),
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

    /// `async` is the only value that Belvo documents; any other is as good as none.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = request.headers().get("X-Belvo-Request-Mode");
        let in_background =
            asked.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"async"));
        ready(Ok(if in_background { RequestMode::Async } else { RequestMode::Sync }))
    }
}

/// The host that the client used; forwarding headers are not trusted.
fn called_url(request: &HttpRequest) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    match host {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", request.app_config().local_addr()),
    }
}
