//! HTTP out: makes the attempts that are ready and reports their outcome.
//!
//! One task serves all accounts. It sleeps until the next row of any outbox is due or an account
//! wakes it; attempts run side by side, so a receiver that hangs delays no other.

use std::convert::Infallible;
use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::account::{Attempt, Verdict};
use crate::accounts::{Accounts, Tenant};
use crate::model::duration;

/// Belvo waits five seconds for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The body of an answer is read to here so that its connection can be used again.
const LONGEST_DRAINED_BYTES: usize = 64 * 1024;

/// What came of an attempt.
struct Outcome {
    accepted: bool,
    /// The status, or why there is none.
    answer: String,
    /// How to mend it, where that is known.
    hint: Option<String>,
}

pub struct Courier {
    accounts: Arc<Accounts>,
    client: reqwest::Client,
    authorization: Option<HeaderValue>,
}

impl Courier {
    pub fn new(accounts: Arc<Accounts>, authorization: Option<HeaderValue>) -> io::Result<Courier> {
        Ok(Courier { accounts, client: client()?, authorization })
    }

    /// Serves until it is dropped.
    pub async fn run(&self) -> Infallible {
        let mut under_way = FuturesUnordered::new();
        loop {
            self.accounts.advance();
            while let Some((tenant, attempt)) = self.accounts.poll_attempt() {
                under_way.push(self.make(tenant, attempt));
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

    async fn make(&self, tenant: Arc<Tenant>, attempt: Attempt) {
        let outcome = self.post(&attempt).await;
        if let Some(verdict) = self.accounts.report(&tenant, &attempt, outcome.accepted) {
            log(&attempt, &outcome, verdict);
        }
    }

    async fn post(&self, attempt: &Attempt) -> Outcome {
        let mut request = self
            .client
            .post(&*attempt.url)
            .header(CONTENT_TYPE, "application/json")
            .body(attempt.body.to_vec());
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        match request.send().await {
            Ok(response) => {
                let status = response.status();
                drain(response).await;
                Outcome { accepted: status.is_success(), answer: status.to_string(), hint: None }
            }
            Err(error) => failed(&error, &attempt.url),
        }
    }
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
        .timeout(TIMEOUT)
        .user_agent(concat!("belvo-emulator/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(io::Error::other)
}

async fn drain(mut response: reqwest::Response) {
    let mut bytes = 0;
    while bytes < LONGEST_DRAINED_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes += chunk.len(),
            Ok(None) | Err(_) => return,
        }
    }
}

fn failed(error: &reqwest::Error, url: &str) -> Outcome {
    let refused =
        io_cause(error).is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused);
    let (answer, hint) = if refused {
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
    };
    Outcome { accepted: false, answer, hint }
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
fn log(attempt: &Attempt, outcome: &Outcome, verdict: Verdict) {
    let link = attempt.link_id;
    let url = without_secrets(&attempt.url);
    let attempt = format!("{}/{}", attempt.number, attempt.at_most);
    let answer = &outcome.answer;
    let hint = outcome.hint.as_deref();
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

/// A URL without what may be secret in it: user, password, query and fragment.
pub fn without_secrets(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return "(not a URL)".to_owned() };
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
