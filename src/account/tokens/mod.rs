//! Tokens of the Connect Widget: their scopes, and the tokens that are spent. Valid tokens are not
//! stored; an account trusts the claims of a token because only the account has the key.

pub(super) mod body;
pub(super) mod calls;
mod jwt;

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use serde::Deserialize;
use uuid::Uuid;

use crate::account::request::grant::{Grant, LinkDefaults};
use crate::model::Timestamp;
use crate::model::link::{CredentialsStorage, Days};
use crate::operations::Scope;
use crate::seed::Seed;

/// The type of a token that stands in for the keys. A token of the other type only renews it.
const ACCESS: &str = "access";

const FORGED: &str = "the token is not signed by this account";
const NO_ACCESS_TOKEN: &str = "the token is no access token: send the one that POST /api/token/ \
                               calls access";
const EXPIRED: &str = "the token has expired: create another with POST /api/token/";
const SPENT: &str = "the token is used up, because a write with it succeeded: create another with \
                     POST /api/token/";

/// The number of expired tokens that one use forgets. It is more than one, so that their number
/// falls.
const MOST_FORGOTTEN: usize = 4;

/// The number of tokens that were issued, and the spent tokens with the second at which each
/// expires.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    issued: u64,
    spent: OrdMap<Arc<str>, i64>,
    by_end: OrdSet<(i64, Arc<str>)>,
}

impl Tokens {
    pub(super) fn restored(issued: u64, spent: BTreeMap<String, i64>) -> Tokens {
        let mut tokens = Tokens { issued, ..Tokens::default() };
        for (jti, exp) in spent {
            tokens.note_spent(&jti, exp);
        }
        tokens
    }

    pub(super) fn spent_count(&self) -> usize {
        self.spent.len()
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued
    }

    /// Returns the number of the next token, from 1.
    fn issue(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// Returns the spent tokens, each with the second at which it expires.
    pub(super) fn spent(&self) -> impl Iterator<Item = (String, i64)> {
        self.spent.iter().map(|(jti, exp)| (jti.to_string(), *exp))
    }

    /// Returns the grant of an access token, which has the scope if the token has it.
    ///
    /// # Errors
    /// A sentence says why the token is not valid: another key has signed it, it is no access
    /// token, or it is expired or spent.
    fn check(
        &self,
        token: &str,
        key: &[u8; 32],
        scope: Option<Scope>,
        now: Timestamp,
    ) -> Result<Grant, &'static str> {
        let presented: Presented = jwt::verify(token, key).ok_or(FORGED)?;
        if presented.token_type != ACCESS {
            Err(NO_ACCESS_TOKEN)
        } else if presented.exp <= now.timestamp() {
            Err(EXPIRED)
        } else if self.spent.contains_key(&*presented.jti) {
            Err(SPENT)
        } else {
            Ok(presented.grant(scope))
        }
    }

    fn is_spent(&self, grant: &Grant) -> bool {
        self.spent.contains_key(&*grant.jti)
    }

    /// Spends a token, and forgets a few spent tokens that are expired.
    fn spend(&mut self, grant: &Grant, now: Timestamp) {
        for _ in 0..MOST_FORGOTTEN {
            let first = self.by_end.get_min().filter(|(exp, _)| now.timestamp() >= *exp);
            let Some((exp, jti)) = first.cloned() else { break };
            self.spent.remove(&jti);
            self.by_end.remove(&(exp, jti));
        }
        self.note_spent(&grant.jti, grant.exp);
    }

    fn note_spent(&mut self, jti: &str, exp: i64) {
        let jti: Arc<str> = jti.into();
        self.by_end.insert((exp, jti.clone()));
        self.spent.insert(jti, exp);
    }
}

/// The claims of a token that decide whether it is valid and what it allows.
#[derive(Deserialize)]
struct Presented {
    token_type: String,
    exp: i64,
    jti: String,
    organization_id: Uuid,
    scopes: Vec<String>,
    link: Option<PresentedLink>,
    fetch_resources: Vec<String>,
    credentials_storage: Option<CredentialsStorage>,
    stale_in: Option<Days>,
}

#[derive(Deserialize)]
struct PresentedLink {
    id: Uuid,
}

impl Presented {
    fn grant(self, scope: Option<Scope>) -> Grant {
        Grant {
            scope: scope.filter(|scope| self.scopes.iter().any(|name| name == scope.as_str())),
            jti: self.jti,
            exp: self.exp,
            link: self.link.map(|link| link.id),
            defaults: LinkDefaults {
                fetch_resources: self.fetch_resources,
                credentials_storage: self.credentials_storage,
                stale_in: self.stale_in,
            },
        }
    }
}

/// Returns the `created_by` that a token names. The signature is not checked, so anybody can claim
/// it.
pub(crate) fn alleged_issuer(token: &str) -> Option<Uuid> {
    jwt::read_unverified(token).map(|claims: Presented| claims.organization_id)
}

/// Tells that the account with this seed has signed a token.
pub(crate) fn has_signed(seed: &Seed, token: &str) -> bool {
    jwt::verify::<Presented>(token, &key(seed)).is_some()
}

/// Returns the key that signs the tokens of the account with this seed.
fn key(seed: &Seed) -> [u8; 32] {
    *seed.child("token_key").bytes()
}

#[cfg(test)]
mod tests {
    use crate::account::request::grant::{Grant, LinkDefaults};
    use crate::account::tokens::Tokens;
    use crate::model::Timestamp;
    use crate::operations::Scope;

    /// The tokens with these numbers are spent, each of which expires in the second of its number.
    fn spent(numbers: std::ops::Range<i64>) -> Tokens {
        Tokens::restored(0, numbers.map(|number| (number.to_string(), number)).collect())
    }

    fn spend(tokens: &mut Tokens, now: i64) {
        let grant = Grant {
            scope: Some(Scope::WriteLinks),
            jti: format!("used {now}"),
            exp: i64::MAX,
            link: None,
            defaults: LinkDefaults::default(),
        };
        tokens.spend(&grant, Timestamp::from_timestamp(now, 0).unwrap());
        assert!(tokens.is_spent(&grant));
        assert_eq!(tokens.by_end.len(), tokens.spent.len());
    }

    /// A use must not wait for thousands of tokens, but their number falls while tokens are used.
    #[test]
    fn the_use_of_a_token_forgets_four_expired_ones_the_first_to_expire_and_no_more() {
        let mut tokens = spent(0..10_000);
        spend(&mut tokens, 20_000);
        assert_eq!(tokens.spent_count(), 10_000 - 4 + 1);
        let first = tokens.spent().map(|(_, exp)| exp).min();
        assert_eq!(first, Some(4));
        for now in 20_001..22_500 {
            spend(&mut tokens, now);
        }
        assert_eq!(tokens.spent_count(), 2500, "those that expired are forgotten");
    }

    #[test]
    fn a_token_that_has_not_expired_is_not_forgotten() {
        let mut tokens = spent(0..10);
        spend(&mut tokens, 2);
        let left: Vec<i64> = tokens.spent().map(|(_, exp)| exp).filter(|exp| *exp < 10).collect();
        assert_eq!(left, [3, 4, 5, 6, 7, 8, 9]);
    }
}
