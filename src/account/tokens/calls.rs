//! The call of `/api/token/`, and the requests that a token allows.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::Account;
use crate::account::institutions::Institution;
use crate::account::request::context::CallContext;
use crate::account::request::grant::Grant;
use crate::account::tokens::body::TokenRequest;
use crate::account::tokens::{ACCESS, jwt, key};
use crate::error::Error;
use crate::model::quote::quoted;
use crate::model::suggestion::did_you_mean;
use crate::model::token::{Claims, LinkClaim, TokenPair};
use crate::operations::Scope;

/// The life of an access token, as in Belvo's sample. Belvo's prose says ten minutes.
pub(in crate::account) const LIVES: TimeDelta = TimeDelta::minutes(20);
/// The life of a refresh token, as in Belvo's sample.
const REFRESH_LIVES: TimeDelta = TimeDelta::days(7200);
/// The largest number of sentences on what a token does not bring. Each request is remembered.
const MOST_NOTES: usize = 5;
/// The organization of every account. Belvo shows the name that its dashboard has.
const ORGANIZATION: &str = "belvo-emulator";

impl Account {
    /// `POST /api/token/`: signs two tokens for the widget. `host` is the one that the client
    /// called, without a scheme.
    pub(crate) fn create_token(
        &mut self,
        context: &mut CallContext,
        request: &TokenRequest,
        host: &str,
    ) -> Result<TokenPair, Error> {
        let link = request.link.map(|link| self.link_claim(link)).transpose()?;
        context.notes.extend(notes_on(request));
        let seed = self.seed.numbered("token", self.tokens.issue());
        let sign = |token_type, lives: TimeDelta| {
            let claims = Claims {
                token_type,
                exp: (self.now + lives).timestamp(),
                iat: self.now.timestamp(),
                jti: seed.child(token_type).uuid().simple().to_string(),
                user_id: self.created_by,
                organization_name: ORGANIZATION,
                organization_id: self.created_by,
                scopes: &request.scopes,
                environment: "sandbox",
                api_url: host,
                credentials_storage: request.defaults.credentials_storage,
                stale_in: request.defaults.stale_in,
                fetch_resources: &request.defaults.fetch_resources,
                link,
                iss: host,
            };
            jwt::sign(&claims, &key(&self.seed))
        };
        Ok(TokenPair { access: sign(ACCESS, LIVES), refresh: sign("refresh", REFRESH_LIVES) })
    }

    fn link_claim(&self, id: Uuid) -> Result<LinkClaim, Error> {
        let link = self.links.number_of(id).and_then(|number| self.links.get(number));
        let link =
            link.ok_or_else(|| Error::does_not_exist(format_args!("id={id}")).on("link_id"))?;
        Ok(LinkClaim { id, status: link.status, institution: link.request.institution.name })
    }

    /// Returns the grant of an access token of this account, which has the scope if the token has
    /// it.
    ///
    /// # Errors
    /// A sentence says why the token is not valid.
    pub(crate) fn check_token(
        &self,
        token: &str,
        scope: Option<Scope>,
    ) -> Result<Grant, &'static str> {
        self.tokens.check(token, &key(&self.seed), scope, self.now)
    }

    /// Answers a request that a token allows. The first successful write to links spends the token,
    /// as Belvo invalidates it when the person is connected. Of two writes at a time, the second
    /// one is refused. A deletion does not spend it: the widget deletes a link to begin anew.
    pub(crate) fn answer_granted<T>(
        &mut self,
        context: &mut CallContext,
        grant: &Grant,
        request: impl FnOnce(&mut Account, &mut CallContext) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.tokens.is_spent(grant) {
            return Err(Error::authentication_failed());
        }
        context.grant = Some(grant.clone());
        let answer = request(self, context)?;
        if grant.scope == Some(Scope::WriteLinks) {
            self.tokens.spend(grant, self.now);
        }
        Ok(answer)
    }

    /// Returns the account's own id, which its tokens and links show.
    pub(crate) fn created_by(&self) -> Uuid {
        self.created_by
    }
}

/// Says what a token will not allow, although its request names it.
fn notes_on(request: &TokenRequest) -> Vec<String> {
    let scopes = request.scopes.iter().filter(|scope| !Scope::WORDS.contains(&scope.as_str()));
    let mut notes: Vec<String> = scopes
        .map(|scope| {
            let meant = did_you_mean(scope, Scope::WORDS.iter().copied());
            format!("the scope {} of a token allows nothing.{meant}", quoted(scope))
        })
        .collect();
    let known: Vec<&str> = Institution::all()
        .flat_map(|institution| institution.resources)
        .map(|resource| resource.as_str())
        .collect();
    let names = request.defaults.fetch_resources.iter();
    notes.extend(names.filter(|name| !known.contains(&name.as_str())).map(|name| {
        let meant = did_you_mean(name, known.iter().copied());
        format!(
            "no institution of the emulator has the resource {} of a token: a link is refused \
             unless its own request has fetch_resources.{meant}",
            quoted(name)
        )
    }));
    notes.truncate(MOST_NOTES);
    notes
}
