//! The calls that the guests of a demo may make.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::accounts::{Accounts, Credentials, RefusedKeys, Slot};
use crate::demo::{Demo, Guest};
use crate::error::Error;
use crate::operations::{AnyOperation, ControlOperation, Route};

/// The calls that lead out of a visitor's account: to others, or to a receiver that the visitor
/// chooses, which could be a machine that only the emulator reaches.
const NOT_FOR_VISITORS: &[ControlOperation] = &[
    ControlOperation::ListAccounts,
    ControlOperation::SetEndpoint,
    ControlOperation::RemoveEndpoint,
    ControlOperation::RestoreSnapshot,
    ControlOperation::Fork,
];

/// The calls that read more than one account shows.
const NOT_FOR_VIEWERS: &[ControlOperation] =
    &[ControlOperation::ListAccounts, ControlOperation::TakeSnapshot];

const CHANGES_NOTHING: &str = "These keys look at the account of somebody else: they open the \
                               calls GET /_emulator/ that read one account, and no other.";
const STAYS_INSIDE: &str = "The account of a visitor of the demo sends its webhooks to the demo \
                            alone, and sees no other account. Run an emulator of your own for this.";
const GONE: &str = "The account that these keys look at is gone: it was idle, and another one has \
                    its place.";

/// Returns the demo, if this emulator is one.
pub(crate) fn demo(request: &HttpRequest) -> Option<Arc<Demo>> {
    request.app_data::<Data<Demo>>().map(|demo| Arc::clone(demo))
}

/// Returns the account of a pair of keys, and the kind of guest who has them.
///
/// # Errors
/// 401 for keys that are not accepted; 403 where the account that a viewer looks at is gone; 429
/// when there is no room for another account.
pub(super) fn account_of(
    request: &HttpRequest,
    accounts: &Accounts,
    keys: Credentials,
) -> Result<(Arc<Slot>, Option<Guest>), Error> {
    let Some(demo) = demo(request) else { return Ok((accounts.authenticate(keys)?, None)) };
    let Some((guest, seen)) = demo.guest(&keys) else {
        return match demo.is_of_guest(&keys.id) {
            true => Err(accounts.refuse_keys(&RefusedKeys::Pair(keys))),
            false => Ok((accounts.authenticate(keys)?, None)),
        };
    };
    let slot = match guest {
        Guest::Visitor => accounts.admit(seen)?,
        Guest::Viewer => accounts.known(&seen).ok_or_else(|| Error::demo_restricted(GONE))?,
    };
    Ok((slot, Some(guest)))
}

/// Checks that a guest may make a call.
///
/// # Errors
/// 403 for a call that changes what a viewer looks at, or leads out of a visitor's account.
pub(super) fn check(guest: Guest, route: &Route) -> Result<(), Error> {
    let operation = match route.operation {
        Some(AnyOperation::Control(operation)) => Some(operation),
        _ => None,
    };
    let is_open = match guest {
        Guest::Visitor => !operation.is_some_and(|call| NOT_FOR_VISITORS.contains(&call)),
        Guest::Viewer => operation.is_some_and(|call| {
            call.row().method.answers("GET") && !NOT_FOR_VIEWERS.contains(&call)
        }),
    };
    match (is_open, guest) {
        (true, _) => Ok(()),
        (false, Guest::Viewer) => Err(Error::demo_restricted(CHANGES_NOTHING)),
        (false, Guest::Visitor) => Err(Error::demo_restricted(STAYS_INSIDE)),
    }
}

/// Checks that a guest may choose where a webhook is sent.
///
/// # Errors
/// 403 for a visitor.
pub(super) fn check_receiver(guest: Option<Guest>) -> Result<(), Error> {
    match guest {
        None => Ok(()),
        Some(_) => Err(Error::demo_restricted(STAYS_INSIDE)),
    }
}
