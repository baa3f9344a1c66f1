//! Waits for a webhook without polling.

use std::fmt::{self, Display, Formatter};
use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::account::{
    Delivery, DeliveryContent, DeliveryId, DeliveryState, Log, Search, WantedWebhook,
};
use crate::accounts::advance::AdvanceStep;
use crate::accounts::moving::Moving;
use crate::accounts::{Accounts, ClockMode, Slot};
use crate::error::Error;
use crate::model::webhook::{WebhookCode, WebhookType};
use crate::model::{END, Timestamp, duration, later};

/// The longest time to wait for an attempt. The courier gives up earlier; this limit holds when no
/// courier runs.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(10);

/// The time in which a request that is on its way can still bring a webhook about that nothing else
/// brings.
const GRACE: Duration = Duration::from_secs(3);

/// A description of the webhook to wait for, and the limits of the wait.
#[derive(Clone, Debug)]
pub struct Awaited {
    pub(crate) wanted: WantedWebhook,
    /// The cursor after which the webhook must come. 0 is before all.
    pub(crate) after: u64,
    /// The longest time to wait, on the clock of the machine.
    pub(crate) timeout: TimeDelta,
    /// The longest time to move the account on. None stands for the time of the slowest scenario.
    pub(crate) within: Option<TimeDelta>,
}

/// The expectation of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expectation {
    Delivered,
    Finished,
    None,
}

/// A wait under way.
pub(super) struct Wait<'a> {
    pub slot: &'a Slot,
    pub awaited: &'a Awaited,
    pub expectation: Expectation,
    /// The time of the account to which the wait moves it at most.
    pub deadline: Timestamp,
    /// The end of the wait on the process's clock.
    pub gives_up_at: Timestamp,
    generation: u64,
    /// The account's time at the beginning, if the wait moves it.
    moves_from: Option<Timestamp>,
    reader: Reader,
}

/// A reader of the log that remembers how far it has read.
struct Reader {
    position: u64,
    /// The cursor of the last entry that was evicted before the reader had read it. It is 0 when
    /// there is none.
    lost_up_to: u64,
}

/// The end of a wait.
pub(super) enum Arrival {
    Webhook(Box<Delivery>),
    /// The account's time has reached the deadline, and no webhook came.
    DeadlineReached,
    /// No webhook can come any more.
    NotDue,
    TimedOut,
}

/// The next thing to do for a caller that waits.
enum Prospect {
    /// Moves the account's time towards this point.
    MoveTo(Timestamp),
    /// Waits for something that is under way or that will come by itself.
    Wait,
    /// Nothing is to come.
    Nothing,
}

impl Awaited {
    /// Describes any webhook that the account remembers, waits 30 seconds for it, and moves the
    /// account's time on as far as the slowest scenario needs.
    pub fn any() -> Awaited {
        Awaited {
            wanted: WantedWebhook::default(),
            after: 0,
            timeout: TimeDelta::seconds(30),
            within: None,
        }
    }

    /// Accepts only a webhook of this link.
    pub fn link(mut self, id: Uuid) -> Awaited {
        self.wanted.link = Some(id);
        self
    }

    /// Accepts only a webhook of this type.
    pub fn webhook_type(mut self, wanted: WebhookType) -> Awaited {
        self.wanted.webhook_type = Some(wanted);
        self
    }

    /// Accepts only a webhook with this code.
    pub fn webhook_code(mut self, wanted: WebhookCode) -> Awaited {
        self.wanted.webhook_code = Some(wanted);
        self
    }

    /// Accepts only a webhook that comes after a delivery, by the delivery's
    /// [cursor](Delivery::cursor).
    pub fn after(self, cursor: u64) -> Awaited {
        Awaited { after: cursor, ..self }
    }

    /// Sets the longest time to wait, on the clock of the machine.
    pub fn timeout(self, timeout: Duration) -> Awaited {
        Awaited { timeout: duration::saturating(timeout), ..self }
    }

    /// Sets the longest time by which the wait moves the account on. Only in
    /// [`ClockMode::Skip`] does a wait move it; the other modes refuse the limit.
    pub fn within(self, within: Duration) -> Awaited {
        Awaited { within: Some(duration::saturating(within)), ..self }
    }
}

