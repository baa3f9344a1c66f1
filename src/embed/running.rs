//! A running emulator.

use std::fmt::{self, Debug, Formatter};
use std::ops::Deref;
use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::embed::AccountHandle;

/// An emulator that serves until it is dropped.
///
/// It is also a handle of the account whose keys are [`secret_id`](AccountHandle::secret_id) and
/// [`secret_password`](AccountHandle::secret_password): `emulator.advance(…)` advances the time of
/// that account.
///
/// Dropping it waits until its threads have ended. The port is closed then, and no webhook is sent
/// any more. Requests that hang are given up after 300 ms. Dropping blocks the thread for a moment;
/// [`Running::stop`] does not.
#[must_use = "the emulator stops when this is dropped"]
pub struct Running {
    account: AccountHandle,
    stop: Option<oneshot::Sender<()>>,
    has_ended: oneshot::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn new(
        account: AccountHandle,
        stop: oneshot::Sender<()>,
        has_ended: oneshot::Receiver<()>,
        thread: JoinHandle<()>,
    ) -> Running {
        Running { account, stop: Some(stop), has_ended, thread: Some(thread) }
    }

    /// Returns a handle of the account of another pair of keys. The account begins when it is first
    /// used.
    pub fn account(&self, id: impl Into<String>, password: impl Into<String>) -> AccountHandle {
        self.account.with_keys(id.into(), password.into())
    }

    /// Stops the emulator as dropping it does, without blocking the thread.
    pub async fn stop(mut self) {
        self.stop = None;
        let _ = (&mut self.has_ended).await;
    }
}

impl Deref for Running {
    type Target = AccountHandle;

    fn deref(&self) -> &AccountHandle {
        &self.account
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop = None;
        let ended = self.thread.take().map(JoinHandle::join);
        // A second panic would abort the process, so a test that fails already does not panic here.
        if let Some(Err(panic)) = ended
            && !thread::panicking()
        {
            resume_unwind(panic);
        }
    }
}

impl Debug for Running {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.debug_tuple("Running").field(&self.account.base_url()).finish()
    }
}
