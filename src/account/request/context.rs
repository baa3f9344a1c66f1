//! The context of one call of the API, from its request to its answer.

use std::sync::Arc;

use uuid::Uuid;

use crate::account::request::grant::{Grant, LinkDefaults};
use crate::error::Error;
use crate::operations::Operation;
use crate::scenario::{Match, Scenario};

/// The facts that belong to one call and end with it. A task of the schedule runs without a
/// context.
#[derive(Debug)]
pub(crate) struct CallContext {
    pub request_id: Uuid,
    /// The grant of the token, if the request has a token instead of the keys.
    pub grant: Option<Grant>,
    /// The overrides of the call. They are None where neither a header nor an armed scenario can
    /// answer the call.
    pub overrides: Option<Overrides>,
    /// The scenario that answered the last login of the call, or that refused the call.
    pub matched: Option<Match>,
    /// Sentences on what a success will not bring, or why a token was denied. The log and the
    /// explanation show them.
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
            grant: None,
            overrides: None,
            matched: None,
            notes: Vec::new(),
            webhooks_first: false,
        }
    }

    /// Checks that the request may read and change a link.
    ///
    /// # Errors
    /// 404 where the request has a token for another link.
    pub(crate) fn check_link(&self, link: Uuid) -> Result<(), Error> {
        self.grant.as_ref().map_or(Ok(()), |grant| grant.check_link(link))
    }

    /// Returns the only link that the request may read, if its token is for one.
    pub(crate) fn only_link(&self) -> Option<Uuid> {
        self.grant.as_ref()?.link
    }

    /// Checks that the request may make a link.
    ///
    /// # Errors
    /// 403 where the request has a token for a link.
    pub(crate) fn check_creation(&self) -> Result<(), Error> {
        self.grant.as_ref().map_or(Ok(()), Grant::check_creation)
    }

    /// Returns the settings of a link that its request leaves out.
    pub(crate) fn link_defaults(&self) -> LinkDefaults {
        self.grant.as_ref().map(|grant| grant.defaults.clone()).unwrap_or_default()
    }

    /// Returns the operation of the call.
    pub(crate) fn operation(&self) -> Option<Operation> {
        self.overrides.as_ref().map(|overrides| overrides.operation)
    }
}
