//! Controls one account by methods.

use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::account::{
    Account, Deliveries, Delivery, DroppedTasks, LogPage, NewTime, PageLimit, RanTask,
    ScheduledTask, ScheduledTasks, TaskId, TaskPlace,
};
use crate::accounts::{
    Accounts, Advanced, Awaited, Cancelled, ClockReading, ClockSetting, Credentials, Expectation,
    ReadFrom, SavedAccount, Slot, Until,
};
use crate::embed::{ControlError, Events};
use crate::error::Error;
use crate::model::duration;

/// A handle of one account of an emulator in this program. It has the calls of `/_emulator/` that
/// test suites use most, as methods: those that change what happens next (scenarios and faults), those
/// that move the time, and those that look back (webhooks and requests). Copies of a handle control the same account.
///
/// Every method fails with `authentication_failed` if the keys are not among those of
/// [`credentials`](crate::Builder::credentials), and with `emulator_stopped` if the emulator has
/// stopped.
#[derive(Clone)]
pub struct AccountHandle {
    base_url: Arc<str>,
    keys: Credentials,
    accounts: Arc<Accounts>,
    runtime: Handle,
}

impl AccountHandle {
    pub(super) fn new(
        base_url: Arc<str>,
        keys: Credentials,
        accounts: Arc<Accounts>,
        runtime: Handle,
    ) -> AccountHandle {
        AccountHandle { base_url, keys, accounts, runtime }
    }

    pub(super) fn with_keys(&self, id: String, password: String) -> AccountHandle {
        AccountHandle { keys: Credentials { id, password }, ..self.clone() }
    }

    /// Returns the address that a client uses in place of Belvo's: `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the user name of Basic authentication.
    pub fn secret_id(&self) -> &str {
        &self.keys.id
    }

    /// Returns the password of Basic authentication.
    pub fn secret_password(&self) -> &str {
        &self.keys.password
    }

    /// Returns the mode and the time of the account's clock, and the time of the next task.
    pub async fn clock(&self) -> Result<ClockReading, ControlError> {
        self.call(|accounts, slot| async move { accounts.clock(&slot).await }).await
    }

    /// Sets the mode of the clock, its time, or both. The tasks that are due by then run, but this
    /// does not wait for their webhooks.
    pub async fn set_clock(
        &self,
        setting: impl Into<ClockSetting>,
    ) -> Result<ClockReading, ControlError> {
        let setting = setting.into();
        self.call(move |accounts, slot| async move { accounts.set_clock(&slot, setting).await })
            .await
    }

    /// Advances the time by ten years at most. The tasks that become due run in order, and this
    /// returns when the receivers of their webhooks have answered.
    pub async fn advance(&self, by: Duration) -> Result<Advanced, ControlError> {
        self.advance_until(Until::After(duration::saturating(by))).await
    }

    /// Advances the time, as [`AccountHandle::advance`] does, to `time`, which must not be past.
    pub async fn advance_to(&self, time: DateTime<Utc>) -> Result<Advanced, ControlError> {
        self.advance_until(Until::At(time)).await
    }

    /// Advances the time to the next task. If no task is scheduled, the time stays as it is.
    pub async fn advance_to_next(&self) -> Result<Advanced, ControlError> {
        self.advance_until(Until::Next).await
    }

    /// Advances the time to the next attempt of a webhook, a year at most. If no webhook is due by
    /// then, the time stays as it is, or is that of the last task that could have brought one.
    pub async fn advance_to_webhook(&self) -> Result<Advanced, ControlError> {
        self.advance_until(Until::Webhook).await
    }

    /// Returns a page of the tasks that will run, in the order in which they are due.
    /// `next_after` is the place after which the next page begins; None is the first page.
    pub async fn scheduled(
        &self,
        after: Option<TaskPlace>,
    ) -> Result<ScheduledTasks, ControlError> {
        let limit = PageLimit::default().get();
        let page = move |account: &mut Account| Ok(account.scheduled_tasks(after, limit, None));
        self.control(page).await
    }

