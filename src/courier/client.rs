//! The HTTP client of the courier, and the addresses that it refuses.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore};

use crate::model::address;

/// The time after which an idle connection is closed. It is shorter than that of receivers
/// (gunicorn 2 s, Node and uvicorn 5 s), because a webhook fails on a connection that its receiver
/// is closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// Returns the client. It brings its own certificates, reports redirects as answers, and uses no
/// proxy of the environment, which could not reach a receiver on the same machine.
pub(super) fn client() -> io::Result<reqwest::Client> {
    client_with(Resolver)
}

/// A client like that, but for the way in which it finds addresses.
pub(super) fn client_with(resolver: impl Resolve + 'static) -> io::Result<reqwest::Client> {
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
        .dns_resolver(Arc::new(resolver))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("belvo-emulator/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(io::Error::other)
}

/// A resolver that asks the system's, and refuses addresses to which no webhook may be sent. An
/// address that stands in a URL is not resolved, and is checked elsewhere.
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

/// Returns the addresses if all of them are permitted. A name with one refused address is not
/// trusted at all.
fn permitted(name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
    let refused = found.iter().find_map(|found| address::refused_ip(found.ip()));
    refused.map_or(Ok(found), |refusal| Err(format!("{name} leads astray: {refusal}")))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use reqwest::dns::Resolve;

    use crate::courier::client::{Resolver, client, permitted};
    use crate::courier::outcome::root_cause;

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
