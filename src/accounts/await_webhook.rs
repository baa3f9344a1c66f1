//! Waits for a webhook without polling.

use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::{Delivery, DeliveryContent, DeliveryId, DeliveryState, Log, Search};
use crate::accounts::advance::AdvanceStep;
use crate::accounts::{Accounts, ClockMode, Slot};
use crate::error::Error;
use crate::model::webhook::{WebhookCode, WebhookType};
use crate::model::{END, Timestamp, duration, later};

/// The longest time to wait for an attempt. The courier gives up earlier; this limit holds when no
/// courier runs.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);

/// A description of the finished webhook to wait for, delivered or not, and the longest time to
/// wait.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub(crate) link: Option<Uuid>,
    pub(crate) webhook_type: Option<WebhookType>,
    pub(crate) webhook_code: Option<WebhookCode>,
    /// The cursor after which the webhook must come. 0 is before all.
    pub(crate) after: u64,
    pub(crate) timeout: TimeDelta,
}

/// A reader of the log that remembers how far it has read.
struct Reader {
    position: u64,
    /// The cursor of the last entry that was evicted before the reader had read it. It is 0 when
    /// there is none.
    lost_up_to: u64,
}

/// The expectation of a wait: that a webhook comes, or that none does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expectation {
    One,
    None,
}

impl Awaited {
    /// Describes any webhook that the account remembers, within 30 seconds.
    pub fn any() -> Awaited {
        Awaited {
            link: None,
            webhook_type: None,
            webhook_code: None,
            after: 0,
            timeout: TimeDelta::seconds(30),
        }
    }

    /// Accepts only a webhook of this link.
    pub fn link(self, id: Uuid) -> Awaited {
        Awaited { link: Some(id), ..self }
    }

    /// Accepts only a webhook of this type.
    pub fn webhook_type(self, wanted: WebhookType) -> Awaited {
        Awaited { webhook_type: Some(wanted), ..self }
    }

    /// Accepts only a webhook with this code.
    pub fn webhook_code(self, wanted: WebhookCode) -> Awaited {
        Awaited { webhook_code: Some(wanted), ..self }
    }

    /// Accepts only a webhook that comes after a delivery, by the delivery's
    /// [cursor](Delivery::cursor).
    pub fn after(self, cursor: u64) -> Awaited {
        Awaited { after: cursor, ..self }
    }

    /// Sets the longest time to wait. It limits the account's time as well as the time of the
    /// machine.
    pub fn within(self, timeout: Duration) -> Awaited {
        Awaited { timeout: duration::saturating(timeout), ..self }
    }

    fn matches(&self, content: &DeliveryContent, state: DeliveryState) -> bool {
        state != DeliveryState::Dropped
            && self.link.is_none_or(|link| link == content.link)
            && self.webhook_type.is_none_or(|name| name.is_of(content.kind))
            && self.webhook_code.is_none_or(|name| name.is_of(content.kind))
    }
}

impl Reader {
    fn note_lost(&mut self, log: &Log) {
        if log.has_lost_some_after(self.position) {
            self.lost_up_to = log.evicted();
        }
    }
}

impl Accounts {
    /// Waits for the first webhook that matches. In skip mode, waiting moves the account's time to
    /// the tasks that are due within the timeout.
    ///
    /// With [`Expectation::None`] the call succeeds when no webhook came.
    pub(crate) async fn await_webhook(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        expectation: Expectation,
    ) -> Result<Option<Delivery>, Error> {
        let timeout = awaited.timeout;
        let deadline = self.control(slot, |account| {
            account.log().check_cursor(awaited.after)?;
            Ok(later(account.now(), timeout).min(END))
        });
        let deadline = deadline.await?;
        let longest = timeout.to_std().unwrap_or(Duration::ZERO);
        let mut reader = Reader { position: awaited.after, lost_up_to: 0 };
        let arrival = self.arrival(slot, awaited, expectation, deadline, &mut reader);
        let arrived = match tokio::time::timeout(longest, arrival).await {
            Ok(arrived) => arrived?,
            Err(_) => self.first_match(slot, awaited, &mut reader).await?,
        };
        match (expectation, arrived) {
            (Expectation::One, Some(delivery)) => Ok(Some(delivery)),
            (Expectation::None, None) if reader.lost_up_to > 0 => {
                Err(Error::log_evicted(format_args!(
                    "It cannot be told that no webhook came: the log no longer has what happened \
                     up to cursor {}. Wait after that, or raise --log-budget.",
                    reader.lost_up_to
                )))
            }
            (Expectation::None, None) => Ok(None),
            (Expectation::None, Some(delivery)) => {
                let Delivery { id, link, webhook_type, webhook_code, cursor, .. } = delivery;
                let event = (webhook_type, webhook_code);
                Err(Error::unexpected_webhook(&brief(event, link, id, cursor)))
            }
            (Expectation::One, None) => Err(self.missing(slot, awaited, &reader).await?),
        }
    }

