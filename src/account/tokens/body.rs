//! Parses the body of `POST /api/token/`, which may contain the keys.

use serde_json::Value;
use uuid::Uuid;

use crate::account::links::body::{credentials_storage, stale_in};
use crate::account::request::fields::Fields;
use crate::account::request::grant::LinkDefaults;
use crate::error::Error;

/// The largest number of characters of the scopes, which all scopes together do not need.
const LONGEST_SCOPES: usize = 1000;
/// The largest number of resources of a token, which all products of Belvo together do not have.
const MOST_RESOURCES: usize = 100;
/// The largest number of characters of a resource's name.
const LONGEST_RESOURCE: usize = 40;

/// The token that a client asks for. All checks that need nothing but the body have passed.
pub(crate) struct TokenRequest {
    /// The API keys. They are None where the header has them.
    pub keys: Option<TokenKeys>,
    pub scopes: Vec<String>,
    /// The link that the widget will update.
    pub link: Option<Uuid>,
    /// The settings of the link that the widget will make.
    pub defaults: LinkDefaults,
}

/// The API keys of the body.
pub(crate) struct TokenKeys {
    pub id: String,
    pub password: String,
}

impl TokenRequest {
    /// Parses the body. One error has all problems of the body. The keys may be absent if the
    /// request has a header `Authorization`. The appearance of the widget (`widget`) is ignored.
    pub(crate) fn parse(body: &[u8], has_header: bool) -> Result<TokenRequest, Error> {
        let mut fields = Fields::parse(body)?;
        let has_keys = fields.has("id") || fields.has("password");
        let keys = (has_keys || !has_header).then(|| {
            let id = fields.required_text("id");
            id.zip(fields.required_text("password"))
        });
        let scopes = scopes(&mut fields);
        let link = fields.has("link_id").then(|| fields.required_uuid("link_id")).flatten();
        let fetch_resources = fetch_resources(&mut fields);
        let credentials_storage = credentials_storage(&mut fields);
        let stale_in = stale_in(&mut fields);
        fields.finish()?;
        let missing = "a field without a value has noted a problem";
        Ok(TokenRequest {
            keys: keys.map(|keys| {
                let (id, password) = keys.expect(missing);
                TokenKeys { id, password }
            }),
            scopes: scopes.expect(missing),
            link,
            defaults: LinkDefaults {
                fetch_resources,
                credentials_storage: credentials_storage.expect(missing),
                stale_in,
            },
        })
    }
}

/// Reads the scopes, which are joined by commas.
fn scopes(fields: &mut Fields) -> Option<Vec<String>> {
    let text = fields.required_text("scopes")?;
    if text.chars().nth(LONGEST_SCOPES).is_some() {
        return fields.refuse(Error::max_length(LONGEST_SCOPES).on("scopes"));
    }
    let words = text.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    Some(words.map(str::to_owned).collect())
}

/// Reads the names of resources, each once. A token may name any, also those of Belvo's other
/// products: the institution, which supports some of them, is not known yet.
fn fetch_resources(fields: &mut Fields) -> Vec<String> {
    let items = fields.optional_list("fetch_resources").unwrap_or_default();
    if items.len() > MOST_RESOURCES {
        let sentence = format!("Must have at most {MOST_RESOURCES} resources.");
        fields.refuse::<()>(Error::invalid(sentence).on("fetch_resources"));
        return Vec::new();
    }
    let mut names = Vec::new();
    for item in items {
        match item {
            Value::String(name) if is_name(&name) => {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            Value::String(other) => refuse(fields, &other),
            other => refuse(fields, &other.to_string()),
        }
    }
    names
}

fn refuse(fields: &mut Fields, word: &str) {
    fields.refuse::<()>(Error::invalid_choice(word).on("fetch_resources"));
}

/// Tells that a word has the form of Belvo's names of resources.
fn is_name(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_RESOURCE).contains(&word.len()) && word.bytes().all(fits)
}
