//! Tokens of the Connect Widget: their scopes, and which were used up. They are not stored; an account
//! believes what a token says because only the account has the key.

pub(super) mod body;
pub(super) mod calls;
mod jwt;

use std::collections::HashMap;

use serde::Deserialize;
use uuid::Uuid;

use crate::model::Timestamp;
use crate::operations::Scope;

/// The type of a token that stands in for the keys; the other type only renews it.
const ACCESS: &str = "access";

/// A valid token, for one request.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    scope: Scope,
    jti: String,
    exp: i64,
}

/// How many tokens there were, and those that must not be used again, with their last second.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    issued: u64,
    spent: HashMap<String, i64>,
}

impl Tokens {
    pub(super) fn restored(issued: u64, spent: HashMap<String, i64>) -> Tokens {
        Tokens { issued, spent }
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued
    }

    /// The number of the next token, from 1.
    fn issue(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// Those that must not be used again, with their last second.
    pub(super) fn spent(&self) -> impl Iterator<Item = (String, i64)> {
        self.spent.iter().map(|(jti, exp)| (jti.clone(), *exp))
    }

    /// The grant of a token, if it is an access token that `key` signed, has the scope, and is
    /// neither expired nor spent.
    fn check(&self, token: &str, key: &[u8; 32], scope: Scope, now: Timestamp) -> Option<Grant> {
        let Presented { token_type, exp, jti, scopes, .. } = jwt::verify(token, key)?;
        let is_valid = token_type == ACCESS
            && now.timestamp() < exp
            && scopes.iter().any(|name| name == scope.as_str())
            && !self.spent.contains_key(&jti);
        is_valid.then_some(Grant { scope, jti, exp })
    }

    fn is_spent(&self, grant: &Grant) -> bool {
        self.spent.contains_key(&grant.jti)
    }

    /// Uses a token up, and forgets those that are expired anyway.
    fn spend(&mut self, grant: &Grant, now: Timestamp) {
        self.spent.retain(|_, exp| now.timestamp() < *exp);
        self.spent.insert(grant.jti.clone(), grant.exp);
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
pub(crate) fn alleged_issuer(token: &str) -> Option<Uuid> {
    jwt::read_unverified(token).map(|claims: Presented| claims.organization_id)
}
