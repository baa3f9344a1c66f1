//! Tells requests that a web page of another site may have caused from those of clients.
//!
//! A browser on this machine reaches the emulator as easily as a client does. A page that knows or
//! guesses keys must not use them. Two things betray such a page: the name under which it called
//! (a name that its owner has pointed at this machine, so-called DNS rebinding), and the headers
//! with which a browser tells where a request comes from.

use std::net::Ipv6Addr;

use url::{Host, Origin, Url};

use crate::error::Error;

/// The names with which containers call their host. Nobody can register names below `.internal`.
const NAMES_OF_CONTAINER_HOSTS: [&str; 3] =
    ["host.docker.internal", "gateway.docker.internal", "host.containers.internal"];

/// The longest part of a name that a message quotes. A name in DNS has 253 characters at most.
const LONGEST_QUOTED_CHARACTERS: usize = 253;

/// Hosts under which clients may call the emulator besides those that cannot be rebound, and sites
/// whose pages may call Belvo's API.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    pub hosts: Vec<AllowedHost>,
    pub origins: Vec<AllowedOrigin>,
}

/// A host name, all names below one, or any name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedHost {
    Name(String),
    /// The names that end with this suffix, which begins with a dot.
    Below(String),
    Any,
}

/// The origin of pages, such as `http://localhost:4200`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowedOrigin(String);

/// The token of `--control-token`, which opens the calls that look over all accounts.
#[derive(Clone)]
pub(crate) struct ControlToken(pub String);

impl ControlToken {
    /// The smallest number of characters. Fewer can be guessed.
    const SHORTEST: usize = 16;
    const LONGEST: usize = 1000;

    /// Parses the value of `--control-token`.
    ///
    /// # Errors
    /// A sentence that says what was expected, without the token.
    pub(crate) fn parse(text: &str) -> Result<ControlToken, String> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        match (ControlToken::SHORTEST..=ControlToken::LONGEST).contains(&text.len()) && is_visible {
            true => Ok(ControlToken(text.to_owned())),
            false => Err(format!(
                "expected {} to {} visible ASCII characters, such as those of openssl rand -hex 16",
                ControlToken::SHORTEST,
                ControlToken::LONGEST
            )),
        }
    }
}

/// The headers with which a browser tells where a request comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Provenance<'a> {
    /// The header `Origin`.
    pub origin: Option<&'a str>,
    /// The header `Sec-Fetch-Site`.
    pub fetch_site: Option<&'a str>,
}

impl AllowedHost {
    /// Parses the value of `--allow-host`: a name, `*.` and a name, or `*`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub(crate) fn parse(text: &str) -> Result<AllowedHost, String> {
        if text == "*" {
            return Ok(AllowedHost::Any);
        }
        let (is_suffix, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let is_name = !name.is_empty() && !name.contains(['*', '/', ':', '@', ' ']);
        let host = Some(name).filter(|_| is_name).and_then(|name| Host::parse(name).ok());
        match host {
            Some(Host::Domain(name)) if is_suffix => {
                Ok(AllowedHost::Below(format!(".{}", plain(&name))))
            }
            Some(host) if !is_suffix => Ok(AllowedHost::Name(plain(&host.to_string()))),
            _ => Err(format!(
                "{text:?} is not a host name; expected a name without a port, such as \
                 emulator.example, all names below one, such as *.svc.cluster.local, or * for any \
                 name"
            )),
        }
    }

    /// The host of a URL.
    pub(crate) fn of(url: &str) -> Option<AllowedHost> {
        Some(AllowedHost::Name(plain(Url::parse(url).ok()?.host_str()?)))
    }

    fn allows(&self, name: &str) -> bool {
        match self {
            AllowedHost::Name(allowed) => allowed == name,
            AllowedHost::Below(suffix) => name.ends_with(&**suffix),
            AllowedHost::Any => true,
        }
    }
}

impl AllowedOrigin {
    /// Parses the value of `--cors`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub(crate) fn parse(text: &str) -> Result<AllowedOrigin, String> {
        let expected = "expected the origin of your page, such as http://localhost:4200";
        match text {
            "*" => return Err(format!("* would let every page in; {expected}")),
            "null" => return Err(format!("any page can call itself null; {expected}")),
            _ => {}
        }
        let url = Url::parse(text).map_err(|_| format!("{text:?} is not an origin; {expected}"))?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let names_user = !url.username().is_empty() || url.password().is_some();
        match url.origin() {
            origin @ Origin::Tuple(..) if is_bare && !names_user => {
                Ok(AllowedOrigin(origin.ascii_serialization()))
            }
            _ => Err(format!("{text:?} is more than an origin; {expected}")),
        }
    }
}

