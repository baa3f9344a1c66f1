//! Logging in at the institution: finds the scenario that answers, and updates the state of the
//! link.

pub(super) mod armed;
pub(super) mod calls;
pub(super) mod counts;
pub(super) mod dry_run;
pub(super) mod listing;
pub(super) mod matching;

use std::sync::Arc;

use chrono::TimeDelta;

use crate::account::base::ids::LinkNumber;
use crate::account::links::body::LinkRequest;
use crate::account::links::{Link, LinkMut, Links, Session, StoredCredentials, UserId};
use crate::account::login::armed::Armed;
use crate::account::login::counts::LoginCounts;
use crate::account::login::matching::{Contenders, LoginFacts, settle};
use crate::account::request::context::CallContext;
use crate::account::schedule::{Schedule, Task, TaskKind};
use crate::error::{Error, Extra, TokenGeneration, TokenSession};
use crate::model::link::Status;
use crate::model::profile::DataSource;
use crate::model::{Timestamp, later};
use crate::scenario::{Catalogue, Login, Match, MatchedBy, Scenario};
use crate::seed::Seed;

/// The life of a session that waits for its token, as in Belvo's sample.
const SESSION_LIFE: TimeDelta = TimeDelta::seconds(9600);
/// The number of failures after which a link is invalid.
const MOST_FAILURES: u8 = 6;

/// The parts of an account that a login reads and changes.
pub(super) struct Logins<'a> {
    pub now: Timestamp,
    /// The seed of the ids that the account draws.
    pub seed: &'a Seed,
    pub scenarios: &'a Catalogue,
    pub account_default: Option<&'a Arc<Scenario>>,
    pub armed: &'a mut Armed,
    pub counts: &'a mut LoginCounts,
    pub links: &'a mut Links,
    pub schedule: &'a mut Schedule,
    /// The number of sessions that were ever opened.
    pub sessions: &'a mut u64,
}

