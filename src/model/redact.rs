//! Leaves secrets out of what clients sent and what receivers answered, before anybody sees it.
//!
//! A secret is recognised by its name: the key of a body, the parameter of a query, the header. What
//! follows such a name in a text that nobody can parse is left out to its end, because nobody can
//! tell where the secret ends.

use std::borrow::Cow;

use serde_json::Value;
use strsim::osa_distance;

/// The text that stands in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// A name with one of these in it, in any case and without marks, is the name of a secret.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "contraseña",
    "contrasena",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "authorization",
    "cookie",
];
/// These are secrets when they are the whole name: the widget's tokens, one-time codes, keys.
const NAMES: &[&str] =
    &["access", "refresh", "credentials", "otp", "pin", "mfa", "jwt", "key", "sig", "signature"];
/// Names of Belvo's API that tell how a token comes, and are none.
const NO_SECRETS: &[&str] = &["tokengenerationdata", "tokentype", "tokenrequired"];
/// Headers with one of these in their names are secrets too.
const WORDS_OF_HEADERS: &[&str] = &["auth", "session", "signature", "credential"];
/// Schemes that are shown of a header such as `Authorization`. Another first word may be the secret.
const SCHEMES: &[&str] = &["basic", "bearer", "digest", "token", "apikey", "negotiate", "ntlm"];
/// A misspelt `password` has this many mistakes at most.
const MOST_MISTAKES: usize = 2;

/// A text without its marks and escapes, and where each of its bytes ends in the original.
struct Plain {
    text: String,
    ends: Vec<usize>,
}

/// Tells that a key or a parameter of this name holds a secret, however it is spelt.
pub(crate) fn is_secret(name: &str) -> bool {
    let plain = Plain::of(name).text;
    if NO_SECRETS.contains(&plain.as_str()) {
        return false;
    }
    let is_misspelt = || {
        let length = plain.chars().count();
        (6..=12).contains(&length) && osa_distance(&plain, "password") <= MOST_MISTAKES
    };
    NAMES.contains(&plain.as_str())
        || WORDS.iter().any(|word| plain.contains(word))
        || is_misspelt()
}

/// Returns the value of a header, without its secret.
pub(crate) fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let plain = Plain::of(name).text;
    let is_challenge = plain.ends_with("authenticate");
    let has = |word: &&str| plain.contains(*word);
    if is_challenge || !(is_secret(name) || WORDS_OF_HEADERS.iter().any(has)) {
        return in_quotes(value);
    }
    let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
    let known = scheme.filter(|scheme| SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()));
    known.map_or(REDACTED.into(), |scheme| format!("{scheme} {REDACTED}").into())
}

/// Returns the value of a parameter of a query or of a form, without its secret.
pub(crate) fn parameter<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    match is_secret(name) && !value.is_empty() {
        true => REDACTED.into(),
        false => in_quotes(value),
    }
}

/// Replaces the secrets in JSON.
pub(crate) fn json(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match !value.is_null() && is_secret(key) {
                    true => *value = REDACTED.into(),
                    false => json(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(json),
        Value::String(text) => {
            if let Cow::Owned(without) = in_quotes(text) {
                *text = without;
            }
        }
        _ => {}
    }
}

/// Returns JSON without its secrets.
pub(crate) fn without(value: &Value) -> Value {
    let mut without = value.clone();
    json(&mut without);
    without
}

/// Returns a body that is no JSON without its secrets: a form, or JSON with a mistake.
pub(crate) fn body(text: &str) -> Cow<'_, str> {
    let is_form = text.contains('=')
        && !text.contains(|letter: char| letter.is_whitespace() || "\"'{}<>\0".contains(letter));
    if !is_form {
        return cut(text, false);
    }
    let pairs = text.split('&').map(|pair| {
        let Some((name, value)) = pair.split_once('=') else { return cut(pair, false) };
        let shown = parameter(name, value);
        Cow::Owned(format!("{}={shown}", in_quotes(name)))
    });
    pairs.collect::<Vec<Cow<'_, str>>>().join("&").into()
}

