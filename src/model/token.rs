//! Tokens of the Connect Widget.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::model::link::{CredentialsStorage, Days, Resource};

/// What `POST /api/token/` answers: two signed JWTs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TokenPair {
    pub access: String,
    pub refresh: String,
}

/// What a token says.
#[derive(Clone, Debug, Serialize)]
pub struct Claims<'a> {
    /// `access` or `refresh`.
    pub token_type: &'static str,
    /// Seconds since 1970.
    pub exp: i64,
    pub iat: i64,
    /// 32 hex digits, another for each token.
    pub jti: String,
    /// The same as the `created_by` of the account's links.
    pub user_id: Uuid,
    pub organization_id: Uuid,
    pub scopes: &'a [String],
    pub environment: &'static str,
    pub api_url: &'a str,
    pub credentials_storage: Option<CredentialsStorage>,
    pub stale_in: Option<Days>,
    pub fetch_resources: &'a [Resource],
    pub iss: &'static str,
}
