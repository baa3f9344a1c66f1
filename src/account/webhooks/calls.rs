//! The calls of the control API for webhooks: the endpoint, the deliveries, repeats, and events on
//! command.

use std::sync::Arc;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::{DeliveryId, LinkNumber};
use crate::account::base::secret::Secret;
use crate::account::faults::planned::Occasion;
use crate::account::lifecycle::{EventIds, event};
use crate::account::log::Setting;
use crate::account::log::delivery::{DeliveryContent, DeliveryState};
use crate::account::webhooks::delivery::Delivery;
use crate::account::webhooks::outbox::{Retries, WebhookEvent};
use crate::account::webhooks::queues::{Endpoint, MOST_ENDPOINTS};
use crate::account::webhooks::reading::{Deliveries, Search};
use crate::error::Error;
use crate::model::address::{self, without_secrets};
use crate::model::duration;
use crate::model::link::Resource;
use crate::model::quote::{cut, quoted};
use crate::model::webhook::{
    Data, EmploymentChange, EmploymentChanges, EventKind, LinkDeleted, LinkError, WebhookCode,
    WebhookType,
};

/// The endpoint of the account's webhooks, without secrets.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EndpointReading {
    /// The URL, without the parts that may be secret. It is null when there is no endpoint.
    pub url: Option<String>,
    /// Further URLs, if `--webhook-url` was given several times.
    other_urls: Vec<String>,
    /// True when webhooks have an `Authorization` header.
    has_authorization: bool,
    retries: u32,
    /// A duration such as `10s`. The n-th retry waits n times this duration.
    #[schemars(example = &"10s")]
    retry_delay: String,
    /// True when the endpoint is temporary: removing it brings the endpoints before it back.
    temporary: bool,
}

/// A setting of the endpoint. Retries and delay keep their values if their fields are absent.
#[derive(Debug)]
pub(crate) struct EndpointSetting {
    pub target: Endpoint,
    pub retries: Option<u32>,
    pub retry_delay: Option<TimeDelta>,
    /// True when the endpoints before come back once this one is removed.
    pub temporary: bool,
}

/// A mark in the changes of an account's deliveries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliveryMark {
    /// The cursor of the last entry of the log.
    pub cursor: u64,
    finished: u64,
}

/// The changes for a repeated delivery. A field that is absent keeps the value of the original.
#[derive(Debug)]
pub(crate) struct Replay {
    pub url: Option<String>,
    /// The new authorization. An empty text sends none.
    pub authorization: Option<String>,
    pub body: Option<Arc<[u8]>>,
}

/// An event that a client triggers. It changes nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    link: Uuid,
    /// The type of the event. `historical_update` needs it, because several types have that code.
    #[serde(default)]
    webhook_type: Option<WebhookType>,
    webhook_code: WebhookCode,
    /// The values of some keys of the event's `data`.
    #[serde(default)]
    data: Map<String, Value>,
}

impl Account {
    pub(crate) fn endpoint(&self) -> EndpointReading {
        let mut urls =
            self.outbox.endpoints.subscribed().map(|target| without_secrets(&target.url));
        let Retries { count, delay } = self.outbox.retries;
        EndpointReading {
            url: urls.next(),
            other_urls: urls.collect(),
            has_authorization: self
                .outbox
                .endpoints
                .subscribed()
                .any(|to| to.authorization.is_some()),
            retries: count,
            retry_delay: duration::show(delay),
            temporary: self.outbox.lent_from.is_some(),
        }
    }

    /// Sends all later events to this endpoint, and to no other.
    ///
    /// # Errors
    /// 400 when the account has too many other endpoints with pending webhooks.
    pub(crate) fn set_endpoint(
        &mut self,
        setting: EndpointSetting,
    ) -> Result<EndpointReading, Error> {
        self.check_endpoint(&setting.target)?;
        let Retries { count, delay } = self.outbox.retries;
        let before: Vec<Endpoint> = self.outbox.endpoints.subscribed().cloned().collect();
        // Of several temporary endpoints in a row, those before the first come back.
        let lent_from = self.outbox.lent_from.take().unwrap_or((before, self.outbox.retries));
        self.outbox.lent_from = setting.temporary.then_some(lent_from);
        self.outbox.retries = Retries {
            count: setting.retries.unwrap_or(count),
            delay: setting.retry_delay.unwrap_or(delay),
        };
        self.outbox.endpoints.subscribe(&[setting.target]);
        self.log_setting(Setting::Endpoint);
        Ok(self.endpoint())
    }

