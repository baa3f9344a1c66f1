//! The mode of a request: does the client wait for the outcome?

/// Set by the header `X-Belvo-Request-Mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestMode {
    Sync,
    /// The answer is 202, and a webhook announces the outcome.
    Async,
}
