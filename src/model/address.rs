//! Addresses that webhooks are sent to.

use url::Url;

/// A URL without what may be secret in it: user, password, query and fragment.
pub fn without_secrets(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return "(not a URL)".to_owned() };
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
