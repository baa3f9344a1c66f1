//! The stores of all resources.

use uuid::Uuid;

use crate::account::base::ids::LinkNumber;
use crate::account::links::Links;
use crate::account::records::{Record, Records};
use crate::model::Timestamp;
use crate::model::link::Resource;

/// The records of an account, a store for each resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordStores([Records; Resource::ALL.len()]);

impl RecordStores {
    pub(crate) fn of(&self, resource: Resource) -> &Records {
        &self.0[resource as usize]
    }

    pub(crate) fn of_mut(&mut self, resource: Resource) -> &mut Records {
        &mut self.0[resource as usize]
    }

    /// Returns the number of records of all resources.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(Records::len).sum()
    }

    /// Tells that a record of some resource has this id.
    pub(crate) fn has(&self, id: Uuid) -> bool {
        self.0.iter().any(|records| records.get(id).is_some())
    }

    pub(crate) fn remove_all_of(&mut self, link: LinkNumber) {
        self.0.iter_mut().for_each(|records| records.remove_all_of(link));
    }

    /// Returns the time at which data of the link was last read, if there is some.
    pub(crate) fn last_read(&self, link: LinkNumber) -> Option<Timestamp> {
        let records = self.0.iter().flat_map(|records| records.of_link(link));
        records.map(|record: &Record| record.collected_at).max()
    }

    /// Checks each store.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(crate) fn invariants(&self, links: &Links) -> Result<(), String> {
        self.0.iter().try_for_each(|records| records.invariants(links))
    }
}
