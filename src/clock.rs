//! Reads the system's time. No other module does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};

/// A source of time. Copies of a clock share their time.
///
/// The time passes as the machine's monotonic clock does, and jumps forward when the wall clock is
/// ahead of it. So it never stops when somebody sets the machine's clock back, and it misses
/// nothing when somebody sets the clock forward, or when the machine slept and its monotonic clock
/// stood still.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    source: Source,
    steady: Steady,
}

#[derive(Debug)]
enum Source {
    System { begun: Instant },
    Manual { wall: AtomicI64, monotonic: AtomicI64 },
}

/// The largest difference of the wall clock to the monotonic clock that was ever read, in
/// microseconds.
#[derive(Debug)]
struct Steady(AtomicI64);

impl Steady {
    /// Returns the time, which never goes back, from the readings of both clocks.
    fn now(&self, wall: i64, monotonic: i64) -> i64 {
        let ahead = wall - monotonic;
        monotonic + self.0.fetch_max(ahead, Ordering::SeqCst).max(ahead)
    }
}

impl Clock {
    /// Returns a clock that follows the system's time.
    #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
    pub fn system() -> Clock {
        Clock::with(Source::System { begun: Instant::now() })
    }

    /// Returns a clock that stands still until it is [advanced](Clock::advance).
    pub fn manual(start: DateTime<Utc>) -> Clock {
        let wall = AtomicI64::new(start.timestamp_micros());
        Clock::with(Source::Manual { wall, monotonic: AtomicI64::new(0) })
    }

    fn with(source: Source) -> Clock {
        Clock(Arc::new(Shared { source, steady: Steady(AtomicI64::new(i64::MIN)) }))
    }

    /// Returns the time in whole microseconds, which is the precision of timestamps in JSON.
    pub fn now(&self) -> DateTime<Utc> {
        // The wall clock is read first. In the other order a pause between the readings would move
        // the time on for good.
        let wall = self.0.source.wall();
        timestamp(self.0.steady.now(wall, self.0.source.monotonic()))
    }

    /// Returns the time that the machine's clock shows to people. It is before
    /// [`now`](Clock::now) when somebody has set the clock back.
    pub(crate) fn wall(&self) -> DateTime<Utc> {
        timestamp(self.0.source.wall())
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
        self.0.source.move_on(by, by);
    }

    /// Sets the wall of a manual clock forward or back, as somebody sets the clock of a machine.
    ///
    /// # Panics
    /// Panics if the clock shows the system's time, which cannot be moved.
    pub fn set_wall(&self, by: TimeDelta) {
        self.0.source.move_on(by, TimeDelta::zero());
    }
}

impl Source {
    fn wall(&self) -> i64 {
        match self {
            Source::System { .. } => system_time().timestamp_micros(),
            Source::Manual { wall, .. } => wall.load(Ordering::SeqCst),
        }
    }

    fn monotonic(&self) -> i64 {
        match self {
            Source::System { begun } => {
                i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX)
            }
            Source::Manual { monotonic, .. } => monotonic.load(Ordering::SeqCst),
        }
    }

    fn move_on(&self, wall_by: TimeDelta, monotonic_by: TimeDelta) {
        let Source::Manual { wall, monotonic } = self else {
            panic!("only a manual clock can be moved");
        };
        let micros = |by: TimeDelta| by.num_microseconds().expect("a step of some thousand years");
        wall.fetch_add(micros(wall_by), Ordering::SeqCst);
        monotonic.fetch_add(micros(monotonic_by), Ordering::SeqCst);
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

fn timestamp(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("the clock shows a year that chrono knows")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use crate::clock::Clock;

    /// Each step moves the wall and the monotonic clock by these seconds, and the time by the last.
    #[test]
    fn the_time_never_goes_back_and_misses_nothing() {
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let mut before = clock.now();
        for (step, wall, monotonic, passed) in [
            ("time passes", 10, 10, 10),
            ("the clock is set back an hour", -3600, 0, 0),
            ("time passes", 10, 10, 10),
            ("the clock is set right again", 3600, 0, 0),
            ("the machine sleeps an hour", 3600, 0, 3600),
            ("the clock is set forward a year", 31_536_000, 0, 31_536_000),
            ("the clock is set right again", -31_536_000, 0, 0),
            ("time passes", 10, 10, 10),
        ] {
            clock.0.source.move_on(TimeDelta::seconds(wall), TimeDelta::seconds(monotonic));
            assert_eq!(clock.now() - before, TimeDelta::seconds(passed), "{step}");
            before = clock.now();
        }
        assert_eq!(clock.now() - clock.wall(), TimeDelta::days(365));
    }
}