    /// Removes all endpoints, and brings those before a temporary one back. Without any, later
    /// events go nowhere.
    ///
    /// # Errors
    /// 400 when the URL is none; 409 when the endpoint has another URL than this one.
    pub(crate) fn remove_endpoint(&mut self, url: Option<&str>) -> Result<(), Error> {
        if let Some(url) = url {
            let url = address::http_url(url).map_err(|it| Error::invalid(it).on("url"))?;
            let mut subscribed = self.outbox.endpoints.subscribed();
            if !subscribed.any(|target| *target.url == *url.as_str()) {
                return Err(Error::endpoint_changed(&without_secrets(url.as_str())));
            }
        }
        match self.outbox.lent_from.take() {
            Some((endpoints, retries)) => {
                self.outbox.endpoints.subscribe(&endpoints);
                self.outbox.retries = retries;
            }
            None => self.outbox.endpoints.subscribe(&[]),
        }
        self.log_setting(Setting::Endpoint);
        Ok(())
    }

    /// Returns a page of the deliveries that changed after a cursor and that `selects` accepts.
    ///
    /// # Errors
    /// 400 on `after` for a cursor that no entry of the log has had.
    pub(crate) fn deliveries(
        &self,
        after: u64,
        limit: usize,
        selects: impl Fn(&DeliveryContent, DeliveryState) -> bool,
    ) -> Result<Deliveries, Error> {
        self.log.check_cursor(after)?;
        Ok(self.outbox.page(&self.log, after, limit, selects))
    }

    /// Returns all deliveries that are pending or in the log, in the order in which they last
    /// changed.
    pub(crate) fn all_deliveries(&self) -> Vec<Delivery> {
        let mut all = Vec::new();
        let mut after = Some(0);
        while let Some(cursor) = after {
            let page = self.outbox.page(&self.log, cursor, usize::MAX, |_, _| true);
            all.extend(page.deliveries);
            after = page.reach.next_after;
        }
        all
    }

    /// Looks for the first delivery that was finished after a cursor and that `selects` accepts.
    pub(crate) fn search_finished(
        &self,
        after: u64,
        selects: impl Fn(&DeliveryContent, DeliveryState) -> bool,
    ) -> Search {
        Search::new(&self.log, after, selects)
    }

    /// Returns the cursor of the last entry about a delivery. It rises with every change of one.
    pub(crate) fn last_delivery_change(&self) -> u64 {
        self.outbox.last_change()
    }

    /// Returns the present mark, for [`Account::deliveries_changed_since`].
    pub(crate) fn delivery_mark(&self) -> DeliveryMark {
        DeliveryMark { cursor: self.log.last_cursor(), finished: self.log.finished() }
    }

    /// Returns the number of deliveries that changed since the mark, evicted ones included.
    pub(crate) fn deliveries_changed_since(&self, mark: DeliveryMark) -> u64 {
        let finished = self.log.finished() - mark.finished;
        finished + self.outbox.changed_after(mark.cursor).count() as u64
    }

    /// Returns the delivery with the id that a path names.
    pub(crate) fn delivery(&self, id: &str) -> Result<Delivery, Error> {
        let known = id.parse().ok().and_then(|id| self.outbox.find(&self.log, DeliveryId(id)));
        known.ok_or_else(|| self.unknown_delivery(id))
    }

    /// Sends a webhook again, as a delivery of its own.
    pub(crate) fn replay(&mut self, id: &str, replay: Replay) -> Result<Delivery, Error> {
        let known = id.parse().ok().and_then(|id| self.outbox.content(&self.log, DeliveryId(id)));
        let original = known.ok_or_else(|| self.unknown_delivery(id))?;
        let target = self.target_of(&original, &replay)?;
        self.check_endpoint(&target)?;
        self.check_room()?;
        let again = WebhookEvent {
            link: original.link_number,
            link_id: original.link,
            external_id: original.external_id.clone(),
            webhook_id: original.webhook_id,
            kind: original.kind,
            caused_by: original.caused_by,
            body: replay.body.unwrap_or_else(|| original.body.clone()),
        };
        let id = self.outbox.replay(&mut self.log, self.now, &again, &target, original.id);
        Ok(self.outbox.find(&self.log, id).expect("the newest delivery is pending"))
    }