    /// Runs a scheduled task now, as if it had been due. Its webhooks are sent afterwards.
    ///
    /// # Errors
    /// `not_found` for a task that is not scheduled; `task_refused` for a webhook before its load.
    pub async fn run_task(&self, id: TaskId) -> Result<RanTask, ControlError> {
        self.control(move |account| account.run_task(&id.0.to_string())).await
    }

    /// Gives a scheduled task another time, which is after the account's present.
    ///
    /// # Errors
    /// `not_found` and `task_refused`, as [`AccountHandle::run_task`]; `invalid` for the time.
    pub async fn move_task(
        &self,
        id: TaskId,
        to: DateTime<Utc>,
    ) -> Result<ScheduledTask, ControlError> {
        self.control(move |account| account.move_task(&id.0.to_string(), NewTime::To(to))).await
    }

    /// Drops a scheduled task, so that it never runs. The webhooks of a load are dropped with it.
    ///
    /// # Errors
    /// `not_found` for a task that is not scheduled; `task_refused` for a refresh or an expiry.
    pub async fn drop_task(&self, id: TaskId) -> Result<DroppedTasks, ControlError> {
        self.control(move |account| account.drop_task(&id.0.to_string())).await
    }

    /// Waits for a webhook, and returns it once its receiver has accepted it, or once it happened if
    /// there is no receiver. In [`ClockMode::Skip`](crate::ClockMode::Skip) waiting moves the time
    /// to the webhook.
    ///
    /// # Errors
    /// `webhook_not_delivered` repeats the answer of a receiver that did not accept the webhook.
    /// `webhook_not_due` says at once why none can come, and `await_timeout` why none came in time.
    pub async fn await_webhook(&self, awaited: Awaited) -> Result<Delivery, ControlError> {
        let came = self.call_await(awaited, Expectation::Delivered).await?;
        Ok(came.expect("the core answers with one or refuses"))
    }

    /// Waits for a webhook as [`AccountHandle::await_webhook`] does, and also returns one that
    /// failed or was cancelled.
    ///
    /// # Errors
    /// `webhook_not_due` and `await_timeout`, as there.
    pub async fn await_finished(&self, awaited: Awaited) -> Result<Delivery, ControlError> {
        let came = self.call_await(awaited, Expectation::Finished).await?;
        Ok(came.expect("the core answers with one or refuses"))
    }

    /// Makes sure that no such webhook comes. In [`ClockMode::Skip`](crate::ClockMode::Skip) the
    /// time moves on by [`Awaited::within`] at once; in the other modes this takes
    /// [`Awaited::timeout`].
    ///
    /// # Errors
    /// `unexpected_webhook` names the webhook that came.
    pub async fn expect_no_webhook(&self, awaited: Awaited) -> Result<(), ControlError> {
        self.call_await(awaited, Expectation::None).await.map(drop)
    }

    /// Returns a page of the deliveries that changed after a cursor, in the order in which they
    /// last changed. The cursor 0 is before all. `reach.next_after` is the cursor for the next
    /// page.
    pub async fn deliveries(&self, after: u64) -> Result<Deliveries, ControlError> {
        let limit = PageLimit::default().get();
        self.control(move |account| account.deliveries(after, limit, |_, _| true)).await
    }

    /// Returns a page of all that happened to the account after a cursor, in brief. The cursor 0 is
    /// before all. `reach.next_after` is the cursor for the next page.
    pub async fn log(&self, after: u64) -> Result<LogPage, ControlError> {
        let limit = PageLimit::default().get();
        self.control(move |account| {
            account.log().check_cursor(after)?;
            Ok(account.log().page(after, limit, |_| true))
        })
        .await
    }

    /// Begins to read what happens to the account: from now on, or after a cursor.
    ///
    /// # Errors
    /// `invalid` for a cursor that the log has not reached; `too_many_streams` where others read
    /// already.
    pub async fn events(&self, after: Option<u64>) -> Result<Events, ControlError> {
        let from = after.map_or(ReadFrom::Now, ReadFrom::After);
        let begin = move |accounts: Arc<Accounts>, slot: Arc<Slot>| async move {
            accounts.read_events(&slot, from)
        };
        self.call(begin).await.map(Events::new)
    }

