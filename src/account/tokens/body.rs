//! Parses the body of `POST /api/token/`, which contains the keys.

use uuid::Uuid;

use crate::account::links::body::{credentials_storage, each_once, stale_in};
use crate::account::request::fields::Fields;
use crate::error::Error;
use crate::model::link::{CredentialsStorage, Days, Resource};

/// The token that a client asks for. All checks that need nothing but the body have passed.
pub(crate) struct TokenRequest {
    pub id: String,
    pub password: String,
    pub scopes: Vec<String>,
    /// The link that the widget will update.
    pub link: Option<Uuid>,
    pub credentials_storage: Option<CredentialsStorage>,
    pub stale_in: Option<Days>,
    pub fetch_resources: Vec<Resource>,
}

impl TokenRequest {
    /// Parses the body. One error has all problems of the body. The appearance of the widget
    /// (`widget`) is ignored.
    pub(crate) fn parse(body: &[u8]) -> Result<TokenRequest, Error> {
        let mut fields = Fields::parse(body)?;
        let id = fields.required_text("id");
        let password = fields.required_text("password");
        let scopes = fields.required_text("scopes");
        let link = fields.has("link_id").then(|| fields.required_uuid("link_id")).flatten();
        let fetch_resources = fetch_resources(&mut fields);
        let credentials_storage = credentials_storage(&mut fields);
        let stale_in = stale_in(&mut fields);
        fields.finish()?;
        let missing = "a field without a value has noted a problem";
        let scopes = scopes.expect(missing);
        let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty());
        Ok(TokenRequest {
            id: id.expect(missing),
            password: password.expect(missing),
            scopes: scopes.map(str::to_owned).collect(),
            link,
            credentials_storage: credentials_storage.expect(missing),
            stale_in,
            fetch_resources,
        })
    }
}

/// Reads a list of resources. It accepts those of any institution, because the institution is not
/// known yet.
fn fetch_resources(fields: &mut Fields) -> Vec<Resource> {
    let items = fields.optional_list("fetch_resources").unwrap_or_default();
    let mut resources = Vec::new();
    for item in items {
        let word = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
        match word.parse() {
            Ok(resource) => resources.push(resource),
            Err(()) => {
                let problem = Error::invalid_choice(word).on("fetch_resources");
                fields.refuse::<()>(problem);
            }
        }
    }
    each_once(resources)
}
