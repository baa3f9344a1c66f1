//! The HTTP client of the courier.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::redirect;

use crate::courier::trust::Trust;
use crate::courier::verifier::tls;

/// The time after which an idle connection is closed. It is shorter than that of receivers
/// (gunicorn 2 s, Node and uvicorn 5 s), because a webhook fails on a connection that its receiver
/// is closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);
/// The number of header lines that an answer may have. Content security policies, cookies and
/// traces of frameworks make more than a hundred.
pub(super) const MOST_HEADERS: usize = 500;

const USER_AGENT: &str = concat!("belvo-emulator/", env!("CARGO_PKG_VERSION"));
/// The longest time for a call of another emulator's control API.
const CALL_WITHIN: Duration = Duration::from_secs(5);

/// Returns a client for the control API of another emulator.
pub(crate) fn client_of_emulator() -> io::Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(&Trust::default())?)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(CALL_WITHIN)
        .user_agent(USER_AGENT)
        .build()
        .map_err(io::Error::other)
}

/// Returns the client. It reports redirects as answers, and uses no proxy of the environment, which
/// could not reach a receiver on the same machine.
pub(super) fn client(
    resolver: impl Resolve + 'static,
    trust: &Trust,
) -> io::Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(trust)?)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(resolver))
        .http1_max_headers(MOST_HEADERS)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(USER_AGENT)
        .build()
        .map_err(io::Error::other)
}