/// Returns the body of a receiver's answer without its secrets. It is mostly a text or a page.
pub(crate) fn answer(body: &str) -> Cow<'_, str> {
    let Ok(value) = serde_json::from_str::<Value>(body) else { return in_quotes(body) };
    let without = without(&value);
    match without == value {
        true => body.into(),
        false => without.to_string().into(),
    }
}

/// Returns a text that people or programs may have written, such as a message, a URL or JSON within
/// JSON. What follows a secret's name and a colon or an equals sign is left out, and so are the user
/// and the password of a URL.
pub(crate) fn in_quotes(text: &str) -> Cow<'_, str> {
    let without = cut(text, true);
    match without.contains("://") {
        true => without_users(&without).into(),
        false => without,
    }
}

/// Cuts a text off behind the name of a secret.
fn cut(text: &str, needs_separator: bool) -> Cow<'_, str> {
    // Most texts have no separator, also not an escaped one, and need not be read letter by letter.
    if needs_separator && !text.contains([':', '=', '%', '\\']) {
        return text.into();
    }
    match Plain::of(text).end_of_name(needs_separator) {
        Some(end) => format!("{}{REDACTED}", &text[..end]).into(),
        None => text.into(),
    }
}

fn without_users(text: &str) -> String {
    let mut parts = text.split("://");
    let mut without = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        without.push_str("://");
        let ends = |letter: char| letter.is_whitespace() || "/?#\"'<>".contains(letter);
        let authority = &part[..part.find(ends).unwrap_or(part.len())];
        match authority.rfind('@') {
            Some(at) => {
                without.push_str(REDACTED);
                without.push_str(&part[at..]);
            }
            None => without.push_str(part),
        }
    }
    without
}

impl Plain {
    /// Reads escapes of JSON and of URLs, and leaves out what may stand within a name: `_`, `-` and
    /// the zero bytes of UTF-16.
    fn of(text: &str) -> Plain {
        let mut plain =
            Plain { text: String::with_capacity(text.len()), ends: Vec::with_capacity(text.len()) };
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let (letter, length) = escaped(&text[at..]).unwrap_or((letter, letter.len_utf8()));
            at += length;
            if !['_', '-', '\0', '\\'].contains(&letter) {
                plain.text.extend(letter.to_lowercase());
                plain.ends.resize(plain.text.len(), at);
            }
        }
        plain
    }

    /// Returns the place in the original behind the first name of a secret.
    fn end_of_name(&self, needs_separator: bool) -> Option<usize> {
        let words = WORDS.iter().flat_map(|word| self.places(word));
        let names = NAMES.iter().flat_map(|name| {
            self.places(name).filter(|(begin, end)| {
                let before = self.text[..*begin].chars().next_back();
                let after = self.text[*end..].chars().next();
                ![before, after].into_iter().flatten().any(char::is_alphanumeric)
            })
        });
        let found = words.chain(names).filter(|(begin, end)| {
            let is_none = NO_SECRETS.iter().any(|name| self.text[*begin..].starts_with(name));
            !is_none && (!needs_separator || self.is_followed_by_value(*end))
        });
        let end = found.map(|(_, end)| end).min()?;
        Some(self.ends[end - 1])
    }

    fn places(&self, word: &str) -> impl Iterator<Item = (usize, usize)> {
        self.text.match_indices(word).map(|(begin, found)| (begin, begin + found.len()))
    }

    fn is_followed_by_value(&self, end: usize) -> bool {
        let rest = self.text[end..].trim_start_matches(char::is_alphanumeric);
        let rest = rest
            .trim_start_matches(|letter: char| letter.is_whitespace() || "\"'])".contains(letter));
        rest.starts_with([':', '='])
    }
}

