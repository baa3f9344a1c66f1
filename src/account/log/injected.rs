//! A fault that was injected, as the log stores it.

use uuid::Uuid;

/// The injection of a fault into the answer to a call, or into a webhook.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InjectedFault {
    pub name: &'static str,
    /// The id of the fault. It is None for a fault that a client planned for one task.
    pub fault: Option<u64>,
    /// The link of the webhook. It is None for an answer.
    pub link: Option<Uuid>,
}
