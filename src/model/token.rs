//! Tokens of the Connect Widget.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::model::link::{CredentialsStorage, Days, Status};

/// The answer to `POST /api/token/`: two signed JWTs.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TokenPair {
    pub access: String,
    pub refresh: String,
}

/// The claims of a token, as in the sample of Belvo's API description.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claims<'a> {
    /// The type of the token: `access` or `refresh`.
    pub token_type: &'static str,
    /// The second at which the token expires, counted from 1970.
    pub exp: i64,
    pub iat: i64,
    /// The token's own id: 32 hex digits.
    pub jti: String,
    /// The account's own id, which is also the `created_by` of its links.
    pub user_id: Uuid,
    pub organization_name: &'static str,
    pub organization_id: Uuid,
    pub scopes: &'a [String],
    pub environment: &'static str,
    /// The host that the client called, without a scheme.
    pub api_url: &'a str,
    pub credentials_storage: Option<CredentialsStorage>,
    pub stale_in: Option<Days>,
    pub fetch_resources: &'a [String],
    /// The link that the widget updates. The sample has no such token; belvo-python names the keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkClaim>,
    pub iss: &'a str,
}

/// A link as a token shows it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct LinkClaim {
    pub id: Uuid,
    pub status: Status,
    /// The name of the institution.
    pub institution: &'static str,
}
