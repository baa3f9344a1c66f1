//! URLs and authorizations of receivers of webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::model::allowed_addresses::AllowedAddresses;

/// A receiver of webhooks.
#[derive(Debug)]
pub(crate) struct Receiver {
    /// The URL, without a user, a password and a fragment.
    pub url: String,
    /// The value of the header `Authorization` from the user and the password of the URL.
    pub authorization: Option<String>,
}

/// The longest URL of a receiver, and the longest value of its header `Authorization`, in bytes.
/// Servers take no longer ones.
const LONGEST_URL: usize = 2000;
const LONGEST_AUTHORIZATION: usize = 4000;

/// Returns a URL without the parts that may be secret: user, password, query and fragment.
pub(crate) fn without_secrets(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) if url.has_host() => {
            format!("{}{}", url.origin().ascii_serialization(), url.path())
        }
        _ => "(not a URL)".to_owned(),
    }
}

/// Returns the beginning of a text that should be a URL, up to the first part that may be secret.
fn beginning(text: &str) -> String {
    let scheme = text.find("//").map_or("", |slashes| &text[..slashes + 2]);
    let shown = match text.contains('@') {
        // A password may contain any character, so nothing before the at sign is shown.
        true => scheme,
        false => text.split(['?', '#']).next().unwrap_or_default(),
    };
    let cut = if shown.len() < text.len() { "…" } else { "" };
    format!("\"{}{cut}\"", shown.escape_debug())
}

/// Parses the URL of an HTTP server, or says what is wrong with it.
pub(crate) fn http_url(text: &str) -> Result<Url, String> {
    let expected = "expected an address such as http://localhost:9000/webhooks";
    let shown = beginning(text);
    let url = Url::parse(text)
        .map_err(|problem| format!("{shown} is not a URL ({problem}); {expected}"))?;
    let scheme = url.scheme();
    if scheme != "http" && scheme != "https" {
        return Err(format!("{shown} begins with {scheme}:; {expected}"));
    }
    // Browsers read http:/x and http:\\x as http://x. Here it is more likely a slip.
    let rest = text.trim_start().get(scheme.len()..).and_then(|rest| rest.strip_prefix("://"));
    if rest.is_none_or(|rest| rest.starts_with(['/', '\\'])) {
        return Err(format!("{shown} needs two slashes before its host; {expected}"));
    }
    Ok(url)
}

/// Parses the URL of a receiver of webhooks. A URL at which a cloud tells its secrets is refused.
pub(crate) fn receiver(text: &str, allowed: &AllowedAddresses) -> Result<Receiver, String> {
    if text.len() > LONGEST_URL {
        return Err(format!("expected a URL of {LONGEST_URL} bytes at most"));
    }
    let mut url = http_url(text)?;
    if let Some(refusal) = allowed.refusal_of_url(&url) {
        return Err(refusal);
    }
    let authorization = basic(&url);
    url.set_fragment(None);
    url.set_username("").and_then(|()| url.set_password(None)).expect("the URL has a host");
    Ok(Receiver { url: url.into(), authorization })
}

/// Returns Basic authorization with the user and the password of a URL.
fn basic(url: &Url) -> Option<String> {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_none() {
        return None;
    }
    let user = percent_decode_str(user);
    let password = percent_decode_str(password.unwrap_or_default());
    let pair: Vec<u8> = user.chain([b':']).chain(password).collect();
    Some(format!("Basic {}", STANDARD.encode(pair)))
}

