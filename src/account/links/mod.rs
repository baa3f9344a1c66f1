//! The links of an account: their type, their store, their filters and their calls.

pub(super) mod body;
pub(super) mod calls;
pub(super) mod changes;
mod filters;
mod link;
pub(super) mod silence;
mod store;

pub(super) use filters::FIELDS;
pub(super) use link::{Link, Session, StoredCredentials, institution_user_id};
pub(super) use store::Links;
