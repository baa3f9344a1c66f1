//! Belvo's documented limits on the number of requests. The flag `--rate-limits` switches them on.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::error::Error;
use crate::model::Timestamp;

const REQUESTS: usize = 80;
const REQUESTS_WITHIN: TimeDelta = TimeDelta::seconds(30);
const DELETIONS: usize = 5;
const DELETIONS_WITHIN: TimeDelta = TimeDelta::minutes(1);

/// The times of the latest requests and deletions. Belvo counts for each address; the emulator
/// counts for each account.
#[derive(Clone, Debug)]
pub(super) struct RateLimits {
    on: bool,
    requests: VecDeque<Timestamp>,
    deletions: VecDeque<Timestamp>,
}

impl RateLimits {
    pub(super) fn new(on: bool) -> RateLimits {
        RateLimits { on, requests: VecDeque::new(), deletions: VecDeque::new() }
    }

    /// Counts a request. More than 80 requests in 30 s are refused with the page of the proxy.
    pub(super) fn admit_request(&mut self, now: Timestamp) -> Result<(), Error> {
        if !self.on {
            return Ok(());
        }
        admit(&mut self.requests, REQUESTS, REQUESTS_WITHIN, now)
            .map_err(|_| Error::proxy_refusal())
    }

    /// Counts a deletion. More than five deletions in a minute are refused with 429.
    pub(super) fn admit_deletion(&mut self, now: Timestamp) -> Result<(), Error> {
        if !self.on {
            return Ok(());
        }
        admit(&mut self.deletions, DELETIONS, DELETIONS_WITHIN, now).map_err(|wait| {
            let milliseconds = wait.num_milliseconds().max(0).unsigned_abs();
            Error::throttled(milliseconds.div_ceil(1000))
        })
    }
}

/// Counts an event, or returns the time to wait.
fn admit(
    times: &mut VecDeque<Timestamp>,
    at_most: usize,
    within: TimeDelta,
    now: Timestamp,
) -> Result<(), TimeDelta> {
    while times.front().is_some_and(|time| now - *time >= within) {
        times.pop_front();
    }
    match times.front() {
        Some(first) if times.len() >= at_most => Err(within - (now - *first)),
        _ => {
            times.push_back(now);
            Ok(())
        }
    }
}
