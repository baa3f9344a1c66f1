//! The core: one slot of the emulator, as a plain struct.
//!
//! Give an [`Account`] a request and the time, and it changes and returns an answer. It does no IO,
//! reads no clock, owns no task and cannot wait. Whoever holds it
//!
//! * calls [`Account::advance`] with the time before anything else, until that is [`Progress::Done`],
//! * sends what [`Account::poll_attempt`] returns and tells the outcome to [`Account::report`],
//! * comes back at [`Account::next_due`]; earlier, later or extra calls change nothing.
//!
//! One call goes through `answer`, from its request id to the log; the operation itself is a method in
//! a file `calls` of its room. The tasks of the schedule run in `lifecycle`. Only these files, and those
//! that look at the whole account (`snapshot`, `invariants`, `login/dry_run`, `journal/explain`), have
//! methods of [`Account`]; the other rooms are stores that take what they need. Which scenario answers
//! is in `login/matching`, the dry run of a login in `login/dry_run`, the content of a stored record in
//! `records/reading`. A room imports only what stands below it; the table is in the test `tidy`.

mod answer;
mod base;
mod budget;
mod faults;
mod institutions;
mod invariants;
mod journal;
mod lifecycle;
mod links;
mod log;
mod login;
mod rate_limits;
mod records;
mod request;
mod schedule;
mod snapshot;
mod tokens;
mod webhooks;

pub(crate) use answer::{Answer, AnsweredRequest, RefusedRequest};
pub use base::ids::DeliveryId;
pub(crate) use base::secret::Secret;
pub(crate) use budget::{Budget, Progress};
pub(crate) use faults::kinds::{AnswerInjection, BrokenAnswer};
pub(crate) use faults::{FaultEntry, NewFault};
pub(crate) use journal::explain::Explanation;
pub(crate) use journal::verify::{Expectation, Met, verify};
pub(crate) use journal::{Recorded, RequestSlice};
pub(crate) use links::calls::Deletion;
pub(crate) use log::Log;
pub(crate) use log::budget::LogBudget;
pub(crate) use log::delivery::DeliveryContent;
pub use log::delivery::{DeliveryState, Outcome};
pub(crate) use log::exchange::Exchange;
pub(crate) use log::page::PageLimit;
pub use log::page::Reach;
pub(crate) use login::armed::ArmedEntry;
pub(crate) use login::dry_run::{DryRun, DryRunRequest};
pub(crate) use records::calls::Retrieved;
pub(crate) use request::call::Call;
pub(crate) use request::context::CallContext;
pub(crate) use request::filter::{Parameter, ValueKind};
pub(crate) use request::mode::RequestMode;
pub(crate) use request::query::Query;
pub(crate) use snapshot::Snapshot;
pub(crate) use tokens::body::TokenRequest;
pub(crate) use tokens::{Grant, alleged_issuer};
pub(crate) use webhooks::calls::{EndpointReading, EndpointSetting, Replay, Trigger};
pub use webhooks::delivery::{Attempt, Delivery, Verdict};
pub(crate) use webhooks::outbox::{Dispatch, MOST_RETRIES, Retries};
pub(crate) use webhooks::queues::Endpoint;
pub use webhooks::reading::Deliveries;
pub(crate) use webhooks::reading::Search;

use std::sync::Arc;

use chrono::TimeDelta;
use rand::RngExt;
use uuid::Uuid;

use crate::account::base::copy_on_write::CopyOnWrite;
use crate::account::base::ids::LinkNumber;
use crate::account::faults::Faults;
use crate::account::faults::Moment;
use crate::account::links::{Link, Links};
use crate::account::login::Logins;
use crate::account::login::armed::Armed;
use crate::account::login::counts::LoginCounts;
use crate::account::login::matching::Contenders;
use crate::account::rate_limits::RateLimits;
use crate::account::records::Records;
use crate::account::records::reading::RecordReader;
use crate::account::request::filter;
use crate::account::request::names::{parse_id, scenario_named};
use crate::account::tokens::Tokens;
use crate::account::webhooks::outbox::Outbox;
use crate::error::Error;
use crate::model::Timestamp;
use crate::scenario::{Catalogue, Scenario};
use crate::seed::Seed;

