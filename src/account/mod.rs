//! The core: one account of the emulator, as a plain struct.
//!
//! A caller gives an [`Account`] a request and the time. The account changes, and returns an
//! answer. It does no IO, reads no clock, owns no tokio task and cannot wait. The holder of an
//! account
//!
//! * calls [`Account::advance`] with the time before anything else, until it returns
//!   [`Progress::Done`],
//! * sends the webhooks that [`Account::poll_attempt`] returns, and tells each outcome to
//!   [`Account::report`],
//! * calls `advance` again at [`Account::next_due`]; earlier, later and extra calls change nothing.
//!
//! `answer` runs one call, from its request id to its entry in the log. The operation itself is a
//! method in the file `calls` of its room. `lifecycle` runs the tasks of the schedule. Only these
//! files, and those that look at the whole account (`snapshot`, `invariants`, `login/dry_run`,
//! `journal/explain`), give [`Account`] methods; the other rooms are stores, and their functions
//! take the parts of an account that they need. `login/matching` finds the scenario that answers,
//! `login/dry_run` tries a login without making it, and `records/reading` makes the content of a
//! stored record. The test `tidy` has the table of which room may import which.

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
mod memory;
mod rate_limits;
mod records;
mod request;
mod schedule;
mod snapshot;
#[cfg(test)]
mod tests;
mod tokens;
mod webhooks;

pub(crate) use answer::{Answer, AnsweredRequest, RefusedRequest};
pub(crate) use base::delay::Delay;
pub use base::ids::{DeliveryId, TaskId};
pub(crate) use budget::{Budget, Progress};
pub(crate) use faults::kinds::{AnswerInjection, BrokenAnswer};
pub(crate) use faults::{FaultEntry, NewFault};
pub use journal::Recorded;
pub(crate) use journal::RequestSlice;
pub use journal::explain::{Candidate, Explanation, MatchedScenario, Tried};
pub use journal::happened::Happened;
pub(crate) use journal::verify::verify;
pub use journal::verify::{Expectation, Met};
pub(crate) use links::calls::Deletion;
pub(crate) use log::Log;
pub(crate) use log::budget::LogBudget;
pub(crate) use log::delivery::DeliveryContent;
pub use log::delivery::{DeliveryState, Outcome};
pub(crate) use log::entries::LogEntryKind;
pub use log::entries::{LogEntry, LogPage};
pub(crate) use log::exchange::Exchange;
pub(crate) use log::page::PageLimit;
pub use log::page::Reach;
pub(crate) use login::armed::ArmedEntry;
pub(crate) use login::dry_run::{DryRun, DryRunRequest};
pub(crate) use login::listing::ListedScenario;
pub(crate) use login::matching::HEADER as SCENARIO_HEADER;
pub(crate) use records::calls::Retrieved;
pub(crate) use request::call::Call;
pub(crate) use request::context::CallContext;
pub(crate) use request::filter::{Parameter, ValueKind};
pub(crate) use request::grant::Grant;
pub(crate) use request::mode::RequestMode;
pub(crate) use request::query::Query;
pub use schedule::calls::{DroppedTasks, RanTask};
pub(crate) use schedule::calls::{NewTime, PlannedFailure};
pub use schedule::row::{ScheduledTask, ScheduledTasks, TaskPlace};
pub(crate) use snapshot::Snapshot;
pub(crate) use tokens::body::TokenRequest;
pub(crate) use tokens::{alleged_issuer, has_signed};
pub(crate) use webhooks::calls::{EndpointReading, EndpointSetting, Replay, Trigger};
pub use webhooks::delivery::{Attempt, Delivery, Verdict};
pub(crate) use webhooks::outbox::{Dispatch, MOST_RETRIES, Retries};
pub(crate) use webhooks::outlook::{Silence, WantedWebhook};
pub(crate) use webhooks::queues::Endpoint;
pub use webhooks::reading::Deliveries;
pub(crate) use webhooks::reading::Search;

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::account::base::ids::LinkNumber;
use crate::account::faults::{Fault, Faults, Moment};
use crate::account::links::{Link, LinkMut, Links};
use crate::account::login::Logins;
use crate::account::login::armed::Armed;
use crate::account::login::counts::LoginCounts;
use crate::account::login::matching::Contenders;
use crate::account::rate_limits::RateLimits;
use crate::account::records::RecordStores;
use crate::account::records::reading::RecordReader;
use crate::account::request::filter;
use crate::account::request::names::scenario_named;
use crate::account::tokens::Tokens;
use crate::account::webhooks::outbox::Outbox;
use crate::error::Error;
use crate::model::Timestamp;
use crate::model::allowed_addresses::AllowedAddresses;
use crate::operations::Operation;
use crate::scenario::{Catalogue, LiveCatalogue, Scenario};
use crate::seed::Seed;

