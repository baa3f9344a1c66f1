//! Announces events: makes the deliveries of an event.

use std::sync::Arc;

use crate::account::base::ids::{DeliveryId, TaskId};
use crate::account::log::delivery::{Attempts, DeliveryContent, DeliveryState};
use crate::account::log::{EntryKind, Log};
use crate::account::schedule::Task;
use crate::account::webhooks::injection::{Spoilt, WebhookInjection};
use crate::account::webhooks::outbox::{Outbox, PendingDelivery, WebhookEvent};
use crate::account::webhooks::queues::Endpoint;
use crate::model::{Timestamp, later};

impl Outbox {
    /// Makes the deliveries of an event that happened at `created_at`, without sending them yet.
    /// Their first attempts are spoilt. The task of the first delivery gets the given id, which must
    /// be free.
    pub(crate) fn announce_later(
        &mut self,
        log: &mut Log,
        created_at: Timestamp,
        due: Timestamp,
        event: &WebhookEvent,
        spoilt: Spoilt,
        mut task_id: Option<TaskId>,
    ) {
        for id in self.announce(log, created_at, event, &WebhookInjection::default()) {
            let Some(live) = self.live.get_mut(&id) else { continue };
            self.endpoints.known(live.endpoint).remove(event.link, id);
            live.next_attempt_at = Some(due);
            live.spoilt = spoilt;
            let task = Task::Send(event.link, id);
            match task_id.take() {
                Some(task_id) => drop(self.schedule.restore(due, task_id, task)),
                None => self.schedule.add(due, task),
            }
        }
    }

    /// Announces an event to every endpoint, with the faults that are injected into it. Returns the
    /// deliveries.
    pub(crate) fn announce(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        event: &WebhookEvent,
        injection: &WebhookInjection,
    ) -> Vec<DeliveryId> {
        let numbers = self.endpoints.subscribed_numbers();
        if numbers.is_empty() {
            let faults = injection.faults.clone();
            let content = DeliveryContent { faults, ..self.content_of(now, event, None, None) };
            let id = content.id;
            self.announced(log, now, &content);
            let state = DeliveryState::Undeliverable;
            self.write_finished(log, now, content.into(), state, Attempts::default());
            return vec![id];
        }
        let mut ids = Vec::new();
        for number in numbers {
            let target = self.endpoints.known(number).target.clone();
            for _ in 0..injection.deliveries() {
                let content = self.content_of(now, event, Some(&target), None);
                ids.push(content.id);
                self.send_injected(log, now, number, content, injection);
            }
        }
        ids
    }

    /// Sends a webhook to one endpoint, as a repeat of an earlier delivery.
    pub(crate) fn replay(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        event: &WebhookEvent,
        target: &Endpoint,
        of: DeliveryId,
    ) -> DeliveryId {
        let number = self.endpoints.number_of(target);
        let content = self.content_of(now, event, Some(target), Some(of));
        let id = content.id;
        self.enlist(log, now, number, content, now);
        self.make_ready(id);
        id
    }

    fn send_injected(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        endpoint: u64,
        mut content: DeliveryContent,
        injection: &WebhookInjection,
    ) {
        let (id, link) = (content.id, content.link_number);
        let due = later(now, injection.delay());
        content.inject(injection);
        if injection.dropped {
            self.announced(log, now, &content);
            let state = DeliveryState::Dropped;
            self.write_finished(log, now, content.into(), state, Attempts::default());
            return;
        }
        self.enlist(log, now, endpoint, content, due);
        if let Some(live) = self.live.get_mut(&id) {
            live.spoilt = injection.spoilt.limited();
        }
        if injection.reordered {
            self.endpoints.known(endpoint).held.push(id);
        }
        match due > now {
            true => self.schedule.add(due, Task::Send(link, id)),
            false => self.make_ready(id),
        }
    }

    /// Makes the next attempt of a delivery, with the faults that are injected into it.
    pub(crate) fn attempt(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        id: DeliveryId,
        injection: &WebhookInjection,
    ) {
        if injection.faults.is_empty() {
            self.make_ready(id);
            return;
        }
        let Some(live) = self.live.get_mut(&id) else { return };
        self.live_bytes -= live.content.bytes();
        let original = live.content.clone();
        Arc::make_mut(&mut live.content).inject(injection);
        self.live_bytes += live.content.bytes();
        live.spoilt = live.spoilt.and_next(live.attempts.made, injection.spoilt);
        let endpoint = live.endpoint;
        if injection.dropped {
            self.finish(log, now, id, DeliveryState::Dropped);
            return;
        }
        let due = later(now, injection.delay());
        live.next_attempt_at = Some(due);
        if injection.reordered {
            self.endpoints.known(endpoint).held.push(id);
        }
        match due > now {
            true => self.schedule.add(due, Task::Send(original.link_number, id)),
            false => self.make_ready(id),
        }
        let copy = WebhookInjection { copies: 0, reordered: false, ..injection.clone() };
        for _ in 0..injection.copies {
            self.deliveries += 1;
            let content =
                DeliveryContent { id: DeliveryId(self.deliveries), ..(*original).clone() };
            self.send_injected(log, now, endpoint, content, &copy);
        }
    }

    fn content_of(
        &mut self,
        now: Timestamp,
        event: &WebhookEvent,
        target: Option<&Endpoint>,
        replay_of: Option<DeliveryId>,
    ) -> DeliveryContent {
        self.deliveries += 1;
        DeliveryContent {
            id: DeliveryId(self.deliveries),
            link: event.link_id,
            external_id: event.external_id.clone(),
            link_number: event.link,
            webhook_id: event.webhook_id,
            kind: event.kind,
            url: target.map(|target| target.url.clone()),
            authorization: target.and_then(|target| target.authorization.clone()),
            created_at: now,
            caused_by: event.caused_by,
            replay_of,
            faults: Vec::new(),
            body: event.body.clone(),
        }
    }

    fn enlist(
        &mut self,
        log: &mut Log,
        now: Timestamp,
        endpoint: u64,
        content: DeliveryContent,
        due: Timestamp,
    ) {
        let (id, link) = (content.id, content.link_number);
        let changed = self.announced(log, now, &content);
        self.endpoints.known(endpoint).live += 1;
        self.live_bytes += content.bytes();
        let pending = PendingDelivery {
            endpoint,
            content: content.into(),
            attempts: Attempts::default(),
            next_attempt_at: Some(due),
            changed,
            spoilt: Spoilt::default(),
        };
        self.live.insert(id, pending);
        self.live_of_links.insert((link, id));
        self.live_by_change.insert(changed, id);
    }

    fn announced(&mut self, log: &mut Log, now: Timestamp, content: &DeliveryContent) -> u64 {
        let (delivery, link, caused_by) = (content.id, content.link, content.caused_by);
        self.changed = log.append(now, EntryKind::DeliveryAnnounced { delivery, link, caused_by });
        self.changed
    }
}

impl DeliveryContent {
    /// Notes the faults. Those that strike all attempts change the content, which clients see.
    fn inject(&mut self, injection: &WebhookInjection) {
        let spoilt = injection.spoilt;
        self.faults.extend(&injection.faults);
        if spoilt.bodies == u32::MAX {
            self.body = spoilt.body(1, &self.body);
        }
        if spoilt.authorizations == u32::MAX {
            self.authorization = spoilt.authorization(1, None);
        }
    }
}