/// What all accounts of a process have in common.
#[derive(Debug)]
pub(crate) struct Settings {
    pub scenarios: Catalogue,
    /// The root of all that is drawn.
    pub seed: Seed,
    /// From the 201 to the webhook, where the scenario does not say.
    pub webhook_delay: Delay,
    pub webhook_targets: Vec<Endpoint>,
    pub webhook_retries: Retries,
    /// How many webhooks an account may have under way to one URL.
    pub webhook_sends_per_receiver: usize,
    /// Objects on a page, where the client does not say.
    pub page_size: usize,
    /// Whether Belvo's limits on the number of requests are on.
    pub rate_limits: bool,
    /// The bytes that the logs of all accounts may hold.
    pub log_budget: Arc<LogBudget>,
}

/// A time between two bounds, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delay {
    pub shortest: TimeDelta,
    pub longest: TimeDelta,
}

/// One slot: one pair of API keys and all that was done with it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    settings: Arc<Settings>,
    /// What its ids are drawn from.
    seed: Seed,
    /// What people and their lives are drawn from: the settings' seed, or that of a snapshot.
    people: Seed,
    now: Timestamp,
    created_by: Uuid,
    requests: u64,
    sessions: u64,
    links: Links,
    employment_records: Records,
    current_employments: Records,
    login_counts: LoginCounts,
    rate_limits: RateLimits,
    tokens: CopyOnWrite<Tokens>,
    outbox: Outbox,
    faults: Faults,
    armed: Armed,
    /// In place of `--scenario`.
    default_scenario: Option<Arc<Scenario>>,
    log: Log,
}

impl Account {
    /// An empty account; `seed` is its own, a child of the settings' seed.
    pub(crate) fn new(settings: Arc<Settings>, seed: Seed) -> Account {
        Account {
            now: Timestamp::MIN_UTC,
            created_by: seed.child("created_by").uuid(),
            requests: 0,
            sessions: 0,
            links: Links::default(),
            employment_records: Records::default(),
            current_employments: Records::default(),
            login_counts: LoginCounts::default(),
            rate_limits: RateLimits::new(settings.rate_limits),
            tokens: CopyOnWrite::default(),
            outbox: Outbox::new(
                &settings.webhook_targets,
                settings.webhook_sends_per_receiver,
                settings.webhook_retries,
                0,
            ),
            faults: Faults::default(),
            armed: Armed::default(),
            default_scenario: None,
            log: Log::new(settings.log_budget.clone()),
            people: settings.seed.clone(),
            settings,
            seed,
        }
    }

    /// Moves the account's time to `now`, never back, and lets happen what has become due, in order
    /// and each at its own time. When the budget does not last, the time is that of the last task
    /// that happened; the next call goes on from there.
    pub(crate) fn advance(&mut self, now: Timestamp, budget: &mut Budget) -> Progress {
        let now = self.now.max(now);
        while self.next_due().is_some_and(|due| due <= now) {
            if budget.is_spent() {
                return Progress::More;
            }
            let Some((due, task)) = self.outbox.schedule.pop_due(now) else { break };
            self.now = self.now.max(due);
            budget.spend_on(&task);
            self.run(task, Moment::OnTime);
        }
        self.now = now;
        Progress::Done
    }

