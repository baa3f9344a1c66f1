//! Reading the log in pages: all readers have the same parameters and the same frame.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A page looks at so many entries at most, and ends early when it holds so many bytes. So no
/// reader keeps an account, or a thread, for long; a page can therefore hold less than its limit.
pub(crate) const MOST_SCANNED: usize = 10_000;
pub(crate) const MOST_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// How many things a page holds at most.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "usize")]
#[schemars(with = "usize", extend("minimum" = 1, "maximum" = 1000, "default" = 100))]
pub(crate) struct PageLimit(usize);

/// Where a page stands in the log.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Reach {
    /// The cursor of the account's last entry, of whatever kind; 0 before the first.
    pub last_cursor: u64,
    /// The cursor with which the next page begins, as `after`; null on the last page.
    pub next_after: Option<u64>,
    /// The cursor of the last entry that the log no longer has; 0 when nothing is gone.
    pub evicted: u64,
}

impl PageLimit {
    const MOST: usize = 1000;

    pub(crate) fn get(self) -> usize {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> PageLimit {
        PageLimit(100)
    }
}

impl TryFrom<usize> for PageLimit {
    type Error = String;

    fn try_from(limit: usize) -> Result<PageLimit, String> {
        match (1..=PageLimit::MOST).contains(&limit) {
            true => Ok(PageLimit(limit)),
            false => Err(format!("{limit}: expected 1 to {}", PageLimit::MOST)),
        }
    }
}
