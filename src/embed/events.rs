//! The events of an account, for a program.

use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};

use crate::accounts::{Event, EventReader};

/// The events of one account, as `GET /_emulator/events` streams them. It keeps neither the account
/// nor the emulator; dropping it ends the stream.
pub struct Events {
    reader: EventReader,
    /// The events that were read from the log together with the last one.
    read: VecDeque<Event>,
}

impl Events {
    pub(super) fn new(reader: EventReader) -> Events {
        Events { reader, read: VecDeque::new() }
    }

    /// Waits for the next event. It is None after [`Event::End`].
    pub async fn next(&mut self) -> Option<Event> {
        if self.read.is_empty() {
            self.read.extend(self.reader.next().await?);
        }
        self.read.pop_front()
    }
}

impl Debug for Events {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Events").finish_non_exhaustive()
    }
}
