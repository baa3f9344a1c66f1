//! The core: one tenant of the emulator, as a plain struct.
//!
//! Give an [`Account`] a request and the time, and it changes and returns an answer. It does no IO,
//! reads no clock, owns no task and cannot wait. Whoever holds it
//!
//! * calls [`Account::advance`] with the time before anything else,
//! * sends what [`Account::poll_attempt`] returns and tells the outcome to [`Account::report`],
//! * comes back at [`Account::next_due`]; earlier, later or extra calls change nothing.

mod fields;
mod institutions;
mod link_request;
mod links;
mod logins;
mod outbox;
mod parse_error;
mod query;
mod records;

pub use outbox::{Attempt, Delivery, DeliveryState, Retries, Verdict};
pub use query::Query;

use std::str::FromStr;
use std::sync::Arc;

use chrono::TimeDelta;
use rand::RngExt;
use uuid::Uuid;

use crate::account::link_request::LinkRequest;
use crate::account::links::{Link, LinkNumber, Links};
use crate::account::logins::Logins;
use crate::account::outbox::{Outbox, Row};
use crate::account::records::{Record, Records};
use crate::error::Error;
use crate::generate::{self, Subject};
use crate::model::Timestamp;
use crate::model::employment_record::{Employment, EmploymentRecord};
use crate::model::link::{self, AccessMode, Resource, Status};
use crate::model::page::Page;
use crate::model::webhook::Webhook;
use crate::scenario::{self, Catalogue, Data, Event, Login, Scenario};
use crate::seed::Seed;

/// What all accounts of a process have in common.
#[derive(Debug)]
pub struct Settings {
    pub scenarios: Catalogue,
    /// The root of all that is drawn.
    pub seed: Seed,
    /// From the 201 to the webhook, where the scenario does not say.
    pub webhook_delay: Delay,
    pub webhook_urls: Vec<Arc<str>>,
    pub webhook_retries: Retries,
    /// Objects on a page, where the client does not say.
    pub page_size: usize,
}

/// A time between two bounds, both included.
#[derive(Clone, Copy, Debug)]
pub struct Delay {
    pub shortest: TimeDelta,
    pub longest: TimeDelta,
}

/// One tenant: one pair of API keys and all that was done with it.
#[derive(Debug)]
pub struct Account {
    settings: Arc<Settings>,
    seed: Seed,
    now: Timestamp,
    created_by: Uuid,
    requests: u64,
    links: Links,
    records: Records,
    logins: Logins,
    outbox: Outbox,
}

impl Account {
    /// An empty account; `seed` is its own, a child of the settings' seed.
    pub fn new(settings: Arc<Settings>, seed: Seed) -> Account {
        Account {
            now: Timestamp::MIN_UTC,
            created_by: seed.child("created_by").uuid(),
            requests: 0,
            links: Links::default(),
            records: Records::default(),
            logins: Logins::default(),
            outbox: Outbox::new(&settings.webhook_urls, settings.webhook_retries),
            settings,
            seed,
        }
    }

