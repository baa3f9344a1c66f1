//! Scenarios that are armed: they answer the next calls that match.

use std::sync::Arc;

use crate::operations::Operation;
use crate::scenario::{ArmedId, MatchedBy, Matching, Mismatch, Scenario};

/// A scenario that waits for calls to answer.
#[derive(Clone, Debug)]
pub(crate) struct ArmedEntry {
    pub id: ArmedId,
    pub scenario: Arc<Scenario>,
    /// The only operation that it answers; without it, any that logs in.
    pub operation: Option<Operation>,
    /// The only CURP that it answers.
    pub curp: Option<Arc<str>>,
    /// How many calls it will answer yet; at least one.
    pub left: u32,
}

/// In the order of arming, which is that of use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Armed {
    entries: Vec<ArmedEntry>,
    /// How many there were.
    armed: u64,
}

impl Armed {
    pub(crate) fn restored(entries: Vec<ArmedEntry>, armed: u64) -> Armed {
        Armed { entries, armed }
    }

    /// The id of the latest, which may be gone.
    pub(crate) fn last_id(&self) -> u64 {
        self.armed
    }

    pub(crate) fn arm(
        &mut self,
        scenario: Arc<Scenario>,
        operation: Option<Operation>,
        curp: Option<Arc<str>>,
        times: u32,
    ) -> ArmedEntry {
        self.armed += 1;
        let id = ArmedId(self.armed);
        let entry = ArmedEntry { id, scenario, operation, curp, left: times };
        self.entries.push(entry.clone());
        entry
    }

    pub(crate) fn list(&self) -> &[ArmedEntry] {
        &self.entries
    }

    /// Whether there was one with this id.
    pub(crate) fn disarm(&mut self, id: ArmedId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        self.entries.len() < before
    }

    pub(crate) fn disarm_all(&mut self) {
        self.entries.clear();
    }

    /// One call has been answered; after the last, the entry is gone.
    pub(crate) fn use_once(&mut self, id: ArmedId) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.left -= 1;
        }
        self.entries.retain(|entry| entry.left > 0);
    }

    /// Lets them contend for a login of a CURP.
    pub(crate) fn contend_for_login(
        &self,
        matching: &mut Matching,
        operation: Operation,
        curp: &str,
    ) {
        for entry in &self.entries {
            matching.enter(&entry.scenario, MatchedBy::Armed(entry.id), || {
                let other = entry.operation.filter(|armed| *armed != operation);
                let stranger = || entry.curp.clone().filter(|armed| **armed != *curp);
                other
                    .map(Mismatch::ArmedForOperation)
                    .or_else(|| stranger().map(Mismatch::ArmedForCurp))
            });
        }
    }

    /// Lets those contend for a call without a login that are armed for such calls.
    pub(crate) fn contend_for_call(&self, matching: &mut Matching, operation: Operation) {
        for entry in &self.entries {
            if let Some(armed) = entry.operation.filter(|armed| !armed.logs_in()) {
                let objection = (armed != operation).then_some(Mismatch::ArmedForOperation(armed));
                matching.enter(&entry.scenario, MatchedBy::Armed(entry.id), || objection);
            }
        }
    }
}
