//! Tokens of the Connect Widget: what they allow, and until when. They are not stored; what a token
//! says is believed because only its account has the key.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::Deserialize;
use uuid::Uuid;

use crate::account::tokens::jwt;
use crate::account::{Account, TokenRequest};
use crate::error::Error;
use crate::model::token::{Claims, TokenPair};
use crate::operations::Scope;

/// As in Belvo's sample; its prose says ten minutes.
const LIVES: TimeDelta = TimeDelta::minutes(20);
const ACCESS: &str = "access";

/// A valid token, for one request.
#[derive(Clone, Debug)]
pub struct Grant {
    scope: Scope,
    jti: String,
    exp: i64,
}

/// How many tokens there were, and those that must not be used again, with their last second.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    issued: u64,
    spent: HashMap<String, i64>,
}

impl Tokens {
    pub fn restored(issued: u64, spent: HashMap<String, i64>) -> Tokens {
        Tokens { issued, spent }
    }

    pub fn issued(&self) -> u64 {
        self.issued
    }

    /// Those that must not be used again, with their last second.
    pub fn spent(&self) -> impl Iterator<Item = (String, i64)> {
        self.spent.iter().map(|(jti, exp)| (jti.clone(), *exp))
    }
}

/// The claims of a token that decide whether it is valid.
#[derive(Deserialize)]
struct Presented {
    token_type: String,
    exp: i64,
    jti: String,
    organization_id: Uuid,
    scopes: Vec<String>,
}

/// The account that a token says it is from, by its `created_by`. Anybody can say so.
pub fn alleged_issuer(token: &str) -> Option<Uuid> {
    jwt::read_unverified(token).map(|claims: Presented| claims.organization_id)
}

impl Account {
    /// `POST /api/token/`.
    pub fn create_token(
        &mut self,
        request: &TokenRequest,
        api_url: &str,
    ) -> Result<TokenPair, Error> {
        if let Some(link) = request.link.filter(|link| self.links.number_of(*link).is_none()) {
            return Err(Error::does_not_exist(format_args!("id={link}")).on("link_id"));
        }
        self.tokens.issued += 1;
        let seed = self.seed.numbered("token", self.tokens.issued);
        let sign = |token_type| {
            let claims = Claims {
                token_type,
                exp: (self.now + LIVES).timestamp(),
                iat: self.now.timestamp(),
                jti: seed.child(token_type).uuid().simple().to_string(),
                user_id: self.created_by,
                organization_id: self.created_by,
                scopes: &request.scopes,
                environment: "sandbox",
                api_url,
                credentials_storage: request.credentials_storage,
                stale_in: request.stale_in,
                fetch_resources: &request.fetch_resources,
                iss: "belvo",
            };
            jwt::sign(&claims, &self.token_key())
        };
        Ok(TokenPair { access: sign(ACCESS), refresh: sign("refresh") })
    }

    /// What a token allows, if it is an access token of this account that has the scope and is
    /// neither expired nor spent.
    pub fn check_token(&self, token: &str, scope: Scope) -> Option<Grant> {
        let Presented { token_type, exp, jti, scopes, .. } = jwt::verify(token, &self.token_key())?;
        let is_valid = token_type == ACCESS
            && self.now.timestamp() < exp
            && scopes.iter().any(|name| name == scope.as_str())
            && !self.tokens.spent.contains_key(&jti);
        is_valid.then_some(Grant { scope, jti, exp })
    }

    /// Answers a request that a token allows. One write to links that works uses the token up, as
    /// Belvo invalidates it when the person is connected; of two at a time, one comes too late.
    pub fn answer_granted<T>(
        &mut self,
        grant: &Grant,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.tokens.spent.contains_key(&grant.jti) {
            return Err(Error::authentication_failed());
        }
        let answer = request(self)?;
        if grant.scope == Scope::WriteLinks {
            let now = self.now.timestamp();
            self.tokens.spent.retain(|_, exp| now < *exp);
            self.tokens.spent.insert(grant.jti.clone(), grant.exp);
        }
        Ok(answer)
    }

    /// Who the account is in tokens and links.
    pub fn created_by(&self) -> Uuid {
        self.created_by
    }

    fn token_key(&self) -> [u8; 32] {
        *self.seed.child("token_key").bytes()
    }
}
