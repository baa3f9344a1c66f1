//! Reads the system's time. No other module does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};

/// A source of time. Copies of a manual clock share their time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Returns a clock that shows the system's time.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// Returns a clock that stands still until it is [advanced](Clock::advance).
    pub fn manual(start: DateTime<Utc>) -> Clock {
        Clock(Source::Manual(Arc::new(AtomicI64::new(start.timestamp_micros()))))
    }

    /// Returns the time in whole microseconds, which is the precision of timestamps in JSON.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.0 {
            Source::System => system_time().timestamp_micros(),
            Source::Manual(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).expect("the clock shows a year that chrono knows")
    }

    /// Returns the time until `due`. It is zero when `due` has passed.
    pub fn until(&self, due: DateTime<Utc>) -> Duration {
        (due - self.now()).to_std().unwrap_or_default()
    }

    /// Moves a manual clock forward.
    ///
    /// # Panics
    /// Panics if the clock shows the system's time, which cannot be moved.
    pub fn advance(&self, by: TimeDelta) {
        let Source::Manual(micros) = &self.0 else {
            panic!("only a manual clock can be advanced");
        };
        let by = by.num_microseconds().expect("a step of some thousand years at most");
        micros.fetch_add(by, Ordering::SeqCst);
    }
}

/// A stopwatch for things outside of the emulator. No client of the API sees its time.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where time enters")]
fn system_time() -> DateTime<Utc> {
    SystemTime::now().into()
}