    /// Sends an event to every endpoint, after drawing its faults, and changes nothing else.
    pub(crate) fn trigger(&mut self, trigger: Trigger) -> Result<Deliveries, Error> {
        let lookup = format_args!("id={}", trigger.link);
        let number = self.links.number_of(trigger.link);
        let number = number.ok_or_else(|| Error::does_not_exist(lookup).on("link"))?;
        let kind = kind_of(trigger.webhook_type, trigger.webhook_code)?;
        let data = self.sample(number, kind).with(trigger.data).map_err(|misfit| {
            Error::invalid(misfit.sentence).on(format!("data.{}", cut(&misfit.key)))
        })?;
        self.check_room()?;
        let seed = self.link_seed(number).numbered("trigger", self.outbox.last_delivery().0);
        let (webhook_id, request_id) = (seed.child("webhook").uuid(), seed.child("request").uuid());
        let ids = EventIds { webhook_id, request_id, caused_by: None };
        let event = event(number, self.known_link(number), ids, &data);
        let injection = self.inject_into_webhook(&event, Occasion::OF_CALL);
        let ids = self.outbox.announce(&mut self.log, self.now, &event, &injection);
        self.log_changes(None, None);
        let deliveries = ids.into_iter().filter_map(|id| self.outbox.find(&self.log, id)).collect();
        Ok(Deliveries { deliveries, reach: self.log.reach(None) })
    }

    fn check_endpoint(&self, target: &Endpoint) -> Result<(), Error> {
        if self.outbox.endpoints.have_room_for(target) {
            return Ok(());
        }
        Err(Error::invalid(format_args!(
            "{MOST_ENDPOINTS} URLs, which is the most, have webhooks that are not finished. Wait \
             for them, or delete their links."
        ))
        .on("url"))
    }

    /// Returns sample data for an event of a link.
    fn sample(&self, number: LinkNumber, kind: EventKind) -> Data {
        match kind {
            EventKind::EmploymentRecords => self.count_of(number, Resource::EmploymentRecords),
            EventKind::Owners => self.count_of(number, Resource::Owners),
            EventKind::CurrentEmployments => self.count_of(number, Resource::CurrentEmployments),
            EventKind::EmploymentMetrics => self.count_of(number, Resource::EmploymentMetrics),
            EventKind::EmploymentChanges => Data::EmploymentChanges(EmploymentChanges {
                employment_changes: vec![
                    EmploymentChange::Employed,
                    EmploymentChange::SalaryIncreased,
                ],
            }),
            EventKind::InvalidCredentials => Data::InvalidCredentials(LinkError {
                error_code: "login_error".to_owned(),
                error_message: "Invalid credentials provided to login to the institution"
                    .to_owned(),
                status: 400,
            }),
            EventKind::TokenRequired => {
                let error = Error::token_required();
                Data::TokenRequired(LinkError {
                    error_code: error.problems[0].code.to_string(),
                    error_message: error.problems[0].message.to_string(),
                    status: error.status,
                })
            }
            EventKind::LinkDeleted => Data::LinkDeleted(LinkDeleted {}),
        }
    }

    /// Returns the endpoint that a client names, if webhooks may be sent there. An empty
    /// authorization is none, unless the URL has a user or a password.
    pub(crate) fn receiver(&self, url: &str, authorization: &str) -> Result<Endpoint, Error> {
        let receiver = address::receiver(url, &self.settings.allowed_addresses)
            .map_err(|problem| Error::invalid(problem).on("url"))?;
        let authorization = secret(authorization)?;
        if receiver.authorization.is_some() && authorization.is_some() {
            let sentence = "The URL has a user or a password, which become the header \
                            Authorization: leave this key out, or them.";
            return Err(Error::invalid(sentence).on("authorization"));
        }
        let of_url = receiver.authorization.as_deref().map(Secret::from);
        Ok(Endpoint { url: receiver.url.into(), authorization: of_url.or(authorization) })
    }

