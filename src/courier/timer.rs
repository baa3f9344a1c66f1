//! Moves the time of every account to the present when it has something due.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::accounts::Accounts;

/// A machine that was suspended wakes up with its timers as they were: the clock is looked at again
/// after so long, whatever it said before.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Serves until it is dropped. Accounts take turns, a slice of work each.
pub(super) async fn run(accounts: &Accounts) -> Infallible {
    let mut at_work = FuturesUnordered::new();
    loop {
        while let Some(due) = accounts.take_due() {
            at_work.push(due.advance());
        }
        let wait = accounts.until_next_due().unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
        tokio::select! {
            () = accounts.due_earlier() => {}
            () = tokio::time::sleep(wait) => {}
            Some(()) = at_work.next() => {}
        }
    }
}
