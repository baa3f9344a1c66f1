//! Makes an account from a snapshot. The error for parts that do not fit together names their
//! place.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::account::Account;
use crate::account::base::ids::{LinkNumber, TaskId};
use crate::account::institutions::Institution;
use crate::account::links::body::LinkRequest;
use crate::account::links::{Link, Links, Session, StoredCredentials};
use crate::account::login::armed::{Armed, ArmedEntry};
use crate::account::login::calls::check_armed;
use crate::account::records::{Record, Records};
use crate::account::schedule::{Schedule, Task};
use crate::account::snapshot::limits::{check_armed_state, check_link};
use crate::account::snapshot::records::{RecordState, calculation_of};
use crate::account::snapshot::{
    ArmedState, LinkState, Moment, SessionState, Snapshot, TaskState, VERSION, WebhookState,
};
use crate::account::tokens::Tokens;
use crate::account::webhooks::outbox::{Outbox, WebhookEvent};
use crate::error::Error;
use crate::model::link::Resource;
use crate::model::webhook::EventKind;
use crate::model::{END, Timestamp, show};
use crate::scenario::{ArmedId, Scenario};

impl Account {
    /// Answers `PUT /_emulator/snapshot`: returns an account in the state of the snapshot, with the
    /// endpoints of this account and with ids of its own from now on. Tasks that are due run with
    /// the next [`Account::advance`], after the whole snapshot was checked.
    ///
    /// # Errors
    /// 400 names the place of the part that does not fit, such as another version, an unknown
    /// scenario or a record without its link; 429 a snapshot that is too large for an account.
    pub(crate) fn restored(&self, snapshot: Snapshot) -> Result<Account, Error> {
        let mut account = self.begun_from(&snapshot)?;
        self.check_limits(&snapshot)?;
        let counters = snapshot.counters;
        let numbers = account.restore_links(counters.links.0, snapshot.links)?;
        for (resource, field, created, states) in [
            (
                Resource::EmploymentRecords,
                "employment_records",
                counters.employment_records,
                snapshot.employment_records,
            ),
            (Resource::Owners, "owners", counters.owners, snapshot.owners),
            (
                Resource::CurrentEmployments,
                "current_employments",
                counters.current_employments,
                snapshot.current_employments,
            ),
            (
                Resource::EmploymentMetrics,
                "employment_metrics",
                counters.employment_metrics,
                snapshot.employment_metrics,
            ),
        ] {
            *account.records.of_mut(resource) =
                account.records_of(resource, field, created.0, states)?;
        }
        account.restore_logins(snapshot.logins);
        account.tokens = Tokens::restored(counters.tokens.0, snapshot.spent_tokens);
        account.armed = self.armed_of(counters.armed.0, snapshot.armed)?;
        let unfit = |sentence: String| Error::invalid(sentence).on("faults");
        snapshot.faults.invariants().map_err(unfit)?;
        account.faults = snapshot.faults;
        let targets: Vec<_> = self.outbox.endpoints.subscribed().cloned().collect();
        account.outbox = Outbox::new(
            &targets,
            self.settings.webhook_sends_per_receiver,
            self.outbox.retries,
            counters.deliveries.0,
        );
        account.outbox.lent_from = self.outbox.lent_from.clone();
        account.outbox.schedule = Schedule::numbered_from(counters.tasks.0);
        account.restore_tasks(snapshot.scheduled)?;
        account.restore_webhooks(snapshot.webhooks)?;
        // The log of a restored account begins with what happens next.
        account.outbox.schedule.take_added();
        account.check_fit(&numbers)?;
        Ok(account)
    }

    /// Returns an empty account with the time, the counters and the default scenario of the
    /// snapshot.
    fn begun_from(&self, snapshot: &Snapshot) -> Result<Account, Error> {
        if snapshot.version != VERSION {
            let sentence = format_args!("Expected {VERSION}, the version that is written.");
            return Err(Error::invalid(sentence).on("version"));
        }
        if snapshot.now.0 > END {
            let sentence = format_args!("No account lives beyond {}.", show(&END));
            return Err(Error::invalid(sentence).on("now"));
        }
        let mut account = Account::new(self.settings.clone(), self.seed.clone(), self.created_by);
        account.now = snapshot.now.0;
        account.people = snapshot.people.clone();
        account.requests = snapshot.counters.requests.0;
        account.sessions = snapshot.counters.sessions.0;
        let default = snapshot.default_scenario.as_deref();
        account.default_scenario =
            default.map(|name| self.scenario_for(name, "default_scenario")).transpose()?;
        Ok(account)
    }

