//! Injects faults by methods.

use std::time::Duration;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::account::{Account, FaultEntry, NewFault, PlannedFailure, ScheduledTask, TaskId};
use crate::embed::{AccountHandle, ControlError};
use crate::error::Error;
use crate::model::duration;
use crate::model::webhook::WebhookCode;

/// A fault of an answer, or of a webhook on its way to its receiver. Durations of answers are on the
/// clock of the machine, and take ten minutes at most.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The answer is delayed by this time, plus or minus the jitter.
    Latency { delay: Duration, jitter: Duration },
    /// No answer is sent, and the connection is closed after this time.
    Timeout { after: Duration },
    /// No answer is sent, and the connection is reset.
    ResetPeer,
    /// No answer is sent, and the connection is closed at once.
    EmptyResponse,
    /// Half of the body is sent, then the connection is closed.
    TruncatedBody,
    /// The body is cut in half, and `Content-Length` is the length of that half.
    MalformedBody,
    /// The body is sent in pieces over this time.
    SlowBody { over: Duration },
    /// The request is refused before it has an effect, with a status from 400 to 599.
    Status { status: u16, code: Option<String>, message: Option<String> },
    /// The webhook is sent this many more times, from 1 to 100.
    WebhookDuplicate { copies: u32 },
    /// The webhook is held back until the next webhook to its endpoint has arrived, at most for one
    /// minute.
    WebhookReorder,
    /// The webhook is not sent.
    WebhookDrop,
    /// The webhook is delayed by this time of the account's clock.
    WebhookLate { by: Duration },
    /// The load runs within the call, and its webhook arrives before the call's answer.
    WebhookBeforeAnswer,
    /// The body of the webhook is cut in half.
    WebhookMalformedBody,
    /// The webhook is sent with a wrong `Authorization` header.
    WebhookWrongAuthorization,
}

impl Fault {
    /// Returns the fault as the control API reads it, which checks its values.
    fn json(&self) -> Value {
        let time = |time: &Duration| duration::show(duration::saturating(*time));
        match self {
            Fault::Latency { delay, jitter } => {
                json!({ "latency": { "delay": time(delay), "jitter": time(jitter) } })
            }
            Fault::Timeout { after } => json!({ "timeout": { "after": time(after) } }),
            Fault::ResetPeer => "reset_peer".into(),
            Fault::EmptyResponse => "empty_response".into(),
            Fault::TruncatedBody => "truncated_body".into(),
            Fault::MalformedBody => "malformed_body".into(),
            Fault::SlowBody { over } => json!({ "slow_body": { "over": time(over) } }),
            Fault::Status { status, code, message } => {
                json!({ "status": { "status": status, "code": code, "message": message } })
            }
            Fault::WebhookDuplicate { copies } => {
                json!({ "webhook_duplicate": { "copies": copies } })
            }
            Fault::WebhookReorder => "webhook_reorder".into(),
            Fault::WebhookDrop => "webhook_drop".into(),
            Fault::WebhookLate { by } => json!({ "webhook_late": { "by": time(by) } }),
            Fault::WebhookBeforeAnswer => "webhook_before_answer".into(),
            Fault::WebhookMalformedBody => "webhook_malformed_body".into(),
            Fault::WebhookWrongAuthorization => "webhook_wrong_authorization".into(),
        }
    }
}

/// A fault, and the calls or webhooks into which it is injected: by default all, each time.
///
/// ```
/// use belvo_emulator::{Emulator, Fault, Injection};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().start().await?;
/// let busy = Fault::Status { status: 503, code: None, message: None };
/// let fault = emulator.inject(Injection::of(busy).operation("ListLinks").times(2)).await?;
///
/// let (id, password) = (emulator.secret_id(), emulator.secret_password());
/// let belvo = emulator.base_url().replace("http://", &format!("http://{id}:{password}@"));
/// let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
/// let list = || agent.get(format!("{belvo}/api/links/")).call();
/// assert_eq!([list()?.status(), list()?.status(), list()?.status()], [503, 503, 200]);
/// assert_eq!(emulator.faults().await?[0].injected, 2);
/// emulator.remove_fault(fault.id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Injection {
    fault: Fault,
    operation: Option<String>,
    link: Option<Uuid>,
    webhook_code: Option<WebhookCode>,
    times: Option<u32>,
    attempts: Option<u32>,
    probability: Option<f64>,
}

impl Injection {
    /// Describes a fault that is injected into all answers, or into all webhooks.
    pub fn of(fault: Fault) -> Injection {
        Injection {
            fault,
            operation: None,
            link: None,
            webhook_code: None,
            times: None,
            attempts: None,
            probability: None,
        }
    }

