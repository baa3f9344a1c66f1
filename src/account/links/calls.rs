//! The calls of `/api/links/`, one method for each.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::LinkNumber;
use crate::account::links::body::{LinkRequest, LinkUpdate, Resume, refresh_resources};
use crate::account::links::silence::{note_on_change, note_on_refresh};
use crate::account::links::{FIELDS, Link, ListedLink, StoredCredentials, UserId};
use crate::account::request::context::CallContext;
use crate::account::request::fields::Fields;
use crate::account::request::filter::Filter;
use crate::account::request::mode::RequestMode;
use crate::account::request::names::parse_id;
use crate::account::request::projection::Projected;
use crate::account::request::query::Query;
use crate::account::schedule::{Load, Task};
use crate::error::{Error, Extra};
use crate::model::later;
use crate::model::link::{self, AccessMode, CredentialsStorage, Status};
use crate::model::page::Page;
use crate::operations::Operation;
use crate::scenario::{Login, Refusal};

/// The time from a link's switch to recurrent to its first refresh.
const UPDATE_AFTER_SWITCH: TimeDelta = TimeDelta::days(1);
/// The shortest time between two refreshes that clients ask for.
const REFRESH_EVERY: TimeDelta = TimeDelta::minutes(10);
/// The time from the 202 for an asynchronous deletion to the deletion. Belvo documents no time.
const DELETED_AFTER: TimeDelta = TimeDelta::seconds(1);

/// The result of a deletion.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deletion {
    Done,
    /// The link will be deleted. The webhook repeats this request id.
    Accepted(Uuid),
}

