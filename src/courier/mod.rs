//! Sends webhooks over HTTP. The timer moves the time of accounts that have something due. The
//! senders make the attempts that are ready, within one limit for the process, and report their
//! outcome.
//!
//! The courier waits for each account by itself: an account with much to do delays neither the time
//! nor the webhooks of another.

mod advice;
mod client;
mod failure;
mod outcome;
mod resolver;
mod senders;
mod shortage;
mod timer;
mod trust;
mod verifier;

pub(crate) use client::client_of_emulator;
pub(crate) use senders::TARGET as ATTEMPTS_TARGET;
pub(crate) use trust::Trust;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use crate::accounts::Accounts;
use crate::courier::client::client;
use crate::courier::resolver::Resolver;
use crate::courier::senders::Sender;
use crate::model::allowed_addresses::AllowedAddresses;

pub(crate) struct Courier {
    accounts: Arc<Accounts>,
    sender: Sender,
}

impl Courier {
    pub(crate) fn new(
        accounts: Arc<Accounts>,
        allowed: AllowedAddresses,
        trust: &Trust,
    ) -> io::Result<Courier> {
        if trust.insecure {
            tracing::warn!("--webhook-insecure: the certificates of receivers are not verified");
        }
        let client = client(Resolver { allowed: allowed.clone() }, trust)?;
        Ok(Courier { accounts, sender: Sender::new(client, allowed) })
    }

    /// Runs the timer and the senders until the future is dropped.
    pub(crate) async fn run(&self) -> Infallible {
        tokio::select! {
            never = timer::run(&self.accounts) => never,
            never = senders::run(&self.accounts, &self.sender) => never,
        }
    }
}