/// The settings that all accounts of a process share.
#[derive(Debug)]
pub(crate) struct Settings {
    pub scenarios: LiveCatalogue,
    /// The seed from which all others are drawn.
    pub seed: Seed,
    /// The day that stands for that of each registration in generated careers.
    pub careers_as_of: Option<NaiveDate>,
    /// The time from a link's creation to its webhook, where the scenario gives none.
    pub webhook_delay: Delay,
    pub webhook_targets: Vec<Endpoint>,
    pub webhook_retries: Retries,
    pub allowed_addresses: AllowedAddresses,
    /// The number of webhooks that an account may have under way to one URL.
    pub webhook_sends_per_receiver: usize,
    /// The number of objects on a page, where the client gives none.
    pub page_size: usize,
    /// True when Belvo's limits on the number of requests hold.
    pub rate_limits: bool,
    /// The budget that the logs of all accounts share.
    pub log_budget: Arc<LogBudget>,
    /// The memory in bytes that an account may take besides its log.
    pub account_memory: usize,
}

/// One account: a pair of API keys, and everything that was done with it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    settings: Arc<Settings>,
    /// The scenarios in force, of which a call sees one state.
    scenarios: Arc<Catalogue>,
    /// The seed of the ids that the account draws.
    seed: Seed,
    /// The seed of people and their lives: the one of the settings, or the one of a snapshot.
    people: Seed,
    now: Timestamp,
    created_by: Uuid,
    requests: u64,
    sessions: u64,
    links: Links,
    records: RecordStores,
    login_counts: LoginCounts,
    rate_limits: RateLimits,
    tokens: Tokens,
    outbox: Outbox,
    faults: Faults,
    armed: Armed,
    /// The default scenario of the account. None stands for that of the process.
    default_scenario: Option<Arc<Scenario>>,
    log: Log,
}

impl Account {
    /// Returns an empty account. `seed` is its own, a child of the settings' seed.
    pub(crate) fn new(settings: Arc<Settings>, seed: Seed, created_by: Uuid) -> Account {
        Account {
            now: Timestamp::MIN_UTC,
            created_by,
            requests: 0,
            sessions: 0,
            links: Links::numbered_from(0, settings.seed.clone()),
            records: RecordStores::default(),
            login_counts: LoginCounts::default(),
            rate_limits: RateLimits::new(settings.rate_limits),
            tokens: Tokens::default(),
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
            scenarios: settings.scenarios.current(),
            settings,
            seed,
        }
    }

    /// Moves the account's time to `now`, never back, and runs the tasks that are due, in order,
    /// each at its own time. If the budget is spent before that, the time is that of the last task
    /// that ran, and the next call continues from there.
    pub(crate) fn advance(&mut self, now: Timestamp, budget: &mut Budget) -> Progress {
        let now = self.now.max(now);
        while self.next_due().is_some_and(|due| due <= now) {
            if budget.is_spent() {
                return Progress::More;
            }
            let Some(((due, id), task)) = self.outbox.schedule.pop_due(now) else { break };
            self.now = self.now.max(due);
            budget.spend_on(&task);
            self.run(id, task, Moment::OnTime);
        }
        self.now = now;
        Progress::Done
    }