    /// Returns the first match as soon as there is one, or None when the time is over.
    async fn arrival(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        expectation: Expectation,
        deadline: Timestamp,
        reader: &mut Reader,
    ) -> Result<Option<Delivery>, Error> {
        let mut changed = slot.changed.subscribe();
        let generation = slot.generation();
        loop {
            changed.mark_unchanged();
            if slot.generation() != generation {
                return Err(Error::account_reset());
            }
            if let Some(delivery) = self.first_match(slot, awaited, reader).await? {
                return Ok(Some(delivery));
            }
            let clock = self.clock(slot).await?;
            let is_due = clock.next_due.is_some_and(|due| due <= deadline);
            let target = match (clock.mode, clock.next_due) {
                (ClockMode::Skip, Some(due)) if is_due => Some(due),
                (ClockMode::Skip, _) if expectation == Expectation::None => Some(deadline),
                _ => None,
            };
            let step = match target {
                Some(target) => self.step(slot, target).await?,
                None => AdvanceStep::Sending,
            };
            match step {
                AdvanceStep::Arrived if !is_due => {
                    return self.first_match(slot, awaited, reader).await;
                }
                AdvanceStep::Arrived => {}
                AdvanceStep::Moved => tokio::task::yield_now().await,
                AdvanceStep::Sending => drop(changed.changed().await),
            }
        }
    }

    /// Waits until these deliveries were attempted or have no attempt that is due, but not for much
    /// longer than an attempt takes.
    pub(crate) async fn attempted(&self, slot: &Slot, deliveries: &[DeliveryId]) {
        let generation = slot.generation();
        let mut changed = slot.changed.subscribe();
        let attempted = changed.wait_for(|()| {
            let state = slot.lock();
            slot.generation() != generation || state.account.were_attempted(deliveries)
        });
        let _ = tokio::time::timeout(LONGEST_ATTEMPT, attempted).await;
    }

    /// Returns the first match that the reader has not seen yet.
    async fn first_match(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        reader: &mut Reader,
    ) -> Result<Option<Delivery>, Error> {
        loop {
            let search = self.control(slot, |account| {
                reader.note_lost(account.log());
                Ok(account.search_finished(reader.position, |content, state| {
                    awaited.matches(content, state)
                }))
            });
            let Search { found, searched_to, has_more } = search.await?;
            if found.is_some() || !has_more {
                reader.position = searched_to;
                return Ok(found);
            }
            reader.position = searched_to;
            tokio::task::yield_now().await;
        }
    }

    /// Returns the error for a webhook that did not come. It says which webhooks came instead, and
    /// which tasks are scheduled.
    async fn missing(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        reader: &Reader,
    ) -> Result<Error, Error> {
        let clock = self.clock(slot).await?;
        let others = self.control(slot, |account| {
            let log = account.log();
            let last = log.last_finished().map(|(cursor, last)| {
                let DeliveryContent { id, link, kind, .. } = *last.content;
                brief((kind.webhook_type(), kind.webhook_code()), link, id, cursor)
            });
            let last = last.map_or(String::new(), |last| format!(", the last one is {last}"));
            let others = match log.finished() - log.dropped() {
                0 => "none has come at all".to_owned(),
                count => format!("{count} have come{last}"),
            };
            Ok((others, log.dropped()))
        });
        let (mut others, dropped) = others.await?;
        if dropped > 0 {
            others.push_str(&format!(", {dropped} dropped by a fault"));
        }
        if reader.lost_up_to > 0 {
            others.push_str(&format!(
                ", and the log (--log-budget) no longer has what came up to cursor {}",
                reader.lost_up_to
            ));
        }
        let next = match clock.next_due {
            None => "nothing else is planned".to_owned(),
            Some(due) => {
                let left = duration::show(due - clock.now);
                format!(
                    "the next thing is due in {left} of the account's time{}",
                    advice(clock.mode)
                )
            }
        };
        Ok(Error::await_timeout(format_args!(
            "No webhook came within {} that is {awaited}: {others}; {next}.",
            duration::show(awaited.timeout)
        )))
    }
}

/// Returns the advice that brings the next task about.
fn advice(mode: ClockMode) -> &'static str {
    match mode {
        ClockMode::Manual => ", which stands still: advance the clock, or wait in skip mode",
        ClockMode::Skip => ", and the timeout is of that time: wait for longer",
        ClockMode::Real | ClockMode::Scale(_) => ": wait for longer, or in skip mode",
    }
}

impl std::fmt::Display for Awaited {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "after {}", self.after)?;
        if let Some(link) = self.link {
            write!(formatter, ", of link {link}")?;
        }
        if let Some(WebhookType(webhook_type)) = self.webhook_type {
            write!(formatter, ", of type {webhook_type}")?;
        }
        if let Some(WebhookCode(webhook_code)) = self.webhook_code {
            write!(formatter, ", with code {webhook_code}")?;
        }
        Ok(())
    }
}

fn brief(
    (webhook_type, webhook_code): (&str, &str),
    link: Uuid,
    id: DeliveryId,
    cursor: u64,
) -> String {
    format!("{webhook_type} {webhook_code} of link {link} (delivery {}, cursor {cursor})", id.0)
}
