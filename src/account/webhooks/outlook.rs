//! The webhooks that are still to come for a caller that waits, and the reasons why none comes.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::{LinkNumber, TaskId};
use crate::account::links::Link;
use crate::account::log::EntryKind;
use crate::account::log::delivery::DeliveryContent;
use crate::account::log::page::MOST_SCANNED;
use crate::account::log::task_run::{TaskChange, TaskRun};
use crate::account::schedule::Task;
use crate::account::webhooks::delivery::Delivery;
use crate::model::Timestamp;
use crate::model::link::Status;
use crate::model::webhook::{EventKind, WebhookCode, WebhookType};
use crate::scenario::StepKind;

/// The longest reach of a wait that names none. It is shorter than the time between two refreshes,
/// so that a forgotten wait never spends weeks of an account.
const LONGEST_REACH: TimeDelta = TimeDelta::days(1);

/// A description of the webhooks that a caller waits for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WantedWebhook {
    pub link: Option<Uuid>,
    pub webhook_type: Option<WebhookType>,
    pub webhook_code: Option<WebhookCode>,
}

/// The reasons why no webhook has come that a caller waits for.
#[derive(Debug)]
pub(crate) struct Silence {
    /// The likeliest reason, a sentence. It is None when the time of the next webhook says all.
    pub reason: Option<String>,
    /// True when the account does not have the link that the caller names.
    pub is_link_unknown: bool,
    /// The time of the next task that could bring such a webhook.
    pub next_due: Option<Timestamp>,
}

impl WantedWebhook {
    pub(crate) fn fits(&self, content: &DeliveryContent) -> bool {
        self.link.is_none_or(|link| link == content.link) && self.fits_kind(content.kind)
    }

    fn fits_kind(&self, kind: EventKind) -> bool {
        self.webhook_type.is_none_or(|name| name.is_of(kind))
            && self.webhook_code.is_none_or(|name| name.is_of(kind))
    }
}

impl Account {
    /// Returns the time in which each scenario sends its first webhook and all its retries are
    /// made, but at most a day.
    pub(crate) fn slowest_webhook(&self) -> TimeDelta {
        let delay = self.settings.webhook_delay.longest;
        let scenarios = self.scenarios.scenarios().iter();
        let first = scenarios.filter_map(|scenario| scenario.accepts()?.first_webhook(delay));
        let retries = self.outbox.retries;
        let waits = retries.count * (retries.count + 1) / 2;
        let first = first.max().unwrap_or(delay).min(LONGEST_REACH);
        (first + retries.delay * waits as i32).min(LONGEST_REACH)
    }

    /// Returns the number of tasks that were ever added, and the number of those that are left.
    pub(crate) fn task_counts(&self) -> (u64, usize) {
        self.outbox.schedule.counts()
    }

    /// Returns the time of the next task that could bring such a webhook. If very many tasks come
    /// before it, returns the time of one of them.
    pub(crate) fn next_webhook_due(&self, wanted: &WantedWebhook) -> Option<Timestamp> {
        let brings = |task: &Task| self.could_bring(task, wanted);
        if let Some(id) = wanted.link {
            let mut tasks = self.outbox.schedule.of_link(self.number_of_link(id)?);
            return tasks.find(|(_, task)| brings(task)).map(|((due, _), _)| due);
        }
        let mut tasks = self.outbox.schedule.all().enumerate();
        let found = tasks.find(|(place, (_, task))| *place == MOST_SCANNED || brings(task));
        found.map(|(_, (due, _))| due)
    }

    /// Returns a delivery that changed after a cursor, fits, and was attempted without success so
    /// far.
    pub(crate) fn refused_delivery(&self, wanted: &WantedWebhook, after: u64) -> Option<Delivery> {
        let changed = self.outbox.changed_after(after).take(MOST_SCANNED);
        let pending = changed.filter_map(|(_, id)| self.outbox.pending(id));
        let mut refused = pending.filter(|pending| pending.attempts.made > 0);
        let refused = refused.find(|pending| wanted.fits(&pending.content))?;
        self.outbox.find(&self.log, refused.content.id)
    }

    /// Returns the reasons why no such webhook has come after a cursor.
    pub(crate) fn silence(&self, wanted: &WantedWebhook, after: u64) -> Silence {
        let next_due = self.next_webhook_due(wanted);
        let refused = self.refused_delivery(wanted, after).map(|delivery| {
            format!("{} was not accepted: {}", delivery.brief(), delivery.last_answer())
        });
        let link = wanted.link.map(|id| self.number_of_link(id));
        let is_link_unknown = refused.is_none() && link == Some(None);
        let reason = match (refused, next_due) {
            (Some(refused), _) => Some(refused),
            (None, Some(_)) => None,
            (None, None) if !self.is_settled() => None,
            (None, None) => Some(self.why_none_is_due(wanted, after)),
        };
        Silence { reason, is_link_unknown, next_due }
    }

    /// Returns the reason why no task is scheduled that could bring such a webhook.
    fn why_none_is_due(&self, wanted: &WantedWebhook, after: u64) -> String {
        if let Some(dropped) = self.last_dropped(wanted, after) {
            return dropped;
        }
        if let Some(earlier) = self.finished_until(wanted, after) {
            return format!("{earlier} came before, and `after` leaves it out");
        }
        let number = wanted.link.map(|id| self.links.number_of(id));
        let link = number.map_or_else(|| self.links.newest(), |number| self.links.get(number?));
        match link {
            Some(link) => self.why_link_is_silent(link, wanted),
            None => "the account has no link".to_owned(),
        }
    }