impl Guard {
    /// Checks the name under which a client called: the header `Host`, or the host of the request's
    /// target. A client that names no host is no browser.
    ///
    /// # Errors
    /// 421 for a name that its owner may have pointed at this machine.
    pub(crate) fn check_host(&self, host: &str) -> Result<(), Error> {
        let name = without_port(host);
        if name.is_empty() || cannot_be_rebound(name) {
            return Ok(());
        }
        let name = plain(name);
        match self.hosts.iter().any(|host| host.allows(&name)) {
            true => Ok(()),
            false => Err(Error::host_not_allowed(&quotable(&name))),
        }
    }

    /// Checks that no page of another site caused a request. `own` are the addresses under which
    /// the emulator is called.
    ///
    /// # Errors
    /// 403 for a request that a page of another site caused.
    pub(crate) fn check_site(&self, from: Provenance<'_>, own: &[&str]) -> Result<(), Error> {
        match from.origin {
            Some(origin) if !is_own(origin, own) => {
                Err(Error::cross_site_request(&format!("A page of {}", quotable(origin))))
            }
            _ if matches!(from.fetch_site, Some("cross-site" | "same-site")) => {
                Err(Error::cross_site_request("A page of another site"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the origin of a request if its pages may call Belvo's API.
    pub(crate) fn allowed_origin<'a>(&self, from: Provenance<'a>) -> Option<&'a str> {
        from.origin.filter(|origin| self.origins.iter().any(|AllowedOrigin(other)| other == origin))
    }
}

/// Tells that an origin has the host and the port of one of the addresses. The scheme may be
/// another one, because a proxy may stand between.
fn is_own(origin: &str, own: &[&str]) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let place = |url: &Url| (url.host_str().map(plain), url.port());
    own.iter().any(|own| Url::parse(own).is_ok_and(|own| place(&own) == place(&origin)))
}

/// Tells that a name leads to the same machine whoever looks it up: an address, a name that is
/// local by definition, or one without a dot, which nobody can register.
fn cannot_be_rebound(name: &str) -> bool {
    if let Some(address) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address = address.split('%').next().unwrap_or(address);
        return address.parse::<Ipv6Addr>().is_ok();
    }
    match Host::parse(name) {
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Ok(Host::Domain(name)) => {
            let name = plain(&name);
            !name.contains('.')
                || name.ends_with(".localhost")
                || NAMES_OF_CONTAINER_HOSTS.contains(&&*name)
        }
        Err(_) => false,
    }
}

/// A name as names are compared: in lower case, and without the dot that may end it.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn quotable(text: &str) -> String {
    let text = text.chars().filter(|letter| !letter.is_control());
    text.take(LONGEST_QUOTED_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use crate::guard::{AllowedHost, AllowedOrigin, Guard, Provenance};

    fn guard(hosts: &[&str], origins: &[&str]) -> Guard {
        Guard {
            hosts: hosts.iter().map(|host| AllowedHost::parse(host).unwrap()).collect(),
            origins: origins.iter().map(|origin| AllowedOrigin::parse(origin).unwrap()).collect(),
        }
    }

    #[test]
    fn a_name_that_can_be_rebound_is_refused_unless_it_is_allowed() {
        let strict = guard(&[], &[]);
        for host in [
            "",
            "localhost",
            "LocalHost:23586",
            "localhost.",
            "app.localhost:80",
            "127.0.0.1:23586",
            "127.1",
            "0x7f.1",
            "192.168.1.20",
            "[::1]:23586",
            "[::1]",
            "[fe80::1%25eth0]:23586",
            "emulator:23586",
            "localhost:",
            "host.docker.internal:23586",
            "gateway.docker.internal",
            "Host.Containers.Internal",
        ] {
            assert!(strict.check_host(host).is_ok(), "{host}");
        }
        for host in [
            "attacker.example",
            "attacker.example:23586",
            "attacker.example.",
            "127.0.0.1.attacker.example",
            "localhost.attacker.example:80",
            "attacker.notlocalhost",
            "localhost:80.attacker.example",
            "localhost:attacker",
            "attacker.host.docker.internal",
            "internal.host.docker.internal.attacker.example",
            "evil.internal",
            "[::1].attacker.example",
            "[attacker.example]",
            "[::1",
            "[::1:80",
            "::1",
            "a b.example",
            "127.0.0.1@attacker.example",
        ] {
            let error = strict.check_host(host).unwrap_err();
            assert_eq!(error.status, 421, "{host}");
            assert!(error.problems[0].message.contains("--allow-host"), "{error:?}");
        }
        for (allowed, host, is_allowed) in [
            ("belvo.test", "belvo.test:23586", true),
            ("belvo.test", "BELVO.test.", true),
            ("Belvo.test.", "belvo.test", true),
            ("belvo.test", "a.belvo.test", false),
            ("*.cluster.local", "emulator.default.svc.cluster.local", true),
            ("*.cluster.local", "evilcluster.local", false),
            ("*.cluster.local", "cluster.local", false),
            ("*.Cluster.local.", "a.cluster.local", true),
            ("*", "attacker.example", true),
        ] {
            let outcome = guard(&[allowed], &[]).check_host(host);
            assert_eq!(outcome.is_ok(), is_allowed, "{allowed} {host}");
        }
    }

    #[test]
    fn a_request_of_another_site_is_told_from_one_of_a_client_or_of_the_same_site() {
        let guard = guard(&[], &[]);
        let own = ["http://localhost:23586"];
        for (origin, fetch_site, is_own) in [
            (None, None, true),
            (None, Some("none"), true),
            (None, Some("same-origin"), true),
            (Some("http://localhost:23586"), Some("same-origin"), true),
            (Some("https://localhost:23586"), None, true),
            (Some("http://localhost:4200"), None, false),
            (Some("http://localhost:4200"), Some("same-origin"), false),
            (Some("http://localhost"), None, false),
            (Some("null"), None, false),
            (Some("file://"), None, false),
            (Some("http://attacker.example"), None, false),
            (Some("http://attacker.example:23586"), None, false),
            (Some("http://localhost:23586.attacker.example"), None, false),
            (Some("http://localhost:23586@attacker.example"), None, false),
            (Some("http://localhost:23586:80"), None, false),
            (Some(""), None, false),
            (None, Some("cross-site"), false),
            (None, Some("same-site"), false),
            (Some("http://localhost:23586"), Some("cross-site"), false),
        ] {
            let outcome = guard.check_site(Provenance { origin, fetch_site }, &own);
            assert_eq!(outcome.is_ok(), is_own, "{origin:?} {fetch_site:?}");
            assert!(outcome.is_ok() || outcome.unwrap_err().status == 403);
        }
    }

    #[test]
    fn a_message_quotes_no_more_of_a_name_than_a_name_can_have_and_no_control_characters() {
        let guard = guard(&[], &[]);
        let long = format!("{}.example", "x".repeat(10_000));
        let origin = format!("http://{long}");
        let from = Provenance { origin: Some(&origin), fetch_site: None };
        for error in [guard.check_host(&long), guard.check_site(from, &[])] {
            let message = error.unwrap_err().problems.remove(0).message;
            assert!(message.contains(&"x".repeat(200)) && message.len() < 1000, "{message}");
        }
        let error = guard.check_host("a\u{7}\u{1b}[2J.example").unwrap_err();
        assert!(error.problems[0].message.contains("a[2j.example"), "{error:?}");
    }

    #[test]
    fn the_values_of_the_flags_are_checked() {
        let no_hosts = ["", "a b", "emulator.example:80", "http://a.example/", "a@b"];
        for text in no_hosts.into_iter().chain(["*.*", "a*", "*.", "*.127.0.0.1", "*.[::1]"]) {
            assert!(AllowedHost::parse(text).is_err(), "{text:?}");
        }
        let no_origins = ["localhost:4200", "http://a/b", "http://a/?b", "http://a/#b", ""];
        let users = ["http://u@a", "http://:p@a", "file:///", "file:///x", "data:x"];
        for (text, problem) in [("*", "every page"), ("null", "any page can call itself null")]
            .into_iter()
            .chain(no_origins.into_iter().chain(users).map(|text| (text, "an origin")))
        {
            let refused = AllowedOrigin::parse(text).unwrap_err();
            assert!(refused.ends_with("such as http://localhost:4200"), "{refused}");
            assert!(refused.contains(problem), "{refused}");
        }
        let page = guard(&[], &["http://LOCALHOST:4200/", "https://app.example:443"]);
        for origin in ["http://localhost:4200", "https://app.example"] {
            let from = Provenance { origin: Some(origin), fetch_site: Some("cross-site") };
            assert_eq!(page.allowed_origin(from), Some(origin));
        }
        for origin in ["null", "https://localhost:4200", "http://localhost:4201"] {
            let from = Provenance { origin: Some(origin), fetch_site: None };
            assert_eq!(page.allowed_origin(from), None);
        }
    }
}
