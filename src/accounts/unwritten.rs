//! The answers that are not written yet. A webhook is sent after the answer to the request that
//! caused it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use crate::accounts::Slot;

/// The longest time that a webhook waits for a client to take an answer. A client may never read it.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);

/// The answers of an account that are not written yet.
#[derive(Default)]
pub(super) struct Unwritten {
    calls: Mutex<Calls>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Calls {
    /// The answers to requests to Belvo's API. A reset repeats the ids.
    requests: HashMap<Uuid, Answers>,
    /// The calls of the control API, by number.
    control: BTreeSet<u64>,
    made: u64,
}

/// The answers to the requests of one id.
#[derive(Default)]
struct Answers {
    unwritten: usize,
    /// The number of those that wait for the emulator. A fault can delay them for minutes.
    being_made: usize,
}

/// The right to keep back the webhooks that a request causes, until this is dropped.
pub(crate) struct UnwrittenAnswer {
    account: Arc<Unwritten>,
    cause: Cause,
    waits_for_client: bool,
}

#[derive(Clone, Copy)]
enum Cause {
    /// A request to Belvo's API. Its webhooks know its id.
    Request(Uuid),
    /// A call of the control API. It keeps back all webhooks of its account that begin to be sent
    /// before its answer is written.
    Control(u64),
}

impl UnwrittenAnswer {
    pub(crate) fn of_request(slot: &Slot, id: Uuid) -> UnwrittenAnswer {
        slot.unwritten.begin_request(id)
    }

    pub(crate) fn of_control_call(slot: &Slot) -> UnwrittenAnswer {
        slot.unwritten.begin_control_call()
    }
}

impl UnwrittenAnswer {
    /// Notes that the client has yet to take the answer, or that the emulator has yet to make more
    /// of it. Webhooks wait for a client for a limited time.
    pub(crate) fn waits_for_client(&mut self, waits: bool) {
        if let Cause::Request(id) = self.cause
            && waits != self.waits_for_client
        {
            self.waits_for_client = waits;
            if let Some(answers) = self.account.calls().requests.get_mut(&id) {
                answers.being_made = answers.being_made + usize::from(!waits) - usize::from(waits);
            }
            self.account.changed.send_replace(());
        }
    }
}

impl Drop for UnwrittenAnswer {
    fn drop(&mut self) {
        self.waits_for_client(true);
        let mut calls = self.account.calls();
        match self.cause {
            Cause::Control(number) => drop(calls.control.remove(&number)),
            Cause::Request(id) => match calls.requests.get_mut(&id) {
                Some(answers) if answers.unwritten > 1 => answers.unwritten -= 1,
                _ => drop(calls.requests.remove(&id)),
            },
        }
        drop(calls);
        self.account.changed.send_replace(());
    }
}

impl Unwritten {
    fn begin_request(self: &Arc<Unwritten>, id: Uuid) -> UnwrittenAnswer {
        let mut calls = self.calls();
        let answers = calls.requests.entry(id).or_default();
        answers.unwritten += 1;
        answers.being_made += 1;
        UnwrittenAnswer {
            account: self.clone(),
            cause: Cause::Request(id),
            waits_for_client: false,
        }
    }

    fn begin_control_call(self: &Arc<Unwritten>) -> UnwrittenAnswer {
        let mut calls = self.calls();
        calls.made += 1;
        let number = calls.made;
        calls.control.insert(number);
        UnwrittenAnswer {
            account: self.clone(),
            cause: Cause::Control(number),
            waits_for_client: true,
        }
    }

    /// Returns when the answers before a webhook are written: that to the request that caused it,
    /// and those to the control calls that are under way now. Later calls are not waited for, so
    /// that a webhook of a busy account is sent some time.
    pub(super) async fn written(&self, caused_by: Option<Uuid>) {
        let last = self.calls().made;
        if !self.precedes(caused_by, last) {
            return;
        }
        let mut changed = self.changed.subscribe();
        loop {
            let _ = changed.wait_for(|()| !self.is_being_made(caused_by)).await;
            let goes_on = |_: &()| !self.precedes(caused_by, last) || self.is_being_made(caused_by);
            let in_time = tokio::time::timeout(WRITTEN_WITHIN, changed.wait_for(goes_on)).await;
            if in_time.is_err() || !self.precedes(caused_by, last) {
                return;
            }
        }
    }

    /// Tells that the answer to the request that caused a webhook waits for the emulator.
    fn is_being_made(&self, caused_by: Option<Uuid>) -> bool {
        let calls = self.calls();
        let answers = caused_by.and_then(|id| calls.requests.get(&id));
        answers.is_some_and(|answers| answers.being_made > 0)
    }

    /// Tells that an answer before a webhook is not written yet.
    fn precedes(&self, caused_by: Option<Uuid>, last: u64) -> bool {
        let calls = self.calls();
        caused_by.is_some_and(|id| calls.requests.contains_key(&id))
            || calls.control.first().is_some_and(|number| *number <= last)
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::FutureExt;
    use uuid::Uuid;

    use crate::accounts::unwritten::{Unwritten, WRITTEN_WITHIN};

    const CAUSE: Option<Uuid> = Some(Uuid::from_u128(1));
    const OTHER: Option<Uuid> = Some(Uuid::from_u128(2));

    fn is_written(account: &Unwritten, caused_by: Option<Uuid>) -> bool {
        account.written(caused_by).now_or_never().is_some()
    }

    #[tokio::test]
    async fn only_the_webhooks_of_the_request_wait_for_its_answer() {
        let account = Arc::new(Unwritten::default());
        let answer = account.begin_request(CAUSE.unwrap());
        let again = account.begin_request(CAUSE.unwrap());
        let mut waiting = pin!(account.written(CAUSE));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(is_written(&account, OTHER) && is_written(&account, None));
        drop(answer);
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(again);
        assert!(waiting.now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_webhook_waits_for_the_control_calls_before_it_alone() {
        let account = Arc::new(Unwritten::default());
        let first = account.begin_control_call();
        let mut waiting = pin!(account.written(OTHER));
        assert!(waiting.as_mut().now_or_never().is_none());
        let _second = account.begin_control_call();
        drop(first);
        assert!(waiting.now_or_never().is_some());
        assert!(!is_written(&account, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_webhook_waits_for_the_emulator_and_not_for_ever_for_a_client() {
        let account = Arc::new(Unwritten::default());
        let mut answer = account.begin_request(CAUSE.unwrap());
        let mut waiting = pin!(account.written(CAUSE));
        // The emulator takes its time, twice.
        for _ in 0..2 {
            answer.waits_for_client(false);
            assert!(waiting.as_mut().now_or_never().is_none());
            tokio::time::advance(WRITTEN_WITHIN * 60).await;
            assert!(waiting.as_mut().now_or_never().is_none());
            answer.waits_for_client(true);
            assert!(waiting.as_mut().now_or_never().is_none());
            tokio::time::advance(WRITTEN_WITHIN - Duration::from_millis(1)).await;
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(waiting.now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_webhook_waits_for_a_control_call_for_a_limited_time() {
        let account = Arc::new(Unwritten::default());
        let _call = account.begin_control_call();
        let mut waiting = pin!(account.written(OTHER));
        assert!(waiting.as_mut().now_or_never().is_none());
        tokio::time::advance(WRITTEN_WITHIN).await;
        assert!(waiting.now_or_never().is_some());
    }
}