    /// Puts the links back. Returns their numbers in the order of the file.
    fn restore_links(
        &mut self,
        created: u64,
        states: Vec<LinkState>,
    ) -> Result<Vec<LinkNumber>, Error> {
        let mut links = Links::numbered_from(created, self.people.clone());
        let mut numbers = Vec::new();
        for (place, state) in states.into_iter().enumerate() {
            let number = LinkNumber(state.number.0);
            let link = self.link_of(state).map_err(|error| at("links", place, error))?;
            links.restore(number, link).map_err(|sentence| misfit("links", place, &sentence))?;
            numbers.push(number);
        }
        self.links = links;
        Ok(numbers)
    }

    /// Puts the counted logins back. The scenarios of this process decide how long they count.
    fn restore_logins(&mut self, logins: BTreeMap<String, Vec<Moment>>) {
        for (curp, mut times) in logins {
            times.sort_unstable_by_key(|time| time.0);
            let Some(within) = self.scenarios.counts_logins_within(&curp, None) else {
                continue;
            };
            for time in times {
                self.login_counts.note(&curp, time.0.min(self.now), within);
            }
        }
    }

    /// Refuses parts that do not fit together. The sentence of the error shows nothing of their
    /// content.
    fn check_fit(&self, numbers: &[LinkNumber]) -> Result<(), Error> {
        if let Some((number, sentence)) = self.first_misfit() {
            let place = numbers.iter().position(|other| *other == number);
            return Err(misfit("links", place.unwrap_or_default(), sentence));
        }
        let unfit = |_| Error::invalid("The parts of the snapshot do not fit together.");
        self.consistency().map_err(unfit)
    }

    fn link_of(&self, state: LinkState) -> Result<Link, Error> {
        check_link(&state)?;
        let scenario = self.accepting(&state.scenario)?;
        check_credentials(&scenario, state.credentials)?;
        let institution = Institution::named(&state.institution)?;
        let session =
            |SessionState { id, expires_at }| Box::new(Session { id, expires_at: expires_at.0 });
        let mut changes: Vec<_> =
            state.changes.into_iter().map(|(at, change)| (at.0, change)).collect();
        changes.sort_by_key(|(at, _)| *at);
        Ok(Link {
            id: state.id,
            created_by: state.created_by,
            request: LinkRequest {
                institution,
                curp: state.curp.into(),
                email: state.email.map(Into::into),
                access_mode: state.access_mode,
                external_id: state.external_id.map(Into::into),
                credentials_storage: state.credentials_storage,
                stale_in: state.stale_in,
                fetch_resources: state.fetch_resources.into_iter().collect(),
            },
            status: state.status,
            credentials: state.credentials,
            created_at: state.created_at.0,
            begun_by: state.begun_by,
            begun_with: state.begun_with,
            last_accessed_at: state.last_accessed_at.map(|time| time.0),
            scenario,
            failures: state.failures,
            refreshed_at: state.refreshed_at.map(|time| time.0),
            session: state.session.map(session),
            changes,
            records: state.records.0,
            events: state.events.0,
        })
    }

    /// Returns the scenario of a link, which must be one that accepts logins.
    fn accepting(&self, name: &str) -> Result<Arc<Scenario>, Error> {
        let scenario = self.scenario_for(name, "scenario")?;
        if scenario.accepts().is_none() {
            let sentence = format_args!("The scenario {name:?} makes no links: it refuses them.");
            return Err(Error::invalid(sentence).on("scenario"));
        }
        Ok(scenario)
    }

    fn records_of(
        &self,
        resource: Resource,
        field: &'static str,
        created: u64,
        states: Vec<RecordState>,
    ) -> Result<Records, Error> {
        let mut records = Records::numbered_from(created);
        for (place, state) in states.into_iter().enumerate() {
            let link = LinkNumber(state.link.0);
            if self.links.get(link).is_none() {
                return Err(misfit(
                    field,
                    place,
                    "No link of the snapshot has the number that this record names.",
                ));
            }
            let profiles = self.known_link(link).accept().data.profiles();
            if state.profile >= profiles.max(1) {
                let sentence = "The scenario of the link has no profile of this number.";
                return Err(misfit(field, place, sentence));
            }
            let calculation = calculation_of(state.calculation, resource, profiles)
                .map_err(|sentence| misfit(field, place, sentence))?;
            let record = Record {
                id: state.id,
                link,
                profile: state.profile,
                created_at: state.created_at.0,
                collected_at: state.collected_at.0,
                with_pdf: state.with_pdf,
                calculation,
            };
            let restored = records.restore(state.number.0, record);
            restored.map_err(|sentence| misfit(field, place, &sentence))?;
        }
        Ok(records)
    }