/// Reads an escape at the beginning of a text: `\u0070` or `%70`, and its length.
fn escaped(text: &str) -> Option<(char, usize)> {
    let (digits, length) = match text.as_bytes() {
        [b'\\', b'u', ..] => (text.get(2..6)?, 6),
        [b'%', ..] => (text.get(1..3)?, 3),
        _ => return None,
    };
    let code = u32::from_str_radix(digits, 16).ok()?;
    Some((char::from_u32(code)?, length))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::redact::{body, header, in_quotes, is_secret, json, parameter};

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in [
            "password",
            "Password2",
            "PASS_WORD",
            "pasword",
            "passwrod",
            "user-password",
            "token",
            "access",
            "access_token",
            "X-Api-Key",
            "apiKey",
            "client_secret",
            "otp",
            "p%61ssword",
            "pass\\u0077ord",
            "p\0a\0s\0s\0w\0o\0r\0d\0",
            "contraseña",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "access_mode",
            "refresh_rate",
            "username",
            "username2",
            "token_generation_data",
            "credentials_storage",
            "external_id",
            "link",
            "session",
            "institution",
            "keys",
            "data",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_ends_where_a_secret_may_begin() {
        for (text, shown) in [
            (r#"{"a": 1, "password": "x, y"#, r#"{"a": 1, "password[redacted]"#),
            (r#"{"a" 1, "pass\u0077ord" x y"#, r#"{"a" 1, "pass\u0077ord[redacted]"#),
            ("<a>1</a><password>x</password>", "<a>1</a><password[redacted]"),
            ("a=1&p%61ssword=x&b=2", "a=1&p%61ssword=[redacted]&b=2"),
            ("a=1&b=password%3Dx", "a=1&b=password[redacted]"),
            ("{\"access\": x", "{\"access[redacted]"),
            ("{\"access_mode\": x", "{\"access_mode\": x"),
            ("t\0o\0k\0e\0n\0x", "t\0o\0k\0e\0n[redacted]"),
            ("nope", "nope"),
        ] {
            assert_eq!(body(text), shown, "{text}");
        }
    }

    #[test]
    fn texts_lose_what_follows_a_name_and_users_of_urls() {
        for (text, shown) in [
            ("http://h/?page=2&token=x&a=1", "http://h/?page=2&token[redacted]"),
            (
                "see http://u:p@h:1/x and https://u@h",
                "see http://[redacted]@h:1/x and https://[redacted]@h",
            ),
            (r#"{\"password\":\"x\"}"#, r#"{\"password[redacted]"#),
            ("A MFA token is required", "A MFA token is required"),
            ("token_required: x", "token_required: x"),
        ] {
            assert_eq!(in_quotes(text), shown, "{text}");
        }
    }

    #[test]
    fn headers_show_a_scheme_that_is_known_and_nothing_else_of_a_secret() {
        for (name, value, shown) in [
            ("authorization", "Basic eDp5", "Basic [redacted]"),
            ("authorization", "hunter two", "[redacted]"),
            ("proxy-authorization", "hunter", "[redacted]"),
            ("cookie", "a=b", "[redacted]"),
            ("x-api-key", "x", "[redacted]"),
            ("x-auth", "x", "[redacted]"),
            ("referer", "http://h/?token=x", "http://h/?token[redacted]"),
            ("www-authenticate", "Basic realm=\"a\"", "Basic realm=\"a\""),
            ("x-request-id", "x", "x"),
        ] {
            assert_eq!(header(name, value), shown, "{name}");
        }
        assert_eq!(
            (parameter("token", "x"), parameter("token", "")),
            ("[redacted]".into(), "".into())
        );
    }

    #[test]
    fn json_is_replaced_at_every_depth_but_for_null() {
        let mut value = json!({"a": [{"password": 1, "token": null}], "b": "{\"pin\": 2}"});
        json(&mut value);
        assert_eq!(
            value,
            json!({"a": [{"password": "[redacted]", "token": null}], "b": "{\"pin[redacted]"})
        );
    }
}
