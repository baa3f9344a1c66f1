//! Fills the demo account when the emulator starts, and again after each reset of `--demo-reset`.

use std::convert::Infallible;
use std::future;
use std::time::Duration;

use chrono::TimeDelta;

use crate::accounts::Accounts;
use crate::demo::Demo;
use crate::error::Error;
use crate::model::{Timestamp, duration, show};

/// The longest sleep. A suspended machine wakes up with timers that stood still.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

impl Demo {
    /// Keeps the demo account until the future is dropped.
    pub(crate) async fn run(&self, accounts: &Accounts) -> Infallible {
        loop {
            let due = self.reset_every().map(|every| self.plan(every));
            if let Err(error) = self.begin(accounts).await {
                let reason = error.problems.first().map(|problem| &*problem.message);
                tracing::warn!(reason, "demo: the demo account cannot be filled");
            }
            match due {
                Some(due) => self.wait(due).await,
                None => future::pending().await,
            }
        }
    }

    /// Empties the demo account and lets people move in.
    async fn begin(&self, accounts: &Accounts) -> Result<(), Error> {
        let slot = accounts.admit(self.owner().clone())?;
        accounts.reset(&slot).await;
        self.fill(accounts, &slot).await
    }

    /// Says when the demo account begins anew.
    fn plan(&self, every: TimeDelta) -> Timestamp {
        let due = self.clock.now() + every;
        self.set_next_reset_at(due);
        let (at, every) = (show(&due), duration::show(every));
        tracing::info!("demo: the demo account begins anew every {every}, the next time at {at}");
        due
    }

    async fn wait(&self, due: Timestamp) {
        while self.clock.now() < due {
            tokio::time::sleep(self.clock.until(due).min(LONGEST_SLEEP)).await;
        }
    }
}
