//! The lifecycle of links: the tasks of the schedule, each run at its own time.

mod changes;
mod loading;
mod logging;
#[cfg(test)]
mod tests;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::{LinkNumber, TaskId};
use crate::account::faults::Moment;
use crate::account::faults::planned::Occasion;
use crate::account::lifecycle::changes::changes_between;
use crate::account::links::silence::notes_on;
use crate::account::links::{Link, StoredCredentials};
use crate::account::request::context::CallContext;
use crate::account::schedule::{Task, TaskKind};
use crate::account::webhooks::injection::WebhookInjection;
use crate::account::webhooks::outbox;
use crate::error::Error;
use crate::generate::Change;
use crate::model::employment_record::Employment;
use crate::model::link::{AccessMode, Resource, Status};
use crate::model::webhook::{Data, EmploymentChanges, EventNames, LinkDeleted, LinkError, Webhook};
use crate::model::{Timestamp, later};
use crate::scenario::{StepId, StepKind};

/// The time between two refreshes of a recurrent link.
const REFRESH_EVERY: TimeDelta = TimeDelta::days(7);

/// The ids of a webhook event.
#[derive(Clone, Copy)]
pub(super) struct EventIds {
    pub webhook_id: Uuid,
    /// The request id that the webhook shows.
    pub request_id: Uuid,
    /// The request that caused the event. It is None for an event that a client triggered.
    pub caused_by: Option<Uuid>,
}

impl EventIds {
    /// Returns the ids of an event whose webhook shows the request that caused it.
    fn of_request(webhook_id: Uuid, request_id: Uuid) -> EventIds {
        EventIds { webhook_id, request_id, caused_by: Some(request_id) }
    }
}

impl Account {
    /// Runs a task that is due.
    pub(super) fn run(&mut self, id: TaskId, task: Task, moment: Moment) {
        let caused_by = self.log_task(id, task);
        let planned = self.faults.take_planned(id);
        let occasion = Occasion { moment, planned: &planned };
        match task {
            Task::Step(link, step) => self.step(link, step, occasion),
            Task::Load(link, load) => {
                self.load(link, load);
                self.announce_load(link, load, occasion);
            }
            Task::Refresh(link) => self.refresh(link, occasion),
            Task::ExpireCredentials(link) => {
                let mut link = self.known_link_mut(link);
                link.credentials = StoredCredentials::Expired;
                link.status = Status::Invalid;
            }
            Task::ExpireData(link) => {
                self.records.remove_all_of(link);
            }
            Task::Delete(link, request_id) => {
                self.delete_in_background(link, request_id, occasion);
            }
            Task::Send(_, delivery) => {
                let one_is_held = self.outbox.endpoints.hold_one();
                let injection = WebhookInjection::planned(&planned, one_is_held);
                if let Some(pending) = self.outbox.pending(delivery) {
                    self.faults.note_planned(&injection, pending.content.link);
                }
                self.outbox.attempt(&mut self.log, self.now, delivery, &injection);
            }
        }
        self.log_changes(None, caused_by);
    }

    /// Begins the lifecycle of a link: schedules the steps of its scenario, its refreshes and the
    /// expiry of its credentials.
    pub(super) fn begin(&mut self, context: &mut CallContext, number: LinkNumber) {
        let delay = self.settings.webhook_delay.draw(|| self.link_seed(number));
        let scenario = self.known_link(number).scenario.clone();
        let steps = &scenario.accepts().expect("a link's scenario accepts").later;
        let fetches = self.first_load(number).is_some();
        let is_announced =
            fetches && steps.iter().any(|(_, step)| matches!(step.event, StepKind::Webhook));
        let mut overtakes = is_announced && self.loads_before_answer(context, number);
        let mut due = self.now;
        let mut first_read = None;
        for (id, step) in steps.iter() {
            let after = match (step.after, &step.event) {
                _ if overtakes => TimeDelta::zero(),
                (Some(after), _) => after,
                (None, StepKind::Load) => delay,
                (None, _) => TimeDelta::zero(),
            };
            due = later(due, after);
            if fetches || !step.event.loads_or_announces() {
                self.outbox.schedule.add(due, Task::Step(number, id));
            }
            overtakes &= !matches!(step.event, StepKind::Webhook);
            if fetches && matches!(step.event, StepKind::Load) {
                first_read = first_read.or(Some(due));
            }
        }
        self.plan_refresh_after(number, first_read.unwrap_or(self.now));
        self.logins().plan_expiry_of_credentials(number);
        context.notes.extend(notes_on(self.known_link(number)));
        context.notes.extend(self.reader().shortfalls(self.known_link(number)));
    }

    /// Draws the fault that runs a load within its call.
    fn loads_before_answer(&mut self, context: &mut CallContext, number: LinkNumber) -> bool {
        let link = self.known_link(number).id;
        let is_drawn = self.faults.loads_before_answer(&self.seed, link);
        context.webhooks_first |= is_drawn;
        is_drawn
    }

    /// Draws the faults of a webhook that is announced.
    pub(super) fn inject_into_webhook(
        &mut self,
        event: &outbox::WebhookEvent,
        occasion: Occasion<'_>,
    ) -> WebhookInjection {
        let one_is_held = self.outbox.endpoints.hold_one();
        self.faults.inject_into_webhook(&self.seed, event, occasion, one_is_held)
    }

