//! Says why no webhook came, or which one came where none was expected.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::account::{Log, Silence};
use crate::accounts::await_webhook::{Arrival, Wait};
use crate::accounts::slot::SlotState;
use crate::accounts::{Accounts, ClockMode};
use crate::error::Error;
use crate::model::{Timestamp, duration, show};

impl Accounts {
    /// Ends a wait that expected no webhook.
    pub(super) async fn none_came(&self, wait: &Wait<'_>, arrival: Arrival) -> Result<(), Error> {
        if let Arrival::Webhook(delivery) = arrival {
            return Err(Error::unexpected_webhook(&delivery.brief()));
        }
        let ended = self.visit_state(wait.slot, |state, _| {
            let wanted = &wait.awaited.wanted;
            let refused = state.account.refused_delivery(wanted, wait.awaited.after);
            (refused, state.timeline.mode(), state.account.now())
        });
        let (refused, mode, now) = ended.await.ok_or_else(Error::unexpected)?;
        if let Some(refused) = refused {
            return Err(Error::unexpected_webhook(&refused.brief()));
        }
        if let Some(lost_up_to) = wait.lost_up_to() {
            return Err(Error::log_evicted(format_args!(
                "It cannot be told that no webhook came: the log no longer has what happened up to \
                 cursor {lost_up_to}. Wait after that, or raise --log-budget."
            )));
        }
        if mode == ClockMode::Skip && now < wait.deadline {
            return Err(Error::await_timeout(format_args!(
                "It cannot be told that no webhook comes: after {} the account's time was {}, and \
                 not yet {}. Wait with a larger timeout.",
                duration::show(wait.awaited.timeout),
                show(&now),
                show(&wait.deadline)
            )));
        }
        Ok(())
    }

    /// Returns the error for a webhook that did not come, with the likeliest reason first.
    pub(super) async fn missing(&self, wait: &Wait<'_>, arrival: &Arrival) -> Result<Error, Error> {
        let awaited = wait.awaited;
        let facts = self.visit_state(wait.slot, |state, process_now| {
            let silence = state.account.silence(&awaited.wanted, awaited.after);
            let due = silence.next_due.map(|due| when(state, process_now, due, wait));
            let is_sending = !state.account.is_settled();
            (silence, due, is_sending, others(state.account.log(), wait.lost_up_to()))
        });
        let (silence, due, is_sending, others) = facts.await.ok_or_else(Error::unexpected)?;
        let Silence { reason, is_link_unknown, .. } = silence;
        let reason = match awaited.wanted.link.filter(|_| is_link_unknown) {
            Some(link) => Some(self.stranger(wait, link)),
            None => reason,
        };
        let sending = is_sending.then(|| "a webhook is still being sent".to_owned());
        let reasons: Vec<String> = [reason, due, sending].into_iter().flatten().collect();
        let reasons = reasons.join("; ");
        Ok(match arrival {
            Arrival::TimedOut => Error::await_timeout(format_args!(
                "No webhook{awaited} came within {}: {reasons}. {others}",
                duration::show(awaited.timeout)
            )),
            _ => Error::webhook_not_due(format_args!(
                "No webhook{awaited} can come: {reasons}. {others}"
            )),
        })
    }

    /// Says whose link it is that the account does not have.
    fn stranger(&self, wait: &Wait<'_>, link: Uuid) -> String {
        let own = &wait.slot.credentials.id;
        match self.owner_of(wait.slot, &[link]) {
            Some((_, owner)) => {
                format!(
                    "link {link} belongs to the keys {owner:?} and this call has the keys {own:?}"
                )
            }
            None => format!(
                "there is no link {link}: it was deleted, or is from before a reset or a restart"
            ),
        }
    }
}

/// Says when the next webhook is due, and why the wait does not reach it.
fn when(state: &SlotState, process_now: Timestamp, due: Timestamp, wait: &Wait<'_>) -> String {
    let now = state.account.now();
    let left = duration::show(due - now);
    let beyond = |by: TimeDelta, limit| match by > TimeDelta::zero() {
        true => format!(", {} beyond {limit}: wait with a larger one", duration::show(by)),
        false => String::new(),
    };
    let why = match state.timeline.mode() {
        ClockMode::Manual => ", which stands still: advance the clock, or wait in skip mode".into(),
        ClockMode::Skip => beyond(due - wait.deadline, "within"),
        ClockMode::Real | ClockMode::Scale(_) => {
            let comes_at = state.timeline.process_time_of(due).unwrap_or(process_now);
            beyond(comes_at - wait.gives_up_at, "timeout") + ", or wait in skip mode"
        }
    };
    format!("the next one could come in {left} of the account's time{why}")
}

/// Says which webhooks came instead.
fn others(log: &Log, lost_up_to: Option<u64>) -> String {
    let last = log.last_finished().map(|(cursor, last)| {
        let content = &last.content;
        let names = content.kind.names();
        format!(
            ", the last one is {} {} of link {} (delivery {}, cursor {cursor})",
            names.webhook_type, names.webhook_code, content.link, content.id.0
        )
    });
    let mut others = match log.finished() - log.dropped() {
        0 => "None has come at all".to_owned(),
        count => format!("{count} have come{}", last.unwrap_or_default()),
    };
    if log.dropped() > 0 {
        others.push_str(&format!(", {} dropped by a fault or a call", log.dropped()));
    }
    if let Some(lost_up_to) = lost_up_to {
        others.push_str(&format!(
            ", and the log (--log-budget) no longer has what came up to cursor {lost_up_to}"
        ));
    }
    others + "."
}
