//! Webhooks: their events, endpoints, queues, retries and deliveries.

pub(super) mod calls;
pub(super) mod delivery;
pub(super) mod injection;
pub(super) mod outbox;
pub(super) mod outlook;
pub(super) mod queues;
pub(super) mod reading;
