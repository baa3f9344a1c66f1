//! Advances the time of an account on command, and waits for the webhooks that become due.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Serialize;

use crate::account::{Budget, Delivery, Happened, PageLimit, Progress, Reach, WantedWebhook};
use crate::accounts::moving::Moving;
use crate::accounts::slot::SlotState;
use crate::accounts::{Accounts, ClockMode, Slot};
use crate::error::Error;
use crate::model::{
    END, Timestamp, duration, later, show, six_digits, six_digits_or_null,
    six_digits_or_null_schema, six_digits_schema,
};

/// The largest step to the next webhook. A recurrent link without news has none for years.
const FARTHEST_WEBHOOK: TimeDelta = TimeDelta::days(365);

/// The time to which a client advances an account.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    After(TimeDelta),
    At(Timestamp),
    /// The time at which the next task is due.
    Next,
    /// The time at which the next webhook is attempted.
    Webhook,
}

/// The state of an account's clock.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct ClockReading {
    pub mode: ClockMode,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub now: Timestamp,
    /// The time of the next task. It is null when no task is scheduled.
    #[serde(serialize_with = "six_digits_or_null")]
    #[schemars(schema_with = "six_digits_or_null_schema")]
    pub next_due: Option<Timestamp>,
}

/// A setting of the clock. A part that is absent stays as it is. A mode alone or a time alone
/// converts into it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockSetting {
    pub mode: Option<ClockMode>,
    /// The new time, which is not before the account's present.
    pub now: Option<Timestamp>,
}

impl From<ClockMode> for ClockSetting {
    fn from(mode: ClockMode) -> ClockSetting {
        ClockSetting { mode: Some(mode), now: None }
    }
}

impl From<Timestamp> for ClockSetting {
    fn from(now: Timestamp) -> ClockSetting {
        ClockSetting { mode: None, now: Some(now) }
    }
}

/// The result of advancing the time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Advanced {
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub from: Timestamp,
    #[serde(flatten)]
    pub clock: ClockReading,
    /// The number of tasks that ran meanwhile.
    pub happened_count: u64,
    /// The first of these tasks, in order, a hundred at most. Shorter steps show the others.
    pub happened: Vec<Happened>,
    /// The number of webhooks that were announced, attempted or finished meanwhile.
    pub deliveries_count: u64,
    /// The first page of these webhooks, in the order in which they last changed. The list of
    /// deliveries shows the others after `next_after`.
    pub deliveries: Vec<Delivery>,
    #[serde(flatten)]
    pub reach: Reach,
}

/// The result of one step towards a point in time.
pub(super) enum AdvanceStep {
    /// A webhook is being sent, and the step waits for its receiver.
    Sending,
    /// The time moved on, and more tasks may be due.
    Moved,
    /// The point in time is reached, and all webhooks that were due have been answered.
    Arrived,
}

impl Accounts {
    pub(crate) async fn clock(&self, slot: &Slot) -> Result<ClockReading, Error> {
        self.visit_state(slot, |state, _| state.reading()).await.ok_or_else(Error::unexpected)
    }

    /// Sets the mode and the time, and runs the tasks that are due by then, without waiting for
    /// their webhooks.
    ///
    /// A caller that stops waiting changes nothing: the time is set, and the tasks run.
    pub(crate) async fn set_clock(
        &self,
        slot: &Slot,
        setting: ClockSetting,
    ) -> Result<ClockReading, Error> {
        let generation = slot.generation();
        let set = self.visit_state(slot, |state, process_now| {
            let from = state.account.now();
            let now = setting.now.unwrap_or(from);
            state.check_time(now).map_err(|error| error.on("now"))?;
            let mode = setting.mode.unwrap_or(state.timeline.mode());
            if now > from || mode != state.timeline.mode() {
                state.account.log_clock(from, now);
            }
            state.timeline.set(mode, process_now, now);
            Ok(())
        });
        set.await.unwrap_or_else(|| Err(Error::unexpected()))?;
        let reading = self.clock(slot).await?;
        match slot.generation() == generation {
            true => Ok(reading),
            false => Err(Error::account_reset()),
        }
    }

