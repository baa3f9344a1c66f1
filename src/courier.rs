//! HTTP out: makes the attempts that are ready and reports their outcome.
//!
//! One task serves all accounts. It sleeps until the next row of any outbox is due or an account
//! wakes it; attempts run side by side, so a receiver that hangs delays no other.

use std::convert::Infallible;
use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::StatusCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore};

use crate::account::{Dispatch, Outcome, Verdict};
use crate::accounts::{Accounts, Sending};
use crate::clock::Stopwatch;
use crate::model::address::{self, without_secrets};
use crate::model::duration;

/// Belvo waits five seconds for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than receivers keep connections that are idle (gunicorn 2 s, Node and uvicorn 5 s): a
/// webhook on one that is just being closed would fail.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);
/// What is kept of the body of an answer, and how far it is read so that its connection can be used
/// again.
const LONGEST_KEPT_BYTES: usize = 16 * 1024;
const LONGEST_DRAINED_BYTES: usize = 64 * 1024;

pub struct Courier {
    accounts: Arc<Accounts>,
    client: reqwest::Client,
}

impl Courier {
    pub fn new(accounts: Arc<Accounts>) -> io::Result<Courier> {
        Ok(Courier { accounts, client: client()? })
    }

    /// Serves until it is dropped.
    pub async fn run(&self) -> Infallible {
        let mut under_way = FuturesUnordered::new();
        loop {
            self.accounts.advance();
            while let Some(sending) = self.accounts.poll_attempt() {
                self.accounts.began(&sending);
                under_way.push(self.make(sending));
            }
            let next_due = self.accounts.until_next_due();
            let due = async {
                match next_due {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.accounts.woken() => {}
                () = due => {}
                Some(()) = under_way.next() => {}
            }
        }
    }

    /// What was reset meanwhile is let go of at once.
    async fn make(&self, sending: Sending) {
        let outcome = tokio::select! {
            biased;
            () = sending.outdated() => None,
            outcome = self.post(&sending.attempt) => Some(outcome),
        };
        if let Some((outcome, hint)) = outcome
            && let Some(verdict) = self.accounts.report(&sending, outcome.clone())
        {
            log(&sending.attempt, &outcome, hint.as_deref(), verdict);
        }
        self.accounts.ended(&sending);
    }

    /// What came of it and, where that is known, how to mend it.
    async fn post(&self, attempt: &Dispatch) -> (Outcome, Option<String>) {
        let watch = Stopwatch::start();
        let failed =
            |(sentence, hint)| (Outcome { error: Some(sentence), ..Outcome::default() }, hint);
        let (outcome, hint) = match address::receiver(&attempt.url) {
            Err(refusal) => failed((refusal, None)),
            Ok(_) => match self.send(attempt).await {
                Ok(response) => (answered(response).await, None),
                Err(error) => failed(explain(&error, &attempt.url)),
            },
        };
        (Outcome { latency_ms: watch.elapsed_ms(), ..outcome }, hint)
    }

    async fn send(&self, attempt: &Dispatch) -> reqwest::Result<reqwest::Response> {
        let mut request = self
            .client
            .post(&*attempt.url)
            .header(CONTENT_TYPE, "application/json")
            .body(attempt.body.to_vec());
        if let Some(authorization) = &attempt.authorization {
            let mut value = HeaderValue::from_str(authorization).expect("it was checked");
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        request.send().await
    }
}

/// The system's, but for what nothing is sent to. Addresses in a URL never come here.
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str();
            if let Some(refusal) = address::refused_name(name) {
                return Err(refusal.into());
            }
            let found = tokio::net::lookup_host((name, 0)).await?.collect();
            Ok(Box::new(permitted(name, found)?.into_iter()) as Addrs)
        })
    }
}

/// One address that is refused spoils the others: a name that has it is not to be trusted.
fn permitted(name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
    let refused = found.iter().find_map(|found| address::refused_ip(found.ip()));
    refused.map_or(Ok(found), |refusal| Err(format!("{name} leads astray: {refusal}")))
}

