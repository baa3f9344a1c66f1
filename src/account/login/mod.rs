//! Logging in at the institution: which scenario answers, and what stands in the way.

pub mod armed;
mod calls;
pub mod counts;
pub mod dry_run;
pub mod matching;

use std::sync::Arc;

use chrono::TimeDelta;

use crate::account::Account;
use crate::account::links::body::LinkRequest;
use crate::account::links::{Credentials, LinkNumber, Session, institution_user_id};
use crate::account::login::matching::LoginFacts;
use crate::account::request::context::CallContext;
use crate::account::schedule::{Task, TaskKind};
use crate::error::{Error, Extra, TokenGeneration, TokenSession};
use crate::model::link::Status;
use crate::model::{Timestamp, later};
use crate::scenario::{Login, Match, MatchedBy, Scenario, StepKind};

/// How long a session waits for its token, as Belvo's sample says.
const SESSION_LIFE: TimeDelta = TimeDelta::seconds(9600);
/// So many failed retrievals turn a link invalid.
const MOST_FAILURES: u8 = 6;

impl Account {
    /// The first login of a person: the scenario that answers.
    pub(in crate::account) fn log_in(
        &mut self,
        context: &mut CallContext,
        request: &LinkRequest,
    ) -> Arc<Scenario> {
        let curp = &request.curp;
        let email_taken = request
            .email
            .as_deref()
            .is_some_and(|email| self.links.email_belongs_to_another_curp(email, curp));
        let curp_has_a_link = self.links.has_user(&self.institution_user_id(request));
        let facts = LoginFacts { curp, email_taken, curp_has_a_link, link: None };
        let choice = self.choose(context.overrides.as_ref(), &facts);
        self.count_login(Some(context), curp, &choice);
        choice.scenario
    }

    /// Who the person is at the institution.
    pub(in crate::account) fn institution_user_id(&self, request: &LinkRequest) -> Box<str> {
        institution_user_id(request.institution.name, &request.curp, &self.people)
    }

    /// A login after the first, where a link and its e-mail exist: the scenario that answers. With
    /// `by_itself` it is the link's own, unless the client asks for another.
    pub(in crate::account) fn choose_again(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
        by_itself: bool,
    ) -> (Arc<Scenario>, MatchedBy) {
        let link = self.known_link(number);
        let curp = link.request.curp.clone();
        let facts = LoginFacts {
            curp: &curp,
            email_taken: false,
            curp_has_a_link: false,
            link: by_itself.then_some(&link.scenario),
        };
        let overrides = context.as_ref().and_then(|context| context.overrides.as_ref());
        let choice = self.choose(overrides, &facts);
        self.count_login(context, &curp, &choice);
        (choice.scenario, choice.by)
    }

    fn count_login(&mut self, context: Option<&mut CallContext>, curp: &str, choice: &Match) {
        self.answered_by(context, choice);
        if choice.by != MatchedBy::Link
            && let Some(within) = self.settings.scenarios.counts_logins_within(curp)
            && !choice.scenario.refuses_by_logins()
        {
            self.login_counts.note(curp, self.now, within);
        }
    }

    /// A later login with what Belvo has stored. Failures count, and too many turn the link invalid.
    pub(in crate::account) fn log_in_again(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
    ) -> Result<(), Error> {
        self.check_usable(number)?;
        match self.try_login(context, number) {
            Ok(()) => {
                let now = self.now;
                let link = self.known_link_mut(number);
                link.failures = 0;
                link.last_accessed_at = Some(now);
                // A token that was asked for once, at the client's wish, is not asked for again.
                if link.credentials == Credentials::Work {
                    link.status = Status::Valid;
                    link.session = None;
                }
                Ok(())
            }
            Err(error) => {
                let link = self.known_link_mut(number);
                link.failures = link.failures.saturating_add(1);
                if link.failures >= MOST_FAILURES {
                    link.status = Status::Invalid;
                }
                Err(error)
            }
        }
    }

    /// What Belvo refuses by itself, before it asks the institution.
    fn check_usable(&mut self, number: LinkNumber) -> Result<(), Error> {
        let link = self.known_link(number);
        match (link.status, link.credentials) {
            (Status::Unconfirmed, _) => Err(Error::unconfirmed_link()),
            (_, Credentials::Expired) => Err(Error::expired_credentials()),
            (Status::Invalid, _) => Err(Error::invalid_link()),
            (Status::Valid | Status::TokenRequired, _) => Ok(()),
        }
    }

    fn try_login(
        &mut self,
        context: Option<&mut CallContext>,
        number: LinkNumber,
    ) -> Result<(), Error> {
        let credentials = self.known_link(number).credentials;
        let by_itself = matches!(credentials, Credentials::Refused(_) | Credentials::NeedToken);
        let (scenario, by) = self.choose_again(context, number, by_itself);
        match (&scenario.login, credentials) {
            (_, Credentials::Refused(step)) if by == MatchedBy::Link => {
                let accept = self.known_link(number).accept();
                let StepKind::RefuseLogins(refusal) = &accept.later[step].event else {
                    panic!("credentials are refused by a step that refuses logins");
                };
                Err(refusal.error())
            }
            (login, Credentials::NeedToken) if by == MatchedBy::Link => {
                Err(self.ask_token(number, login))
            }
            (Login::Refuse(refusal), _) => Err(refusal.error()),
            // A link whose scenario asks for a token is asked for it once.
            (login @ Login::AskToken(_), _) if by.is_override() => {
                Err(self.ask_token(number, login))
            }
            (Login::Accept(_) | Login::AskToken(_), _) => Ok(()),
        }
    }

    /// Opens a session that waits for a token, in the words of a scenario that asks for one.
    pub(in crate::account) fn ask_token(&mut self, number: LinkNumber, login: &Login) -> Error {
        self.sessions += 1;
        let id = self.seed.numbered("session", self.sessions).uuid();
        let expires_at = later(self.now, SESSION_LIFE);
        let link = self.known_link_mut(number);
        link.session = Some(Session { id, expires_at });
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

    /// Works again, from now on: a token was given or credentials are new.
    pub(in crate::account) fn confirm(&mut self, number: LinkNumber) {
        let now = self.now;
        let link = self.known_link_mut(number);
        link.status = Status::Valid;
        link.credentials = Credentials::Work;
        link.failures = 0;
        link.session = None;
        link.last_accessed_at = Some(now);
        self.plan_expiry_of_credentials(number);
    }

    /// The storage period of the credentials begins now.
    pub(in crate::account) fn plan_expiry_of_credentials(&mut self, number: LinkNumber) {
        self.outbox.schedule.cancel(number, TaskKind::ExpireCredentials);
        let expiry: Option<Timestamp> = self.known_link(number).credentials_expire_at(self.now);
        if let Some(expiry) = expiry {
            self.outbox.schedule.add(expiry, Task::ExpireCredentials(number));
        }
    }
}
