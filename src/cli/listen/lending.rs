//! The endpoint that `listen --emulator` borrows from an account, and gives back at its end.

use std::convert::Infallible;
use std::error::Error;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;
use url::Url;

use crate::accounts::Credentials;
use crate::cli::exit_error::ExitError;
use crate::cli::listening::local;
use crate::cli::stream::STDERR;
use crate::courier::client_of_emulator;
use crate::model::address::{http_url, without_secrets};

/// The pause between two looks at the endpoint.
const PAUSE: Duration = Duration::from_secs(2);
/// The largest answer that is read.
const LARGEST_ANSWER_BYTES: usize = 64 * 1024;

/// A running emulator, and the keys of one of its accounts.
pub(super) struct Lender {
    endpoint: Url,
    keys: Credentials,
    client: Client,
}

/// An endpoint that the account has until it is given back.
pub(super) struct Borrowed {
    lender: Lender,
    /// The URL of the receiver.
    url: String,
    /// The endpoint of the account as it was before.
    before: Value,
}

/// The reason why a call had no effect.
enum Failure {
    /// Nobody answers.
    Unreachable(String),
    /// The emulator refuses the call, with this status.
    Refused(StatusCode, String),
}

impl Lender {
    /// # Errors
    /// A sentence that names the flag which is wrong.
    pub(super) fn new(url: &str, keys: Credentials) -> Result<Lender, String> {
        let base = http_url(url).map_err(|problem| format!("--emulator: {problem}"))?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err("--emulator: pass the keys with --credentials ID:PASSWORD".to_owned());
        }
        if base.path() != "/" || base.query().is_some() || base.fragment().is_some() {
            return Err(
                "--emulator: write the address of the emulator alone, without a path, such \
                        as http://127.0.0.1:23586"
                    .to_owned(),
            );
        }
        let endpoint = base.join("/_emulator/webhooks/endpoint");
        let endpoint = endpoint.map_err(|problem| format!("--emulator: {problem}"))?;
        let client = client_of_emulator().map_err(|problem| format!("--emulator: {problem}"))?;
        Ok(Lender { endpoint, keys, client })
    }

    /// Returns the address under which the emulator reaches a receiver that listens on `address`.
    ///
    /// # Errors
    /// A sentence, where the emulator is on another machine and the receiver takes nothing from there.
    pub(super) fn address_for(&self, address: SocketAddr) -> Result<SocketAddr, String> {
        let Some(way) = self.own_address() else { return Ok(local(address)) };
        match (address.ip().is_unspecified(), address.ip().is_loopback(), way.ip().is_loopback()) {
            (true, _, _) => Ok(SocketAddr::new(way.ip(), address.port())),
            (false, true, false) => Err(format!(
                "--emulator: {} is on another machine, which cannot reach {address}: listen there \
                 too with --host 0.0.0.0",
                self.shown()
            )),
            _ => Ok(address),
        }
    }

    /// Returns the address of this machine on the way to the emulator. Nothing is sent for it.
    fn own_address(&self) -> Option<SocketAddr> {
        let host = self.endpoint.host_str()?.trim_matches(['[', ']']);
        let port = self.endpoint.port_or_known_default()?;
        let to = (host, port).to_socket_addrs().ok()?.next()?;
        let from = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        socket.local_addr().ok()
    }

    /// Makes the receiver the endpoint of the account.
    ///
    /// # Errors
    /// The emulator does not answer, or refuses.
    pub(super) async fn lend(self, url: String) -> Result<Borrowed, ExitError> {
        let before = self.call(Method::GET, None, None).await;
        let before = before.map_err(|failure| ExitError::Runtime(failure.sentence()))?;
        if !before["retries"].is_number() {
            let sentence = format!("what answers at {} is no belvo-emulator", self.shown());
            return Err(ExitError::Runtime(sentence));
        }
        let borrowed = Borrowed { lender: self, url, before };
        borrowed.set().await.map_err(|failure| ExitError::Runtime(failure.sentence()))?;
        STDERR.say(&format!(
            "the webhooks of the account {:?} at {} come here until listen ends",
            borrowed.lender.keys.id,
            borrowed.lender.shown()
        ));
        Ok(borrowed)
    }

    async fn call(
        &self,
        method: Method,
        url: Option<&str>,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let mut endpoint = self.endpoint.clone();
        if let Some(url) = url {
            endpoint.query_pairs_mut().append_pair("url", url);
        }
        let keys = STANDARD.encode(format!("{}:{}", self.keys.id, self.keys.password));
        let mut request = self.client.request(method, endpoint);
        request = request.header(AUTHORIZATION, format!("Basic {keys}"));
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let unreachable = |error: reqwest::Error| {
            let at = self.shown();
            let reason = reason(&error);
            Failure::Unreachable(format!(
                "no emulator answers at {at}: {reason}; start it first, or correct --emulator"
            ))
        };
        let mut response = request.send().await.map_err(unreachable)?;
        let (status, mut text) = (response.status(), Vec::new());
        while let Some(part) = response.chunk().await.map_err(unreachable)?
            && text.len() < LARGEST_ANSWER_BYTES
        {
            text.extend_from_slice(&part);
        }
        let answer: Value = serde_json::from_slice(&text).unwrap_or_default();
        if status.is_success() {
            return Ok(answer);
        }
        let message = answer[0]["message"].as_str().unwrap_or("without a reason").to_owned();
        let hint = match status {
            StatusCode::UNAUTHORIZED => "; pass its keys with --credentials ID:PASSWORD",
            StatusCode::NOT_FOUND => "; is it a belvo-emulator of this version?",
            _ => "",
        };
        let sentence = format!("{} answers {status}: {message}{hint}", self.shown());
        Err(Failure::Refused(status, sentence))
    }

    fn shown(&self) -> String {
        self.endpoint.origin().ascii_serialization()
    }
}