    /// Returns the time at which the next task is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.outbox.schedule.next_due()
    }

    /// Begins a request, and draws its id.
    pub(crate) fn begin_request(&mut self) -> CallContext {
        self.requests += 1;
        CallContext::new(self.last_request_id())
    }

    /// Returns the id of the request that began last.
    pub(crate) fn last_request_id(&self) -> Uuid {
        self.seed.numbered("request", self.requests).uuid()
    }

    /// Returns the account's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Sets how many webhooks a receiver gets at a time. With true it gets them one by one, so that
    /// webhooks of the same moment arrive in order, but a slow receiver delays its own.
    pub(crate) fn send_in_order(&mut self, in_order: bool) {
        self.outbox.endpoints.send_in_order(in_order);
    }

    /// Tells that an attempt waits to be made.
    pub(crate) fn has_attempt(&self) -> bool {
        self.outbox.endpoints.can_send()
    }

    /// Returns the next attempt to make.
    pub(crate) fn poll_attempt(&mut self) -> Option<Dispatch> {
        self.outbox.poll_attempt(self.now)
    }

    /// Tells the account how an attempt ended.
    pub(crate) fn report(&mut self, attempt: &Dispatch, outcome: Outcome) -> Verdict {
        let verdict = self.outbox.report(&mut self.log, self.now, attempt, outcome);
        self.log_changes(None, None);
        verdict
    }

    /// Tells that no webhook is being sent, and that none waits for the courier.
    pub(crate) fn is_settled(&self) -> bool {
        self.outbox.endpoints.are_idle()
    }

    /// Tells that the webhook that was finished last had no endpoint.
    pub(crate) fn has_undeliverable(&self) -> bool {
        self.outbox.has_undeliverable()
    }

    /// Returns the log of the account.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Removes the oldest entries of the log if the budget is exceeded and this log holds more than
    /// its share.
    pub(crate) fn trim_log(&mut self) {
        self.log.trim();
    }

    /// Tells that each of these deliveries was attempted or has no attempt that is due.
    pub(crate) fn were_attempted(&self, deliveries: &[DeliveryId]) -> bool {
        deliveries.iter().all(|id| self.outbox.was_attempted(*id, self.now))
    }

    /// Returns the number of links.
    pub(crate) fn links(&self) -> usize {
        self.links.len()
    }

    /// Returns the number of tasks of the schedule.
    pub(crate) fn scheduled(&self) -> usize {
        self.outbox.schedule.len()
    }

    /// Returns the number of deliveries that are not finished.
    pub(crate) fn pending_deliveries(&self) -> usize {
        self.outbox.pending_count()
    }

    /// Tells that no call has made or set anything, so that nothing would be lost if the account
    /// began anew. Requests that only read change nothing but the log.
    pub(crate) fn is_as_begun(&self) -> bool {
        let settings = &self.settings;
        self.links.next_number() == LinkNumber(0)
            && self.outbox.is_as_begun(&settings.webhook_targets, settings.webhook_retries)
            && self.armed.last_id() == 0
            && self.faults.is_as_begun()
            && self.tokens.issued() == 0
            && self.default_scenario.is_none()
            && self.people == settings.seed
    }

    /// Returns another account in the same state. The ids of the fork are drawn from its own seed
    /// from now on. Both accounts send the webhooks that were being sent.
    pub(crate) fn fork(&self, seed: Seed, created_by: Uuid) -> Account {
        Account {
            created_by,
            seed,
            outbox: self.outbox.fork(),
            tokens: Tokens::default(),
            ..self.clone()
        }
    }

    /// Returns the scenario with this name. The error is 400 on `field` when there is none.
    fn scenario_for(&self, name: &str, field: &'static str) -> Result<Arc<Scenario>, Error> {
        let is_fault = Fault::is_name(name);
        let hint = " It is a fault: POST /_emulator/faults injects it.";
        scenario_named(&self.scenarios, name, field, is_fault.then_some(hint))
    }

    /// Lends the parts of the account that a login reads and changes.
    fn logins(&mut self) -> Logins<'_> {
        Logins {
            now: self.now,
            seed: &self.seed,
            scenarios: &self.scenarios,
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
            scenarios: &self.scenarios,
            account_default: self.default_scenario.as_ref(),
            armed: &self.armed,
            counts: &self.login_counts,
            now: self.now,
        }
    }

    fn reader(&self) -> RecordReader<'_> {
        let careers_as_of = self.settings.careers_as_of;
        RecordReader { links: &self.links, people: &self.people, now: self.now, careers_as_of }
    }

    fn link_seed(&self, number: LinkNumber) -> Seed {
        self.seed.numbered("link", number.0)
    }

    /// Returns a link that must exist: tasks and records are removed together with their link.
    fn known_link(&self, number: LinkNumber) -> &Link {
        self.links.get(number).expect("a deleted link has no tasks and no records")
    }

    fn known_link_mut(&mut self, number: LinkNumber) -> LinkMut<'_> {
        self.links.get_mut(number).expect("a deleted link has no tasks and no records")
    }
}

/// Returns the filters of a list. An operation that lists nothing has none.
pub(crate) fn filters_of(operation: Operation) -> Vec<Parameter> {
    match operation {
        Operation::ListLinks => filter::parameters(links::FIELDS),
        Operation::ListInstitutions => filter::parameters(institutions::FIELDS),
        Operation::ListEmploymentRecords => filter::parameters(records::FIELDS),
        Operation::ListCurrentEmployments => filter::parameters(records::CURRENT_EMPLOYMENT_FIELDS),
        Operation::ListEmploymentMetrics => filter::parameters(records::EMPLOYMENT_METRIC_FIELDS),
        Operation::ListOwners => filter::parameters(records::calls::owners::FIELDS),
        _ => Vec::new(),
    }
}
