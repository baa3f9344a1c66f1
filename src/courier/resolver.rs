//! Finds the addresses of receivers, and leaves out those to which no webhook may be sent.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::model::allowed_addresses::AllowedAddresses;

/// A resolver that asks the system's. An address that stands in a URL is not resolved, and is
/// checked elsewhere.
pub(super) struct Resolver {
    pub allowed: AllowedAddresses,
}

/// A name that has no address.
#[derive(Debug)]
pub(super) struct NameNotFound {
    pub name: String,
    /// The reason of the system.
    problem: io::Error,
}

/// A name whose every address is refused.
#[derive(Debug)]
struct Refused(String);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        Box::pin(async move {
            let name = name.as_str();
            if let Some(refusal) = allowed.refusal_of_name(name) {
                return Err(Refused(refusal).into());
            }
            let found = match is_localhost(name) {
                true => loopback(),
                false => look_up(name).await?,
            };
            Ok(Box::new(permitted(name, found, &allowed)?.into_iter()) as Addrs)
        })
    }
}

/// Names in `.localhost` are the machine's own, and most resolvers do not know them.
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn loopback() -> Vec<SocketAddr> {
    // The error of the last one is reported, and a machine without IPv6 has no `::1`.
    let addresses: [IpAddr; 2] = [Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()];
    addresses.map(|address| (address, 0).into()).to_vec()
}

async fn look_up(name: &str) -> Result<Vec<SocketAddr>, NameNotFound> {
    let not_found = |problem| NameNotFound { name: name.to_owned(), problem };
    let found: Vec<_> = tokio::net::lookup_host((name, 0)).await.map_err(not_found)?.collect();
    match found.is_empty() {
        true => Err(not_found(io::Error::other("it has no address"))),
        false => Ok(found),
    }
}

/// Returns the addresses that are permitted, or an error if none is.
fn permitted(
    name: &str,
    found: Vec<SocketAddr>,
    allowed: &AllowedAddresses,
) -> Result<Vec<SocketAddr>, Refused> {
    let mut refusal = None;
    let mut permitted = Vec::new();
    for address in found {
        match allowed.refusal_of_ip(address.ip()) {
            None => permitted.push(address),
            Some(sentence) => refusal = refusal.or(Some(sentence)),
        }
    }
    match refusal {
        Some(refusal) if permitted.is_empty() => {
            Err(Refused(format!("{name} has no other address: {refusal}")))
        }
        _ => Ok(permitted),
    }
}

impl Display for NameNotFound {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let problem = self.problem.to_string();
        let problem = problem.rsplit(": ").next().unwrap_or_default();
        write!(formatter, "the name {} is not found ({problem})", self.name)
    }
}

impl Error for NameNotFound {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.problem)
    }
}

impl Display for Refused {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Refused {}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use reqwest::dns::Resolve;

    use super::{Resolver, permitted};
    use crate::model::allowed_addresses::AllowedAddresses;

    fn resolve(name: &str) -> Result<Vec<SocketAddr>, String> {
        let resolver = Resolver { allowed: AllowedAddresses::default() };
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        let found = runtime.block_on(resolver.resolve(name.parse().unwrap()));
        found.map(Iterator::collect).map_err(|error| error.to_string())
    }

    #[test]
    fn the_refused_addresses_of_a_name_are_left_out() {
        for (found, expected) in [
            (vec!["127.0.0.1:0", "[::1]:0"], Ok(vec!["127.0.0.1:0", "[::1]:0"])),
            (vec!["[fe80::1%2]:0", "127.0.0.1:0"], Ok(vec!["127.0.0.1:0"])),
            (vec!["169.254.169.254:0", "10.0.0.1:0"], Ok(vec!["10.0.0.1:0"])),
            (vec!["169.254.1.2:0"], Ok(vec!["169.254.1.2:0"])),
            (vec!["[fe80::1%2]:0", "169.254.169.254:0"], Err("fe80::1 is a link-local address")),
            (vec!["[::ffff:169.254.169.254]:0"], Err("169.254.169.254 is an address at which")),
        ] {
            let found = found.into_iter().map(|found| found.parse().unwrap()).collect();
            match (permitted("hook.test", found, &AllowedAddresses::default()), expected) {
                (Ok(found), Ok(expected)) => {
                    let expected: Vec<SocketAddr> =
                        expected.into_iter().map(|address| address.parse().unwrap()).collect();
                    assert_eq!(found, expected);
                }
                (Err(sentence), Err(expected)) => {
                    let begins = format!("hook.test has no other address: {expected}");
                    assert!(sentence.0.starts_with(&begins), "{sentence}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_looked_up_is_checked() {
        let refused = resolve("169.254.169.254").unwrap_err();
        assert!(refused.contains("has no other address"), "{refused}");
        let refused = resolve("metadata.google.internal").unwrap_err();
        assert!(refused.ends_with("webhooks are never sent there"), "{refused}");
    }

    #[test]
    fn names_in_localhost_are_this_machine_without_a_lookup() {
        for name in ["localhost", "LOCALHOST.", "app.localhost", "a.b.localhost."] {
            let found = resolve(name).unwrap();
            assert!(found.len() == 2 && found.iter().all(|found| found.ip().is_loopback()));
        }
        assert!(resolve("notlocalhost").is_err());
    }

    #[test]
    fn a_name_that_is_not_found_is_said_without_the_words_of_the_library() {
        let sentence = resolve("nowhere.invalid").unwrap_err();
        assert!(sentence.starts_with("the name nowhere.invalid is not found ("), "{sentence}");
        assert!(!sentence.contains("failed to lookup"), "{sentence}");
    }
}