    fn armed_of(&self, armed: u64, states: Vec<ArmedState>) -> Result<Armed, Error> {
        let mut entries = Vec::new();
        for (place, state) in states.into_iter().enumerate() {
            let scenario = self
                .scenario_for(&state.scenario, "scenario")
                .map_err(|error| at("armed", place, error))?;
            check_armed_state(&state).map_err(|error| at("armed", place, error))?;
            let known = |entry: &ArmedEntry| entry.id.0 == state.id.0;
            if state.id.0 > armed || entries.iter().any(known) {
                return Err(misfit(
                    "armed",
                    place,
                    "The id of this armed scenario is taken or was never given.",
                ));
            }
            let curp = state.curp.as_deref();
            let misplaced = check_armed(&scenario, state.operation, curp).into_iter().next();
            if let Some(error) = misplaced {
                return Err(at("armed", place, error));
            }
            entries.push(ArmedEntry {
                id: ArmedId(state.id.0),
                scenario,
                operation: state.operation,
                curp: state.curp.map(Into::into),
                left: state.left,
            });
        }
        Ok(Armed::restored(entries, armed))
    }

    fn restore_tasks(&mut self, states: Vec<TaskState>) -> Result<(), Error> {
        for (place, TaskState { id, due, what }) in states.into_iter().enumerate() {
            let fits = match what {
                Task::Send(..) => false,
                Task::Step(link, step) => {
                    self.links.get(link).is_some_and(|link| link.accept().later.get(step).is_some())
                }
                other => self.links.get(other.link()).is_some(),
            };
            if !fits || due.0 < self.now {
                let sentence = "The task names no link of the snapshot or no step of its scenario, or \
                                it is due before now.";
                return Err(misfit("scheduled", place, sentence));
            }
            let schedule = &mut self.outbox.schedule;
            if what.kind().is_single() && schedule.has(what.link(), what.kind()) {
                return Err(misfit(
                    "scheduled",
                    place,
                    "The link of this task has another task of the same kind.",
                ));
            }
            match id {
                None => schedule.add(due.0, what),
                Some(id) if schedule.restore(due.0, TaskId(id.0), what) => {}
                Some(_) => {
                    let sentence = "The id of this task is taken or was never given.";
                    return Err(misfit("scheduled", place, sentence));
                }
            }
        }
        Ok(())
    }

    fn restore_webhooks(&mut self, states: Vec<WebhookState>) -> Result<(), Error> {
        for (place, state) in states.into_iter().enumerate() {
            let kind =
                EventKind::named(&state.webhook_type, &state.webhook_code).ok_or_else(|| {
                    misfit(
                        "webhooks",
                        place,
                        "No webhook has this webhook_type with this webhook_code.",
                    )
                })?;
            let payload = state.payload.get();
            let text: Result<String, _> = serde_json::from_str(payload);
            let body = text.unwrap_or_else(|_| payload.to_owned()).into_bytes();
            let event = WebhookEvent {
                link: LinkNumber(state.link_number.0),
                link_id: state.link,
                external_id: external_id(payload),
                webhook_id: state.webhook_id,
                kind,
                caused_by: state.caused_by,
                body: body.into(),
            };
            let task = state.task.map(|task| TaskId(task.0));
            if task.is_some_and(|task| !self.outbox.schedule.is_free(task)) {
                let sentence = "The id of the task of this webhook is taken or was never given.";
                return Err(misfit("webhooks", place, sentence));
            }
            let due: Timestamp = state.due.0.max(self.now);
            let created_at = state.created_at.0;
            let (log, spoilt) = (&mut self.log, state.spoilt);
            self.outbox.announce_later(log, created_at, due, &event, spoilt, task);
        }
        Ok(())
    }
}

/// Returns the external id of a payload. A payload that a fault has cut has none.
fn external_id(payload: &str) -> Option<Arc<str>> {
    let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
    payload.get("external_id")?.as_str().map(Into::into)
}

/// Refuses a link whose logins are refused by a step that its scenario does not have.
fn check_credentials(scenario: &Scenario, credentials: StoredCredentials) -> Result<(), Error> {
    let StoredCredentials::Refused(step) = credentials else { return Ok(()) };
    let name = scenario.name.as_str();
    let refusal = scenario.accepts().and_then(|accept| accept.later.refusal(step));
    refusal.map(drop).ok_or_else(|| {
        let sentence =
            format_args!("The scenario {name:?} has no step {step} that refuses logins.");
        Error::invalid(sentence).on("credentials")
    })
}

/// Names the place of a problem in a list of the snapshot.
fn at(field: &str, place: usize, error: Error) -> Error {
    error.under(&format!("{field}[{place}]"))
}

fn misfit(field: &str, place: usize, sentence: &str) -> Error {
    at(field, place, Error::invalid(sentence))
}
