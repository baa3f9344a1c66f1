//! File descriptors: how many this process may have, and what they are kept for.

use std::num::NonZero;
use std::thread;

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The most that the limit is raised to. macOS grants no more, and names no limit itself.
#[cfg(target_os = "macos")]
const MOST: u64 = 10_240;
#[cfg(all(unix, not(target_os = "macos")))]
const MOST: u64 = 65_536;

/// The process needs this many beside connections and webhooks, for files, timers and wake-ups, and
/// some more for each thread of the server.
const OWN: usize = 32;
const OWN_OF_A_THREAD: usize = 4;

/// The most event streams that the process has, however large the limit.
const MOST_STREAMS: usize = 256;

/// The numbers of things that fit the limit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shares {
    /// Threads of the server.
    pub threads: usize,
    /// The limit of the process.
    pub limit: usize,
    /// Connections of clients.
    pub connections: usize,
    /// Connections that may stay open between two requests. Those beyond are closed after one, so
    /// that a client that has just come, such as a health check, is still answered.
    pub kept_alive: usize,
    /// Webhooks that are under way.
    pub sends: usize,
    /// Event streams, which keep a connection each.
    pub streams: usize,
}

/// The limit that the process was started with.
#[derive(Clone, Copy)]
pub(crate) struct Original {
    #[cfg(unix)]
    soft: Option<u64>,
}

/// Raises the limit to the most that is permitted: macOS gives 256, and Linux 1,024.
pub(crate) fn raise() -> Original {
    #[cfg(unix)]
    {
        let Rlimit { current: soft, maximum: hard } = getrlimit(Resource::Nofile);
        // None is no limit.
        let raised = hard.unwrap_or(MOST).min(MOST);
        if soft.is_some_and(|soft| soft < raised) {
            set(Some(raised));
        }
        Original { soft }
    }
    #[cfg(not(unix))]
    Original {}
}

impl Original {
    /// Runs `start` under the original limit, which a process that it starts inherits. Programs that
    /// use select() break with descriptors of 1,024 and more.
    pub(crate) fn during<T>(self, start: impl FnOnce() -> T) -> T {
        #[cfg(unix)]
        {
            let raised = getrlimit(Resource::Nofile).current;
            set(self.soft);
            let started = start();
            set(raised);
            started
        }
        #[cfg(not(unix))]
        start()
    }
}

#[cfg(unix)]
fn set(soft: Option<u64>) {
    let maximum = getrlimit(Resource::Nofile).maximum;
    // It is no harm if the limit stays: fewer clients fit then.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: soft, maximum });
}

/// The number of threads of the server where nobody names one: one for each core that this process
/// may use.
pub(crate) fn usual_threads() -> usize {
    thread::available_parallelism().map_or(2, NonZero::get)
}

/// Returns what fits the limit of this process, for a server of so many threads, if so many webhooks
/// are wanted at the same time.
pub(crate) fn shares(threads: usize, sends: usize) -> Shares {
    #[cfg(unix)]
    let limit = getrlimit(Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit = None;
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    shares_of(limit, threads, sends)
}

fn shares_of(limit: usize, threads: usize, sends: usize) -> Shares {
    let own = (OWN + OWN_OF_A_THREAD * threads).min(limit / 4);
    let sends = sends.min(limit / 4).max(1);
    let connections = limit.saturating_sub(own + sends).max(1);
    Shares {
        threads,
        limit,
        connections,
        kept_alive: connections.div_ceil(4).saturating_mul(3),
        sends,
        streams: (connections / 4).clamp(1, MOST_STREAMS),
    }
}

#[cfg(test)]
mod tests {
    use crate::descriptors::shares_of;

    #[test]
    fn all_shares_together_fit_the_limit_and_none_is_zero() {
        for limit in [1, 12, 64, 256, 1024, 20_000, 65_536, usize::MAX] {
            for threads in [1, 2, 64] {
                let shares = shares_of(limit, threads, 256);
                assert!(shares.connections >= 1 && shares.sends >= 1, "{shares:?}");
                let taken = shares.connections + shares.sends;
                assert!(limit < 8 || taken < limit, "{shares:?}");
                assert!(limit < 64 || shares.kept_alive < shares.connections, "{shares:?}");
            }
        }
        let few = shares_of(256, 2, 256);
        assert_eq!((few.connections, few.kept_alive, few.sends, few.streams), (152, 114, 64, 38));
        assert_eq!(shares_of(65_536, 2, 256).sends, 256);
    }
}
