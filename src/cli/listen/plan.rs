//! The answers that `listen` gives to webhooks, one after the other, and its end.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// The plan of one run.
pub(super) struct Plan {
    /// The status of the first webhooks, or of all where no number of them is given.
    status: u16,
    /// The number of webhooks that are answered with that status. The others are answered with 200.
    fail: Option<u32>,
    /// The time from a webhook to its answer.
    pub delay: Duration,
    /// The number of answered webhooks after which `listen` ends.
    exit_after: Option<u32>,
    begun: AtomicU32,
    answered: AtomicU32,
    over: Notify,
}

impl Plan {
    /// # Errors
    /// A sentence that names the flags that contradict each other.
    pub(super) fn new(
        status: Option<u16>,
        fail: Option<u32>,
        delay: Duration,
        exit_after: Option<u32>,
    ) -> Result<Plan, String> {
        let status = status.unwrap_or(if fail.is_some() { 500 } else { 200 });
        if fail.is_some() && (200..300).contains(&status) {
            return Err(format!(
                "--fail with --status {status}: any 2xx accepts a webhook; name another status, or \
                 leave --status out for 500"
            ));
        }
        let (begun, answered) = (AtomicU32::new(0), AtomicU32::new(0));
        Ok(Plan { status, fail, delay, exit_after, begun, answered, over: Notify::new() })
    }

    /// Returns the status for the next webhook.
    pub(super) fn next_status(&self) -> u16 {
        let before = self.begun.fetch_add(1, Ordering::SeqCst);
        match self.fail {
            Some(fail) if before >= fail => 200,
            _ => self.status,
        }
    }

    /// Counts an answer that was given to a webhook.
    pub(super) fn note_answer(&self) {
        let answered = self.answered.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if self.exit_after == Some(answered) {
            self.end();
        }
    }

    /// Ends the run.
    pub(super) fn end(&self) {
        self.over.notify_one();
    }

    /// Waits for the end of the run.
    pub(super) async fn over(&self) {
        self.over.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use crate::cli::listen::plan::Plan;

    fn plan(status: Option<u16>, fail: Option<u32>, exit_after: Option<u32>) -> Plan {
        Plan::new(status, fail, Duration::ZERO, exit_after).unwrap()
    }

    #[test]
    fn each_webhook_has_its_status() {
        for (status, fail, expected) in [
            (None, None, [200, 200, 200]),
            (Some(503), None, [503, 503, 503]),
            (None, Some(0), [200, 200, 200]),
            (None, Some(2), [500, 500, 200]),
            (Some(422), Some(1), [422, 200, 200]),
        ] {
            let plan = plan(status, fail, None);
            let found = expected.map(|_| plan.next_status());
            assert_eq!(found, expected, "--status {status:?} --fail {fail:?}");
        }
        let contradiction = Plan::new(Some(204), Some(1), Duration::ZERO, None);
        assert!(contradiction.is_err_and(|sentence| sentence.contains("--status 204")));
    }

    #[test]
    fn the_run_is_over_after_so_many_answers() {
        let plan = plan(None, None, Some(2));
        plan.note_answer();
        assert!(plan.over().now_or_never().is_none());
        plan.note_answer();
        assert!(plan.over().now_or_never().is_some());
    }
}
