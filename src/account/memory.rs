//! The memory of an account, besides its log: an estimate from the counts of its stores, so that a
//! call can ask for it.

use crate::account::Account;
use crate::error::Error;

/// The memory of a link besides its texts, with its places in the indexes.
const LINK_BYTES: usize = 640;
const RECORD_BYTES: usize = 256;
const TASK_BYTES: usize = 192;
/// The memory of a pending delivery besides its content: its places in the queue and the indexes.
const DELIVERY_BYTES: usize = 512;
const LOGIN_BYTES: usize = 512;
const TOKEN_BYTES: usize = 256;
const ARMED_BYTES: usize = 1024;
/// A fault can contain a code and a message.
const FAULT_BYTES: usize = 2 * 1024;
/// An endpoint has a URL and an authorization of a few KiB.
const ENDPOINT_BYTES: usize = 8 * 1024;

/// The part of the limit that the restored state of an account may take. An account that was full
/// went on: tasks that were scheduled have loaded data and announced webhooks since.
const RESTORED: usize = 2;

/// The numbers of the things that take memory.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub links: usize,
    /// The bytes of the texts of the links.
    pub text_bytes: usize,
    pub records: usize,
    pub tasks: usize,
    /// The pending deliveries, and the bytes of their contents.
    pub deliveries: usize,
    pub delivery_bytes: usize,
    pub endpoints: usize,
    pub logins: usize,
    pub spent_tokens: usize,
    pub armed: usize,
    pub faults: usize,
}

impl Counts {
    fn bytes(self) -> usize {
        self.links * LINK_BYTES
            + self.text_bytes
            + self.records * RECORD_BYTES
            + self.tasks * TASK_BYTES
            + self.deliveries * DELIVERY_BYTES
            + self.delivery_bytes
            + self.endpoints * ENDPOINT_BYTES
            + self.logins * LOGIN_BYTES
            + self.spent_tokens * TOKEN_BYTES
            + self.armed * ARMED_BYTES
            + self.faults * FAULT_BYTES
    }
}

impl Account {
    fn counts(&self) -> Counts {
        Counts {
            links: self.links.len(),
            text_bytes: self.links.text_bytes(),
            records: self.records.len(),
            tasks: self.outbox.schedule.len(),
            deliveries: self.outbox.pending_count(),
            delivery_bytes: self.outbox.pending_bytes(),
            endpoints: self.outbox.endpoints.count(),
            logins: self.login_counts.len(),
            spent_tokens: self.tokens.spent_count(),
            armed: self.armed.list().len(),
            faults: self.faults.len(),
        }
    }

    /// Refuses a call that would add something to a full account.
    ///
    /// # Errors
    /// 429 names the flag.
    pub(super) fn check_room(&self) -> Result<(), Error> {
        let most = self.settings.account_memory;
        match self.counts().bytes() < most {
            true => Ok(()),
            false => Err(Error::account_full(most)),
        }
    }

    /// Refuses a state that a full account cannot have reached.
    ///
    /// # Errors
    /// 429 names the flag.
    pub(super) fn check_restored(&self, counts: Counts) -> Result<(), Error> {
        let most = self.settings.account_memory;
        match counts.bytes() <= most.saturating_mul(RESTORED) {
            true => Ok(()),
            false => Err(Error::account_full(most)),
        }
    }
}