    /// Advances the time, runs the tasks that become due, in order, and returns when the receivers
    /// of their webhooks have answered. Retries that become due are made too.
    pub(crate) async fn advance_clock(&self, slot: &Slot, until: Until) -> Result<Advanced, Error> {
        let mut changed = slot.changed.subscribe();
        let generation = slot.generation();
        let begun = self.visit_state(slot, |state, _| {
            let from = state.account.now();
            let target = match until {
                Until::After(time) => later(from, time),
                Until::At(time) => time,
                Until::Next => state.account.next_due().unwrap_or(from),
                Until::Webhook => later(from, FARTHEST_WEBHOOK).min(END),
            };
            let field = if matches!(until, Until::After(_)) { "by" } else { "to" };
            state.check_time(target).map_err(|error| error.on(field))?;
            let log = state.account.log();
            let counts = (log.tasks(), log.arrivals());
            Ok((from, target, state.account.delivery_mark(), counts))
        });
        let begun = begun.await.unwrap_or_else(|| Err(Error::unexpected()));
        let (from, last_target, mark, (tasks, arrivals)) = begun?;
        let moving = Moving::begin(self, slot, from);
        loop {
            changed.mark_unchanged();
            if slot.generation() != generation {
                return Err(Error::account_reset());
            }
            let target = match until {
                Until::Webhook => self.webhook_target(slot, last_target, arrivals).await?,
                _ => Some(last_target),
            };
            let Some(target) = target else { break };
            match self.step(slot, target).await? {
                AdvanceStep::Sending => drop(changed.changed().await),
                AdvanceStep::Moved => tokio::task::yield_now().await,
                AdvanceStep::Arrived if matches!(until, Until::Webhook) => {}
                AdvanceStep::Arrived => break,
            }
        }
        drop(moving);
        let advanced = self.visit_state(slot, |state, _| {
            let limit = PageLimit::default().get();
            let page = state.account.deliveries(mark.cursor, limit, |_, _| true)?;
            Ok(Advanced {
                from,
                clock: state.reading(),
                happened_count: state.account.log().tasks() - tasks,
                happened: state.account.happened_after(mark.cursor, limit),
                deliveries_count: state.account.deliveries_changed_since(mark),
                deliveries: page.deliveries,
                reach: page.reach,
            })
        });
        advanced.await.unwrap_or_else(|| Err(Error::unexpected()))
    }

    /// Returns the time up to which the next webhook can come, or None when one was attempted or
    /// none is due until `last`.
    async fn webhook_target(
        &self,
        slot: &Slot,
        last: Timestamp,
        arrivals: u64,
    ) -> Result<Option<Timestamp>, Error> {
        let target = self.visit_state(slot, |state, _| {
            let account = &state.account;
            if !account.is_settled() {
                return Some(account.now());
            }
            let has_arrived = account.log().arrivals() > arrivals;
            let due = account.next_webhook_due(&WantedWebhook::default());
            due.filter(|due| !has_arrived && *due <= last)
        });
        target.await.ok_or_else(Error::unexpected)
    }

    /// Moves the time towards `target` by one slice of the tasks that are due, unless a webhook is
    /// under way.
    pub(super) async fn step(&self, slot: &Slot, target: Timestamp) -> Result<AdvanceStep, Error> {
        let _turn = slot.turn.lock().await;
        let step = self.locked(slot, |state, process_now| {
            let mut budget = Budget::slice();
            let progress = state.catch_up(process_now, &mut budget);
            if progress == Progress::More && state.account.now() < target {
                return AdvanceStep::Moved;
            }
            loop {
                if !state.account.is_settled() {
                    return AdvanceStep::Sending;
                }
                let due = state.account.next_due().filter(|due| *due <= target);
                match (state.move_to(process_now, due.unwrap_or(target), &mut budget), due) {
                    (Progress::More, _) => return AdvanceStep::Moved,
                    (Progress::Done, None) => return AdvanceStep::Arrived,
                    (Progress::Done, Some(_)) => {}
                }
            }
        });
        step.ok_or_else(Error::unexpected)
    }
}

impl SlotState {
    pub(super) fn reading(&self) -> ClockReading {
        ClockReading {
            mode: self.timeline.mode(),
            now: self.account.now(),
            next_due: self.account.next_due(),
        }
    }

    /// Refuses a time in the past, because tasks cannot be undone, and a time too far ahead,
    /// because the tasks of centuries would take the machine minutes.
    fn check_time(&self, time: Timestamp) -> Result<(), Error> {
        let now = self.account.now();
        let shown = show(&now);
        if time < now {
            return Err(Error::invalid(format_args!(
                "It is {shown} for this account, and its time does not go back. POST \
                 /_emulator/reset begins anew."
            )));
        }
        if time > END {
            let end = show(&END);
            return Err(Error::invalid(format_args!(
                "It is {shown} for this account, and no account lives beyond {end}."
            )));
        }
        if time - now > duration::LONGEST {
            let longest = duration::show(duration::LONGEST);
            return Err(Error::invalid(format_args!(
                "It is {shown} for this account; move on by {longest} at most, more than once if \
                 need be."
            )));
        }
        Ok(())
    }
}
