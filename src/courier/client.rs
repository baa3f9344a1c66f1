//! The HTTP client of the courier.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::redirect;
use rustls::ClientConfig;

/// The time after which an idle connection is closed. It is shorter than that of receivers
/// (gunicorn 2 s, Node and uvicorn 5 s), because a webhook fails on a connection that its receiver
/// is closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);
/// The number of header lines that an answer may have. Content security policies, cookies and
/// traces of frameworks make more than a hundred.
pub(super) const MOST_HEADERS: usize = 500;

/// Returns the client. It reports redirects as answers, and uses no proxy of the environment, which
/// could not reach a receiver on the same machine.
pub(super) fn client(
    resolver: impl Resolve + 'static,
    tls: ClientConfig,
) -> io::Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(resolver))
        .http1_max_headers(MOST_HEADERS)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("belvo-emulator/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(io::Error::other)
}