    /// Injects the fault into answers to this operation alone, such as `ListLinks`.
    pub fn operation(mut self, operation: impl Into<String>) -> Injection {
        self.operation = Some(operation.into());
        self
    }

    /// Injects the fault into webhooks of this link alone.
    pub fn link(mut self, id: Uuid) -> Injection {
        self.link = Some(id);
        self
    }

    /// Injects the fault into webhooks with this code alone.
    pub fn webhook_code(mut self, code: WebhookCode) -> Injection {
        self.webhook_code = Some(code);
        self
    }

    /// Injects the fault this many times, from 1 to 1,000,000.
    pub fn times(mut self, times: u32) -> Injection {
        self.times = Some(times);
        self
    }

    /// Strikes this many attempts of a webhook; the retries after them are right. Only
    /// [`Fault::WebhookMalformedBody`] and [`Fault::WebhookWrongAuthorization`] have attempts.
    pub fn attempts(mut self, attempts: u32) -> Injection {
        self.attempts = Some(attempts);
        self
    }

    /// Injects the fault with this probability, from 0 (never) to 1 (always). The seed decides.
    pub fn probability(mut self, probability: f64) -> Injection {
        self.probability = Some(probability);
        self
    }

    fn parsed(self) -> Result<NewFault, Error> {
        let Injection { fault, operation, link, webhook_code, times, attempts, probability } = self;
        let keys = [
            ("fault", Some(fault.json())),
            ("operation", operation.map(Value::from)),
            ("link", link.map(|link| link.to_string().into())),
            ("webhook_code", webhook_code.map(|code| code.0.into())),
            ("times", times.map(Value::from)),
            ("attempts", attempts.map(Value::from)),
            ("probability", probability.map(Value::from)),
        ];
        let given = keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        serde_json::from_value(Map::from_iter(given).into()).map_err(Error::invalid)
    }
}

impl From<Fault> for Injection {
    fn from(fault: Fault) -> Injection {
        Injection::of(fault)
    }
}

/// A fault that is injected, and how often it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectedFault {
    /// The number of the fault in its account, which is used once.
    pub id: u64,
    /// The name of the fault, as in the control API, such as `reset_peer`.
    pub name: &'static str,
    /// The number of times that the fault can still be injected. None stands for no limit.
    pub left: Option<u32>,
    /// The number of calls or webhooks that matched the fault.
    pub matched: u64,
    /// The number of calls or webhooks into which the fault was injected.
    pub injected: u64,
}

impl From<&FaultEntry> for InjectedFault {
    fn from(entry: &FaultEntry) -> InjectedFault {
        InjectedFault {
            id: entry.id.0,
            name: entry.fault.name(),
            left: entry.left,
            matched: entry.matched,
            injected: entry.injected,
        }
    }
}

impl AccountHandle {
    /// Adds a fault, which is injected from now on.
    ///
    /// # Errors
    /// `invalid` for a value that is out of its bounds or unknown, and for a condition that does not
    /// go with the fault.
    pub async fn inject(
        &self,
        injection: impl Into<Injection>,
    ) -> Result<InjectedFault, ControlError> {
        let new = injection.into().parsed()?;
        self.control(move |account| account.add_fault(new).map(InjectedFault::from)).await
    }

    /// Returns the faults in the order in which they were added, also those that are used up.
    pub async fn faults(&self) -> Result<Vec<InjectedFault>, ControlError> {
        let faults =
            |account: &mut Account| Ok(account.faults().iter().map(InjectedFault::from).collect());
        self.control(faults).await
    }

    /// Removes a fault.
    ///
    /// # Errors
    /// `not_found` for an id that no fault has.
    pub async fn remove_fault(&self, id: u64) -> Result<(), ControlError> {
        self.control(move |account| account.remove_fault(&id.to_string())).await
    }

    /// Removes all faults.
    pub async fn remove_faults(&self) -> Result<(), ControlError> {
        self.control(|account| {
            account.remove_faults();
            Ok(())
        })
        .await
    }

    /// Makes the webhooks of a scheduled task fail, with a fault of webhooks. `attempts` limits how many
    /// attempts [`Fault::WebhookMalformedBody`] and [`Fault::WebhookWrongAuthorization`] strike.
    ///
    /// # Errors
    /// `not_found` for a task that is not scheduled; `task_refused` for one that brings no webhook;
    /// `invalid` for a fault of answers.
    pub async fn fail_task(
        &self,
        id: TaskId,
        fault: Fault,
        attempts: Option<u32>,
    ) -> Result<ScheduledTask, ControlError> {
        let failure = json!({ "fault": fault.json(), "attempts": attempts });
        let failure: PlannedFailure = serde_json::from_value(failure).map_err(Error::invalid)?;
        self.control(move |account| account.fail_task(&id.0.to_string(), failure)).await
    }
}
