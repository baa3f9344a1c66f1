//! The reasons why no answer came, in the words of people, each with the way to mend it.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage};
use url::Url;

use crate::account::Outcome;
use crate::courier::client::MOST_HEADERS;
use crate::courier::resolver::NameNotFound;
use crate::model::address::without_secrets;

/// The error codes of a process or a system without free descriptors: `ENFILE` and `EMFILE` on
/// every Unix, `WSAEMFILE` on Windows.
const NO_DESCRIPTORS: [i32; 3] = [23, 24, 10_024];
/// The words of hyper, whose kinds of errors do not tell this one from others.
const TOO_LARGE: &str = "message head is too large";
const TRY_HTTP: &str = "write http:// instead of https:// in --webhook-url";
const TRUST_IT: &str = "pass the file of its authority, or of the certificate itself, with \
                        --webhook-ca FILE (that of mkcert is rootCA.pem in `mkcert -CAROOT`), or \
                        accept every certificate with --webhook-insecure";
const RENEW_IT: &str = "make a new certificate for the receiver, or accept every certificate with \
                        --webhook-insecure";

/// Returns the outcome of an attempt without an answer.
pub(super) fn failed(sentence: impl Into<String>, hint: Option<String>) -> Outcome {
    Outcome { error: Some(sentence.into()), hint, ..Outcome::default() }
}

/// Returns the outcome of an attempt that ended in an error.
pub(super) fn explain(error: reqwest::Error, url: &str) -> Outcome {
    // The error would show the URL with its secrets.
    let error = error.without_url();
    if let Some(not_found) = cause::<NameNotFound>(&error) {
        return failed(not_found.to_string(), Some(hint_for_name(&not_found.name)));
    }
    if let Some(tls) = cause::<rustls::Error>(&error) {
        let (sentence, hint) = explain_tls(tls, url);
        return failed(sentence, hint);
    }
    if let Some(http) = cause::<hyper::Error>(&error)
        && let Some((sentence, hint)) = explain_http(http, url)
    {
        return failed(sentence, Some(hint));
    }
    match cause::<io::Error>(&error) {
        Some(io) => explain_io(io, url),
        None => failed(root_cause(&error), None),
    }
}

/// Tells that the process had no descriptor left for a socket. This is no fault of the receiver.
pub(super) fn lacks_descriptors(error: &reqwest::Error) -> bool {
    let code = cause::<io::Error>(error).and_then(io::Error::raw_os_error);
    code.is_some_and(|code| NO_DESCRIPTORS.contains(&code))
}

/// Returns the first cause of a type.
fn cause<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An IO error that wraps another leaves it out of its sources.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

pub(super) fn root_cause(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = error.to_string();
        cause = error.source();
    }
    sentence
}

fn hint_for_name(name: &str) -> String {
    let name = name.trim_end_matches('.');
    match name {
        "host.docker.internal" | "gateway.docker.internal" => format!(
            "on Linux, give the container of the emulator this name with \
             --add-host={name}:host-gateway (in Compose, extra_hosts: [\"{name}:host-gateway\"]); \
             an emulator outside of containers reaches the machine as localhost"
        ),
        "host.containers.internal" => "only Podman's containers know this name; elsewhere, pass \
                                       the receiver's own address with --webhook-url"
            .to_owned(),
        _ if name.ends_with(".local") => "names in .local need multicast DNS, which containers \
                                          lack: pass an IP address with --webhook-url"
            .to_owned(),
        _ if !name.contains('.') => "a container finds another by its name only in the same \
                                     network: put both into one, or pass an IP address with \
                                     --webhook-url"
            .to_owned(),
        _ => "check the spelling in --webhook-url, and that this machine can look the name up"
            .to_owned(),
    }
}

fn explain_io(error: &io::Error, url: &str) -> Outcome {
    let shown = without_secrets(url);
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            let hint = format!(
                "nothing listens at {shown}: start the receiver there, or pass its address with \
                 --webhook-url (in a container, localhost is the container itself)"
            );
            failed("connection refused", Some(hint))
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => {
            let (sentence, hint) = closed(url);
            failed(sentence, Some(hint))
        }
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => {
            let hint = format!(
                "no way leads from here to the host of {shown}: check the address in \
                 --webhook-url, and the network of the emulator's container"
            );
            failed(error.to_string(), Some(hint))
        }
        _ => failed(root_cause(error), None),
    }
}