    /// Returns the endpoint of a repeat. A secret is only sent to an endpoint that already has it.
    fn target_of(&self, original: &DeliveryContent, replay: &Replay) -> Result<Endpoint, Error> {
        let subscribed = || self.outbox.endpoints.subscribed();
        let known = match (&replay.url, &original.url) {
            (Some(url), _) => {
                let given = replay.authorization.as_deref().unwrap_or_default();
                let target = self.receiver(url, given)?;
                if replay.authorization.is_some() || target.authorization.is_some() {
                    return Ok(target);
                }
                let is_original = original.url.as_ref() == Some(&target.url);
                let authorization = match subscribed().find(|known| known.url == target.url) {
                    _ if is_original => original.authorization.clone(),
                    known => known.and_then(|known| known.authorization.clone()),
                };
                return Ok(Endpoint { authorization, ..target });
            }
            (None, Some(url)) => {
                Endpoint { url: url.clone(), authorization: original.authorization.clone() }
            }
            (None, None) => subscribed().next().cloned().ok_or_else(nowhere_to_go)?,
        };
        let given = replay.authorization.as_deref().map(secret).transpose()?;
        Ok(Endpoint { authorization: given.unwrap_or(known.authorization), url: known.url })
    }

    fn unknown_delivery(&self, id: &str) -> Error {
        let pending = || self.outbox.all_pending().map(|pending| pending.content.id);
        let first = self.log.finished_ids().next().into_iter().chain(pending().next()).min();
        let last = self.log.finished_ids().next_back().into_iter().chain(pending().next_back());
        let range = match first.zip(last.max()) {
            None => "there are none".to_owned(),
            Some((first, last)) if first == last => format!("there is only {}", first.0),
            Some((first, last)) => format!("there are some from {} to {}", first.0, last.0),
        };
        let evicted = match self.log.evicted() {
            0 => String::new(),
            evicted => format!(
                " The log (--log-budget) no longer has what was finished up to cursor {evicted}."
            ),
        };
        Error::unknown(format_args!("There is no delivery {}: {range}.{evicted}", quoted(id)))
    }
}

/// Returns the value of the header `Authorization`, or None for an empty text.
fn secret(text: &str) -> Result<Option<Secret>, Error> {
    let value = address::authorization(text)
        .map_err(|problem| Error::invalid(problem).on("authorization"))?;
    Ok(value.map(Into::into))
}

fn nowhere_to_go() -> Error {
    let sentence = "This webhook had nowhere to go, and still has not: say where with url, or set \
                    the account's endpoint with PUT /_emulator/webhooks/endpoint.";
    Error::invalid(sentence).on("url")
}

/// Returns the kind of event with this code, and with this type if one is given.
fn kind_of(
    webhook_type: Option<WebhookType>,
    webhook_code: WebhookCode,
) -> Result<EventKind, Error> {
    let of_type = |kind: &EventKind| webhook_type.is_none_or(|name| name.is_of(*kind));
    let has_code = |kind: &EventKind| webhook_code.is_of(*kind);
    let WebhookCode(code) = webhook_code;
    let kinds = EventKind::ALL.into_iter();
    let found: Vec<EventKind> = kinds.clone().filter(of_type).filter(has_code).collect();
    match (found.as_slice(), webhook_type) {
        ([kind], _) => Ok(*kind),
        ([], Some(WebhookType(name))) => {
            let codes: Vec<&str> = kinds.filter(of_type).map(EventKind::webhook_code).collect();
            let codes = codes.join(", ");
            let sentence = format_args!("{name} has no {code}, but {codes}.");
            Err(Error::invalid(sentence).on("webhook_code"))
        }
        _ => {
            let types: Vec<&str> = kinds.filter(has_code).map(EventKind::webhook_type).collect();
            let types = types.join(", ");
            let sentence = format_args!("{types} have {code}: say which of them is meant.");
            Err(Error::invalid(sentence).on("webhook_type"))
        }
    }
}