    fn step(&mut self, number: LinkNumber, id: StepId, occasion: Occasion<'_>) {
        let now = self.now;
        let load = self.first_load(number);
        let scenario = self.known_link(number).scenario.clone();
        let accept = scenario.accepts().expect("a link's scenario accepts");
        let step = accept.later.get(id).expect("a task names a step of its scenario");
        let mut change = |change| self.known_link_mut(number).changes.push((now, change));
        match &step.event {
            StepKind::Load => {
                if let Some(load) = load {
                    self.load(number, load);
                }
            }
            StepKind::Webhook => {
                if let Some(load) = load {
                    self.announce_load(number, load, occasion);
                }
            }
            StepKind::RefuseLogins(_) => {
                self.known_link_mut(number).credentials = StoredCredentials::Refused(id);
            }
            StepKind::AskToken => {
                self.known_link_mut(number).credentials = StoredCredentials::NeedToken;
            }
            StepKind::NewJob => change(Change::NewJob),
            StepKind::JobLoss => change(Change::JobLoss),
            StepKind::Raise => change(Change::Raise),
        }
    }

    /// Announces an event that no load announces. The event gets ids of its own.
    fn announce_event(&mut self, number: LinkNumber, data: &Data, occasion: Occasion<'_>) {
        self.known_link_mut(number).events += 1;
        let seed = self.link_seed(number);
        let seed = seed.numbered("event", self.known_link(number).events);
        let ids = EventIds {
            webhook_id: seed.child("webhook").uuid(),
            request_id: seed.child("request").uuid(),
            caused_by: Some(self.known_link(number).begun_by),
        };
        self.announce(number, ids, data, occasion);
    }

    fn announce(&mut self, number: LinkNumber, ids: EventIds, data: &Data, occasion: Occasion<'_>) {
        let link = self.known_link(number);
        let event = event(number, link, ids, data);
        let injection = self.inject_into_webhook(&event, occasion);
        self.outbox.announce(&mut self.log, self.now, &event, &injection);
    }

    /// Refreshes a recurrent link. A webhook is sent only if data changed or the login failed.
    fn refresh(&mut self, number: LinkNumber, occasion: Occasion<'_>) {
        let before = self.newest_employment(number);
        match self.logins().log_in_again(None, number) {
            Ok(()) => {
                // This load sends no webhook.
                self.load(number, self.whole_load(number, Uuid::nil()));
                let after = self.newest_employment(number);
                let changes = match (&before, &after) {
                    (Some(before), Some(after)) => changes_between(before, after),
                    _ => Vec::new(),
                };
                if !changes.is_empty() {
                    let data =
                        Data::EmploymentChanges(EmploymentChanges { employment_changes: changes });
                    self.announce_event(number, &data, occasion);
                }
            }
            Err(error) => self.refresh_failed(number, &error, occasion),
        }
        self.plan_refresh(number);
    }

    /// Sends a webhook if the login failed for its credentials or for lack of a token.
    fn refresh_failed(&mut self, number: LinkNumber, error: &Error, occasion: Occasion<'_>) {
        let Some(problem) = error.problems.first() else { return };
        let link_error = LinkError {
            error_code: problem.code.to_string(),
            error_message: problem.message.to_string(),
            status: error.status,
        };
        let data = match (error.status, problem.code.as_ref()) {
            (428, _) => Data::TokenRequired(link_error),
            (_, "login_error" | "invalid_credentials") => {
                self.known_link_mut(number).status = Status::Invalid;
                Data::InvalidCredentials(link_error)
            }
            _ => return,
        };
        self.announce_event(number, &data, occasion);
    }

    /// Schedules the next refresh of a valid recurrent link. No other link is refreshed.
    pub(super) fn plan_refresh(&mut self, number: LinkNumber) {
        self.plan_refresh_after(number, self.now);
    }

    /// Schedules a refresh for one period after a reading of the data. The periods of a new link
    /// begin with its first load, as the times of its scenario's later steps do. So a change that
    /// comes 7 days after the load is found by the refresh of that day.
    fn plan_refresh_after(&mut self, number: LinkNumber, read_at: Timestamp) {
        self.outbox.schedule.cancel(number, TaskKind::Refresh);
        let link = self.known_link(number);
        if link.request.access_mode == AccessMode::Recurrent && link.status == Status::Valid {
            self.outbox.schedule.add(later(read_at, REFRESH_EVERY), Task::Refresh(number));
        }
    }

    fn delete_in_background(
        &mut self,
        number: LinkNumber,
        request_id: Uuid,
        occasion: Occasion<'_>,
    ) {
        let Some(link) = self.remove_link(number) else { return };
        let webhook_id = self.link_seed(number).child("link_deleted").uuid();
        let ids = EventIds::of_request(webhook_id, request_id);
        let event = event(number, &link, ids, &Data::LinkDeleted(LinkDeleted {}));
        let injection = self.inject_into_webhook(&event, occasion);
        self.outbox.announce(&mut self.log, self.now, &event, &injection);
    }

    /// Returns the content of the newest record of a link.
    fn newest_employment(&self, number: LinkNumber) -> Option<Employment> {
        let record = self.records.of(Resource::EmploymentRecords).of_link(number).next()?;
        Some(self.reader().employment(self.known_link(number), record))
    }
}

pub(super) fn event(
    number: LinkNumber,
    link: &Link,
    ids: EventIds,
    data: &Data,
) -> outbox::WebhookEvent {
    let kind = data.kind();
    let EventNames { webhook_type, process_type, webhook_code } = kind.names();
    let webhook = Webhook {
        webhook_id: ids.webhook_id,
        webhook_type,
        process_type,
        webhook_code,
        link_id: link.id,
        request_id: ids.request_id,
        external_id: link.request.external_id.as_deref(),
        data,
    };
    let body = serde_json::to_vec(&webhook).expect("a webhook is plain data");
    outbox::WebhookEvent {
        link: number,
        link_id: link.id,
        external_id: link.request.external_id.clone(),
        webhook_id: ids.webhook_id,
        kind,
        caused_by: ids.caused_by,
        body: body.into(),
    }
}
