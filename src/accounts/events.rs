//! Streams of events: each reads the log of one account as it grows.
//!
//! A reader has a cursor, and nothing else of its own: it reads the log in slices when its client
//! takes more. So a slow client costs no memory, and nobody waits for it. What the log evicts before
//! the client has taken it is told as lost.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use tokio::sync::watch;

use crate::account::{LogEntry, Settings};
use crate::accounts::{Accounts, Slot};
use crate::error::Error;

/// The number of streams that one account has at most.
const MOST_OF_ACCOUNT: usize = 16;
/// The number of entries that a reader takes from the log at a time.
const SLICE: usize = 100;

/// An event of a stream.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The log of the account has this entry.
    Entry(Box<LogEntry>),
    /// The log no longer has what happened up to this cursor. The stream goes on after it.
    Evicted {
        /// The cursor of the last entry that is lost.
        evicted: u64,
    },
    /// Another catalogue of scenarios is in force, or files that were changed have mistakes.
    Catalogue {
        /// The number of scenarios that are in force.
        scenarios: usize,
        /// The number of mistakes of the files that are not in force.
        mistakes: usize,
    },
    /// The stream ends.
    End(StreamEnd),
}

/// The reason why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// The account was reset, or a snapshot was put in its place. Its log begins anew.
    Reset,
    /// The account gave way to another one.
    Dropped,
    /// The emulator stops.
    Stopping,
}

/// The place in the log from which a stream begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReadFrom {
    /// Only what happens from now on is told.
    Now,
    /// The cursor is the client's own, so one that the log has not reached is a mistake.
    After(u64),
    /// The client was told the cursor by an earlier stream. If the log has not reached it, the
    /// account has begun anew since.
    Resumed(u64),
}

/// The streams of the process.
#[derive(Debug)]
pub(crate) struct Readers {
    most: usize,
    open: AtomicUsize,
    /// True once the emulator was told to stop.
    ends: watch::Sender<bool>,
    /// Wakes the stop when a stream has ended.
    left: watch::Sender<()>,
}

/// The place of one stream among those of the process.
#[derive(Debug)]
struct Place(Arc<Readers>);

/// A reader of the events of one account. It does not keep the account.
pub(crate) struct EventReader {
    slot: Weak<Slot>,
    generation: u64,
    cursor: u64,
    settings: Arc<Settings>,
    appended: watch::Receiver<()>,
    catalogue: watch::Receiver<()>,
    ends: watch::Receiver<bool>,
    has_ended: bool,
    _place: Place,
}

impl Accounts {
    /// Begins a stream of the events of an account.
    ///
    /// # Errors
    /// 400 on `after` for a cursor that no entry has had; 429 and 503 when there are too many
    /// streams; 503 once the emulator was told to stop.
    pub(crate) fn read_events(
        &self,
        slot: &Arc<Slot>,
        from: ReadFrom,
    ) -> Result<EventReader, Error> {
        let place = self.readers.place()?;
        let appended = slot.appended.subscribe();
        if slot.appended.receiver_count() > MOST_OF_ACCOUNT {
            return Err(Error::too_many_streams_of_account(MOST_OF_ACCOUNT));
        }
        let state = slot.lock();
        let (log, generation) = (state.account.log(), slot.generation());
        let (cursor, generation) = match from {
            ReadFrom::Now => (log.last_cursor(), generation),
            ReadFrom::After(cursor) => {
                log.check_cursor(cursor)?;
                (cursor, generation)
            }
            ReadFrom::Resumed(cursor) if cursor <= log.last_cursor() => (cursor, generation),
            // The client missed the reset: a reader of an older generation tells it.
            ReadFrom::Resumed(_) => (0, generation.wrapping_sub(1)),
        };
        Ok(EventReader {
            slot: Arc::downgrade(slot),
            generation,
            cursor,
            settings: self.settings.clone(),
            appended,
            catalogue: self.settings.scenarios.subscribe(),
            ends: self.readers.ends.subscribe(),
            has_ended: false,
            _place: place,
        })
    }

    /// Ends all streams, because the emulator was told to stop.
    pub(crate) fn end_streams(&self) {
        self.readers.ends.send_replace(true);
    }

    /// Returns when all streams have ended.
    pub(crate) async fn streams_have_ended(&self) {
        let mut left = self.readers.left.subscribe();
        let _ = left.wait_for(|()| self.readers.open.load(Ordering::SeqCst) == 0).await;
    }
}

impl Readers {
    pub(crate) fn new(most: usize) -> Readers {
        Readers {
            most,
            open: AtomicUsize::new(0),
            ends: watch::Sender::new(false),
            left: watch::Sender::new(()),
        }
    }

    fn place(self: &Arc<Readers>) -> Result<Place, Error> {
        let before = self.open.fetch_add(1, Ordering::SeqCst);
        let place = Place(self.clone());
        match before < self.most {
            _ if *self.ends.borrow() => Err(Error::stopping()),
            true => Ok(place),
            false => Err(Error::too_many_streams(self.most)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.left.send_replace(());
    }
}

impl EventReader {
    /// Returns the next events, which are a slice of the log at most, or None after the end. A
    /// caller that stops waiting loses none.
    pub(crate) async fn next(&mut self) -> Option<Vec<Event>> {
        while !self.has_ended {
            self.appended.mark_unchanged();
            if let Some(events) = self.read() {
                return Some(events);
            }
            tokio::select! {
                // An error says that the account was dropped, which the next reading finds.
                _ = self.appended.changed() => {}
                _ = self.ends.changed() => {}
                changed = self.catalogue.changed() => if changed.is_ok() {
                    return Some(vec![self.catalogue()]);
                },
            }
        }
        None
    }

    /// Returns what the log has after the cursor, or the end of the stream.
    fn read(&mut self) -> Option<Vec<Event>> {
        if *self.ends.borrow() {
            return self.end(StreamEnd::Stopping);
        }
        let Some(slot) = self.slot.upgrade() else { return self.end(StreamEnd::Dropped) };
        let state = slot.lock();
        if slot.generation() != self.generation {
            return self.end(StreamEnd::Reset);
        }
        let log = state.account.log();
        let mut events = Vec::new();
        if log.has_lost_some_after(self.cursor) {
            self.cursor = log.evicted();
            events.push(Event::Evicted { evicted: self.cursor });
        }
        let page = log.page(self.cursor, SLICE, |_| true);
        drop(state);
        self.cursor = page.entries.last().map_or(self.cursor, |last| last.cursor);
        events.extend(page.entries.into_iter().map(|entry| Event::Entry(entry.into())));
        (!events.is_empty()).then_some(events)
    }

    fn end(&mut self, end: StreamEnd) -> Option<Vec<Event>> {
        self.has_ended = true;
        Some(vec![Event::End(end)])
    }

    fn catalogue(&self) -> Event {
        let scenarios = &self.settings.scenarios;
        Event::Catalogue {
            scenarios: scenarios.current().scenarios().len(),
            mistakes: scenarios.mistakes().len(),
        }
    }
}
