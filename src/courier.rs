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
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore};

use crate::account::{Attempt, Outcome, Verdict};
use crate::accounts::{Accounts, Sending};
use crate::clock::Stopwatch;
use crate::model::address::without_secrets;
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
    async fn post(&self, attempt: &Attempt) -> (Outcome, Option<String>) {
        let watch = Stopwatch::start();
        let (outcome, hint) = match self.send(attempt).await {
            Ok(response) => (answered(response).await, None),
            Err(error) => {
                let (sentence, hint) = explain(&error, &attempt.url);
                (Outcome { error: Some(sentence), ..Outcome::default() }, hint)
            }
        };
        (Outcome { latency_ms: watch.elapsed_ms(), ..outcome }, hint)
    }

    async fn send(&self, attempt: &Attempt) -> reqwest::Result<reqwest::Response> {
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

/// Why there is no answer, and how to mend it, where that is known.
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
fn log(attempt: &Attempt, outcome: &Outcome, hint: Option<&str>, verdict: Verdict) {
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
