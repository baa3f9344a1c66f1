//! The envelope of every list.

use schemars::JsonSchema;
use serde::Serialize;

/// One page of a list, as Belvo's pagination page describes it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    /// The number of objects that match, on all pages together.
    pub count: usize,
    /// The absolute URL of the next page, with all query parameters.
    #[schemars(extend("format" = "uri"))]
    pub next: Option<String>,
    /// The absolute URL of the page before this one.
    #[schemars(extend("format" = "uri"))]
    pub previous: Option<String>,
    pub results: Vec<T>,
}