    /// Names the last task that a call dropped after the cursor and that would have brought such a
    /// webhook.
    fn last_dropped(&self, wanted: &WantedWebhook, after: u64) -> Option<String> {
        let entries = self.log.newest_first().take(MOST_SCANNED);
        let mut dropped =
            entries.take_while(|(cursor, _)| *cursor > after).filter_map(|(cursor, entry)| {
                match &entry.kind {
                    EntryKind::TaskChanged(run, TaskChange::Dropped) => Some((cursor, run)),
                    _ => None,
                }
            });
        let (cursor, run) = dropped.find(|(_, run)| self.would_have_brought(run, wanted))?;
        let TaskRun { id: TaskId(id), link, .. } = run;
        let what = run.what();
        Some(format!(
            "task {id} ({what} of link {link}) would have brought one, and a call dropped it \
             (cursor {cursor})"
        ))
    }

    fn would_have_brought(&self, run: &TaskRun, wanted: &WantedWebhook) -> bool {
        let is_of_link = wanted.link.is_none_or(|link| link == run.link);
        is_of_link
            && match run.task.delivery() {
                Some(delivery) => self
                    .outbox
                    .content(&self.log, delivery)
                    .is_some_and(|content| wanted.fits_kind(content.kind)),
                None => {
                    self.links.get(run.task.link()).is_some() && self.could_bring(&run.task, wanted)
                }
            }
    }

    /// Returns the last finished delivery that fits, if it is not after the cursor.
    fn finished_until(&self, wanted: &WantedWebhook, after: u64) -> Option<String> {
        let (cursor, last) = self.log.last_finished()?;
        let fits = cursor <= after && wanted.fits(&last.content);
        let delivery = self.outbox.find(&self.log, last.content.id).filter(|_| fits)?;
        Some(delivery.brief())
    }

    fn why_link_is_silent(&self, link: &Link, wanted: &WantedWebhook) -> String {
        let id = link.id;
        let loads = link.loads();
        let scenario = link.scenario.name.as_str();
        let announces = link.accept().first_webhook(TimeDelta::zero()).is_some();
        let type_name = wanted.webhook_type.map(|WebhookType(name)| name);
        let is_loaded = |name: &str| loads.iter().any(|resource| resource.as_str() == name);
        match link.status {
            Status::Unconfirmed => format!(
                "link {id} waits for its token: PATCH /api/links/ with the session and the token"
            ),
            Status::TokenRequired => {
                format!("link {id} needs a token again, so it is not refreshed: PATCH /api/links/")
            }
            Status::Invalid => format!(
                "link {id} is invalid, so it is not refreshed: PUT /api/links/{id}/ renews it"
            ),
            Status::Valid if loads.is_empty() => format!(
                "link {id} loads nothing by itself, because it is single and names no \
                 fetch_resources: name some when you register it, or POST /api/employment-records/ \
                 with \"link\""
            ),
            Status::Valid if type_name.is_some_and(|name| name != "LINK" && !is_loaded(name)) => {
                let loads: Vec<&str> = loads.iter().map(|resource| resource.as_str()).collect();
                format!("link {id} loads {} only", loads.join(" and "))
            }
            Status::Valid if !announces => {
                format!("the scenario {scenario} of link {id} sends no webhook")
            }
            Status::Valid => format!("nothing that brings one is scheduled for link {id}"),
        }
    }

    /// Tells that a task sends a webhook, or may bring one about.
    pub(in crate::account) fn brings_webhook(&self, task: &Task) -> bool {
        self.could_bring(task, &WantedWebhook::default())
    }

    fn could_bring(&self, task: &Task, wanted: &WantedWebhook) -> bool {
        let fits = |kind| wanted.fits_kind(kind);
        let announces = |resource| fits(EventKind::of_load(resource));
        match task {
            Task::Step(number, step) => {
                let link = self.known_link(*number);
                let step = link.accept().later.get(*step);
                step.is_some_and(|step| matches!(step.event, StepKind::Webhook))
                    && link.loads().into_iter().any(announces)
            }
            Task::Load(_, load) => load.resources().any(announces),
            Task::Refresh(_) => {
                use EventKind::{EmploymentChanges, InvalidCredentials, TokenRequired};
                [EmploymentChanges, InvalidCredentials, TokenRequired].into_iter().any(fits)
            }
            Task::Delete(..) => fits(EventKind::LinkDeleted),
            Task::Send(_, delivery) => {
                let pending = self.outbox.pending(*delivery);
                pending.is_some_and(|pending| fits(pending.content.kind))
            }
            Task::ExpireCredentials(_) | Task::ExpireData(_) => false,
        }
    }

    /// Returns the number of a link, also of a deleted link that has webhooks on their way.
    pub(in crate::account) fn number_of_link(&self, id: Uuid) -> Option<LinkNumber> {
        let deleted = || {
            let mut pending = self.outbox.all_pending().map(|pending| &pending.content);
            Some(pending.find(|content| content.link == id)?.link_number)
        };
        self.links.number_of(id).or_else(deleted)
    }
}
