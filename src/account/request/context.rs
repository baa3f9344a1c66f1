//! The context of one call of the API, from its request to its answer.

use std::sync::Arc;

use uuid::Uuid;

use crate::operations::Operation;
use crate::scenario::{Match, Scenario};

/// The facts that belong to one call and end with it. A task of the schedule runs without a
/// context.
#[derive(Debug)]
pub(crate) struct CallContext {
    pub request_id: Uuid,
    /// The overrides of the call. They are None where neither a header nor an armed scenario can
    /// answer the call.
    pub overrides: Option<Overrides>,
    /// The scenario that answered the last login of the call, or that refused the call.
    pub matched: Option<Match>,
    /// Sentences on what a success will not bring. The log and the explanation show them.
    pub notes: Vec<String>,
    /// Set when a fault sends the call's webhooks before its answer.
    pub webhooks_first: bool,
}

/// The client's overrides, which come before the rules of scenarios.
#[derive(Clone, Debug)]
pub(crate) struct Overrides {
    /// The operation, which selects the armed scenarios that can answer.
    pub operation: Operation,
    /// The scenario that the header names.
    pub scenario: Option<Arc<Scenario>>,
}

impl CallContext {
    pub(crate) fn new(request_id: Uuid) -> CallContext {
        CallContext {
            request_id,
            overrides: None,
            matched: None,
            notes: Vec::new(),
            webhooks_first: false,
        }
    }
}
