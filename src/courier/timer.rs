//! The timer, which moves the time of each account to the present when it has something due.

use std::convert::Infallible;
use std::future;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::accounts::Accounts;
use crate::model::duration;

/// The longest sleep of the timer while something is due. A suspended machine wakes up with timers
/// that stood still, so the timer looks at the clock again at least this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// The difference of the machine's clock that the log mentions.
const NOTICED: TimeDelta = TimeDelta::seconds(1);

/// Moves accounts until the future is dropped. Accounts take turns, one slice of work each.
pub(super) async fn run(accounts: &Accounts) -> Infallible {
    let mut at_work = FuturesUnordered::new();
    let mut said = TimeDelta::zero();
    loop {
        say_if_set_back(accounts.ahead_of_wall(), &mut said);
        while let Some(due) = accounts.take_due() {
            at_work.push(due.advance());
        }
        let wait = accounts.until_next_due().map(|wait| wait.min(LONGEST_SLEEP));
        tokio::select! {
            () = accounts.due_earlier() => {}
            () = sleep(wait) => {}
            Some(()) = at_work.next() => {}
        }
    }
}

/// Sleeps for a time. Without one nothing is due, and nothing wakes the process.
async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => future::pending().await,
    }
}

/// Says when the machine's clock was set back, and by how much.
fn say_if_set_back(ahead: TimeDelta, said: &mut TimeDelta) {
    if ahead - *said > NOTICED {
        tracing::warn!(
            "the machine's clock was set back: accounts go on in their own time, which is {} ahead \
             of it now; a reset brings an account back to the machine's time",
            duration::show(ahead)
        );
    }
    *said = ahead;
}