    /// Resets the account to the state of keys that were never used. When this returns, no webhook
    /// from before can arrive any more.
    pub async fn reset(&self) -> Result<Cancelled, ControlError> {
        self.call(|accounts, slot| async move { Ok(accounts.reset(&slot).await) }).await
    }

    /// Begins another account in the state of this one, with its own keys and with ids of its own
    /// from now on.
    ///
    /// # Errors
    /// `account_exists` if the keys are in use, `invalid` if they are not among those of
    /// [`credentials`](crate::Builder::credentials).
    pub async fn fork(
        &self,
        id: impl Into<String>,
        password: impl Into<String>,
    ) -> Result<AccountHandle, ControlError> {
        let fork = self.with_keys(id.into(), password.into());
        let keys = fork.keys.clone();
        self.call(move |accounts, slot| async move { accounts.fork(&slot, keys).await }).await?;
        Ok(fork)
    }

    /// Returns the whole state as JSON, as `GET /_emulator/snapshot` answers it. It can be kept in
    /// a file.
    pub async fn snapshot(&self) -> Result<String, ControlError> {
        let write = |saved: SavedAccount| {
            serde_json::to_string(&saved.file()).expect("a snapshot is plain data")
        };
        self.call(move |accounts, slot| async move {
            let saved = accounts.saved(&slot).await?;
            spawn_blocking(move || write(saved)).await.map_err(|_| Error::unexpected())
        })
        .await
    }

    /// Puts the account into the state of a snapshot, its time included.
    ///
    /// # Errors
    /// `invalid` names the place of the part that does not fit.
    pub async fn restore(&self, snapshot: &str) -> Result<Cancelled, ControlError> {
        let file = serde_json::from_str(snapshot).map_err(Error::invalid)?;
        self.call(|accounts, slot| async move { accounts.restore(&slot, file).await }).await
    }

    async fn advance_until(&self, until: Until) -> Result<Advanced, ControlError> {
        let call = move |accounts: Arc<Accounts>, slot: Arc<Slot>| async move {
            accounts.advance_clock(&slot, until).await
        };
        self.call(call).await
    }

    async fn call_await(
        &self,
        awaited: Awaited,
        expectation: Expectation,
    ) -> Result<Option<Delivery>, ControlError> {
        let call = move |accounts: Arc<Accounts>, slot: Arc<Slot>| async move {
            accounts.await_webhook(&slot, &awaited, expectation).await
        };
        self.call(call).await
    }

    /// Reads or changes the account by one call of the core.
    pub(super) async fn control<T: Send + 'static>(
        &self,
        request: impl FnOnce(&mut Account) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, ControlError> {
        let call = move |accounts: Arc<Accounts>, slot: Arc<Slot>| async move {
            accounts.control(&slot, request).await
        };
        self.call(call).await
    }

    /// Runs a call on the emulator's own threads, which have timers whatever the caller runs on. If
    /// the threads end, the call fails and does not hang. A caller that leaves ends the call.
    pub(super) async fn call<T, F>(
        &self,
        call: impl FnOnce(Arc<Accounts>, Arc<Slot>) -> F,
    ) -> Result<T, ControlError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let slot = self.accounts.authenticate(self.keys.clone())?;
        let mut running = EndsWithCaller(self.runtime.spawn(call(self.accounts.clone(), slot)));
        match (&mut running.0).await {
            Ok(answer) => answer.map_err(ControlError::from),
            Err(gone) => match gone.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(ControlError::stopped()),
            },
        }
    }
}

/// A call that is ended when its caller no longer waits for it.
struct EndsWithCaller<T>(JoinHandle<T>);

impl<T> Drop for EndsWithCaller<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Debug for AccountHandle {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let mut shown = formatter.debug_struct("AccountHandle");
        shown.field("base_url", &self.base_url).field("secret_id", &self.keys.id);
        shown.finish_non_exhaustive()
    }
}