impl Expectation {
    /// Tells that the end of a delivery ends the wait.
    fn is_ended_by(self, state: DeliveryState) -> bool {
        match state {
            DeliveryState::Pending | DeliveryState::Dropped => false,
            DeliveryState::Cancelled => self != Expectation::Delivered,
            DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Undeliverable => true,
        }
    }
}

impl Reader {
    fn note_lost(&mut self, log: &Log) {
        if log.has_lost_some_after(self.position) {
            self.lost_up_to = log.evicted();
        }
    }
}

impl Wait<'_> {
    fn is_ended_by(&self, content: &DeliveryContent, state: DeliveryState) -> bool {
        self.expectation.is_ended_by(state) && self.awaited.wanted.fits(content)
    }

    /// Returns the cursor of the last entry that the log lost before the wait had read it.
    pub(super) fn lost_up_to(&self) -> Option<u64> {
        Some(self.reader.lost_up_to).filter(|cursor| *cursor > 0)
    }
}

impl Accounts {
    /// Waits for the first webhook that fits. In skip mode, waiting moves the account's time to the
    /// tasks that are due within the reach of the wait.
    ///
    /// With [`Expectation::None`] the call succeeds when no webhook came.
    pub(crate) async fn await_webhook(
        &self,
        slot: &Slot,
        awaited: &Awaited,
        expectation: Expectation,
    ) -> Result<Option<Delivery>, Error> {
        let mut wait = self.begin_wait(slot, awaited, expectation).await?;
        // In the other modes a wait does not move the time.
        let moving = wait.moves_from.map(|from| Moving::begin(self, slot, from));
        let longest = awaited.timeout.to_std().unwrap_or(Duration::ZERO);
        let arrival = timeout(longest, self.arrival(&mut wait)).await;
        let mut arrival = arrival.unwrap_or(Ok(Arrival::TimedOut))?;
        drop(moving);
        if !matches!(arrival, Arrival::Webhook(_))
            && let Some(delivery) = self.first_match(&mut wait).await?
        {
            arrival = Arrival::Webhook(delivery.into());
        }
        match expectation {
            Expectation::None => self.none_came(&wait, arrival).await.map(|()| None),
            Expectation::Delivered | Expectation::Finished => match arrival {
                Arrival::Webhook(delivery) => accepted(*delivery, expectation).map(Some),
                missing => Err(self.missing(&wait, &missing).await?),
            },
        }
    }

