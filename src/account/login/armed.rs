//! Armed scenarios: each answers the next calls that match it.

use std::sync::Arc;

use crate::operations::Operation;
use crate::scenario::{ArmedId, MatchedBy, Matching, Mismatch, Scenario};

/// An armed scenario, with the calls that it matches.
#[derive(Clone, Debug)]
pub(crate) struct ArmedEntry {
    pub id: ArmedId,
    pub scenario: Arc<Scenario>,
    /// The operation whose calls the scenario answers. None stands for any operation that logs in.
    pub operation: Option<Operation>,
    /// The CURP whose calls the scenario answers. None stands for any CURP.
    pub curp: Option<Arc<str>>,
    /// The number of calls that the scenario will still answer, at least one.
    pub left: u32,
}

/// The armed scenarios in the order of arming. They are used in this order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Armed {
    entries: Vec<ArmedEntry>,
    /// The number of scenarios that were ever armed.
    armed: u64,
}

impl Armed {
    pub(crate) fn restored(entries: Vec<ArmedEntry>, armed: u64) -> Armed {
        Armed { entries, armed }
    }

    /// Returns the id of the scenario that was armed last, even if it is used up or disarmed.
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

    /// Exchanges the scenarios of the entries.
    pub(crate) fn renew(&mut self, renewed: impl Fn(&Arc<Scenario>) -> Arc<Scenario>) {
        for entry in &mut self.entries {
            entry.scenario = renewed(&entry.scenario);
        }
    }

    pub(crate) fn list(&self) -> &[ArmedEntry] {
        &self.entries
    }

    /// Disarms a scenario. Returns false when no armed scenario has this id.
    pub(crate) fn disarm(&mut self, id: ArmedId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        self.entries.len() < before
    }

    pub(crate) fn disarm_all(&mut self) {
        self.entries.clear();
    }

    /// Counts a call that the scenario answered. After the last call the entry is removed.
    pub(crate) fn use_once(&mut self, id: ArmedId) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.left -= 1;
        }
        self.entries.retain(|entry| entry.left > 0);
    }

    /// Enters the armed scenarios that match a login of a CURP into the matching.
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

    /// Enters the armed scenarios that match a call without a login into the matching.
    pub(crate) fn contend_for_call(&self, matching: &mut Matching, operation: Operation) {
        for entry in &self.entries {
            if let Some(armed) = entry.operation.filter(|armed| !armed.logs_in()) {
                let objection = (armed != operation).then_some(Mismatch::ArmedForOperation(armed));
                matching.enter(&entry.scenario, MatchedBy::Armed(entry.id), || objection);
            }
        }
    }
}