impl Account {
    /// `POST /api/links/`: logs in at the institution and creates a link if the login is accepted.
    pub(crate) fn create_link(
        &mut self,
        context: &mut CallContext,
        body: &[u8],
    ) -> Result<link::Link<'_>, Error> {
        context.check_creation()?;
        let (request, token) = LinkRequest::parse(body, context.link_defaults())?;
        self.check_room()?;
        let user = self.user_of(&request);
        let scenario = self.logins().log_in(context, &request, &user)?;
        let confirmed = match (&scenario.login, &token) {
            (Login::Refuse(refusal), _) => return Err(refused(refusal, &user)),
            (Login::AskToken(ask), Some(token)) if ask.token != **token => {
                return Err(ask.wrong.error());
            }
            (Login::AskToken(_), None) => false,
            (Login::AskToken(_) | Login::Accept(_), _) => true,
        };
        let link = Link {
            id: self.link_seed(self.links.next_number()).uuid(),
            created_by: self.created_by,
            credentials: match request.credentials_storage {
                CredentialsStorage::NoStore => StoredCredentials::Expired,
                CredentialsStorage::Store | CredentialsStorage::Days(_) => StoredCredentials::Work,
            },
            request,
            status: if confirmed { Status::Valid } else { Status::Unconfirmed },
            created_at: self.now,
            begun_by: context.request_id,
            begun_with: Operation::RegisterLink,
            last_accessed_at: confirmed.then_some(self.now),
            scenario,
            failures: 0,
            refreshed_at: None,
            session: None,
            changes: Vec::new(),
            records: 0,
            events: 0,
        };
        let number = self.links.insert(link);
        if !confirmed {
            let scenario = self.known_link(number).scenario.clone();
            return Err(self.logins().ask_token(number, &scenario.login));
        }
        self.begin(context, number);
        Ok(self.show_link(self.known_link(number)))
    }

    /// Returns the id of the person at the institution.
    fn user_of(&self, request: &LinkRequest) -> UserId {
        UserId::new(request.institution.name, &request.curp, &self.people)
    }

    /// `PATCH /api/links/`: continues a login that waits for its token.
    pub(crate) fn resume_link(
        &mut self,
        context: &mut CallContext,
        body: &[u8],
    ) -> Result<link::Link<'_>, Error> {
        let number = self.resume(context, &Resume::parse(body)?)?;
        Ok(self.show_link(self.known_link(number)))
    }

    /// Continues a login that waits for its token, and returns its link.
    pub(in crate::account) fn resume(
        &mut self,
        context: &mut CallContext,
        resume: &Resume,
    ) -> Result<LinkNumber, Error> {
        context.check_link(resume.link)?;
        let number = self.links.number_of(resume.link).ok_or_else(Error::not_found)?;
        let link = self.known_link(number);
        let session = link
            .session
            .as_deref()
            .filter(|session| session.id.simple().to_string() == resume.session)
            .ok_or_else(Error::not_found)?;
        if session.expires_at <= self.now {
            return Err(Error::session_expired());
        }
        let is_new = link.status == Status::Unconfirmed;
        let (scenario, by) = self.logins().match_again(Some(context), number, true);
        match (&scenario.login, &resume.token) {
            (Login::Refuse(refusal), _) => return Err(refusal.error()),
            (Login::AskToken(ask), Some(token)) if ask.token != *token => {
                return Err(ask.wrong.error());
            }
            (Login::Accept(_), None) if by.is_override() => {}
            (login, None) => return Err(self.logins().ask_token(number, login)),
            (Login::Accept(_) | Login::AskToken(_), Some(_)) => {}
        }
        self.logins().confirm(number);
        if is_new {
            let mut link = self.known_link_mut(number);
            (link.begun_by, link.begun_with) = (context.request_id, Operation::PatchBody);
            drop(link);
            self.begin(context, number);
        } else {
            self.plan_refresh(number);
        }
        Ok(number)
    }

    /// `GET /api/links/`. A token for a link lists that link only.
    pub(crate) fn list_links<'a>(
        &'a self,
        context: &CallContext,
        query: &'a Query,
    ) -> Result<Page<Projected<'a, link::Link<'a>>>, Error> {
        let filter = Filter::<Link>::parse(FIELDS, query)?;
        let mut selection = filter.select(&self.links);
        if let Some(id) = context.only_link() {
            selection.keep(self.links.with_id(id));
        }
        let listed = |number| ListedLink::new(self.known_link(LinkNumber(number)), &self.people);
        selection.page(query, self.settings.page_size, listed, |listed| {
            query.select(self.show_link(listed.link))
        })
    }

    /// `GET /api/links/{id}/`.
    pub(crate) fn link<'a>(
        &'a self,
        context: &CallContext,
        id: &str,
        query: &'a Query,
    ) -> Result<Projected<'a, link::Link<'a>>, Error> {
        let link = self.known_link(self.link_number(context, id)?);
        Ok(query.select(self.show_link(link)))
    }

    /// `PATCH /api/links/{id}/`: changes how data is retrieved.
    pub(crate) fn update_link(
        &mut self,
        context: &mut CallContext,
        id: &str,
        body: &[u8],
    ) -> Result<link::Link<'_>, Error> {
        let number = self.link_number(context, id)?;
        let link = self.known_link(number);
        let update = LinkUpdate::parse(body, link.request.institution)?;
        let before = link.request.access_mode;
        let after = update.access_mode.unwrap_or(before);
        let becomes_recurrent = before == AccessMode::Single && after == AccessMode::Recurrent;
        if becomes_recurrent && link.credentials == StoredCredentials::Expired {
            return Err(Error::invalid_access_mode_switch());
        }
        if becomes_recurrent {
            self.check_room()?;
        } else if update.fetch_resources.is_some() {
            context.notes.extend(note_on_change(link, "the change"));
        }
        let mut link = self.known_link_mut(number);
        link.request.access_mode = after;
        if let Some(resources) = update.fetch_resources {
            link.request.fetch_resources = resources;
        }
        if update.stale_in.is_some() {
            link.request.stale_in = update.stale_in;
        }
        drop(link);
        if update.stale_in.is_some() {
            self.plan_expiry_of_data(number);
        }
        if becomes_recurrent {
            self.known_link_mut(number).request.credentials_storage = CredentialsStorage::Store;
            self.logins().plan_expiry_of_credentials(number);
            let load = self.whole_load(number, context.request_id);
            let load = load.caused_by(context.operation());
            self.outbox
                .schedule
                .add(later(self.now, UPDATE_AFTER_SWITCH), Task::Load(number, load));
        }
        self.plan_refresh(number);
        Ok(self.show_link(self.known_link(number)))
    }

    /// `PUT /api/links/{id}/`: stores new credentials. Any credentials work, unless the scenario
    /// refuses the CURP.
    pub(crate) fn renew_credentials(
        &mut self,
        context: &mut CallContext,
        id: &str,
        body: &[u8],
    ) -> Result<link::Link<'_>, Error> {
        let number = self.link_number(context, id)?;
        Fields::parse(body)?;
        if self.known_link(number).status == Status::Unconfirmed {
            return Err(Error::unconfirmed_link());
        }
        if self.known_link(number).request.access_mode == AccessMode::Recurrent {
            self.check_room()?;
        }
        let (scenario, by) = self.logins().match_again(Some(context), number, false);
        match &scenario.login {
            Login::Refuse(refusal) => return Err(refusal.error()),
            login @ Login::AskToken(_) if by.is_override() => {
                return Err(self.logins().ask_token(number, login));
            }
            Login::Accept(_) | Login::AskToken(_) => {}
        }
        self.logins().confirm(number);
        if self.known_link(number).request.access_mode == AccessMode::Recurrent {
            let load = self.whole_load(number, context.request_id);
            self.schedule_load(context, number, load);
            self.plan_refresh(number);
        }
        context.notes.extend(note_on_change(self.known_link(number), "the update"));
        Ok(self.show_link(self.known_link(number)))
    }

    /// `POST /api/links/{id}/refresh/`: reads the data again. Returns the request id that the
    /// webhook repeats.
    pub(crate) fn refresh_link(
        &mut self,
        context: &mut CallContext,
        id: &str,
        body: &[u8],
    ) -> Result<Uuid, Error> {
        let number = self.link_number(context, id)?;
        let link = self.known_link(number);
        let resources = refresh_resources(body, link.request.institution)?
            .map_or_else(|| link.refreshed_unasked(), |resources| resources.to_vec());
        if let Some(refreshed_at) = self.known_link(number).refreshed_at {
            let wait = REFRESH_EVERY - (self.now - refreshed_at);
            if wait > TimeDelta::zero() {
                let minutes = (wait.num_milliseconds() as u64).div_ceil(60_000);
                return Err(Error::link_refreshed(minutes as i64));
            }
        }
        self.check_room()?;
        self.logins().log_in_again(Some(context), number)?;
        let now = self.now;
        self.known_link_mut(number).refreshed_at = Some(now);
        let load = Load::of(&resources, context.request_id);
        context.notes.extend(note_on_refresh(self.known_link(number), &resources));
        self.schedule_load(context, number, load);
        Ok(load.request_id)
    }

    /// `DELETE /api/links/{id}/`: deletes the link, its records and its tasks. A link is deleted
    /// once: if a deletion in the background is scheduled already, the answer repeats the request
    /// id of the first answer, because the webhook shows that one.
    pub(crate) fn delete_link(
        &mut self,
        context: &CallContext,
        id: &str,
        mode: RequestMode,
    ) -> Result<Deletion, Error> {
        let number = self.link_number(context, id)?;
        if mode == RequestMode::Async {
            let planned = self.outbox.schedule.deletion_of(number);
            let request_id =
                planned.unwrap_or_else(|| self.plan_deletion(number, context.request_id));
            return Ok(Deletion::Accepted(request_id));
        }
        self.rate_limits.admit_deletion(self.now)?;
        self.remove_link(number);
        Ok(Deletion::Done)
    }

    /// Schedules the deletion of a link. The webhook repeats the id of the request.
    fn plan_deletion(&mut self, number: LinkNumber, request_id: Uuid) -> Uuid {
        let due = later(self.now, DELETED_AFTER);
        self.outbox.schedule.add(due, Task::Delete(number, request_id));
        request_id
    }

    pub(in crate::account) fn remove_link(&mut self, number: LinkNumber) -> Option<Link> {
        self.records.remove_all_of(number);
        self.outbox.cancel(&mut self.log, self.now, number);
        self.links.remove(number)
    }

    /// Returns the link that a path names. A text that is no UUID, and a link that the token of the
    /// request is not for, are answered like an unknown id.
    fn link_number(&self, context: &CallContext, id: &str) -> Result<LinkNumber, Error> {
        let id = parse_id(id)?;
        context.check_link(id)?;
        self.links.number_of(id).ok_or_else(Error::not_found)
    }

    fn show_link<'a>(&self, link: &'a Link) -> link::Link<'a> {
        link::Link {
            id: link.id,
            institution: link.request.institution.name,
            access_mode: link.request.access_mode,
            status: link.status,
            refresh_rate: link.request.access_mode.refresh_rate(),
            created_by: link.created_by,
            last_accessed_at: link.last_accessed_at,
            external_id: link.request.external_id.as_deref(),
            created_at: link.created_at,
            institution_user_id: link.user(&self.people).text(),
            credentials_storage: link.request.credentials_storage,
            stale_in: link.request.stale_in,
            fetch_resources: &link.request.fetch_resources,
        }
    }
}

fn refused(refusal: &Refusal, user: &UserId) -> Error {
    let institution_user_id = refusal.with_institution_user_id.then(|| user.text());
    refusal.error().with(Extra { institution_user_id, ..Extra::default() })
}