impl Logins<'_> {
    /// Matches the first login of a person, and returns the scenario that answers. `user` is the id
    /// of the person at the institution.
    ///
    /// # Errors
    /// 400 for a CURP of the reserved form that no scenario claims, unless the client's overrides
    /// answer.
    pub(super) fn log_in(
        &mut self,
        context: &mut CallContext,
        request: &LinkRequest,
        user: &UserId,
    ) -> Result<Arc<Scenario>, Error> {
        let curp = &request.curp;
        let email_taken = request
            .email
            .as_deref()
            .is_some_and(|email| self.links.email_belongs_to_another_curp(email, curp));
        let curp_has_a_link = self.links.has_user(user);
        let source = request.institution.source;
        let facts = LoginFacts { curp, source, email_taken, curp_has_a_link, link: None };
        let matched = self.contenders().decide(context.overrides.as_ref(), &facts);
        self.contenders().refuse_unclaimed(&matched, &facts)?;
        Ok(self.count_login(Some(context), curp, source, matched).0)
    }

    /// Matches a later login, when a link and its e-mail address exist, and returns the scenario
    /// that answers. With `by_itself` the link's own scenario answers, unless the client's
    /// overrides name another.
    pub(super) fn match_again(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
        by_itself: bool,
    ) -> (Arc<Scenario>, MatchedBy) {
        let link = self.link(number);
        let curp = link.request.curp.clone();
        let source = link.request.institution.source;
        let facts = LoginFacts {
            curp: &curp,
            source,
            email_taken: false,
            curp_has_a_link: false,
            link: by_itself.then_some(&link.scenario),
        };
        let overrides = context.as_ref().and_then(|context| context.overrides.as_ref());
        let matched = self.contenders().decide(overrides, &facts);
        self.count_login(context, &curp, source, matched)
    }

    /// Counts a login, and returns the scenario that answers it.
    fn count_login(
        &mut self,
        context: Option<&mut CallContext>,
        curp: &str,
        source: DataSource,
        matched: Match,
    ) -> (Arc<Scenario>, MatchedBy) {
        let (scenario, by) = (matched.scenario.clone(), matched.by);
        settle(self.armed, context, matched);
        if by != MatchedBy::Link
            && let Some(within) = self.scenarios.counts_logins_within(curp, Some(source))
            && !scenario.refuses_by_logins()
        {
            self.counts.note(curp, self.now, within);
        }
        (scenario, by)
    }

    /// Logs in again with the credentials that Belvo stores. Repeated failures make the link
    /// invalid.
    pub(super) fn log_in_again(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
    ) -> Result<(), Error> {
        self.log_in_with(context, number, None)
    }

    /// Logs in as [`Logins::log_in_again`] does, with the token that the client has already, if the
    /// institution asks for one.
    pub(super) fn log_in_with(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
        token: Option<&str>,
    ) -> Result<(), Error> {
        self.check_usable(number)?;
        match self.try_login(context, number, token) {
            Ok(()) => {
                let now = self.now;
                let mut link = self.link_mut(number);
                link.failures = 0;
                link.last_accessed_at = Some(now);
                // A token that an override asked for is asked for only once.
                if link.credentials == StoredCredentials::Work {
                    link.status = Status::Valid;
                    link.session = None;
                }
                Ok(())
            }
            Err(error) => {
                let mut link = self.link_mut(number);
                link.failures = link.failures.saturating_add(1);
                if link.failures >= MOST_FAILURES {
                    link.status = Status::Invalid;
                }
                Err(error)
            }
        }
    }

    /// Returns the refusals of Belvo itself, which come before the login at the institution.
    fn check_usable(&mut self, number: LinkNumber) -> Result<(), Error> {
        let link = self.link(number);
        match (link.status, link.credentials) {
            (Status::Unconfirmed, _) => Err(Error::unconfirmed_link()),
            (_, StoredCredentials::Expired) => Err(Error::expired_credentials()),
            (Status::Invalid, _) => Err(Error::invalid_link()),
            (Status::Valid | Status::TokenRequired, _) => Ok(()),
        }
    }

    fn try_login(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
        token: Option<&str>,
    ) -> Result<(), Error> {
        let credentials = self.link(number).credentials;
        let by_itself =
            matches!(credentials, StoredCredentials::Refused(_) | StoredCredentials::NeedToken);
        let (scenario, by) = self.match_again(context, number, by_itself);
        match (&scenario.login, credentials) {
            (_, StoredCredentials::Refused(step)) if by == MatchedBy::Link => {
                let accept = self.link(number).accept();
                let refusal = accept.later.refusal(step);
                Err(refusal.expect("credentials are refused by a step that refuses").error())
            }
            (login, StoredCredentials::NeedToken) if by == MatchedBy::Link => {
                self.take_or_ask_token(number, login, token)
            }
            (Login::Refuse(refusal), _) => Err(refusal.error()),
            // A link whose own scenario asks for a token does so once.
            (login @ Login::AskToken(_), _) if by.is_override() => {
                self.take_or_ask_token(number, login, token)
            }
            (Login::Accept(_) | Login::AskToken(_), _) => Ok(()),
        }
    }

    /// Confirms the link if the token is right. Asks for a token if there is none.
    fn take_or_ask_token(
        &mut self,
        number: LinkNumber,
        login: &Login,
        token: Option<&str>,
    ) -> Result<(), Error> {
        match (login, token) {
            (Login::AskToken(ask), Some(token)) if ask.token != *token => Err(ask.wrong.error()),
            (_, Some(_)) => {
                self.confirm(number);
                Ok(())
            }
            (_, None) => Err(self.ask_token(number, login)),
        }
    }

    /// Opens a session that waits for a token, as the scenario says.
    pub(super) fn ask_token(&mut self, number: LinkNumber, login: &Login) -> Error {
        *self.sessions += 1;
        let id = self.seed.numbered("session", *self.sessions).uuid();
        let expires_at = later(self.now, SESSION_LIFE);
        let mut link = self.link_mut(number);
        link.session = Some(Box::new(Session { id, expires_at }));
        if link.status == Status::Valid {
            link.status = Status::TokenRequired;
        }
        let token_generation_data = match login {
            Login::AskToken(ask) => Some(TokenGeneration {
                instructions: ask.instructions.clone(),
                kind: ask.kind.clone(),
                value: None,
                expects_user_input: true,
            }),
            Login::Accept(_) | Login::Refuse(_) => None,
        };
        let session = TokenSession {
            session: id.simple().to_string(),
            expiry: SESSION_LIFE.num_seconds(),
            link: link.id,
            token_generation_data,
        };
        Error::token_required().with(Extra { session: Some(session), ..Extra::default() })
    }

    /// Marks the link as working from now on: a token was given, or the credentials are new.
    pub(super) fn confirm(&mut self, number: LinkNumber) {
        let now = self.now;
        let mut link = self.link_mut(number);
        link.status = Status::Valid;
        link.credentials = StoredCredentials::Work;
        link.failures = 0;
        link.session = None;
        link.last_accessed_at = Some(now);
        drop(link);
        self.plan_expiry_of_credentials(number);
    }

    /// Begins the storage period of the credentials.
    pub(super) fn plan_expiry_of_credentials(&mut self, number: LinkNumber) {
        self.schedule.cancel(number, TaskKind::ExpireCredentials);
        let expiry: Option<Timestamp> = self.link(number).credentials_expire_at(self.now);
        if let Some(expiry) = expiry {
            self.schedule.add(expiry, Task::ExpireCredentials(number));
        }
    }

    fn contenders(&self) -> Contenders<'_> {
        Contenders {
            scenarios: self.scenarios,
            account_default: self.account_default,
            armed: self.armed,
            counts: self.counts,
            now: self.now,
        }
    }

    fn link(&self, number: LinkNumber) -> &Link {
        self.links.get(number).expect("a link that logs in again exists")
    }

    fn link_mut(&mut self, number: LinkNumber) -> LinkMut<'_> {
        self.links.get_mut(number).expect("a link that logs in again exists")
    }
}
