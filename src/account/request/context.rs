//! One call of the API, from its request to its answer.

use std::sync::Arc;

use uuid::Uuid;

use crate::operations::Operation;
use crate::scenario::{Match, Scenario};

/// The part of an account's work that belongs to one call and ends with it. A task of the schedule
/// runs without one.
#[derive(Debug)]
pub(crate) struct CallContext {
    pub request_id: Uuid,
    /// None where neither a header nor an armed scenario can answer the call.
    pub overrides: Option<Overrides>,
    /// The scenario that answered the last login of the call, or that refused the call.
    pub matched: Option<Match>,
    /// Set when a fault sends the call's webhooks before its answer.
    pub webhooks_first: bool,
}

/// The choices of the client that come before the rules of scenarios.
#[derive(Clone, Debug)]
pub(crate) struct Overrides {
    /// Selects the armed scenarios that can answer.
    pub operation: Operation,
    /// The scenario of the header.
    pub scenario: Option<Arc<Scenario>>,
}

impl CallContext {
    pub(crate) fn new(request_id: Uuid) -> CallContext {
        CallContext { request_id, overrides: None, matched: None, webhooks_first: false }
    }
}
