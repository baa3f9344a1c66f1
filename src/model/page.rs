//! The envelope of every list.

use schemars::JsonSchema;
use serde::Serialize;

/// One page of a list, as Belvo's pagination page describes it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    /// How many objects match, on all pages together.
    pub count: usize,
    /// The absolute URL of the next page, with every query parameter carried over.
    pub next: Option<String>,
    /// The absolute URL of the page before this one.
    pub previous: Option<String>,
    pub results: Vec<T>,
}
