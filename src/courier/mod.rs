//! Sends webhooks over HTTP. The timer moves the time of accounts that have something due. The
//! senders make the attempts that are ready, within one limit for the process, and report their
//! outcome.
//!
//! The courier waits for each account by itself: an account with much to do delays neither the time
//! nor the webhooks of another.

mod client;
mod outcome;
mod senders;
mod shortage;
mod timer;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use crate::accounts::Accounts;

pub(crate) struct Courier {
    accounts: Arc<Accounts>,
    client: reqwest::Client,
}

impl Courier {
    pub(crate) fn new(accounts: Arc<Accounts>) -> io::Result<Courier> {
        Ok(Courier { accounts, client: client::client()? })
    }

    /// Runs the timer and the senders until the future is dropped.
    pub(crate) async fn run(&self) -> Infallible {
        tokio::select! {
            never = timer::run(&self.accounts) => never,
            never = senders::run(&self.accounts, &self.client) => never,
        }
    }
}