/// Parses the value of an `Authorization` header. An empty text stands for no header.
pub(crate) fn authorization(text: &str) -> Result<Option<&str>, String> {
    if text.len() > LONGEST_AUTHORIZATION {
        return Err(format!("expected {LONGEST_AUTHORIZATION} bytes at most"));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\t') {
        return Err("expected the value of a header, without line breaks".to_owned());
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{Receiver, authorization, without_secrets};
    use crate::model::allowed_addresses::AllowedAddresses;

    fn receiver(url: &str) -> Result<Receiver, String> {
        super::receiver(url, &AllowedAddresses::default())
    }

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
            "169.254.170.2",
            "169.254.170.23",
            "[2002:a9fe:a9fe::]",
            "[2001:0:a9fe:a9fe::]",
            "[2001::5601:5601]",
            "[64:ff9b:1::a9fe:a9fe]",
            "[64:ff9b:1:a9fe:a9:fe00::]",
            "[64:ff9b:1:a9:fe:a9fe::]",
            "[64:ff9b:1:0:a9:fea9:fe00::]",
            "[::ffff:0:169.254.169.254]",
            "[fd00::5efe:a9fe:a9fe]",
            "[2001:db8::200:5efe:a9fe:a9fe]",
            "[fd00:1234::a9fe:a9fe]",
            "[fd00:c1::a9fe:a9fe]",
            "[fd00:42::42]",
            "[fd00:a9fe:a9fe::1]",
            "[2002:6464:64c8::1]",
            "metadata.tencentyun.com",
            "instance-data.ec2.internal",
            "metadata.goog",
            "metadata%2egoog",
            "metadata。goog",
        ] {
            for url in [format!("http://{host}/"), format!("https://me:hidden@{host}:8080/a?b#c")] {
                let refused = receiver(&url).unwrap_err();
                let why = ["is an address at which a cloud", "is a link-local", "tells a machine"];
                assert!(why.iter().any(|why| refused.contains(why)), "{url}: {refused}");
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
            "169.254.1.2",
            "[::ffff:169.254.1.2]",
            "[2002:c0a8:1::1]",
            "[2001:db8::1]",
            "169.253.255.255",
            "169.255.0.0",
            "100.100.100.201",
            "192.0.0.193",
            "[fec0::1]",
            "[fd00:ec3::254]",
            "[64:ff9b::10.0.0.1]",
            "host.docker.internal",
            "metadata",
            "metadata.example",
            "notmetadata.goog",
        ] {
            let url = format!("http://{host}:9000/webhooks");
            assert!(receiver(&url).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_url_of_a_server_is_refused_with_what_was_expected() {
        for text in [
            "",
            "localhost:9000",
            "ftp://localhost/",
            "/webhooks",
            "http://",
            "http://a b/",
            "http:/localhost/",
            "http:localhost",
            "http:///localhost",
            "http:\\\\localhost",
            "https:/localhost",
        ] {
            let refused = receiver(text).unwrap_err();
            assert!(refused.ends_with("such as http://localhost:9000/webhooks"), "{refused}");
        }
    }

    #[test]
    fn no_secret_of_a_url_is_shown_in_the_message_that_refuses_it() {
        for (url, shown) in [
            ("http://user:hidden@h:bad/?t=hidden", "\"http://…\""),
            ("http://user:hid#den@h:bad/", "\"http://…\""),
            ("http://user:hid/den?@h:bad/", "\"http://…\""),
            ("http://h:bad/path?mail=a@b&token=hidden", "\"http://…\""),
            ("http://h:bad/path?token=hidden", "\"http://h:bad/path…\""),
            ("http://h:bad/path#hidden", "\"http://h:bad/path…\""),
            ("user:hidden@h/", "\"…\""),
            ("ftp://user:hidden@h/", "\"ftp://…\""),
            ("http:/user:hidden@h/?t=hidden", "\"…\""),
            ("http://user:hidden@169.254.169.254/?t=hidden", "169.254.169.254 is an address"),
        ] {
            let refused = receiver(url).unwrap_err();
            assert!(refused.starts_with(shown) && !refused.contains("den"), "{url}: {refused}");
            assert!(!without_secrets(url).contains("hid"), "{url}");
        }
    }

    #[test]
    fn the_user_and_the_password_of_a_url_are_its_authorization() {
        for (url, sent_to, authorization) in [
            ("http://h/a?b#c", "http://h/a?b", None),
            ("http://user:p%40w@h/a?b", "http://h/a?b", Some("Basic dXNlcjpwQHc=")),
            ("http://user@h", "http://h/", Some("Basic dXNlcjo=")),
            ("http://:pw@h/", "http://h/", Some("Basic OnB3")),
        ] {
            let Receiver { url, authorization: found } = receiver(url).unwrap();
            assert_eq!((&*url, found.as_deref()), (sent_to, authorization));
        }
    }

    /// Signatures and routes depend on the bytes.
    #[test]
    fn the_path_and_the_query_stay_as_they_are_written() {
        for path in [
            "/",
            "/hooks",
            "/hooks/",
            "//a//b/",
            "/a%2Fb/%7euser/%C3%B1",
            "/a+b;c=1,d/:e/@f/(g)!*'$&~|^[]",
            "/?",
            "/a?sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aB%2b%3D&&x=a+b%20c",
            "/a?b=http://c/?d=/../e|f^",
        ] {
            assert_eq!(
                receiver(&format!("http://h{path}")).unwrap().url,
                format!("http://h{path}")
            );
        }
    }

    #[test]
    fn a_url_has_2000_bytes_at_most_and_an_authorization_4000() {
        let url = |bytes: usize| format!("http://receiver.test/{:x<1$}", "", bytes - 21);
        assert_eq!(receiver(&url(2000)).unwrap().url.len(), 2000);
        let refused = receiver(&url(2001)).unwrap_err();
        assert_eq!(refused, "expected a URL of 2000 bytes at most");
        assert!(authorization(&"x".repeat(4000)).unwrap().is_some());
        let refused = authorization(&"x".repeat(4001)).unwrap_err();
        assert_eq!(refused, "expected 4000 bytes at most");
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
