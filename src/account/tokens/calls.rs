//! The call of `/api/token/`, and the requests that a token allows.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::Account;
use crate::account::tokens::body::TokenRequest;
use crate::account::tokens::{ACCESS, Grant, jwt, key};
use crate::error::Error;
use crate::model::token::{Claims, TokenPair};
use crate::operations::Scope;

/// The life of an access token, as in Belvo's sample. Belvo's prose says ten minutes.
pub(in crate::account) const LIVES: TimeDelta = TimeDelta::minutes(20);

impl Account {
    /// `POST /api/token/`: signs two tokens for the widget.
    pub(crate) fn create_token(
        &mut self,
        request: &TokenRequest,
        api_url: &str,
    ) -> Result<TokenPair, Error> {
        if let Some(link) = request.link.filter(|link| self.links.number_of(*link).is_none()) {
            return Err(Error::does_not_exist(format_args!("id={link}")).on("link_id"));
        }
        let seed = self.seed.numbered("token", self.tokens.issue());
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
            jwt::sign(&claims, &key(&self.seed))
        };
        Ok(TokenPair { access: sign(ACCESS), refresh: sign("refresh") })
    }

    /// Returns the grant of an access token. The token must be one of this account, have the scope,
    /// and be neither expired nor spent.
    pub(crate) fn check_token(&self, token: &str, scope: Scope) -> Option<Grant> {
        self.tokens.check(token, &key(&self.seed), scope, self.now)
    }

    /// Answers a request that a token allows. The first successful write to links spends the token,
    /// as Belvo invalidates it when the person is connected. Of two writes at a time, the second
    /// one is refused.
    pub(crate) fn answer_granted<T>(
        &mut self,
        grant: &Grant,
        request: impl FnOnce(&mut Account) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.tokens.is_spent(grant) {
            return Err(Error::authentication_failed());
        }
        let answer = request(self)?;
        if grant.scope == Scope::WriteLinks {
            self.tokens.spend(grant, self.now);
        }
        Ok(answer)
    }

    /// Returns the account's own id, which its tokens and links show.
    pub(crate) fn created_by(&self) -> Uuid {
        self.created_by
    }
}