    /// When [`Account::advance`] next has something to do.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.outbox.schedule.next_due()
    }

    /// A request begins; its answer carries the id of the context.
    pub(crate) fn begin_request(&mut self) -> CallContext {
        self.requests += 1;
        CallContext::new(self.last_request_id())
    }

    /// The id of the request that began last.
    pub(crate) fn last_request_id(&self) -> Uuid {
        self.seed.numbered("request", self.requests).uuid()
    }

    /// The account's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether a receiver gets one webhook at a time: where many are due at the same moment, they
    /// arrive in order then, at the price that a slow receiver delays its own.
    pub(crate) fn send_in_order(&mut self, in_order: bool) {
        self.outbox.endpoints.send_in_order(in_order);
    }

    /// Whether there is an attempt to make.
    pub(crate) fn has_attempt(&self) -> bool {
        self.outbox.endpoints.can_send()
    }

    /// The next attempt to make.
    pub(crate) fn poll_attempt(&mut self) -> Option<Dispatch> {
        self.outbox.poll_attempt(self.now)
    }

    /// Tells how an attempt ended.
    pub(crate) fn report(&mut self, attempt: &Dispatch, outcome: Outcome) -> Verdict {
        self.outbox.report(&mut self.log, self.now, attempt, outcome)
    }

    /// Whether no webhook is being sent or waits for the courier.
    pub(crate) fn is_settled(&self) -> bool {
        self.outbox.endpoints.are_idle()
    }

    /// Whether a webhook had nowhere to go.
    pub(crate) fn has_undeliverable(&self) -> bool {
        self.outbox.has_undeliverable()
    }

    /// The log of the account: what happened to it.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Gives up the oldest entries of the log, if it holds more than its share of a budget that is
    /// exceeded.
    pub(crate) fn trim_log(&mut self) {
        self.log.trim();
    }

    /// Whether each of these was attempted, or is not to be now.
    pub(crate) fn were_attempted(&self, deliveries: &[DeliveryId]) -> bool {
        deliveries.iter().all(|id| self.outbox.was_attempted(*id, self.now))
    }

    /// How many links, rows of the outbox and unfinished deliveries there are.
    pub(crate) fn links(&self) -> usize {
        self.links.len()
    }

    pub(crate) fn scheduled(&self) -> usize {
        self.outbox.schedule.len()
    }

    pub(crate) fn pending_deliveries(&self) -> usize {
        self.outbox.pending_count()
    }

    /// Another account in the same state, whose ids are drawn from its own seed from now on. What
    /// was being sent is to be sent by both.
    pub(crate) fn fork(&self, seed: Seed) -> Account {
        Account {
            created_by: seed.child("created_by").uuid(),
            seed,
            outbox: self.outbox.fork(),
            tokens: CopyOnWrite::default(),
            ..self.clone()
        }
    }

    /// The scenario of a name; 400 on `field` when there is none.
    fn scenario_for(&self, name: &str, field: &'static str) -> Result<Arc<Scenario>, Error> {
        scenario_named(&self.settings.scenarios, name, field)
    }

    /// The parts of the account that a login reads and changes.
    fn logins(&mut self) -> Logins<'_> {
        Logins {
            now: self.now,
            seed: &self.seed,
            people: &self.people,
            scenarios: &self.settings.scenarios,
            account_default: self.default_scenario.as_ref(),
            armed: &mut self.armed,
            counts: &mut self.login_counts,
            links: &mut self.links,
            schedule: &mut self.outbox.schedule,
            sessions: &mut self.sessions,
        }
    }

    fn contenders(&self) -> Contenders<'_> {
        Contenders {
            scenarios: &self.settings.scenarios,
            account_default: self.default_scenario.as_ref(),
            armed: &self.armed,
            counts: &self.login_counts,
            now: self.now,
        }
    }

    fn reader(&self) -> RecordReader<'_> {
        RecordReader { links: &self.links, people: &self.people, now: self.now }
    }

    fn link_seed(&self, number: LinkNumber) -> Seed {
        self.seed.numbered("link", number.0)
    }

    /// The link with an id from a path; what is no UUID is as unknown as any other.
    fn link_number(&self, id: &str) -> Result<LinkNumber, Error> {
        self.links.number_of(parse_id(id)?).ok_or_else(Error::not_found)
    }

    /// A link that is known to exist: rows and records are dropped together with their link.
    fn known_link(&self, number: LinkNumber) -> &Link {
        self.links.get(number).expect("a deleted link has no rows and no records")
    }

    fn known_link_mut(&mut self, number: LinkNumber) -> &mut Link {
        self.links.get_mut(number).expect("a deleted link has no rows and no records")
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

/// The filters of `GET /api/links/`.
pub(crate) fn link_parameters() -> Vec<Parameter> {
    filter::parameters(links::FIELDS)
}

/// The filters of `GET /api/institutions/`.
pub(crate) fn institution_parameters() -> Vec<Parameter> {
    filter::parameters(institutions::FIELDS)
}

/// The filters of `GET /api/employment-records/`.
pub(crate) fn employment_record_parameters() -> Vec<Parameter> {
    filter::parameters(records::FIELDS)
}

/// The filters of `GET /api/mx/current-employments/`.
pub(crate) fn current_employment_parameters() -> Vec<Parameter> {
    filter::parameters(records::CURRENT_EMPLOYMENT_FIELDS)
}
