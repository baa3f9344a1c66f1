//! Addresses that webhooks are sent to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The names, outside of the link-local range, at which AWS, Google, Azure, Alibaba and Oracle tell
/// a machine its credentials.
const METADATA_NAMES: [&str; 2] = ["metadata.google.internal", "metadata.goog"];
const METADATA_IPV4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
];
/// The first 32 bits of the IPv6 metadata addresses of AWS. The whole address of Google stands
/// beside them.
const METADATA_PREFIX: [u16; 2] = [0xfd00, 0x0ec2];
const METADATA_IPV6: Ipv6Addr = Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254);

/// Returns a URL without the parts that may be secret: user, password, query and fragment.
pub(crate) fn without_secrets(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return "(not a URL)".to_owned() };
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// Parses the URL of an HTTP server, or says what is wrong with it.
pub(crate) fn http_url(text: &str) -> Result<Url, String> {
    let expected = "expected an address such as http://localhost:9000/webhooks";
    let url = Url::parse(text)
        .map_err(|problem| format!("{text:?} is not a URL ({problem}); {expected}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(format!("{text:?} begins with {scheme}:; {expected}")),
    }
}

/// Parses the URL of a receiver of webhooks. A URL at which a cloud tells its secrets is refused.
pub(crate) fn receiver(text: &str) -> Result<Url, String> {
    let url = http_url(text)?;
    let refused = match url.host() {
        Some(Host::Ipv4(ip)) => refused_ip(ip.into()),
        Some(Host::Ipv6(ip)) => refused_ip(ip.into()),
        Some(Host::Domain(name)) => refused_name(name),
        None => None,
    };
    refused.map_or(Ok(url), Err)
}

/// Parses the value of an `Authorization` header. An empty text stands for no header.
pub(crate) fn authorization(text: &str) -> Result<Option<&str>, String> {
    if text.chars().any(|letter| letter.is_control() && letter != '\t') {
        return Err("expected the value of a header, without line breaks".to_owned());
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Returns the reason why no webhook may be sent to a host of this name, if there is one.
pub(crate) fn refused_name(name: &str) -> Option<String> {
    let plain = name.trim_end_matches('.').to_ascii_lowercase();
    METADATA_NAMES.contains(&&*plain).then(|| refusal(name))
}

/// Returns the reason why no webhook may be sent to this address, if there is one. All notations of
/// an address are treated alike.
pub(crate) fn refused_ip(ip: IpAddr) -> Option<String> {
    let is_refused = match ip {
        IpAddr::V4(ip) => is_refused_ipv4(ip),
        IpAddr::V6(ip) => is_refused_ipv6(ip),
    };
    is_refused.then(|| refusal(&ip.to_string()))
}

fn refusal(host: &str) -> String {
    format!(
        "{host} is a link-local address or one at which a cloud tells its secrets; webhooks are \
         never sent there"
    )
}

fn is_refused_ipv4(ip: Ipv4Addr) -> bool {
    ip.is_link_local() || METADATA_IPV4.contains(&ip)
}

fn is_refused_ipv6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    ip.is_unicast_link_local()
        || segments.starts_with(&METADATA_PREFIX)
        || ip == METADATA_IPV6
        || ipv4_within(ip).is_some_and(is_refused_ipv4)
}

/// Returns the IPv4 address that an IPv6 address stands for: mapped (`::ffff:a.b.c.d`), compatible
/// (`::a.b.c.d`), or behind a translator (`64:ff9b::a.b.c.d`).
fn ipv4_within(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{authorization, receiver};

    #[test]
    fn link_local_and_metadata_addresses_are_refused_in_every_spelling() {
        for host in [
            "169.254.169.254",
            "169.254.0.0",
            "169.254.255.255",
            "169.254.169.254.",
            "2852039166",
            "0xa9fea9fe",
            "0XA9.0xFE.0xa9.0xfe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "%31%36%39.254.169.254",
            "①⑥⑨.254.169.254",
            "169。254。169。254",
            "[fe80::1]",
            "[febf:ffff::1]",
            "[FE80:0:0:0:0:0:0:1]",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[0:0:0:0:0:ffff:a9fe:a9fe]",
            "[::169.254.169.254]",
            "[64:ff9b::169.254.169.254]",
            "[fd00:ec2::254]",
            "[fd00:0ec2:0:0::23]",
            "[fd20:ce::254]",
            "168.63.129.16",
            "100.100.100.200",
            "[::ffff:100.100.100.200]",
            "192.0.0.192",
            "metadata.google.internal",
            "METADATA.google.Internal",
            "metadata.google.internal.",
            "metadata.google.internal..",
            "metadata.goog",
            "metadata%2egoog",
            "metadata。goog",
        ] {
            for url in [format!("http://{host}/"), format!("https://me:hidden@{host}:8080/a?b#c")] {
                let refused = receiver(&url).unwrap_err();
                assert!(refused.ends_with("webhooks are never sent there"), "{url}: {refused}");
                assert!(!refused.contains("hidden"), "{refused}");
            }
        }
    }

    #[test]
    fn other_addresses_are_not_refused() {
        for host in [
            "localhost",
            "127.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::]",
            "0.0.0.0",
            "10.0.0.1",
            "172.17.0.1",
            "192.168.1.10",
            "169.253.255.255",
            "169.255.0.0",
            "100.100.100.201",
            "192.0.0.193",
            "[fec0::1]",
            "[fd00:ec3::254]",
            "[64:ff9b::10.0.0.1]",
            "host.docker.internal",
            "metadata.example",
            "notmetadata.goog",
        ] {
            let url = format!("http://{host}:9000/webhooks");
            assert!(receiver(&url).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_url_of_a_server_is_refused_with_what_was_expected() {
        for text in
            ["", "localhost:9000", "ftp://localhost/", "/webhooks", "http://", "http://a b/"]
        {
            let refused = receiver(text).unwrap_err();
            assert!(refused.ends_with("such as http://localhost:9000/webhooks"), "{refused}");
        }
    }

    #[test]
    fn an_authorization_is_the_value_of_a_header_or_none() {
        assert_eq!(authorization("Bearer é\t1"), Ok(Some("Bearer é\t1")));
        assert_eq!(authorization(""), Ok(None));
        for text in ["a\r\nX-Other: 1", "a\n", "\0", "\u{7f}"] {
            assert!(authorization(text).is_err(), "{text:?}");
            assert!(reqwest::header::HeaderValue::from_str(text).is_err(), "{text:?}");
        }
        let every = ('\0'..'\u{300}').filter(|letter| authorization(&letter.to_string()).is_ok());
        for letter in every {
            assert!(reqwest::header::HeaderValue::from_str(&letter.to_string()).is_ok());
        }
    }
}
