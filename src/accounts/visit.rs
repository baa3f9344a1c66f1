//! Visits to an account: in turn, in slices, and at the account's present.
//!
//! A caller waits for a turn. Turns are given in the order in which they were asked for, and
//! waiting blocks no thread. A turn runs one slice of the tasks that are due. If more are due, the
//! next caller has its turn before the rest runs.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::account::{Account, Budget, Progress};
use crate::accounts::slot::SlotState;
use crate::accounts::{Accounts, Slot};
use crate::model::Timestamp;

/// A visit that waits until the account has reached the present, which is the process's time at the
/// visit's first turn.
pub(super) struct Visit<F> {
    present: Option<Timestamp>,
    work: Option<F>,
}

impl Accounts {
    /// Visits an account. Returns None when an invariant of the core is broken; the sentence of the
    /// invariant is in the process's log then.
    pub(super) async fn visit<T>(
        &self,
        slot: &Slot,
        work: impl FnOnce(&mut Account) -> T,
    ) -> Option<T> {
        self.visit_state(slot, |state, _| work(&mut state.account)).await
    }

    /// Visits an account together with its clock. `work` also gets the time of the process.
    pub(super) async fn visit_state<T>(
        &self,
        slot: &Slot,
        work: impl FnOnce(&mut SlotState, Timestamp) -> T,
    ) -> Option<T> {
        let mut visit = Visit::new(work);
        loop {
            let turn = slot.turn.lock().await;
            if let ControlFlow::Break(outcome) = self.slice(slot, &mut visit) {
                return outcome;
            }
            drop(turn);
            tokio::task::yield_now().await;
        }
    }

    /// Visits an account, and blocks the thread until all tasks that are due have run.
    pub(super) fn visit_at_once<T>(
        &self,
        slot: &Slot,
        work: impl FnOnce(&mut Account) -> T,
    ) -> Option<T> {
        let mut visit = Visit::new(|state: &mut SlotState, _| work(&mut state.account));
        loop {
            if let ControlFlow::Break(outcome) = self.slice(slot, &mut visit) {
                return outcome;
            }
        }
    }

    /// Does the work of a visit, or runs a slice of the tasks that must run before.
    pub(super) fn slice<T, F>(&self, slot: &Slot, visit: &mut Visit<F>) -> ControlFlow<Option<T>>
    where
        F: FnOnce(&mut SlotState, Timestamp) -> T,
    {
        let outcome = self.locked(slot, |state, process_now| {
            let present = *visit.present.get_or_insert(process_now);
            match state.catch_up(present, &mut Budget::slice()) {
                Progress::More => ControlFlow::Continue(()),
                Progress::Done => {
                    let work = visit.work.take();
                    ControlFlow::Break(work.map(|work| work(state, process_now)))
                }
            }
        });
        outcome.unwrap_or(ControlFlow::Break(None))
    }

    /// Locks an account for a moment, whatever is due there, and wakes callers that wait for what
    /// has changed. Returns None when an invariant of the core is broken.
    pub(super) fn locked<T>(
        &self,
        slot: &Slot,
        work: impl FnOnce(&mut SlotState, Timestamp) -> T,
    ) -> Option<T> {
        let mut state = slot.lock();
        let before = state.pulse();
        let last_cursor = state.account.log().last_cursor();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let stands_still = state.timeline.stands_still();
            state.account.send_in_order(stands_still);
            state.account.use_scenarios(self.settings.scenarios.current());
            work(&mut state, self.clock.now())
        }));
        self.note(slot, &mut state);
        let changed = state.pulse() != before;
        let appended = state.account.log().last_cursor() != last_cursor;
        drop(state);
        if appended {
            slot.wake_readers();
        }
        if changed {
            slot.changed.send_replace(());
        }
        self.trim_logs();
        outcome.ok()
    }

    /// Tells the courier when the account has a task due, and that it has a webhook to send.
    pub(super) fn note(&self, slot: &Slot, state: &mut SlotState) {
        if state.account.has_undeliverable() && !state.said_undeliverable {
            state.said_undeliverable = true;
            tracing::warn!(
                account = slot.id(),
                "a webhook is kept as undeliverable: the account has no webhook URL; start with \
                 --webhook-url URL, or PUT /_emulator/webhooks/endpoint, to receive webhooks \
                 (this is said once for each account)"
            );
        }
        let holds = state.holds(self.policy.clock_mode);
        if holds != state.noted_holds {
            state.noted_holds = holds;
            self.idle().note_holds(slot.number, holds);
        }
        let due = state.account.next_due().and_then(|due| state.timeline.process_time_of(due));
        if due != state.noted_due {
            let is_first = self.agenda().note(slot.number, state.noted_due, due);
            state.noted_due = due;
            if is_first {
                self.due_earlier.notify_one();
            }
        }
        // No webhook is sent while tasks are overdue: which ones were would depend on the speed of
        // the machine.
        if !state.is_behind && state.account.has_attempt() {
            self.sends().note_ready(slot.number);
            self.ready_to_send.notify_one();
        }
    }
}

impl<F> Visit<F> {
    pub(super) fn new(work: F) -> Visit<F> {
        Visit { present: None, work: Some(work) }
    }
}
