//! The answers that are not written yet. A webhook is sent after the answer to the request that
//! caused it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use crate::accounts::Slot;

/// The longest time that a webhook waits for an answer. A client may never read it.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);

/// The answers of an account that are not written yet.
#[derive(Default)]
pub(super) struct Unwritten {
    calls: Mutex<Calls>,
    written: watch::Sender<()>,
}

#[derive(Default)]
struct Calls {
    /// The requests to Belvo's API, each with the number of its answers. A reset repeats the ids.
    requests: HashMap<Uuid, usize>,
    /// The calls of the control API, by number.
    control: BTreeSet<u64>,
    made: u64,
}

/// The right to keep back the webhooks that a request causes, until this is dropped.
pub(crate) struct UnwrittenAnswer {
    account: Arc<Unwritten>,
    cause: Cause,
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

impl Drop for UnwrittenAnswer {
    fn drop(&mut self) {
        let mut calls = self.account.calls();
        match self.cause {
            Cause::Control(number) => drop(calls.control.remove(&number)),
            Cause::Request(id) => match calls.requests.get_mut(&id) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(calls.requests.remove(&id)),
            },
        }
        drop(calls);
        self.account.written.send_replace(());
    }
}

impl Unwritten {
    fn begin_request(self: &Arc<Unwritten>, id: Uuid) -> UnwrittenAnswer {
        *self.calls().requests.entry(id).or_default() += 1;
        UnwrittenAnswer { account: self.clone(), cause: Cause::Request(id) }
    }

    fn begin_control_call(self: &Arc<Unwritten>) -> UnwrittenAnswer {
        let mut calls = self.calls();
        calls.made += 1;
        let number = calls.made;
        calls.control.insert(number);
        UnwrittenAnswer { account: self.clone(), cause: Cause::Control(number) }
    }

    /// Returns when the answers before a webhook are written: that to the request that caused it,
    /// and those to the control calls that are under way now. Later calls are not waited for, so
    /// that a webhook of a busy account is sent some time.
    pub(super) async fn written(&self, caused_by: Option<Uuid>) {
        let last = self.calls().made;
        if !self.precedes(caused_by, last) {
            return;
        }
        let mut written = self.written.subscribe();
        let written = written.wait_for(|()| !self.precedes(caused_by, last));
        let _ = tokio::time::timeout(WRITTEN_WITHIN, written).await;
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
    async fn a_webhook_does_not_wait_for_ever_for_an_answer() {
        let account = Arc::new(Unwritten::default());
        let _answer = account.begin_request(CAUSE.unwrap());
        let mut waiting = pin!(account.written(CAUSE));
        assert!(waiting.as_mut().now_or_never().is_none());
        tokio::time::advance(WRITTEN_WITHIN - Duration::from_millis(1)).await;
        assert!(waiting.as_mut().now_or_never().is_none());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(waiting.now_or_never().is_some());
    }
}
