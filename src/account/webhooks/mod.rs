//! Webhooks: the events, where they go, how they are retried, and what became of them.

pub mod calls;
pub mod delivery;
pub mod injection;
pub mod outbox;
pub mod queues;
pub mod reading;