/// Certificates come with the binary, redirects are answers, and no proxy of the environment stands
/// between the emulator and a receiver on the same machine.
fn client() -> io::Result<reqwest::Client> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Resolver))
        .timeout(TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("belvo-emulator/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(io::Error::other)
}

async fn answered(mut response: reqwest::Response) -> Outcome {
    let headers = response.headers().iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let mut body = Vec::new();
    let mut bytes = 0;
    while bytes < LONGEST_DRAINED_BYTES
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes += chunk.len();
        let room = LONGEST_KEPT_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Outcome {
        status: Some(response.status().as_u16()),
        headers,
        body_truncated: bytes > body.len(),
        body: String::from_utf8_lossy(&body).into_owned(),
        ..Outcome::default()
    }
}

/// Mismatch there is no answer, and how to mend it, where that is known.
fn explain(error: &reqwest::Error, url: &str) -> (String, Option<String>) {
    let refused =
        io_cause(error).is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused);
    if refused {
        let hint = format!(
            "nothing listens at {}: start the receiver there, or pass its address with \
             --webhook-url (in a container, localhost is the container itself)",
            without_secrets(url)
        );
        ("connection refused".to_owned(), Some(hint))
    } else if error.is_timeout() {
        (format!("no answer within {} s", TIMEOUT.as_secs()), None)
    } else {
        (root_cause(error), None)
    }
}

fn io_cause(error: &reqwest::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = error.to_string();
        cause = error.source();
    }
    sentence
}

/// One line for each attempt.
fn log(attempt: &Dispatch, outcome: &Outcome, hint: Option<&str>, verdict: Verdict) {
    let link = attempt.link_id;
    let url = without_secrets(&attempt.url);
    let attempt = format!("{}/{}", attempt.number, attempt.at_most);
    let answer = match (outcome.status, &outcome.error) {
        (Some(status), _) => StatusCode::from_u16(status).map(|status| status.to_string()),
        (None, error) => Ok(error.clone().unwrap_or_default()),
    };
    let answer = answer.unwrap_or_default();
    match verdict {
        Verdict::Delivered => tracing::info!(%link, attempt, answer, url, "webhook delivered"),
        Verdict::RetryIn(wait) => {
            let retry_in = duration::show(wait);
            tracing::warn!(%link, attempt, answer, url, retry_in, hint, "webhook not accepted");
        }
        Verdict::GivenUp => {
            tracing::warn!(%link, attempt, answer, url, hint, "webhook not accepted, given up");
        }
        Verdict::Cancelled => {
            tracing::info!(%link, attempt, answer, url, "webhook of a link deleted meanwhile");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use reqwest::dns::Resolve;

    use super::{Resolver, client, permitted, root_cause};

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn a_name_that_has_a_refused_address_is_not_sent_to() {
        for (addresses, refused) in [
            (vec!["127.0.0.1:0", "[::1]:0"], None),
            (vec![], None),
            (vec!["169.254.169.254:0"], Some("169.254.169.254")),
            (vec!["127.0.0.1:0", "[fe80::1%2]:0"], Some("fe80::1")),
            (vec!["[fd00:ec2::254]:0", "10.0.0.1:0"], Some("fd00:ec2::254")),
            (vec!["[::ffff:169.254.169.254]:0"], Some("::ffff:169.254.169.254")),
        ] {
            let addresses: Vec<SocketAddr> =
                addresses.into_iter().map(|address| address.parse().unwrap()).collect();
            match (permitted("hook.test", addresses.clone()), refused) {
                (Ok(found), None) => assert_eq!(found, addresses),
                (Err(sentence), Some(refused)) => {
                    let begins = format!("hook.test leads astray: {refused} is a link-local");
                    assert!(sentence.starts_with(&begins), "{sentence}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_looked_up_is_checked_and_the_client_looks_it_up_so() {
        let found = block_on(Resolver.resolve("169.254.169.254".parse().unwrap()));
        assert!(found.is_err_and(|error| error.to_string().contains("leads astray")));
        let found = block_on(Resolver.resolve("localhost".parse().unwrap()));
        assert!(found.unwrap().all(|found| found.ip().is_loopback()));
        let request = client().unwrap().post("http://metadata.google.internal:9/");
        let error = block_on(async { request.send().await }).unwrap_err();
        assert!(root_cause(&error).ends_with("webhooks are never sent there"), "{error:?}");
    }
}
