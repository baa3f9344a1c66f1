//! Waiting for a webhook, without asking again and again.

use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::{Delivery, DeliveryId, DeliveryState};
use crate::accounts::advance::AdvanceStep;
use crate::accounts::{Accounts, ClockMode, Slot};
use crate::error::Error;
use crate::model::webhook::{WebhookCode, WebhookType};
use crate::model::{END, Timestamp, duration, later};

/// The courier gives up earlier; this is for the case that it does not run.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);

/// Which webhook to wait for, and how long: one that is finished, delivered or not.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub(crate) link: Option<Uuid>,
    pub(crate) webhook_type: Option<WebhookType>,
    pub(crate) webhook_code: Option<WebhookCode>,
    /// 0 is before all.
    pub(crate) after: u64,
    pub(crate) timeout: TimeDelta,
}

/// Whether one is to come, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    One,
    None,
}

impl Awaited {
    /// The first of all that the account remembers, within 30 seconds.
    pub fn any() -> Awaited {
        Awaited {
            link: None,
            webhook_type: None,
            webhook_code: None,
            after: 0,
            timeout: TimeDelta::seconds(30),
        }
    }

    /// Only one of this link.
    pub fn link(self, id: Uuid) -> Awaited {
        Awaited { link: Some(id), ..self }
    }

    /// Only one of this type.
    pub fn webhook_type(self, wanted: WebhookType) -> Awaited {
        Awaited { webhook_type: Some(wanted), ..self }
    }

    /// Only one with this code.
    pub fn webhook_code(self, wanted: WebhookCode) -> Awaited {
        Awaited { webhook_code: Some(wanted), ..self }
    }

    /// Only one that comes after a delivery, by the [cursor](Delivery::cursor) of that.
    pub fn after(self, cursor: u64) -> Awaited {
        Awaited { after: cursor, ..self }
    }

    /// At most so long: of the account's time, and by the clock of the machine as well.
    pub fn within(self, timeout: Duration) -> Awaited {
        Awaited { timeout: duration::saturating(timeout), ..self }
    }

    fn matches(&self, delivery: &Delivery) -> bool {
        delivery.state != DeliveryState::Dropped
            && delivery.cursor.is_some_and(|cursor| cursor > self.after)
            && self.link.is_none_or(|link| link == delivery.link)
            && self.webhook_type.is_none_or(|name| name.0 == delivery.webhook_type)
            && self.webhook_code.is_none_or(|name| name.0 == delivery.webhook_code)
    }
}

impl Accounts {
    /// Waits for the first webhook that matches. In skip mode the account's time is moved on to what
    /// is due before the time is over.
    ///
    /// With [`Expectation::None`] the answer is that none came.
    pub async fn await_webhook(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        expectation: Expectation,
    ) -> Result<Option<Delivery>, Error> {
        let timeout = awaited.timeout;
        let deadline = self.control(slot, |account| {
            account.check_cursor(awaited.after)?;
            Ok(later(account.now(), timeout).min(END))
        });
        let deadline = deadline.await?;
        let longest = timeout.to_std().unwrap_or(Duration::ZERO);
        let arrival = self.arrival(slot, awaited, expectation, deadline);
        let arrived = match tokio::time::timeout(longest, arrival).await {
            Ok(arrived) => arrived?,
            Err(_) => self.first_match(slot, awaited).await?,
        };
        match (expectation, arrived) {
            (Expectation::One, Some(delivery)) => Ok(Some(delivery)),
            (Expectation::None, None) => Ok(None),
            (Expectation::None, Some(delivery)) => {
                Err(Error::unexpected_webhook(&brief(&delivery)))
            }
            (Expectation::One, None) => Err(self.missing(slot, awaited).await?),
        }
    }

    /// The first match, as soon as there is one. None when the time is over, in skip mode.
    async fn arrival(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        expectation: Expectation,
        deadline: Timestamp,
    ) -> Result<Option<Delivery>, Error> {
        let mut changed = slot.changed.subscribe();
        let generation = slot.generation();
        loop {
            changed.mark_unchanged();
            if slot.generation() != generation {
                return Err(Error::account_reset());
            }
            if let Some(delivery) = self.first_match(slot, awaited).await? {
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
                AdvanceStep::Arrived if !is_due => return self.first_match(slot, awaited).await,
                AdvanceStep::Arrived => {}
                AdvanceStep::Moved => tokio::task::yield_now().await,
                AdvanceStep::Sending => drop(changed.changed().await),
            }
        }
    }

    /// Waits until these were attempted, or cannot be, but not for much longer than an attempt takes.
    pub async fn attempted(&self, slot: &Slot, deliveries: &[DeliveryId]) {
        let generation = slot.generation();
        let mut changed = slot.changed.subscribe();
        let attempted = changed.wait_for(|()| {
            let state = slot.lock();
            slot.generation() != generation || state.account.were_attempted(deliveries)
        });
        let _ = tokio::time::timeout(LONGEST_ATTEMPT, attempted).await;
    }

    async fn first_match(&self, slot: &Slot, awaited: &Awaited) -> Result<Option<Delivery>, Error> {
        self.control(slot, |account| {
            Ok(account.deliveries().find(|delivery| awaited.matches(delivery)).cloned())
        })
        .await
    }

    /// What to say when no webhook came: what did, and what will.
    async fn missing(&self, slot: &Slot, awaited: &Awaited) -> Result<Error, Error> {
        let clock = self.clock(slot).await?;
        let others = self.control(slot, |account| {
            let others = account.deliveries().filter(|delivery| delivery.is_finished());
            let (dropped, others): (Vec<_>, Vec<_>) =
                others.partition(|delivery| delivery.state == DeliveryState::Dropped);
            Ok((dropped.len(), others.into_iter().map(brief).collect::<Vec<_>>()))
        });
        let (dropped, others) = others.await?;
        let mut others = match others.as_slice() {
            [] => "none has come at all".to_owned(),
            [.., last] => format!("{} have come, the last one is {last}", others.len()),
        };
        if dropped > 0 {
            others.push_str(&format!(", {dropped} dropped by a fault"));
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

/// What to do so that the next thing happens.
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

fn brief(delivery: &Delivery) -> String {
    let Delivery { id, link, webhook_type, webhook_code, cursor, .. } = delivery;
    let cursor = cursor.unwrap_or_default();
    format!("{webhook_type} {webhook_code} of link {link} (delivery {}, cursor {cursor})", id.0)
}
