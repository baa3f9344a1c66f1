//! Webhooks: the events, where they go, how they are retried, and what became of them.

pub(super) mod calls;
pub(super) mod delivery;
pub(super) mod injection;
pub(super) mod outbox;
pub(super) mod queues;
pub(super) mod reading;
