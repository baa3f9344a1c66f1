//! The links of an account: their type, their store, their filters and their calls.

pub(super) mod body;
pub(super) mod calls;
pub(super) mod changes;
mod filters;
mod indexes;
mod link;
pub(super) mod silence;
mod store;
#[cfg(test)]
mod tests;
mod user;

pub(super) use filters::{FIELDS, ListedLink};
pub(super) use link::{Link, Session, StoredCredentials};
pub(super) use store::{LinkMut, Links};
pub(super) use user::UserId;