fn is_https(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "https")
}

/// Explains a connection that the receiver closed.
fn closed(url: &str) -> (String, String) {
    let other_scheme = match is_https(url) {
        true => TRY_HTTP,
        false => "write https:// instead of http:// in --webhook-url",
    };
    let hint = format!(
        "the receiver may have crashed, so look at its log; if it has no request there, \
         {other_scheme}"
    );
    ("the receiver closed the connection without an answer".to_owned(), hint)
}

fn explain_http(error: &hyper::Error, url: &str) -> Option<(String, String)> {
    if root_cause(error) == TOO_LARGE {
        let hint = format!(
            "let the receiver answer with at most {MOST_HEADERS} headers, of 400 KiB together; a \
             webhook needs none of them"
        );
        return Some(("the head of the answer is too large".to_owned(), hint));
    }
    if error.is_parse() {
        let hint = match is_https(url) {
            true => "the receiver must speak HTTP/1.1".to_owned(),
            false => "the receiver must speak HTTP/1.1; if it speaks TLS, write https:// in \
                      --webhook-url"
                .to_owned(),
        };
        return Some((format!("the answer is not HTTP/1.1 ({})", root_cause(error)), hint));
    }
    error.is_incomplete_message().then(|| closed(url))
}

/// Returns a sentence and a hint about TLS that failed.
fn explain_tls(error: &rustls::Error, url: &str) -> (String, Option<String>) {
    let (sentence, hint) = match error {
        rustls::Error::InvalidCertificate(error) => return explain_certificate(error, url),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            ("the receiver does not speak TLS", TRY_HTTP)
        }
        rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion,
        ) => (
            "the receiver and the emulator have no version or cipher of TLS in common",
            "let the receiver offer TLS 1.2 or 1.3 with the ciphers that browsers use",
        ),
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired | AlertDescription::BadCertificate,
        ) => (
            "the receiver wants a client certificate",
            "webhooks have none: let the receiver do without",
        ),
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => (
            "the receiver has no certificate for this name",
            "use a name in --webhook-url that the receiver serves",
        ),
        other => return (format!("TLS failed: {other}"), None),
    };
    (sentence.to_owned(), Some(hint.to_owned()))
}

fn explain_certificate(error: &CertificateError, url: &str) -> (String, Option<String>) {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_default();
    let (sentence, hint) = match error {
        CertificateError::UnknownIssuer => (
            "the receiver's certificate is signed by an authority that is not known".to_owned(),
            TRUST_IT.to_owned(),
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("the receiver's certificate has expired".to_owned(), RENEW_IT.to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "the receiver's certificate is not valid yet".to_owned(),
            format!("compare the clock of this machine with the receiver's, or {RENEW_IT}"),
        ),
        CertificateError::NotValidForNameContext { presented, .. } => (
            format!("the receiver's certificate is not for {host}, but for {}", names(presented)),
            format!(
                "use one of its names in --webhook-url, or make a certificate with {host} as its \
                 subject alternative name, or accept every certificate with --webhook-insecure"
            ),
        ),
        // Nobody else signs a certificate that says it is an authority's.
        CertificateError::Other(_) => {
            ("the receiver's certificate is signed by itself".to_owned(), TRUST_IT.to_owned())
        }
        other => {
            (format!("the receiver's certificate cannot be verified: {other}"), RENEW_IT.to_owned())
        }
    };
    (sentence, Some(hint))
}

/// Lists the names of a certificate, each of which rustls writes as `DnsName("localhost")`.
fn names(presented: &[String]) -> String {
    let plain = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
    match presented {
        [] => "no name at all".to_owned(),
        names => names.iter().map(plain).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::hint_for_name;

    #[test]
    fn a_name_that_is_not_found_has_a_hint_for_its_kind() {
        for (name, hint) in [
            ("host.docker.internal", "--add-host=host.docker.internal:host-gateway"),
            ("host.docker.internal.", "--add-host=host.docker.internal:host-gateway"),
            ("host.containers.internal", "only Podman's containers know this name"),
            ("printer.local", "names in .local need multicast DNS"),
            ("app", "in the same network"),
            ("hooks.example.com", "check the spelling in --webhook-url"),
        ] {
            assert!(hint_for_name(name).contains(hint), "{name}: {}", hint_for_name(name));
        }
    }
}
