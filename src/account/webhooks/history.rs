//! Deliveries that are finished, as far as they are remembered.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::account::base::check::check;
use crate::account::base::copy_on_write::CopyOnWrite;
use crate::account::webhooks::delivery::{Delivery, DeliveryState};

/// How many finished deliveries an account remembers.
pub const HISTORY_LENGTH: usize = 1000;

#[derive(Clone, Debug, Default)]
pub struct History {
    remembered: CopyOnWrite<VecDeque<Arc<Delivery>>>,
    finished: u64,
}

impl History {
    /// A delivery is finished; `changed` counts the changes of the account with this one.
    pub fn remember(&mut self, delivery: Delivery, state: DeliveryState, changed: u64) {
        if self.remembered.len() == HISTORY_LENGTH {
            self.remembered.pop_front();
        }
        self.finished += 1;
        let cursor = Some(self.finished);
        let finished = Delivery { state, cursor, next_attempt_at: None, changed, ..delivery };
        self.remembered.push_back(Arc::new(finished));
    }

    /// The same count, and nothing remembered.
    pub fn forgotten(&self) -> History {
        History { remembered: CopyOnWrite::default(), finished: self.finished }
    }

    /// The oldest first.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.remembered.iter().map(|delivery| &**delivery)
    }

    pub fn last(&self) -> Option<&Delivery> {
        self.remembered.back().map(|delivery| &**delivery)
    }

    /// The cursor of the delivery that was finished last; 0 before the first.
    pub fn last_cursor(&self) -> u64 {
        self.finished
    }

    pub fn invariants(&self) -> Result<(), String> {
        let cursors: Vec<u64> = self.deliveries().filter_map(|one| one.cursor).collect();
        let last = self.finished + 1 - cursors.len() as u64..=self.finished;
        check(cursors.into_iter().eq(last), || "cursors count what is finished".to_owned())
    }
}
