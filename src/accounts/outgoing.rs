//! The calls of the courier: which accounts to move on, and which webhooks to send.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::account::{Account, Dispatch, Outcome, Verdict};
use crate::accounts::{Accounts, Slot};

/// An account that has something due. Only the timer holds it.
pub(crate) struct DueAccount<'a> {
    accounts: &'a Accounts,
    slot: Arc<Slot>,
}

/// A permit for one send of an account.
pub(crate) struct SendPermit<'a> {
    accounts: &'a Accounts,
    slot: Arc<Slot>,
}

/// An attempt of an account, for the courier to make.
pub(crate) struct Sending {
    pub slot: Arc<Slot>,
    generation: u64,
    pub attempt: Dispatch,
}

/// The verdict on an attempt, and the next one to make.
pub(crate) type Reported<'a> = (Option<Verdict>, Option<(SendPermit<'a>, Sending)>);

/// A send under way, for which a reset waits.
pub(crate) struct SendUnderWay<'a>(&'a Sending);

impl Accounts {
    /// Takes an account that has something due. No other caller gets it until it is dropped.
    pub(crate) fn take_due(&self) -> Option<DueAccount<'_>> {
        let now = self.clock.now();
        loop {
            let number = self.agenda().take_due(now)?;
            match self.numbered(number) {
                Some(slot) => return Some(DueAccount { accounts: self, slot }),
                None => self.agenda().forget(number, None),
            }
        }
    }

    /// Returns the time until [`Accounts::take_due`] has an account.
    pub(crate) fn until_next_due(&self) -> Option<Duration> {
        self.agenda().first_due().map(|due| self.clock.until(due))
    }

    /// Returns the time by which the clock of the process is ahead of the machine's, because
    /// somebody has set the machine's clock back.
    pub(crate) fn ahead_of_wall(&self) -> TimeDelta {
        self.clock.now() - self.clock.wall()
    }

    /// Returns when an account has something due earlier than all others.
    pub(crate) async fn due_earlier(&self) {
        self.due_earlier.notified().await;
    }

    /// Returns the account that sends next if the process has room for a send.
    pub(crate) fn next_to_send(&self) -> Option<SendPermit<'_>> {
        loop {
            let mut sends = self.sends();
            let number = sends.pop()?;
            if let Some(slot) = self.numbered(number) {
                sends.began(number);
                return Some(SendPermit { accounts: self, slot });
            }
        }
    }

    /// Returns when [`Accounts::next_to_send`] may have another account.
    pub(crate) async fn ready_to_send(&self) {
        self.ready_to_send.notified().await;
    }

    /// Tells the account how an attempt ended. The verdict is None when the account was reset
    /// meanwhile. Also returns its next attempt, if the account has one and may go on: an account
    /// that many requests visit is visited once for both.
    pub(crate) async fn report(&self, sending: &Sending, outcome: Outcome) -> Reported<'_> {
        let report = |account: &mut Account| {
            let verdict = sending.report(account, outcome);
            (verdict, self.go_on(&sending.slot, account))
        };
        self.visit(&sending.slot, report).await.unwrap_or_default()
    }

    fn go_on(&self, slot: &Arc<Slot>, account: &mut Account) -> Option<(SendPermit<'_>, Sending)> {
        if !account.has_attempt() || !self.sends().goes_on(slot.number) {
            return None;
        }
        let permit = SendPermit { accounts: self, slot: slot.clone() };
        Sending::poll(slot, account).map(|sending| (permit, sending))
    }

    /// Runs the tasks that are due in all accounts. Tests call it in place of the timer.
    pub(crate) fn advance_at_once(&self) {
        while let Some(due) = self.take_due() {
            let _ = self.visit_at_once(&due.slot, |_| ());
        }
    }

    /// Returns an attempt of any account. Tests call it in place of the courier.
    pub(crate) fn poll_attempt_at_once(&self) -> Option<Sending> {
        loop {
            let number = self.sends().pop()?;
            let Some(slot) = self.numbered(number) else { continue };
            let attempt = self.visit_at_once(&slot, |account| Sending::poll(&slot, account));
            if let Some(sending) = attempt.flatten() {
                return Some(sending);
            }
        }
    }

    /// Tells the account how an attempt ended. Tests call it in place of the courier.
    pub(crate) fn report_at_once(&self, sending: &Sending, outcome: Outcome) -> Option<Verdict> {
        self.visit_at_once(&sending.slot, |account| sending.report(account, outcome)).flatten()
    }

    fn numbered(&self, number: usize) -> Option<Arc<Slot>> {
        self.slots().numbered(number)
    }
}

impl DueAccount<'_> {
    /// Runs the tasks that are due.
    pub(crate) async fn advance(self) {
        let _ = self.accounts.visit(&self.slot, |_| ()).await;
    }
}

impl Drop for DueAccount<'_> {
    fn drop(&mut self) {
        self.accounts.agenda().give_back(self.slot.number);
    }
}

impl SendPermit<'_> {
    /// Returns the attempt to make, if the account still has one.
    pub(crate) async fn poll_attempt(&self) -> Option<Sending> {
        let poll = |account: &mut Account| Sending::poll(&self.slot, account);
        self.accounts.visit(&self.slot, poll).await.flatten()
    }
}

impl Drop for SendPermit<'_> {
    fn drop(&mut self) {
        self.accounts.sends().ended(self.slot.number);
        self.accounts.ready_to_send.notify_one();
    }
}

impl Sending {
    fn poll(slot: &Arc<Slot>, account: &mut Account) -> Option<Sending> {
        let attempt = account.poll_attempt()?;
        Some(Sending { slot: slot.clone(), generation: slot.generation(), attempt })
    }

    fn report(&self, account: &mut Account, outcome: Outcome) -> Option<Verdict> {
        self.is_current().then(|| account.report(&self.attempt, outcome))
    }

    /// Begins to send. A reset waits until the guard is dropped, so that no webhook from before the
    /// reset reaches its receiver after it.
    pub(crate) fn begin(&self) -> SendUnderWay<'_> {
        let mut state = self.slot.lock();
        match self.is_current() {
            true => state.sending += 1,
            false => state.abandoned += 1,
        }
        SendUnderWay(self)
    }

    /// Returns when the account was reset or dropped.
    pub(crate) async fn outdated(&self) {
        let mut generation = self.slot.generation.subscribe();
        let is_newer = |newest: &u64| *newest != self.generation;
        if generation.wait_for(is_newer).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns when the answer to the request that caused the webhook is written, or when it was
    /// waited for long enough.
    pub(crate) async fn answer_is_written(&self) {
        self.slot.unwritten.written(self.attempt.caused_by).await;
    }

    fn is_current(&self) -> bool {
        self.slot.generation() == self.generation
    }
}

impl Drop for SendUnderWay<'_> {
    fn drop(&mut self) {
        let SendUnderWay(sending) = self;
        let mut state = sending.slot.lock();
        match sending.is_current() {
            true => state.sending -= 1,
            false => state.abandoned -= 1,
        }
        drop(state);
        sending.slot.changed.send_replace(());
    }
}