    async fn begin_wait<'a>(
        &self,
        slot: &'a Slot,
        awaited: &'a Awaited,
        expectation: Expectation,
    ) -> Result<Wait<'a>, Error> {
        let begun = self.visit_state(slot, |state, process_now| {
            let account = &state.account;
            account.log().check_cursor(awaited.after)?;
            let mode = state.timeline.mode();
            if awaited.within.is_some() && mode != ClockMode::Skip {
                return Err(within_is_refused(mode));
            }
            let within = awaited.within.unwrap_or_else(|| account.slowest_webhook());
            Ok(Wait {
                slot,
                awaited,
                expectation,
                deadline: later(account.now(), within).min(END),
                gives_up_at: later(process_now, awaited.timeout),
                generation: slot.generation(),
                moves_from: (mode == ClockMode::Skip).then_some(account.now()),
                reader: Reader { position: awaited.after, lost_up_to: 0 },
            })
        });
        begun.await.unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// Returns when a webhook has come, or when none can come any more.
    async fn arrival(&self, wait: &mut Wait<'_>) -> Result<Arrival, Error> {
        let slot = wait.slot;
        let mut changed = slot.changed.subscribe();
        let mut grace = pin!(None);
        loop {
            changed.mark_unchanged();
            if slot.generation() != wait.generation {
                return Err(Error::account_reset());
            }
            if let Some(delivery) = self.first_match(wait).await? {
                return Ok(Arrival::Webhook(delivery.into()));
            }
            let target = match self.prospect(wait).await? {
                Prospect::MoveTo(target) => target,
                Prospect::Wait => {
                    grace.set(None);
                    let _ = changed.changed().await;
                    continue;
                }
                Prospect::Nothing => {
                    if grace.is_none() {
                        grace.set(Some(sleep(GRACE)));
                    }
                    let Some(over) = grace.as_mut().as_pin_mut() else { continue };
                    tokio::select! {
                        _ = changed.changed() => continue,
                        // Somebody may have set the clock, which wakes nobody.
                        () = over => match self.prospect(wait).await? {
                            Prospect::Nothing => return Ok(Arrival::NotDue),
                            Prospect::MoveTo(_) | Prospect::Wait => continue,
                        },
                    }
                }
            };
            grace.set(None);
            match self.step(slot, target).await? {
                AdvanceStep::Arrived if wait.expectation == Expectation::None => {
                    return Ok(Arrival::DeadlineReached);
                }
                AdvanceStep::Arrived => {}
                AdvanceStep::Moved => tokio::task::yield_now().await,
                AdvanceStep::Sending => drop(changed.changed().await),
            }
        }
    }

    async fn prospect(&self, wait: &Wait<'_>) -> Result<Prospect, Error> {
        let prospect = self.visit_state(wait.slot, |state, _| {
            let due = state.account.next_webhook_due(&wait.awaited.wanted);
            let is_settled = state.account.is_settled();
            match (state.timeline.mode(), wait.expectation) {
                (ClockMode::Skip, Expectation::None) => Prospect::MoveTo(wait.deadline),
                (_, Expectation::None) => Prospect::Wait,
                _ if !is_settled => Prospect::Wait,
                (ClockMode::Skip, _) => match due.filter(|due| *due <= wait.deadline) {
                    Some(due) => Prospect::MoveTo(due),
                    None => Prospect::Nothing,
                },
                _ => match due.and_then(|due| state.timeline.process_time_of(due)) {
                    Some(due) if due <= wait.gives_up_at => Prospect::Wait,
                    _ => Prospect::Nothing,
                },
            }
        });
        prospect.await.ok_or_else(Error::unexpected)
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
        let _ = timeout(LONGEST_ATTEMPT, attempted).await;
    }

    /// Returns the first match that the reader has not seen yet.
    async fn first_match(&self, wait: &mut Wait<'_>) -> Result<Option<Delivery>, Error> {
        loop {
            let search = self.control(wait.slot, |account| {
                wait.reader.note_lost(account.log());
                let position = wait.reader.position;
                Ok(account
                    .search_finished(position, |content, state| wait.is_ended_by(content, state)))
            });
            let Search { found, searched_to, has_more } = search.await?;
            wait.reader.position = searched_to;
            if found.is_some() || !has_more {
                return Ok(found);
            }
            tokio::task::yield_now().await;
        }
    }
}

fn within_is_refused(mode: ClockMode) -> Error {
    let sentence = format_args!(
        "The account's clock is in {mode} mode, in which a wait does not move the time. Leave within \
         out and give timeout, or set the mode to skip with PUT /_emulator/clock."
    );
    Error::invalid(sentence).on("within")
}

/// Refuses a delivery that failed, if the caller expects one that was delivered. A delivery without
/// a receiver was not refused by anybody.
fn accepted(delivery: Delivery, expectation: Expectation) -> Result<Delivery, Error> {
    if expectation == Expectation::Finished || delivery.state != DeliveryState::Failed {
        return Ok(delivery);
    }
    let sentence = format!(
        "The receiver did not accept {}: {}. No retry is left.",
        delivery.brief(),
        delivery.last_answer()
    );
    let delivery = serde_json::to_value(delivery).map_err(|_| Error::unexpected())?;
    Err(Error::webhook_not_delivered(sentence, delivery))
}

impl Display for Awaited {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Some(WebhookType(webhook_type)) = self.wanted.webhook_type {
            write!(formatter, " of type {webhook_type}")?;
        }
        if let Some(WebhookCode(webhook_code)) = self.wanted.webhook_code {
            write!(formatter, " with code {webhook_code}")?;
        }
        if let Some(link) = self.wanted.link {
            write!(formatter, " of link {link}")?;
        }
        match self.after {
            0 => Ok(()),
            after => write!(formatter, " after cursor {after}"),
        }
    }
}