impl Failure {
    fn sentence(self) -> String {
        let (Failure::Unreachable(sentence) | Failure::Refused(_, sentence)) = self;
        sentence
    }
}

impl Borrowed {
    async fn set(&self) -> Result<Value, Failure> {
        let body = json!({"url": self.url, "temporary": true});
        self.lender.call(Method::PUT, None, Some(body)).await
    }

    /// Looks at the endpoint for ever. It is set again when a restart of the emulator or a reset of the
    /// account has brought the one from before back, and left alone when somebody has set another.
    pub(super) async fn look_after(&self) -> Infallible {
        let mut said = None;
        let mut was_gone = false;
        loop {
            sleep(PAUSE).await;
            let found = self.lender.call(Method::GET, None, None).await;
            let is_gone = matches!(found, Err(Failure::Unreachable(_)));
            let news = match found {
                Err(failure) => Some(failure.sentence()),
                Ok(endpoint) if self.is_set_in(&endpoint) => None,
                Ok(endpoint) if was_gone || endpoint == self.before => self.set_again().await,
                Ok(endpoint) => Some(match endpoint["url"].as_str() {
                    Some(url) => format!("somebody sends the account's webhooks to {url} now"),
                    None => "somebody has removed the endpoint: no webhook comes".to_owned(),
                }),
            };
            was_gone = is_gone;
            if let Some(news) = news.as_ref().filter(|news| said.as_ref() != Some(*news)) {
                STDERR.say(news);
            }
            said = news;
        }
    }

    fn is_set_in(&self, endpoint: &Value) -> bool {
        endpoint["url"].as_str() == Some(&without_secrets(&self.url))
    }

    async fn set_again(&self) -> Option<String> {
        let shown = self.lender.shown();
        Some(match self.set().await {
            Ok(_) => {
                format!("{shown} was restarted, or its account reset: its webhooks come here again")
            }
            Err(failure) => failure.sentence(),
        })
    }

    /// Gives the endpoint back, unless it is gone.
    ///
    /// # Errors
    /// The emulator lives, and the account may still have this endpoint.
    pub(super) async fn give_back(self) -> Result<(), ExitError> {
        match self.lender.call(Method::DELETE, Some(&self.url), None).await {
            Ok(_) => {
                let url = self.before["url"].as_str();
                let before =
                    url.map_or("nowhere, as before".to_owned(), |url| format!("to {url} again"));
                STDERR.say(&format!("the webhooks of the account go {before}"));
            }
            Err(Failure::Unreachable(_)) => {
                STDERR.say("the emulator is gone, and the endpoint with it");
            }
            Err(Failure::Refused(StatusCode::CONFLICT, _)) => {
                STDERR.say("the account has another endpoint by now, which stays");
            }
            Err(failure) => return Err(ExitError::Runtime(failure.sentence())),
        }
        Ok(())
    }
}

/// Returns the innermost reason of an error, which says most.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
