//! From a snapshot back to an account. What does not fit together is refused, with its place.

use std::sync::Arc;

use crate::account::base::copy_on_write::CopyOnWrite;
use crate::account::base::ids::LinkNumber;
use crate::account::institutions::Institution;
use crate::account::links::body::LinkRequest;
use crate::account::links::{Link, Links, Session, StoredCredentials};
use crate::account::login::armed::{Armed, ArmedEntry};
use crate::account::login::counts::LoginCounts;
use crate::account::records::{Record, Records};
use crate::account::schedule::Task;
use crate::account::snapshot::{
    ArmedState, LinkState, Moment, RecordState, SessionState, Snapshot, TaskState, VERSION,
    WebhookState,
};
use crate::account::tokens::Tokens;
use crate::account::webhooks::outbox::{Outbox, WebhookEvent};
use crate::account::{Account, Budget};
use crate::error::Error;
use crate::model::webhook::EventKind;
use crate::model::{END, Timestamp, show};
use crate::scenario::{ArmedId, Scenario};

impl Account {
    /// `PUT /_emulator/snapshot`: this account in the state of the snapshot, with its own endpoints
    /// and its own ids from now on.
    ///
    /// # Errors
    /// 400 that names what does not fit: another version, an unknown scenario, a record without its
    /// link.
    pub fn restored(&self, snapshot: Snapshot) -> Result<Account, Error> {
        if snapshot.version != VERSION {
            let sentence = format_args!("Expected {VERSION}, the version that is written.");
            return Err(Error::invalid(sentence).on("version"));
        }
        if snapshot.now.0 > END {
            let sentence = format_args!("No account lives beyond {}.", show(&END));
            return Err(Error::invalid(sentence).on("now"));
        }
        let mut account = Account::new(self.settings.clone(), self.seed.clone());
        let counters = &snapshot.counters;
        account.now = snapshot.now.0;
        account.people = snapshot.people;
        account.requests = counters.requests.0;
        account.sessions = counters.sessions.0;
        account.default_scenario = snapshot
            .default_scenario
            .map(|name| self.scenario_for(&name, "default_scenario"))
            .transpose()?;
        let mut links = Links::numbered_from(counters.links.0);
        for (place, state) in snapshot.links.into_iter().enumerate() {
            let number = LinkNumber(state.number.0);
            let link = self.link_of(state).map_err(|error| at("links", place, error))?;
            links.restore(number, link).map_err(|sentence| misfit("links", place, &sentence))?;
        }
        account.links = CopyOnWrite::new(links);
        let restore = |field, created, states| account.records_of(field, created, states);
        let records = restore(
            "employment_records",
            counters.employment_records.0,
            snapshot.employment_records,
        )?;
        let current = restore(
            "current_employments",
            counters.current_employments.0,
            snapshot.current_employments,
        )?;
        account.employment_records = CopyOnWrite::new(records);
        account.current_employments = CopyOnWrite::new(current);
        let times = |times: Vec<Moment>| times.into_iter().map(|time| time.0).collect();
        let logins = snapshot.logins.into_iter().map(|(curp, logins)| (curp.into(), times(logins)));
        account.login_counts = CopyOnWrite::new(LoginCounts::of(logins.collect()));
        let spent = snapshot.spent_tokens.into_iter().collect();
        account.tokens = CopyOnWrite::new(Tokens::restored(counters.tokens.0, spent));
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
        account.restore_rows(snapshot.scheduled)?;
        account.restore_webhooks(snapshot.webhooks)?;
        let _ = account.advance(account.now, &mut Budget::unlimited());
        account.invariants().map_err(|sentence| {
            Error::invalid(format_args!("The snapshot does not fit together: {sentence}"))
        })?;
        Ok(account)
    }

