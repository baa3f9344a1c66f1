//! The mode of a request: the client waits for the outcome, or a webhook announces it.

/// The request mode, from the header `X-Belvo-Request-Mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestMode {
    Sync,
    /// The answer is 202, and a webhook announces the outcome.
    Async,
}
