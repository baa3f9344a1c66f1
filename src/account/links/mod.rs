//! The links of an account: what one is, how they are stored, what can be asked of them.

pub mod body;
pub mod calls;
mod filters;
mod link;
mod store;

pub use filters::FIELDS;
pub use link::{Link, Session, StoredCredentials, institution_user_id};
pub use store::Links;
