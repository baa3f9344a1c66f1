//! Webhooks: the events, where they go, how they are retried, and what became of them.

pub mod calls;
pub mod delivery;
pub mod history;
pub mod injection;
pub mod outbox;
pub mod queues;