    fn link_of(&self, state: LinkState) -> Result<Link, Error> {
        let scenario = self.accepting(&state.scenario)?;
        check_credentials(&scenario, state.credentials)?;
        let session = |SessionState { id, expires_at }| Session { id, expires_at: expires_at.0 };
        let mut changes: Vec<_> =
            state.changes.into_iter().map(|(at, change)| (at.0, change)).collect();
        changes.sort_by_key(|(at, _)| *at);
        Ok(Link {
            id: state.id,
            created_by: state.created_by,
            institution_user_id: state.institution_user_id.into(),
            request: LinkRequest {
                institution: Institution::named(&state.institution)?,
                curp: state.curp.into(),
                email: state.email.map(Into::into),
                access_mode: state.access_mode,
                external_id: state.external_id.map(Into::into),
                credentials_storage: state.credentials_storage,
                stale_in: state.stale_in,
                fetch_resources: state.fetch_resources.into(),
                token: None,
            },
            status: state.status,
            credentials: state.credentials,
            created_at: state.created_at.0,
            begun_by: state.begun_by,
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

    /// Links exist only where their scenario accepts.
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
        field: &'static str,
        created: u64,
        states: Vec<RecordState>,
    ) -> Result<Records, Error> {
        let mut records = Records::numbered_from(created);
        for (place, state) in states.into_iter().enumerate() {
            let link = LinkNumber(state.link.0);
            let Some(owner) = self.links.get(link) else {
                return Err(misfit(field, place, "It has no link."));
            };
            let record = Record {
                id: state.id,
                link,
                link_id: owner.id,
                curp: owner.request.curp.clone(),
                profile: state.profile,
                created_at: state.created_at.0,
                collected_at: state.collected_at.0,
                with_pdf: state.with_pdf,
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
            let known = |entry: &ArmedEntry| entry.id.0 == state.id.0;
            if state.left == 0 || state.id.0 > armed || entries.iter().any(known) {
                return Err(misfit("armed", place, "It has nothing left, or no id of its own."));
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

    fn restore_rows(&mut self, states: Vec<TaskState>) -> Result<(), Error> {
        for (place, TaskState { due, what }) in states.into_iter().enumerate() {
            let fits = match what {
                Task::Send(..) => false,
                Task::Step(link, step) => {
                    self.links.get(link).is_some_and(|link| link.accept().later.get(step).is_some())
                }
                other => self.links.get(other.link()).is_some(),
            };
            if !fits || due.0 < self.now {
                let sentence = "It has no link, no such step, or was due before now.";
                return Err(misfit("scheduled", place, sentence));
            }
            self.outbox.schedule.add(due.0, what);
        }
        Ok(())
    }

    fn restore_webhooks(&mut self, states: Vec<WebhookState>) -> Result<(), Error> {
        for (place, state) in states.into_iter().enumerate() {
            let names = EventKind::ALL
                .map(EventKind::names)
                .into_iter()
                .find(|names| names[0] == state.webhook_type && names[2] == state.webhook_code)
                .ok_or_else(|| misfit("webhooks", place, "There is no event of this name."))?;
            let payload = state.payload.get();
            let text: Result<String, _> = serde_json::from_str(payload);
            let body = text.unwrap_or_else(|_| payload.to_owned()).into_bytes();
            let event = WebhookEvent {
                link: LinkNumber(state.link_number.0),
                link_id: state.link,
                webhook_id: state.webhook_id,
                names,
                caused_by: state.caused_by,
                body: body.into(),
            };
            let due: Timestamp = state.due.0.max(self.now);
            self.outbox.announce_later(state.created_at.0, due, &event);
        }
        Ok(())
    }
}

/// Refuses a link whose logins are refused by a step that its scenario does not have (any more).
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

/// The place of a problem in a list of the snapshot.
fn at(field: &str, place: usize, error: Error) -> Error {
    error.under(&format!("{field}[{place}]"))
}

fn misfit(field: &str, place: usize, sentence: &str) -> Error {
    at(field, place, Error::invalid(sentence))
}
