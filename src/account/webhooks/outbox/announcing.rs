//! Announces events: makes the deliveries of an event.

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
        content.faults.clone_from(&injection.faults);
        let spoilt = injection.spoilt;
        // What is spoilt in all attempts is the content of the delivery, which clients see.
        if spoilt.bodies == u32::MAX {
            content.body = spoilt.body(1, &content.body);
        }
        if spoilt.authorizations == u32::MAX {
            content.authorization = spoilt.authorization(1, None);
        }
        if injection.dropped {
            self.announced(log, now, &content);
            let state = DeliveryState::Dropped;
            self.write_finished(log, now, content.into(), state, Attempts::default());
            return;
        }
        self.enlist(log, now, endpoint, content, due);
        if let Some(live) = self.live.get_mut(&id) {
            live.spoilt = spoilt.limited();
        }
        if injection.reordered {
            self.endpoints.known(endpoint).held.push(id);
        }
        match due > now {
            true => self.schedule.add(due, Task::Send(link, id)),
            false => self.make_ready(id),
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
        let (delivery, caused_by) = (content.id, content.caused_by);
        self.changed = log.append(now, EntryKind::DeliveryAnnounced { delivery, caused_by });
        self.changed
    }
}