    /// Moves the account's time to `now`, never back, and lets happen what has become due, in order
    /// and each at its own time.
    pub fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        while let Some((due, row)) = self.outbox.pop_due(self.now) {
            match row {
                Row::Step(link, Event::Load) => self.load(link, due),
                Row::Step(link, Event::Webhook) => self.send_webhook(link),
                Row::Retry(delivery) => self.outbox.retry(delivery),
            }
        }
    }

    /// When [`Account::advance`] next has something to do.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.outbox.next_due()
    }

    /// A new id for an answer.
    pub fn request_id(&mut self) -> Uuid {
        self.requests += 1;
        self.seed.numbered("request", self.requests).uuid()
    }

    // Webhooks

    /// Whether there is an attempt to make.
    pub fn has_attempt(&self) -> bool {
        self.outbox.has_attempt()
    }

    /// The next attempt to make.
    pub fn poll_attempt(&mut self) -> Option<Attempt> {
        self.outbox.poll_attempt()
    }

    /// Tells how an attempt ended: whether the receiver accepted it with 2xx.
    pub fn report(&mut self, attempt: &Attempt, accepted: bool) -> Verdict {
        self.outbox.report(self.now, attempt, accepted)
    }

    /// Whether a webhook had nowhere to go.
    pub fn has_undeliverable(&self) -> bool {
        self.outbox.has_undeliverable()
    }

    /// Finished deliveries, as far as remembered, and pending ones.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.outbox.deliveries()
    }

    // Links

    /// `POST /api/links/`: logs in at the institution and, if that works, creates a link.
    pub fn create_link(&mut self, body: &[u8]) -> Result<link::Link<'_>, Error> {
        let request = LinkRequest::parse(body)?;
        let scenario = self.log_in(&request);
        if let Login::Refuse(refusal) = &scenario.login {
            return Err(refusal.error());
        }
        let number = self.links.next_number();
        let seed = self.link_seed(number);
        let link = Link {
            id: seed.uuid(),
            request,
            status: Status::Valid,
            created_at: self.now,
            last_accessed_at: self.now,
            scenario,
        };
        if link.fetches(Resource::EmploymentRecords) {
            self.schedule_steps(number, link.accept(), &seed);
        }
        self.links.insert(link);
        let link = self.links.get(number).expect("the link was inserted just now");
        Ok(self.show_link(link))
    }

    /// `GET /api/links/`.
    pub fn list_links(&self, query: &Query) -> Result<Page<link::Link<'_>>, Error> {
        let id = query.uuid("id")?;
        let status: Option<Status> = query.choice("status")?;
        let access_mode: Option<AccessMode> = query.choice("access_mode")?;
        let institution = query.text("institution");
        let external_id = query.text("external_id");
        let matches = self.links.newest_first(id, external_id).filter(|link| {
            status.is_none_or(|status| link.status == status)
                && access_mode.is_none_or(|mode| link.request.access_mode == mode)
                && institution.is_none_or(|name| link.request.institution.name == name)
                && external_id.is_none_or(|id| link.request.external_id.as_deref() == Some(id))
        });
        query.page(self.settings.page_size, matches, |link| self.show_link(link))
    }

    /// `GET /api/links/{id}/`.
    pub fn link(&self, id: &str) -> Result<link::Link<'_>, Error> {
        let link = self.links.get(self.link_number(id)?).ok_or_else(Error::not_found)?;
        Ok(self.show_link(link))
    }

    /// `DELETE /api/links/{id}/`: the link, its records and all that was to happen to it.
    pub fn delete_link(&mut self, id: &str) -> Result<(), Error> {
        let number = self.link_number(id)?;
        self.links.remove(number);
        self.records.remove_all_of(number);
        self.outbox.cancel(number);
        Ok(())
    }

    // Employment records

    /// `GET /api/employment-records/`.
    pub fn list_employment_records(
        &self,
        query: &Query,
    ) -> Result<Page<EmploymentRecord<'_>>, Error> {
        let id = query.uuid("id")?;
        let link = query.uuid("link")?;
        let matches: Box<dyn Iterator<Item = &Record>> = match link {
            None => Box::new(self.records.newest_first()),
            Some(link) => {
                let number = self.links.number_of(link);
                Box::new(number.into_iter().flat_map(|number| self.records.of_link(number)))
            }
        };
        let matches = matches.filter(|record| id.is_none_or(|id| record.id == id));
        query.page(self.settings.page_size, matches, |record| self.show_record(record))
    }

    /// `GET /api/employment-records/{id}/`.
    pub fn employment_record(&self, id: &str) -> Result<EmploymentRecord<'_>, Error> {
        let record = self.records.get(parse_id(id)?).ok_or_else(Error::not_found)?;
        Ok(self.show_record(record))
    }

    /// `DELETE /api/employment-records/{id}/`.
    pub fn delete_employment_record(&mut self, id: &str) -> Result<(), Error> {
        self.records.remove(parse_id(id)?).map(drop).ok_or_else(Error::not_found)
    }

    // What they have in common

    /// Logs in at the institution: the scenario that answers.
    fn log_in(&mut self, request: &LinkRequest) -> Arc<Scenario> {
        let curp = &request.curp;
        let attempt = scenario::Attempt {
            curp,
            email_belongs_to_another_curp: request
                .email
                .as_deref()
                .is_some_and(|email| self.links.email_belongs_to_another_curp(email, curp)),
            recent_logins: &|within| self.logins.count(curp, self.now, within),
        };
        let scenarios = &self.settings.scenarios;
        let scenario = scenarios.choose(&attempt).clone();
        if let Some(within) = scenarios.counts_logins_within(curp)
            && !scenario.refuses_by_logins()
        {
            self.logins.note(curp, self.now, within);
        }
        scenario
    }

    fn schedule_steps(&mut self, number: LinkNumber, accept: &scenario::Accept, seed: &Seed) {
        let mut due = self.now;
        for step in &accept.later {
            due += match (step.after, step.event) {
                (Some(after), _) => after,
                (None, Event::Load) => self.settings.webhook_delay.draw(seed),
                (None, Event::Webhook) => TimeDelta::zero(),
            };
            self.outbox.schedule(due, Row::Step(number, step.event));
        }
    }

    /// The institution's data has been read at `due`.
    fn load(&mut self, number: LinkNumber, due: Timestamp) {
        let seed = self.link_seed(number);
        let link = self.links.get_mut(number).expect("a deleted link has no rows");
        link.last_accessed_at = due;
        for profile in 0..link.accept().data.profiles() {
            self.records.insert(Record {
                id: seed.numbered("employment_record", profile as u64).uuid(),
                link: number,
                profile,
                created_at: due,
                collected_at: due,
            });
        }
    }

    fn send_webhook(&mut self, number: LinkNumber) {
        let seed = self.link_seed(number);
        let link = self.links.get(number).expect("a deleted link has no rows");
        let webhook_id = seed.child("webhook").uuid();
        let webhook = Webhook::historical_update(
            webhook_id,
            seed.child("request").uuid(),
            link.id,
            link.request.external_id.as_deref(),
            self.records.of_link(number).count(),
        );
        let body = serde_json::to_vec(&webhook).expect("a webhook is plain data");
        self.outbox.announce(number, link.id, webhook_id, body.into());
    }

    fn link_seed(&self, number: LinkNumber) -> Seed {
        self.seed.numbered("link", number.0)
    }

    fn link_number(&self, id: &str) -> Result<LinkNumber, Error> {
        self.links.number_of(parse_id(id)?).ok_or_else(Error::not_found)
    }

    fn show_link<'a>(&self, link: &'a Link) -> link::Link<'a> {
        link::Link {
            id: link.id,
            institution: link.request.institution.name,
            access_mode: link.request.access_mode,
            status: link.status,
            refresh_rate: link.refresh_rate(),
            created_by: self.created_by,
            last_accessed_at: link.last_accessed_at,
            external_id: link.request.external_id.as_deref(),
            created_at: link.created_at,
            institution_user_id: link.institution_user_id(&self.settings.seed),
            credentials_storage: link.request.credentials_storage,
            stale_in: link.request.stale_in,
            fetch_resources: &link.request.fetch_resources,
        }
    }

    fn show_record(&self, record: &Record) -> EmploymentRecord<'_> {
        let link = self.links.get(record.link).expect("a deleted link has no records");
        EmploymentRecord {
            id: record.id,
            link: link.id,
            created_at: record.created_at,
            collected_at: record.collected_at,
            report_date: record.collected_at.date_naive(),
            days_since_extraction: (self.now - record.collected_at).num_days(),
            internal_identification: &link.request.curp,
            employment: self.employment(link, record),
            files: [],
        }
    }

    /// What the institution said when the record was read.
    fn employment(&self, link: &Link, record: &Record) -> Employment {
        let mut employment = match &link.accept().data {
            Data::Records(records) => records[record.profile].clone(),
            Data::Generate(profile) => {
                let scenario = self.settings.seed.child(link.scenario.name.as_str());
                generate::employment(
                    profile,
                    Subject {
                        curp: &link.request.curp,
                        email: link.request.email.as_deref(),
                        source: link.request.institution.source,
                    },
                    &scenario.named("employment", link.request.curp.as_bytes()),
                    record.collected_at.date_naive(),
                )
            }
        };
        for spell in &mut employment.employment_records {
            spell.collected_at = record.collected_at;
        }
        employment
    }
}

impl Delay {
    fn draw(self, seed: &Seed) -> TimeDelta {
        let bounds = [self.shortest, self.longest]
            .map(|bound| bound.num_microseconds().expect("delays are some years at most"));
        let mut generator = seed.child("webhook_delay").generator();
        TimeDelta::microseconds(generator.random_range(bounds[0]..=bounds[1]))
    }
}

/// An id from a path: what is no UUID is as unknown as any other.
fn parse_id(id: &str) -> Result<Uuid, Error> {
    Uuid::from_str(id).map_err(|_| Error::not_found())
}
