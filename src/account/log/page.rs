//! The pages of the log: all readers have the same parameters and the same frame.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The largest number of entries that one page looks at. A page also ends when it holds enough
/// bytes, so that no reader holds an account or a thread for long. So a page can hold fewer items
/// than its limit.
pub(crate) const MOST_SCANNED: usize = 10_000;
pub(crate) const MOST_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// The largest number of items on a page.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "usize")]
#[schemars(with = "usize", extend("minimum" = 1, "maximum" = 1000, "default" = 100))]
pub(crate) struct PageLimit(usize);

/// The reach of a page in the log.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Reach {
    /// The cursor of the account's last entry of any kind. It is 0 before the first.
    pub last_cursor: u64,
    /// The value of `after` for the next page. It is null on the last page.
    pub next_after: Option<u64>,
    /// The cursor of the last entry that was evicted from the log. It is 0 when none was.
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
