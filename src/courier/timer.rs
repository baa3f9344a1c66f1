//! The timer, which moves the time of each account to the present when it has something due.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::accounts::Accounts;

/// The longest sleep of the timer. A suspended machine wakes up with timers that stood still, so
/// the timer looks at the clock again at least this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Moves accounts until the future is dropped. Accounts take turns, one slice of work each.
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
