//! How somebody gets to an account: in turn, in slices, and at its present.
//!
//! Whoever wants something of an account waits for a turn; turns are given in the order in which
//! they were asked for, and waiting for one holds no thread. A turn lets happen what is due, but
//! only a slice of it. If that is not all, the next one has its turn first.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use crate::account::{Account, Budget, Progress};
use crate::accounts::slot::SlotState;
use crate::accounts::{Accounts, Slot};
use crate::model::Timestamp;

/// A visit that waits until the account has reached the present: the time at which its first turn
/// came, by the clock of the process.
struct Visit<F> {
    present: Option<Timestamp>,
    work: Option<F>,
}

impl Accounts {
    /// None when an invariant of the core is broken; its sentence has been printed then.
    pub(super) async fn visit<T>(
        &self,
        slot: &Slot,
        work: impl FnOnce(&mut Account) -> T,
    ) -> Option<T> {
        self.visit_state(slot, |state, _| work(&mut state.account)).await
    }

    /// A visit that also gets the account's clock, and the time of the process.
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

    /// A visit that holds up the thread until all that is due has happened.
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

    /// Does the work of a visit, or else a part of what has to happen before.
    fn slice<T, F>(&self, slot: &Slot, visit: &mut Visit<F>) -> ControlFlow<Option<T>>
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

    /// Holds the lock of an account for a moment, whatever is due there, and tells those who wait
    /// what has changed. None when an invariant of the core is broken.
    pub(super) fn locked<T>(
        &self,
        slot: &Slot,
        work: impl FnOnce(&mut SlotState, Timestamp) -> T,
    ) -> Option<T> {
        let mut state = slot.lock();
        let before = state.pulse();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let stands_still = state.timeline.stands_still();
            state.account.send_in_order(stands_still);
            work(&mut state, self.clock.now())
        }));
        self.note(slot.number, &mut state);
        let changed = state.pulse() != before;
        drop(state);
        if changed {
            slot.changed.send_replace(());
        }
        self.trim_logs();
        outcome.ok()
    }

    /// Tells the courier what an account waits for now.
    pub(super) fn note(&self, number: usize, state: &mut SlotState) {
        if state.dropped {
            return;
        }
        if state.account.has_undeliverable()
            && !self.said_undeliverable.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "a webhook is kept as undeliverable: the account has no webhook URL; start with \
                 --webhook-url URL, or PUT /_emulator/webhooks/endpoint, to receive webhooks \
                 (this is said once)"
            );
        }
        let due = state.account.next_due().and_then(|due| state.timeline.process_time_of(due));
        if due != state.noted_due {
            let is_first = self.agenda().note(number, state.noted_due, due);
            state.noted_due = due;
            if is_first {
                self.due_earlier.notify_one();
            }
        }
        // What is sent in the middle of what is due would depend on how fast the machine is.
        if !state.is_behind && state.account.has_attempt() {
            self.sends().note_ready(number);
            self.ready_to_send.notify_one();
        }
    }
}

impl<F> Visit<F> {
    fn new(work: F) -> Visit<F> {
        Visit { present: None, work: Some(work) }
    }
}
